"""What is new: two taps from home, over all dossiers."""

import pytest

from core.documents.models import Shelf
from sandbox.telegram import Phone
from tests.bot.world import World, next_text


async def news(phone: Phone) -> None:
    """Home, and the list of what is new."""
    await next_text(phone, phone.say("/home"))
    label = next(each for each in phone.screen.labels() if each.startswith("🔵 Nieuw voor u"))
    await phone.tap(label)
    await phone.wait(lambda p: p.screen.text.startswith("Nieuw voor u"))


@pytest.mark.rule("HOME-2")
@pytest.mark.rule("MSG-1")
@pytest.mark.rule("DOC-4")
async def test_what_is_new_is_two_taps_from_home_and_then_no_longer_new(world: World) -> None:
    anna, phone = await world.linked()
    first, second = await world.dossier("2026-001", anna), await world.dossier("2026-002", anna)
    await world.publish(first, "Conceptakte.pdf", shelf=Shelf.DOCUMENTS)
    await world.write(second, "Uw vraag", "Dat kan.")
    await phone.wait(lambda p: "Onderwerp: Uw vraag" in p.transcript)
    await news(phone)
    assert "Nieuw voor u (2)" in phone.screen.text and "Dossier 2026-002 · vandaag" in phone.screen.text
    assert phone.screen.labels()[:2] == ["✉️ Uw vraag", "⬇ Conceptakte.pdf"]
    card = phone.screen
    await phone.tap("⬇ Conceptakte.pdf")
    await phone.wait(lambda p: "Nieuw voor u (1)" in card.text and any(m.file for m in p.messages if m.sender == "bot"))
    await phone.tap("✉️ Uw vraag", message=card)
    await phone.wait(lambda _: "Dat kan." in card.text)
    await next_text(phone, phone.say("/home"))
    assert "U heeft alles gelezen." in phone.screen.text
    assert not [label for label in phone.screen.labels() if "Nieuw" in label]


@pytest.mark.rule("DOC-9")
@pytest.mark.rule("DOS-7")
async def test_it_names_nothing_confidential_and_nothing_of_others(world: World) -> None:
    anna, phone = await world.linked()
    bram, _ = await world.linked("Bram Bos")
    await world.publish(await world.dossier("2026-001", anna), "Scheiding.pdf", confidential=True)
    await world.publish(await world.dossier("2026-002", bram), "Testament.pdf")
    await phone.wait(lambda p: "Nieuw document" in p.transcript)
    await news(phone)
    assert "Nieuw voor u (1)" in phone.screen.text and "🔒 Vertrouwelijk document" in phone.screen.text
    assert "Scheiding" not in phone.screen.text and "Testament" not in phone.screen.text
    await phone.tap("⬇ 🔒 Vertrouwelijk document")
    await phone.wait(lambda p: "Bevestig met een code" in p.screen.text)


async def test_many_are_paged_and_behind_the_last_page_is_the_first(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    for n in range(8):
        await world.write(dossier, f"Bericht {n}", "x")
    await phone.wait(lambda p: "Onderwerp: Bericht 7" in p.transcript)
    await news(phone)
    assert "1–6 van 8" in phone.screen.text
    await phone.tap("Volgende ›")
    await phone.wait(lambda p: "7–8 van 8" in p.screen.text)
    await phone.tap(data="1:unr:99999", forge=True)
    await phone.wait(lambda p: "1–6 van 8" in p.screen.text)
