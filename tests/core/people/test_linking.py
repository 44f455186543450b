"""The way of a chat to a link: code, address, six digits (LINK-3, 4, 5, 6, 10)."""

import pytest
from sqlalchemy import func, select

from core.actor import Channel
from core.database import transaction
from core.errors import Refused
from core.people import addresses, keypad, linking, links
from core.people.models import Invitation, Link, Linking
from tests.core.people.linkers import CHAT, OTHER_CHAT, Story, refused, wrong


async def test_the_whole_way_with_an_invitation(story: Story) -> None:
    anna = await story.person()
    code = await story.invite(anna)
    assert code == await story.mailed_code("invitation")

    assert refused(await story.code(code)) is None
    assert refused(await story.email(" Anna@POST.example ")) is None
    outcome = await story.enter(await story.mailed_code())

    assert outcome.refused is None
    assert outcome.person is not None
    assert outcome.person.id == anna.id
    assert outcome.replaced is None
    async with transaction(story.sessions) as session:
        known = await links.person_of(session, CHAT)
        assert known is not None
        assert known.id == anna.id
        assert known.email_proven_at is not None
        reach = await addresses.of(session, anna.id)
        assert reach[Channel.TELEGRAM].value == str(CHAT.chat_id)
        assert await linking.pending(session, CHAT) is None
        invitation = (await session.scalars(select(Invitation))).one()
        assert invitation.used_at is not None
    third = (await story.mails("linked"))[0]
    assert third.address == "anna@post.example"
    assert third.values["telegram_name"] == "Anna V."


async def test_the_code_may_have_spaces_and_dashes_but_no_other_case(story: Story) -> None:
    code = await story.invite(await story.person())
    assert refused(await story.code(code.lower())) == "link.code_unknown"
    assert refused(await story.code(f"  {code[:5]} - {code[5:]} ")) is None


async def test_without_a_code_the_address_on_file_is_enough(story: Story) -> None:
    anna = await story.person()
    outcome = await story.link(anna)
    assert outcome.person is not None
    assert outcome.person.id == anna.id


@pytest.mark.parametrize("email", ["stranger@post.example", "bert@post.example"])
async def test_an_address_that_does_not_match_walks_the_same_way_and_never_arrives(story: Story, email: str) -> None:
    await story.person("Bert", "bert@post.example")
    code = await story.invite(await story.person())
    await story.code(code)
    assert refused(await story.email(email)) is None
    assert await story.mails("linking_code") == []
    async with transaction(story.sessions) as session:
        waiting = await linking.pending(session, CHAT)
        assert waiting is not None
        assert waiting.code_hash is not None
        assert waiting.person_id is None
    outcome = await story.enter("123456")
    assert refused(outcome) == "link.digits_wrong"
    assert outcome.refused is not None
    assert outcome.refused.values == {"left": 4}


async def test_an_unknown_address_costs_the_same_statements_as_a_known_one(story: Story) -> None:
    """LINK-10: no time tells them apart, so the database is asked the same questions in the same order."""
    from sqlalchemy import event

    await story.person()
    engine = story.sessions.kw["bind"].sync_engine
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _cur, statement, *_: said.append(statement))
    heard: dict[str, list[str]] = {}
    for email in ("anna@post.example", "nobody@post.example"):
        await story.begin()
        said.clear()
        await story.email(email)
        heard[email] = [statement.split(" ")[0] for statement in said if "SAVEPOINT" not in statement]
    known, unknown = heard.values()
    assert len(known) > 5
    assert known == unknown
    assert len(await story.mails("linking_code")) == 1


async def test_what_is_no_address_is_said_at_once_and_counts_nothing(story: Story) -> None:
    await story.begin()
    assert refused(await story.email("anna at post")) == "email.form"
    async with transaction(story.sessions) as session:
        waiting = await linking.pending(session, CHAT)
        assert waiting is not None
        assert waiting.email is None


async def test_digits_may_be_pressed_one_by_one(story: Story) -> None:
    anna = await story.person()
    await story.begin()
    with pytest.raises(Refused, match=r"link\.not_pending"):
        await story.press("1")
    await story.email(anna.email)
    for key in ("9", "9", "back", "clear", "back"):
        await story.press(key)
    digits = await story.mailed_code()
    entered = ""
    for digit in digits:
        entered = await story.press(digit)
    assert entered == digits
    assert await story.press("7") == digits
    assert (await story.enter(entered)).person is not None


