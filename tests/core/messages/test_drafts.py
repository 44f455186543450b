"""Drafts: written in pieces, kept in the database, sent once (MSG-3 to MSG-8)."""

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


async def begun(session: AsyncSession) -> Situation:
    """Anna has begun a message in the dossier, with a subject and no text yet."""
    here = await situation(session)
    await drafts.start(session, customer(here.anna), dossier_id=here.dossier.id, subject="Vraag")
    return here


async def ready(session: AsyncSession) -> tuple[Situation, drafts.DraftView]:
    """Anna's message is ready to be sent."""
    here = await begun(session)
    return here, await drafts.add_text(session, customer(here.anna), source="1", text="Wanneer is het?")


async def test_a_draft_is_there_again_on_return(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        assert await drafts.current(session, here.anna.id) is None
        started = await drafts.start(session, customer(here.anna))
        assert started.missing == ("dossier", "subject", "text")
        await drafts.choose_dossier(session, customer(here.anna), here.dossier.id)
        await drafts.set_subject(session, customer(here.anna), " Vraag\nover de akte ")
        await drafts.add_text(session, customer(here.anna), source="1", text="Wanneer is het?")
    async with transaction(sessions) as session:
        draft = await drafts.current(session, here.anna.id)
        assert draft is not None
        assert (draft.id, draft.dossier_number, draft.subject) == (started.id, "2026-0012", "Vraag over de akte")
        assert (draft.text, draft.length, draft.limit, draft.over) == ("Wanneer is het?", 15, 4000, False)
        assert draft.missing == ()


async def test_one_draft_at_a_time(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await begun(session)
        with refusing("draft.exists"):
            await drafts.start(session, customer(here.anna))
        await drafts.start(session, customer(here.bram))
        await drafts.cancel(session, customer(here.anna))
        await drafts.cancel(session, customer(here.anna))
        assert (await drafts.start(session, customer(here.anna))).subject == ""


async def test_pieces_count_once_and_can_be_edited(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await begun(session)
        anna = customer(here.anna)
        await drafts.add_text(session, anna, source="1", text="a" * 4096)
        await drafts.add_text(session, anna, source="2", text="b")
        again = await drafts.add_text(session, anna, source="2", text="b")
        assert (again.length, again.over) == (4097, True)
        assert drafts.full_text(again) == "a" * 4096 + "b"
        edited = await drafts.edit_text(session, anna, source="1", text="kort")
        assert edited is not None
        assert (edited.text, edited.over) == ("kort\nb", False)
        assert await drafts.edit_text(session, anna, source="9", text="x") is None
        await drafts.cancel(session, anna)
        assert await drafts.edit_text(session, anna, source="1", text="x") is None


async def test_files_wait_are_kept_removed_or_dropped(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, draft = await ready(session)
        anna = customer(here.anna)
        file = await stored(session)
        for source in ("10", "11", "12", "12"):
            draft = await drafts.attach(session, anna, source=source, file=file, name=f"{source}.pdf")
        assert ([each.name for each in draft.attachments], draft.pending) == (["10.pdf", "11.pdf", "12.pdf"], 3)
        assert draft.missing == ("files",)
        draft = await drafts.remove(session, anna, draft.attachments[1].id)
        draft = await drafts.keep(session, anna)
        assert ([(each.name, each.kept) for each in draft.attachments], draft.pending) == (
            [("10.pdf", True), ("12.pdf", True)],
            0,
        )
        draft = await drafts.attach(session, anna, source="13", file=file, name="13.pdf")
        with refusing("draft.files_pending", n=1):
            await drafts.send(session, anna, draft.id, office=Office())
        draft = await drafts.drop_pending(session, anna)
        assert [each.name for each in draft.attachments] == ["10.pdf", "12.pdf"]
        message = await drafts.send(session, anna, draft.id, office=Office())
        sent = (await messages.read(session, anna, message.id)).attachments
        assert [each.name for each in sent] == ["10.pdf", "12.pdf"]


async def test_nobody_takes_a_file_off_another_ones_draft(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await begun(session)
        draft = await drafts.attach(session, customer(here.anna), source="1", file=await stored(session), name="a.pdf")
        await drafts.start(session, customer(here.bram))
        await drafts.remove(session, customer(here.bram), draft.attachments[0].id)
        again = await drafts.current(session, here.anna.id)
        assert again is not None
        assert len(again.attachments) == 1


async def test_sending_twice_sends_once(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, draft = await ready(session)

    async def tap() -> Message:
        async with transaction(sessions) as session:
            return await drafts.send(session, customer(here.anna), draft.id, office=Office())

    async with asyncio.TaskGroup() as group:
        taps = [group.create_task(tap()) for _ in range(4)]
    assert len({each.result().id for each in taps}) == 1
    async with transaction(sessions) as session:
        assert len(await deliveries(session)) == 2, "to Hugo and to Bram"
        assert await drafts.current(session, here.anna.id) is None
        assert (await tap_again(session, here, draft)).id == taps[0].result().id


async def tap_again(session: AsyncSession, here: Situation, draft: drafts.DraftView) -> Message:
    return await drafts.send(session, customer(here.anna), draft.id, office=Office())


async def test_what_is_missing_is_asked_for(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        anna, office = customer(here.anna), Office()
        draft = await drafts.start(session, anna)
        with refusing("draft.dossier_missing"):
            await drafts.send(session, anna, draft.id, office=office)
        await drafts.choose_dossier(session, anna, here.dossier.id)
        with refusing("draft.subject_missing"):
            await drafts.send(session, anna, draft.id, office=office)
        with refusing("draft.subject_missing"):
            await drafts.set_subject(session, anna, " \n ")
        await drafts.set_subject(session, anna, "Vraag")
        with refusing("draft.text_missing"):
            await drafts.send(session, anna, draft.id, office=office)
        await drafts.add_text(session, anna, source="1", text="Dag")
        assert (await drafts.send(session, anna, draft.id, office=office)).text == "Dag"


async def test_an_over_long_draft_is_cut_with_the_whole_text_attached(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await begun(session)
        anna, office = customer(here.anna), Office(message_limit=10)
        draft = await drafts.add_text(session, anna, source="1", text="0123456789!", limit=10)
        assert draft.over
        whole = await stored(session, "volledige-tekst.txt", media_type="text/plain")
        message = await drafts.send(session, anna, draft.id, office=office, full_text_file=whole)
        assert (message.text, message.cut) == ("0123456789", "!")
        shown = await messages.read(session, anna, message.id)
        assert [each.name for each in shown.attachments] == ["volledige-tekst.txt"]


async def test_an_answer_has_its_dossier_and_subject(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        anna, office = customer(here.anna), Office()
        question = await messages.post(
            session, here.dossier, actor=worker(here.hugo), subject="Paspoort", text="Stuurt u het?", office=office
        )
        draft = await drafts.start(session, anna, reply_to_id=question.id)
        assert (draft.dossier_id, draft.subject, draft.missing) == (here.dossier.id, "Re: Paspoort", ("text",))
        await drafts.add_text(session, anna, source="1", text="Hierbij")
        answer = await drafts.send(session, anna, draft.id, office=office)
        assert (answer.reply_to_id, answer.thread_id) == (question.id, question.id)


async def test_another_dossier_makes_an_answer_a_new_message(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        anna = customer(here.anna)
        question = await messages.post(
            session, here.dossier, actor=worker(here.hugo), subject="Paspoort", text="Stuurt u het?", office=Office()
        )
        other = await dossiers.create(
            session, account_id=here.account.id, number="B", description="B", status="Nieuw", actor=OFFICE
        )
        await dossiers.add_participant(session, other, here.anna, OFFICE)
        await drafts.start(session, anna, reply_to_id=question.id)
        draft = await drafts.choose_dossier(session, anna, other.id)
        assert (draft.dossier_number, draft.reply_to_id) == ("B", None)


@pytest.mark.parametrize("whose", ["bram", "vera"])
async def test_another_ones_draft_does_not_exist(sessions: Sessions, whose: str) -> None:
    async with transaction(sessions) as session:
        here, draft = await ready(session)
        with refusing("draft.unknown"):
            await drafts.send(session, customer(getattr(here, whose)), draft.id, office=Office())


async def test_a_cancelled_draft_is_not_sent_and_takes_nothing_more(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, draft = await ready(session)
        anna = customer(here.anna)
        await drafts.cancel(session, anna)
        with refusing("draft.unknown"):
            await drafts.send(session, anna, draft.id, office=Office())
        with refusing("draft.unknown"):
            await drafts.add_text(session, anna, source="2", text="nog iets")
        with refusing("draft.unknown"):
            await drafts.attach(session, anna, source="3", file=await stored(session), name="a.pdf")


async def test_who_lost_the_dossier_can_not_write_in_it(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, draft = await ready(session)
        with refusing("dossier.unknown"):
            await drafts.start(session, customer(here.vera), dossier_id=here.dossier.id)
        await dossiers.remove_participant(session, here.dossier, here.anna, OFFICE)
        with refusing("dossier.unknown"):
            await drafts.send(session, customer(here.anna), draft.id, office=Office())
        assert await deliveries(session) == []
