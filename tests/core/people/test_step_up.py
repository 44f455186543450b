"""Confirming an act with a fresh code over the other channel (STEP-1, STEP-5)."""

import asyncio

import pytest
from sqlalchemy import select

from core.actor import OFFICE, Channel
from core.database import Wake, transaction
from core.deliveries.models import Lane
from core.errors import Refused
from core.people import addresses, links, persons, step_up
from core.people.models import Person
from core.people.security_models import StepUp
from core.people.step_up import Act
from core.schedule.scheduler import Scheduler
from tests.core.people.guards import Guarded, Traveller, code_of
from tests.core.people.linkers import CHAT, OTHER_CHAT, wrong


async def test_in_telegram_the_code_goes_by_mail_and_counts_for_five_minutes(anna: Guarded, time: Traveller) -> None:
    begun = await anna.begin(Act.DETAILS, tap="d:7")
    mail = (await anna.story.mails("step_up_code"))[0]
    assert (mail.channel, mail.address, mail.lane) == (Channel.EMAIL, "anna@post.example", Lane.INTERACTIVE)
    assert mail.values == {"name": "Anna de Vries", "act": "details", "minutes": 5, "channel": "telegram"}
    assert (begun.method, await anna.fresh()) == ("email", False)

    outcome = await anna.enter(await anna.code())
    assert outcome.refused is None
    assert outcome.step_up is not None
    assert (outcome.step_up.act, outcome.step_up.values) == ("details", {"tap": "d:7"})
    time.forward(minutes=4, seconds=59)
    assert await anna.fresh()
    time.forward(seconds=1)
    assert not await anna.fresh()


async def test_by_mail_the_code_goes_to_telegram(anna: Guarded) -> None:
    await anna.begin(Act.DETAILS, chat=None)
    sent = (await anna.story.mails("step_up_code"))[0]
    assert (sent.channel, sent.address) == (Channel.TELEGRAM, str(CHAT.chat_id))
    assert sent.values["channel"] == "email"
    assert code_of(await anna.enter(await anna.code(), chat=None)) is None
    assert await anna.fresh(chat=None)


async def test_it_counts_only_where_it_was_entered_and_for_whom(anna: Guarded) -> None:
    await anna.stepped_up()
    assert not await anna.fresh(chat=None)
    assert not await anna.fresh(chat=OTHER_CHAT)
    async with transaction(anna.story.sessions) as session:
        assert not await step_up.fresh(session, anna.person.id + 1, CHAT)


async def test_a_code_is_asked_for_an_act_and_can_be_demanded_for_it(anna: Guarded) -> None:
    actor = await anna.stepped_up(Act.DETAILS)
    assert actor.stepped_up
    assert await anna.fresh(act=Act.DETAILS)
    assert not await anna.fresh(act=Act.TWO_FACTOR_OFF)
    step_up.demand(actor, Act.SIGNING)
    step_up.demand(OFFICE, Act.SIGNING)
    with pytest.raises(Refused) as refused:
        step_up.demand(anna.actor, Act.SIGNING)
    assert (refused.value.code, refused.value.values) == ("step_up.needed", {"act": "signing"})


async def test_a_code_opens_once_and_after_five_minutes_not_at_all(anna: Guarded, time: Traveller) -> None:
    await anna.begin()
    digits = await anna.code()
    time.forward(minutes=5)
    assert code_of(await anna.enter(digits)) == "step_up.code_expired"
    await anna.begin()
    digits = await anna.code()
    assert code_of(await anna.enter(f" {digits[:3]} {digits[3:]}")) is None
    assert code_of(await anna.enter(digits)) == "step_up.not_pending"


