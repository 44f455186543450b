"""Messages out and their changes, as the public documentation describes them, in raw JSON."""

from __future__ import annotations

import json

import aiohttp
import pytest

from sandbox.telegram import Phone, TelegramServer
from tests.sandbox.telegram.conftest import Api

HOME = {"inline_keyboard": [[{"text": "Home", "callback_data": "home"}]]}
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


async def test_get_me(api: Api) -> None:
    me = await api.ok("getMe")
    assert me["id"] == 1234
    assert (me["is_bot"], me["username"], me["first_name"]) == (True, "loket_bot", "Loket")


async def test_a_message_comes_back_as_telegram_gives_it(api: Api, started: Phone) -> None:
    message = await api.ok(
        "sendMessage", chat_id=started.chat_id, text="<b>Dag</b> Anna", parse_mode="HTML", reply_markup=HOME
    )
    assert isinstance(message.pop("date"), int)
    assert message == {
        "message_id": 2,
        "from": {"id": 1234, "is_bot": True, "first_name": "Loket", "username": "loket_bot"},
        "chat": {
            "id": started.chat_id,
            "first_name": "Anna",
            "last_name": "Jansen",
            "username": "annaj",
            "type": "private",
        },
        "text": "Dag Anna",
        "entities": [{"offset": 0, "length": 3, "type": "bold"}],
        "reply_markup": HOME,
    }
    assert started.screen.html == "<b>Dag</b> Anna"
    assert started.screen.labels() == ["Home"]


async def test_parameters_travel_as_form_query_or_multipart(api: Api, started: Phone) -> None:
    fields = {"chat_id": str(started.chat_id), "text": "x", "reply_markup": json.dumps(HOME)}
    async with api.client.post(api.url("sendMessage"), data=fields) as answer:
        assert (await answer.json())["result"]["reply_markup"] == HOME
    async with api.client.get(api.url("sendmessage"), params=fields) as answer:
        assert (await answer.json())["result"]["text"] == "x"
    with aiohttp.MultipartWriter("form-data") as body:
        for name, value in fields.items():
            body.append(value).set_content_disposition("form-data", name=name)
    async with api.client.post(api.url("sendMessage"), data=body) as answer:
        assert (await answer.json())["ok"] is True
    assert [message.text for message in started.messages[1:]] == ["x"] * 3


async def test_unreadable_json_is_refused(api: Api) -> None:
    headers = {"Content-Type": "application/json"}
    async with api.client.post(api.url("getMe"), data=b"{", headers=headers) as answer:
        assert answer.status == 400


async def test_an_unknown_token_and_method(api: Api) -> None:
    api.token = "1234:wrong"
    assert await api.refused("getMe") == (401, "Unauthorized")
    api.token = "1234:abc"
    assert await api.refused("sendTelepathy") == (404, "Not Found")


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        (
            {"text": "<u>x", "parse_mode": "HTML"},
            "can't parse entities: Can't find end tag corresponding to start tag \"u\"",
        ),
        ({"text": "x", "parse_mode": "RTF"}, "unsupported parse_mode"),
        ({"text": "x", "chat_id": 5}, "chat not found"),
        ({"text": "x", "chat_id": ""}, "chat_id is empty"),
        ({"text": "x", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
        ({"text": "x", "reply_markup": "nonsense"}, "object expected as reply markup"),
        ({"text": "x", "message_thread_id": 9}, "message thread not found"),
    ],
)
async def test_bad_messages_are_refused(api: Api, started: Phone, params: dict[str, object], words: str) -> None:
    given = {"chat_id": started.chat_id} | params
    assert await api.refused("sendMessage", **given) == (400, f"Bad Request: {words}")
    assert len(started.messages) == 1


