"""Documents on their shelves: published, supplied, told, downloaded, unread until then (DOC-1 to DOC-4)."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import OFFICE, Actor, Channel
from core.audit import log
from core.database import Sessions, transaction
from core.documents import documents
from core.documents.models import Document, Shelf
from core.dossiers.models import Dossier
from core.office import Office
from tests.core.dossiers.situation import (
    Situation,
    customer,
    deliveries,
    on_telegram,
    refusing,
    situation,
    stored,
    worker,
)


async def published(
    session: AsyncSession, here: Situation, name: str = "akte.pdf", *, shelf: Shelf = Shelf.DOCUMENTS, **options: Any
) -> Document:
    file = await stored(session, name)
    return await documents.publish(
        session, here.dossier, shelf=shelf, file=file, name=name, actor=worker(here.hugo), **options
    )


async def unread(session: AsyncSession, actor: Actor, dossier: Dossier, shelf: Shelf = Shelf.DOCUMENTS) -> list[str]:
    rows, _ = await documents.page(session, actor, dossier.id, shelf=shelf, offset=0, limit=50)
    return [row.name for row in rows if row.unread]


async def test_publishing_tells_every_participant_with_the_file_by_mail(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        await on_telegram(session, here.anna, 1001)
        document = await published(session, here, "conceptakte.pdf")
        told = await deliveries(session)
        assert [(each.kind, each.channel, each.values["name"]) for each in told] == [
            ("document_new", Channel.TELEGRAM, "Anna"),
            ("document_new", Channel.EMAIL, "Anna"),
            ("document_new", Channel.EMAIL, "Bram"),
        ]
        assert told[0].values == {
            "name": "Anna",
            "dossier_id": here.dossier.id,
            "dossier_number": "2026-0012",
            "dossier_description": "Levering woning 2026-0012",
            "document_id": document.id,
            "document_name": "conceptakte.pdf",
            "shelf": "documents",
            "size": 1234,
            "confidential": False,
        }
        assert [file["name"] for file in told[1].files] == ["conceptakte.pdf"]
        assert told[1].files[0]["sha256"] == "a" * 64


async def test_a_confidential_document_is_never_attached(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        await published(session, here, confidential=True)
        told = await deliveries(session)
        assert told
        assert all(each.files == [] and each.values["confidential"] for each in told)


async def test_an_external_key_publishes_once(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        first = await published(session, here, external_key="DMS-1")
        assert (await published(session, here, external_key="DMS-1")).id == first.id
        assert len(await deliveries(session)) == 2


async def test_quiet_tells_nobody_and_supplied_is_not_published(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        await published(session, here, quiet=True)
        assert await deliveries(session) == []
        with pytest.raises(ValueError, match="not published"):
            await published(session, here, shelf=Shelf.SUPPLIED)


async def test_unread_until_this_person_downloads(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        document = await published(session, here)
        await published(session, here, "nota.pdf")
        assert await unread(session, customer(here.anna), here.dossier) == ["nota.pdf", "akte.pdf"]
        found, file = await documents.download(session, customer(here.anna), document.id)
        assert (found.name, file.sha256) == ("akte.pdf", "a" * 64)
        assert await unread(session, customer(here.anna, Channel.EMAIL), here.dossier) == ["nota.pdf"]
        assert await unread(session, customer(here.bram), here.dossier) == ["nota.pdf", "akte.pdf"]
        assert await unread(session, worker(here.hugo), here.dossier) == []


async def test_what_i_supply_is_read_by_me_and_new_to_my_colleague(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        file = await stored(session, "paspoort.jpg", media_type="image/jpeg")
        await documents.supply(session, here.dossier, file=file, name="paspoort.jpg", actor=customer(here.anna))
        assert await unread(session, customer(here.anna), here.dossier, Shelf.SUPPLIED) == []
        assert await unread(session, customer(here.bram), here.dossier, Shelf.SUPPLIED) == ["paspoort.jpg"]


async def test_a_page_is_newest_first_with_a_total(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        for number in range(5):
            await published(session, here, f"{number}.pdf")
        await published(session, here, "brief.pdf", shelf=Shelf.CORRESPONDENCE)
        rows, total = await documents.page(
            session, customer(here.anna), here.dossier.id, shelf=Shelf.DOCUMENTS, offset=1, limit=2
        )
        assert ([row.name for row in rows], total) == (["3.pdf", "2.pdf"], 5)
        assert (rows[0].size, rows[0].media_type, rows[0].confidential) == (1234, "application/pdf", False)


async def test_strangers_and_withdrawn_look_the_same(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        document = await published(session, here)
        for actor, document_id in (
            (customer(here.vera), document.id),
            (customer(here.vera), 999_999),
            (worker(here.otto), document.id),
        ):
            with refusing("document.unknown"):
                await documents.download(session, actor, document_id)
        with refusing("dossier.unknown"):
            await documents.page(
                session, customer(here.vera), here.dossier.id, shelf=Shelf.DOCUMENTS, offset=0, limit=5
            )
        assert await documents.withdraw(session, document, OFFICE)
        assert not await documents.withdraw(session, document, OFFICE)
        with refusing("document.unknown"):
            await documents.access(session, customer(here.anna), document.id)
        assert await unread(session, customer(here.anna), here.dossier) == []


async def test_what_staff_download_is_logged(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        document = await published(session, here)
        await documents.download(session, worker(here.hugo), document.id)
    async with transaction(sessions) as session:
        acts = [entry.act for entry in await log.listing(session, subject=("document", document.id))]
        assert acts == ["document.downloaded", "document.published"]


async def test_a_confidential_document_needs_a_fresh_code(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        secret = await published(session, here, "geheim.pdf", confidential=True)
        anna = customer(here.anna)
        with refusing("step_up.needed", act="document"):
            await documents.download(session, anna, secret.id)
        assert await unread(session, anna, here.dossier) == ["geheim.pdf"]
        document, file = await documents.download(session, replace(anna, stepped_up=True), secret.id)
        assert (document.id, document.confidential, file.name) == (secret.id, True, "geheim.pdf")
        assert await unread(session, anna, here.dossier) == []
        with refusing("document.unknown"):
            await documents.download(session, customer(here.vera), secret.id)
        assert (await documents.download(session, worker(here.hugo), secret.id))[0].id == secret.id


async def test_a_burst_of_documents_is_one_mail_with_all_of_them(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        for n in range(4):
            await published(session, here, f"akte {n}.pdf", office=Office(batch_seconds=60))
        to_anna = [each for each in await deliveries(session) if each.person_id == here.anna.id]
        assert [(each.kind, len(each.files)) for each in to_anna] == [("document_new", 1), ("digest", 3)]
