"""2-step verification with an app (STEP-2, 4, 5)."""

import asyncio
from datetime import timedelta
from urllib.parse import parse_qs, urlparse

import pyotp
import pytest
from sqlalchemy import select

from core import clock
from core.actor import OFFICE
from core.crypto import Keys
from core.database import transaction
from core.errors import Misconfigured, Refused
from core.people import links, persons, totp, two_factor
from core.people.models import Person
from core.people.security_models import RecoveryCode, TwoFactor
from core.people.step_up import Act
from core.people.two_factor import TwoFactorState
from tests.core.people.guards import NOON, Guarded, Traveller, code_of
from tests.core.people.linkers import CHAT, OTHER_CHAT, wrong


async def _state(anna: Guarded) -> TwoFactorState:
    async with transaction(anna.story.sessions) as session:
        return await two_factor.state(session, anna.person.id)


async def test_it_is_on_after_one_right_code_and_gives_eight_recovery_codes(anna: Guarded, time: Traveller) -> None:
    assert await _state(anna) == TwoFactorState()
    outcome = await anna.two_factor()
    assert outcome.refused is None
    assert len(set(outcome.recovery_codes)) == 8
    assert await _state(anna) == TwoFactorState(True, clock.now(), 8, 30)
    assert (await anna.story.mails("two_factor_on"))[0].address == "anna@post.example"
    assert await anna.logged("two_factor.on")
    time.forward(minutes=6)
    begun = await anna.begin()
    assert (begun.method, begun.expires_at) == ("totp", None)
    assert len(await anna.story.mails("step_up_code")) == 1
    assert code_of(await anna.enter(anna.app())) is None


async def test_the_app_reads_the_office_and_the_address(anna: Guarded) -> None:
    actor = await anna.stepped_up(Act.TWO_FACTOR_ON)
    async with transaction(anna.story.sessions) as session:
        enrolment = await two_factor.enrol(session, actor, keys=anna.story.keys, office=anna.story.office)
    read = pyotp.parse_uri(enrolment.uri)
    assert (read.secret, read.name, read.issuer) == (enrolment.secret, "anna@post.example", "Notariskantoor De Linde")
    assert parse_qs(urlparse(enrolment.uri).query)["issuer"] == ["Notariskantoor De Linde"]
    async with transaction(anna.story.sessions) as session:
        again = await two_factor.enrol(session, actor, keys=anna.story.keys, office=anna.story.office)
        kept = (await session.scalars(select(TwoFactor))).one()
        assert again.secret == enrolment.secret
        assert enrolment.secret.encode() not in kept.secret
    assert enrolment.secret not in repr(enrolment)


async def test_turning_it_on_needs_a_code_and_a_right_one_of_the_app(anna: Guarded, time: Traveller) -> None:
    async with transaction(anna.story.sessions) as session:
        with pytest.raises(Refused) as refused:
            await two_factor.enrol(session, anna.actor, keys=anna.story.keys, office=anna.story.office)
    assert refused.value.values == {"act": "two_factor_on"}
    actor = await anna.stepped_up(Act.TWO_FACTOR_ON)
    async with transaction(anna.story.sessions) as session:
        enrolment = await two_factor.enrol(session, actor, keys=anna.story.keys, office=anna.story.office)
    anna.secret = enrolment.secret
    for digits, minutes, answer in ((wrong(anna.app()), 0, "code_wrong"), (anna.app(), 30, "not_pending")):
        time.forward(minutes=minutes)
        async with transaction(anna.story.sessions) as session:
            outcome = await two_factor.confirm(session, actor, digits, keys=anna.story.keys, chat=CHAT)
        assert code_of(outcome) == f"two_factor.{answer}"
    assert not (await _state(anna)).on


async def test_what_is_on_is_not_turned_on_again_and_cancel_leaves_it(anna: Guarded) -> None:
    await anna.two_factor()
    async with transaction(anna.story.sessions) as session:
        with pytest.raises(Refused, match="on_already"):
            await two_factor.enrol(session, anna.actor, keys=anna.story.keys, office=anna.story.office)
        await two_factor.cancel(session, anna.person.id)
    assert (await _state(anna)).on


async def test_the_keypad_of_the_first_code(anna: Guarded) -> None:
    actor = await anna.stepped_up(Act.TWO_FACTOR_ON)
    async with transaction(anna.story.sessions) as session:
        with pytest.raises(Refused, match="not_pending"):
            await two_factor.press(session, anna.person.id, "1")
        await two_factor.enrol(session, actor, keys=anna.story.keys, office=anna.story.office)
        assert await two_factor.press(session, anna.person.id, "1") == "1"
        assert await two_factor.press(session, anna.person.id, "2") == "12"
        again = await two_factor.enrol(session, actor, keys=anna.story.keys, office=anna.story.office)
        assert again.entered == "12"
        await two_factor.cancel(session, anna.person.id)
        with pytest.raises(Refused, match="not_pending"):
            await two_factor.press(session, anna.person.id, "1")


