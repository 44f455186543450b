"""Doing what a person's command asks; the answer is a mail (MAIL-8). What is read and what is changed have files of their own:
`browsing` and `changing`."""

from collections.abc import Mapping, Sequence
from typing import Any

from core import clock
from core.actor import Channel, Language
from core.crypto import Keys
from core.database import Session
from core.deliveries import outbox
from core.deliveries.models import Lane
from core.errors import Refused
from core.intake.models import Intake
from core.office import Office
from core.people import details, invitations, links, onboarding, persons, preferences
from core.people.models import Link, Person
from core.people.onboarding import State
from core.people.preferences import CHANNELS, News
from core.portal import home
from mailbridge import answering
from mailbridge.commands import Asked, Command
from mailbridge.parsing import IncomingMail
from mailbridge.routing import FromPerson, Ways, answered_delivery
from mailbridge.tokens import About, Audience, read_token

SHOWN = 20
"""Dossiers in an overview."""

RELINKS_A_DAY = 5
"""Invitations in a day, after which the office is to be called."""


async def serve(
    session: Session, item: Intake, asked: Asked, author: FromPerson, mail: IncomingMail, *, keys: Keys, office: Office
) -> str:
    """Do it, and queue the answer; a word for the ledger. Refused: `mail.relink_too_often`."""
    person = author.person
    match asked.command:
        case Command.STATUS:
            kind, values = "status", await overview(session, person, office)
        case Command.SEARCH:
            kind, values = "search", await _found(session, person, asked.words)
        case Command.DETAILS:
            kind, values = "details", await _details(session, person)
        case Command.CORRECT:
            await onboarding.details_right(session, person, author.actor)
            kind, values = "details_right", await _steps(session, person)
        case Command.RELINK:
            kind, values = "relink", await _relink(session, author, keys=keys, office=office)
        case Command.STOP | Command.START:
            kind, values = await _switch_news(session, person, wanted=asked.command is Command.START), {}
        case Command.HELP:
            kind, values = "help", {"linked": await links.link_of(session, person.id) is not None}
        case _:
            raise ValueError(f"{asked.command} is served elsewhere")
    await answer(session, person, mail, kind=kind, values=values, source=str(item.id))
    return kind


async def stop_link(
    session: Session, item: Intake, author: FromPerson, mail: IncomingMail, ways: Ways, *, office: Office
) -> bool:
    """Unlink at once and tell the office (LINK-6); False when the link that the answered mail was about is gone.

    Then the answer says what is linked now, and STOP to that answer cuts it. Who answered a mail to an earlier address of
    theirs hears there, too, what came of it: at the present one somebody else may read.
    """
    person = author.person
    asked = await answered_delivery(session, mail, ways)
    there = asked.address if asked is not None and asked.person_id == person.id else person.email
    link = await links.link_of(session, person.id)
    if link is None or author.link_id not in {0, link.id}:
        await _say_what_is_linked(session, item, person, mail, link, address=there)
        return False
    also_to = there if there != person.email else None
    await links.unlink(session, person.id, actor=author.actor, reason="stop", also_to=also_to)
    await answering.tell_unlinked(session, person, telegram_name=link.telegram_name, link_id=link.id, office=office)
    return True


async def _say_what_is_linked(
    session: Session, item: Intake, person: Person, mail: IncomingMail, link: Link | None, *, address: str
) -> None:
    now = {"telegram_name": link.telegram_name, "at": link.linked_at.isoformat(), "link_id": link.id} if link else {}
    await outbox.queue(
        session,
        channel=Channel.EMAIL,
        address=address,
        language=Language(person.language),
        kind="stop_answered",
        values={"name": person.name, **now},
        lane=Lane.INTERACTIVE,
        person_id=person.id,
        in_reply_to=mail.message_id,
        key=f"stop-answered-{item.id}",
        give_up_after=outbox.GIVE_UP_AFTER[Channel.EMAIL],
    )


async def unsubscribe(session: Session, item: Intake, person: Person, mail: IncomingMail) -> None:
    """No more news: what a mail program's own button asks for (NOTE-5)."""
    kind = await _switch_news(session, person, wanted=False)
    await answer(session, person, mail, kind=kind, values={}, source=str(item.id))


async def stop_news(session: Session, token: str, ways: Ways) -> bool:
    """What a click on the mail program's button asks for (RFC 8058): the token of `STOP_PATH` stops news for its reader.

    False when it is nobody's. Repeating it changes nothing.
    """
    person = await news_reader(session, token, ways)
    if person is None:
        return False
    await _switch_news(session, person, wanted=False)
    return True


