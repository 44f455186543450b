"""The telephone in a test's hand: waiting, finding buttons, and what the app doesn't allow."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.telegram import NoSuchButton, Phone, TelegramServer, Unwilling
from tests.sandbox.telegram.conftest import Api


def keyboard(*labels: str) -> dict[str, object]:
    return {"inline_keyboard": [[{"text": label, "callback_data": label} for label in labels]]}


async def test_waiting_wakes_at_once_and_fails_with_a_transcript(api: Api, started: Phone) -> None:
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(started.wait(lambda phone: "dag" in phone.screen.text))
        await api.ok("sendMessage", chat_id=started.chat_id, text="goedendag", reply_markup=keyboard("Home"))
    assert waiting.result().text == "goedendag"
    with pytest.raises(TimeoutError, match=r"bot: goedendag \[Home\]"):
        await started.wait(lambda phone: phone.screen.text == "nooit", timeout=0.01)


async def test_an_empty_screen_can_be_looked_at(anna: Phone) -> None:
    assert (anna.screen.id, anna.screen.text, anna.screen.buttons) == (0, "", [])


async def test_a_tap_takes_the_whole_label_before_a_part(api: Api, started: Phone) -> None:
    await api.ok("sendMessage", chat_id=started.chat_id, text="oud", reply_markup=keyboard("Ja"))
    await api.ok("sendMessage", chat_id=started.chat_id, text="nieuw", reply_markup=keyboard("Jansen", "Home"))
    assert (await started.tap("Ja")).button.data == "Ja"
    assert (await started.tap("Jan")).button.data == "Jansen"
    assert (await started.tap(data="Home")).message == started.screen
    with pytest.raises(NoSuchButton, match="no button Weg"):
        await started.tap("Weg")
    with pytest.raises(NoSuchButton):
        await started.tap("Ja,", message=started.screen)


async def test_a_changed_app_may_send_any_data(api: Api, started: Phone) -> None:
    await api.ok("sendMessage", chat_id=started.chat_id, text="x", reply_markup=keyboard("Home"))
    await started.tap(data="dossier:999", forge=True)
    [update] = await api.updates()
    assert update["callback_query"]["data"] == "dossier:999"


async def test_a_deep_link_button_starts_the_bot(api: Api, started: Phone) -> None:
    markup = {"inline_keyboard": [[{"text": "Koppel", "url": "https://t.me/loket_bot?start=ABC"}]]}
    await api.ok("sendMessage", chat_id=started.chat_id, text="x", reply_markup=markup)
    await started.tap("Koppel")
    [update] = await api.updates()
    assert update["message"]["text"] == "/start ABC"


async def test_what_the_app_does_not_allow(api: Api, started: Phone, telegram: TelegramServer) -> None:
    sent = await api.ok("sendMessage", chat_id=started.chat_id, text="van de bot")
    with pytest.raises(Unwilling):
        await started.edit(started.message(sent["message_id"]), "x")
    with pytest.raises(Unwilling):
        await started.say("  ")
    with pytest.raises(ValueError, match="64"):
        await started.start("x" * 65)
    started.block()
    with pytest.raises(Unwilling, match="blocked"):
        await started.say("x")
    await started.start()
    assert started.messages[-1].text == "/start"


async def test_the_same_user_name_is_the_same_person(telegram: TelegramServer, anna: Phone) -> None:
    again = telegram.add_phone("Anna", "de Vries", "annaj", language_code="en")
    assert again.user_id == anna.user_id
    assert anna.person.last_name == "de Vries"
    assert anna.chat.card["last_name"] == "de Vries"
    assert telegram.add_phone("Anna").user_id != anna.user_id
    assert len({phone.user_id for phone in telegram.phones}) == 2
