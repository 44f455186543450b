"""What of a mail becomes the message: interleaved answers whole, disclaimers and logos not, images that say something (MAIL-2, 11)."""

from email.message import EmailMessage

import pytest

from sandbox.mail import Mail
from tests.mailbridge.journeys.scene import Scene

PHOTO = b"\x89PNG\r\n\x1a\n" + b"a photo of the meter" * 2000
LOGO = b"\x89PNG\r\n\x1a\n" + b"a logo" * 30

DISCLAIMERS = {
    "nl": "Dit bericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde. Indien u dit bericht ten onrechte"
    " ontvangt, verzoeken wij u de afzender te waarschuwen en het bericht te vernietigen.",
    "en": "This email and any attachments are confidential and intended solely for the addressee. If you have received"
    " this email in error, please notify the sender and delete it.",
}


@pytest.mark.rule("MAIL-2")
async def test_answers_between_the_questions_are_kept_with_them(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        letter = await scene.letter_from_hugo("Wat is uw geboortedatum?\n\nWat is uw geboorteplaats?")
        quoted = [f"> {line}" for line in letter.text.splitlines()]
        at = [number for number, line in enumerate(quoted) if line.endswith("?")]
        quoted.insert(at[1] + 1, "\nUtrecht\n")
        quoted.insert(at[0] + 1, "\n3 juli 1971\n")
        text = "Op ma 23 nov 2026 om 10:00 schreef De Linde <portaal@kantoor.example>:\n\n" + "\n".join(quoted)
        threading = {"In-Reply-To": letter.message_id}
        await scene.box("anna").send(letter.reply_to, f"Re: {letter.subject}", text, headers=threading)
        told = await scene.box("hugo").wait(lambda mail: "Utrecht" in mail.text)
    [written] = await scene.written()
    lines = [line.strip("> ") for line in written.message.text.splitlines() if line.strip("> ")]
    asked = [line for line in lines if line.endswith("?") or line in ("3 juli 1971", "Utrecht")]
    assert asked == ["Wat is uw geboortedatum?", "3 juli 1971", "Wat is uw geboorteplaats?", "Utrecht"]
    assert "3 juli 1971" in told.text


@pytest.mark.rule("MAIL-2")
@pytest.mark.parametrize("language", DISCLAIMERS)
async def test_a_signature_and_a_disclaimer_are_cut_and_kept_aside(office_by_mail: Scene, language: str) -> None:
    scene = office_by_mail
    text = f"Akkoord met de datum.\n\n-- \nAnna de Vries\nDe Vries BV\n\n{DISCLAIMERS[language]}\n"
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        await scene.box("anna").send(letter.reply_to, "Re", text)
        await scene.box("hugo").wait(lambda mail: "Akkoord met de datum." in mail.text)
    [written] = await scene.written()
    assert written.message.text == "Akkoord met de datum."
    assert DISCLAIMERS[language] in " ".join(written.message.cut.split())


@pytest.mark.rule("MAIL-11")
async def test_a_photo_in_the_text_stays_and_the_logo_of_the_signature_goes(office_by_mail: Scene) -> None:
    scene = office_by_mail
    async with scene.at_work():
        letter = await scene.letter_from_hugo("Kunt u een foto van de meter sturen?")
        await scene.server.inject(_with_images(letter), letter.reply_to, authentic=True)
        told = await scene.box("hugo").wait(lambda mail: "Dit is de stand" in mail.text)
    [written] = await scene.written()
    assert written.message.text == "Dit is de stand:"
    assert [(file.name, file.size) for file in written.attachments] == [("meter.png", len(PHOTO))]
    assert [file.content for file in told.attachments] == [PHOTO]


def _with_images(letter: Mail) -> bytes:
    """An answer as Apple Mail and Outlook make it: a photo in the text, a logo below the closing, the question below that."""
    message = EmailMessage()
    message["From"], message["To"] = "Anna <anna@post.example>", letter.reply_to
    message["Subject"], message["Message-ID"] = f"Re: {letter.subject}", "<foto@post.example>"
    message["Date"] = "Mon, 23 Nov 2026 10:00:00 +0100"
    message.set_content("Dit is de stand:\n\n[cid:meter]\n\nMet vriendelijke groet,\nAnna\n[cid:logo]\n")
    message.add_alternative(
        '<html><body><p>Dit is de stand:</p><p><img src="cid:meter" width="640" height="480"></p>'
        '<p>Met vriendelijke groet,<br>Anna</p><p><img src="cid:logo" width="120" height="40"></p></body></html>',
        subtype="html",
    )
    page = message.get_body(("html",))
    assert page is not None
    page.add_related(PHOTO, "image", "png", cid="<meter>", filename="meter.png", disposition="inline")
    page.add_related(LOGO, "image", "png", cid="<logo>", filename="logo.png", disposition="inline")
    return message.as_bytes()
