"""Mails that come back: the address, hard or soft, and which mail of ours it was."""

import time

import pytest

from mailbridge.bounces import Action, failures
from mailbridge.parsing import IncomingMail, read_mail
from mailbridge.rules import Kind, classify


def report(
    *recipients: str, returned: str = "Message-ID: <d-117@post.vandijk.example>", text: str = "Niet bezorgd"
) -> IncomingMail:
    groups = "\r\n\r\n".join(("Reporting-MTA: dns; mx.example", *recipients))
    return read_mail(
        (
            "From: MAILER-DAEMON@mx.example\r\nTo: r+k7m2p9@post.vandijk.example\r\nSubject: Onbestelbaar\r\n"
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
            f"--b\r\n\r\n{text}\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n{groups}\r\n"
            f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: Koopakte\r\n{returned}\r\n--b--\r\n"
        ).encode()
    )


def words(subject: str, text: str, sender: str = "Mail Delivery Subsystem <mailer-daemon@mx.example>") -> IncomingMail:
    return read_mail(f"From: {sender}\r\nTo: r@post.vandijk.example\r\nSubject: {subject}\r\n\r\n{text}".encode())


@pytest.mark.parametrize(
    ("action", "status", "hard", "kind"),
    [
        ("failed", "5.1.1", True, Kind.BOUNCE),
        ("failed", "5.1.10", True, Kind.BOUNCE),
        ("failed", "5.4.4", True, Kind.BOUNCE),
        ("failed", "5.2.2", False, Kind.BOUNCE),
        ("failed", "5.3.4", False, Kind.BOUNCE),
        ("failed", "5.7.1", False, Kind.BOUNCE),
        ("failed", "4.4.7", False, Kind.BOUNCE),
        ("delayed", "4.4.1", False, Kind.BOUNCE_TEMPORARY),
        ("delivered", "2.0.0", False, Kind.DSN_SUCCESS),
        ("relayed", "2.0.0", False, Kind.DSN_SUCCESS),
    ],
)
def test_hard_and_soft(action: str, status: str, hard: bool, kind: Kind) -> None:
    found = classify(report(f"Final-Recipient: rfc822; anna@smit.example\r\nAction: {action}\r\nStatus: {status}"), ())
    assert found.kind is kind
    assert found.bounce is not None
    assert (found.bounce.address, found.bounce.hard, found.bounce.status) == ("anna@smit.example", hard, status)
    assert found.bounce.original_message_id == "d-117@post.vandijk.example"


@pytest.mark.parametrize(
    "fields",
    [
        "Final-Recipient: rfc822; anna@smit.example\r\nAction: failed\r\nStatus: 5.1.1",
        "final-recipient: RFC822;<anna@smit.example>\r\naction: Failed\r\nstatus: 5.1.1 (user unknown)",
        "Original-Recipient: rfc822;anna@smit.example\r\nFinal-Recipient: rfc822;a2@intern.example\r\nAction: failed\r\nStatus: 5.1.1",
        "Final-Recipient: anna@smit.example\r\nAction: failed\r\nDiagnostic-Code: smtp; 550\r\n 5.1.1 onbekend",
    ],
)
def test_the_address_that_we_mailed(fields: str) -> None:
    first = failures(report(fields))[0]
    assert (first.address, first.status) == ("anna@smit.example", "5.1.1")


@pytest.mark.parametrize(
    ("status", "words", "told", "hard"),
    [
        ("5.0.0", "552 5.2.2 <anna@smit.example> Quota exceeded (mailbox for user is full)", "5.2.2", False),
        ("5.0.0", "550 5.1.1 <anna@smit.example> User doesn't exist", "5.1.1", True),
        ("5.0.0", "552 mailbox is full", "5.2.2", False),
        ("5.0.0", "550 nobody of that name at 5.1.12.1", "5.0.0", True),
        ("5.0.0", "451 4.7.1 greylisted", "5.0.0", True),
        ("5.1.1", "552 5.2.2 full", "5.1.1", True),
        ("", "552 5.2.2 full", "5.2.2", False),
    ],
)
def test_a_status_that_says_nothing_is_completed_by_the_other_servers_words(
    status: str, words: str, told: str, hard: bool
) -> None:
    """Exim writes 5.0.0 whatever happened, and what happened in Diagnostic-Code."""
    [found] = failures(
        report(f"Final-Recipient: rfc822;anna@smit.example\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {words}")
    )
    assert (found.status, found.hard) == (told, hard)


