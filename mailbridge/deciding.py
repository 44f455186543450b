"""What staff see of a mail that was set apart, and what they decide on it (MAIL-3)."""

from dataclasses import dataclass

from core.actor import Actor
from core.audit import log
from core.database import Session, wake
from core.errors import Refused
from core.intake import quarantine, store
from core.intake.models import Intake, IntakeState, Quarantined
from core.intake.quarantine import Decision
from mailbridge.parsing import read_mail
from mailbridge.replies import attachments_of, reply_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A mail as staff read it before they decide: whom it claims to be from and its whole text; nothing in it is proven."""

    claimed_from: str
    subject: str
    date: str
    text: str
    files: tuple[str, ...]


def shown(raw: bytes) -> Shown:
    """The mail, read. Never raises."""
    mail = read_mail(raw)
    reply = reply_of(mail)
    return Shown(
        claimed_from=mail.header("From") or "",
        subject=mail.subject,
        date=mail.header("Date") or "",
        text=reply.text,
        files=tuple(part.name for part in attachments_of(mail, reply)),
    )


async def bytes_of(session: Session, quarantined_id: int, actor: Actor) -> str:
    """The SHA-256 by which the mail's bytes are stored; that it was looked at is logged. Refused("quarantine.unknown")."""
    quarantined = await session.get(Quarantined, quarantined_id)
    if quarantined is None:
        raise Refused("quarantine.unknown")
    item = await session.get_one(Intake, quarantined.intake_id)
    await log.record(session, actor, "quarantine.read", subject=("intake", item.id))
    return str(item.payload["sha256"])


async def decide(session: Session, quarantined_id: int, *, decision: Decision, actor: Actor) -> Quarantined:
    """Accept: the mail is handled again as that of whom it claims to be from, or was written to. Reject: it stays out.

    Refused("quarantine.unknown"), Refused("quarantine.decided"). The same decision twice does nothing more.
    """
    quarantined = await session.get(Quarantined, quarantined_id)
    first = quarantined is not None and quarantined.decided_at is None
    decided = await quarantine.decide(session, quarantined_id, decision=decision, actor=actor)
    if first and decision == "accept":
        item = await session.get_one(Intake, decided.intake_id)
        item.payload = {**item.payload, "accepted": True}
        item.state, item.attempts, item.outcome = IntakeState.WAITING, 0, ""
        item.worker = item.handled_at = None
        wake.mark(session, store.topic(item.channel))
    return decided
