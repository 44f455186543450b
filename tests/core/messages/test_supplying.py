"""Files of messages: taken when the office wants them, and as an answer to what it asked (DOC-6, DOC-7)."""

from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import OFFICE as THE_OFFICE
from core.actor import Channel
from core.database import Sessions, transaction
from core.deliveries.models import Delivery
from core.documents import documents, upload_requests
from core.documents.models import RequestState, Shelf, UploadRequest
from core.dossiers import dossiers
from core.dossiers.models import Participant
from core.messages import drafts, messages
from core.messages.models import Message
from core.office import Office, UploadPolicy
from tests.core.dossiers.situation import (
    Situation,
    customer,
    deliveries,
    opened,
    refusing,
    situation,
    stored,
    worker,
)

ON_REQUEST = Office(upload_policy=UploadPolicy.ON_REQUEST)


async def asked(session: AsyncSession) -> tuple[Situation, UploadRequest]:
    """Hugo has asked for a copy of a passport."""
    here = await situation(session)
    request = await upload_requests.ask(session, here.dossier, title="Kopie paspoort", actor=worker(here.hugo))
    return here, request


async def mailed(session: AsyncSession, here: Situation, *names: str, **options: Any) -> Message:
    """Anna has sent a mail with these files."""
    given: dict[str, Any] = {"office": ON_REQUEST, "subject": "Hierbij", "text": "Graag gedaan."} | options
    files = [(await stored(session, name), name) for name in names]
    return await messages.post(session, here.dossier, actor=customer(here.anna, Channel.EMAIL), files=files, **given)


async def to_staff(session: AsyncSession) -> list[Delivery]:
    return [each for each in await deliveries(session) if each.staff_id is not None]


async def on_shelf(session: AsyncSession, here: Situation) -> list[str]:
    rows, _ = await documents.page(
        session, customer(here.anna), here.dossier.id, shelf=Shelf.SUPPLIED, offset=0, limit=50
    )
    return [row.name for row in rows]


