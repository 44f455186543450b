"""Events as a stream: `GET /sandbox/telegram/events` (text/event-stream, WHATWG HTML "Server-sent events").

Each event's data is JSON: `{kind, chat, phone, ...}`; `phone` is the person's user name in a private chat, else null.
By kind there is also
    message, edited, deleted, reaction   message: MESSAGE as in `control`, seen by that person
    toast                                toast: {text, alert, url, query, person}
    call                                 call: CALL
    action                               action: what the bot is doing ("typing", ...)
    keyboard                             keyboard: [[label]]
    topic                                topic: {thread_id, name, closed, deleted}
    blocked, unblocked, person, group    nothing more: ask /state
A stream that can't keep up loses events and is told so with kind "reset": ask for everything again.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict

from aiohttp import web

from sandbox.telegram import chat_view
from sandbox.telegram.chat_view import ChatMessage
from sandbox.telegram.entities import Json
from sandbox.telegram.events import Event
from sandbox.telegram.state import State

_WAITING = 1000
_HEARTBEAT_SECONDS = 15.0


class EventStreams:
    """The open streams of one application."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._open: set[asyncio.Queue[Json | None]] = set()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One stream, until the other side or the application ends it."""
        answer = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )
        await answer.prepare(request)
        queue: asyncio.Queue[Json | None] = asyncio.Queue(_WAITING + 1)
        stop = self._state.hub.watch(lambda event: self._queue(queue, event))
        self._open.add(queue)
        try:
            await answer.write(b": open\n\n")
            await _pour(queue, answer)
        except ConnectionError:
            pass  # the page was closed
        finally:
            self._open.discard(queue)
            stop()
        return answer

    async def end(self, _: web.Application) -> None:
        """End all streams."""
        for queue in self._open:
            _empty(queue)
            queue.put_nowait(None)

    def _queue(self, queue: asyncio.Queue[Json | None], event: Event) -> None:
        if queue.qsize() >= _WAITING:
            _empty(queue)
            queue.put_nowait({"kind": "reset", "chat": "", "phone": None})
        queue.put_nowait(self._shown(event))

    def _shown(self, event: Event) -> Json:
        chat = self._state.chats.get(event.chat)
        person = self._state.persons.get(chat.person_id) if chat and chat.person_id else None
        shown: Json = {"kind": event.kind, "chat": event.chat, "phone": person.key if person else None}
        detail = event.detail
        match event.kind:
            case "message" | "edited" | "deleted" | "reaction":
                reader = person.user_id if person else 0
                shown["message"] = chat_view.as_json(ChatMessage(detail, reader, self._state.files))
            case "toast" | "action":
                shown[event.kind] = detail
            case "call":
                shown["call"] = detail.as_json()
            case "keyboard":
                rows = (detail or {}).get("keyboard", [])
                shown["keyboard"] = [[key["text"] for key in row] for row in rows]
            case "topic":
                shown["topic"] = asdict(detail)
        return shown


async def _pour(queue: asyncio.Queue[Json | None], answer: web.StreamResponse) -> None:
    while True:
        try:
            async with asyncio.timeout(_HEARTBEAT_SECONDS):
                event = await queue.get()
        except TimeoutError:
            await answer.write(b": still here\n\n")
            continue
        if event is None:
            return
        await answer.write(f"data: {json.dumps(event)}\n\n".encode())


def _empty(queue: asyncio.Queue[Json | None]) -> None:
    while not queue.empty():
        queue.get_nowait()
