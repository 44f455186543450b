"""My details: old → new, a code, saved, told (DET-1, 2, 3, 6; LINK-14)."""

import asyncio

import pytest
from sqlalchemy import select

from core.actor import OFFICE, Actor, ActorKind, Channel, Language
from core.database import transaction
from core.errors import Refused
from core.office import Office
from core.people import addresses, details, invitations, mobile, onboarding, persons
from core.people.detail_fields import Field
from core.people.models import Invitation, Person
from core.people.onboarding import Part, State
from core.people.proposals import Change
from tests.core.people.guards import Guarded, Traveller, code_of
from tests.core.people.linkers import wrong

ME = 5_000_000_123


async def _contact(anna: Guarded, phone: str, *, of: int | None = ME, actor: Actor | None = None) -> Change:
    async with transaction(anna.story.sessions) as session:
        return await mobile.from_contact(
            session,
            anna.person,
            phone=phone,
            contact_user_id=of,
            sender_id=ME,
            actor=actor or anna.actor,
            office=anna.story.office,
        )


async def test_what_stands_there(anna: Guarded) -> None:
    async with transaction(anna.story.sessions) as session:
        known = await details.of(session, anna.person)
    assert (known.name, known.email, known.mobile, known.new_email) == (
        "Anna de Vries",
        "anna@post.example",
        None,
        None,
    )
    assert (known.language, known.linked, known.two_factor, known.mobile_proven) == (Language.NL, True, False, False)