async def test_a_mail_keeps_its_text_when_its_files_were_not_asked_for(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        message = await mailed(session, here, "a.pdf", "b.pdf")
        assert (message.text, message.refused_files) == ("Graag gedaan.", ["a.pdf", "b.pdf"])
        assert await on_shelf(session, here) == []
        opened_message = await messages.read(session, customer(here.anna), message.id)
        assert opened_message.attachments == ()
        [told] = await to_staff(session)
        assert (told.kind, told.files) == ("message_staff", [])
        with refusing("upload.on_request"):
            await mailed(session, here, "a.pdf", text=" ")


async def test_without_that_policy_everything_is_taken(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        message = await mailed(session, here, "a.pdf", office=Office())
        assert message.refused_files == []
        assert await on_shelf(session, here) == ["a.pdf"]


async def test_the_office_may_always_send_files(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        files = [(await stored(session, "a.pdf"), "a.pdf")]
        message = await messages.post(
            session, here.dossier, actor=worker(here.hugo), subject="", text="Dag", files=files, office=ON_REQUEST
        )
        assert message.refused_files == []


@pytest.mark.parametrize("office", [Office(), ON_REQUEST])
async def test_a_mail_with_files_answers_the_open_request(sessions: Sessions, office: Office) -> None:
    async with transaction(sessions) as session:
        here, request = await asked(session)
        message = await mailed(session, here, "voor.jpg", "achter.jpg", office=office)
        rows = await upload_requests.files_of(session, request.id)
        assert [row.name for row in rows] == ["voor.jpg", "achter.jpg"]
        assert request.state == RequestState.SUPPLIED
        [told] = await to_staff(session)
        assert (told.kind, told.address, told.message_id) == ("upload_supplied", "hugo@kantoor.example", message.id)
        assert (told.values["upload_request_id"], told.values["title"]) == (request.id, "Kopie paspoort")
        assert told.values["supplied"] == [
            {"supplied_id": row.id, "document_id": row.document_id, "name": row.name, "size": 1234} for row in rows
        ]
        assert (told.values["text"], told.values["account"]) == ("Graag gedaan.", "De Vries BV")
        assert [file["name"] for file in told.files] == ["voor.jpg", "achter.jpg"]


async def test_a_mail_without_files_answers_no_request(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, request = await asked(session)
        await mailed(session, here)
        assert request.state == RequestState.OPEN
        assert [each.kind for each in await to_staff(session)] == ["message_staff"]


async def test_a_draft_for_a_request_needs_a_file_and_no_text(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, request = await asked(session)
        anna = customer(here.anna)
        draft = await drafts.start(session, anna, upload_request_id=request.id)
        assert (draft.upload_request_id, draft.dossier_id, draft.subject) == (
            request.id,
            here.dossier.id,
            "Kopie paspoort",
        )
        assert draft.missing == ("attachment",)
        with refusing("draft.attachment_missing"):
            await drafts.send(session, anna, draft.id, office=ON_REQUEST)
        draft = await drafts.attach(
            session, anna, source="1", file=await stored(session), name="id.jpg", office=ON_REQUEST
        )
        assert draft.missing == ("files",)
        assert (await drafts.keep(session, anna)).missing == ()
        message = await drafts.send(session, anna, draft.id, office=ON_REQUEST)
        again = await drafts.send(session, anna, draft.id, office=ON_REQUEST)
        assert (message.id, message.text, message.subject) == (again.id, "", "Kopie paspoort")
        assert request.state == RequestState.SUPPLIED
        assert len(await upload_requests.files_of(session, request.id)) == 1


async def test_with_several_requests_the_draft_answers_its_own(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, first = await asked(session)
        second = await upload_requests.ask(session, here.dossier, title="Loonstrook", actor=worker(here.hugo))
        anna = customer(here.anna)
        draft = await drafts.start(session, anna, upload_request_id=second.id)
        await drafts.attach(session, anna, source="1", file=await stored(session), name="loon.pdf")
        await drafts.keep(session, anna)
        await drafts.send(session, anna, draft.id, office=Office())
        assert (first.state, second.state) == (RequestState.OPEN, RequestState.SUPPLIED)


async def test_a_file_that_nobody_asked_for_is_refused_on_a_draft(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        anna, file = customer(here.anna), await stored(session)
        await drafts.start(session, anna, dossier_id=here.dossier.id, subject="Vraag")
        await drafts.add_text(session, anna, source="1", text="Dag")
        with refusing("upload.on_request"):
            await drafts.attach(session, anna, source="2", file=file, name="a.pdf", office=ON_REQUEST)
        draft = await drafts.attach(session, anna, source="2", file=file, name="a.pdf")
        await drafts.keep(session, anna)
        with refusing("upload.on_request"):
            await drafts.send(session, anna, draft.id, office=ON_REQUEST)
        await drafts.remove(session, anna, draft.attachments[0].id)
        assert (await drafts.send(session, anna, draft.id, office=ON_REQUEST)).refused_files == []


async def test_without_a_dossier_any_request_opens_the_door_and_sending_asks_again(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, _ = await asked(session)
        other = await opened(session, here.account, "2026-0013")
        await dossiers.add_participant(session, other, here.anna, THE_OFFICE)
        anna, file = customer(here.anna), await stored(session)
        await drafts.start(session, anna, subject="Vraag")
        await drafts.attach(session, anna, source="1", file=file, name="a.pdf", office=ON_REQUEST)
        await drafts.keep(session, anna)
        await drafts.add_text(session, anna, source="2", text="Dag")
        draft = await drafts.choose_dossier(session, anna, other.id)
        with refusing("upload.on_request"):
            await drafts.send(session, anna, draft.id, office=ON_REQUEST)


async def test_a_request_that_wants_nothing_more_begins_no_draft(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, request = await asked(session)
        with refusing("upload.unknown"):
            await drafts.start(session, customer(here.vera), upload_request_id=request.id)
        draft = await drafts.start(session, customer(here.anna), upload_request_id=request.id)
        await drafts.attach(session, customer(here.anna), source="1", file=await stored(session), name="a.pdf")
        await drafts.keep(session, customer(here.anna))
        await upload_requests.withdraw(session, request, worker(here.hugo))
        with refusing("upload.closed", title="Kopie paspoort"):
            await drafts.start(session, customer(here.bram), upload_request_id=request.id)
        message = await drafts.send(session, customer(here.anna), draft.id, office=Office())
        assert [each.kind for each in await to_staff(session)] == ["message_staff"]
        assert await upload_requests.files_of(session, request.id) == []
        assert message.refused_files == []


async def test_another_dossier_is_another_message(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here, request = await asked(session)
        other = await opened(session, here.account, "2026-0013")
        await dossiers.add_participant(session, other, here.anna, THE_OFFICE)
        await drafts.start(session, customer(here.anna), upload_request_id=request.id)
        draft = await drafts.choose_dossier(session, customer(here.anna), other.id)
        assert (draft.upload_request_id, draft.missing) == (None, ("text",))


async def test_what_a_message_supplies_is_new_to_the_others_who_had_read_everything(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        await session.execute(update(Participant).values(new_documents=False, new_messages=False))
        file = await stored(session, "paspoort.pdf")
        await messages.post(
            session,
            here.dossier,
            actor=customer(here.anna),
            subject="Paspoort",
            text="",
            files=[(file, file.name)],
            office=Office(),
        )
    async with transaction(sessions) as session:
        found = (await session.scalars(select(Participant))).all()
        assert len(found) > 1
        assert {(each.new_documents, each.new_messages) for each in found} == {(True, True)}
