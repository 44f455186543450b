"""What becomes of a delivery after a try: from what the sender said to the row's next state. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.actor import Channel
from core.deliveries import backoff
from core.deliveries.models import DeliveryState, Lane
from core.deliveries.sending import AnswerLost, Outgoing, Paused, Permanent, SendingFailed, Temporary

DEFECT_ATTEMPTS = 8
"""Tries of a delivery that fails by a defect of the program, before it has failed for good."""

MOST_ATTEMPTS = 100
"""Tries in all: a delivery that kills its worker each time must end too."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The next state of one delivery. `counted` is False for a try that was none; `paused` holds the channel that long."""

    id: int
    state: DeliveryState
    external_id: str | None = None
    error: str | None = None
    due_at: datetime | None = None
    counted: bool = True
    paused: float | None = None
    failure: Permanent | None = None


def sent(outgoing: Outgoing, external_id: str | None) -> Outcome:
    """The channel took it."""
    return Outcome(outgoing.id, DeliveryState.SENT, external_id=external_id)


def released(outgoing: Outgoing, at: datetime) -> Outcome:
    """It was claimed and not tried: whoever is next may."""
    return Outcome(outgoing.id, DeliveryState.QUEUED, due_at=at, counted=False)


def failed(outgoing: Outgoing, error: Exception, *, at: datetime, chance: float) -> Outcome:
    """It was not sent, or nobody knows. A defect is retried a few times: the next version may do better."""
    match error:
        case Permanent():
            return _for_good(outgoing, error)
        case Paused():
            return _later(outgoing, error.reason, at, error.retry_after, paused=error.retry_after)
        case AnswerLost() if outgoing.channel == Channel.TELEGRAM and outgoing.lane == Lane.BROADCAST:
            return Outcome(outgoing.id, DeliveryState.UNKNOWN, error=error.reason)
        case Temporary(retry_after=float() | int() as asked):
            return _later(outgoing, error.reason, at, max(asked, _pause(outgoing, chance)))
        case SendingFailed():
            return _later(outgoing, error.reason, at, _pause(outgoing, chance))
    reason = f"defect: {type(error).__name__}"
    if outgoing.attempts >= DEFECT_ATTEMPTS:
        return _for_good(outgoing, Permanent(reason))
    return _later(outgoing, reason, at, _pause(outgoing, chance))


def _pause(outgoing: Outgoing, chance: float) -> float:
    return backoff.pause(outgoing.channel, outgoing.attempts, chance=chance)


def _later(outgoing: Outgoing, reason: str, at: datetime, seconds: float, *, paused: float | None = None) -> Outcome:
    due_at = at + timedelta(seconds=seconds)
    if due_at > outgoing.give_up_at:
        return replace(_for_good(outgoing, Permanent(f"given up: {reason}")), paused=paused)
    counted = paused is None
    return Outcome(outgoing.id, DeliveryState.QUEUED, error=reason, due_at=due_at, counted=counted, paused=paused)


def _for_good(outgoing: Outgoing, failure: Permanent) -> Outcome:
    return Outcome(outgoing.id, DeliveryState.FAILED, error=failure.reason, failure=failure)
