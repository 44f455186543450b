"""Persons: one proven address each, and removal that cuts everything at once (LINK-11, TEAM-6)."""

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.actor import OFFICE, Channel, Language
from core.audit import log
from core.database import Sessions, transaction
from core.deliveries import outbox
from core.deliveries.models import Delivery, DeliveryState
from core.errors import Refused
from core.people import addresses, links, persons
from core.people.models import Person
from tests.core.people.linkers import CHAT, OTHER_CHAT, Story, refused


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Anna@Post.Example", "anna@post.example"),
        ("  a.b+c@x.nl ", "a.b+c@x.nl"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("anna@XN--BCHER-KVA.example", "anna@xn--bcher-kva.example"),
        ("anna@straße.example", "anna@xn--strae-oqa.example"),
        ("anna@post.example.", "anna@post.example"),
        ("o'brien@post.example", "o'brien@post.example"),
    ],
)
def test_an_address_has_one_form(text: str, canonical: str) -> None:
    assert persons.valid_email(text) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "anna",
        "anna@",
        "@post.example",
        "anna@localhost",
        "an na@post.example",
        "anna@post..example",
        "anna@-post.example",
        ".anna@post.example",
        "anna..b@post.example",
        "Anna <anna@post.example>",
        "anna@post.example\r\nBcc: x@post.example",
        "anna@po st.example",
        "änna@post.example",
        "a" * 65 + "@post.example",
        "anna@" + "a" * 64 + ".example",
        "anna@" + ".".join(["a" * 60] * 5),
        "anna,bert@post.example",
        "a@b@c.example,",
        "anna@[127.0.0.1]",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"email\.form"):
        persons.valid_email(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [("+31 6 1234 5678", "+31612345678"), ("06-12345678", "+31612345678"), ("0031612345678", "+31612345678")],
)
def test_a_mobile_number_is_kept_in_e164(text: str, kept: str) -> None:
    assert persons.valid_mobile(text) == kept


@pytest.mark.parametrize("text", ["12345678", "+0123456789", "+1234567890123456", "bel mij", "+31612"])
def test_what_is_no_mobile_number_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"mobile\.form"):
        persons.valid_mobile(text)


async def test_a_person_is_found_however_the_address_is_written(story: Story) -> None:
    anna = await story.person(email="Anna@Bücher.example")
    async with transaction(story.sessions) as session:
        for text in ("anna@bücher.example", "ANNA@xn--bcher-kva.EXAMPLE"):
            found = await persons.by_email(session, text)
            assert found is not None
            assert found.id == anna.id
        assert await persons.by_email(session, "bert@bücher.example") is None
        assert await persons.by_email(session, "no address") is None


async def test_an_address_belongs_to_one_person_whatever_its_capitals(story: Story) -> None:
    await story.person()
    with pytest.raises(Refused, match=r"email\.taken"):
        await story.person("Another", "ANNA@post.example")


async def test_the_database_refuses_the_same_address_too(story: Story) -> None:
    anna = await story.person()
    with pytest.raises(IntegrityError):
        async with transaction(story.sessions) as session:
            session.add(Person(name="B", email="ANNA@post.example", language=Language.NL, created_at=anna.created_at))


async def test_two_made_at_once_with_one_address_are_one(story: Story) -> None:
    made = await asyncio.gather(*(story.person() for _ in range(4)), return_exceptions=True)
    refusals = [one.code for one in made if isinstance(one, Refused)]
    assert refusals == ["email.taken"] * 3


async def test_the_office_s_own_key_is_unique_and_finds_the_person(sessions: Sessions) -> None:
    async def create(email: str) -> Person:
        async with transaction(sessions) as session:
            return await persons.create(
                session, name=" Anna  V ", email=email, language=Language.EN, external_key="K-1", actor=OFFICE
            )

    anna = await create("anna@post.example")
    assert anna.name == "Anna V"
    with pytest.raises(Refused, match=r"person\.key_taken"):
        await create("other@post.example")
    async with transaction(sessions) as session:
        found = await persons.by_external_key(session, "K-1")
        assert found is not None
        assert found.id == anna.id
        assert await persons.by_external_key(session, "K-2") is None


async def test_a_person_needs_a_name(story: Story) -> None:
    with pytest.raises(Refused, match=r"person\.name_missing"):
        await story.person(name="  ")


async def test_the_listing_finds_by_every_word(story: Story) -> None:
    await story.person("Anna de Vries", "anna@post.example")
    await story.person("Bert 100% Jansen", "bert@post.example")
    async with transaction(story.sessions) as session:
        assert [p.name for p in await persons.listing(session, limit=10)] == ["Anna de Vries", "Bert 100% Jansen"]
        assert [p.name for p in await persons.listing(session, limit=10, words="post VRIES")] == ["Anna de Vries"]
        assert [p.name for p in await persons.listing(session, limit=10, words="%")] == ["Bert 100% Jansen"]
        assert len(await persons.listing(session, limit=1)) == 1


async def test_setting_the_language_is_logged_once(story: Story) -> None:
    anna = await story.person()
    for _ in range(2):
        async with transaction(story.sessions) as session:
            await persons.set_language(session, await session.get_one(Person, anna.id), Language.EN, OFFICE)
    async with transaction(story.sessions) as session:
        assert (await session.get_one(Person, anna.id)).language == Language.EN
        assert len(await log.listing(session, act="person.language_set")) == 1


async def test_removal_cuts_all_access_at_once(story: Story) -> None:
    anna = await story.person()
    await story.link(anna)
    code = await story.invite(anna)
    await story.begin(OTHER_CHAT)
    await story.email(anna.email, OTHER_CHAT)
    digits = await story.mailed_code()
    async with transaction(story.sessions) as session:
        await outbox.queue(
            session,
            channel=Channel.TELEGRAM,
            address=CHAT.address,
            language=Language.NL,
            kind="message_new",
            values={},
            person_id=anna.id,
        )
    for _ in range(2):
        async with transaction(story.sessions) as session:
            await persons.remove(session, await session.get_one(Person, anna.id), OFFICE)
    async with transaction(story.sessions) as session:
        assert await links.person_of(session, CHAT) is None
        assert await links.link_of(session, anna.id) is None
        assert await addresses.of(session, anna.id) == {}
        assert await persons.by_email(session, anna.email) is None
        assert await persons.listing(session, limit=10) == []
        kept = await persons.by_id(session, anna.id)
        assert kept is not None
        assert kept.removed_at is not None
        query = select(Delivery.kind).where(Delivery.state == DeliveryState.QUEUED).order_by(Delivery.kind)
        assert list(await session.scalars(query)) == ["unlinked", "unlinked_here"]
        assert len(await log.listing(session, act="person.removed")) == 1
    assert refused(await story.enter(digits, OTHER_CHAT)) == "link.not_pending"
    assert refused(await story.code(code, OTHER_CHAT)) == "link.code_expired"


async def test_a_removed_person_may_come_back_as_a_new_one(story: Story) -> None:
    anna = await story.person()
    async with transaction(story.sessions) as session:
        await persons.remove(session, await session.get_one(Person, anna.id), OFFICE)
    again = await story.person()
    assert again.id != anna.id


async def test_who_was_removed_is_not_invited(story: Story) -> None:
    anna = await story.person()
    async with transaction(story.sessions) as session:
        await persons.remove(session, await session.get_one(Person, anna.id), OFFICE)
    with pytest.raises(Refused, match=r"person\.removed"):
        await story.invite(anna)
