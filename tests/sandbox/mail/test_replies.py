import pytest

from sandbox.mail import Mail, MailServer, attachment
from sandbox.mail.replies import Language, Style
from tests.sandbox.mail.conftest import ANNA, PORTAL

_HTML = '<p>Beste Anna,</p><img src="cid:logo"><p>De akte is klaar.</p>'


async def _original(server: MailServer) -> Mail:
    await server.mailbox(PORTAL).send(
        ANNA, "Akte klaar", "Beste Anna,\n\nDe akte is klaar.", html=_HTML,
        headers={"Reply-To": "portaal+r9@kantoor.example", "Message-ID": "<d1@kantoor.example>", "References": "<d0@k>"},
    )  # fmt: skip
    return await server.mailbox(ANNA).wait()


@pytest.mark.parametrize(
    ("style", "language", "intro", "markup"),
    [
        ("gmail", "nl", " schreef ", 'class="gmail_quote gmail_quote_container"'),
        ("gmail", "en", " wrote:", 'class="gmail_quote"'),
        ("outlook", "nl", "Verzonden: ", "border-top:solid #E1E1E1 1.0pt"),
        ("outlook", "en", "Sent: ", "WordSection1"),
        ("apple", "nl", " heeft ", '<blockquote type="cite">'),
        ("iphone", "nl", "Verstuurd vanaf mijn iPhone", "lineBreakAtBeginningOfSignature"),
        ("iphone", "en", "Sent from my iPhone", '<blockquote type="cite">'),
    ],
)
async def test_each_client_quotes_in_its_own_way(
    server: MailServer, style: Style, language: Language, intro: str, markup: str
) -> None:
    await server.mailbox(ANNA).reply(await _original(server), "Prima, dank!", style=style, language=language)
    mail = await server.mailbox(PORTAL).wait()
    assert mail.text.startswith("Prima, dank!\n")
    assert intro in mail.text and "De akte is klaar." in mail.text
    assert markup in mail.html and _HTML in mail.html
    assert mail.html.index("Prima, dank!") < mail.html.index("Beste Anna")


async def test_a_reply_threads_and_goes_to_reply_to(server: MailServer) -> None:
    sent = await server.mailbox(ANNA).reply(await _original(server), "Ja", style="outlook")
    mail = await server.mailbox(PORTAL).wait()
    assert mail.to == ("portaal+r9@kantoor.example",)
    assert mail.subject == "RE: Akte klaar"
    assert (mail.header("In-Reply-To"), mail.header("References")) == (
        "<d1@kantoor.example>",
        "<d0@k> <d1@kantoor.example>",
    )
    assert server.mailbox(ANNA).sent == [sent]
    again = await server.mailbox(PORTAL).reply(mail, "Nog iets")
    assert again.subject == "RE: Akte klaar"


async def test_the_plain_style_has_no_html(server: MailServer) -> None:
    await server.mailbox(ANNA).reply(await _original(server), "Ja", style="plain")
    mail = await server.mailbox(PORTAL).wait()
    assert mail.html == ""
    assert "\n> De akte is klaar." in mail.text


async def test_attachments_and_names_arrive_as_they_were(server: MailServer) -> None:
    files = [attachment("Kópie paspoort.pdf", b"%PDF-1.7 \x00\xff"), attachment("foto.png", b"\x89PNG")]
    await server.mailbox(ANNA).reply(await _original(server), "Bijgaand", attachments=files)
    mail = await server.mailbox(PORTAL).wait()
    assert [(file.name, file.type, file.content) for file in mail.attachments] == [
        ("Kópie paspoort.pdf", "application/pdf", b"%PDF-1.7 \x00\xff"),
        ("foto.png", "image/png", b"\x89PNG"),
    ]


async def test_inline_images_of_the_original_go_along(server: MailServer) -> None:
    boundary = "b"
    raw = (
        f"From: {PORTAL}\r\nTo: {ANNA}\r\nSubject: Logo\r\nContent-Type: multipart/related; boundary={boundary}\r\n\r\n"
        f"--{boundary}\r\nContent-Type: text/html\r\n\r\n<img src='cid:logo@k'>\r\n"
        f"--{boundary}\r\nContent-Type: image/png\r\nContent-ID: <logo@k>\r\n\r\nPNG\r\n--{boundary}--\r\n"
    )
    await server.inject(raw.encode(), ANNA)
    mail = await server.mailbox(ANNA).wait()
    assert [(image.cid, image.content) for image in mail.inline] == [("logo@k", b"PNG")]
    await server.mailbox(ANNA).reply(mail, "Mooi")
    assert [image.cid for image in (await server.mailbox(PORTAL).wait()).inline] == ["logo@k"]


async def test_links_in_a_mail_are_listed_once(server: MailServer) -> None:
    link = "https://t.me/loket_bot?start=AB&amp;x=1"
    await server.mailbox(PORTAL).send(
        ANNA, "Welkom", "Open https://t.me/loket_bot?start=AB&x=1 nu.", html=f'<a href="{link}">open</a>'
    )
    assert (await server.mailbox(ANNA).wait()).links == ["https://t.me/loket_bot?start=AB&x=1"]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"geen kop, alleen tekst",
        b"From: =?utf-8?b?!!!?=\r\nContent-Type: text/plain; charset=bestaat-niet\r\n\r\n\xe9",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\nContent-Type: message/rfc822\r\n\r\n" * 30,
    ],
)
async def test_any_bytes_can_be_read(server: MailServer, raw: bytes) -> None:
    await server.inject(raw, ANNA)
    assert server.mailbox(ANNA).mails[0].raw.endswith(raw)