async def news_reader(session: Session, token: str, ways: Ways) -> Person | None:
    """Whose news a token of `STOP_PATH` stops, however old it is: nobody is kept in because a mail lay for a year.

    None when nobody here made it for that, or its reader has no access any more.
    """
    address = f"{ways.settings.reply_local}+{token}@{ways.settings.domain}"
    found = read_token([address], keys=ways.keys, domain=ways.settings.domain, today=ways.today)
    if found is None or found.about is not About.NEWS or found.audience is not Audience.PERSON:
        return None
    person = await persons.by_id(session, found.reader_id)
    return None if person is None or person.removed_at is not None else person


async def answer(
    session: Session,
    person: Person,
    mail: IncomingMail,
    *,
    kind: str,
    values: Mapping[str, Any],
    source: str,
    files: Sequence[Mapping[str, Any]] = (),
    dossier_id: int | None = None,
    message_id: int | None = None,
) -> None:
    """Queue an answer to the person's own address; once for a mail, and before what nobody waits for.

    An answer to it belongs to the dossier, and to the message, when they are given.
    """
    await outbox.queue(
        session,
        channel=Channel.EMAIL,
        address=person.email,
        language=Language(person.language),
        kind=kind,
        values={"name": person.name, **values},
        lane=Lane.INTERACTIVE,
        person_id=person.id,
        files=files,
        dossier_id=dossier_id,
        message_id=message_id,
        in_reply_to=mail.message_id,
        key=f"{kind}-{source}",
        give_up_after=outbox.GIVE_UP_AFTER[Channel.EMAIL],
    )


async def overview(session: Session, person: Person, office: Office) -> dict[str, Any]:
    """What the home card shows (HOME-1)."""
    found = await home.home(session, person.id, office=office)
    rows, _ = await home.dossiers_page(session, person.id, offset=0, limit=SHOWN)
    counts = {"in_progress": found.in_progress, "total": found.total, "actions": found.actions, "unread": found.unread}
    return {**counts, "dossiers": [_listed(row) for row in rows]}


async def _found(session: Session, person: Person, words: str) -> dict[str, Any]:
    """The person's dossiers that hold the words; all without any (DOS-3)."""
    rows, total = await home.dossiers_page(session, person.id, offset=0, limit=SHOWN, words=words)
    return {"words": words, "total": total, "dossiers": [_listed(row) for row in rows]}


def _listed(row: home.DossierRow) -> dict[str, Any]:
    return {"number": row.number, "description": row.description, "status": row.status, "unread": row.unread}


async def _details(session: Session, person: Person) -> dict[str, Any]:
    """What "Mijn gegevens" shows (DET-1)."""
    known = await details.of(session, person)
    cells = await preferences.matrix(session, person.id)
    return {
        "email": known.email,
        "mobile": known.mobile,
        "professional_number": known.professional_number,
        "language": str(known.language),
        "two_factor": known.two_factor,
        "linked": known.linked,
        "news": any(cells[News.NEWS, channel] for channel in CHANNELS),
        "right": person.details_right_at is not None,
    }


async def _steps(session: Session, person: Person) -> dict[str, Any]:
    """The first steps that the portal has (DET-9)."""
    steps = await onboarding.checklist(session, person)
    shown = [step for step in steps if step.state is not State.LATER]
    return {"steps": [{"part": str(step.part), "done": step.state is State.DONE} for step in shown]}


async def _relink(session: Session, author: FromPerson, *, keys: Keys, office: Office) -> dict[str, Any]:
    """A fresh invitation to the proven address; the old link ends when the new one stands (LINK-9)."""
    person = author.person
    lately = await invitations.listing(session, person.id, limit=RELINKS_A_DAY)
    if len(lately) == RELINKS_A_DAY and (clock.now() - lately[-1].created_at).days < 1:
        raise Refused("mail.relink_too_often", phone=office.phone)
    link = await links.link_of(session, person.id)
    await invitations.invite(session, person, keys=keys, office=office, actor=author.actor, lane=Lane.INTERACTIVE)
    return {"telegram_name": link.telegram_name if link else None}


async def _switch_news(session: Session, person: Person, *, wanted: bool) -> str:
    """News over no channel, or over both again; the kind of the answer."""
    for channel in CHANNELS:
        await preferences.want(session, person.id, news=News.NEWS, channel=channel, wanted=wanted)
    return "news_on" if wanted else "news_off"
