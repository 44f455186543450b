"""Reading messages, and being told of them."""

import pytest

from core.deliveries.models import Delivery
from tests.bot.world import World


@pytest.mark.rule("MSG-1")
async def test_messages_are_listed_with_van_and_aan_and_opening_reads(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await world.write(dossier, "Akte gereed", "De akte is gereed.", {"akte.txt": b"tekst"})
    await phone.wait(lambda p: "Nieuw bericht" in p.screen.text)
    await phone.say("/dossiers")
    await phone.wait(lambda p: "Berichten (1) · 🔵 1 nieuw" in p.screen.labels())
    await phone.tap("Berichten")
    await phone.wait(lambda p: "🔵 Van: Akte gereed" in p.screen.labels())
    assert "📎 1" in phone.screen.text
    await phone.tap("Van: Akte gereed")
    await phone.wait(lambda p: "De akte is gereed." in p.screen.text)
    assert "Van: mr. Hugo de Groot, Notariskantoor De Linde" in phone.screen.text
    await phone.tap("⬇ akte.txt")
    await phone.wait(lambda p: p.messages[-1].file is not None)
    file = phone.messages[-1].file
    assert file is not None and file.content() == b"tekst" and file.name == "akte.txt"
    card = next(m for m in phone.messages if "De akte is gereed." in m.text)
    await phone.tap("Berichten", message=card)
    await phone.wait(lambda p: "Van: Akte gereed" in p.message(card.id).labels())


@pytest.mark.rule("NOTE-2")
async def test_a_new_message_is_told_without_its_text_and_opens_below(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await world.write(dossier, "Akte gereed", "Geheime inhoud")
    await phone.wait(lambda p: "Nieuw bericht" in p.screen.text)
    notice = phone.screen
    assert "Geheime inhoud" not in notice.text
    assert "Dossier 2026-001" in notice.text and "Onderwerp: Akte gereed" in notice.text
    await phone.tap("Openen")
    await phone.wait(lambda p: "Geheime inhoud" in p.screen.text)
    assert "Nieuw bericht" in phone.message(notice.id).text


@pytest.mark.rule("MSG-2")
async def test_a_reply_shows_the_original_and_goes_to_the_handler(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    original = await world.write(dossier, "Akte gereed", "Kunt u vrijdag?")
    await phone.wait(lambda p: "Nieuw bericht" in p.screen.text)
    await phone.tap("Beantwoorden")
    await phone.wait(lambda p: "Uw antwoord" in p.screen.text)
    assert "Kunt u vrijdag?" in phone.screen.text and "Onderwerp: Re: Akte gereed" in phone.screen.text
    await phone.say("Ja, graag")
    await phone.wait(lambda p: "9 van 4000 tekens" in p.screen.text)
    assert "Kunt u vrijdag?" in phone.screen.text
    await phone.tap("Versturen")
    await phone.wait(lambda p: "Uw bericht is verstuurd" in p.screen.text)
    answer = (await world.messages_of(dossier))[-1]
    assert (answer.text, answer.reply_to_id, answer.thread_id) == ("Ja, graag", original.id, original.id)
    [mail] = await world.mails("message_staff")
    assert mail.values["text"] == "Ja, graag" and mail.address == "hugo@kantoor.example"


@pytest.mark.rule("MSG-2")
async def test_a_telegram_reply_to_the_notification_is_a_reply(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await world.dossier("2026-002", anna)
    original = await world.write(dossier, "Akte gereed", "Kunt u vrijdag?")
    await phone.wait(lambda p: "Nieuw bericht" in p.screen.text)
    await phone.say("Vrijdag kan", reply_to=phone.screen)
    await phone.wait(lambda p: "11 van 4000 tekens" in p.screen.text)
    await phone.tap("Versturen")
    await phone.wait(lambda p: "Uw bericht is verstuurd" in p.screen.text)
    assert (await world.messages_of(dossier))[-1].reply_to_id == original.id


async def test_a_message_of_four_thousand_characters_is_read_in_pieces(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    words = " ".join(f"woord{n}" for n in range(440))
    message = await world.write(dossier, "Lang <b>verhaal</b>", words)
    await phone.tap(data=f"1+:msg:{message.id}:0", forge=True)
    await phone.wait(lambda p: any("woord0 " in m.text for m in p.messages))
    card = next(m for m in phone.messages if "woord0 " in m.text)
    assert "woord439" not in card.text and "Lang <b>verhaal</b>" in card.text
    await phone.tap("Volgende ›", message=card)
    await phone.wait(lambda p: "woord439" in p.message(card.id).text)


async def test_text_with_markup_is_shown_as_it_was_written(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna, description="<b>Vet</b> & zo")
    await world.write(dossier, "1 < 2 & 3 > 2", "<script>alert('x')</script> </blockquote>", {"<x>.txt": b"1"})
    await phone.wait(lambda p: "1 < 2 & 3 > 2" in p.screen.text)
    assert "<b>Vet</b> & zo" in phone.screen.text
    await phone.tap("Openen")
    await phone.wait(lambda p: "<script>alert('x')</script> </blockquote>" in p.screen.text)


async def test_two_colleagues_are_both_told(world: World) -> None:
    anna, first = await world.linked()
    bram, second = await world.linked("Bram Bos")
    dossier = await world.dossier("2026-001", anna, bram)
    await world.write(dossier, "Voor beiden", "Dag")
    for phone in (first, second):
        await phone.wait(lambda p: "Voor beiden" in p.screen.text)
    mails: list[Delivery] = list(await world.mails("message_new"))
    assert sorted(mail.address for mail in mails) == ["anna@klant.example", "bram@klant.example"]
