"""The words that a mail may consist of instead of a message: STATUS, HELP, and STOP to the mail that confirms a link."""

import re
from enum import StrEnum

from core.actor import Channel, Language
from core.database import Session
from core.deliveries import outbox
from core.office import Office
from core.people import links
from core.people.models import Person
from core.portal import home
from mailbridge import answering
from mailbridge.opening import Opened
from mailbridge.parsing import IncomingMail
from mailbridge.routing import FromPerson

SHOWN = 20
"""Dossiers in an overview."""

NAME_AT_MOST = 40
"""Characters that may follow a command: a name, a closing."""

_FIRST_WORD = re.compile(r"[\W_]*stop\b", re.IGNORECASE)
_ONE_WORD = re.compile(r"[\W_]*([a-z]{2,12})[\W_]*", re.IGNORECASE)


class Command(StrEnum):
    """What a mail of one word asks."""

    STATUS = "status"
    HELP = "help"
    STOP = "stop"


def command_of(opened: Opened) -> Command | None:
    """The command that a mail is: its text is that one word, or it has no text and its subject is."""
    if opened.files or opened.refused:
        return None
    text = opened.reply.text.strip()
    said = _ONE_WORD.fullmatch(text.splitlines()[0] if text else opened.mail.subject)
    if said is None or not _is_alone(text):
        return None
    try:
        return Command(said[1].lower())
    except ValueError:
        return None


def says_stop(opened: Opened) -> bool:
    """Whether the answer begins with STOP, whatever follows: for the mail where stopping is the safe side."""
    return _FIRST_WORD.match(opened.reply.text) is not None or command_of(opened) is Command.STOP


def _is_alone(text: str) -> bool:
    """Whether no more than a name or a closing follows the word."""
    _, _, rest = text.partition("\n")
    return len(" ".join(rest.split())) <= NAME_AT_MOST


async def stop_link(session: Session, author: FromPerson, *, office: Office) -> bool:
    """Unlink at once and tell the office; False when there was no link any more (LINK-6)."""
    link = await links.unlink(session, author.person.id, actor=author.actor, reason="stop")
    if link is None:
        return False
    await answering.tell_unlinked(
        session, author.person, telegram_name=link.telegram_name, link_id=link.id, office=office
    )
    return True


async def send_status(session: Session, person: Person, mail: IncomingMail, *, source: str, office: Office) -> None:
    """The overview that the home card shows (HOME-1)."""
    found = await home.home(session, person.id, office=office)
    rows, _ = await home.dossiers_page(session, person.id, offset=0, limit=SHOWN)
    listed = [
        {"number": row.number, "description": row.description, "status": row.status, "unread": row.unread}
        for row in rows
    ]
    values = {
        "in_progress": found.in_progress,
        "total": found.total,
        "actions": found.actions,
        "unread": found.unread,
        "dossiers": listed,
    }
    await _answer(session, person, mail, kind="status", values=values, source=source)


async def send_help(session: Session, person: Person, mail: IncomingMail, *, source: str) -> None:
    """How it works by mail."""
    await _answer(session, person, mail, kind="help", values={}, source=source)


async def _answer(
    session: Session, person: Person, mail: IncomingMail, *, kind: str, values: dict[str, object], source: str
) -> None:
    await outbox.queue(
        session,
        channel=Channel.EMAIL,
        address=person.email,
        language=Language(person.language),
        kind=kind,
        values={"name": person.name, **values},
        person_id=person.id,
        in_reply_to=mail.message_id,
        key=f"{kind}-{source}",
    )
