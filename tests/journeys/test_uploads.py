"""An upload request, from the office's command line to the customer's telephone and back by the handler's mailbox (DOC-7)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.town import PATIENCE, Town, link, pdf, town


@pytest.fixture
async def place(bare_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    """A town in which nobody waits for more news: each piece comes at once."""
    async with town(tmp_path / "town", database_url=bare_url, office="batch_seconds = 0") as started:
        yield started


@pytest.mark.rule("DOC-7", "STAFF-2", "STAFF-4")
async def test_a_file_is_asked_supplied_rejected_by_mail_supplied_again_and_accepted(place: Town) -> None:
    anna, handler = place.anna, place.handlers_box
    await link(place, anna, place.annas_box)
    await anna.wait(lambda p: "Mijn gegevens" in p.screen.text, timeout=PATIENCE)
    await place.loket("upload", "ask", "2026-0143", "Kopie paspoort", "--explanation", "In kleur.")
    await anna.wait(lambda p: "Wij vragen u: Kopie paspoort" in p.screen.text, timeout=PATIENCE)
    await supply(place, "wazig.pdf")
    told = await handler.wait(lambda mail: "Aangeleverd: Kopie paspoort" in mail.text, timeout=PATIENCE)
    assert "In kleur." in told.text
    assert [file.name for file in told.attachments] == ["wazig.pdf"]
    await handler.reply(told, "#afgekeurd De foto is onscherp.", style="outlook")
    await anna.wait(lambda p: "Reden: De foto is onscherp." in p.screen.text, timeout=PATIENCE)
    [request] = await place.listing("upload", "list", "--state", "open")
    assert (request["title"], request["files"], request["to_decide"]) == ("Kopie paspoort", 1, 0)
    await supply(place, "scherp.pdf")
    again = await handler.wait(
        lambda mail: any(file.name == "scherp.pdf" for file in mail.attachments), timeout=PATIENCE, after=told.id
    )
    await handler.reply(again, "#akkoord", style="gmail")
    await anna.wait(lambda p: "Compleet, dank u" in p.screen.text, timeout=PATIENCE)
    [request] = await place.listing("upload", "list")
    assert request["state"] == "done"
    files = await place.listing("upload", "files", str(request["id"]))
    assert [(row["name"], row["decision"], row["reason"]) for row in files] == [
        ("wazig.pdf", "rejected", "De foto is onscherp."),
        ("scherp.pdf", "accepted", ""),
    ]


async def supply(place: Town, name: str) -> None:
    """Anna taps the button below the request, sends a file and sends it off."""
    anna = place.anna
    await anna.tap("Bestand sturen")
    await anna.wait(lambda p: "Stuur nu de foto’s of bestanden" in p.screen.text, timeout=PATIENCE)
    await anna.send_document(name, pdf(name), mime="application/pdf")
    await anna.wait(lambda p: "Upload 1 bestand" in p.screen.labels(), timeout=PATIENCE)
    await anna.tap("Upload 1 bestand")
    await anna.wait(lambda p: "Versturen" in p.screen.labels(), timeout=PATIENCE)
    await anna.tap("Versturen")
    await anna.wait(lambda p: "Verstuurd, dank u" in p.screen.text, timeout=PATIENCE)
