"""The story of the first issue, as a visitor of the try-out walks it; and again with `kill -9` in the middle of every step."""

from collections.abc import Awaitable, Callable

import pytest

from sandbox.mail import Mailbox, attachment
from sandbox.telegram import Photo
from tests.journeys.town import PATIENCE, Town, digits_in, pdf, png, until

Between = Callable[[], Awaitable[None]]


async def nothing() -> None:
    """What happens between two acts of the story when nobody pulls the plug."""


@pytest.mark.rule(
    "LINK-1", "LINK-5", "LINK-6", "LINK-7", "HOME-1", "DOS-2", "DOS-5", "DOS-6", "DOC-2", "MSG-6", "STAFF-2"
)
@pytest.mark.rule("LINK-11", "MAIL-1", "MAIL-2", "OPS-4")
async def test_a_customer_from_invitation_to_answer(place: Town) -> None:
    await the_whole_story(place, between=nothing)


async def test_killing_the_product_in_the_middle_of_every_step_loses_and_doubles_nothing(place: Town) -> None:
    await the_whole_story(place, between=place.kill)
    assert place.child.starts > 12


async def the_whole_story(place: Town, *, between: Between) -> None:
    """All steps; `between` is awaited right after each act, while the product is at work on it."""
    await invite_and_link(place, between)
    await look_around(place, between)
    await write_with_files(place, between)
    await the_handler_answers_by_mail(place, between)
    await the_customer_answers_that_mail(place, between)
    await everything_is_there_once(place, killed=between is not nothing)


async def invite_and_link(place: Town, between: Between) -> None:
    anna, box = place.anna, place.annas_box
    await place.loket("invite", box.address)
    await between()
    first = await box.wait(lambda mail: "Uitnodiging" in mail.subject, timeout=PATIENCE)
    link = next(url for url in first.links if "start=" in url)
    code = link.split("start=")[1]
    assert f"/start {code}" in first.text
    assert any(file.name.endswith(".png") for file in first.inline), "the QR code"
    await anna.start(code)
    await between()
    await anna.wait(lambda p: "e-mailadres" in p.screen.text, timeout=PATIENCE)
    await anna.say(box.address)
    await between()
    second = await box.wait(lambda mail: "koppelcode" in mail.subject.lower(), timeout=PATIENCE)
    await anna.wait(lambda p: "⌫" in p.screen.labels(), timeout=PATIENCE)
    for entered, digit in enumerate(digits_in(second.text), start=1):
        await anna.tap(digit)
        if entered in (3, 6):
            await between()
        await anna.wait(lambda p, entered=entered: _entered(p.screen.text) in (entered, None), timeout=PATIENCE)
    await anna.wait(lambda p: "Mijn gegevens" in p.screen.text, timeout=PATIENCE)
    third = await box.wait(lambda mail: "gekoppeld" in mail.subject, timeout=PATIENCE)
    assert "STOP" in third.text
    person = next(row for row in await place.listing("person", "list") if row["email"] == box.address)
    assert person["email_proven_at"] is not None


def _entered(text: str) -> int | None:
    """How many digits the keypad shows as entered; None when it is not shown."""
    missing = text.count("_")
    return 6 - missing if "6 cijfers" in text else None


async def look_around(place: Town, between: Between) -> None:
    anna = place.anna
    await anna.say("/home")
    await between()
    await anna.wait(lambda p: any("Dossiers" in label for label in p.screen.labels()), timeout=PATIENCE)
    assert "Mijn gegevens" in " ".join(anna.screen.labels())
    await anna.tap("Dossiers")
    await anna.wait(lambda p: "2026-0143" in p.screen.text, timeout=PATIENCE)
    assert "Documenten (2) · 🔵 2 nieuw" in anna.screen.labels()
    await anna.tap("Voortgang (4/10)")
    await between()
    await anna.wait(lambda p: "✓ Opdracht ontvangen" in p.screen.text, timeout=PATIENCE)
    assert "○ Ondertekening" in anna.screen.text
    await anna.tap("Documenten")
    await anna.wait(lambda p: "Nota van afrekening.pdf" in p.screen.text, timeout=PATIENCE)
    await anna.tap("Nota van afrekening.pdf")
    await between()
    await until(lambda: len(_files(place)) == 1, what="the downloaded document")
    await anna.say("/home")
    await anna.wait(lambda p: any("Dossiers" in label for label in p.screen.labels()), timeout=PATIENCE)
    await anna.tap("Dossiers")
    await anna.wait(lambda p: "Documenten (2) · 🔵 1 nieuw" in p.screen.labels(), timeout=PATIENCE)


