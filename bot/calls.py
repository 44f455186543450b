"""Screens as calls of the Bot API, and the errors that mean the same thing under several names."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

import segno
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import EditMessageText, SendContact, SendMessage, SendPhoto
from aiogram.methods.base import Response, TelegramMethod
from aiogram.types import (
    BufferedInputFile,
    CopyTextButton,
    File,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.answers import Contact
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
        reply_markup=_markup(screen),
    )


def new_picture(chat_id: int, screen: Screen) -> SendPhoto:
    """sendPhoto, of the screen's QR code, with the quiet zone that readers need also on a dark ground."""
    out = BytesIO()
    segno.make(screen.qr, error="m", micro=False).save(out, kind="png", scale=6, border=4)
    return SendPhoto(
        chat_id=chat_id,
        photo=BufferedInputFile(out.getvalue(), "qr.png"),
        caption=str(screen.text),
        parse_mode=HTML,
        reply_markup=keyboard(screen.rows),
    )


def contact(chat_id: int, card: Contact) -> SendContact:
    """sendContact."""
    return SendContact(chat_id=chat_id, phone_number=card.phone, first_name=card.name[:64], vcard=card.vcard[:2048])


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


def _markup(screen: Screen) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    if screen.clears:
        return ReplyKeyboardRemove(remove_keyboard=True)
    if not screen.share:
        return keyboard(screen.rows)
    first, *others = screen.share
    keys = [[KeyboardButton(text=first, request_contact=True)], *[[KeyboardButton(text=other)] for other in others]]
    return ReplyKeyboardMarkup(keyboard=keys, resize_keyboard=True, one_time_keyboard=True)


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
