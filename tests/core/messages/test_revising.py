"""An edit after sending is a new version beside the old (MSG-8)."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import OFFICE
from core.database import Sessions, transaction
from core.dossiers import dossiers
from core.messages import drafts, messages
from core.messages.models import Message
from core.office import Office
from tests.core.dossiers.situation import Situation, customer, deliveries, refusing, situation, stored, worker


async def sent(session: AsyncSession, *texts: str, office: Office | None = None) -> tuple[Situation, Message]:
    """Anna has sent a message that she wrote in these pieces, with sources 1, 2, ..."""
    here = await situation(session)
    draft = await drafts.start(session, customer(here.anna), dossier_id=here.dossier.id, subject="Vraag")
    for n, text in enumerate(texts or ("Wanneer is het?",), 1):
        await drafts.add_text(session, customer(here.anna), source=str(n), text=text)
    return here, await drafts.send(session, customer(here.anna), draft.id, office=office or Office())


async def revise(session: AsyncSession, here: Situation, text: str, *, source: str = "1") -> Message | None:
    return await messages.revise(session, customer(here.anna), source=source, text=text, office=Office())


async def test_an_edit_keeps_what_was_said_and_tells_the_office(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, message = await sent(session)
        changed = await revise(session, here, "Wanneer is de akte?")
        assert changed is not None
        assert (changed.id, changed.text) == (message.id, "Wanneer is de akte?")
        await revise(session, here, "Hoe laat is de akte?")
        first, second = await messages.versions(session, customer(here.bram), message.id)
        assert (first.text, first.written_at) == ("Wanneer is het?", message.sent_at)
        assert (second.text, second.written_at) == ("Wanneer is de akte?", first.replaced_at)
        assert message.edited_at == second.replaced_at
        edits = [each for each in await deliveries(session) if each.kind == "message_edited_staff"]
        assert [(each.values["text"], each.values["previous"], each.values["version"]) for each in edits] == [
            ("Wanneer is de akte?", "Wanneer is het?", 2),
            ("Hoe laat is de akte?", "Wanneer is de akte?", 3),
        ]
        assert {(each.address, each.message_id) for each in edits} == {("hugo@kantoor.example", message.id)}
        assert edits[0].thread == f"dossier-{here.dossier.id}-{message.id}"


async def test_it_is_shown_as_edited(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, message = await sent(session)
        for edits in (0, 1):
            rows, _ = await messages.page(session, customer(here.bram), here.dossier.id, offset=0, limit=8)
            assert [row.edited for row in rows] == [edits > 0]
            assert (await messages.read(session, worker(here.hugo), message.id)).versions == edits
            await revise(session, here, "Wanneer is de akte?")


async def test_the_same_text_changes_nothing(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, message = await sent(session)
        before = len(await deliveries(session))
        for text in ("Wanneer is het?", " Wanneer is het?\r\n"):
            assert (await revise(session, here, text)) is message
        assert message.edited_at is None
        for _ in range(3):
            await revise(session, here, "Dag")
        assert len(await deliveries(session)) == before + 1
        assert len(await messages.versions(session, customer(here.anna), message.id)) == 1


async def test_one_piece_of_several_is_changed(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, message = await sent(session, "a" * 4096, "b", "c", office=Office(message_limit=10_000))
        await messages.revise(session, customer(here.anna), source="3", text="d", office=Office(message_limit=10_000))
        assert message.text == "a" * 4096 + "b\nd"


async def test_what_is_over_the_limit_is_cut_and_kept(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, message = await sent(session)
        await revise(session, here, "x" * 4001)
        assert (len(message.text), message.cut) == (4000, "x")


@pytest.mark.parametrize("source", ["2", "", "draft:1"])
async def test_what_nobody_sent_is_not_revised(sessions: Sessions, source: str) -> None:
    async with transaction(sessions) as session:
        here, message = await sent(session)
        assert await revise(session, here, "Dag", source=source) is None
        assert message.edited_at is None


async def test_only_the_author_revises(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, message = await sent(session)
        for actor in (customer(here.bram), worker(here.hugo)):
            assert await messages.revise(session, actor, source="1", text="Dag", office=Office()) is None
        with refusing("message.unknown"):
            await messages.versions(session, customer(here.vera), message.id)
        await dossiers.remove_participant(session, here.dossier, here.anna, OFFICE)
        with refusing("dossier.unknown"):
            await revise(session, here, "Dag")


async def test_an_open_draft_is_not_a_sent_message(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        await drafts.start(session, customer(here.anna), dossier_id=here.dossier.id, subject="Vraag")
        await drafts.add_text(session, customer(here.anna), source="1", text="Dag")
        assert await revise(session, here, "Hallo") is None


async def test_a_message_is_not_emptied(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, _ = await sent(session)
        with refusing("message.empty"):
            await revise(session, here, " \n ")


async def test_with_files_the_text_may_go(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        anna = customer(here.anna)
        draft = await drafts.start(session, anna, dossier_id=here.dossier.id, subject="Vraag")
        await drafts.add_text(session, anna, source="1", text="Dag")
        await drafts.attach(session, anna, source="2", file=await stored(session), name="a.pdf")
        await drafts.keep(session, anna)
        message = await drafts.send(session, anna, draft.id, office=Office())
        await revise(session, here, " ")
        assert message.text == ""


async def test_two_edits_at_once_are_two_versions(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, message = await sent(session)

    async def edit(text: str) -> None:
        async with transaction(sessions) as session:
            await revise(session, here, text)

    await asyncio.gather(*(edit(f"Versie {n}") for n in range(5)))
    async with transaction(sessions) as session:
        kept = await messages.versions(session, customer(here.anna), message.id)
        assert [each.number for each in kept] == [1, 2, 3, 4, 5]
        now = (await session.get_one(Message, message.id)).text
        assert {each.text for each in kept} | {now} == {"Wanneer is het?"} | {f"Versie {n}" for n in range(5)}
