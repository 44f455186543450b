"""Mails of ours that came back: matched to their delivery (MAIL-6, NOTE-4)."""

from datetime import timedelta

from core import clock
from core.crypto import Keys
from core.database import Session, wake
from core.deliveries import outbox
from core.deliveries.models import Delivery, DeliveryState
from core.deliveries.sending import Permanent, Temporary
from core.notifications import tell
from mailbridge.bounces import Bounce
from mailbridge.composing import delivery_of
from mailbridge.parsing import IncomingMail
from mailbridge.tokens import read_bounce

AGAIN_AFTER = timedelta(hours=4)
"""A full mailbox, or a server that was away: tried again after this, until the delivery's own time is up."""


async def came_back(session: Session, mail: IncomingMail, bounce: Bounce | None, *, keys: Keys, domain: str) -> str:
    """What became of the delivery that a bounce is about, as a word for the ledger.

    Only the signed envelope address or our own signed Message-ID names it, so that nobody can switch an address off by a
    mail of their own making. `Temporary` for a bounce that is quicker than the note that its mail was sent.
    """
    delivery = await _delivery(session, mail, bounce, keys, domain)
    if delivery is None:
        return "bounce of nothing of ours"
    if delivery.state == DeliveryState.SENDING:
        raise Temporary("the mail that came back is only just being handed over")
    if delivery.state != DeliveryState.SENT:
        return "bounce, known"
    status = (bounce.status if bounce else None) or ""
    if bounce is not None and not bounce.hard and _send_again(session, delivery, status):
        return "bounce, sent again later"
    unreachable = bounce is None or bounce.hard
    delivery.state = DeliveryState.FAILED
    delivery.error = f"came back {status}".rstrip()
    await tell.delivery_failed(session, delivery, Permanent(f"bounced {status}".rstrip(), unreachable=unreachable))
    return "bounce, unreachable" if unreachable else "bounce, given up"


async def _delivery(
    session: Session, mail: IncomingMail, bounce: Bounce | None, keys: Keys, domain: str
) -> Delivery | None:
    found = read_bounce(mail.recipients, keys=keys, domain=domain)
    if found is None and bounce is not None and bounce.original_message_id:
        found = delivery_of([bounce.original_message_id], keys=keys, domain=domain)
    return await session.get(Delivery, found) if found is not None else None


def _send_again(session: Session, delivery: Delivery, status: str) -> bool:
    """Queue it once more (a repeat is the same mail), unless its time is up or it carried a code that is gone."""
    at = clock.now() + AGAIN_AFTER
    if delivery.had_secret or at > delivery.give_up_at:
        return False
    delivery.state, delivery.due_at = DeliveryState.QUEUED, at
    delivery.error = f"came back {status}".rstrip()
    wake.mark(session, outbox.topic(delivery.channel))
    return True