async def test_the_longest_text_is_counted_after_parsing(api: Api, started: Phone) -> None:
    await api.ok("sendMessage", chat_id=started.chat_id, text=f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    assert len(started.screen.text) == 4096


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ({"text": "x", "callback_data": "é" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        (
            {"text": "x"},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ({"text": "x", "url": "no"}, "inline keyboard button URL 'no' is invalid: Wrong HTTP URL"),
        ({"text": "x", "copy_text": {"text": "y" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
    ],
)
async def test_bad_buttons_are_refused(api: Api, started: Phone, button: dict[str, object], words: str) -> None:
    markup = {"inline_keyboard": [[button]]}
    refusal = await api.refused("sendMessage", chat_id=started.chat_id, text="x", reply_markup=markup)
    assert refusal == (400, f"Bad Request: {words}")


async def test_a_button_may_bear_64_bytes(api: Api, started: Phone) -> None:
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": "é" * 32}]]}
    await api.ok("sendMessage", chat_id=started.chat_id, text="x", reply_markup=markup)


async def test_who_never_started_or_blocked_the_bot_is_not_reached(api: Api, anna: Phone) -> None:
    words = "Forbidden: bot can't initiate conversation with a user"
    assert await api.refused("sendMessage", chat_id=anna.chat_id, text="x") == (403, words)
    await anna.start()
    anna.block()
    words = "Forbidden: bot was blocked by the user"
    assert await api.refused("sendMessage", chat_id=anna.chat_id, text="x") == (403, words)
    anna.unblock()
    await api.ok("sendMessage", chat_id=anna.chat_id, text="x")
    anna.deactivate()
    assert await api.refused("sendMessage", chat_id=anna.chat_id, text="x") == (403, "Forbidden: user is deactivated")


async def test_protected_silent_and_answering(api: Api, started: Phone) -> None:
    question = await started.say("hoe gaat het")
    message = await api.ok(
        "sendMessage",
        chat_id=started.chat_id,
        text="goed",
        protect_content=True,
        disable_notification=True,
        reply_parameters={"message_id": question.id},
    )
    assert message["reply_to_message"]["text"] == "hoe gaat het"
    assert message["has_protected_content"] is True
    seen = started.screen
    assert (seen.protected, seen.silent, seen.reply_to) == (True, True, question)
    copy = {"chat_id": started.chat_id, "from_chat_id": started.chat_id, "message_id": seen.id}
    assert await api.refused("copyMessage", **copy) == (400, "Bad Request: the message can't be copied")


async def test_an_edit_replaces_text_and_takes_the_keyboard_unless_given(api: Api, started: Phone) -> None:
    sent = await api.ok("sendMessage", chat_id=started.chat_id, text="een", reply_markup=HOME)
    where = {"chat_id": started.chat_id, "message_id": sent["message_id"]}
    same = await api.refused("editMessageText", **where, text="een", reply_markup=HOME)
    assert same == (400, NOT_MODIFIED)
    edited = await api.ok("editMessageText", **where, text="twee")
    assert edited["text"] == "twee"
    assert "reply_markup" not in edited
    assert (started.screen.text, started.screen.edited, started.screen.buttons) == ("twee", True, [])
    await api.ok("editMessageReplyMarkup", **where, reply_markup=HOME)
    assert await api.refused("editMessageReplyMarkup", **where, reply_markup=HOME) == (400, NOT_MODIFIED)
    assert started.screen.labels() == ["Home"]


async def test_edits_that_can_not_be(api: Api, started: Phone) -> None:
    mine = await started.say("van mij")
    where = {"chat_id": started.chat_id, "text": "x"}
    assert await api.refused("editMessageText", **where, message_id=mine.id) == (
        400,
        "Bad Request: message can't be edited",
    )
    assert await api.refused("editMessageText", **where, message_id=99) == (
        400,
        "Bad Request: message to edit not found",
    )
    assert await api.refused("editMessageText", **where) == (
        400,
        "Bad Request: message identifier is not specified",
    )
    sent = await api.ok("sendMessage", chat_id=started.chat_id, text="x")
    caption = {"chat_id": started.chat_id, "message_id": sent["message_id"], "caption": "y"}
    assert await api.refused("editMessageCaption", **caption) == (
        400,
        "Bad Request: there is no caption in the message to edit",
    )


async def test_deleting(api: Api, started: Phone) -> None:
    mine = await started.say("123456")
    where = {"chat_id": started.chat_id, "message_id": mine.id}
    assert await api.ok("deleteMessage", **where) is True
    assert mine.deleted
    assert mine not in started.messages
    assert await api.refused("deleteMessage", **where) == (400, "Bad Request: message to delete not found")
    ids = [(await api.ok("sendMessage", chat_id=started.chat_id, text="x"))["message_id"] for _ in range(2)]
    assert await api.ok("deleteMessages", chat_id=started.chat_id, message_ids=[*ids, 999]) is True
    assert [message.id for message in started.messages] == [1]


async def test_after_two_days_nothing_is_deleted(started: Phone, api: Api, telegram: TelegramServer) -> None:
    sent = await api.ok("sendMessage", chat_id=started.chat_id, text="x")
    now = telegram.state.now()
    telegram.state.now = lambda: now + 48 * 3600
    where = {"chat_id": started.chat_id, "message_id": sent["message_id"]}
    assert await api.refused("deleteMessage", **where) == (
        400,
        "Bad Request: message can't be deleted for everyone",
    )
    assert await api.ok("editMessageText", **where, text="nog wel")


async def test_message_ids_are_one_row_over_a_bots_private_chats(api: Api, telegram: TelegramServer) -> None:
    anna, bert = telegram.add_phone("Anna", username="a"), telegram.add_phone("Bert", username="b")
    assert [(await phone.start()).id for phone in (anna, bert, anna)] == [1, 2, 3]


async def test_copies_forwards_pins_and_reactions(api: Api, started: Phone) -> None:
    said = await started.say("bewaar dit")
    where = {"chat_id": started.chat_id, "from_chat_id": started.chat_id, "message_id": said.id}
    copied = await api.ok("copyMessage", **where)
    assert started.message(copied["message_id"]).text == "bewaar dit"
    forwarded = await api.ok("forwardMessage", **where)
    assert forwarded["forward_origin"]["sender_user"]["id"] == started.user_id
    here = {"chat_id": started.chat_id, "message_id": said.id}
    await api.ok("setMessageReaction", **here, reaction=[{"type": "emoji", "emoji": "👍"}])
    wrong = [{"type": "emoji", "emoji": "📎"}]
    assert await api.refused("setMessageReaction", **here, reaction=wrong) == (400, "Bad Request: REACTION_INVALID")
    await api.ok("pinChatMessage", **here)
    assert (said.reaction, said.pinned) == ("👍", True)
    assert (await api.ok("getChat", chat_id=started.chat_id))["pinned_message"]["text"] == "bewaar dit"
    await api.ok("unpinChatMessage", **here)
    assert not said.pinned
    assert (await api.ok("getChatMember", chat_id=started.chat_id, user_id=started.user_id))["status"] == "member"


async def test_the_persons_own_keyboard(api: Api, started: Phone) -> None:
    rows = [[{"text": "Deel mijn nummer", "request_contact": True}], [{"text": "Nee"}]]
    markup = {"keyboard": rows, "one_time_keyboard": True}
    sent = await api.ok("sendMessage", chat_id=started.chat_id, text="nummer?", reply_markup=markup)
    assert "reply_markup" not in sent
    assert started.keyboard == [["Deel mijn nummer"], ["Nee"]]
    await started.tap("Deel mijn nummer")
    [update] = await api.updates()
    assert update["message"]["contact"] == {
        "phone_number": "31612345678",
        "first_name": "Anna",
        "last_name": "Jansen",
        "user_id": started.user_id,
    }
    assert started.keyboard == []


async def test_chat_actions(api: Api, started: Phone, telegram: TelegramServer) -> None:
    seen: list[object] = []
    telegram.on_event(lambda event: seen.append(event.detail) if event.kind == "action" else None)
    await api.ok("sendChatAction", chat_id=started.chat_id, action="typing")
    assert seen == ["typing"]
    assert await api.refused("sendChatAction", chat_id=started.chat_id, action="sleeping") == (
        400,
        "Bad Request: wrong parameter action in request",
    )


async def test_many_at_once_skip_what_is_gone(api: Api, started: Phone) -> None:
    ids = [(await started.say(text)).id for text in ("een", "twee")]
    where = {"chat_id": started.chat_id, "from_chat_id": started.chat_id}
    copied = await api.ok("copyMessages", **where, message_ids=[*ids, 999])
    forwarded = await api.ok("forwardMessages", **where, message_ids=ids)
    texts = [started.message(item["message_id"]).text for item in [*copied, *forwarded]]
    assert texts == ["een", "twee", "een", "twee"]
    nothing = await api.refused("copyMessages", **where, message_ids=[999])
    assert nothing == (400, "Bad Request: there are no messages to copy")


async def test_a_copied_file_takes_a_new_caption(api: Api, started: Phone) -> None:
    sent = await started.send_document("a.pdf", b"%PDF", caption="oud")
    where = {"chat_id": started.chat_id, "from_chat_id": started.chat_id, "message_id": sent.id}
    await api.ok("copyMessage", **where, caption="<b>nieuw</b>", parse_mode="HTML")
    assert started.screen.html == "<b>nieuw</b>"
    assert started.screen.file is not None
    assert started.screen.file.name == "a.pdf"


async def test_contacts_and_places(api: Api, started: Phone) -> None:
    where = {"chat_id": started.chat_id}
    card = await api.ok("sendContact", **where, phone_number="+31201234567", first_name="Kantoor")
    assert card["contact"] == {"phone_number": "+31201234567", "first_name": "Kantoor"}
    assert (await api.refused("sendContact", **where, first_name="x"))[0] == 400
    place = await api.ok("sendLocation", **where, latitude=52.1, longitude=5.1)
    assert place["location"] == {"latitude": 52.1, "longitude": 5.1}
    assert (await api.refused("sendLocation", **where, latitude="hier"))[0] == 400


async def test_entities_may_be_given_instead_of_html(api: Api, started: Phone) -> None:
    bold = [{"type": "bold", "offset": 0, "length": 3}]
    sent = await api.ok("sendMessage", chat_id=started.chat_id, text="dag a", entities=bold)
    assert sent["entities"] == bold
    beyond = [{"type": "bold", "offset": 3, "length": 30}]
    words = "Bad Request: entity beginning at UTF-16 offset 3 ends after the end of the text"
    assert await api.refused("sendMessage", chat_id=started.chat_id, text="dag a", entities=beyond) == (400, words)


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ({"inline_keyboard": {}}, 'can\'t parse inline keyboard: Field "inline_keyboard" must be of type Array'),
        ({"inline_keyboard": [[{"text": "x", "callback_data": "x"}] * 101]}, "reply markup is too long"),
        ({"keyboard": [[]]}, "can't parse reply keyboard markup JSON object"),
        ({"force_reply": True, "input_field_placeholder": "x" * 65}, "input field placeholder is too long"),
        ({"unknown": True}, "can't parse reply markup JSON object"),
    ],
)
async def test_bad_keyboards_are_refused(api: Api, started: Phone, markup: dict[str, object], words: str) -> None:
    refusal = await api.refused("sendMessage", chat_id=started.chat_id, text="x", reply_markup=markup)
    assert refusal == (400, f"Bad Request: {words}")
