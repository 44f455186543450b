"""Notes are for the office: kept once, seen by staff who may see the dossier, and by no customer."""

from core.actor import OFFICE
from core.database import Sessions, transaction
from core.messages import notes
from tests.core.dossiers.situation import customer, deliveries, refusing, situation, stored, worker


async def test_a_note_of_one_source_is_one_note_and_tells_nobody(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        files = [(await stored(session, "a.pdf"), "a.pdf")]
        first = await notes.add(
            session, here.dossier, actor=worker(here.hugo), text=" Bellen. ", files=files, source="1"
        )
        again = await notes.add(session, here.dossier, actor=worker(here.hugo), text="Anders", source="1")
        later = await notes.add(session, here.dossier, actor=OFFICE, text="Later")
        assert again.id == first.id and first.text == "Bellen." and first.staff_id == here.hugo.id
        assert [file["name"] for file in first.files] == ["a.pdf"]
        found = await notes.listing(session, worker(here.hugo), here.dossier.id)
        assert [note.id for note in found] == [later.id, first.id] and later.staff_id is None
        assert await deliveries(session) == []


async def test_no_customer_reads_or_writes_one(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        for attempt in (
            notes.add(session, here.dossier, actor=customer(here.anna), text="x"),
            notes.listing(session, customer(here.anna), here.dossier.id),
        ):
            with refusing("dossier.unknown"):
                await attempt


async def test_an_empty_note_is_refused(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        with refusing("message.empty"):
            await notes.add(session, here.dossier, actor=worker(here.hugo), text=" \n ")
