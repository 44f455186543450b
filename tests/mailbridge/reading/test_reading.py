"""Mail bytes to values: what a well-formed mail says, and what is made of one that isn't."""

import hashlib
from datetime import UTC, datetime

import pytest

from mailbridge.parsing import IncomingMail, Limits, read_mail
from tests.mailbridge.reading.writing import ADDRESS, mail

HEAD = b"From: Anna Smit <anna@Smit.example>\r\nTo: r+k7m2p9@post.vandijk.example\r\nSubject: Re: Koopakte\r\nMessage-ID: <a1@smit.example>\r\n"


def plain(body: bytes, content_type: str = "text/plain; charset=utf-8", extra: bytes = b"") -> IncomingMail:
    return read_mail(HEAD + extra + b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)


def mixed(*parts: bytes, boundary: bytes = b"b1") -> IncomingMail:
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"
    return read_mail(HEAD + b"Content-Type: multipart/mixed; boundary=" + boundary + b"\r\n\r\n" + body)


TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nAkkoord"


def test_a_usual_mail() -> None:
    message = mail("Akkoord", "<p>Akkoord</p>")
    message["References"] = "<d-1@post.vandijk.example> <d-117@post.vandijk.example>"
    message["Cc"] = '"Smit, Jan" <jan@smit.example>'
    message["Delivered-To"] = "r+k7m2p9@intern.vandijk.example"
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="akte € 3.pdf")
    raw = message.as_bytes()
    found = read_mail(raw)
    assert found.message_id == "a1@smit.example"
    assert found.in_reply_to == ("d-117@post.vandijk.example",)
    assert found.references == ("d-1@post.vandijk.example", "d-117@post.vandijk.example")
    assert found.subject == "Re: Koopakte"
    assert found.date == datetime(2024, 5, 14, 16, 0, tzinfo=UTC)
    assert found.from_ is not None
    assert (found.from_.addr_spec, found.from_.name) == ("anna@smit.example", "Anna Smit")
    assert [(one.name, str(one)) for one in found.cc] == [("Smit, Jan", "jan@smit.example")]
    assert found.recipients == (ADDRESS, "jan@smit.example", "r+k7m2p9@intern.vandijk.example")
    assert (found.text or "").strip() == "Akkoord"
    assert (found.html or "").strip() == "<p>Akkoord</p>"
    assert [(one.name, one.media_type, one.content) for one in found.attachments] == [
        ("akte € 3.pdf", "application/pdf", b"%PDF-1.4")
    ]
    assert found.header("SUBJECT") == "Re: Koopakte"
    assert found.header("X-Other") is None
    assert found.problems == ()
    assert found.fingerprint == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        ("=?utf-8?Q?Vraag_over_=E2=82?= =?utf-8?Q?=AC_5?=", "Vraag over € 5"),
        ("=?iso-8859-1?Q?Zo=EB?= en =?utf-8?B?w6k=?=", "Zoë en é"),
        ("=?utf-8?B?w6k?= zonder opvulling", "é zonder opvulling"),
        ("=?x-onbekend?Q?Zo=EB?=", "Zoë"),
        ("gewoon =?utf-8?Q? kapot", "gewoon =?utf-8?Q? kapot"),
        ("=?utf-8?Q?regel=0D=0ABcc=3A_eva=40evil.example?=", "regel Bcc: eva@evil.example"),
        ("gevouwen\r\n  over\r\n\tregels", "gevouwen over regels"),
        ("rechts\u202enaar links", "rechts naar links"),
        ("nul\x00byte", "nul byte"),
        ("é in ruwe bytes", "é in ruwe bytes"),
    ],
)
def test_a_subject_is_one_readable_line(header: str, subject: str) -> None:
    assert read_mail(f"From: a@b.example\r\nSubject: {header}\r\n\r\nx".encode()).subject == subject


@pytest.mark.parametrize(
    ("label", "body", "text"),
    [
        ("utf-8", "Zoë € 5".encode(), "Zoë € 5"),
        ("utf-8", "Zoë".encode("latin-1"), "Zoë"),
        ("x-onbekend", "Zoë €".encode(), "Zoë €"),
        ("us-ascii", "Zoë".encode(), "Zoë"),
        ("iso-8859-1", "€ 5 “ja”".encode("cp1252"), "€ 5 “ja”"),
        ("windows-1252", "€".encode("cp1252"), "€"),
        ("utf-16", "Zoë".encode("utf-16"), "Zoë"),
        ("punycode", b"gewoon-tekst", "gewoon-tekst"),
        ("rot13", b"tekst", "tekst"),
        ("utf-8", "Zoë".encode() + b"\xc3", "Zoë\ufffd"),
        ("utf-8", b"a\x00b", "ab"),
    ],
)
def test_text_is_readable_whatever_the_label_says(label: str, body: bytes, text: str) -> None:
    assert plain(body, f"text/plain; charset={label}").text == text


