"""What the mail channel says back by itself: refusals, the answer to a stranger, and who at the office is told.

Each of these is said at most once a day for the same reason to the same address, so that no two machines can keep
each other busy (RFC 3834, section 2).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from core import clock
from core.actor import Channel, Language
from core.database import Session
from core.deliveries import ledger, outbox
from core.deliveries.models import Lane
from core.dossiers.models import Dossier
from core.errors import Refused
from core.intake.models import Quarantined
from core.notifications import tell
from core.office import Office
from core.people.models import Person
from core.portal import home
from core.staff import members
from core.staff.models import StaffMember, StaffRole
from mailbridge.parsing import IncomingMail
from mailbridge.routing import WHICH, FromPerson, FromStaff

QUESTIONS_A_DAY = 10
"""Mails of one person about which we ask to which dossier they belong."""

DOSSIERS = 20
"""Dossiers to choose from in that question, newest activity first."""


def today(office: Office) -> date:
    """The day at the office."""
    return clock.now().astimezone(office.timezone).date()


@dataclass(frozen=True, slots=True)
class Reader:
    """A proven author as an address to answer to: plain values, which outlive a transaction that was undone."""

    email: str
    language: Language
    person_id: int | None
    staff_id: int | None
    dossier_id: int | None
    waiting_id: int = 0

    @classmethod
    def of(cls, author: FromPerson | FromStaff) -> Self:
        """The author of a mail."""
        known: Person | StaffMember = author.person if isinstance(author, FromPerson) else author.member
        return cls(
            email=known.email,
            language=Language(known.language),
            person_id=known.id if isinstance(known, Person) else None,
            staff_id=known.id if isinstance(known, StaffMember) else None,
            dossier_id=author.dossier_id or None,
            waiting_id=author.waiting_id if isinstance(author, FromPerson) else 0,
        )


async def refuse(
    session: Session, reader: Reader, mail: IncomingMail, refused: Refused, *, office: Office, waiting_id: int = 0
) -> None:
    """Tell a proven author why not, in their language (MAIL-7). `waiting_id` is the mail that may wait for its dossier."""
    if refused.code == WHICH and reader.person_id is not None:
        asked = dict(refused.values) or await _asked_before(session, reader, waiting_id)
        await _ask_which(session, reader, mail, waiting_id, asked, office)
        return
    await outbox.queue(
        session,
        channel=Channel.EMAIL,
        address=reader.email,
        language=reader.language,
        kind="refusal",
        values={
            "code": refused.code,
            "values": {name: str(value) for name, value in refused.values.items()},
            "subject": mail.subject,
        },
        person_id=reader.person_id,
        staff_id=reader.staff_id,
        dossier_id=reader.dossier_id,
        in_reply_to=mail.message_id,
        key=_daily(f"refusal:{refused.code}", reader.email, office),
    )


async def _asked_before(session: Session, reader: Reader, waiting_id: int) -> dict[str, Any]:
    """What the waiting mail asked, from our earlier question about it; nothing where it is a message."""
    if not reader.waiting_id:
        return {}
    latest = await ledger.told(session, reader.person_id or 0, "which_dossier", limit=QUESTIONS_A_DAY)
    return next(
        (dict(each["asked"]) for each in latest if each.get("waiting_id") == waiting_id and each.get("asked")), {}
    )


async def _ask_which(
    session: Session, reader: Reader, mail: IncomingMail, waiting_id: int, asked: Mapping[str, Any], office: Office
) -> None:
    """To which dossier a mail belongs (MAIL-4). Each mail is asked about; the answer comes back with its number (`placing`).

    `asked` is the command and what stands behind it, of a mail of one line; it is empty for a message.
    A day has a bound, so that a machine that looks like a person can't keep us busy.
    """
    rows, total = await home.dossiers_page(session, reader.person_id or 0, offset=0, limit=DOSSIERS)
    question = _daily("which", reader.email, office)
    for place in range(QUESTIONS_A_DAY):
        queued = await outbox.queue(
            session,
            channel=Channel.EMAIL,
            address=reader.email,
            language=reader.language,
            kind="which_dossier",
            values={
                "subject": "" if reader.waiting_id else mail.subject,
                "waiting_id": waiting_id,
                "asked": dict(asked),
                "total": total,
                "dossiers": [{"number": row.number, "description": row.description} for row in rows],
            },
            lane=Lane.INTERACTIVE,
            person_id=reader.person_id,
            in_reply_to=mail.message_id,
            key=f"{question}:{place}",
            give_up_after=outbox.GIVE_UP_AFTER[Channel.EMAIL],
        )
        if queued is not None:
            return


async def greet_stranger(session: Session, mail: IncomingMail, *, office: Office) -> None:
    """One polite answer a day that reveals nothing (MAIL-5)."""
    if mail.from_ is None:
        return
    await outbox.queue(
        session,
        channel=Channel.EMAIL,
        address=mail.from_.addr_spec,
        language=office.language,
        kind="unknown_sender",
        values={"subject": mail.subject},
        in_reply_to=mail.message_id,
        key=_daily("unknown", mail.from_.addr_spec, office),
    )


async def tell_quarantined(session: Session, quarantined: Quarantined, mail: IncomingMail, *, office: Office) -> None:
    """Ask the dossier's handler, or the managers, to judge a mail (MAIL-3). Once a day for the same claimed sender."""
    dossier = await session.get(Dossier, quarantined.dossier_id) if quarantined.dossier_id else None
    values = {
        "quarantined_id": quarantined.id,
        "reason": quarantined.reason,
        "claimed_from": quarantined.claimed_from,
        "subject": mail.subject,
        "dossier_number": dossier.number if dossier else "",
    }
    about = f"{quarantined.claimed_from}|{quarantined.dossier_id}|{quarantined.reason}"
    key = _daily("quarantined", about, office)
    await _tell_office(session, dossier, kind="quarantined", values=values, key=key, office=office)


