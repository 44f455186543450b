"""Messages: posted once, told to who should know, read by an act (MSG-1, 2, 5, 9; DOS-8; DOC-4)."""

import asyncio
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import OFFICE, Actor, Channel
from core.audit import log
from core.database import Sessions, transaction
from core.deliveries.models import Delivery
from core.documents import documents
from core.documents.models import Shelf
from core.dossiers import dossiers
from core.messages import messages
from core.messages.models import Direction, Message
from core.office import Office
from core.staff import members
from core.staff.models import StaffRole
from tests.core.dossiers.situation import (
    Situation,
    customer,
    deliveries,
    on_telegram,
    opened,
    refusing,
    situation,
    staff,
    stored,
    worker,
)


async def post(
    session: AsyncSession, here: Situation, actor: Actor, text: str = "Wanneer is het?", **given: Any
) -> Message:
    options: dict[str, Any] = {"subject": "Vraag", "office": Office()} | given
    return await messages.post(session, here.dossier, actor=actor, text=text, **options)


async def rows(session: AsyncSession, here: Situation, actor: Actor) -> list[messages.MessageRow]:
    return (await messages.page(session, actor, here.dossier.id, offset=0, limit=50))[0]


def told(each: Delivery) -> tuple[str, str, str]:
    return each.kind, str(each.channel), each.values["name"]


