"""What staff decide on a mail that was set apart (MAIL-3)."""

from core.actor import Actor
from core.database import Session, wake
from core.intake import quarantine, store
from core.intake.models import Intake, IntakeState, Quarantined
from core.intake.quarantine import Decision


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