async def test_a_change_is_shown_confirmed_and_told(anna: Guarded) -> None:
    change = await anna.propose(Field.NAME, "  Anna   de Wit ")
    assert (change.old, change.new, change.applied) == ("Anna de Vries", "Anna de Wit", False)
    with pytest.raises(Refused) as refused:
        await anna.apply(anna.actor, change.id)
    assert (refused.value.code, refused.value.values) == ("step_up.needed", {"act": "details"})
    assert (await anna.now()).name == "Anna de Vries"

    actor = await anna.stepped_up()
    assert (await anna.apply(actor, change.id)).applied
    assert (await anna.apply(actor, change.id)).applied, "repeating it is harmless"
    assert (await anna.now()).name == "Anna de Wit"
    mails = await anna.story.mails("details_changed")
    assert [(mail.values["field"], mail.values["old"], mail.values["new"]) for mail in mails] == [
        ("name", "Anna de Vries", "Anna de Wit")
    ]
    logged = (await anna.logged("person.detail_changed"))[0]
    assert logged.details == {"field": "name"}


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        (Field.NAME, "<b>Zoë</b> 👩‍👧 משה", "<b>Zoë</b> 👩‍👧 משה"),
        (Field.NAME, "Anna\u202egnp.exe\x00", "Annagnp.exe"),
        (Field.NAME, "a" * 300, "a" * 300),
        (Field.MOBILE, "06 12 34 56 78", "+31612345678"),
        (Field.MOBILE, "0031-6-12345678", "+31612345678"),
        (Field.PROFESSIONAL_NUMBER, " BIG 1904 55-A ", "BIG 1904 55-A"),
    ],
)
async def test_each_detail_is_kept_in_its_form(anna: Guarded, field: Field, typed: str, kept: str) -> None:
    change = await anna.propose(field, typed)
    assert change.new == kept
    await anna.apply(await anna.stepped_up(), change.id)
    assert getattr(await anna.now(), field) == kept


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        (Field.NAME, " ", "details.required"),
        (Field.EMAIL, "", "details.required"),
        (Field.NAME, "a" * 301, "details.too_long"),
        (Field.NAME, "0612345678", "details.name_form"),
        (Field.NAME, "Anna de Vries", "details.unchanged"),
        (Field.EMAIL, "ANNA@post.example", "details.unchanged"),
        (Field.MOBILE, "", "details.unchanged"),
        (Field.EMAIL, "anna", "email.form"),
        (Field.MOBILE, "12", "mobile.form"),
        (Field.MOBILE, "+1234567890123456", "mobile.form"),
        (Field.PROFESSIONAL_NUMBER, "x" * 41, "details.too_long"),
        (Field.PROFESSIONAL_NUMBER, "<script>", "professional_number.form"),
        (Field.LANGUAGE, "de", "details.language"),
    ],
)
async def test_what_is_refused(anna: Guarded, field: Field, typed: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        await anna.propose(field, typed)
    assert refused.value.code == code


async def test_optional_details_may_be_emptied_unless_the_office_requires_them(anna: Guarded) -> None:
    actor = await anna.stepped_up()
    await anna.apply(actor, (await anna.propose(Field.MOBILE, "+31612345678")).id)
    change = await anna.propose(Field.MOBILE, "")
    assert (change.old, change.new) == ("+31612345678", None)
    anna.story.office = Office(required_details=frozenset({"mobile"}))
    with pytest.raises(Refused, match=r"details\.required"):
        await anna.propose(Field.MOBILE, "")
    await anna.apply(actor, change.id)
    assert (await anna.now()).mobile is None
    assert [mail.values["new"] for mail in await anna.story.mails("mobile_changed")] == ["+31612345678", None]


async def test_the_office_says_what_a_change_means(anna: Guarded) -> None:
    texts = {Language.NL: "Dit wijzigt niets bij het register.", Language.EN: "This changes nothing at the register."}
    anna.story.office = Office(consequences={"name": texts})
    assert (await anna.propose(Field.NAME, "Anna")).consequence == "Dit wijzigt niets bij het register."
    assert (await anna.propose(Field.MOBILE, "+31612345678")).consequence == ""


async def test_the_language_needs_no_code(anna: Guarded) -> None:
    await anna.apply(anna.actor, (await anna.propose(Field.LANGUAGE, "en")).id)
    assert (await anna.now()).language == Language.EN


async def test_one_change_of_a_detail_is_open_and_only_ones_own(anna: Guarded, time: Traveller) -> None:
    first = await anna.propose(Field.NAME, "Een")
    second = await anna.propose(Field.NAME, "Twee")
    other = await anna.propose(Field.MOBILE, "+31612345678")
    actor = await anna.stepped_up()
    bert = Actor(
        kind=ActorKind.PERSON,
        id=(await anna.story.person("Bert", "bert@post.example")).id,
        channel=Channel.TELEGRAM,
        stepped_up=True,
    )
    for who, change_id in ((actor, first.id), (bert, second.id)):
        with pytest.raises(Refused, match="change_unknown"):
            await anna.apply(who, change_id)
    async with transaction(anna.story.sessions) as session:
        await details.cancel(session, anna.person.id, second.id)
        assert await details.pending(session, anna.person.id, Field.NAME, office=anna.story.office) is None
        found = await details.pending(session, anna.person.id, Field.MOBILE, office=anna.story.office)
        assert found == await details.change(session, anna.person.id, other.id, office=anna.story.office) == other
    with pytest.raises(Refused, match="change_unknown"):
        await anna.apply(actor, second.id)
    time.forward(hours=24)
    with pytest.raises(Refused, match="change_unknown"):
        await anna.apply(await anna.stepped_up(), other.id)


async def test_what_changed_meanwhile_is_not_overwritten(anna: Guarded) -> None:
    change = await anna.propose(Field.NAME, "Anna de Wit")
    actor = await anna.stepped_up()
    async with transaction(anna.story.sessions) as session:
        (await session.get_one(Person, anna.person.id)).name = "A. de Vries"
    with pytest.raises(Refused, match="changed_meanwhile"):
        await anna.apply(actor, change.id)


async def test_a_new_address_counts_only_once_it_is_proven(anna: Guarded) -> None:
    async with transaction(anna.story.sessions) as session:
        await invitations.invite(session, anna.person, keys=anna.story.keys, office=anna.story.office, actor=OFFICE)
    change = await anna.propose(Field.EMAIL, "Anna@NIEUW.example")
    change = await anna.apply(await anna.stepped_up(), change.id)
    assert (change.awaits_code, change.applied) == (True, False)
    mail = (await anna.story.mails("email_code"))[0]
    assert (mail.address, mail.values) == ("anna@nieuw.example", {"name": "Anna de Vries", "minutes": 10})
    async with transaction(anna.story.sessions) as session:
        assert (await details.of(session, anna.person)).new_email == "anna@nieuw.example"
        assert await persons.by_email(session, "anna@nieuw.example") is None

    digits = await anna.story.mailed_code("email_code")
    outcome = await anna.prove(wrong(digits))
    assert outcome.refused is not None
    assert (outcome.refused.code, outcome.refused.values) == ("details.code_wrong", {"left": 4})
    assert (await anna.now()).email == "anna@post.example"

    outcome = await anna.prove(digits)
    assert outcome.change is not None
    assert outcome.change.applied
    assert (await anna.now()).email == "anna@nieuw.example"
    async with transaction(anna.story.sessions) as session:
        assert (await addresses.of(session, anna.person.id))[Channel.EMAIL].value == "anna@nieuw.example"
        assert (await session.scalars(select(Invitation))).one().revoked_at is not None
    told = await anna.story.mails("email_changed")
    assert {mail.address for mail in told} == {"anna@post.example", "anna@nieuw.example"}
    assert {(mail.values["old"], mail.values["new"]) for mail in told} == {("anna@post.example", "anna@nieuw.example")}
    assert code_of(await anna.prove(digits)) == "details.not_pending"


async def test_whose_address_it_is_is_told_only_to_who_reads_its_mail(anna: Guarded) -> None:
    await anna.story.person("Bert", "bert@post.example")
    actor = await anna.stepped_up()
    shown = await anna.apply(actor, (await anna.propose(Field.EMAIL, "bert@post.example")).id)
    assert shown.awaits_code
    assert code_of(await anna.prove(await anna.story.mailed_code("email_code"))) == "email.taken"
    assert (await anna.now()).email == "anna@post.example"


async def test_two_persons_who_prove_one_address_at_once(anna: Guarded) -> None:
    bert = Guarded(anna.story, await anna.story.person("Bert", "bert@post.example"))
    codes = {}
    for who in (anna, bert):
        change = await who.propose(Field.EMAIL, "samen@post.example")
        actor = Actor(kind=ActorKind.PERSON, id=who.person.id, channel=Channel.TELEGRAM, stepped_up=True)
        await who.apply(actor, change.id)
        codes[who.person.id] = await anna.story.mailed_code("email_code")
    outcomes = await asyncio.gather(*(who.prove(codes[who.person.id]) for who in (anna, bert)))
    assert sorted(str(code_of(outcome)) for outcome in outcomes) == ["None", "email.taken"]


async def test_guessing_the_proof_of_an_address_is_bounded(anna: Guarded, time: Traveller) -> None:
    change = await anna.apply(await anna.stepped_up(), (await anna.propose(Field.EMAIL, "anna@nieuw.example")).id)
    digits = await anna.story.mailed_code("email_code")
    codes = [code_of(outcome) for outcome in await asyncio.gather(*(anna.prove(wrong(digits)) for _ in range(6)))]
    assert codes.count("details.code_wrong") == 4
    assert code_of(await anna.prove(digits)) == "details.too_many_guesses"
    time.forward(hours=1)
    async with transaction(anna.story.sessions) as session:
        await details.resend(session, anna.actor, keys=anna.story.keys, office=anna.story.office)
    outcome = await anna.prove(await anna.story.mailed_code("email_code"))
    assert outcome.change is not None
    assert outcome.change.id == change.id


async def test_a_code_to_a_new_address_expires_and_is_sent_again_in_bounds(anna: Guarded, time: Traveller) -> None:
    async def resend() -> None:
        async with transaction(anna.story.sessions) as session:
            await details.resend(session, anna.actor, keys=anna.story.keys, office=anna.story.office)

    with pytest.raises(Refused, match="not_pending"):
        await resend()
    await anna.apply(await anna.stepped_up(), (await anna.propose(Field.EMAIL, "anna@nieuw.example")).id)
    with pytest.raises(Refused) as refused:
        await resend()
    assert (refused.value.code, refused.value.values) == ("details.resend_too_soon", {"seconds": 60})
    time.forward(minutes=10)
    assert code_of(await anna.prove(await anna.story.mailed_code("email_code"))) == "details.code_expired"
    for _ in range(4):
        await resend()
        time.forward(minutes=1)
    with pytest.raises(Refused, match="too_many_codes"):
        await resend()


async def test_the_keypad_of_a_new_address(anna: Guarded) -> None:
    async with transaction(anna.story.sessions) as session:
        with pytest.raises(Refused, match="not_pending"):
            await details.press(session, anna.person.id, "1")
    await anna.apply(await anna.stepped_up(), (await anna.propose(Field.EMAIL, "anna@nieuw.example")).id)
    async with transaction(anna.story.sessions) as session:
        assert await details.press(session, anna.person.id, "7") == "7"


async def test_staff_change_a_detail_without_a_code(anna: Guarded) -> None:
    staff = Actor(kind=ActorKind.STAFF, id=99, channel=Channel.CLI)
    await anna.apply(staff, (await anna.propose(Field.MOBILE, "+31687654321")).id)
    assert (await anna.now()).mobile == "+31687654321"
    assert [mail.values["by"] for mail in await anna.story.mails("mobile_changed")] == ["staff"]


async def test_a_person_removed_meanwhile_changes_nothing(anna: Guarded) -> None:
    change = await anna.propose(Field.NAME, "Anna de Wit")
    async with transaction(anna.story.sessions) as session:
        await persons.remove(session, await session.get_one(Person, anna.person.id), OFFICE)
    with pytest.raises(Refused, match="change_unknown"):
        await anna.apply(anna.actor, change.id)
    with pytest.raises(Refused, match="change_unknown"):
        await anna.propose(Field.NAME, "Anna de Wit")


async def test_the_first_number_of_ones_own_card_is_saved_and_proven(anna: Guarded) -> None:
    change = await _contact(anna, "31612345678")
    assert (change.applied, change.new) == (True, "+31612345678")
    person = await anna.now()
    assert person.mobile == "+31612345678"
    assert person.mobile_proven_at is not None
    assert len(await anna.story.mails("mobile_changed")) == 1


async def test_another_number_is_proposed_and_confirmed_with_a_code(anna: Guarded) -> None:
    actor = await anna.stepped_up()
    await anna.apply(actor, (await anna.propose(Field.MOBILE, "+31600000001")).id)
    assert (await anna.now()).mobile_proven_at is None
    change = await _contact(anna, "+31 6 00000002")
    assert (change.applied, change.old, change.new) == (False, "+31600000001", "+31600000002")
    await anna.apply(actor, change.id)
    assert (await anna.now()).mobile_proven_at is not None
    assert (await _contact(anna, "31600000002")).applied
    assert len(await anna.story.mails("mobile_changed")) == 2


@pytest.mark.parametrize("owner", [None, 42])
async def test_somebody_elses_card_is_refused(anna: Guarded, owner: int | None) -> None:
    with pytest.raises(Refused, match="not_own_contact"):
        await _contact(anna, "+31612345678", of=owner)
    assert (await anna.now()).mobile is None


async def test_the_checklist(anna: Guarded) -> None:
    async def states() -> list[State]:
        async with transaction(anna.story.sessions) as session:
            person = await session.get_one(Person, anna.person.id)
            steps = await onboarding.checklist(session, person)
            assert [step.part for step in steps] == list(Part)
            return [step.state for step in steps]

    later = [State.LATER] * 4
    assert await states() == [State.DONE, State.OPEN, *later]
    for _ in range(2):
        async with transaction(anna.story.sessions) as session:
            await onboarding.details_right(session, anna.person, anna.actor)
    assert await states() == [State.DONE, State.DONE, *later]
    assert len(await anna.logged("person.details_right")) == 1
