"""Invitations and the answers to them."""

import pytest

from mailbridge.parsing import IncomingMail, read_mail
from mailbridge.replies import attachments_of, reply_of
from mailbridge.rules import Kind, classify

ZONE = "BEGIN:VTIMEZONE\nTZID:W. Europe Standard Time\nBEGIN:STANDARD\nDTSTART:16010101T030000\nRRULE:FREQ=SECONDLY\n"
ZONE += "SUMMARY:zomertijd\nEND:STANDARD\nEND:VTIMEZONE\n"
EVENT = (
    "BEGIN:VEVENT\nSUMMARY;LANGUAGE=nl:Passeren akte\\, Lindelaan\nLOCATION:Kantoor De\n  Linde\n"
    'DTSTART;TZID="W. Europe Standard Time":20260703T100000\nDTEND;TZID="W. Europe Standard Time":20260703T111500\n'
    "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@smit.example\n"
    "BEGIN:VALARM\nSUMMARY:wekker\nEND:VALARM\nEND:VEVENT\n"
)


def calendar(event: str, method: str = "REQUEST", *, text: str = "", header: str = "; method={method}") -> IncomingMail:
    lines = f"BEGIN:VCALENDAR\nMETHOD:{method}\n{ZONE}{event}END:VCALENDAR\n".replace("\n", "\r\n")
    kind = f"text/calendar{header.format(method=method)}; charset=utf-8"
    raw = f"From: anna@smit.example\r\nSubject: Afspraak\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\n{text}\r\n"
    return read_mail(f"{raw}--b\r\nContent-Type: {kind}\r\n\r\n{lines}\r\n--b--\r\n".encode())


def test_an_invitation_without_a_word_says_what_it_is_about_and_is_kept() -> None:
    found = calendar(EVENT)
    reply = reply_of(found)
    assert classify(found, ()).kind is Kind.REPLY
    assert reply.text == (
        "Passeren akte, Lindelaan, 03-07-2026 10:00–11:15 (W. Europe Standard Time), Kantoor De Linde"
    )
    [kept] = attachments_of(found, reply)
    assert kept.name.endswith(".ics") and b"BEGIN:VEVENT" in kept.content


def test_an_invitation_with_words_keeps_to_the_words() -> None:
    found = calendar(EVENT, text="Schikt dit?")
    assert reply_of(found).text == "Schikt dit?"
    assert len(attachments_of(found, reply_of(found))) == 1


def test_an_invitation_that_comes_as_part_and_as_file_is_kept_once() -> None:
    ics = "Content-Type: application/ics; name=invite.ics\r\nContent-Disposition: attachment\r\n\r\nBEGIN:VCALENDAR"
    part = f"Content-Type: text/calendar; method=REQUEST\r\n\r\n{EVENT}"
    raw = (
        f"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n{part}\r\n--b\r\n{ics}\r\n--b--"
    )
    found = read_mail(raw.encode())
    assert [one.name for one in attachments_of(found, reply_of(found))] == ["invite.ics"]


@pytest.mark.parametrize("header", ["; method={method}", ""])
@pytest.mark.parametrize("method", ["REPLY", "COUNTER"])
def test_an_answer_to_an_invitation_is_a_machines(method: str, header: str) -> None:
    assert (
        classify(calendar(EVENT, method, header=header, text="Geaccepteerd: Passeren akte"), ()).kind
        is Kind.CALENDAR_REPLY
    )


@pytest.mark.parametrize(
    ("written", "kind", "what"),
    [
        ("Hierbij de afspraak.", "application/ics", Kind.REPLY),
        ("Hierbij de afspraak.", "text/calendar", Kind.REPLY),
        ("Geaccepteerd: Passeren akte", "text/calendar; method=REPLY", Kind.CALENDAR_REPLY),
        ("", "application/ics", Kind.CALENDAR_REPLY),
    ],
)
def test_an_attached_answer_is_just_a_file_unless_a_program_sent_it(written: str, kind: str, what: Kind) -> None:
    part = f"Content-Type: {kind}; name=a.ics\r\nContent-Disposition: attachment\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n"
    raw = f"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n{written}\r\n--b\r\n{part}--b--"
    assert classify(read_mail(raw.encode()), ()).kind is what


def test_an_answer_with_a_word_of_its_own_is_a_persons() -> None:
    event = EVENT.replace("SUMMARY;", "COMMENT:Ik kom tien minuten later\nSUMMARY;", 1)
    assert classify(calendar(event, "REPLY", text="Geaccepteerd. Ik kom tien minuten later."), ()).kind is Kind.REPLY


@pytest.mark.parametrize(
    ("times", "said"),
    [
        ("DTSTART;VALUE=DATE:20260703", "x, 03-07-2026"),
        ("DTSTART:20260703T080000Z\nDTEND:20260704T090000Z", "x, 03-07-2026 08:00 – 04-07-2026 09:00 (UTC)"),
        ("DTSTART:20260703T080000", "x, 03-07-2026 08:00"),
        ("DTSTART:gisteren", "x"),
        ("DTSTART:99999999T999999", "x"),
        ("DTSTART:P1D", "x"),
    ],
)
def test_times_as_they_are_written(times: str, said: str) -> None:
    assert reply_of(calendar(f"BEGIN:VEVENT\nSUMMARY:x\n{times}\nEND:VEVENT\n")).text == said


@pytest.mark.parametrize(
    "event", ["", "BEGIN:VEVENT\n" * 5_000, "onzin\n;;;\n:\n", "BEGIN:VEVENT\nSUMMARY;X=\"a:b\nEND\n", "\x00\xff"]
)  # fmt: skip
def test_what_can_not_be_read_is_kept_all_the_same(event: str) -> None:
    found = calendar(event)
    assert classify(found, ()).kind is Kind.REPLY
    assert len(attachments_of(found, reply_of(found))) == 1