async def test_the_same_step_is_never_accepted_twice(anna: Guarded, time: Traveller) -> None:
    await anna.two_factor()
    await anna.begin()
    assert code_of(await anna.enter(anna.app())) == "step_up.code_used"
    time.forward(seconds=30)
    digits = anna.app()
    assert code_of(await anna.enter(digits)) is None
    await anna.begin()
    assert code_of(await anna.enter(digits)) == "step_up.code_used"
    time.forward(seconds=30)
    assert code_of(await anna.enter(digits)) == "step_up.code_used"
    time.forward(seconds=30)
    assert code_of(await anna.enter(digits)) == "step_up.code_wrong"


async def test_one_code_in_two_places_at_once_is_accepted_in_one(anna: Guarded, time: Traveller) -> None:
    await anna.two_factor()
    time.forward(minutes=6)
    await anna.begin()
    await anna.begin(chat=None)
    digits = anna.app()
    outcomes = await asyncio.gather(anna.enter(digits), anna.enter(digits, chat=None))
    assert sorted(str(code_of(outcome)) for outcome in outcomes) == ["None", "step_up.code_used"]
    assert (await anna.fresh()) != (await anna.fresh(chat=None))


@pytest.mark.parametrize(("ahead", "answer"), [(-30, None), (30, None), (-60, "code_wrong"), (60, "code_wrong")])
async def test_a_clock_may_be_one_step_off(anna: Guarded, time: Traveller, ahead: float, answer: str | None) -> None:
    await anna.two_factor()
    time.forward(minutes=6)
    await anna.begin()
    assert code_of(await anna.enter(anna.app(ahead=ahead))) == (f"step_up.{answer}" if answer else None)


@pytest.mark.parametrize("ahead", [-40, 40])
@pytest.mark.parametrize("into", range(0, 30, 5))
async def test_a_clock_that_is_40_seconds_off_keeps_working(
    anna: Guarded, time: Traveller, ahead: float, into: int
) -> None:
    """In two of three moments such a clock is one step off, in the third two: the drift of the first code is remembered."""
    await anna.two_factor(ahead=ahead)
    time.forward(minutes=6, seconds=into)
    await anna.begin()
    assert code_of(await anna.enter(anna.app(ahead=ahead))) is None


def test_drift_widens_nothing_but_its_own_neighbourhood() -> None:
    secret = totp.new_secret()
    present = totp.step_at(NOON)

    def accepted(drift: int) -> list[int]:
        near = range(present - 8, present + 9)
        found = (totp.matching_steps(secret, totp.digits_of(secret, step), at=NOON, drift=drift) for step in near)
        return sorted({step - present for steps in found for step in steps})

    assert accepted(0) == [-1, 0, 1]
    assert accepted(2) == [-1, 0, 1, 2, 3]
    assert accepted(-3) == [-4, -3, -2, -1, 0, 1]
    assert totp.drift_of(present + 9, at=NOON) == totp.FARTHEST
    assert totp.drift_of(totp.step_at(NOON - timedelta(seconds=31)), at=NOON) == -1


async def test_a_recovery_code_opens_once_and_mail_says_how_many_are_left(anna: Guarded) -> None:
    codes = (await anna.two_factor()).recovery_codes
    await anna.begin(Act.TWO_FACTOR_OFF)
    outcome = await anna.enter(codes[3].lower().replace("-", " "))
    assert (outcome.refused, outcome.recovery_left) == (None, 7)
    assert [mail.values["left"] for mail in await anna.story.mails("recovery_used")] == [7]
    await anna.begin(Act.TWO_FACTOR_OFF)
    assert code_of(await anna.enter(codes[3])) == "step_up.code_wrong"
    async with transaction(anna.story.sessions) as session:
        kept = " ".join(await session.scalars(select(RecoveryCode.code_hash)))
    assert not any(code.replace("-", "") in kept for code in codes)


async def test_one_recovery_code_in_two_places_at_once_opens_one(anna: Guarded, time: Traveller) -> None:
    codes = (await anna.two_factor()).recovery_codes
    time.forward(minutes=6)
    await anna.begin()
    await anna.begin(chat=None)
    outcomes = await asyncio.gather(anna.enter(codes[0]), anna.enter(codes[0], chat=None))
    assert sorted(str(code_of(outcome)) for outcome in outcomes) == ["None", "step_up.code_wrong"]
    assert (await _state(anna)).recovery_left == 7


