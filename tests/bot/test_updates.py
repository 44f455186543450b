"""Reading updates: raw JSON as the Bot API documents it, and everything that it doesn't."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import updates
from bot.callbacks import Callback, Verb
from bot.updates import Brought, Edited, Odd, Reachable, Tap, Words

CHAT = {"id": 7000000001, "type": "private", "first_name": "Anna"}
ANNA = {
    "id": 7000000001,
    "is_bot": False,
    "first_name": "Anna",
    "last_name": "Jansen",
    "username": "annaj",
    "language_code": "nl",
}
HEAD: dict[str, Any] = {"message_id": 5, "date": 1790000000, "chat": CHAT, "from": ANNA}


def message(**content: Any) -> dict[str, Any]:
    """An update with a message."""
    return {"update_id": 1, "message": HEAD | content}


def test_a_text_with_where_it_came_from() -> None:
    update = message(text="Dag")
    assert updates.origin_of(update) == updates.Origin(7000000001, True, "Anna Jansen (@annaj)", "nl")
    event = updates.event_of(update)
    assert isinstance(event, Words) and (event.text, event.message_id, event.answers) == ("Dag", 5, ())


def test_a_reply_knows_the_buttons_of_what_it_answers() -> None:
    keyboard = {"inline_keyboard": [[{"text": "x", "url": "https://x"}, {"text": "y", "callback_data": "1+:rep:12"}]]}
    event = updates.event_of(message(text="Ja", reply_to_message={"message_id": 4, "reply_markup": keyboard}))
    assert isinstance(event, Words) and event.answers == (Callback(Verb.REPLY, ("12",), below=True),)


@pytest.mark.parametrize(
    ("content", "kind", "name", "size"),
    [
        ({"document": {"file_id": "F", "file_name": "a.pdf", "mime_type": "application/pdf", "file_size": 9}}, "document", "a.pdf", 9),
        ({"document": {"file_id": "F"}}, "document", None, None),
        ({"photo": [{"file_id": "s", "file_size": 1, "width": 9}, {"file_id": "F", "file_size": 7, "width": 90}]}, "photo", None, 7),
        ({"voice": {"file_id": "F", "duration": 3, "mime_type": "audio/ogg"}}, "voice", None, None),
        ({"animation": {"file_id": "F"}, "document": {"file_id": "F", "file_name": "g.mp4"}}, "document", "g.mp4", None),
        ({"video_note": {"file_id": "F", "length": 3}}, "video_note", None, None),
    ],
)  # fmt: skip
def test_files_of_every_kind(content: dict[str, Any], kind: str, name: str | None, size: int | None) -> None:
    event = updates.event_of(message(**content, caption="Bij"))
    assert isinstance(event, Brought)
    assert (event.kind, event.file_id, event.name, event.size, event.caption) == (kind, "F", name, size, "Bij")


@pytest.mark.parametrize("kind", ["sticker", "location", "venue", "contact", "poll", "dice", "story"])
def test_what_no_dossier_has_a_use_for(kind: str) -> None:
    assert updates.event_of(message(**{kind: {"x": 1}})) == Odd(kind, 5)


def test_what_nobody_wrote_and_what_did_not_exist_yet() -> None:
    assert updates.event_of(message(pinned_message={"message_id": 1})) == Odd("service", 5)
    assert updates.event_of(message(hologram={"file_id": "F"})) == Odd("other", 5)
    assert updates.event_of({"update_id": 1, "brand_new": {"a": 1}}) == Odd("brand_new")
    assert updates.event_of({"update_id": 1}) == Odd("empty")


def test_a_tap_and_one_on_a_message_that_is_too_old() -> None:
    tap = {"id": "9", "from": ANNA, "data": "1:hom", "message": HEAD}
    assert updates.event_of({"update_id": 1, "callback_query": tap}) == Tap("9", "1:hom", 5)
    old = tap | {"message": {"chat": CHAT, "message_id": 5, "date": 0}}
    assert updates.event_of({"update_id": 1, "callback_query": old}) == Tap("9", "1:hom", None)
    assert updates.origin_of({"update_id": 1, "callback_query": old}).chat_id == CHAT["id"]


def test_edits_and_blocking() -> None:
    assert updates.event_of({"update_id": 1, "edited_message": HEAD | {"text": "x"}}) == Edited(5, "x")
    assert updates.event_of({"update_id": 1, "edited_message": HEAD | {"caption": "y"}}) == Edited(5, "y")
    paper = HEAD | {"caption": "y", "document": {"file_id": "F", "file_name": "akte.pdf"}}
    edited = updates.event_of({"update_id": 1, "edited_message": paper})
    assert isinstance(edited, Edited) and (edited.text, edited.file) == ("y", updates.file_of(edited))
    assert edited.file is not None and edited.file.name == "akte.pdf"
    for status, reachable in (("kicked", False), ("left", False), ("member", True)):
        member = {"chat": CHAT, "from": ANNA, "new_chat_member": {"status": status}}
        assert updates.event_of({"update_id": 1, "my_chat_member": member}) == Reachable(reachable)


json: st.SearchStrategy[Any] = st.deferred(
    lambda: st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=8) | st.lists(json, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["message", "callback_query", "from", "chat", "id", "photo", "document", "text", "date", "message_id",
             "file_id", "reply_to_message", "reply_markup", "inline_keyboard", "callback_data", "type", "edited_message"]
        ),
        json,
        max_size=4,
    )
)  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(["update_id", "message", "callback_query", "my_chat_member", "x"]), json, max_size=3
    )
)
@settings(max_examples=300)
def test_nothing_that_may_come_makes_it_raise(update: dict[str, Any]) -> None:
    origin, event = updates.origin_of(update), updates.event_of(update)
    assert isinstance(origin.chat_id, int) and event is not None
    updates.album_of(update)
