"""Shelves, downloads and what a notification of a document says."""

import pytest

from core.actor import Channel
from core.database import transaction
from core.documents.models import Shelf
from core.people import preferences
from core.people.preferences import News
from tests.bot.world import PDF, World, until


@pytest.mark.rule("DOC-1")
@pytest.mark.rule("DOC-4")
async def test_a_letter_is_downloaded_under_its_own_name_and_is_then_read(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await world.publish(dossier, "Brief aan u.pdf")
    await phone.wait(lambda p: "Nieuw document" in p.screen.text)
    await phone.say("/dossiers")
    await phone.wait(lambda p: "Correspondentie (1) · 🔵 1 nieuw" in p.screen.labels())
    await phone.tap("Correspondentie")
    await phone.wait(lambda p: "⬇ 🔵 Brief aan u.pdf" in p.screen.labels())
    card = phone.screen.id
    await phone.tap("⬇ 🔵 Brief aan u.pdf")
    await phone.wait(lambda p: p.messages[-1].file is not None)
    file = phone.messages[-1].file
    assert file is not None and file.name == "Brief aan u.pdf" and file.content() == PDF + b"Brief aan u.pdf"
    assert "⬇ Brief aan u.pdf" in phone.message(card).labels()
    assert "komt eraan" in phone.toasts[-1].text
    await phone.tap("‹ Dossier", message=card)
    await phone.wait(lambda p: "Correspondentie (1)" in p.message(card).labels())


@pytest.mark.rule("DOC-2")
async def test_other_papers_stand_under_documents(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await world.publish(dossier, "Conceptakte.pdf", shelf=Shelf.DOCUMENTS)
    await phone.say("/dossiers")
    await phone.wait(lambda p: "Documenten (1) · 🔵 1 nieuw" in p.screen.labels())
    await phone.tap("Documenten")
    await phone.wait(lambda p: "⬇ 🔵 Conceptakte.pdf" in p.screen.labels())
    await phone.tap("⬇ 🔵 Conceptakte.pdf")
    await phone.wait(lambda p: p.messages[-1].file is not None)


@pytest.mark.rule("NOTE-2")
async def test_a_notification_names_the_dossier_and_its_buttons_act_below_it(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await world.publish(dossier, "Brief.pdf")
    await phone.wait(lambda p: "Nieuw document" in p.screen.text)
    notice = phone.screen
    assert "Dossier 2026-001 · Koop Lindelaan 12" in notice.text
    assert notice.file is None
    await phone.tap("⬇ Downloaden")
    await phone.wait(lambda p: p.messages[-1].file is not None)
    await phone.tap("📁 Dossier", message=notice)
    await phone.wait(lambda p: "Behandelaar" in p.screen.text)
    assert "Nieuw document" in phone.message(notice.id).text


@pytest.mark.rule("NOTE-2")
async def test_a_confidential_document_is_not_named_and_not_sent_without_a_code(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await world.publish(dossier, "Scheiding.pdf", confidential=True)
    await phone.wait(lambda p: "Nieuw document" in p.screen.text)
    assert "Scheiding" not in phone.screen.text
    await phone.tap("⬇ Downloaden")
    await phone.wait(lambda p: "Bevestig met een code" in p.screen.text)
    assert all(message.file is None for message in phone.messages)


async def test_a_long_shelf_is_turned_page_by_page(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    for n in range(10):
        await world.publish(dossier, f"Brief {n}.pdf")
    await phone.tap(data=f"1:dcl:{dossier.id}:correspondence:0", forge=True)
    await phone.wait(lambda p: any("1–8 van 10" in m.text for m in p.messages))
    card = next(m for m in phone.messages if "1–8 van 10" in m.text)
    await phone.tap("Volgende ›", message=card)
    await phone.wait(lambda p: "9–10 van 10" in p.message(card.id).text)
    assert "⬇ 🔵 Brief 0.pdf" in phone.message(card.id).labels()


@pytest.mark.rule("NOTE-4")
async def test_who_blocked_the_bot_is_told_by_mail_and_reached_again_on_return(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    async with transaction(world.sessions) as session:
        await preferences.want(session, anna.id, news=News.DOCUMENT, channel=Channel.EMAIL, wanted=False)
    phone.block()
    await world.publish(dossier, "Brief.pdf")
    [mail] = await until(lambda: world.mails("document_new"))
    assert mail.address == anna.email
    home = phone.screen.id
    await phone.start()
    await phone.wait(lambda p: p.screen.id > home)
    await world.publish(dossier, "Tweede.pdf")
    await phone.wait(lambda p: "Tweede.pdf" in p.screen.text)
    assert "Brief.pdf" not in phone.transcript
    assert len(await world.mails("document_new")) == 1
