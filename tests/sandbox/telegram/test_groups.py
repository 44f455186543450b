"""The staff group: members, topics, and what bots hear of it."""

from __future__ import annotations

import pytest

from sandbox.telegram import Group, Phone, TelegramServer, Unwilling
from tests.sandbox.telegram.conftest import Api


@pytest.fixture
async def office(telegram: TelegramServer, api: Api, started: Phone) -> Group:
    group = telegram.add_group("Kantoor", [started], forum=True)
    [update] = await api.updates()
    assert update["my_chat_member"]["new_chat_member"]["status"] == "administrator"
    await api.updates(offset=update["update_id"] + 1)
    return group


async def test_a_topic_from_start_to_end(api: Api, office: Group, started: Phone) -> None:
    topic = await api.ok("createForumTopic", chat_id=office.chat_id, name="2026-014 Jansen")
    assert topic == {
        "message_thread_id": topic["message_thread_id"],
        "name": "2026-014 Jansen",
        "icon_color": 7322096,
    }
    where = {"chat_id": office.chat_id, "message_thread_id": topic["message_thread_id"]}
    sent = await api.ok("sendMessage", **where, text="van de klant")
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (topic["message_thread_id"], True)
    assert sent["chat"] == {"id": office.chat_id, "title": "Kantoor", "type": "supergroup", "is_forum": True}
    room = started.in_group(office, topic["message_thread_id"])
    await room.say("antwoord", reply_to=room.screen)
    [update] = await api.updates()
    assert update["message"]["reply_to_message"]["text"] == "van de klant"
    assert update["message"]["message_thread_id"] == topic["message_thread_id"]
    await api.ok("editForumTopic", **where, name="2026-014 klaar")
    await api.ok("closeForumTopic", **where)
    assert await api.refused("closeForumTopic", **where) == (400, "Bad Request: TOPIC_NOT_MODIFIED")
    await api.ok("reopenForumTopic", **where)
    assert office.topic("014").name == "2026-014 klaar"
    await api.ok("deleteForumTopic", **where)
    assert office.topics == []
    assert office.messages == []


async def test_a_topic_that_somebody_deleted(api: Api, office: Group, started: Phone) -> None:
    topic = await api.ok("createForumTopic", chat_id=office.chat_id, name="x")
    where = {"chat_id": office.chat_id, "message_thread_id": topic["message_thread_id"]}
    office.delete_topic(topic["message_thread_id"])
    assert await api.updates() == []
    assert await api.refused("sendMessage", **where, text="x") == (400, "Bad Request: message thread not found")
    assert await api.refused("editForumTopic", **where, name="y") == (400, "Bad Request: TOPIC_DELETED")
    with pytest.raises(Unwilling, match="gone"):
        await started.in_group(office, topic["message_thread_id"]).say("x")


async def test_topics_are_for_forums(api: Api, telegram: TelegramServer, started: Phone) -> None:
    plain = telegram.add_group("Zonder", [started])
    words = "Bad Request: the chat is not a forum"
    assert await api.refused("createForumTopic", chat_id=plain.chat_id, name="x") == (400, words)
    assert await api.refused("createForumTopic", chat_id=started.chat_id, name="x") == (400, words)


async def test_names_of_topics_have_limits(api: Api, office: Group) -> None:
    where = {"chat_id": office.chat_id}
    assert await api.refused("createForumTopic", **where, name="") == (
        400,
        "Bad Request: topic name must be non-empty",
    )
    assert await api.refused("createForumTopic", **where, name="x" * 129) == (400, "Bad Request: TOPIC_TITLE_INVALID")
    missing = await api.refused("closeForumTopic", **where, message_thread_id=999)
    assert missing == (400, "Bad Request: TOPIC_ID_INVALID")


async def test_members_and_strangers(api: Api, office: Group, telegram: TelegramServer, started: Phone) -> None:
    stranger = telegram.add_phone("Bert", username="bert")
    with pytest.raises(Unwilling):
        stranger.in_group(office)
    where = {"chat_id": office.chat_id}
    statuses = [
        (await api.ok("getChatMember", **where, user_id=user))["status"]
        for user in (started.user_id, stranger.user_id, 1234)
    ]
    assert statuses == ["member", "left", "administrator"]
    assert await api.ok("getChatMemberCount", **where) == 2
    office.add_member(stranger)
    assert stranger.in_group(office).messages == []


async def test_a_bot_that_was_put_out(api: Api, office: Group, started: Phone) -> None:
    office.remove_bot(by=started)
    [update] = await api.updates()
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    words = "Forbidden: bot was kicked from the supergroup chat"
    assert await api.refused("sendMessage", chat_id=office.chat_id, text="x") == (403, words)


async def test_no_phone_numbers_in_groups(api: Api, office: Group) -> None:
    markup = {"keyboard": [[{"text": "deel", "request_contact": True}]]}
    refusal = await api.refused("sendMessage", chat_id=office.chat_id, text="x", reply_markup=markup)
    assert refusal == (400, "Bad Request: phone number can be requested in private chats only")


async def test_a_group_is_found_again_by_its_title(telegram: TelegramServer, office: Group) -> None:
    assert telegram.add_group("Kantoor").chat_id == office.chat_id