async def test_wrong_recovery_codes_lock_out_too(anna: Guarded) -> None:
    await anna.two_factor()
    await anna.begin()
    outcomes = [await anna.enter("ACDEF-34678") for _ in range(5)]
    assert code_of(outcomes[-1]) == "step_up.locked_out"


async def test_fresh_recovery_codes_replace_the_earlier_ones(anna: Guarded, time: Traveller) -> None:
    earlier = (await anna.two_factor()).recovery_codes
    time.forward(minutes=6)
    async with transaction(anna.story.sessions) as session:
        with pytest.raises(Refused, match=r"step_up\.needed"):
            await two_factor.new_recovery_codes(session, anna.actor, keys=anna.story.keys)
    actor = await anna.stepped_up(Act.RECOVERY_CODES)
    async with transaction(anna.story.sessions) as session:
        codes = await two_factor.new_recovery_codes(session, actor, keys=anna.story.keys)
    assert len(await anna.story.mails("recovery_renewed")) == 1
    await anna.begin()
    assert code_of(await anna.enter(earlier[0])) == "step_up.code_wrong"
    assert code_of(await anna.enter(codes[0])) is None


async def test_off_needs_a_code_that_was_asked_for_just_that(anna: Guarded, time: Traveller) -> None:
    async def off(actor: object = None) -> bool:
        async with transaction(anna.story.sessions) as session:
            return await two_factor.off(session, actor or anna.actor, anna.person.id, chat=CHAT)  # type: ignore[arg-type]  # an Actor

    assert await off() is False
    await anna.two_factor()
    time.forward(minutes=1)
    await anna.stepped_up(Act.DETAILS)
    with pytest.raises(Refused) as refused:
        await off()
    assert refused.value.values == {"act": "two_factor_off"}
    time.forward(minutes=1)
    await anna.stepped_up(Act.TWO_FACTOR_OFF)
    assert await off() is True
    assert await _state(anna) == TwoFactorState()
    assert [mail.values["by"] for mail in await anna.story.mails("two_factor_off")] == ["person"]
    assert (await anna.begin()).method == "email"


async def test_staff_turn_it_off_for_who_lost_everything_and_nobody_else_can(anna: Guarded) -> None:
    await anna.two_factor()
    bert = Guarded(anna.story, await anna.story.person("Bert", "bert@post.example"))
    async with transaction(anna.story.sessions) as session:
        with pytest.raises(Refused, match=r"step_up\.needed"):
            await two_factor.off(session, bert.actor, anna.person.id, chat=CHAT)
    async with transaction(anna.story.sessions) as session:
        assert await two_factor.off(session, OFFICE, anna.person.id)
    assert [mail.values["by"] for mail in await anna.story.mails("two_factor_off")] == ["office"]


async def test_a_lost_key_is_said_to_the_operator(anna: Guarded) -> None:
    await anna.two_factor()
    await anna.begin()
    anna.story.keys = Keys(("another secret",))
    with pytest.raises(Misconfigured, match=r"keys\.secrets"):
        await anna.enter("123456")


async def test_removal_leaves_nothing_of_it(anna: Guarded) -> None:
    await anna.two_factor()
    async with transaction(anna.story.sessions) as session:
        await persons.remove(session, await session.get_one(Person, anna.person.id), OFFICE)
        assert (await session.scalars(select(TwoFactor))).all() == []
        assert (await session.scalars(select(RecoveryCode))).all() == []


async def test_everything_at_once_never_waits_in_a_circle(anna: Guarded, time: Traveller) -> None:
    """Codes, locks, a new chat and unlinking of one person, all at once: no deadlock, the code counts at most once."""
    await anna.two_factor()
    time.forward(minutes=6)
    await anna.begin()
    await anna.begin(chat=None)
    await anna.story.begin(OTHER_CHAT)
    await anna.story.email(anna.person.email, OTHER_CHAT)
    digits, arriving = anna.app(), await anna.story.mailed_code()

    async def unlink() -> None:
        async with transaction(anna.story.sessions) as session:
            await links.unlink(session, anna.person.id, actor=OFFICE, reason="staff")

    outcomes = await asyncio.gather(
        anna.enter(digits), anna.enter(digits, chat=None), anna.story.enter(arriving, OTHER_CHAT), unlink()
    )
    right = [outcome for outcome in outcomes[:2] if outcome is not None and outcome.refused is None]
    assert len(right) <= 1
