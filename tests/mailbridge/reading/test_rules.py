"""Machines and people: every rule of the table, and people who only look like machines."""

import pytest

from mailbridge.parsing import read_mail
from mailbridge.rules import RULES, Classification, Kind, classify


def kind_of(headers: str, body: str = "Akkoord", sender: str = "Anna <anna@smit.example>") -> Classification:
    return classify(read_mail(f"From: {sender}\r\n{headers}\r\n\r\n{body}".encode()), {"r@post.vandijk.example"})


def report(kind: str, fields: str) -> tuple[str, str]:
    body = f"--b\r\n\r\nMelding\r\n--b\r\nContent-Type: message/{kind}\r\n\r\n{fields}\r\n--b--\r\n"
    return f"Subject: Melding\r\nContent-Type: multipart/report; report-type={kind}; boundary=b", body


TABLE: tuple[tuple[str, str, Kind], ...] = (
    ("auto-submitted", "Subject: Re: Koopakte\r\nAuto-Submitted: auto-replied (vacation)", Kind.AUTO_REPLY),
    ("auto-submitted", "auto-submitted: auto-generated", Kind.AUTO_REPLY),
    ("auto-reply-header", "X-Autoreply: yes", Kind.AUTO_REPLY),
    ("auto-reply-header", "X-Autorespond: Re: Koopakte\r\nReturn-Path: <>", Kind.AUTO_REPLY),
    ("auto-reply-header", "Precedence: auto_reply", Kind.AUTO_REPLY),
    ("auto-reply-subject", "Subject: Automatisch antwoord: Koopakte", Kind.AUTO_REPLY),
    ("auto-reply-subject", "Subject: Automatic reply: Deed", Kind.AUTO_REPLY),
    ("auto-reply-subject", "Subject: Out of Office: Deed", Kind.AUTO_REPLY),
    ("auto-reply-subject", "Subject: Afwezigheidsbericht", Kind.AUTO_REPLY),
    ("auto-reply-subject", "Subject: Afwezig: Re: Koopakte", Kind.AUTO_REPLY),
    ("auto-reply-subject", "Subject: Afwezig t/m 14 juni Re: Koopakte", Kind.AUTO_REPLY),
    ("auto-reply-subject", "Subject: Abwesenheitsnotiz: Vertrag", Kind.AUTO_REPLY),
    ("recall", "Subject: Intrekken: Koopakte\r\nContent-Class: urn:content-classes:recall", Kind.AUTO_REPLY),
    ("loop-header", "X-Loop: post.vandijk.example", Kind.LOOP),
    ("too-many-hops", "Received: x\r\n" * 40 + "Subject: x", Kind.LOOP),
    ("mailing-list", "List-Id: <buurt.lists.example>", Kind.LIST),
    ("mailing-list", "Precedence: bulk", Kind.LIST),
    ("mailing-list", "List-Unsubscribe: <mailto:u@winkel.example>", Kind.LIST),
    ("challenge", "Subject: Please confirm your message\r\nAuto-Submitted: auto-replied", Kind.CHALLENGE),
    ("forward", "Subject: Fwd: Offerte", Kind.FORWARD),
    ("forward", "Subject: Doorst: Offerte", Kind.FORWARD),
    ("encrypted", "Content-Type: multipart/encrypted; boundary=b", Kind.ENCRYPTED),
)


@pytest.mark.parametrize(("rule", "headers", "kind"), TABLE)
def test_the_rule_that_decides(rule: str, headers: str, kind: Kind) -> None:
    found = kind_of(headers)
    assert (found.rule, found.kind) == (rule, kind)


@pytest.mark.parametrize(
    ("sender", "rule", "kind"),
    [
        ("noreply@bank.example", "no-reply-address", Kind.AUTO_REPLY),
        ("Bank <do-not-reply@bank.example>", "no-reply-address", Kind.AUTO_REPLY),
        ("niet-beantwoorden@bank.example", "no-reply-address", Kind.AUTO_REPLY),
        ("R@post.vandijk.example", "own-address", Kind.LOOP),
        ("a@x.example, b@x.example", "no-author", Kind.REJECT),
        ("", "no-author", Kind.REJECT),
    ],
)
def test_the_sender_decides(sender: str, rule: str, kind: Kind) -> None:
    found = kind_of("Subject: Re: Koopakte", sender=sender)
    assert (found.rule, found.kind) == (rule, kind)


