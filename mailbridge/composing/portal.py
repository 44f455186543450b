"""Mails that show a part of the portal to who asked for it by mail: a dossier, its documents and messages, what waits (MAIL-8)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from core import texts
from mailbridge.composing.face import Ask, Notice, Row, Section, Words
from mailbridge.composing.headers import tagged_subject
from mailbridge.composing.rendering import moment

Values = Mapping[str, Any]

CARDS = 5
"""Links to cards of dossiers below a list of news."""


def dossier_row(words: Words, dossier: Values) -> Row:
    """A dossier of a list, with the way to its card."""
    unread = int(dossier["unread"])
    state = f"{dossier['status']} · {words.say('status.new', n=unread)}" if unread else str(dossier["status"])
    return Row(f"{dossier['number']}  {dossier['description']}", state, (card_of(words, dossier["number"]),))


def card_of(words: Words, number: str) -> Ask:
    """The way to the card of a dossier."""
    return Ask(words.say("word.dossier", number=number))


def cards_of(words: Words, items: Sequence[Values]) -> tuple[Ask, ...]:
    """The way to the card of each dossier of these items, those of the first few."""
    numbers = dict.fromkeys(str(item["dossier_number"]) for item in items)
    return tuple(card_of(words, number) for number in list(numbers)[:CARDS])


def _status(words: Words) -> Notice:
    """What home shows (HOME-1)."""
    values = words.letter.values
    found, total, actions = values["dossiers"], int(values["total"]), int(values["actions"])
    counts = (
        words.say("status.dossiers", in_progress=int(values["in_progress"]), total=total),
        words.say("status.actions", n=actions),
        words.say("status.unread", n=int(values["unread"])),
    )
    return Notice(
        subject=words.say("status.subject", office=words.office.name),
        title=words.say("status.title"),
        paragraphs=("\n".join(counts),),
        listed=words.say("status.list") if found else "",
        rows=tuple(dossier_row(words, each) for each in found),
        after=(words.say("status.more", n=total - len(found)),) if total > len(found) else (),
        asks=(*((Ask(words.say("word.actions")),) if actions else ()), Ask(words.say("word.details"))),
        closing=(words.say("status.write"),),
        is_answer=True,
    )


def _dossier(words: Words) -> Notice:
    """The card of a dossier (DOS-5, DOS-6), and what stands behind its tabs."""
    values = words.letter.values
    number = words.of("dossier_number")
    head = [words.say("dossier.status", status=words.of("status"))]
    if words.of("handler"):
        head.append(words.say("dossier.handler", name=words.of("handler")))
    lists = (_requests(words), _progress(words), _documents(words), _messages(words, "messages_total"))
    more = values["messages_total"] > len(values["messages"])
    return Notice(
        subject=tagged_subject(words.of("dossier_description"), number, answers=False),
        title=words.say("dossier.title", number=number),
        paragraphs=(words.of("dossier_description") or words.of("account"), "\n".join(head)),
        sections=tuple(each for each in lists if each is not None),
        after=(words.say("dossier.closed"),) if values["closed"] else (),
        asks=(Ask(words.say("word.messages", number=number)),) if more else (),
        closing=(words.say("dossier.write"),),
        answerable=True,
        greets=False,
        is_answer=True,
    )


def _requests(words: Words) -> Section | None:
    asked = words.letter.values["requests"]
    rows = tuple(Row(each["title"], _until(words, each), (_supply(words, each),)) for each in asked)
    return Section(words.say("dossier.requests"), rows) if rows else None


def _progress(words: Words) -> Section | None:
    values = words.letter.values
    title = words.say("dossier.progress", done=int(values["done"]), total=len(values["steps"]))
    rows = tuple(
        Row(f"✓ {step['label']}", words.day(step["done_at"][:10])) if step["done_at"] else Row(f"○ {step['label']}")
        for step in values["steps"]
    )
    return Section(title, rows, dense=True) if rows else None


def _documents(words: Words) -> Section:
    values = words.letter.values
    rows = [_paper(words, each) for each in values["documents"]]
    left = int(values["documents_total"]) - len(rows)
    if left > 0:
        rows.append(Row(words.say("dossier.older", n=left)))
    title = words.say("dossier.documents", n=int(values["documents_total"]))
    return Section(title, tuple(rows) or (Row(words.say("dossier.nothing")),))


def _paper(words: Words, paper: Values) -> Row:
    """A document: what it is called, how big, where it stands; and the word that sends it."""
    told = [words.size(int(paper["size"])), words.say(f"shelf.{paper['shelf']}"), _day(words, paper["at"])]
    if paper["unread"]:
        told.append(words.say("dossier.new"))
    if paper["expires_on"]:
        told.append(words.say("dossier.until", day=words.day(paper["expires_on"])))
    if paper["confidential"]:
        told.append(words.say("dossier.confidential"))
    asks = () if paper["confidential"] else (Ask(words.say("word.send", number=paper["number"])),)
    return Row(f"{paper['number']}. {paper['document_name']}", " · ".join(told), asks)


def _messages(words: Words, total: str) -> Section:
    rows = tuple(_message(words, each) for each in words.letter.values["messages"])
    title = words.say("dossier.messages", n=int(words.letter.values[total]))
    return Section(title, rows or (Row(words.say("dossier.nothing")),))


def _message(words: Words, message: Values) -> Row:
    author = message["author"] or words.office.name
    side = "to_office" if message["direction"] == "outgoing" else "from_office"
    told = [words.say(f"dossier.{side}", author=author), _moment(words, message["at"])]
    if message["attachments"]:
        told.append(words.say("dossier.attachments", n=int(message["attachments"])))
    if message["unread"]:
        told.append(words.say("dossier.unread"))
    ask = Ask(words.say("word.read", number=message["number"]))
    return Row(f"{message['number']}. {message['subject']}", " · ".join(told), (ask,))


def _message_list(words: Words) -> Notice:
    """ "Berichten" (MSG-1)."""
    values, number = words.letter.values, words.of("dossier_number")
    left = int(values["total"]) - len(values["messages"])
    return Notice(
        subject=tagged_subject(words.say("messages.subject"), number, answers=False),
        title=words.say("dossier.messages", n=int(values["total"])),
        paragraphs=(words.dossier(),),
        rows=_messages(words, "total").rows,
        after=(words.say("messages.older", n=left),) if left > 0 else (),
        asks=(card_of(words, number),),
        closing=(words.say("dossier.write"),),
        answerable=True,
        greets=False,
        is_answer=True,
    )


def _documents_sent(words: Words) -> Notice:
    """The documents that were asked for, and why others don't come along (DOC-9)."""
    values, number = words.letter.values, words.of("dossier_number")
    asked = [*values["sent"], *values["kept"], *values["too_big"]]
    count = len(asked) + len(values["unknown"])
    lines = [words.say("sent.attached", n=len(values["sent"]))] if values["sent"] else []
    lines += [words.say("sent.confidential", name=name, phone=words.office.phone) for name in values["kept"]]
    lines += [words.say("sent.too_big", name=name, phone=words.office.phone) for name in values["too_big"]]
    if values["unknown"]:
        numbers = ", ".join(map(str, values["unknown"]))
        lines.append(words.say("sent.unknown", n=len(values["unknown"]), numbers=numbers))
    subject = asked[0] if len(asked) == 1 else words.say("sent.subject", n=count)
    return Notice(
        subject=tagged_subject(subject, number, answers=False),
        title=words.say("sent.title", n=count),
        about=(words.dossier(),),
        paragraphs=tuple(lines),
        asks=(card_of(words, number),),
        closing=(words.say("upload.ask"),),
        answerable=True,
        is_answer=True,
    )