async def tell_unlinked(session: Session, person: Person, *, telegram_name: str, link_id: int, office: Office) -> None:
    """Tell the office that somebody answered STOP to the confirmation of a link (LINK-6)."""
    values = {
        "name": person.name,
        "email": person.email,
        "telegram_name": telegram_name,
        "at": clock.now().isoformat(),
    }
    key = f"unlinked-staff-{link_id}"
    await _tell_office(session, None, kind="unlinked_staff", values=values, key=key, office=office)


async def tell_dead(
    session: Session, intake_id: int, *, error_id: str, sender: str, reader: Person | StaffMember | None, office: Office
) -> None:
    """Tell the sender, if we know them, and the office that a mail could not be handled."""
    if reader is not None:
        await outbox.queue(
            session,
            channel=Channel.EMAIL,
            address=reader.email,
            language=Language(reader.language),
            kind="dead_letter",
            values={"error_id": error_id},
            person_id=reader.id if isinstance(reader, Person) else None,
            key=f"dead-{intake_id}-{error_id}:sender",
        )
    values = {"error_id": error_id, "sender": sender}
    key = f"dead-{intake_id}-{error_id}"
    await _tell_office(session, None, kind="dead_letter", values=values, key=key, office=office)


async def _tell_office(
    session: Session, dossier: Dossier | None, *, kind: str, values: Mapping[str, Any], key: str, office: Office
) -> None:
    told = await _responsible(session, dossier)
    for member in told:
        await tell.staff(session, member, kind=kind, values=values, dossier_id=dossier.id if dossier else None, key=key)
    if not told:
        await outbox.queue(
            session,
            channel=Channel.EMAIL,
            address=office.email,
            language=office.language,
            kind=kind,
            values=values,
            key=f"{key}:office",
        )


async def _responsible(session: Session, dossier: Dossier | None) -> Sequence[StaffMember]:
    """The dossier's handler; else the managers, else the administrators."""
    if dossier is not None and dossier.handler_id is not None:
        handler = await members.by_id(session, dossier.handler_id)
        if handler is not None and handler.removed_at is None:
            return [handler]
    everybody = await members.listing(session)
    for role in (StaffRole.MANAGER, StaffRole.ADMINISTRATOR):
        found = [member for member in everybody if member.role == role]
        if found:
            return found
    return []


def _daily(what: str, whom: str, office: Office) -> str:
    """A key that is the same for a day; short, whatever the address."""
    mark = hashlib.sha256(whom.lower().encode(errors="replace")).hexdigest()[:24]
    return f"{what}:{today(office).isoformat()}:{mark}"
