"""Asking about chats and members, and answering taps."""

from __future__ import annotations

from sandbox.telegram import limits
from sandbox.telegram.entities import Json, utf16_length
from sandbox.telegram.errors import bad
from sandbox.telegram.members import administrator, member
from sandbox.telegram.methods.call import Call
from sandbox.telegram.world import Chat


def answer_callback_query(call: Call) -> bool:
    """answerCallbackQuery: once, before the query is too old."""
    params = call.params
    text = params.text("text")
    if utf16_length(text) > limits.CALLBACK_ANSWER_LENGTH:
        raise bad("MESSAGE_TOO_LONG")
    query = call.state.take_query(call.bot, params.text("callback_query_id"))
    toast = {
        "query": query["id"],
        "person": query["person"],
        "text": text,
        "alert": params.boolean("show_alert"),
        "url": params.text("url"),
    }
    call.state.add_toast(query["chat"], toast)
    return True


def get_chat(call: Call) -> Json:
    """getChat."""
    chat = call.state.known(call.bot, call.params.text("chat_id"))
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    full = chat.card | {
        "accent_color_id": chat.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }
    if chat.private and chat.card.get("username"):
        full["active_usernames"] = [chat.card["username"]]
    if not chat.private:
        full["permissions"] = {"can_send_messages": True}
    if chat.pinned:
        full["pinned_message"] = call.state.shown(chat.messages[chat.pinned[-1]])
    return full


def get_chat_member(call: Call) -> Json:
    """getChatMember."""
    chat = call.chat()
    user_id = call.params.integer("user_id")
    if user_id in call.state.bots:
        return administrator(call.state.bots[user_id].user)
    person = call.state.persons.get(user_id)
    if person is None:
        raise bad("user not found")
    if user_id in chat.members or chat.person_id == user_id:
        return member(person.user)
    return {"status": "left", "user": person.user}


def get_chat_administrators(call: Call) -> list[Json]:
    """getChatAdministrators: the bots of a group; the sandbox gives no person that right."""
    chat = _group(call)
    bots = call.state.bots.values()
    return [administrator(bot.user) for bot in bots if call.state.is_member(bot, chat)]


def get_chat_member_count(call: Call) -> int:
    """getChatMemberCount."""
    chat = _group(call)
    return len(chat.members) + len(get_chat_administrators(call))


def get_user_profile_photos(call: Call) -> Json:
    """getUserProfilePhotos: nobody here has one."""
    if call.params.integer("user_id") not in call.state.persons:
        raise bad("user not found")
    return {"total_count": 0, "photos": []}


def _group(call: Call) -> Chat:
    chat = call.chat()
    if chat.private:
        raise bad("there are no administrators in the private chat")
    return chat
