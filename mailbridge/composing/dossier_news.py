"""Mails about what is new or waits in a dossier: upload requests, documents that end, several things at once, reminders."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from mailbridge.composing.face import Ask, Notice, Row, Words
from mailbridge.composing.headers import header_text, tagged_subject
from mailbridge.composing.portal import card_of, cards_of


def _upload(kind: str, words: Words) -> Notice:
    """What the office wants supplied, or no longer; the answer with the file is what it asks for (DOC-7)."""
    title = words.of("title")
    about = [words.dossier()]
    asks = kind not in {"upload_accepted", "upload_withdrawn"}
    if words.of("due_on") and asks:
        about.append(words.say("upload.due", day=words.day(words.of("due_on"))))
    values: dict[str, Any] = {
        "title": title,
        "file": words.of("file_name"),
        "author": words.of("author") or words.office.name,
    }
    return Notice(
        subject=tagged_subject(
            words.say(f"notice_subject.{kind}", title=title), words.of("dossier_number"), answers=False
        ),
        title=words.say(f"notice_title.{kind}", title=title),
        paragraphs=(words.say(f"notice_what.{kind}", **values),),
        about=tuple(about),
        said=words.of("reason") if kind == "upload_rejected" else words.of("explanation") if asks else "",
        after=(words.say("upload.how"),) if asks else (),
        button=words.say("upload.button") if asks else "",
        closing=() if asks else (words.say("upload.ask"),),
        answerable=True,
    )


def _document_expiring(words: Words) -> Notice:
    """A document that the reader hasn't opened goes soon (DOC-11)."""
    name, day = words.of("document_name"), words.day(words.of("expires_on"))
    subject = words.say("document_expiring.subject", document=name)
    return Notice(
        subject=tagged_subject(subject, words.of("dossier_number"), answers=False),
        title=words.say("document_expiring.title"),
        paragraphs=(words.say("document_expiring.what", document=name, day=day, office=words.office.name),),
        about=(words.dossier(),),
        asks=(card_of(words, words.of("dossier_number")),),
        button=words.say("document_new.button"),
        closing=(
            words.say("document_expiring.how", number=words.of("dossier_number")),
            words.say("document_new.answer"),
        ),
        answerable=True,
    )


def _digest(words: Words) -> Notice:
    """Several things, each a line; their files go along (NOTE-3)."""
    items = words.letter.values["items"]
    count = int(words.letter.values["count"])
    numbers = {item["dossier_number"] for item in items}
    subject = words.say("digest.subject", n=count)
    return Notice(
        subject=tagged_subject(subject, numbers.pop(), answers=False) if len(numbers) == 1 else subject,
        title=words.say("digest.title"),
        paragraphs=(words.say("digest.what", office=words.office.name),),
        rows=tuple(Row(_named(words, item), words.dossier(item)) for item in items),
        after=(words.say("digest.more", n=count - len(items)),) if count > len(items) else (),
        asks=(Ask(words.say("word.seen")), *cards_of(words, items)),
        button=words.say("document_new.button"),
        closing=(words.say("digest.answer"),),
        answerable=True,
    )


def _named(words: Words, item: Mapping[str, Any]) -> str:
    """One thing of a digest."""
    match item["kind"]:
        case "document_new":
            return words.say("digest.item_document", name=item["document_name"])
        case "document_expiring":
            day = words.day(item["expires_on"])
            return words.say("digest.item_expiring", name=item["document_name"], day=day)
        case "message_new":
            return words.say("digest.item_message", name=item["subject"])
        case "upload_accepted":
            return words.say("digest.item_accepted", name=item["title"])
        case "upload_withdrawn":
            return words.say("digest.item_withdrawn", name=item["title"])
        case _:
            return words.say("digest.item_upload", name=item["title"])


def _reminder(words: Words) -> Notice:
    """What the reader has not read or done yet."""
    values = words.letter.values
    counted = [
        words.say(f"reminder.{name}", n=int(values[name]))
        for name in ("actions", "messages", "documents")
        if values[name]
    ]
    return Notice(
        subject=words.say("reminder.subject", office=words.office.name),
        title=words.say("reminder.title"),
        paragraphs=(words.say("reminder.what"), "\n".join(counted)),
        rows=tuple(Row(_waits(words, item), words.dossier(item)) for item in values["items"]),
        asks=(*_answers(words), *cards_of(words, values["items"])),
        button=words.say("reminder.button"),
        closing=(words.say("reminder.how"),),
        answerable=True,
    )


def _answers(words: Words) -> tuple[Ask, ...]:
    """What a reminder can be answered with by mail."""
    values = words.letter.values
    read = (Ask(words.say("word.seen")),) if values["messages"] or values["documents"] else ()
    return (*read, Ask(words.say("word.actions"))) if values["actions"] else read


def _waits(words: Words, item: Mapping[str, Any]) -> str:
    kind = item["kind"] if item["kind"] in {"message", "document"} else "upload"
    title = item["title"] or words.say("confidential")
    return words.say(f"reminder.item_{kind}", name=title)


def _news(words: Words) -> Notice:
    """News of the office to many; it can be stopped (NOTE-5)."""
    return Notice(
        subject=header_text(words.of("subject")),
        title=words.of("subject"),
        paragraphs=(words.of("text"),),
        closing=(words.say("news.stop"),),
        answerable=True,
        greets=False,
    )


NOTICES: dict[str, Callable[[Words], Notice]] = {
    "upload_request_new": partial(_upload, "upload_request_new"),
    "upload_rejected": partial(_upload, "upload_rejected"),
    "upload_accepted": partial(_upload, "upload_accepted"),
    "upload_withdrawn": partial(_upload, "upload_withdrawn"),
    "document_expiring": _document_expiring,
    "digest": _digest,
    "reminder": _reminder,
    "news": _news,
}