async def test_a_second_tap_sends_no_second_mail_but_another_act_does(anna: Guarded, time: Traveller) -> None:
    await anna.begin(Act.DETAILS, tap="first")
    time.forward(seconds=59)
    again = await anna.begin(Act.DETAILS, tap="second")
    assert again.values == {"tap": "second"}
    assert len(await anna.story.mails("step_up_code")) == 1
    earlier = await anna.code()
    await anna.begin(Act.TWO_FACTOR_OFF)
    assert len(await anna.story.mails("step_up_code")) == 2
    if earlier != await anna.code():
        assert code_of(await anna.enter(earlier)) == "step_up.sent_code_wrong"


async def test_a_fresh_code_can_be_asked_after_a_minute(anna: Guarded, time: Traveller) -> None:
    async def resend() -> None:
        async with transaction(anna.story.sessions) as session:
            await step_up.resend(session, anna.actor, keys=anna.story.keys, chat=CHAT)

    with pytest.raises(Refused, match="not_pending"):
        await resend()
    await anna.begin()
    time.forward(seconds=20)
    with pytest.raises(Refused) as refused:
        await resend()
    assert (refused.value.code, refused.value.values) == ("step_up.resend_too_soon", {"seconds": 40})
    time.forward(seconds=40)
    await resend()
    assert code_of(await anna.enter(await anna.code())) is None


async def test_nobody_is_flooded_with_codes(anna: Guarded, time: Traveller) -> None:
    for number in range(10):
        await anna.begin(Act.DETAILS if number % 2 else Act.MEMBERS)
    with pytest.raises(Refused) as refused:
        await anna.begin(Act.MEMBERS)
    assert (refused.value.code, refused.value.values) == ("step_up.too_many_codes", {"minutes": 60})
    time.forward(minutes=60)
    await anna.begin(Act.MEMBERS)


async def test_five_wrong_codes_lock_for_a_quarter_of_an_hour_and_mail_the_person(
    anna: Guarded, time: Traveller
) -> None:
    await anna.begin()
    digits = await anna.code()
    outcomes = [await anna.enter(wrong(digits)) for _ in range(5)]
    assert [outcome.refused.values.get("left") for outcome in outcomes if outcome.refused] == [4, 3, 2, 1, None]
    assert code_of(outcomes[4]) == code_of(await anna.enter(digits)) == "step_up.locked_out"
    with pytest.raises(Refused, match="locked_out"):
        await anna.begin()
    with pytest.raises(Refused, match="locked_out"):
        await anna.begin(chat=None)
    mails = await anna.story.mails("locked_out")
    assert [mail.values["minutes"] for mail in mails] == [15]
    assert len(await anna.logged("step_up.locked_out")) == 1

    time.forward(minutes=15)
    await anna.begin()
    digits = await anna.code()
    outcome = await anna.enter(wrong(digits))
    assert outcome.refused is not None
    assert outcome.refused.values == {"left": 4}
    assert code_of(await anna.enter(digits)) is None


async def test_a_right_code_starts_the_count_anew(anna: Guarded) -> None:
    for _ in range(2):
        await anna.begin()
        for _ in range(4):
            assert code_of(await anna.enter(wrong(await anna.code()))) == "step_up.sent_code_wrong"
        assert code_of(await anna.enter(await anna.code())) is None
    assert await anna.story.mails("locked_out") == []


async def test_without_another_channel_one_is_told_what_to_do(anna: Guarded) -> None:
    async with transaction(anna.story.sessions) as session:
        await addresses.mark_unreachable(session, channel=Channel.EMAIL, value="anna@post.example", reason="bounce")
    with pytest.raises(Refused, match="no_other_channel"):
        await anna.begin()
    async with transaction(anna.story.sessions) as session:
        await addresses.mark_unreachable(session, channel=Channel.TELEGRAM, value=CHAT.address, reason="blocked")
    with pytest.raises(Refused, match="no_telegram"):
        await anna.begin(chat=None)


async def test_unlinking_ends_what_was_confirmed_in_the_chat(anna: Guarded) -> None:
    await anna.stepped_up()
    await anna.begin()
    async with transaction(anna.story.sessions) as session:
        await links.unlink(session, anna.person.id, actor=OFFICE, reason="staff")
    assert not await anna.fresh()
    assert code_of(await anna.enter(await anna.code())) == "step_up.not_pending"


