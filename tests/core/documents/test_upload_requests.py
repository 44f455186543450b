"""Upload requests: asked, a task until supplied, each file accepted or asked again (DOC-6, DOC-7)."""

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import OFFICE, Channel
from core.audit import log
from core.database import Sessions, transaction
from core.documents import documents, upload_requests
from core.documents.models import Decision, Document, RequestState, SuppliedFile, UploadRequest
from core.dossiers import dossiers
from core.office import Office, UploadPolicy
from core.people import preferences
from core.people.preferences import News
from tests.core.dossiers.situation import (
    Situation,
    customer,
    deliveries,
    on_telegram,
    opened,
    refusing,
    situation,
    stored,
    worker,
)

ON_REQUEST = Office(upload_policy=UploadPolicy.ON_REQUEST)


def state(request: UploadRequest) -> RequestState:
    """What it is now."""
    return request.state


async def asked(session: AsyncSession, here: Situation, title: str = "Kopie paspoort", **options: Any) -> UploadRequest:
    return await upload_requests.ask(session, here.dossier, title=title, actor=worker(here.hugo), **options)


async def supplied(session: AsyncSession, here: Situation, *names: str) -> tuple[UploadRequest, list[SuppliedFile]]:
    """Anna has supplied these files for a request."""
    request = await asked(session, here)
    return request, await more(session, here, request, *names)


async def more(session: AsyncSession, here: Situation, request: UploadRequest, *names: str) -> list[SuppliedFile]:
    filed: list[Document] = [
        await documents.supply(
            session, here.dossier, file=await stored(session, name), name=name, actor=customer(here.anna)
        )
        for name in names
    ]
    return await upload_requests.answer(session, request, filed, customer(here.anna))


