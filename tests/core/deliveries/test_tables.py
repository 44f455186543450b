"""The pure parts: pauses between tries, what becomes of a try, and slots within the limits."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.actor import Channel, Language
from core.deliveries import backoff, outcomes
from core.deliveries.limits import Limits, book, moved_up
from core.deliveries.models import DeliveryState, Lane
from core.deliveries.sending import AnswerLost, Outgoing, Paused, Permanent, Temporary

AT = datetime(2026, 7, 3, 12, 0, tzinfo=UTC)


def outgoing(channel: Channel = Channel.TELEGRAM, lane: Lane = Lane.NOTIFICATION, **given: object) -> Outgoing:
    fields: dict[str, object] = {
        "id": 1,
        "channel": channel,
        "lane": lane,
        "address": "1",
        "language": Language.NL,
        "kind": "message_new",
        "values": {},
        "attempts": 1,
        "created_at": AT,
        "give_up_at": AT + timedelta(days=1),
    }
    return Outgoing(**(fields | given))  # type: ignore[arg-type]  # a test's shorthand


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [
        (Channel.TELEGRAM, [2, 5, 15, 60, 180, 600, 900, 900, 900]),
        (Channel.EMAIL, [60, 180, 600, 1200, 2400, 3600, 3600]),
    ],
)
def test_pauses_grow_to_a_ceiling(channel: Channel, seconds: list[float]) -> None:
    assert [backoff.pause(channel, n, chance=0.5) for n in range(1, len(seconds) + 1)] == pytest.approx(seconds)


@given(chance=some.floats(0, 1, exclude_max=True), attempts=some.integers(1, 200))
def test_pauses_jitter_by_a_fifth_at_most(chance: float, attempts: int) -> None:
    middle = backoff.pause(Channel.EMAIL, attempts, chance=0.5)
    assert 0.8 * middle - 1e-6 <= backoff.pause(Channel.EMAIL, attempts, chance=chance) <= 1.2 * middle + 1e-6


FAILURES = [
    (Temporary("busy"), Channel.TELEGRAM, Lane.NOTIFICATION, DeliveryState.QUEUED, 2.0),
    (Temporary("busy", retry_after=40), Channel.TELEGRAM, Lane.NOTIFICATION, DeliveryState.QUEUED, 40.0),
    (Temporary("greylisted", retry_after=5), Channel.EMAIL, Lane.NOTIFICATION, DeliveryState.QUEUED, 60.0),
    (Paused(17), Channel.TELEGRAM, Lane.BROADCAST, DeliveryState.QUEUED, 17.0),
    (AnswerLost("timeout"), Channel.TELEGRAM, Lane.NOTIFICATION, DeliveryState.QUEUED, 2.0),
    (AnswerLost("timeout"), Channel.TELEGRAM, Lane.INTERACTIVE, DeliveryState.QUEUED, 2.0),
    (AnswerLost("timeout"), Channel.TELEGRAM, Lane.BROADCAST, DeliveryState.UNKNOWN, None),
    (AnswerLost("timeout"), Channel.EMAIL, Lane.BROADCAST, DeliveryState.QUEUED, 60.0),
    (Permanent("blocked", unreachable=True), Channel.TELEGRAM, Lane.NOTIFICATION, DeliveryState.FAILED, None),
    (KeyError("name"), Channel.TELEGRAM, Lane.NOTIFICATION, DeliveryState.QUEUED, 2.0),
]


@pytest.mark.parametrize(("error", "channel", "lane", "state", "seconds"), FAILURES)
def test_what_becomes_of_a_failure(
    error: Exception, channel: Channel, lane: Lane, state: DeliveryState, seconds: float | None
) -> None:
    outcome = outcomes.failed(outgoing(channel, lane), error, at=AT, chance=0.5)
    assert outcome.state is state
    due = None if outcome.due_at is None else (outcome.due_at - AT).total_seconds()
    assert due == (None if seconds is None else pytest.approx(seconds))
    assert outcome.counted is not isinstance(error, Paused)
    assert (outcome.failure is None) is (state is not DeliveryState.FAILED)


def test_too_late_for_another_try_is_failed() -> None:
    last = outgoing(give_up_at=AT + timedelta(seconds=1))
    outcome = outcomes.failed(last, Temporary("busy"), at=AT, chance=0.5)
    assert outcome.state is DeliveryState.FAILED
    assert outcome.failure is not None and not outcome.failure.unreachable
    assert outcome.error == "given up: busy"
    assert outcomes.failed(last, Paused(9), at=AT, chance=0.5).paused == 9


def test_a_defect_is_not_tried_for_ever_and_tells_no_values() -> None:
    outcome = outcomes.failed(outgoing(attempts=8), KeyError("eva@example.org"), at=AT, chance=0.5)
    assert outcome.state is DeliveryState.FAILED
    assert outcome.error == "defect: KeyError"


def test_the_first_goes_at_once_and_the_others_in_their_slots() -> None:
    limits = Limits(per_second=10, per_chat=1.1, ahead=0.25)
    booking = book(["a", "b", "c", "d"], now=100.0, next_at=0.0, chats={}, limits=limits)
    assert [index for index, _ in booking.slots] == [0, 1, 2]
    assert [at for _, at in booking.slots] == pytest.approx([100.0, 100.1015, 100.203])
    assert booking.next_at == pytest.approx(100.3045)


def test_a_chat_that_must_wait_is_passed_over() -> None:
    limits = Limits(per_second=10, per_chat=1.1, ahead=0.25)
    booking = book(["a", "a", "b", "c"], now=100.0, next_at=0.0, chats={"b": 100.9}, limits=limits)
    assert [index for index, _ in booking.slots] == [0, 3]
    assert booking.chats == pytest.approx({"a": 101.1, "c": 101.2015})


def test_nothing_is_booked_further_ahead_than_allowed() -> None:
    limits = Limits(per_second=10, ahead=0.25)
    booking = book(["a"], now=100.0, next_at=100.3, chats={}, limits=limits)
    assert booking.slots == () and booking.next_at == 100.3


@pytest.mark.parametrize(
    ("late", "next_at"), [(0.0, 99.0), (0.014, 99.0), (0.115, 100.1), (1.0, 100.985), (3600.0, 100.985)]
)
def test_lateness_beyond_the_slack_moves_everything_up_by_a_second_at_most(late: float, next_at: float) -> None:
    assert moved_up(99.0, now=100.0, late=late) == pytest.approx(next_at)


@given(
    rounds=some.lists(
        some.tuples(some.floats(0, 0.5), some.lists(some.sampled_from("abcdefgh"), max_size=12)),
        min_size=1,
        max_size=40,
    )
)
def test_never_more_than_the_limit_in_any_second_nor_two_too_soon_in_a_chat(
    rounds: list[tuple[float, list[str]]],
) -> None:
    limits = Limits(per_second=5, per_chat=1.1, ahead=0.25)
    now, next_at, chats, sent = 100.0, 0.0, dict[str, float](), list[tuple[float, str]]()
    for passed, addresses in rounds:
        now += passed
        booking = book(addresses, now=now, next_at=next_at, chats=chats, limits=limits)
        next_at, chats = booking.next_at, chats | booking.chats
        sent += [(at, addresses[index]) for index, at in booking.slots]
        assert all(now <= at <= now + limits.ahead for _, at in booking.slots)
    for at, address in sent:
        assert sum(at <= other < at + 1 for other, _ in sent) <= 5
        assert all(other >= at + 1.1 - 1e-6 for other, to in sent if to == address and other > at)
