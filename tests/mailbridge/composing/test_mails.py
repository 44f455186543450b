"""Every kind of mail, in both languages: whole, threaded, and without anything from elsewhere."""

import email
import re
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default
from html import unescape

import pytest

from core.actor import Language
from mailbridge.composing import Enclosure, Letter, compose, delivery_of, fitting
from mailbridge.composing.headers import plain_subject, tagged_subject
from mailbridge.composing.rendering import NO_BREAK_SPACE
from mailbridge.composing.wording import KINDS
from mailbridge.parsing import read_mail
from mailbridge.replies import MARKERS, reply_of
from mailbridge.tokens import About, Audience, ReplyToken, read_bounce, read_token
from tests.mailbridge.composing import letters
from tests.mailbridge.composing.letters import AT, KEYS, OFFICE, PDF, SETTINGS, letter

EACH = [(kind, language) for kind in letters.KINDS for language in Language]
HOSTILE = (
    'Eve <b>bold</b> {office} {{ 7*7 }}\r\nBcc: x@evil.example\x00\x07 ]]> & "quoted" <mj-raw><script>alert(1)</script>'
)


def composed(sample: Letter) -> EmailMessage:
    mail = compose(sample, office=OFFICE, settings=SETTINGS, keys=KEYS)
    message = email.message_from_bytes(mail.content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def face(message: EmailMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def test_every_kind_has_an_example_here() -> None:
    assert set(letters.KINDS) == KINDS


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_both_faces_say_it_and_nothing_comes_from_elsewhere(kind: str, language: Language) -> None:
    message = composed(letter(kind, language))
    text, html = face(message, "plain"), face(message, "html")
    assert OFFICE.name in text and OFFICE.name in html
    assert OFFICE.phone in text and OFFICE.phone.replace(" ", NO_BREAK_SPACE) in unescape(html)
    assert OFFICE.phone not in html, "no line ends within it"
    assert not re.findall(r"""(?:src|background)=["'](?!cid:)""", html)
    assert "<link" not in html and "@import" not in html and "url(" not in html
    assert f'lang="{language}"' in html
    assert "prefers-color-scheme: dark" in html
    assert "{" not in text, "a placeholder was left open"


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_the_text_stands_quiet_on_the_page_with_every_link_on_a_line_of_its_own(kind: str, language: Language) -> None:
    office = replace(OFFICE, website="https://kantoor.example")
    mail = compose(letter(kind, language), office=office, settings=SETTINGS, keys=KEYS)
    parsed = email.message_from_bytes(mail.content, policy=default)
    assert isinstance(parsed, EmailMessage)
    text = face(parsed, "plain")
    assert "\n\n\n" not in text
    assert [line for line in text.splitlines() if line != line.rstrip() and line != "-- "] == []
    linked = [line for line in text.splitlines() if "https://" in line]
    assert [line for line in linked if not re.fullmatch(r"(?:[^.,?]{1,40}: )?https://\S+", line)] == []


@pytest.mark.parametrize("language", Language)
def test_what_there_is_one_of_is_called_one(language: Language) -> None:
    sent = letter("documents_sent", language)
    one = replace(sent, values={**sent.values, "sent": ["Nota.pdf"], "kept": [], "too_big": [], "unknown": []})
    lost = replace(sent, values={**sent.values, "sent": [], "kept": [], "too_big": [], "unknown": [17]})
    said = {
        Language.NL: ("Het document waar u om vroeg", "Dit nummer staat"),
        Language.EN: ("The document that", "This number is"),
    }
    title, unknown = said[language]
    assert title in face(composed(one), "plain")
    assert unknown in face(composed(lost), "plain")
    assert (
        composed(lost)["Subject"]
        == {Language.NL: "Uw document", Language.EN: "Your document"}[language] + " [2026-0123]"
    )


@pytest.mark.parametrize(("kind", "by", "said"), [
    ("two_factor_off", "person", "Was u dit niet?"), ("two_factor_off", "staff", "Vroeg u hier niet om?"),
    ("details_changed", "person", "Was u dit niet?"), ("details_changed", "office", "Vroeg u hier niet om?"),
])  # fmt: skip
def test_what_the_office_did_is_not_asked_of_the_reader(kind: str, by: str, said: str) -> None:
    sample = letter(kind)
    text = face(composed(replace(sample, values={**sample.values, "by": by})), "plain")
    assert said in text and "23 november 2026 om 10:30" in text


@pytest.mark.parametrize(("left", "said"), [
    (1, "En nog 1 ouder bericht: antwoord met LEES 1."),
    (60, "En nog 60 oudere berichten, met de nummers 1 tot en met 60: antwoord met LEES en een nummer."),
])  # fmt: skip
def test_a_list_that_goes_on_says_how(left: int, said: str) -> None:
    sample = letter("messages")
    text = face(composed(replace(sample, values={**sample.values, "total": left + 1})), "plain")
    assert said in text
    assert text.count(f"Berichten ({left + 1})") == 1 and "\nBerichten\n" not in text


def test_who_has_no_link_is_not_told_how_to_end_it() -> None:
    sample = letter("relink")
    assert "STOP" in face(composed(sample), "plain")
    alone = face(composed(replace(sample, values={**sample.values, "telegram_name": None})), "plain")
    assert "geen Telegram gekoppeld" in alone and "STOP" not in alone


def test_the_text_has_the_button_in_words() -> None:
    for enclosures in ((), (PDF,)):
        text = face(composed(replace(letter("document_new"), enclosures=enclosures)), "plain")
        assert "\n\nOpen in Telegram: https://t.me/lindebot\n\n" in text


def test_no_line_begins_with_the_dot_between_two_facts() -> None:
    message = composed(letter("messages"))
    assert f"om 10:30{NO_BREAK_SPACE}· 2 bijlagen" in unescape(face(message, "html"))
    assert "om 10:30 · 2 bijlagen" in face(message, "plain")


def test_no_line_ends_within_the_word_email_of_a_title() -> None:
    message = composed(letter("which_dossier"))
    assert "Bij welk dossier hoort uw e\u2011mail?" in face(message, "html")
    assert "Bij welk dossier hoort uw e-mail?" in face(message, "plain")


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_the_headers_are_those_of_a_well_behaved_machine(kind: str, language: Language) -> None:
    sample = letter(kind, language)
    message = composed(sample)
    assert message["Auto-Submitted"] in {"auto-generated", "auto-replied"}
    assert message["From"].addresses[0].addr_spec == SETTINGS.portal
    assert message["Content-Language"] == language
    assert delivery_of([message["Message-ID"]], keys=KEYS, domain=SETTINGS.domain) == sample.delivery_id
    envelope = compose(sample, office=OFFICE, settings=SETTINGS, keys=KEYS).sender
    assert read_bounce([envelope], keys=KEYS, domain=SETTINGS.domain) == sample.delivery_id


@pytest.mark.parametrize("kind", letters.KINDS)
def test_what_a_person_wrote_never_becomes_markup_or_a_header(kind: str) -> None:
    sample = letter(kind)
    spoiled = {name: _spoiled(name, value) for name, value in sample.values.items()}
    if kind == "refusal":
        spoiled["values"] = {"name": HOSTILE, "limit": "20 MB"}
    message = composed(replace(sample, values=spoiled))
    html = face(message, "html")
    assert "<script>alert" not in html and "<b>bold" not in html
    assert "49" not in face(message, "plain")
    assert message["Bcc"] is None
    assert "\x00" not in html + face(message, "plain") + str(message["Subject"])


@pytest.mark.parametrize(("kind", "language"), EACH)
def test_a_mail_without_its_files_is_small(kind: str, language: Language) -> None:
    bare = replace(letter(kind, language), enclosures=())
    assert len(compose(bare, office=OFFICE, settings=SETTINGS, keys=KEYS).content) < 100_000


def test_a_name_from_right_to_left_does_not_turn_the_sentence_around() -> None:
    name = "محمد عبد الرحمن"
    sample = letter("message_new")
    message = composed(replace(sample, values={**sample.values, "author": name}))
    for shown in (face(message, "plain"), face(message, "html")):
        assert f"Van \u2068{name}\u2069, 23 november 2026" in shown
    assert message["From"].addresses[0].display_name == f"{name} via {OFFICE.name}", "headers have no use for them"


@pytest.mark.parametrize("language", Language)
def test_what_can_be_asked_next_is_a_mail_that_is_already_written(language: Language) -> None:
    message = composed(letter("dossier", language))
    address = str(message["Reply-To"].addresses[0].addr_spec)
    word = {Language.NL: "STUUR", Language.EN: "SEND"}[language]
    assert f'href="mailto:{address}?subject={word}%203&amp;body={word}%203"' in face(message, "html")
    assert f'href="mailto:{address}?subject=Kopie%20paspoort%20%5B2026-0123%5D"' in face(message, "html")
    assert f"{word} 3" in face(message, "plain") and f"{word} 2" not in face(message, "plain"), "2 is confidential"


def test_the_text_says_that_more_is_to_be_written_behind_a_word() -> None:
    text = face(composed(letter("details")), "plain")
    assert "Wijzig: antwoord met WIJZIG MOBIEL en wat het moet worden\n" in text


@pytest.mark.parametrize(
    ("weekdays", "said"), [((0, 1, 2, 3, 4), "Mon-Fri 9:00-17:00"), ((0, 2), "Mon, Wed 9:00-17:00")]
)
def test_the_hours_are_in_the_readers_language(weekdays: tuple[int, ...], said: str) -> None:
    office = replace(OFFICE, weekdays=weekdays)
    english, dutch = (
        email.message_from_bytes(
            compose(letter("help", language), office=office, settings=SETTINGS, keys=KEYS).content, policy=default
        )
        for language in (Language.EN, Language.NL)
    )
    assert isinstance(english, EmailMessage) and isinstance(dutch, EmailMessage)
    for subtype in ("plain", "html"):
        assert said in face(english, subtype) and OFFICE.hours not in face(english, subtype)
        assert OFFICE.hours in face(dutch, subtype)


def _spoiled(name: str, value: object) -> object:
    kept = {"code", "channel", "shelf", "at", "sent_at", "edited_at", "expires_at", "expires_on", "due_on"}
    kept |= {"act", "by", "field", "kind", "language", "part", "news", "method", "done_at"}
    if isinstance(value, list):
        return [_spoiled(name, item) for item in value]
    if isinstance(value, dict):
        return {key: _spoiled(key, each) for key, each in value.items()}
    if name == "reason" and value == "unauthenticated":
        return value
    return HOSTILE if isinstance(value, str) and name not in kept else value


def test_a_repeated_attempt_is_the_same_mail() -> None:
    first, again = composed(letter("message_new")), composed(replace(letter("message_new"), attempt_at=letters.EXPIRES))
    assert first["Message-ID"] == again["Message-ID"]
    assert composed(replace(letter("message_new"), delivery_id=100))["Message-ID"] != first["Message-ID"]


def test_the_reply_address_is_the_readers_own() -> None:
    to_anna = _token(composed(letter("message_new")))
    to_bakker = _token(composed(letter("message_staff")))
    assert (to_anna.audience, to_anna.reader_id, to_anna.dossier_id, to_anna.message_id) == (
        Audience.PERSON,
        7,
        12,
        345,
    )
    assert (to_bakker.audience, to_bakker.reader_id) == (Audience.STAFF, 3)
    assert (to_anna.expires - AT.date()).days == OFFICE.reply_token_days
    assert _token(composed(letter("linked"))).about is About.LINKED


def _token(message: EmailMessage) -> ReplyToken:
    token = read_token([message["Reply-To"].addresses[0].addr_spec], keys=KEYS, domain=SETTINGS.domain, today=AT.date())
    assert token is not None
    return token


def test_a_stranger_gets_no_reply_address() -> None:
    assert composed(letter("unknown_sender"))["Reply-To"].addresses[0].addr_spec == SETTINGS.portal


def test_only_news_can_be_stopped_by_a_button() -> None:
    web = replace(SETTINGS, web="https://portaal.kantoor.example/")
    for kind in letters.KINDS:
        message = email.message_from_bytes(
            compose(letter(kind), office=OFFICE, settings=web, keys=KEYS).content, policy=default
        )
        assert (message["List-Unsubscribe"] is not None) == (kind == "news"), kind
        assert (message["List-Unsubscribe-Post"] is not None) == (kind == "news"), kind
        if kind == "news":
            by_click, by_mail = str(message["List-Unsubscribe"]).split(", ")
            assert re.fullmatch(r"<https://portaal\.kantoor\.example/news/stop/[a-z2-7]+>", by_click)
            token = read_token([by_mail[8:].partition("?")[0]], keys=KEYS, domain=SETTINGS.domain, today=AT.date())
            assert token is not None and (token.about, token.reader_id) == (About.NEWS, 7)
            assert str(message["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert composed(letter("news"))["List-Unsubscribe-Post"] is None, "without a web address there is nothing to click"


def test_one_mailbox_can_receive_replies_and_bounces() -> None:
    one = replace(SETTINGS, reply_local="portaal")
    mail = compose(letter("message_new"), office=OFFICE, settings=one, keys=KEYS)
    reply_to = email.message_from_bytes(mail.content, policy=default)["Reply-To"].addresses[0].addr_spec
    assert reply_to.startswith("portaal+") and mail.sender.startswith("portaal+")
    assert read_token([reply_to], keys=KEYS, domain=one.domain) is not None
    assert read_bounce([mail.sender], keys=KEYS, domain=one.domain) == 99


def test_a_conversation_holds_together_for_every_reader() -> None:
    to_anna, to_bakker = composed(letter("message_new")), composed(letter("message_staff"))
    root = to_anna["References"]
    assert to_anna["In-Reply-To"] == root
    assert to_bakker["References"] == f"{root} <abc@post.example>"
    assert to_bakker["In-Reply-To"] == "<abc@post.example>"
    assert to_bakker["Subject"] == "Re: Akte van levering [2026-0123]"


def test_the_long_message_id_of_another_system_stays_whole() -> None:
    exchange = "<AM0PR04MB4567F0C9A8E7D6B5A4938271605F4E3@AM0PR04MB4567.eurprd04.prod.outlook.com>"
    raw = compose(replace(letter("message_staff"), in_reply_to=exchange), office=OFFICE, settings=SETTINGS, keys=KEYS)
    assert raw.content.count(exchange.encode()) == 2


@pytest.mark.parametrize("given", ["<a b@c>", "x>\r\nBcc: y", "", "<>", "<é@x>", "<" + "x" * 900 + ">"])
def test_an_id_that_can_not_stand_in_a_header_is_left_out(given: str) -> None:
    message = composed(replace(letter("message_staff"), in_reply_to=given))
    assert message["In-Reply-To"] == composed(letter("message_new"))["In-Reply-To"]
    assert message["Bcc"] is None


def test_the_author_is_named_beside_the_office() -> None:
    assert composed(letter("message_new"))["From"].addresses[0].display_name == f"Mr. J. Bakker via {OFFICE.name}"


@pytest.mark.parametrize("kind", ["message_new", "message_staff", "document_new", "linked"])
@pytest.mark.parametrize("language", Language)
def test_where_an_answer_is_expected_the_marker_comes_first(kind: str, language: Language) -> None:
    message = composed(letter(kind, language))
    marker = MARKERS[language]
    assert face(message, "plain").startswith(marker)
    html = face(message, "html")
    assert html.index(marker) < html.index(f">{OFFICE.name}<")


def test_what_is_quoted_of_our_mail_is_cut_from_the_answer() -> None:
    ours = composed(letter("message_new"))
    quoted = "\n".join("> " + line for line in face(ours, "plain").splitlines())
    answer = (
        f"From: anna@post.example\nSubject: Re: x\nContent-Type: text/plain; charset=utf-8\n\nDat klopt.\n\n{quoted}\n"
    )
    assert reply_of(read_mail(answer.encode())).text == "Dat klopt."


def test_the_invitation_has_link_qr_and_a_line_to_copy() -> None:
    message = composed(letter("invitation"))
    text, html = face(message, "plain"), face(message, "html")
    link = "https://t.me/lindebot?start=Kf7mPq2wXz"
    assert link in text and f'href="{link}"' in html
    assert "\n/start Kf7mPq2wXz\n" in text and "/start Kf7mPq2wXz" in html
    pictures = {part["Content-ID"]: part.get_content() for part in message.walk() if part["Content-ID"]}
    assert pictures["<qr>"].startswith(b"\x89PNG") and 'src="cid:qr"' in html
    for said in ("7 december 2026", "spam", "nooit", OFFICE.manual, "anna@post.example"):
        assert said in text and said in html, said


def test_a_code_stands_in_the_mail_but_not_in_its_headers() -> None:
    message = composed(letter("linking_code"))
    assert "482913" in face(message, "plain") and "482913" in face(message, "html")
    assert not [name for name, value in message.items() if "482913" in value]


def test_the_logo_goes_along_when_the_office_has_one() -> None:
    logo = b"\x89PNG\r\n\x1a\n and so on"
    mail = compose(letter("help"), office=OFFICE, settings=replace(SETTINGS, logo=logo), keys=KEYS)
    message = email.message_from_bytes(mail.content, policy=default)
    assert isinstance(message, EmailMessage)
    assert 'src="cid:logo"' in face(message, "html")
    assert [part.get_content() for part in message.walk() if part["Content-ID"] == "<logo>"] == [logo]


def test_files_are_attached_under_their_own_names() -> None:
    odd = Enclosure("Naïeve “akte”\r\nX: y.eml", "message/rfc822", b"From: x")
    message = composed(replace(letter("message_new"), enclosures=(PDF, odd)))
    attached = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    assert attached[PDF.name] == PDF.content
    assert attached["Naïeve “akte” X: y.eml"] == b"From: x"


def test_files_that_do_not_fit_are_named_instead() -> None:
    files = [{"name": "a", "size": 9_000_000}, {"name": "b", "size": 20_000_000}, {"name": "c", "size": 5_000_000}]
    taken, left = fitting(files, limit=25 * 1024 * 1024)
    assert [file["name"] for file in taken] == ["a", "c"]
    assert [file.name for file in left] == ["b"]
    assert "Bouwtekening.pdf (31,0 MB)" in face(composed(letter("message_new")), "plain")


def test_a_confidential_document_is_only_named() -> None:
    sample = letter("document_new")
    text = face(composed(replace(sample, values={**sample.values, "confidential": True})), "plain")
    assert "vertrouwelijk" in text and "bijgevoegd" not in text


@pytest.mark.parametrize("address", ["jörg@bücher.example", "anna@post.example"])
def test_an_address_beyond_ascii_can_be_written_to(address: str) -> None:
    mail = compose(replace(letter("help"), address=address), office=OFFICE, settings=SETTINGS, keys=KEYS)
    assert mail.recipient == address and address.encode() in mail.content


@pytest.mark.parametrize(
    ("given", "number", "plain"),
    [
        ("Re: Antw: FW: Akte [2026-0123]", "2026-0123", "Akte"),
        ("Re[2]: Akte [2026-0123]", "2026-0123", "Akte"),
        ("Akte [van mij]", "2026-0123", "Akte [van mij]"),
        ("Regels: wat geldt", "", "Regels: wat geldt"),
        ("RE: \r\n  dubbele   regel", "", "dubbele regel"),
        ("Re: [2026-0123]", "2026-0123", ""),
    ],
)
def test_a_subject_loses_what_clients_and_we_added(given: str, number: str, plain: str) -> None:
    assert plain_subject(given, number) == plain


def test_a_subject_is_tagged_once() -> None:
    assert tagged_subject("Re: Akte [2026-0123]", "2026-0123", answers=True) == "Re: Akte [2026-0123]"
    long = tagged_subject("woord " * 100, "2026-0123", answers=True)
    assert long.endswith("[2026-0123]") and len(long) <= 250