def test_a_keypad_has_no_other_keys() -> None:
    with pytest.raises(ValueError, match="no key"):
        keypad.pressed("12", "x")
    with pytest.raises(ValueError, match="no key"):
        keypad.pressed("12", "34")


async def test_a_wrong_try_empties_the_keypad_and_says_how_many_are_left(story: Story) -> None:
    await story.begin()
    await story.email((await story.person()).email)
    digits = await story.mailed_code()
    await story.press("1")
    outcome = await story.enter(wrong(digits))
    assert outcome.refused is not None
    assert (outcome.refused.code, outcome.refused.values) == ("link.digits_wrong", {"left": 4})
    assert await story.press("5") == "5"
    assert (await story.enter(f"{digits[:3]} {digits[3:]}")).person is not None


async def test_digits_of_another_chat_are_wrong_here(story: Story) -> None:
    anna = await story.person()
    bert = await story.person("Bert", "bert@post.example")
    await story.begin()
    await story.email(anna.email)
    await story.begin(OTHER_CHAT)
    await story.email(bert.email, OTHER_CHAT)
    berts = await story.mailed_code()
    assert refused(await story.enter(berts, CHAT)) == "link.digits_wrong"
    assert (await story.enter(berts, OTHER_CHAT)).person is not None


async def test_a_used_a_revoked_and_an_unknown_code_are_refused_by_name(story: Story) -> None:
    anna = await story.person()
    first = await story.invite(anna)
    second = await story.invite(anna)
    assert refused(await story.code(first)) == "link.code_expired"
    await story.code(second)
    await story.email(anna.email)
    await story.enter(await story.mailed_code())
    assert refused(await story.code(second, OTHER_CHAT)) == "link.code_used"
    assert refused(await story.code("ACDEF34678", OTHER_CHAT)) == "link.code_unknown"


async def test_a_linked_chat_stays_whose_it_is(story: Story) -> None:
    await story.link(await story.person())
    bert = await story.person("Bert", "bert@post.example")
    for outcome in (await story.begin(), await story.code(await story.invite(bert))):
        assert outcome.refused is not None
        assert (outcome.refused.code, outcome.refused.values) == ("link.chat_linked", {"name": "Anna de Vries"})


async def test_linking_elsewhere_ends_the_earlier_link_and_the_mail_says_so(story: Story) -> None:
    anna = await story.person()
    await story.link(anna)
    outcome = await story.link(anna, OTHER_CHAT)
    assert outcome.replaced is not None
    assert outcome.replaced.chat_id == CHAT.chat_id
    async with transaction(story.sessions) as session:
        assert await links.person_of(session, CHAT) is None
        now = await links.link_of(session, anna.id)
        assert now is not None
        assert now.chat_id == OTHER_CHAT.chat_id
        assert (await addresses.of(session, anna.id))[Channel.TELEGRAM].value == str(OTHER_CHAT.chat_id)
    assert [mail.values["replaced"] for mail in await story.mails("linked")] == [None, "Anna V."]
    assert await story.mails("unlinked") == []


async def test_cancelling_makes_a_chat_a_stranger_again(story: Story) -> None:
    anna = await story.person()
    await story.begin()
    await story.email(anna.email)
    async with transaction(story.sessions) as session:
        await linking.cancel(session, CHAT)
    assert refused(await story.enter(await story.mailed_code())) == "link.not_pending"
    assert refused(await story.email(anna.email)) == "link.not_pending"
    assert refused(await story.resend()) == "link.not_pending"


async def test_starting_again_leaves_one_linking_open(story: Story) -> None:
    await story.begin()
    await story.begin()
    async with transaction(story.sessions) as session:
        assert await session.scalar(select(func.count()).where(Linking.ended_at.is_(None))) == 1
        assert await session.scalar(select(func.count(Link.id))) == 0


async def test_no_code_is_kept_readable(story: Story) -> None:
    anna = await story.person()
    code = await story.invite(anna)
    await story.code(code)
    await story.email(anna.email)
    digits = await story.mailed_code()
    async with transaction(story.sessions) as session:
        kept = [*(await session.execute(select(Invitation.code_hash))).scalars()]
        kept += [hashed or "" for hashed in (await session.execute(select(Linking.code_hash))).scalars()]
    mails = await story.mails("linking_code") + await story.mails("invitation")
    readable = " ".join([*kept, *(str(mail.values) + repr(mail.secret) for mail in mails)])
    assert code not in readable
    assert digits not in readable