def _files(place: Town) -> list[str]:
    return [message.file.name for message in place.anna.messages if message.sender == "bot" and message.file]


async def write_with_files(place: Town, between: Between) -> None:
    anna = place.anna
    await anna.send_album([Photo(png(shade=10)), Photo(png(shade=200))], caption="Foto's van de <b>gevel</b>")
    await between()
    await anna.send_document("koopovereenkomst.pdf", pdf(), mime="application/pdf")
    await between()
    await anna.wait(lambda p: "Upload 3 bestanden" in p.screen.labels(), timeout=PATIENCE)
    assert "26 van 4000 tekens" in anna.screen.text
    photo = next(label for label in anna.screen.labels() if label.startswith("✕ foto"))
    await anna.tap(photo)
    await between()
    await anna.wait(lambda p: "Upload 2 bestanden" in p.screen.labels(), timeout=PATIENCE)
    await anna.tap("Upload 2 bestanden")
    await anna.wait(lambda p: "Onderwerp invullen" in p.screen.labels(), timeout=PATIENCE)
    await anna.tap("Onderwerp invullen")
    await anna.wait(lambda p: "Waar gaat uw bericht over" in p.screen.text, timeout=PATIENCE)
    await anna.say("Gevel")
    await between()
    await anna.wait(lambda p: "Onderwerp: Gevel" in p.screen.text, timeout=PATIENCE)
    assert not place.handlers_box.mails, "nothing goes out before Versturen"
    await anna.tap("Versturen")
    await between()
    await anna.wait(lambda p: "verstuurd" in p.screen.text, timeout=PATIENCE)
    mail = await place.handlers_box.wait(lambda mail: "Gevel" in mail.subject, timeout=PATIENCE)
    assert [file.name.rpartition(".")[2] for file in mail.attachments] == ["jpg", "pdf"]
    assert "Foto's van de <b>gevel</b>" in mail.text


async def the_handler_answers_by_mail(place: Town, between: Between) -> None:
    asked = place.handlers_box.mails[-1]
    answer = "Dank u, ik kijk ernaar.\n\nMet vriendelijke groet,\nEva de Vries"
    await place.handlers_box.reply(asked, answer, attachments=[attachment("antwoord.pdf", pdf())], style="outlook")
    await between()
    await place.anna.wait(
        lambda p: "Nieuw bericht" in p.screen.text and "Eva de Vries" in p.screen.text, timeout=PATIENCE
    )
    mail = await place.annas_box.wait(lambda mail: "Gevel" in mail.subject, timeout=PATIENCE)
    assert "Dank u, ik kijk ernaar." in mail.text
    assert [file.name for file in mail.attachments] == ["antwoord.pdf"]


async def the_customer_answers_that_mail(place: Town, between: Between) -> None:
    mail = place.annas_box.mails[-1]
    sent = place.handlers_box.mails[-1]
    await place.annas_box.reply(
        mail, "Prima!\nHier is nog een stuk.", attachments=[attachment("stuk.pdf", pdf())], style="iphone"
    )
    await between()
    told = await place.handlers_box.wait(lambda mail: "Gevel" in mail.subject, after=sent.id, timeout=PATIENCE)
    assert "Prima!\nHier is nog een stuk." in told.text
    assert "Dank u, ik kijk ernaar" not in told.text, "the quoted history stays out"
    assert [file.name for file in told.attachments] == ["stuk.pdf"]


def _different(box: Mailbox) -> int:
    """How many mails about the message a mail program shows: one that was sent again after a kill is the same Message-ID."""
    return len({mail.message_id for mail in box.mails if "Gevel" in mail.subject})


async def everything_is_there_once(place: Town, *, killed: bool) -> None:
    messages = await place.listing("message", "list", "2026-0143")
    assert [(row["direction"], row["attachments"]) for row in messages] == [
        ("outgoing", 1),
        ("incoming", 1),
        ("outgoing", 2),
    ]
    supplied = await place.listing("document", "list", "2026-0143", "--shelf", "supplied")
    assert len(supplied) == 3
    assert _different(place.handlers_box) == 2
    assert _different(place.annas_box) == 1
    told = [m for m in place.anna.messages if "Nieuw bericht" in m.text and "Eva de Vries" in m.text]
    assert len(told) == 1 or (killed and len(told) == 2), "Telegram knows no repeat: what was on its way is sent again"
    assert await place.listing("intake", "list", "--state", "dead") == []
    assert await place.listing("deliveries", "list", "--state", "failed") == []
    assert await place.listing("deliveries", "list", "--state", "queued") == []
    assert "whole" in await place.loket("audit", "verify")
