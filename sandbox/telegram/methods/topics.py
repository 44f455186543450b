"""Topics of a forum group (Bot API, createForumTopic and its kin)."""

from __future__ import annotations

from dataclasses import replace

from sandbox.telegram import limits
from sandbox.telegram.entities import Json, utf16_length
from sandbox.telegram.errors import bad
from sandbox.telegram.methods.call import Call
from sandbox.telegram.world import Chat, Topic

_COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)


def create_forum_topic(call: Call) -> Json:
    """createForumTopic: the thread's id is that of the service message that opens it."""
    chat = _forum(call)
    name = _name(call)
    color = call.params.integer("icon_color", _COLORS[0])
    if color not in _COLORS:
        raise bad("TOPIC_ICON_COLOR_INVALID")
    icon = call.params.text("icon_custom_emoji_id") or None
    opened = {"forum_topic_created": {"name": name, "icon_color": color}}
    stored = call.state.add_message(chat, opened | {"is_topic_message": True}, sender=call.bot)
    stored.body = stored.body | {"message_thread_id": stored.id}
    call.state.changed(stored, "edited")
    call.state.save_topic(chat, Topic(stored.id, name, color, icon))
    made: Json = {"message_thread_id": stored.id, "name": name, "icon_color": color}
    return made | ({"icon_custom_emoji_id": icon} if icon else {})


def edit_forum_topic(call: Call) -> bool:
    """editForumTopic."""
    chat, topic = _topic(call)
    name = _name(call) if call.params.has("name") else topic.name
    icon = topic.icon_custom_emoji_id
    if "icon_custom_emoji_id" in call.params.values:
        icon = call.params.text("icon_custom_emoji_id") or None
    if (name, icon) == (topic.name, topic.icon_custom_emoji_id):
        raise bad("TOPIC_NOT_MODIFIED")
    call.state.save_topic(chat, replace(topic, name=name, icon_custom_emoji_id=icon))
    _service(call, chat, topic, {"forum_topic_edited": {"name": name}})
    return True


def close_forum_topic(call: Call) -> bool:
    """closeForumTopic."""
    return _set_closed(call, closed=True)


def reopen_forum_topic(call: Call) -> bool:
    """reopenForumTopic."""
    return _set_closed(call, closed=False)


def delete_forum_topic(call: Call) -> bool:
    """deleteForumTopic: with all its messages."""
    chat, topic = _topic(call)
    call.state.remove_topic(chat, topic)
    return True


def _set_closed(call: Call, *, closed: bool) -> bool:
    chat, topic = _topic(call)
    if topic.closed == closed:
        raise bad("TOPIC_NOT_MODIFIED")
    call.state.save_topic(chat, replace(topic, closed=closed))
    _service(call, chat, topic, {"forum_topic_closed" if closed else "forum_topic_reopened": {}})
    return True


def _forum(call: Call) -> Chat:
    chat = call.chat()
    if not chat.forum:
        raise bad("the chat is not a forum")
    return chat


def _topic(call: Call) -> tuple[Chat, Topic]:
    chat = _forum(call)
    topic = chat.topics.get(call.params.integer("message_thread_id"))
    if topic is None:
        raise bad("TOPIC_ID_INVALID")
    if topic.deleted:
        raise bad("TOPIC_DELETED")
    return chat, topic


def _name(call: Call) -> str:
    name = call.params.text("name").strip()
    if not name:
        raise bad("topic name must be non-empty")
    if utf16_length(name) > limits.TOPIC_NAME_LENGTH:
        raise bad("TOPIC_TITLE_INVALID")
    return name


def _service(call: Call, chat: Chat, topic: Topic, body: Json) -> None:
    where = {"message_thread_id": topic.thread_id, "is_topic_message": True}
    call.state.add_message(chat, where | body, sender=call.bot)
