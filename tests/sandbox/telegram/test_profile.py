"""What a bot says about itself, and the commands that a person then sees."""

from __future__ import annotations

import pytest

from sandbox.telegram import Phone, TelegramServer
from tests.sandbox.telegram.conftest import Api


async def test_names_and_descriptions_by_language(api: Api) -> None:
    await api.ok("setMyDescription", description="Welkom")
    await api.ok("setMyDescription", description="Welcome", language_code="en")
    assert await api.ok("getMyDescription", language_code="en") == {"description": "Welcome"}
    assert await api.ok("getMyDescription", language_code="de") == {"description": "Welkom"}
    await api.ok("setMyShortDescription", short_description="Kort")
    assert await api.ok("getMyShortDescription") == {"short_description": "Kort"}
    assert await api.ok("getMyName") == {"name": "Loket"}
    await api.ok("setMyName", name="Notaris")
    assert (await api.ok("getMe"))["first_name"] == "Notaris"
    assert (await api.refused("setMyShortDescription", short_description="x" * 121))[0] == 400


async def test_a_person_sees_the_narrowest_commands_in_their_language(
    api: Api, anna: Phone, telegram: TelegramServer
) -> None:
    ben = telegram.add_phone("Ben", username="ben", language_code="en")
    dutch = [{"command": "home", "description": "Begin"}]
    english = [{"command": "home", "description": "Start"}]
    mine = [{"command": "queue", "description": "Wachtrij"}]
    private = {"type": "all_private_chats"}
    await api.ok("setMyCommands", commands=dutch, scope=private)
    await api.ok("setMyCommands", commands=english, scope=private, language_code="en")
    assert (anna.commands, ben.commands) == (dutch, english)
    await api.ok("setMyCommands", commands=mine, scope={"type": "chat", "chat_id": anna.chat_id})
    assert anna.commands == mine
    assert await api.ok("getMyCommands", scope=private, language_code="en") == english
    assert await api.ok("getMyCommands") == []
    await api.ok("deleteMyCommands", scope={"type": "chat", "chat_id": anna.chat_id})
    assert anna.commands == dutch


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"commands": [{"command": "Home", "description": "x"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "home", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "c", "description": "x"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [], "scope": {"type": "chat", "chat_id": 5}}, "chat not found"),
        ({"commands": [], "language_code": "dutch"}, "invalid language code specified"),
    ],
)
async def test_bad_commands_are_refused(api: Api, params: dict[str, object], words: str) -> None:
    assert await api.refused("setMyCommands", **params) == (400, f"Bad Request: {words}")


async def test_the_menu_button(api: Api) -> None:
    assert await api.ok("getChatMenuButton") == {"type": "commands"}
    button = {"type": "web_app", "text": "Open", "web_app": {"url": "https://x.example"}}
    await api.ok("setChatMenuButton", menu_button=button)
    assert await api.ok("getChatMenuButton") == button


async def test_logging_out_shuts_the_token_for_ten_minutes(api: Api, telegram: TelegramServer) -> None:
    assert (await api.refused("close"))[0] == 429
    await api.ok("logOut")
    assert await api.refused("getMe") == (401, "Unauthorized")
    now = telegram.state.now()
    telegram.state.now = lambda: now + 601
    await api.ok("getMe")
    assert await api.ok("close") is True