@pytest.mark.parametrize(
    ("encoding", "body", "content"),
    [
        ("base64", b"QWtrb29yZA==", "Akkoord"),
        ("base64", b"QWtr\r\nb29yZA", "Akkoord"),
        ("BASE64", b"QWtr!b29y*ZA==", "Akkoord"),
        ("base64", b"Q", ""),
        ("quoted-printable", b"Akk=6Fo=\r\nrd=", "Akkoord"),
        ("7bit", b"Akkoord", "Akkoord"),
        ("onzin", b"Akkoord", "Akkoord"),
    ],
)
def test_transfer_encodings_are_undone_as_far_as_they_go(encoding: str, body: bytes, content: str) -> None:
    assert plain(body, extra=f"Content-Transfer-Encoding: {encoding}\r\n".encode()).text == content


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (b'attachment; filename="../../etc/passwd"', "passwd"),
        (b'attachment; filename="C:\\Windows\\x.pdf"', "x.pdf"),
        (
            b"attachment; filename*0*=utf-8''akte%20van%20; filename*1*=levering%20%E2%82%AC.pdf",
            "akte van levering €.pdf",
        ),
        (b'attachment; filename="=?utf-8?Q?kop=C3=A9.pdf?="', "kopé.pdf"),
        (b"attachment; filename=mijn bestand.pdf", "mijn bestand.pdf"),
        ('attachment; filename="factuur\u202efdp.exe"'.encode(), "factuur fdp.exe"),
        (b"attachment", "bijlage-1.pdf"),
        (b'attachment; filename="' + b"a" * 300 + b'.pdf"', "a" * 116 + ".pdf"),
    ],
)
def test_file_names_are_safe(disposition: bytes, name: str) -> None:
    part = b"Content-Type: application/pdf\r\nContent-Disposition: " + disposition + b"\r\n\r\n%PDF"
    assert [one.name for one in mixed(TEXT, part).attachments] == [name]


def test_text_around_a_file_is_all_read() -> None:
    pdf = b"Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: inline\r\n\r\n%PDF"
    found = mixed(TEXT, pdf, b"Content-Type: text/html\r\n\r\n<p>En dit ook</p>")
    assert (found.text or "").split() == ["Akkoord", "En", "dit", "ook"]
    assert [one.name for one in found.attachments] == ["a.pdf"]


def test_a_mail_within_the_mail_is_a_file() -> None:
    found = mixed(TEXT, b"Content-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\nSubject: oud\r\n\r\noude tekst")
    assert (found.text or "").strip() == "Akkoord"
    assert [(one.name, b"oude tekst" in one.content) for one in found.attachments] == [("bijlage-1.eml", True)]


def test_an_invitation_is_kept_beside_the_text() -> None:
    found = mixed(TEXT, b"Content-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR")
    assert [one.parameter("method") for one in found.calendars] == ["REQUEST"]
    assert found.attachments == ()


