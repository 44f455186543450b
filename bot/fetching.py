"""Fetching what an update points to, before its transaction: files by getFile into the store, the text of a long draft."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import GetFile

from bot import limits
from bot.calls import says
from bot.saying import label
from bot.updates import Brought
from core.actor import Language
from core.errors import Refused
from core.files import policy
from core.files.content import Content
from core.files.store import FileStore
from core.office import Office

PIECE = 256 * 1024
"""Bytes that are read from Telegram at a time."""

AT_ONCE = 5
"""Files of one album on their way at the same time: each is a request and a download, mostly waiting for Telegram."""

ENDINGS = {
    "photo": ".jpg",
    "voice": ".ogg",
    "video": ".mp4",
    "video_note": ".mp4",
    "animation": ".mp4",
    "audio": ".mp3",
}
"""Of kinds that Telegram gives no file name."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Stored bytes, or why there are none: a file that can't be had is a value, so that it never stops a chat."""

    content: Content | None = None
    refused: Refused | None = None


async def fetch_all(
    bot: Bot, store: FileStore, items: Sequence[Brought], *, office: Office, language: Language
) -> dict[int, Fetched]:
    """The files of these messages by message id, a few at once. Network trouble is raised, once none is under way any more."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(item: Brought) -> Fetched:
        async with room:
            return await fetch(bot, store, item, office=office, language=language)

    found = await asyncio.gather(*map(one, items), return_exceptions=True)
    for each in found:
        if isinstance(each, BaseException):
            raise each
    return {item.message_id: each for item, each in zip(items, found, strict=True) if isinstance(each, Fetched)}


async def fetch(bot: Bot, store: FileStore, item: Brought, *, office: Office, language: Language) -> Fetched:
    """The file of a message. Network trouble is raised: then it is tried again later."""
    name = name_of(item, language, office)
    most = min(office.upload_limit, limits.DOWNLOAD)
    try:
        if item.size is not None:
            policy.check_size(item.size, name=name, limit=most)
        return Fetched(content=await store.put(_pieces(bot, await _path(bot, item, name, most)), limit=most, name=name))
    except Refused as refused:
        return Fetched(refused=refused)


def name_of(item: Brought, language: Language, office: Office) -> str:
    """The file's own name; a photo or a recording gets one that says what and when."""
    if item.name:
        return item.name
    ending = ENDINGS.get(item.kind) or PurePath(item.media_type).suffix
    at = item.at.astimezone(office.timezone)
    return f"{label(language, f'file.{item.kind}')} {at:%Y-%m-%d %H%M}-{item.message_id}{ending}"


async def _path(bot: Bot, item: Brought, name: str, most: int) -> str:
    """Where Telegram keeps it for an hour (getFile)."""
    try:
        file = await bot(GetFile(file_id=item.file_id))
    except TelegramBadRequest as error:
        if says(error, "file is too big"):
            raise policy.too_big(most, name=name) from error
        raise Refused("file.unavailable", name=name) from error
    if file.file_path is None:
        raise Refused("file.unavailable", name=name)
    return file.file_path


async def _pieces(bot: Bot, path: str) -> AsyncIterator[bytes]:
    url = bot.session.api.file_url(bot.token, path)
    async for piece in bot.session.stream_content(url, timeout=120, chunk_size=PIECE, raise_for_status=True):
        yield piece
