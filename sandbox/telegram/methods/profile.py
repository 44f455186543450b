"""What a bot says about itself: names, descriptions, commands, menu button (Bot API, "Bot settings")."""

from __future__ import annotations

import re
from typing import Any

from sandbox.telegram import limits
from sandbox.telegram.entities import Json, utf16_length
from sandbox.telegram.errors import bad
from sandbox.telegram.methods.call import Call

_TEXTS = {  # method without set/get and "my" -> (parameter, longest, error)
    "name": ("name", 64, "BOT_TITLE_INVALID"),
    "description": ("description", 512, "BOT_DESCRIPTION_TOO_LONG"),
    "shortdescription": ("short_description", 120, "BOT_SHORT_DESCRIPTION_TOO_LONG"),
}
_LANGUAGE = re.compile(r"[a-z]{2}$|$")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}$")
_SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}


def get_me(call: Call) -> Json:
    """getMe."""
    return call.bot.user | {
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
    }


def set_text(call: Call) -> bool:
    """setMyName, setMyDescription, setMyShortDescription: per language; empty takes it away."""
    kind = call.method.removeprefix("setmy")
    field, longest, refusal = _TEXTS[kind]
    text = call.params.text(field)
    if utf16_length(text) > longest:
        raise bad(refusal)
    texts = call.bot.texts.setdefault(kind, {})
    texts[_language(call)] = text
    if kind == "name" and not _language(call) and text:
        call.bot.name = text
    call.state.save_bot(call.bot)
    return True


def get_text(call: Call) -> Json:
    """getMyName, getMyDescription, getMyShortDescription: of the language, else without one."""
    kind = call.method.removeprefix("getmy")
    texts = call.bot.texts.get(kind, {})
    fallback = call.bot.name if kind == "name" else ""
    return {_TEXTS[kind][0]: texts.get(_language(call)) or texts.get("") or fallback}


def set_commands(call: Call) -> bool:
    """setMyCommands."""
    commands = call.params.array("commands", "can't parse commands JSON object")
    if commands is None:
        raise bad("there is no commands in the request")
    if len(commands) > limits.COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    call.bot.commands[_command_key(call)] = [_command(command) for command in commands]
    call.state.save_bot(call.bot)
    return True


def get_commands(call: Call) -> list[Json]:
    """getMyCommands: of exactly this scope and language."""
    return call.bot.commands.get(_command_key(call), [])


def delete_commands(call: Call) -> bool:
    """deleteMyCommands."""
    call.bot.commands.pop(_command_key(call), None)
    call.state.save_bot(call.bot)
    return True


def set_menu_button(call: Call) -> bool:
    """setChatMenuButton."""
    button = call.params.object("menu_button", "can't parse menu button JSON object") or {"type": "default"}
    if button.get("type") not in ("default", "commands", "web_app"):
        raise bad("can't parse menu button: unsupported type")
    call.bot.menu_button = {"type": "commands"} if button["type"] == "default" else button
    call.state.save_bot(call.bot)
    return True


def get_menu_button(call: Call) -> Json:
    """getChatMenuButton."""
    return call.bot.menu_button


def command_key(scope: str, *, chat_id: Any = "", user_id: Any = "", language: str = "") -> str:
    """Where the commands of a scope and language are kept."""
    return f"{scope}/{chat_id}/{user_id}/{language}"


def _command_key(call: Call) -> str:
    words = "can't parse BotCommandScope JSON object"
    scope = call.params.object("scope", words) or {"type": "default"}
    kind = scope.get("type")
    if not isinstance(kind, str) or kind not in _SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    ids = {name: scope.get(name, "") for name in _SCOPES[kind]}
    if "" in ids.values():
        raise bad("can't parse BotCommandScope: chat_id and user_id must be given")
    if "chat_id" in ids:
        ids["chat_id"] = call.state.known(call.bot, str(ids["chat_id"])).id
    return command_key(kind, language=_language(call), **ids)


def _command(command: Any) -> Json:
    if not isinstance(command, dict):
        raise bad("can't parse BotCommand: expected an Object")
    name, description = command.get("command"), command.get("description")
    if not isinstance(name, str) or not _COMMAND.match(name.removeprefix("/")):
        raise bad("BOT_COMMAND_INVALID")
    if not isinstance(description, str) or not 1 <= utf16_length(description) <= 256:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name.removeprefix("/"), "description": description}


def _language(call: Call) -> str:
    language = call.params.text("language_code")
    if not _LANGUAGE.match(language):
        raise bad("invalid language code specified")
    return language
