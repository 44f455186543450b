"""Answers in HTML, by every program in the table."""

import base64

import pytest

from mailbridge.parsing import IncomingMail, markup, read_mail
from mailbridge.replies import attachments_of, reply_of
from tests.mailbridge.reading.pages import PAGES, Page
from tests.mailbridge.reading.writing import mail

_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def read(html: str, text: str | None = None, subject: str = "Re: Koopakte") -> IncomingMail:
    return read_mail(mail(text, html, subject=subject).as_bytes())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_only_the_answer_is_kept(page: Page) -> None:
    reply = reply_of(read(page.reply("Mijn tweede naam is <b>Catharina</b>.")))
    assert reply.text == "Mijn tweede naam is Catharina."
    assert "koopakte van de Lindelaan" in reply.cut


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_an_answer_of_two_paragraphs_keeps_its_lines(page: Page) -> None:
    reply = reply_of(read(page.reply("Goedemiddag,<br><br>Op 2 mei schreef ik al:<br>ik ben er niet.")))
    assert reply.text == "Goedemiddag,\n\nOp 2 mei schreef ik al:\nik ben er niet."


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_without_an_answer_nothing_is_put_in_the_customers_mouth(page: Page) -> None:
    assert "Lindelaan" not in reply_of(read(page.reply(""))).text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_forward_keeps_what_was_forwarded(page: Page) -> None:
    if page.name in ("outlook-desktop", "outlook-web", "outlook-mobile", "outlook-mac", "samsung"):
        assert "Lindelaan" in reply_of(read(page.reply("Zie onder."), subject="FW: Koopakte")).text


def test_answers_between_quotes_are_kept_with_the_quotes() -> None:
    html = (
        '<div>Zie tussen de regels.</div><div class="gmail_quote"><div class="gmail_attr">Op di 14 mei 2024 schreef K:</div>'
        "<blockquote class='gmail_quote'>Kloppen de namen?</blockquote><div>Nee, Catharina.</div>"
        "<blockquote class='gmail_quote'>Wanneer kunt u?</blockquote><div>Vrijdag.</div>"
        "<blockquote class='gmail_quote'>Groet, het kantoor</blockquote></div>"
    )
    reply = reply_of(read(html))
    assert reply.text.split("\n\n") == [
        "Zie tussen de regels.",
        "> Kloppen de namen?",
        "Nee, Catharina.",
        "> Wanneer kunt u?",
        "Vrijdag.",
    ]
    assert "Groet, het kantoor" in reply.cut


def test_an_outlook_answer_in_colour_within_the_history_is_kept_whole() -> None:
    html = PAGES[2].reply("Mijn antwoorden staan hieronder in rood.")
    reply = reply_of(read(html))
    assert "koopakte van de Lindelaan" in reply.text
    assert reply.how == "answers-within"


def test_answers_that_stand_below_their_announcement_need_no_history() -> None:
    html = PAGES[2].reply("Mijn antwoorden staan hieronder:<br>1. ja<br>2. nee")
    assert reply_of(read(html)).text == "Mijn antwoorden staan hieronder:\n1. ja\n2. nee"


def test_paragraphs_lists_and_links_survive() -> None:
    html = (
        "<p>Drie punten:</p><ol><li>naam</li><li>adres<ul><li>straat</li></ul></li></ol>"
        '<p>Zie <a href="https://kaart.example/perceel">de kaart</a> en <a href="https://kaart.example">kaart.example</a>.</p>'
        "<table><tr><td>a</td><td>b</td></tr></table><pre>x\n  y</pre>"
    )
    assert reply_of(read(html)).text == (
        "Drie punten:\n\n1. naam\n2. adres\n\n  - straat\n\n"
        "Zie de kaart <https://kaart.example/perceel> en kaart.example.\n\na b\n\nx\n  y"
    )


def test_hidden_text_scripts_and_styles_are_dropped() -> None:
    html = (
        "<style>p{color:red}</style><div style='display:none'>preheader</div><p>Akkoord</p><script>alert(1)</script>"
        "<span style='font-size:0px'>nul</span><p hidden>weg</p><div style='font-size:0'><p style='font-size:13px'>wel</p></div>"
    )
    assert reply_of(read(html)).text == "Akkoord\n\nwel"


def test_the_page_counts_when_the_plain_text_says_nothing() -> None:
    assert reply_of(read("<p>De inhoud</p>", "Uw programma toont geen HTML.")).text == "De inhoud"


def test_the_plain_text_decides_when_the_page_shows_no_quote() -> None:
    text = "Akkoord\n\nOp di 14 mei 2024 om 16:02 schreef K <k@kantoor.example>:\n> Oud\n"
    assert reply_of(read("<div>Akkoord<div style='border-left:1px'>K zei: Oud</div></div>", text)).text == "Akkoord"


def test_logos_in_the_history_are_no_attachments_but_a_photo_in_the_answer_is() -> None:
    message = mail(None, PAGES[0].reply("De meter:<br><img src='cid:foto@tel'>"))
    message.add_related(_PNG, "image", "png", cid="<logo1@kantoor>", filename="logo.png")
    message.add_related(_PNG, "image", "png", cid="<foto@tel>", filename="meter.png")
    message.make_mixed()
    message.add_attachment(_PNG, maintype="image", subtype="png", filename="los.png")
    read_in = read_mail(message.as_bytes())
    kept = attachments_of(read_in, reply_of(read_in))
    assert [part.name for part in kept] == ["meter.png", "los.png"]


def test_an_image_is_kept_when_the_plain_text_decides() -> None:
    text = "De meter:\n\nOp di 14 mei 2024 om 16:02 schreef K <k@kantoor.example>:\n> Oud\n"
    message = mail(text, "<div>De meter:<img src='cid:foto@tel'></div><div style='border-left:1px'>K zei: Oud</div>")
    message.get_payload()[1].add_related(_PNG, "image", "png", cid="<foto@tel>", filename="meter.png")  # type: ignore[union-attr, index]  # a part
    read_in = read_mail(message.as_bytes())
    reply = reply_of(read_in)
    assert reply.text == "De meter:"
    assert [part.name for part in attachments_of(read_in, reply)] == ["meter.png"]


def test_a_logo_below_a_closing_is_no_attachment() -> None:
    message = mail(None, "<p>Akkoord</p><p>Groeten,<br>Anna</p><p><img src='cid:logo@smit'></p>")
    message.add_related(_PNG, "image", "png", cid="<logo@smit>", filename="logo.png")
    read_in = read_mail(message.as_bytes())
    reply = reply_of(read_in)
    assert reply.text == "Akkoord"
    assert attachments_of(read_in, reply) == ()


@pytest.mark.rule("MAIL-9")
def test_a_page_of_hundreds_of_thousands_of_lines_is_read_to_its_end() -> None:
    """Found by fuzzing: walking through so many took over a second, and what lay beyond a bound was left out."""
    page = "<p>Akkoord</p>" + "<br>\n" * 300_000 + "<p>Tot slot: graag voor vrijdag</p>"
    lines = [line.text for line in markup.to_lines(page) if line.text]
    assert lines == ["Akkoord", "Tot slot: graag voor vrijdag"]
