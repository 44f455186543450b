"""Screens as calls of the Bot API, and the errors that mean the same thing under several names."""

from collections.abc import Iterable
from typing import Any

from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import EditMessageText, SendMessage
from aiogram.methods.base import Response, TelegramMethod
from aiogram.types import CopyTextButton, File, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Message

from bot.screens.screen import Button, Row, Screen

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
HTML = "HTML"


def new_message(chat_id: int, screen: Screen) -> SendMessage:
    """sendMessage."""
    return SendMessage(
        chat_id=chat_id,
        text=str(screen.text),
        parse_mode=HTML,
        link_preview_options=NO_PREVIEW,
        reply_markup=keyboard(screen.rows),
    )


def edit(chat_id: int, message_id: int, screen: Screen) -> EditMessageText:
    """editMessageText."""
    return EditMessageText(
        chat_id=chat_id,
        message_id=message_id,
        text=str(screen.text),
        parse_mode=HTML,
        link_preview_options=NO_PREVIEW,
        reply_markup=keyboard(screen.rows),
    )


def keyboard(rows: Iterable[Row]) -> InlineKeyboardMarkup | None:
    """An inline keyboard, or none."""
    buttons = [[_button(button) for button in row] for row in rows]
    return InlineKeyboardMarkup(inline_keyboard=buttons) if buttons else None


def _button(button: Button) -> InlineKeyboardButton:
    copy = CopyTextButton(text=button.copy) if button.copy is not None else None
    return InlineKeyboardButton(text=button.label, callback_data=button.data, url=button.url, copy_text=copy)


class RawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates, its updates left as they came: one that this version doesn't understand must not stop the others."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


HELD = (
    Response[bool],
    Response[File],
    Response[Message],
    Response[Message | bool],
    Response[list[dict[str, Any]]],
)
"""Pydantic forgets a parametrised model that nobody holds, and builds it anew for the next answer, in some 8 ms a call."""


def says(error: TelegramBadRequest, *phrases: str) -> bool:
    """Whether the Bot API's description holds one of the phrases; it has no codes finer than 400."""
    description = error.message.lower()
    return any(phrase in description for phrase in phrases)


def not_modified(error: TelegramBadRequest) -> bool:
    """The screen is there already."""
    return says(error, "message is not modified")


def cannot_edit(error: TelegramBadRequest) -> bool:
    """The message is gone, too old, or not one that can be edited."""
    return says(
        error, "message to edit not found", "message can't be edited", "message_id_invalid", "no text in the message"
    )


def no_such_chat(error: TelegramBadRequest) -> bool:
    """Nobody is there any more."""
    return says(error, "chat not found", "user is deactivated", "peer_id_invalid", "user not found")
