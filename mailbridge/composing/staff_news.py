"""Mails to the office's own people: what was supplied, what was changed, what became theirs, what their commands did."""

from collections.abc import Callable
from typing import Any

from mailbridge.composing.face import Notice, Row, Words
from mailbridge.composing.headers import tagged_subject


def author_line(words: Words) -> str:
    """Who wrote it, for which account, by which channel; an account that is called as its author says nothing more."""
    author, account = words.of("author"), words.of("account")
    same = " ".join(account.split()).casefold() == " ".join(author.split()).casefold()
    given: dict[str, Any] = {"author": author, "at": words.moment("sent_at")}
    if account and not same:
        line = words.say("message_staff.from_account", account=account, **given)
    else:
        line = words.say("message_staff.from", **given)
    channel = words.of("channel")
    return f"{line} {words.say(f'message_staff.by_{channel}')}" if channel in {"telegram", "email"} else line


def _upload_supplied(words: Words) -> Notice:
    """Files that answer an upload request, and how to accept or reject them by an answer (DOC-7)."""
    supplied = words.letter.values["supplied"]
    several = len(supplied) > 1
    asked = words.of("explanation")
    return Notice(
        subject=_subject(words),
        title=words.say("upload_supplied.title", title=words.of("title")),
        paragraphs=(
            words.say("upload_supplied.what", n=len(supplied)),
            *((words.say("upload_supplied.asked", explanation=asked),) if asked else ()),
        ),
        about=(author_line(words), words.dossier()),
        said=words.of("text"),
        rows=tuple(Row(f"{number}. {file['name']}") for number, file in enumerate(supplied, start=1) if several),
        after=(
            *_closed(words),
            words.say("upload_supplied.decide"),
            *((words.say("upload_supplied.decide_each"),) if several else ()),
        ),
        closing=(words.say("message_staff.answer"),),
        answerable=True,
        greets=False,
        sender_name=_via(words),
    )


def _message_edited(words: Words) -> Notice:
    """A message has another text now; what it said before stands below it (MSG-8)."""
    return Notice(
        subject=_subject(words),
        title=words.say("message_edited.title"),
        paragraphs=(words.say("message_edited.what", author=words.of("author"), at=words.moment("edited_at")),),
        about=(author_line(words), words.dossier()),
        said=words.of("text"),
        after=(words.say("message_edited.before", text=words.of("previous")), *_closed(words)),
        closing=(words.say("message_staff.answer"),),
        answerable=True,
        greets=False,
        sender_name=_via(words),
    )


def _assigned(words: Words) -> Notice:
    """A colleague handed a dossier over."""
    subject = words.say("assigned.subject", number=words.of("dossier_number"))
    return Notice(
        subject=tagged_subject(subject, words.of("dossier_number"), answers=False),
        title=words.say("assigned.title"),
        paragraphs=(words.say("assigned.what", author=words.of("author")),),
        about=(words.dossier(),),
        said=words.of("note"),
        closing=(words.say("message_staff.answer"),),
        answerable=True,
    )


def _done(words: Words) -> Notice:
    """What the commands of a staff member's mail did (STAFF-2)."""
    acts = words.letter.values["done"]
    decided = any(act["act"] in {"accept", "reject"} for act in acts)
    subject = words.say("staff_done.subject", number=words.of("dossier_number"))
    return Notice(
        subject=tagged_subject(subject, words.of("dossier_number"), answers=True),
        title=words.say("staff_done.title"),
        paragraphs=(words.say("staff_done.what_decided" if decided else "staff_done.what"),),
        about=(words.dossier(),),
        rows=tuple(
            Row(words.say(f"staff_done.{act['act']}", name=act.get("name") or "", reason=act.get("reason") or ""))
            for act in acts
        ),
        after=(words.say("staff_done.noted", note=words.of("note")),) if words.of("note") else (),
        closing=(words.say("staff_done.commands"),),
        greets=False,
        is_answer=True,
    )


def _subject(words: Words) -> str:
    answers = bool(words.letter.in_reply_to) or words.letter.kind == "message_edited_staff"
    return tagged_subject(words.of("subject"), words.of("dossier_number"), answers=answers)


def _closed(words: Words) -> tuple[str, ...]:
    return (words.say("message_staff.closed"),) if words.letter.values.get("closed") else ()


def _via(words: Words) -> str:
    return words.say("from_via", author=words.of("author"), office=words.office.name)


NOTICES: dict[str, Callable[[Words], Notice]] = {
    "upload_supplied": _upload_supplied,
    "message_edited_staff": _message_edited,
    "dossier_assigned": _assigned,
    "staff_done": _done,
}