def test_failed_recipients_come_before_delivered_ones() -> None:
    found = failures(
        report(
            "Final-Recipient: rfc822; jan@smit.example\r\nAction: delivered",
            "Final-Recipient: rfc822; ján@déboer.example\r\nAction: failed\r\nStatus: 5.1.1",
        )
    )
    assert [(one.address, one.action) for one in found] == [
        ("ján@déboer.example", Action.FAILED),
        ("jan@smit.example", Action.DELIVERED),
    ]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Bezorging mislukt", "Bezorging aan de volgende geadresseerde is mislukt:\n\n     anna@smit.example\n"),
        ("Undelivered Mail Returned to Sender", "<anna@smit.example>: host mx.smit.example said: 550 5.1.1 unknown"),
        ("failure notice", "Hi. This is the qmail-send program.\n\n<anna@smit.example>:\nSorry, no mailbox here.\n"),
        ("Mail delivery failed", "A message could not be delivered:\n\n  anna@smit.example\n    unrouteable address\n"),
        ("Onbestelbaar: Koopakte", "Uw bericht is niet bezorgd bij\n\nAnna Smit (anna@smit.example)\n"),
        ("Unzustellbar", "Ihre Nachricht wurde nicht zugestellt an anna@smit.example: Unbekannt"),
        (
            "Delivery failed",
            "To: anna@smit.example failed.\n\n--- Original message follows ---\nFrom: x@y.example\nTo: z@y.example",
        ),
    ],
)
def test_servers_in_their_own_words(subject: str, text: str) -> None:
    found = classify(words(subject, text), ())
    assert found.kind is Kind.BOUNCE
    assert found.bounce is not None
    assert found.bounce.address == "anna@smit.example"


def test_a_delay_is_no_failure() -> None:
    found = classify(words("Warning: message delayed", "<anna@smit.example>: still trying, no action is required"), ())
    assert found.kind is Kind.BOUNCE_TEMPORARY
    assert found.bounce is not None
    assert not found.bounce.hard


def test_the_original_is_found_in_the_returned_mail() -> None:
    raw = (
        "From: postmaster@mx.example\r\nSubject: Undeliverable\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        "--b\r\n\r\nanna@smit.example: unknown user\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        "From: r@post.vandijk.example\r\nMessage-ID: <d-9@post.vandijk.example>\r\n\r\nx\r\n--b--\r\n"
    )
    assert failures(read_mail(raw.encode()))[0].original_message_id == "d-9@post.vandijk.example"


def test_a_report_that_names_nobody_is_still_a_bounce() -> None:
    found = classify(words("Undeliverable", "Your mail could not be delivered."), ())
    assert found.kind is Kind.BOUNCE
    assert found.bounce is not None
    assert found.bounce.address is None


def test_a_report_within_a_report() -> None:
    inner = (
        "From: postmaster@a.example\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=i\r\n\r\n"
        "--i\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: x\r\n\r\nFinal-Recipient: rfc822;anna@smit.example\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\n--i--\r\n"
    )
    raw = (
        "From: postmaster@b.example\r\nSubject: Delivery Status Notification (Failure)\r\n"
        "Content-Type: multipart/mixed; report-type=delivery-status; boundary=o\r\n\r\n"
        f"--o\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--o--\r\n"
    )
    assert failures(read_mail(raw.encode()))[0].address == "anna@smit.example"


@pytest.mark.parametrize(
    "line", ["\n", "\t\n", ">\n", ">", "received:\n", "> received:\n", "=" * 40 + "\n", "a@b.example\n"]
)
def test_a_bounce_of_one_line_without_end_costs_nothing(line: str) -> None:
    began = time.process_time()
    assert len(failures(words("Undeliverable", "x\n" + line * (100_000 // len(line)) + "x"))) == 1 or "@" in line
    assert time.process_time() - began < 5


def test_the_address_stands_above_the_mail_that_came_back() -> None:
    text = (
        "\nReceived: by mx.example\n\nThe user anna@smit.example is unknown.\n\n\n\n"
        "> ---- Returned message follows ----\n\nFrom: r@post.vandijk.example\nCc: piet@smit.example unknown\n"
    )
    assert [bounce.address for bounce in failures(words("Undeliverable", text))] == ["anna@smit.example"]
