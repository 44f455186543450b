"""Carrying out answers: after the commit, the callback first, an edit that can't be made as a new message."""

import asyncio
from collections.abc import Sequence
from time import monotonic

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import AnswerCallbackQuery, EditMessageReplyMarkup
from aiogram.methods import DeleteMessage as DeleteMessageCall
from aiogram.methods.base import TelegramMethod, TelegramType

from bot import calls, limits
from bot.answers import Answer, Contact, DeleteMessage, Show, Toast
from core.actor import Channel
from core.chats import chats
from core.database import Sessions, forbid_network_in_transaction, transaction
from core.people import addresses
from core.people.chat_key import ChatKey

PATIENCE = 90.0
"""Seconds that one call is tried when Telegram can't be reached or asks to wait; after that it is no answer any more."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0
"""Seconds between two tries."""

_log = structlog.get_logger(__name__)


class Messenger:
    """Speaks for one bot."""

    def __init__(self, bot: Bot, sessions: Sessions) -> None:
        self._bot = bot
        self._sessions = sessions

    async def carry_out(self, chat: ChatKey, answers: Sequence[Answer]) -> None:
        """Sends the answers to `chat`. A blocked bot makes the address unreachable; nothing is raised for it.

        The callback is answered first, and what is shown doesn't wait for that answer to come back. Raises aiogram's network
        and server errors when Telegram stays out of reach.
        """
        forbid_network_in_transaction()
        toasts = [answer for answer in answers if isinstance(answer, Toast)]
        others = [answer for answer in answers if not isinstance(answer, Toast)]
        done = await asyncio.gather(self._in_order(chat, toasts), self._in_order(chat, others), return_exceptions=True)
        errors = [error for error in done if error is not None]
        if any(isinstance(error, TelegramForbiddenError) for error in errors):
            await self._unreachable(chat)
        elif errors:
            raise errors[0]

    async def _in_order(self, chat: ChatKey, answers: Sequence[Answer]) -> None:
        for answer in answers:
            await self._one(chat, answer)

    async def _one(self, chat: ChatKey, answer: Answer) -> None:
        match answer:
            case Toast():
                await self._toast(answer)
            case DeleteMessage(message_id):
                await self._remove(chat.chat_id, message_id)
            case Contact():
                await self._call(calls.contact(chat.chat_id, answer))
            case Show():
                await self._show(chat, answer)

    async def _toast(self, toast: Toast) -> None:
        call = AnswerCallbackQuery(
            callback_query_id=toast.query_id,
            text=limits.clipped(toast.text, limits.TOAST) or None,
            show_alert=toast.alert or None,
        )
        try:
            await self._call(call)
        except TelegramBadRequest as error:
            if not calls.says(error, "query is too old", "query_id_invalid", "query id is invalid"):
                raise

    async def _show(self, chat: ChatKey, show: Show) -> None:
        if show.edit is None or not await self._edited(chat.chat_id, show.edit, show):
            await self._sent(chat, show)
        elif show.card and show.removes is not None:
            await self._remember(chat, show.edit)
        if show.removes is not None and show.removes != show.edit:
            await self._remove(chat.chat_id, show.removes)

    async def _edited(self, chat_id: int, message_id: int, show: Show) -> bool:
        """Whether the screen stands there now."""
        try:
            await self._call(calls.edit(chat_id, message_id, show.screen))
        except TelegramBadRequest as error:
            if calls.not_modified(error):
                return True
            if calls.cannot_edit(error):
                return False
            raise
        return True

    async def _sent(self, chat: ChatKey, show: Show) -> None:
        new = calls.new_picture if show.screen.qr else calls.new_message
        message = await self._call(new(chat.chat_id, show.screen))
        if show.card:
            await self._remember(chat, message.message_id)
        if show.screen.clears:
            await self._remove(chat.chat_id, message.message_id)

    async def _remember(self, chat: ChatKey, message_id: int) -> None:
        async with transaction(self._sessions) as session:
            await chats.remember_card(session, chat, card_message_id=message_id)

    async def _remove(self, chat_id: int, message_id: int) -> None:
        """Deleted, or (older than 48 hours) at least without its buttons, or nothing."""
        try:
            await self._call(DeleteMessageCall(chat_id=chat_id, message_id=message_id))
        except TelegramBadRequest:
            try:
                await self._call(EditMessageReplyMarkup(chat_id=chat_id, message_id=message_id))
            except TelegramBadRequest as error:
                _log.debug("message stays", cause=error.message)

    async def _unreachable(self, chat: ChatKey) -> None:
        async with transaction(self._sessions) as session:
            await addresses.mark_unreachable(session, channel=Channel.TELEGRAM, value=chat.address, reason="blocked")

    async def _call(self, method: TelegramMethod[TelegramType]) -> TelegramType:
        """One call, tried again while Telegram is out of reach or asks to wait; what must not be doubled is a delivery."""
        deadline, pause = monotonic() + PATIENCE, FIRST_PAUSE
        while True:
            try:
                return await self._bot(method)
            except TelegramRetryAfter as error:
                wait = float(error.retry_after)
                if monotonic() + wait > deadline:
                    raise
            except (TelegramNetworkError, TelegramServerError) as error:
                wait = pause
                if monotonic() + wait > deadline:
                    raise
                _log.warning("Telegram can't be reached", method=type(method).__name__, cause=type(error).__name__)
            await asyncio.sleep(wait)
            pause = min(LONGEST_PAUSE, pause * 2)
