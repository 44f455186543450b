"""The people's side over HTTP, for the page and for processes apart. JSON in, JSON out, from this machine only.

Mounted under `/sandbox/telegram`. PHONE is a user name; a body or query may name a `group` (its id) and a `topic`
(its thread id) to act there instead of in the private chat. A refusal is `{"error": "..."}` with 400, 403 or 404.

    GET  /state                     {bots: [BOT], phones: [PERSON], groups: [GROUP], faults: [FAULT]}
    POST /phones                    {first_name, last_name?, username?, language_code?, phone_number?} -> PERSON
    GET  /phones/PHONE/messages     ?since=REVISION -> CHAT, with what changed after that revision (0: all)
    POST /phones/PHONE/start        {payload?, desktop?} -> MESSAGE
    POST /phones/PHONE/say          {text, reply_to?} -> MESSAGE
    POST /phones/PHONE/tap          {button | data, message?} -> {kind, url, copy, query}
    POST /phones/PHONE/edit         {message, text} -> MESSAGE
    POST /phones/PHONE/delete       {message} -> {}
    POST /phones/PHONE/files        multipart: file (one or more), as (document, photo, voice or video), caption
                                    -> {messages: [MESSAGE]}; several files make an album
    POST /phones/PHONE/contact      {own?, phone_number?, first_name?} -> MESSAGE; /location {} -> MESSAGE
    POST /phones/PHONE/block        {} -> {}; likewise /unblock
    GET  /phones/PHONE/commands     [{command, description}]
    POST /groups                    {title, members: [PHONE], forum?} -> GROUP
    GET  /groups/ID/messages        ?since=REVISION -> CHAT
    POST /groups/ID/topics/TID/delete  {} -> {}
    GET  /files/FILE_ID             the bytes, under the file's own name
    GET  /faults, POST /faults      {method, kind, times?, retry_after?, seconds?, chat_id?, description?} -> FAULT
    DELETE /faults                  {}
    GET  /calls                     ?since=NUMBER -> [CALL]
    GET  /events                    server-sent events, see `control_events`

    BOT     {id, username, name, description: {language ("" for others): text}}
    PERSON  {username, user_id, first_name, last_name, language_code, phone_number, started, blocked}
    GROUP   {id, title, forum, members: [PHONE], topics: [{thread_id, name, closed}]}
    CHAT    {revision, messages: [MESSAGE], keyboard: [[label]], toasts: [{text, alert, url, query}], started, blocked}
    MESSAGE {id, revision, deleted} and unless deleted {sender ("me", "bot" or a name), name, date (s), text, html,
            buttons: [[{text, kind, data, url, copy, style}]], file: {kind, file_id, name, mime, size, width, height},
            album, edited, protected, spoiler, silent, pinned, reaction, topic, reply_to: {id, text}, contact, location,
            poll, sticker (its emoji), service}
    CALL    {number, at (s), bot, method, parameters, ok, error}
    FAULT   {id, method, kind, times, retry_after, seconds, chat_id, description}
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from aiohttp import web
from aiohttp.web_request import FileField

from sandbox.telegram import chat_view, control_views, limits
from sandbox.telegram.control_acts import ACTS, send_files
from sandbox.telegram.control_events import EventStreams
from sandbox.telegram.conversation import Conversation, Unwilling
from sandbox.telegram.entities import Json
from sandbox.telegram.people import Group

if TYPE_CHECKING:
    from sandbox.telegram.server import TelegramServer

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_SHOWN_INLINE = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/", "video/", "application/pdf")


class Control:
    """The routes above, on one server."""

    def __init__(self, server: TelegramServer) -> None:
        self._server = server
        self._streams = EventStreams(server.state)

    def app(self) -> web.Application:
        """A fresh application."""
        app = web.Application(middlewares=[_guard], client_max_size=10 * limits.UPLOAD_BYTES)
        app.add_routes(
            [
                web.get("/state", self.state),
                web.post("/phones", self.add_phone),
                web.get("/phones/{phone}/messages", self.phone_messages),
                web.get("/phones/{phone}/commands", self.commands),
                web.post("/phones/{phone}/files", self.send_files),
                web.post("/phones/{phone}/{act}", self.act),
                web.post("/groups", self.add_group),
                web.get("/groups/{group}/messages", self.group_messages),
                web.post("/groups/{group}/topics/{topic}/delete", self.delete_topic),
                web.get("/files/{file_id}", self.file),
                web.get("/faults", self.faults),
                web.post("/faults", self.add_fault),
                web.delete("/faults", self.clear_faults),
                web.get("/calls", self.calls),
                web.get("/events", self._streams.serve),
            ]
        )
        app.on_shutdown.append(self._streams.end)
        return app

    async def state(self, _: web.Request) -> web.Response:
        """GET /state."""
        server = self._server
        return web.json_response(
            {
                "bots": [control_views.bot(bot) for bot in server.bots],
                "phones": [control_views.person(phone, known=bool(server.bots)) for phone in server.phones],
                "groups": [self._group(group) for group in server.groups],
                "faults": [asdict(fault) for fault in server.faults],
            }
        )

    async def add_phone(self, request: web.Request) -> web.Response:
        """POST /phones."""
        phone = self._server.add_phone(**await _body(request))
        return web.json_response(control_views.person(phone, known=bool(self._server.bots)))

    async def add_group(self, request: web.Request) -> web.Response:
        """POST /groups."""
        body = await _body(request)
        members = [self._server.phone(name) for name in body.get("members", [])]
        group = self._server.add_group(body["title"], members, forum=bool(body.get("forum")))
        return web.json_response(self._group(group))

    async def phone_messages(self, request: web.Request) -> web.Response:
        """GET /phones/PHONE/messages."""
        conversation = self._conversation(request, dict(request.query))
        return web.json_response(control_views.chat_of(conversation, int(request.query.get("since", "0"))))

    async def group_messages(self, request: web.Request) -> web.Response:
        """GET /groups/ID/messages."""
        group = self._server.group(int(request.match_info["group"]))
        since = int(request.query.get("since", "0"))
        changed = control_views.changed(group.chat.changes, since)
        views = [chat_view.ChatMessage(group.chat.messages[i], 0, self._server.state.files) for i in changed]
        revision = max(group.chat.changes.values(), default=0)
        return web.json_response({"revision": revision, "messages": [chat_view.as_json(view) for view in views]})

    async def act(self, request: web.Request) -> web.Response:
        """POST /phones/PHONE/ACT, for every act with a JSON body."""
        act = ACTS.get(request.match_info["act"])
        if act is None:
            raise LookupError(f"no such act: {request.match_info['act']}")
        body = await _body(request)
        return web.json_response(await act(self._conversation(request, body), body))

    async def send_files(self, request: web.Request) -> web.Response:
        """POST /phones/PHONE/files."""
        form = await request.post()
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        files = [value for value in form.getall("file", []) if isinstance(value, FileField)]
        conversation = self._conversation(request, fields)
        sent = await send_files(conversation, files, fields.get("as", "document"), fields.get("caption", ""))
        return web.json_response({"messages": [chat_view.as_json(message) for message in sent]})

    async def commands(self, request: web.Request) -> web.Response:
        """GET /phones/PHONE/commands."""
        return web.json_response(self._server.phone(request.match_info["phone"]).commands)

    async def delete_topic(self, request: web.Request) -> web.Response:
        """POST /groups/ID/topics/TID/delete."""
        self._server.group(int(request.match_info["group"])).delete_topic(int(request.match_info["topic"]))
        return web.json_response({})

    async def file(self, request: web.Request) -> web.Response:
        """GET /files/FILE_ID. Only harmless types are shown in the page; everything else downloads."""
        kept = self._server.state.files.get(request.match_info["file_id"])
        if kept is None:
            raise LookupError("no such file")
        inline = kept.mime.startswith(_SHOWN_INLINE) and "download" not in request.query
        name = quote(kept.name or kept.path.rpartition("/")[2])
        headers = {
            "Content-Disposition": f"{'inline' if inline else 'attachment'}; filename*=UTF-8''{name}",
            "Content-Type": kept.mime if inline else "application/octet-stream",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox",
        }
        return web.Response(body=self._server.state.files.content(kept), headers=headers)

    async def faults(self, _: web.Request) -> web.Response:
        """GET /faults."""
        return web.json_response([asdict(fault) for fault in self._server.faults])

    async def add_fault(self, request: web.Request) -> web.Response:
        """POST /faults."""
        return web.json_response(asdict(self._server.faults.add(**await _body(request))))

    async def clear_faults(self, _: web.Request) -> web.Response:
        """DELETE /faults."""
        self._server.faults.clear()
        return web.json_response({})

    async def calls(self, request: web.Request) -> web.Response:
        """GET /calls."""
        since = int(request.query.get("since", "0"))
        return web.json_response([call.as_json() for call in self._server.calls if call.number > since])

    def _conversation(self, request: web.Request, where: Json) -> Conversation:
        phone = self._server.phone(request.match_info["phone"])
        if not where.get("group"):
            return phone
        topic = int(where["topic"]) if where.get("topic") else None
        return phone.in_group(self._server.group(int(where["group"])), topic)

    def _group(self, group: Group) -> Json:
        keys = [self._server.state.persons[member].key for member in group.chat.members]
        topics = [{"thread_id": t.thread_id, "name": t.name, "closed": t.closed} for t in group.topics]
        return {
            "id": group.chat_id,
            "title": group.title,
            "forum": group.chat.forum,
            "members": keys,
            "topics": topics,
        }


@web.middleware
async def _guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    if request.remote not in _LOOPBACK or _from_another_site(request):
        return web.json_response({"error": "only from this machine, and from no other site's page"}, status=403)
    try:
        return await handler(request)
    except LookupError as missing:
        return web.json_response({"error": str(missing.args[0] if missing.args else missing)}, status=404)
    except (Unwilling, ValueError, TypeError) as refusal:
        return web.json_response({"error": str(refusal)}, status=400)


def _from_another_site(request: web.Request) -> bool:
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host


async def _body(request: web.Request) -> Json:
    raw = await request.read()
    body = json.loads(raw) if raw else {}
    if not isinstance(body, dict):
        raise TypeError("a JSON object is expected")
    return body
