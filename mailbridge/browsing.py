"""What a customer reads of the portal by mail: a dossier, its documents and messages, and what waits for them (MAIL-8).

Documents and messages have numbers there, by which the next mail asks for them. What is sent is read by it (DOC-4).
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.database import Session
from core.documents import documents
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.errors import Refused
from core.files import files as stored_files
from core.intake.models import Intake
from core.messages import messages
from core.messages.rows import MessageRow, OpenMessage
from core.notifications import tell
from core.office import Office
from core.portal import card, contents, home, tasks
from core.portal.contents import NumberedDocument
from mailbridge import routing, serving
from mailbridge.commands import Asked, Command
from mailbridge.composing import fitting
from mailbridge.parsing import IncomingMail
from mailbridge.routing import FromPerson

COMMANDS = frozenset({Command.DOSSIER, Command.SEND, Command.MESSAGES, Command.READ, Command.ACTIONS})

MANY = 50
"""Lines of a list; what is older is asked for by its number."""

ON_CARD = 10
"""Messages on the card of a dossier."""

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Found:
    """An answer: its kind and values, the files that go along, the dossier that an answer to it is about."""

    kind: str
    values: dict[str, Any]
    files: list[dict[str, Any]] = field(default_factory=list)
    dossier_id: int | None = None


async def serve(
    session: Session, item: Intake, asked: Asked, author: FromPerson, mail: IncomingMail, *, office: Office
) -> str:
    """Queue the answer; a word for the ledger. Refused: `dossier.unknown`, `mail.which_dossier`, `mail.no_dossier`,
    `message.unknown`."""
    try:
        if asked.command is Command.READ:
            return await _read(session, item, asked, author, mail)
        found = await _found(session, asked, author, mail, office)
    except Refused as refused:
        raise _about_words(refused, asked) from refused
    await serving.answer(
        session,
        author.person,
        mail,
        kind=found.kind,
        values=found.values,
        source=str(item.id),
        files=found.files,
        dossier_id=found.dossier_id,
    )
    return found.kind


def _about_words(refused: Refused, asked: Asked) -> Refused:
    """The question "which dossier?" knows what was asked of it: there is no mail to be placed."""
    if refused.code != routing.WHICH:
        return refused
    return Refused(refused.code, command=str(asked.command), words=asked.words)


async def _found(session: Session, asked: Asked, author: FromPerson, mail: IncomingMail, office: Office) -> Found:
    if asked.command is Command.ACTIONS:
        return await _actions(session, author)
    if asked.command is Command.DOSSIER and not asked.words and not author.dossier_id:
        only = await home.only_dossier(session, author.person.id)
        if only is None:
            return Found("status", await serving.overview(session, author.person, office))
    dossier = await _dossier(session, "" if asked.command is Command.SEND else asked.words, author, mail)
    match asked.command:
        case Command.SEND:
            return await _sent(session, dossier, _numbers(asked.words), author, office)
        case Command.MESSAGES:
            rows, total = await messages.page(session, author.actor, dossier.id, offset=0, limit=MANY)
            values = _about(dossier) | {"messages": _listed(rows, total), "total": total}
            return Found("messages", values, dossier_id=dossier.id)
        case _:
            return Found("dossier", await _card(session, dossier, author), dossier_id=dossier.id)


async def _dossier(session: Session, words: str, author: FromPerson, mail: IncomingMail) -> Dossier:
    """The dossier that is named, else the one that the mail is about."""
    if not words:
        return await routing.dossier_of(session, author, mail)
    named = await routing.named_in(session, author.actor, words)
    if named is None:
        raise Refused("dossier.unknown")
    return named


async def _card(session: Session, dossier: Dossier, author: FromPerson) -> dict[str, Any]:
    """What the card of a dossier shows in Telegram, and what stands behind its tabs."""
    shown = await card.dossier_card(session, author.actor, dossier.id)
    steps = await dossiers.progress(session, dossier.id)
    papers = await contents.numbered_documents(session, author.actor, dossier.id)
    rows, total = await messages.page(session, author.actor, dossier.id, offset=0, limit=ON_CARD)
    waiting, _ = await tasks.page(session, author.person.id, offset=0, limit=MANY)
    return _about(dossier) | {
        "status": shown.status,
        "handler": shown.handler,
        "account": shown.account,
        "closed": shown.closed,
        "done": shown.done,
        "steps": [{"label": step.label, "done_at": _iso(step.done_at)} for step in steps],
        "documents": [_paper(each) for each in papers[:MANY]],
        "documents_total": len(papers),
        "messages": _listed(rows, total),
        "messages_total": total,
        "requests": [_task(each) for each in waiting if each.dossier_id == dossier.id],
    }


async def _sent(session: Session, dossier: Dossier, numbers: list[int], author: FromPerson, office: Office) -> Found:
    """The documents of those numbers as files; a confidential one never (DOC-9), and together they fit in a mail."""
    known = {each.number: each for each in await contents.numbered_documents(session, author.actor, dossier.id)}
    wanted = [known[number] for number in numbers if number in known]
    open_ones = [each for each in wanted if not each.confidential]
    fits, _ = fitting(
        [{"id": each.id, "name": each.name, "size": each.size} for each in open_ones], limit=office.mail_limit
    )
    going = {entry["id"] for entry in fits}
    files = []
    for each in open_ones:
        if each.id in going:
            document, file = await documents.download(session, author.actor, each.id)
            files += tell.as_files([(file, document.name)])
    values = _about(dossier) | {
        "sent": [each.name for each in open_ones if each.id in going],
        "kept": [each.name for each in wanted if each.confidential],
        "too_big": [each.name for each in open_ones if each.id not in going],
        "unknown": [number for number in numbers if number not in known],
    }
    return Found("documents_sent", values, files, dossier.id)


async def _actions(session: Session, author: FromPerson) -> Found:
    """What waits (HOME-2). Where it is all of one dossier, a file in the answer lands there."""
    waiting, total = await tasks.page(session, author.person.id, offset=0, limit=MANY)
    of_dossiers = {each.dossier_id for each in waiting}
    values = {"total": total, "tasks": [_task(each) for each in waiting]}
    return Found("actions", values, dossier_id=of_dossiers.pop() if len(of_dossiers) == 1 else None)


async def _read(session: Session, item: Intake, asked: Asked, author: FromPerson, mail: IncomingMail) -> str:
    """Each message of those numbers as a mail of its own, which can be answered like the first one."""
    dossier = await _dossier(session, "", author, mail)
    for number in _numbers(asked.words):
        _, total = await messages.page(session, author.actor, dossier.id, offset=0, limit=1)
        if not 1 <= number <= total:
            raise Refused("message.unknown")
        [row], _ = await messages.page(session, author.actor, dossier.id, offset=total - number, limit=1)
        opened = await messages.read(session, author.actor, row.id)
        await serving.answer(
            session,
            author.person,
            mail,
            kind="message_copy",
            values=_about(dossier) | _written(opened),
            source=f"{item.id}-{row.id}",
            files=await _files(session, opened),
            dossier_id=dossier.id,
            message_id=row.id,
        )
    return "message_copy"


def _written(opened: OpenMessage) -> dict[str, Any]:
    return {
        "message_id": opened.message.id,
        "subject": opened.message.subject,
        "text": opened.message.text,
        "author": opened.author,
        "sent_at": opened.message.sent_at.isoformat(),
    }


async def _files(session: Session, opened: OpenMessage) -> list[dict[str, Any]]:
    rows = opened.attachments
    return tell.as_files([(await stored_files.by_id(session, row.file_id), row.name) for row in rows])


def _listed(rows: list[MessageRow], total: int, offset: int = 0) -> list[dict[str, Any]]:
    """Messages with their numbers: the oldest of the dossier is 1."""
    return [
        {
            "number": total - offset - place,
            "direction": str(row.direction),
            "author": row.author,
            "subject": row.subject,
            "at": row.sent_at.isoformat(),
            "unread": row.unread,
            "attachments": row.attachments,
        }
        for place, row in enumerate(rows)
    ]


def _paper(each: NumberedDocument) -> dict[str, Any]:
    return {
        "number": each.number,
        "document_name": each.name,
        "size": each.size,
        "shelf": str(each.shelf),
        "at": each.published_at.isoformat(),
        "unread": each.unread,
        "confidential": each.confidential,
        "expires_on": each.expires_on.isoformat() if each.expires_on else None,
    }


def _task(task: tasks.Task) -> dict[str, Any]:
    return {
        "title": task.title,
        "explanation": task.explanation,
        "reason": task.reason,
        "due_on": task.due_on.isoformat() if task.due_on else None,
        "dossier_number": task.dossier_number,
        "dossier_description": task.dossier_description,
    }


def _about(dossier: Dossier) -> dict[str, Any]:
    return {
        "dossier_id": dossier.id,
        "dossier_number": dossier.number,
        "dossier_description": dossier.description,
    }


def _numbers(words: str) -> list[int]:
    """The numbers in their order, each once."""
    return list(dict.fromkeys(int(found) for found in _NUMBER.findall(words)))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
