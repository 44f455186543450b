"""What core's deliveries say in Telegram, and what Telegram's errors mean for them."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import SendDocument, SendMessage
from aiogram.types import InputFile, Message
from aiohttp import ClientConnectorError

from bot import calls, limits
from bot.screens import notices
from core.actor import Language
from core.database import forbid_network_in_transaction
from core.deliveries.sending import AnswerLost, Outgoing, Paused, Permanent, Temporary
from core.files.store import Damaged, FileStore, StorageUnavailable


class TelegramSender:
    """Sends deliveries of kind "file" and every kind that `notices` has words for (core.deliveries.sending.Sender)."""

    def __init__(self, bot: Bot, files: FileStore) -> None:
        self._bot = bot
        self._files = files

    async def send(self, outgoing: Outgoing) -> str | None:
        """Sends one delivery and returns Telegram's message id as text.

        Raises Temporary, Paused (429: the whole lane), Permanent, or AnswerLost when it may have arrived.
        """
        forbid_network_in_transaction()
        try:
            return str((await self._send(outgoing)).message_id)
        except TelegramAPIError as error:
            raise _meaning(error) from error
        except ClientDecodeError as error:
            raise AnswerLost("Telegram's answer could not be read") from error
        except StorageUnavailable as error:
            raise Temporary(str(error)) from error
        except Damaged as error:
            raise Permanent(str(error), unreachable=False) from error

    async def _send(self, outgoing: Outgoing) -> Message:
        if outgoing.kind == "file":
            return await self._send_file(outgoing)
        return await self._bot(_told(outgoing))

    async def _send_file(self, outgoing: Outgoing) -> Message:
        """The file itself; over 50 MB a sentence that says where to get it."""
        file = outgoing.files[0]
        document = StoredInput(self._files, sha256=str(file["sha256"]), name=str(file["name"]))
        if int(file["size"]) > limits.UPLOAD:
            return await self._bot(_too_big(outgoing, file))
        caption = outgoing.values.get("caption")
        call = SendDocument(
            chat_id=int(outgoing.address),
            document=document,
            caption=limits.clipped(str(caption), limits.CAPTION) if caption else None,
            protect_content=bool(outgoing.values.get("protect")) or None,
            disable_content_type_detection=True,
        )
        try:
            return await self._bot(call, request_timeout=300)
        except TelegramEntityTooLarge:
            return await self._bot(_too_big(outgoing, file))
        except TelegramNetworkError as error:
            raise document.error or error from error


def _told(outgoing: Outgoing) -> SendMessage:
    """A notification as a message with buttons."""
    screen = notices.notice(Language(outgoing.language), outgoing.kind, outgoing.values, outgoing.secret)
    if screen is None:
        raise Permanent(f"Telegram has no words for {outgoing.kind}", unreachable=False)
    return calls.new_message(int(outgoing.address), screen)


def _too_big(outgoing: Outgoing, file: Mapping[str, Any]) -> SendMessage:
    screen = notices.file_too_big(Language(outgoing.language), str(file["name"]), int(file["size"]))
    return calls.new_message(int(outgoing.address), screen)


def _meaning(error: TelegramAPIError) -> Exception:
    """What became of a delivery whose call failed."""
    match error:
        case TelegramRetryAfter():
            return Paused(float(error.retry_after))
        case TelegramForbiddenError():
            return Permanent(error.message, unreachable=True)
        case TelegramBadRequest():
            return Permanent(error.message, unreachable=calls.no_such_chat(error))
        case TelegramMigrateToChat() | TelegramEntityTooLarge():
            return Permanent(error.message, unreachable=False)
        case TelegramUnauthorizedError() | TelegramNotFound() | TelegramConflictError():
            return Temporary(f"Telegram refuses this bot: {error.message}; check the setting telegram.token")
        case TelegramServerError():
            return Temporary(error.message)
        case TelegramNetworkError():
            never_left = isinstance(error.__cause__, ClientConnectorError)
            return Temporary("Telegram can't be reached") if never_left else AnswerLost(error.message)
        case _:
            return Temporary(error.message)


class StoredInput(InputFile):
    """A stored file, streamed to Telegram under its own name. `error` is why the bytes could not be read: the HTTP client
    reports that as trouble of the network."""

    def __init__(self, files: FileStore, *, sha256: str, name: str) -> None:
        super().__init__(filename=name)
        self._files = files
        self._sha256 = sha256
        self.error: Damaged | StorageUnavailable | None = None

    async def read(self, bot: Bot) -> AsyncGenerator[bytes, None]:
        """The bytes, piece by piece."""
        del bot
        try:
            async for piece in self._files.stream(self._sha256):
                yield piece
        except (Damaged, StorageUnavailable) as error:
            self.error = error
            raise
