"""The two limits of Telegram as reservations (GCRA): who may go when is booked in the database, so over all processes together.

Pure: moments in, moments out (seconds since 1970). Source of the figures: about 30 messages a second over everything, one a
second in a chat (Bots FAQ, "My bot is hitting limits"); exceeding them costs a 429 for the whole bot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PACE = 1.015
"""How much wider than the limit the slots are, so that a slightly late one stays within it; leaves 98.5 % of the limit."""

SLACK = PACE - 1.0
"""Seconds that a delivery may be late before its lateness is booked."""

SECOND = 1.0
"""The stretch of time that the limit speaks of: lateness beyond it makes no difference."""


@dataclass(frozen=True, slots=True)
class Limits:
    """At most `per_second` over everything, `per_chat` seconds between two to one chat; one claim books `ahead` seconds."""

    per_second: float = 28.0
    per_chat: float = 1.1
    ahead: float = 0.25

    @property
    def spacing(self) -> float:
        """Seconds between two slots."""
        return PACE / self.per_second


@dataclass(frozen=True, slots=True)
class Booking:
    """Which of the asked may go, each with its moment; and how far is booked now, over everything and for each chat."""

    slots: tuple[tuple[int, float], ...]
    next_at: float
    chats: dict[str, float]


def moved_up(next_at: float, *, now: float, late: float) -> float:
    """How far is booked, after a process sent something `late` seconds after its slot.

    Without this the late one and what follows on time could be more in one second than the limit.
    """
    return next_at if late <= SLACK else max(next_at, now) + min(late, SECOND) - SLACK


def book(
    addresses: Sequence[str], *, now: float, next_at: float, chats: Mapping[str, float], limits: Limits
) -> Booking:
    """Book slots for `addresses` in order, as far as `limits.ahead` allows; a chat that must wait is passed over.

    `next_at` and `chats` say how far was booked before.
    """
    free = max(next_at, now)
    slots: list[tuple[int, float]] = []
    booked: dict[str, float] = {}
    for index, address in enumerate(addresses):
        if free > now + limits.ahead:
            break
        if booked.get(address, chats.get(address, 0.0)) <= free:
            slots.append((index, free))
            booked[address] = free + limits.per_chat
            free += limits.spacing
    return Booking(tuple(slots), free if slots else next_at, booked)
