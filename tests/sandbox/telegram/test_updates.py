"""Updates to a bot: long polling with its offset and its one consumer, and what each act of a person sends."""

from __future__ import annotations

import asyncio

from sandbox.telegram import Phone, TelegramServer
from tests.sandbox.telegram.conftest import Api, polling

SECOND_CONSUMER = (
    409,
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
)


async def test_an_update_stays_until_confirmed(api: Api, started: Phone) -> None:
    for text in ("een", "twee", "drie"):
        await started.say(text)
    first = await api.updates(limit=2)
    assert [update["message"]["text"] for update in first] == ["een", "twee"]
    assert await api.updates(limit=2) == first
    ids = [update["update_id"] for update in await api.updates()]
    assert ids == list(range(ids[0], ids[0] + 3))
    rest = await api.updates(offset=ids[1])
    assert [update["message"]["text"] for update in rest] == ["twee", "drie"]
    assert await api.updates(offset=ids[2] + 1) == []
    await started.say("vier")
    assert [update["update_id"] for update in await api.updates()] == [ids[2] + 1]


async def test_a_negative_offset_forgets_all_but_the_newest(api: Api, started: Phone) -> None:
    for text in ("een", "twee", "drie"):
        await started.say(text)
    assert [update["message"]["text"] for update in await api.updates(offset=-1)] == ["drie"]
    assert [update["message"]["text"] for update in await api.updates()] == ["drie"]


async def test_a_long_poll_wakes_when_something_comes(api: Api, started: Phone) -> None:
    async with asyncio.TaskGroup() as group:
        poll = group.create_task(api.updates(timeout=30))
        await polling(api.server)
        await started.say("daar")
    assert [update["message"]["text"] for update in poll.result()] == ["daar"]


async def test_a_second_consumer_ends_the_first_with_409(api: Api, started: Phone) -> None:
    async with asyncio.TaskGroup() as group:
        first = group.create_task(api.refused("getUpdates", timeout=30))
        await polling(api.server)
        second = group.create_task(api.updates(timeout=30))
        assert await first == SECOND_CONSUMER
        await started.say("voor de tweede")
    assert second.result()[0]["message"]["text"] == "voor de tweede"


async def test_only_the_kinds_asked_for(api: Api, started: Phone) -> None:
    await api.updates(allowed_updates=["callback_query"])
    await started.say("dit niet")
    await api.ok(
        "sendMessage",
        chat_id=started.chat_id,
        text="x",
        reply_markup={"inline_keyboard": [[{"text": "Home", "callback_data": "h"}]]},
    )
    await started.tap("Home")
    [update] = await api.updates()
    assert "callback_query" in update
    assert (await api.ok("getWebhookInfo"))["allowed_updates"] == ["callback_query"]


async def test_after_a_day_an_update_is_gone(api: Api, started: Phone, telegram: TelegramServer) -> None:
    await started.say("oud")
    now = telegram.state.now()
    telegram.state.now = lambda: now + 24 * 3600 + 1
    await started.say("nieuw")
    assert [update["message"]["text"] for update in await api.updates()] == ["nieuw"]


async def test_start_with_a_payload(api: Api, anna: Phone) -> None:
    await anna.start("CODE-12345")
    await anna.start("DROPPED", desktop=True)
    first, second = [update["message"] for update in await api.updates()]
    assert first["text"] == "/start CODE-12345"
    assert first["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert first["from"] == {
        "id": anna.user_id,
        "is_bot": False,
        "first_name": "Anna",
        "last_name": "Jansen",
        "username": "annaj",
        "language_code": "nl",
    }
    assert second["text"] == "/start"


async def test_a_tap_and_its_answer(api: Api, started: Phone) -> None:
    markup = {"inline_keyboard": [[{"text": "Dossiers (3)", "callback_data": "d:1"}]]}
    sent = await api.ok("sendMessage", chat_id=started.chat_id, text="thuis", reply_markup=markup)
    tap = await started.tap("Dossiers")
    [update] = await api.updates()
    query = update["callback_query"]
    assert (query["id"], query["data"], query["from"]["id"]) == (tap.query, "d:1", started.user_id)
    assert query["message"]["message_id"] == sent["message_id"]
    assert query["message"]["reply_markup"] == markup
    assert await api.ok("answerCallbackQuery", callback_query_id=query["id"], text="even", show_alert=True) is True
    assert [(toast.text, toast.alert) for toast in started.toasts] == [("even", True)]
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await api.refused("answerCallbackQuery", callback_query_id=query["id"]) == (400, too_old)


async def test_a_query_grows_too_old(api: Api, started: Phone, telegram: TelegramServer) -> None:
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]}
    await api.ok("sendMessage", chat_id=started.chat_id, text="x", reply_markup=markup)
    tap = await started.tap("x")
    now = telegram.state.now()
    telegram.state.now = lambda: now + 901
    status, words = await api.refused("answerCallbackQuery", callback_query_id=tap.query)
    assert (status, "query is too old" in words) == (400, True)


async def test_a_tap_on_a_deleted_message_is_inaccessible(api: Api, started: Phone) -> None:
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]}
    sent = await api.ok("sendMessage", chat_id=started.chat_id, text="x", reply_markup=markup)
    card = started.screen
    await api.ok("deleteMessage", chat_id=started.chat_id, message_id=sent["message_id"])
    await started.tap("x", message=card)
    [update] = await api.updates()
    message = update["callback_query"]["message"]
    assert (message["date"], message["message_id"]) == (0, sent["message_id"])
    assert "text" not in message


async def test_edits_are_told_and_deletions_are_not(api: Api, started: Phone) -> None:
    said = await started.say("fuot")
    await started.edit(said, "fout")
    await started.delete(said)
    first, second = await api.updates()
    assert first["message"]["text"] == "fuot"
    assert (second["edited_message"]["text"], second["edited_message"]["message_id"]) == ("fout", said.id)
    assert second["edited_message"]["edit_date"] >= first["message"]["date"]


async def test_blocking_and_unblocking_are_told(api: Api, started: Phone) -> None:
    started.block()
    started.unblock()
    changes = [update["my_chat_member"] for update in await api.updates()]
    assert [(c["old_chat_member"]["status"], c["new_chat_member"]["status"]) for c in changes] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]
    assert changes[0]["chat"]["id"] == started.chat_id
    assert changes[0]["new_chat_member"]["user"]["id"] == 1234


async def test_a_long_text_comes_in_parts(api: Api, started: Phone) -> None:
    await started.say("x" * 5000)
    assert [len(update["message"]["text"]) for update in await api.updates()] == [4096, 904]


async def test_two_bots_hear_their_own_chats_only(telegram: TelegramServer, api: Api, started: Phone) -> None:
    other = telegram.add_bot("99:zz", "ander_bot", "Ander")
    await started.with_bot(other).start()
    assert await api.updates() == []
    assert len(await Api(telegram, api.client, "99:zz").updates()) == 1
