"""The answer to "which dossier?": the mail that waited for it is placed there (MAIL-4)."""

from core.database import Session, wake
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.errors import Refused
from core.intake import store
from core.intake.models import Intake, IntakeState
from mailbridge.commands import NAME_AT_MOST
from mailbridge.opening import Opened
from mailbridge.routing import WHICH, FromPerson, named_in

WAITS = f"refused {WHICH}"
"""What the ledger says of a mail that waits for its dossier."""


async def placed(session: Session, opened: Opened, author: FromPerson) -> Dossier | None:
    """The dossier that this answer names, where the mail that was asked about is now handled again.

    None when that mail waits no more, or when a longer answer names none: then it is a mail like any other. Refused(WHICH)
    when a short answer names no dossier of the person: they are asked again.
    """
    item = await session.get(Intake, author.waiting_id)
    if item is None or item.state != IntakeState.DONE or item.outcome != WAITS:
        return None
    dossier = await _named(session, opened, author)
    if dossier is None and is_short(opened):
        raise Refused(WHICH)
    if dossier is not None:
        item.payload = {**item.payload, "dossier_id": dossier.id}
        item.state, item.attempts, item.outcome = IntakeState.WAITING, 0, ""
        item.worker = item.handled_at = None
        wake.mark(session, store.topic(item.channel))
    return dossier


def is_short(opened: Opened) -> bool:
    """Whether it says no more than which dossier."""
    return len(opened.reply.text) <= 2 * NAME_AT_MOST and not opened.files and not opened.refused


async def _named(session: Session, opened: Opened, author: FromPerson) -> Dossier | None:
    """By its number on the first line, or in the subject, or by the words of a short answer when they are those of one only."""
    lines = opened.reply.text.strip().splitlines()[:1]
    for line in (*lines, opened.mail.subject):
        if (found := await named_in(session, author.actor, line)) is not None:
            return found
    words = lines[0] if lines else ""
    if not 3 <= len(words) <= NAME_AT_MOST:
        return None
    alike = await dossiers.listing(session, author.actor, words=words, limit=2)
    return alike[0] if len(alike) == 1 else None
