"""Keyboards: what a bot may attach to a message, checked as Telegram checks it.

Source: Bot API, InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove, ForceReply.
"""

from __future__ import annotations

import re
from typing import Any

from sandbox.telegram import limits
from sandbox.telegram.entities import Json, utf16_length
from sandbox.telegram.errors import bad

_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
)
_LOOKS = ("icon_custom_emoji_id", "style")
_STYLES = frozenset({"danger", "success", "primary"})
_URL = re.compile(
    r"(?:https?://)?[^\s/?#]+\.[^\s/?#]+(?:[/?#]\S*)?$|https?://[^\s/?#]+\S*$|tg://\S+$|mailto:\S+$|tel:\S+$"
)
_PRIVATE_ONLY = {
    "request_contact": "phone number can be requested in private chats only",
    "request_location": "location can be requested in private chats only",
    "web_app": "BUTTON_TYPE_INVALID",
}


def inline(markup: Json | None, *, private: bool) -> Json | None:
    """The inline keyboard as it will be shown, None for none; 400 when it isn't an inline keyboard."""
    if markup is None:
        return None
    if "inline_keyboard" not in markup:
        raise bad("inline keyboard expected")
    rows = _rows(markup["inline_keyboard"], "inline_keyboard")
    if sum(map(len, rows)) > limits.BUTTONS:
        raise bad("reply markup is too long")
    buttons = [[_inline_button(button, private=private) for button in row] for row in rows]
    kept = [row for row in buttons if row]
    return {"inline_keyboard": kept} if kept else None


def keyboard(markup: Json | None, *, private: bool) -> tuple[Json | None, Json | None]:
    """(inline keyboard, change of the person's own keyboard); both None when the message carries nothing."""
    if not markup:
        return None, None
    if "inline_keyboard" in markup:
        return inline(markup, private=private), None
    if "keyboard" in markup:
        return None, _reply_keyboard(markup, private=private)
    if markup.get("remove_keyboard") is True or markup.get("force_reply") is True:
        _check_placeholder(markup)
        return None, markup
    raise bad("can't parse reply markup JSON object")


def _rows(rows: Any, name: str) -> list[list[Json]]:
    if not isinstance(rows, list):
        raise bad(f'can\'t parse inline keyboard: Field "{name}" must be of type Array')
    for row in rows:
        if not isinstance(row, list) or not all(isinstance(button, dict) for button in row):
            raise bad("can't parse inline keyboard: an Array of Arrays of buttons expected")
    return rows


def _inline_button(button: Json, *, private: bool) -> Json:
    if not isinstance(button.get("text"), str):
        raise bad("can't parse inline keyboard button: Can't find field \"text\"")
    if not button["text"].strip():
        raise bad("can't parse inline keyboard button: Button text must be non-empty")
    actions = [name for name in _ACTIONS if name in button]
    if not actions:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad("can't parse inline keyboard button: exactly one of the optional fields must be used")
    if button.get("style", "primary") not in _STYLES:
        raise bad("can't parse inline keyboard button: unsupported button style specified")
    _check_action(actions[0], button[actions[0]], private=private)
    return {name: button[name] for name in ("text", *_LOOKS, actions[0]) if name in button}


def _check_action(name: str, value: Any, *, private: bool) -> None:
    if name == "callback_data":
        size = len(value.encode()) if isinstance(value, str) else 0
        if not 1 <= size <= limits.CALLBACK_DATA_BYTES:
            raise bad("BUTTON_DATA_INVALID")
    elif name == "url" and not (isinstance(value, str) and _URL.match(value)):
        raise bad(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    elif name == "copy_text":
        text = value.get("text", "") if isinstance(value, dict) else ""
        if not 1 <= utf16_length(text) <= limits.COPY_TEXT_LENGTH:
            raise bad("BUTTON_COPY_TEXT_INVALID")
    elif name == "web_app" and not private:
        raise bad("BUTTON_TYPE_INVALID")


def _reply_keyboard(markup: Json, *, private: bool) -> Json:
    _check_placeholder(markup)
    rows = [[_reply_button(button, private=private) for button in row] for row in _reply_rows(markup)]
    if not any(rows):
        raise bad("can't parse reply keyboard markup JSON object")
    return markup | {"keyboard": rows}


def _reply_rows(markup: Json) -> list[list[Any]]:
    rows = markup["keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('can\'t parse keyboard: Field "keyboard" must be an Array of Arrays')
    return rows


def _reply_button(button: Any, *, private: bool) -> Json:
    shaped = {"text": button} if isinstance(button, str) else button
    if not isinstance(shaped, dict) or not isinstance(shaped.get("text"), str) or not shaped["text"]:
        raise bad('can\'t parse keyboard button: Field "text" must be of type String')
    for name, words in _PRIVATE_ONLY.items():
        if shaped.get(name) and not private:
            raise bad(words)
    return shaped


def _check_placeholder(markup: Json) -> None:
    placeholder = markup.get("input_field_placeholder", "")
    if not isinstance(placeholder, str) or utf16_length(placeholder) > limits.PLACEHOLDER_LENGTH:
        raise bad("input field placeholder is too long")
