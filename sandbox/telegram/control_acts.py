"""What a person can do, as the control offers it: a JSON body in, JSON out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp.web_request import FileField

from sandbox.telegram import chat_view
from sandbox.telegram.conversation import Conversation, Unwilling
from sandbox.telegram.entities import Json
from sandbox.telegram.outgoing import Document, Photo
from sandbox.telegram.people import Phone

Act = Callable[[Conversation, Json], Awaitable[Any]]


async def send_files(
    conversation: Conversation, files: list[FileField], kind: str, caption: str
) -> list[chat_view.ChatMessage]:
    """Send files as `kind` (document, photo, voice, video); several make an album of photos or documents."""
    if not files:
        raise ValueError("no file was given")
    contents = [(file.filename, file.file.read(), file.content_type) for file in files]
    if len(contents) > 1:
        items = [Photo(c) if kind == "photo" else Document(n, c, m) for n, c, m in contents]
        return await conversation.send_album(items, caption)
    name, content, mime = contents[0]
    match kind:
        case "photo":
            return [await conversation.send_photo(content, caption)]
        case "voice":
            return [await conversation.send_voice(content)]
        case "video":
            return [await conversation.send_video(content, name, caption)]
        case "document":
            return [await conversation.send_document(name, content, mime, caption)]
    raise ValueError(f"files are sent as document, photo, voice or video, not as {kind}")


async def _say(conversation: Conversation, body: Json) -> Json:
    return chat_view.as_json(await conversation.say(body["text"], reply_to=body.get("reply_to")))


async def _start(conversation: Conversation, body: Json) -> Json:
    phone = _private(conversation)
    started = await phone.start(body.get("payload", ""), desktop=bool(body.get("desktop")))
    return chat_view.as_json(started)


async def _tap(conversation: Conversation, body: Json) -> Json:
    tap = await conversation.tap(body.get("button"), data=body.get("data"), message=body.get("message"))
    return {"kind": tap.button.kind, "url": tap.button.url, "copy": tap.button.copy, "query": tap.query}


async def _edit(conversation: Conversation, body: Json) -> Json:
    return chat_view.as_json(await conversation.edit(conversation.message(body["message"]), body["text"]))


async def _delete(conversation: Conversation, body: Json) -> Json:
    await conversation.delete(conversation.message(body["message"]))
    return {}


async def _contact(conversation: Conversation, body: Json) -> Json:
    names = ("own", "phone_number", "first_name")
    card = {name: body[name] for name in names if name in body}
    return chat_view.as_json(await conversation.send_contact(**card))


async def _location(conversation: Conversation, _: Json) -> Json:
    return chat_view.as_json(await conversation.send_location())


async def _block(conversation: Conversation, _: Json) -> Json:
    _private(conversation).block()
    return {}


async def _unblock(conversation: Conversation, _: Json) -> Json:
    _private(conversation).unblock()
    return {}


def _private(conversation: Conversation) -> Phone:
    if not isinstance(conversation, Phone):
        raise Unwilling("this goes in a private chat only")
    return conversation


ACTS: dict[str, Act] = {
    "say": _say,
    "start": _start,
    "tap": _tap,
    "edit": _edit,
    "delete": _delete,
    "contact": _contact,
    "location": _location,
    "block": _block,
    "unblock": _unblock,
}