def test_a_signature_is_no_attachment() -> None:
    found = mixed(TEXT, b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx")
    assert found.attachments == ()


def test_encrypted_and_outlook_packages_are_named() -> None:
    assert "encrypted" in plain(b"x", "application/pkcs7-mime; smime-type=enveloped-data").problems
    assert "tnef" in mixed(TEXT, b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx").problems


def test_flowed_text_is_joined() -> None:
    found = plain(b"Een lange \r\nzin.\r\n> oud \r\n> citaat\r\n-- \r\nAnna\r\n", "text/plain; format=flowed")
    assert found.text == "Een lange zin.\n> oud citaat\n-- \nAnna\n"


def test_uuencoded_files_leave_the_text() -> None:
    found = plain(b"Zie bijlage\r\n\r\nbegin 644 a.txt\r\n#8V%T\r\n`\r\nend\r\n")
    assert (found.text or "").strip() == "Zie bijlage"
    assert [(one.name, one.content) for one in found.attachments] == [("a.txt", b"cat")]


def test_an_image_shown_in_the_page_is_inline() -> None:
    image = b"Content-Type: image/png; name=a.png\r\nContent-ID: <i1@x>\r\n\r\npng"
    shown, loose = mixed(b"Content-Type: text/html\r\n\r\n<img src='cid:i1@x'>", image), mixed(TEXT, image)
    assert [one.inline for one in (*shown.attachments, *loose.attachments)] == [True, False]


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "not-a-mail"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not-a-mail"),
        (b"Subject: x\r\n\r\nzonder afzender", "no-from"),
        (HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nafgebroken", "unclosed-multipart"),
        (HEAD + b"Content-Type: multipart/mixed\r\n\r\ngeen grens", "multipart-without-boundary"),
        (HEAD + b"Content-Type: text/plain; charset=onzin\r\n\r\nx", "unknown-charset"),
        (HEAD + b"dit is geen veld\r\nDate: nu\r\n\r\nx", "malformed-header-line"),
        (HEAD + b"de tekst begint hier\r\n\r\nx", "no-blank-line-after-headers"),
        (HEAD + b"X-A: b\r\n" * 3_000 + b"\r\nx", "too-many-headers"),
        (HEAD + b"X-A: " + b"b" * 200_000 + b"\r\n\r\nx", "header-too-long"),
        (HEAD + b"X-A: " + b"b" * 600_000 + b"\r\n\r\nx", "headers-too-long"),
    ],
)
def test_every_defect_is_named(raw: bytes, problem: str) -> None:
    assert problem in read_mail(raw).problems


@pytest.mark.parametrize("lead", [b"\r\n\r\n", b"From anna Tue May 14\r\n", b">From anna\r\n", b" \n\t\n"])
def test_what_stands_before_the_headers_is_skipped(lead: bytes) -> None:
    assert read_mail(lead + HEAD + b"\r\nAkkoord").text == "Akkoord"


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_every_kind_of_line_end(end: bytes) -> None:
    found = read_mail((HEAD + b"\r\nregel 1\r\nregel 2").replace(b"\r\n", end))
    assert (found.subject, found.text) == ("Re: Koopakte", "regel 1\nregel 2")


def test_no_message_id_and_an_impossible_date() -> None:
    found = read_mail(b"From: a@b.example\r\nDate: gisteren 25:61\r\n\r\nx")
    assert (found.message_id, found.date, found.in_reply_to, found.references) == (None, None, (), ())


def test_bounds_hold() -> None:
    limits = Limits(size=50_000, parts=10, depth=5, text=100, addresses=3)
    many = b"".join(
        b"--b1\r\nContent-Disposition: attachment; filename=f%d\r\n\r\nx\r\n" % number for number in range(1_000)
    )
    raw = b"To: " + b"a@b.example, " * 50 + b"\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n" + many
    found = read_mail(raw, limits)
    assert len(found.attachments) <= 12
    assert "too-many-parts" in found.problems
    assert len(found.to) == 3
    assert len(read_mail(HEAD + b"\r\n" + b"x" * 1_000, limits).text or "") == 100
    assert "too-big" in read_mail(HEAD + b"\r\n" + b"x" * 60_000, limits).problems


def test_ten_thousand_parts_and_three_hundred_levels() -> None:
    many = b"".join(b"--b1\r\nContent-Type: text/plain; name=f%d.txt\r\n\r\nx\r\n" % number for number in range(10_000))
    wide = read_mail(
        HEAD + b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\n" + TEXT + b"\r\n" + many + b"--b1--"
    )
    assert (wide.text or "").strip() == "Akkoord"
    assert len(wide.attachments) <= Limits().parts
    levels = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(300))
    assert "too-deep" in read_mail(HEAD + levels + TEXT).problems


def test_a_page_too_deep_for_the_parser_is_still_read() -> None:
    found = mixed(b"Content-Type: text/html\r\n\r\n" + b"<div>" * 50_000 + b"Akkoord", TEXT)
    assert "Akkoord" in (found.text or "")


def test_nested_parts_with_the_same_boundary() -> None:
    inner = b"--b1\r\n" + TEXT + b"\r\n--b1--\r\n"
    found = read_mail(
        HEAD + b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\n"
        b"Content-Type: multipart/alternative; boundary=b1\r\n\r\n" + inner + b"--b1--\r\n"
    )
    assert (found.text or "").strip() == "Akkoord"