@pytest.mark.parametrize(
    ("kind_of_report", "fields", "rule", "kind"),
    [
        (
            "disposition-notification",
            "Disposition: manual-action/MDN-sent-manually; displayed",
            "read-receipt",
            Kind.MDN,
        ),
        (
            "disposition-notification",
            "Final-Recipient: rfc822;a@x.example\r\nDisposition: automatic-action/MDN-sent-automatically; deleted",
            "refused-by-mailbox",
            Kind.BOUNCE,
        ),
        ("feedback-report", "Feedback-Type: abuse", "complaint", Kind.COMPLAINT),
        ("delivery-status", "Final-Recipient: rfc822;a@x.example\r\nAction: failed", "delivery-report", Kind.BOUNCE),
        (
            "delivery-status",
            "Final-Recipient: rfc822;a@x.example\r\nAction: delayed",
            "delivery-report",
            Kind.BOUNCE_TEMPORARY,
        ),
        (
            "delivery-status",
            "Final-Recipient: rfc822;a@x.example\r\nAction: delivered",
            "delivery-report",
            Kind.DSN_SUCCESS,
        ),
    ],
)
def test_reports(kind_of_report: str, fields: str, rule: str, kind: Kind) -> None:
    found = kind_of(*report(kind_of_report, fields))
    assert (found.rule, found.kind) == (rule, kind)


@pytest.mark.parametrize(("method", "kind"), [("REPLY", Kind.CALENDAR_REPLY), ("REQUEST", Kind.REPLY)])
def test_an_answer_to_an_invitation_is_a_machines_but_an_invitation_a_persons(method: str, kind: Kind) -> None:
    headers = "Subject: Passeren\r\nContent-Type: multipart/mixed; boundary=b"
    body = f"--b\r\n\r\nKomt dit uit?\r\n--b\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:{method}\r\n--b--"
    assert kind_of(headers, body).kind is kind


@pytest.mark.parametrize("body", ["", "  \r\n", "> Beste mevrouw\r\n> De akte\r\n"])
def test_a_mail_without_a_word_of_its_own_is_empty(body: str) -> None:
    assert kind_of("Subject: Re: Koopakte", body).kind is Kind.EMPTY


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Subject: Re: Koopakte", "Akkoord"),
        ("Subject: Offerte", "> Begin doorgestuurd bericht:\r\n>\r\n> Van: Bank\r\n>\r\n> Het mag."),
        ("Subject: Afwezig bij het passeren?", "Ik ben die dag afwezig. Kan dat?"),
        ("Subject: Vraag over automatische incasso", "Loopt die door?"),
        ("Auto-Submitted: no", "Akkoord"),
        ("X-Auto-Response-Suppress: All", "Akkoord"),
        (
            "Subject: Re: Undelivered Mail Returned to Sender\r\nIn-Reply-To: <a@b>",
            "Wat betekent: could not be delivered?",
        ),
        ("Subject: brief niet bezorgd", "De brief met nummer 550 is hier niet bezorgd. Kunt u hem opnieuw sturen?"),
        ("Precedence: normal\r\nX-Autoreply: no", "Akkoord"),
        ("Subject: Please confirm your message", "Kunt u dit bevestigen?"),
        ("List-Unsubscribe: <mailto:u@x.example>\r\nIn-Reply-To: <a@b>", "Akkoord"),
        ("Received: x\r\n" * 12 + "Subject: x", "Akkoord"),
    ],
)
def test_people_who_only_look_like_machines(headers: str, body: str) -> None:
    found = kind_of(headers, body)
    assert not found.kind.machine
    assert found.kind is Kind.REPLY


def test_bytes_that_are_no_mail() -> None:
    assert classify(read_mail(b"\x89PNG\r\n\x1a\n\x00"), frozenset()).rule == "not-a-mail"


def test_every_rule_has_a_name_of_its_own() -> None:
    names = [name for name, _, _ in RULES]
    assert len(set(names)) == len(names)