def _actions(words: Words) -> Notice:
    """What waits for the reader; a mail with the file is what each asks for (DOC-7)."""
    values = words.letter.values
    rows = tuple(Row(each["title"], _wanted(words, each), (_supply(words, each),)) for each in values["tasks"])
    return Notice(
        subject=words.say("actions.subject", office=words.office.name),
        title=words.say("actions.title"),
        paragraphs=(words.say("actions.what", n=int(values["total"])) if rows else words.say("actions.nothing"),),
        rows=rows,
        closing=(words.say("actions.how"),) if rows else (),
        answerable=len(rows) == 1,
        is_answer=True,
    )


def _wanted(words: Words, task: Values) -> str:
    told = [words.dossier(task), _until(words, task), task["explanation"]]
    if task["reason"]:
        told.append(words.say("actions.again", reason=task["reason"]))
    return "\n".join(filter(None, told))


def _until(words: Words, task: Values) -> str:
    return words.say("upload.due", day=words.day(task["due_on"])) if task["due_on"] else ""


def _supply(words: Words, task: Values) -> Ask:
    """A mail whose subject says what it brings, and to which dossier."""
    return Ask(f"{task['title']} [{task['dossier_number']}]", words.say("word.supply"), body=False)


def _which(words: Words) -> Notice:
    """To which dossier does the mail belong, or which one is meant? The answer is a number (MAIL-4)."""
    values = words.letter.values
    found, left = values["dossiers"], int(values["total"]) - len(values["dossiers"])
    asked = values.get("asked")
    kind = "asked" if asked else "mail"
    return Notice(
        subject=words.say(f"which.subject_{kind}"),
        title=words.say(f"which.title_{kind}"),
        about=(words.say("about.asked", words=_word(words, asked)),) if asked else _mail(words),
        paragraphs=(words.say(f"which.what_{kind}"),),
        rows=tuple(Row(each["description"], "", (Ask(each["number"]),)) for each in found),
        after=(words.say("which.more", n=left),) if left > 0 else (),
        closing=(words.say(f"which.closing_{kind}"),),
        answerable=True,
        greets=False,
        is_answer=True,
    )


def _mail(words: Words) -> tuple[str, ...]:
    return (words.say("about.mail", subject=words.of("subject")),) if words.of("subject") else ()


def _word(words: Words, asked: Values) -> str:
    """What a mail of one line asked, as we write it."""
    return words.say(f"word.{asked['command']}", number=asked["words"]).strip()


def _day(words: Words, iso: str) -> str:
    return texts.day(words.office, words.letter.language, datetime.fromisoformat(iso))


def _moment(words: Words, iso: str) -> str:
    return moment(words.office, words.letter.language, datetime.fromisoformat(iso))


NOTICES: dict[str, Callable[[Words], Notice]] = {
    "status": _status,
    "dossier": _dossier,
    "messages": _message_list,
    "documents_sent": _documents_sent,
    "actions": _actions,
    "which_dossier": _which,
}
