"""Mails to begin fuzzing with: those that the tests write for themselves, and the mail corpus when it is at hand."""

import email
from collections.abc import Iterator
from pathlib import Path

from tests.mailbridge.reading.pages import PAGES
from tests.mailbridge.reading.writing import ANSWERS, CLIENTS, CLOSINGS, mail

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
LONGEST_SEED = 100_000
"""Bytes."""

OWN = (
    (
        b"From: Anna <anna@b.example>\r\nTo: r+x@k.example\r\nSubject: =?utf-8?Q?Re=3A_akte?=\r\nMessage-ID: <1@b.example>\r\n"
        b"Authentication-Results: mx.k.example; dmarc=pass (p=none) header.from=b.example\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n'
        b"<p>Ja</p><div class=gmail_quote>Op 3 mei 2026 om 10:11 schreef <a@k.example>:<blockquote>oud</blockquote></div>\r\n"
        b"--b\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
        b"SUMMARY:x\r\nDTSTART;TZID=Europe/Amsterdam:20260703T100000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n--b--\r\n"
    ),
    (
        b"From: MAILER-DAEMON@b.example\r\nSubject: Undelivered\r\nContent-Type: multipart/report; "
        b"report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nNo such user\r\n--b\r\nContent-Type: "
        b"message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\n"
        b"Action: failed\r\nStatus: 5.1.1\r\n--b--\r\n"
    ),
    (
        b"From: a@b.example\r\nContent-Type: application/pkcs7-mime\r\n\r\n\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
        b"\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x24\x80"
        b"\x04\x07A: b\r\n\r\x04\x03\nJa\0\0\0\0\0\0\x31\x00\0\0\0\0\0\0"
    ),
)


def own_seeds() -> Iterator[bytes]:
    """A mail of each program that the tests know, in text and in HTML, with each answer and each closing once."""
    answers, closings = list(ANSWERS.values()), list(CLOSINGS.values())
    for number, client in enumerate(CLIENTS):
        said = answers[number % len(answers)] + closings[number % len(closings)]
        yield mail(client.reply(said)).as_bytes()
    for number, page in enumerate(PAGES):
        said = answers[number % len(answers)]
        yield mail(said, page.reply(said)).as_bytes()
        yield mail(None, page.reply(said)).as_bytes()


def seeds() -> list[bytes]:
    """Mails to begin with; every winmail.dat of the corpus also bare, so that its own bytes are changed."""
    found = [*OWN, *own_seeds()]
    for path in sorted((*CORPUS.glob("mails/*/*.eml"), *CORPUS.glob("replies/**/*.eml"))):
        raw = path.read_bytes()
        if len(raw) <= LONGEST_SEED:
            found.append(raw)
        found.extend(_winmails(raw) if path.parent.name == "tnef" else ())
    return found


def _winmails(raw: bytes) -> Iterator[bytes]:
    for part in email.message_from_bytes(raw).walk():
        content = part.get_payload(decode=True)
        if (
            part.get_content_type() == "application/ms-tnef"
            and isinstance(content, bytes)
            and len(content) < LONGEST_SEED
        ):
            yield b"From: a@b.example\r\nContent-Type: application/ms-tnef\r\n\r\n" + content