async def test_a_customers_message_is_told_to_the_handler_with_its_files(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        file = await stored(session, "paspoort.jpg", media_type="image/jpeg")
        message = await post(session, here, customer(here.anna), files=[(file, "paspoort.jpg")])
        [delivery, _] = await deliveries(session)
        assert (told(delivery), delivery.staff_id) == (("message_staff", "email", "Hugo"), here.hugo.id)
        assert delivery.values == {
            "name": "Hugo",
            "dossier_id": here.dossier.id,
            "dossier_number": "2026-0012",
            "dossier_description": "Levering woning 2026-0012",
            "message_id": message.id,
            "subject": "Vraag",
            "text": "Wanneer is het?",
            "author": "Anna",
            "sent_at": message.sent_at.isoformat(),
            "attachments": [{"name": "paspoort.jpg", "size": 1234}],
            "account": "De Vries BV",
            "channel": "telegram",
            "closed": False,
        }
        assert delivery.thread == f"dossier-{here.dossier.id}-{message.id}"
        assert [each["name"] for each in delivery.files] == ["paspoort.jpg"]
        supplied, _ = await documents.page(
            session, customer(here.anna), here.dossier.id, shelf=Shelf.SUPPLIED, offset=0, limit=5
        )
        assert [each.name for each in supplied] == ["paspoort.jpg"]


async def test_a_customers_message_is_told_to_the_other_participants(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        await post(session, here, customer(here.anna))
        [_, to_colleague] = await deliveries(session)
        assert (told(to_colleague), to_colleague.person_id) == (("message_new", "email", "Bram"), here.bram.id)
        assert to_colleague.values["author"] == "Anna"


async def test_the_offices_message_is_told_to_every_participant(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        await on_telegram(session, here.anna, 1001)
        message = await post(session, here, worker(here.hugo))
        assert message.direction == Direction.INCOMING
        queued = await deliveries(session)
        assert [told(each) for each in queued] == [
            ("message_new", "telegram", "Anna"),
            ("message_new", "email", "Anna"),
            ("message_new", "email", "Bram"),
        ]
        assert {each.values["author"] for each in queued} == {"Hugo"}
        assert {each.message_id for each in queued} == {message.id}


async def test_the_office_itself_speaks_under_its_name(sessions: Sessions, office: Office) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        message = await post(session, here, OFFICE)
        assert (message.person_id, message.staff_id, message.direction) == (None, None, Direction.INCOMING)
        assert {each.values["author"] for each in await deliveries(session)} == {office.name}
        assert (await rows(session, here, customer(here.anna)))[0].author == ""


@pytest.mark.parametrize(("leaves", "told_to"), [("handler", ["Mia"]), ("manager", ["Ada"]), ("all", ["Kantoor"])])
async def test_without_a_handler_somebody_else_at_the_office_is_told(
    sessions: Sessions, leaves: str, told_to: list[str]
) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        ada = await staff(session, "Ada", StaffRole.ADMINISTRATOR)
        gone = {"handler": [here.hugo], "manager": [here.hugo, here.mia], "all": [here.hugo, here.mia, ada]}
        for member in gone[leaves]:
            await members.remove(session, member, actor=OFFICE)
        await post(session, here, customer(here.anna), office=Office(name="Kantoor", email="info@kantoor.example"))
        queued = await deliveries(session)
        assert [each.values["name"] for each in queued if each.kind == "message_staff"] == told_to
        assert all("@kantoor.example" in each.address for each in queued if each.kind == "message_staff")


async def test_the_same_source_is_one_message(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        first = await post(session, here, customer(here.anna), source="intake:7")
    async with transaction(sessions) as session:
        again = await post(session, here, customer(here.anna), "iets anders", source="intake:7")
        assert (again.id, again.text) == (first.id, "Wanneer is het?")
        assert len(await rows(session, here, customer(here.anna))) == 1
        assert len(await deliveries(session)) == 2, "to Hugo and to Bram"


async def test_two_at_once_of_the_same_source_are_one_message(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)

    async def once() -> int:
        async with transaction(sessions) as session:
            return (await post(session, here, customer(here.anna), source="intake:7")).id

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(once()) for _ in range(4)]
    assert len({task.result() for task in tasks}) == 1
    async with transaction(sessions) as session:
        assert len(await deliveries(session)) == 2, "to Hugo and to Bram"


async def test_a_reply_continues_the_thread_and_marks_the_original_read(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        question = await post(session, here, customer(here.anna), email_message_id="<q@klant.example>")
        answer = await post(session, here, worker(here.hugo), "Dinsdag", subject="", reply_to=question.id)
        assert (answer.subject, answer.thread_id, answer.reply_to_id) == ("Re: Vraag", question.id, question.id)
        by_mail = {each.values["name"]: each.in_reply_to for each in (await deliveries(session))[1:]}
        assert by_mail == {"Anna": "<q@klant.example>", "Bram": None}
        assert [row.unread for row in await rows(session, here, customer(here.anna))] == [True, False]
        thanks = await post(session, here, customer(here.anna), "Dank", reply_to=answer)
        assert thanks.thread_id == question.id
        assert [row.unread for row in await rows(session, here, customer(here.anna))] == [False, False, False]
        assert [row.unread for row in await rows(session, here, customer(here.bram))] == [True, True, True]
        assert [row.unread for row in await rows(session, here, worker(here.hugo))] == [False, False, False]


async def test_a_reply_to_a_message_of_another_dossier_is_a_new_message(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        elsewhere = await opened(session, here.account, "2026-0013")
        office = Office()
        other = await messages.post(session, elsewhere, actor=OFFICE, subject="Geheim", text="Dag", office=office)
        message = await post(session, here, customer(here.anna), subject="", reply_to=other.id)
        assert (message.reply_to_id, message.subject) == (None, "Levering woning 2026-0012")


@pytest.mark.parametrize(("length", "kept", "rest"), [(4000, 4000, 0), (4001, 4000, 1), (9000, 4000, 5000)])
async def test_over_the_limit_is_cut_and_nothing_is_lost(sessions: Sessions, length: int, kept: int, rest: int) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        whole = await stored(session, "volledige-tekst.txt", media_type="text/plain")
        message = await post(session, here, customer(here.anna), "é" * length, full_text_file=whole, cut="> citaat")
        assert (len(message.text), message.cut.count("é")) == (kept, rest)
        assert message.cut.endswith("> citaat")
        opened_message = await messages.read(session, customer(here.anna), message.id)
        assert [each.name for each in opened_message.attachments] == (["volledige-tekst.txt"] if rest else [])


async def test_text_is_counted_as_people_count(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        message = await post(session, here, customer(here.anna), "e\u0301" * 4000)
        assert (message.text, message.cut) == ("é" * 4000, "")


async def test_nothing_at_all_is_refused_but_a_file_alone_is_a_message(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        with refusing("message.empty"):
            await post(session, here, customer(here.anna), " \n\x00 ")
        message = await post(session, here, customer(here.anna), "", files=[(await stored(session), "akte.pdf")])
        assert message.text == ""


async def test_in_a_closed_dossier_a_message_is_kept_and_flagged(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        await dossiers.close(session, here.dossier, OFFICE)
        message = await post(session, here, customer(here.anna))
        assert message.after_closing
        [delivery, _] = await deliveries(session)
        assert delivery.values["closed"] is True


async def test_a_list_is_newest_first_with_authors_and_counts(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        await post(session, here, customer(here.anna), files=[(await stored(session), "a.pdf")] * 2)
        await post(session, here, worker(here.hugo), subject="Antwoord")
        found, total = await messages.page(session, customer(here.anna), here.dossier.id, offset=0, limit=1)
        assert total == 2
        assert [(row.author, row.direction, row.subject, row.attachments) for row in found] == [
            ("Hugo", Direction.INCOMING, "Antwoord", 0)
        ]
        older, _ = await messages.page(session, customer(here.anna), here.dossier.id, offset=1, limit=1)
        assert [(row.author, row.attachments) for row in older] == [("Anna", 2)]


async def test_opening_shows_everything_and_marks_read(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        question = await post(session, here, customer(here.anna))
        answer = await post(
            session,
            here,
            worker(here.hugo),
            "Zie bijlage",
            reply_to=question,
            files=[(await stored(session), "akte.pdf")],
        )
        shown = await messages.read(session, customer(here.anna, Channel.EMAIL), answer.id)
        assert (shown.author, shown.message.text) == ("Hugo", "Zie bijlage")
        assert shown.original is not None
        assert (shown.original.id, shown.original_author) == (question.id, "Anna")
        [attached] = shown.attachments
        assert (attached.name, attached.size) == ("akte.pdf", 1234)
        _, file = await messages.attachment(session, customer(here.bram), attached.id)
        assert file.id == attached.file_id
        assert [row.unread for row in await rows(session, here, customer(here.anna))] == [False, False]


async def test_strangers_find_nothing(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        message = await post(session, here, worker(here.hugo), files=[(await stored(session), "akte.pdf")])
        [attached] = (await messages.read(session, customer(here.anna), message.id)).attachments
        for actor in (customer(here.vera), worker(here.otto)):
            for message_id in (message.id, 999_999):
                with refusing("message.unknown"):
                    await messages.read(session, actor, message_id)
            for attachment_id in (attached.id, 999_999):
                with refusing("message.unknown"):
                    await messages.attachment(session, actor, attachment_id)
            with refusing("dossier.unknown"):
                await messages.page(session, actor, here.dossier.id, offset=0, limit=5)


async def test_what_staff_read_and_write_is_logged(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        message = await post(session, here, worker(here.hugo))
        await messages.read(session, worker(here.mia), message.id)
    async with transaction(sessions) as session:
        entries = await log.listing(session, subject=("message", message.id))
        assert [(entry.act, entry.actor_id) for entry in entries] == [
            ("message.read", here.mia.id),
            ("message.posted", here.hugo.id),
        ]