async def test_asking_tells_every_participant(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        await on_telegram(session, here.anna, 1001)
        request = await asked(
            session, here, " Kopie\n paspoort ", explanation="Beide zijden.", due_on=date(2026, 7, 31)
        )
        told = await deliveries(session)
        assert [(each.kind, each.address) for each in told] == [
            ("upload_request_new", "1001"),
            ("upload_request_new", "anna@klant.example"),
            ("upload_request_new", "bram@klant.example"),
        ]
        assert told[0].values == {
            "name": "Anna",
            "dossier_id": here.dossier.id,
            "dossier_number": "2026-0012",
            "dossier_description": "Levering woning 2026-0012",
            "upload_request_id": request.id,
            "title": "Kopie paspoort",
            "explanation": "Beide zijden.",
            "due_on": "2026-07-31",
            "author": "Hugo",
        }
        await session.flush()
    async with transaction(sessions) as session:
        assert [entry.act for entry in await log.listing(session, subject=("upload_request", request.id))] == [
            "upload.asked"
        ]


async def test_one_person_may_be_asked_and_choose_not_to_be_told(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        with refusing("upload.not_participant", name="Vera"):
            await asked(session, here, person=here.vera)
        with refusing("upload.title_missing"):
            await asked(session, here, " \n ")
        request = await asked(session, here, person=here.anna)
        assert [each.address for each in await deliveries(session)] == ["anna@klant.example"]
        assert (await upload_requests.access(session, customer(here.anna), request.id)).id == request.id
        assert await upload_requests.listing(session, customer(here.bram)) == []
        for channel in (Channel.EMAIL, Channel.TELEGRAM):
            await preferences.want(session, here.bram.id, news=News.REQUEST, channel=channel, wanted=False)
        await asked(session, here, "Loonstrook", person=here.bram)
        assert len(await deliveries(session)) == 1


async def test_for_others_a_request_does_not_exist(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        request, [file] = await supplied(session, here, "id.jpg")
        mine = await asked(session, here, "Loonstrook", person=here.anna)
        for actor in (customer(here.vera), worker(here.otto)):
            assert await upload_requests.listing(session, actor) == []
            with refusing("upload.unknown"):
                await upload_requests.access(session, actor, request.id)
            with refusing("upload.unknown"):
                await upload_requests.supplied(session, actor, file.id)
        with refusing("upload.unknown"):
            await upload_requests.access(session, customer(here.bram), mine.id)
        with refusing("upload.unknown"):
            await upload_requests.supplied(session, worker(here.hugo), 999)
        assert len(await upload_requests.listing(session, worker(here.mia), dossier_id=here.dossier.id)) == 2
        waiting = await upload_requests.listing(session, worker(here.hugo), state=RequestState.SUPPLIED)
        assert [each.id for each in waiting] == [request.id]


async def test_all_accepted_is_done(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        request, [front, back] = await supplied(session, here, "voor.jpg", "achter.jpg")
        assert request.state == RequestState.SUPPLIED
        before = len(await deliveries(session))
        assert await upload_requests.accept(session, front, worker(here.hugo))
        assert request.state == RequestState.SUPPLIED
        assert await upload_requests.accept(session, back, worker(here.hugo))
        assert not await upload_requests.accept(session, back, worker(here.hugo))
        assert (request.state, request.ended_at) == (RequestState.DONE, back.decided_at)
        assert [each.kind for each in (await deliveries(session))[before:]] == ["upload_accepted"] * 2
        with refusing("upload.decided"):
            await upload_requests.reject(session, back, "Onscherp", worker(here.hugo))
        assert await upload_requests.open_for(session, customer(here.anna)) == []


async def test_a_rejected_file_is_asked_again_with_the_reason(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        request, [front, back] = await supplied(session, here, "voor.jpg", "achter.jpg")
        with refusing("upload.reason_missing"):
            await upload_requests.reject(session, front, " ", worker(here.hugo))
        for expected in (True, False):
            assert await upload_requests.reject(session, front, "Te onscherp", worker(here.hugo)) is expected
        told = [each for each in await deliveries(session) if each.kind == "upload_rejected"]
        assert [each.address for each in told] == ["anna@klant.example", "bram@klant.example"]
        assert (told[0].values["file_name"], told[0].values["reason"]) == ("voor.jpg", "Te onscherp")
        assert state(request) == RequestState.OPEN
        await upload_requests.accept(session, back, worker(here.hugo))
        assert state(request) == RequestState.OPEN
        [again] = await more(session, here, request, "voor2.jpg")
        assert state(request) == RequestState.SUPPLIED
        await upload_requests.accept(session, again, worker(here.hugo))
        assert state(request) == RequestState.DONE
        rows = await upload_requests.files_of(session, request.id)
        assert [(row.name, row.decision, row.reason, row.size) for row in rows] == [
            ("voor.jpg", Decision.REJECTED, "Te onscherp", 1234),
            ("achter.jpg", Decision.ACCEPTED, "", 1234),
            ("voor2.jpg", Decision.ACCEPTED, "", 1234),
        ]
        with refusing("upload.decided"):
            await upload_requests.accept(session, front, worker(here.hugo))


async def test_a_withdrawn_request_wants_nothing_more(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        request, [file] = await supplied(session, here, "id.jpg")
        other = await asked(session, here, "Loonstrook")
        before = len(await deliveries(session))
        assert await upload_requests.withdraw(session, request, worker(here.hugo))
        assert not await upload_requests.withdraw(session, request, worker(here.hugo))
        assert len(await deliveries(session)) == before
        await upload_requests.withdraw(session, other, worker(here.hugo))
        assert [each.kind for each in (await deliveries(session))[before:]] == ["upload_withdrawn"] * 2
        assert await upload_requests.reject(session, file, "Te laat", worker(here.hugo))
        assert request.state == RequestState.WITHDRAWN
        assert len(await deliveries(session)) == before + 2


async def test_two_decisions_at_once_are_one(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        request, [file] = await supplied(session, here, "id.jpg")

    async def decide() -> bool:
        async with transaction(sessions) as session:
            mine = await upload_requests.supplied(session, worker(here.hugo), file.id)
            return await upload_requests.reject(session, mine, "Onscherp", worker(here.hugo))

    assert sorted(await asyncio.gather(*(decide() for _ in range(4)))) == [False, False, False, True]
    async with transaction(sessions) as session:
        told = [each for each in await deliveries(session) if each.kind == "upload_rejected"]
        assert len(told) == 2
        assert (await session.get_one(UploadRequest, request.id)).state == RequestState.OPEN


async def test_on_request_only_what_was_asked_is_wanted(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        anna, bram = customer(here.anna), customer(here.bram)
        other = await opened(session, here.account, "2026-0013")
        await dossiers.add_participant(session, other, here.anna, OFFICE)
        assert await upload_requests.wanted(session, anna, Office(), here.dossier.id)
        assert not await upload_requests.wanted(session, anna, ON_REQUEST)
        assert await upload_requests.wanted(session, worker(here.hugo), ON_REQUEST, here.dossier.id)
        request = await asked(session, here, person=here.anna)
        assert await upload_requests.wanted(session, anna, ON_REQUEST)
        assert await upload_requests.wanted(session, anna, ON_REQUEST, here.dossier.id)
        assert not await upload_requests.wanted(session, anna, ON_REQUEST, other.id)
        assert not await upload_requests.wanted(session, bram, ON_REQUEST, here.dossier.id)
        [file] = await more(session, here, request, "id.jpg")
        assert await upload_requests.wanted(session, anna, ON_REQUEST, here.dossier.id)
        await upload_requests.accept(session, file, OFFICE)
        assert not await upload_requests.wanted(session, anna, ON_REQUEST, here.dossier.id)


@pytest.mark.parametrize(
    ("subject", "given", "means"),
    [
        ("", None, None),
        ("Re: Kopie PASPOORT [2026-0012]", None, 0),
        ("Loonstrook en kopie paspoort", None, None),
        ("", 1, 1),
        ("Kopie paspoort", 1, 1),
        ("Kopie paspoort", 999, 0),
    ],
)
async def test_which_of_several_requests_is_meant(
    sessions: Sessions, subject: str, given: int | None, means: int | None
) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        requests = [await asked(session, here, title) for title in ("Kopie paspoort", "Loonstrook")]
        ids = {0: requests[0].id, 1: requests[1].id}
        found = await upload_requests.meant(
            session,
            customer(here.anna),
            here.dossier,
            subject=subject,
            request_id=ids.get(given, given) if given is not None else None,
        )
        assert (found.id if found else None) == (ids[means] if means is not None else None)


async def test_the_only_open_request_is_meant(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        first, _ = await supplied(session, here, "id.jpg")
        second = await asked(session, here, "Loonstrook")
        found = await upload_requests.meant(session, customer(here.anna), here.dossier, subject="Hierbij")
        assert found is not None
        assert found.id == second.id != first.id
        assert await upload_requests.meant(session, worker(here.hugo), here.dossier, subject="Loonstrook") is None