async def test_a_person_removed_meanwhile_confirms_nothing(anna: Guarded) -> None:
    await anna.begin()
    digits = await anna.code()
    async with transaction(anna.story.sessions) as session:
        await persons.remove(session, await session.get_one(Person, anna.person.id), OFFICE)
    assert code_of(await anna.enter(digits)) == "step_up.not_pending"
    with pytest.raises(Refused, match="not_pending"):
        await anna.begin()


async def test_the_keypad_keeps_what_was_pressed(anna: Guarded) -> None:
    async def press(key: str) -> str:
        async with transaction(anna.story.sessions) as session:
            return await step_up.press(session, anna.person.id, CHAT, key)

    with pytest.raises(Refused, match="not_pending"):
        await press("1")
    await anna.begin()
    assert [await press(key) for key in ("1", "2", "back", "3")] == ["1", "12", "1", "13"]
    async with transaction(anna.story.sessions) as session:
        waiting = await step_up.pending(session, anna.person.id, CHAT)
        assert waiting is not None
        assert waiting.entered == "13"
        await step_up.cancel(session, anna.person.id, CHAT)
        assert await step_up.pending(session, anna.person.id, CHAT) is None


async def test_two_right_codes_at_once_confirm_once(anna: Guarded) -> None:
    await anna.begin()
    digits = await anna.code()
    outcomes = await asyncio.gather(*(anna.enter(digits) for _ in range(4)))
    assert sorted(str(code_of(outcome)) for outcome in outcomes) == ["None", *["step_up.not_pending"] * 3]


async def test_wrong_codes_at_once_are_all_counted_and_mailed_once(anna: Guarded) -> None:
    await anna.begin()
    await anna.begin(chat=None)
    digits = {chat: await _code_for(anna, chat) for chat in (CHAT, None)}
    await asyncio.gather(*(anna.enter(wrong(digits[chat]), chat) for chat in (CHAT, None) for _ in range(4)))
    assert code_of(await anna.enter(digits[CHAT])) == "step_up.locked_out"
    assert len(await anna.story.mails("locked_out")) == 1


async def _code_for(anna: Guarded, chat: object) -> str:
    """The code that was sent for the step-up in this place."""
    import json

    channel = Channel.EMAIL if chat else Channel.TELEGRAM
    sent = next(mail for mail in await anna.story.mails("step_up_code") if mail.channel == channel)
    return str(json.loads(anna.story.keys.decrypt(sent.secret or b"") or b"{}")["code"])


async def test_no_code_is_kept_readable(anna: Guarded) -> None:
    begun = await anna.begin()
    digits = await anna.code()
    mail = (await anna.story.mails("step_up_code"))[-1]
    assert digits not in f"{begun.code_hash} {mail.values} {mail.secret!r}"


async def test_what_waited_for_a_code_is_forgotten_when_it_is_stopped_and_after_a_day(
    anna: Guarded, time: Traveller
) -> None:
    async def kept() -> list[dict[str, object]]:
        async with transaction(anna.story.sessions) as session:
            return list(await session.scalars(select(StepUp.values).order_by(StepUp.id)))

    await anna.begin(Act.DETAILS, text="Een geheim")
    async with transaction(anna.story.sessions) as session:
        await step_up.cancel(session, anna.person.id, CHAT)
    assert await kept() == [{}]
    await anna.begin(Act.DETAILS, text="Nog een geheim")
    scheduler = Scheduler(anna.story.sessions, step_up.jobs(), wake=Wake(anna.story.sessions))
    time.forward(hours=23, minutes=59)
    await scheduler.drain()
    assert await kept() == [{}, {"text": "Nog een geheim"}]
    time.forward(minutes=2)
    await scheduler.drain()
    assert await kept() == [{}, {}]
    await anna.begin(Act.DETAILS, text="Begin opnieuw")
    assert (await kept())[-1] == {"text": "Begin opnieuw"}
