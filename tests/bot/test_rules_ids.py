"""Everything that a button can carry, with somebody else's ids: for others it doesn't exist, whatever they tap (DOS-7)."""

from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from bot.callbacks import Verb, pack
from core.actor import OFFICE, Actor, ActorKind, Channel
from core.database import transaction
from core.deliveries.models import Delivery
from core.documents import upload_requests
from core.documents.models import Document
from core.dossiers.models import Dossier
from core.messages import drafts
from core.messages.models import Attachment, DraftAttachment, Message
from core.office import Office
from core.people import details
from core.people.details import Field
from core.people.models import Person
from sandbox.telegram import Phone
from tests.bot.world import World, toast_of

SECRET = "Geheim"
"""Stands in everything of Bram's."""

ABSENT = 987_654_321

OWN_AFFAIRS = frozenset({Verb.UNLINK})
"""A verb after which nobody is there any more to tap the next."""


@dataclass(frozen=True)
class Things:
    """Ids of what is Bram's."""

    dossier: int
    document: int
    message: int
    attachment: int
    draft: int
    draft_file: int
    request: int
    change: int
    account: int

    def all(self) -> set[int]:
        return set(vars(self).values())


async def brams(world: World, bram: Person) -> Things:
    """One of everything, all of it unread, open and secret."""
    dossier = await world.dossier("2026-777", bram, description=f"{SECRET} huis")
    await world.publish(dossier, f"{SECRET}.pdf")
    message = await world.write(dossier, f"{SECRET} bericht", f"{SECRET}!", {f"{SECRET}.txt": b"x"})
    actor = Actor(kind=ActorKind.PERSON, id=bram.id, channel=Channel.TELEGRAM)
    async with transaction(world.sessions) as session:
        here = await session.get_one(Dossier, dossier.id)
        request = await upload_requests.ask(session, here, title=f"{SECRET} stuk", actor=OFFICE)
        draft = await drafts.start(session, actor, dossier_id=dossier.id, subject=SECRET)
        await drafts.add_text(session, actor, source="test", text=SECRET)
        attached = (await session.scalars(select(Attachment))).one()
        session.add(DraftAttachment(draft_id=draft.id, source="f", file_id=attached.file_id, name=f"{SECRET}.png"))
        person = await session.get_one(Person, bram.id)
        change = await details.propose(session, person, Field.NAME, f"{SECRET} Bos", office=Office())
        await session.flush()
        return Things(
            dossier=dossier.id,
            document=(await session.scalars(select(Document.id))).one(),
            message=message.id,
            attachment=attached.id,
            draft=draft.id,
            draft_file=(await session.scalars(select(DraftAttachment.id))).one(),
            request=request.id,
            change=change.id,
            account=dossier.account_id,
        )


def forged(verb: Verb, number: int) -> list[str]:
    """What a button of this verb may look like with this id in each place."""
    shapes: list[tuple[object, ...]] = [(number,), (number, number), (number, "correspondence", 0)]
    return [pack(verb, *shape) for shape in shapes]


@pytest.mark.rule("DOS-7")
async def test_a_forged_button_of_any_verb_shows_and_changes_nothing_of_others(world: World) -> None:
    """Every verb that there is, so that a new one is looked at too."""
    anna, phone = await world.linked()
    bram, other = await world.linked("Bram Bos")
    await world.dossier("2026-001", anna)
    things = await brams(world, bram)
    await other.wait(lambda p: SECRET in p.transcript)
    before = await state(world)
    for verb in Verb:
        if verb in OWN_AFFAIRS:
            continue
        for number in sorted(things.all()):
            for data in forged(verb, number):
                await phone.tap(data=data, forge=True)
        await settled(phone)
        assert SECRET not in everything_on(phone), verb
        assert await state(world) == before, verb
    assert await files_for(world, anna) == 0


@pytest.mark.rule("DOS-7")
async def test_what_is_not_theirs_and_what_is_not_there_are_answered_alike(world: World) -> None:
    _, phone = await world.linked()
    bram, _ = await world.linked("Bram Bos")
    things = await brams(world, bram)
    theirs = {
        Verb.DOSSIER: things.dossier,
        Verb.PROGRESS: things.dossier,
        Verb.MESSAGES: things.dossier,
        Verb.NEW_MESSAGE: things.dossier,
        Verb.DOWNLOAD: things.document,
        Verb.MESSAGE: things.message,
        Verb.VERSIONS: things.message,
        Verb.REPLY: things.message,
        Verb.ATTACHMENT: things.attachment,
        Verb.DRAFT_SEND: things.draft,
        Verb.DRAFT_CANCEL: things.draft,
        Verb.TASK: things.request,
        Verb.SUPPLY: things.request,
        Verb.DETAIL_SAVE: things.change,
    }
    for verb, number in theirs.items():
        answers = []
        for each in (number, ABSENT):
            toast = await toast_of(phone, phone.tap(data=pack(verb, each), forge=True))
            answers.append((toast.text, toast.alert))
        assert answers[0] == answers[1], verb
        assert answers[0][1], verb


@pytest.mark.rule("DOS-7")
async def test_a_draft_cannot_be_moved_into_somebody_elses_dossier(world: World) -> None:
    anna, phone = await world.linked()
    bram, _ = await world.linked("Bram Bos")
    await world.dossier("2026-001", anna)
    await world.dossier("2026-002", anna)
    things = await brams(world, bram)
    await phone.say("Goedemorgen, een vraag over de sleutels")
    await phone.wait(lambda p: "Bij welk dossier hoort dit?" in p.screen.text)
    async with transaction(world.sessions) as session:
        mine = await drafts.current(session, anna.id)
        assert mine is not None
    toast = await toast_of(phone, phone.tap(data=pack(Verb.DRAFT_DOSSIER, mine.id, things.dossier), forge=True))
    assert toast.alert
    await toast_of(phone, phone.tap(data=pack(Verb.DRAFT_REMOVE, mine.id, things.draft_file), forge=True))
    async with transaction(world.sessions) as session:
        after = await drafts.current(session, anna.id)
        assert after is not None and after.dossier_id is None
        assert await session.get(DraftAttachment, things.draft_file) is not None
        assert await session.scalar(select(func.count()).select_from(Message)) == 1
    assert SECRET not in everything_on(phone)


async def settled(phone: Phone) -> None:
    """All taps were answered: what comes from one chat is handled in its order."""
    barrier = await phone.say("/versie")
    await phone.wait(lambda p: any(m.id > barrier.id and "Loket 1.2.3" in m.text for m in p.messages), timeout=60)


def everything_on(phone: Phone) -> str:
    """All that the person can see: messages, buttons, boxes, file names."""
    shown = [f"{m.text} {m.labels()} {m.file.name if m.file else ''}" for m in phone.messages]
    return " ".join([*shown, *(toast.text for toast in phone.toasts)])


async def state(world: World) -> object:
    """What stands there of Bram's."""
    async with transaction(world.sessions) as session:
        return [
            [tuple(row) for row in await session.execute(select(*model.__table__.columns).order_by("id"))]
            for model in (Dossier, Document, Message, DraftAttachment)
        ]


async def files_for(world: World, person: Person) -> int:
    """Files on their way to this person."""
    async with transaction(world.sessions) as session:
        query = select(func.count()).where(Delivery.person_id == person.id, Delivery.kind == "file")
        return await session.scalar(query) or 0
