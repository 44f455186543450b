"""The Bot API over HTTP: tokens, parameters, faults, answers; the methods themselves live in `methods`.

`{base}/bot{token}/{method}` and `{base}/file/bot{token}/{path}`; status code and JSON body as Telegram answers.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from sandbox.telegram import limits, parameters
from sandbox.telegram.calls import CallLog
from sandbox.telegram.entities import Json
from sandbox.telegram.errors import ApiError, not_found, too_large, unauthorized
from sandbox.telegram.faults import Fault, FaultKind, Faults
from sandbox.telegram.methods.call import Call
from sandbox.telegram.methods.registry import METHODS
from sandbox.telegram.parameters import Parameters
from sandbox.telegram.state import State
from sandbox.telegram.world import Bot

_BODY_BYTES = limits.UPLOAD_BYTES + 1024 * 1024  # the file and the other fields around it


class BotApi:
    """Answers bots. `calls` remembers what they asked, `faults` what shall go wrong."""

    def __init__(self, state: State, faults: Faults, calls: CallLog) -> None:
        self._state = state
        self._faults = faults
        self._calls = calls

    def app(self) -> web.Application:
        """A fresh application with the two routes."""
        app = web.Application(client_max_size=_BODY_BYTES)
        app.router.add_route("*", "/bot{token}/{method}", self.handle)
        app.router.add_get("/file/bot{token}/{path:.+}", self.download)
        app.on_shutdown.append(self._end_polls)
        return app

    async def _end_polls(self, _: web.Application) -> None:
        for bot in self._state.bots.values():
            bot.updates.wake()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One call."""
        name, method = METHODS.get(request.match_info["method"].lower(), ("", None))
        try:
            bot = self._bot(request.match_info["token"])
            if method is None:
                raise not_found()
            params = await _read(request)
        except ApiError as refusal:
            return _answer(refusal.code, refusal.answer())
        call = Call(self._state, bot, name.lower(), params)
        fault = self._faults.take(call.method, params.text("chat_id") or None)
        status, answer = await self._carried_out(name, call, fault)
        if fault is not None and fault.kind is FaultKind.LOST:
            return _dropped(request)
        return _answer(status, answer)

    def carry_out(self, bot: Bot, call: Json) -> None:
        """A method call in a webhook's answer: its result goes nowhere."""
        name, method = METHODS.get(str(call.get("method", "")).lower(), ("", None))
        if method is None or name == "getUpdates":
            return
        params = Parameters({key: value for key, value in call.items() if key != "method"})
        status, answer = self._result(Call(self._state, bot, name.lower(), params), method)
        self._note(name, bot, params, answer, status)

    async def download(self, request: web.Request) -> web.StreamResponse:
        """The bytes of a file that getFile gave a path for."""
        try:
            self._bot(request.match_info["token"])
            kept = self._state.files.at(request.match_info["path"])
            if kept is None or kept.size > limits.DOWNLOAD_BYTES:
                raise not_found()
        except ApiError as refusal:
            return _answer(refusal.code, refusal.answer())
        fault = self._faults.take("download", None)
        if fault is not None:
            if error := fault.error():
                return _answer(error.code, error.answer())
            if fault.kind is FaultKind.LOST:
                return _dropped(request)
            await asyncio.sleep(fault.seconds)
        return web.Response(body=self._state.files.content(kept), content_type="application/octet-stream")

    def _bot(self, token: str) -> Bot:
        bot = self._state.bots_by_token.get(token)
        if bot is None or self._state.now() < bot.logged_out_until:
            raise unauthorized()
        return bot

    async def _carried_out(self, name: str, call: Call, fault: Fault | None) -> tuple[int, Json]:
        refusal = fault.error() if fault is not None else None
        if fault is not None and fault.kind is FaultKind.SLOW:
            await asyncio.sleep(fault.seconds)
        if refusal is not None:
            status, answer = refusal.code, refusal.answer()
        elif call.method == "getupdates":
            status, answer = await self._awaited(call)
        else:
            status, answer = self._result(call, METHODS[call.method][1])
        if not (call.method == "getupdates" and answer.get("result") == []):
            self._note(name, call.bot, call.params, answer, status)
        return status, answer

    async def _awaited(self, call: Call) -> tuple[int, Json]:
        try:
            return 200, {"ok": True, "result": await METHODS[call.method][1](call)}
        except ApiError as refusal:
            return refusal.code, refusal.answer()

    def _result(self, call: Call, method: Any) -> tuple[int, Json]:
        try:
            result = method(call)
        except ApiError as refusal:
            return refusal.code, refusal.answer()
        finally:
            self._state.flush()
        return 200, {"ok": True, "result": result}

    def _note(self, name: str, bot: Bot, params: Parameters, answer: Json, status: int) -> None:
        error = None if status == 200 else answer["description"]
        noted = self._calls.note(
            at=self._state.now(), bot=bot.username, method=name, parameters=params.values, error=error
        )
        self._state.hub.tell("call", "", noted)


async def _read(request: web.Request) -> Parameters:
    if (request.content_length or 0) > _BODY_BYTES:
        raise too_large()
    try:
        return await parameters.read(request)
    except web.HTTPRequestEntityTooLarge:
        raise too_large() from None


def _answer(status: int, answer: Json) -> web.Response:
    body = json.dumps(answer, separators=(",", ":")).encode()
    return web.Response(status=status, body=body, content_type="application/json")


def _dropped(request: web.Request) -> web.Response:
    """Close the connection under the answer: the caller can't know that the call was carried out."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
