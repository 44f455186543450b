"""Small decisions as tables: SMTP's answers, folders, commands, our own addresses, which mails are the same."""

import aiosmtplib
import pytest

from core.deliveries.sending import Permanent, Temporary
from core.errors import Refused
from core.intake.models import Intake, IntakeState
from mailbridge.commands import Command, command_of, says_stop
from mailbridge.composing import MailSettings
from mailbridge.mailbox import Folder, taking
from mailbridge.mailbox.folders import folder_for
from mailbridge.mailbox.watching import BATCH, TOGETHER, _batches
from mailbridge.opening import Opened, OwnAddresses
from mailbridge.parsing import read_mail
from mailbridge.posting import _by_reason
from mailbridge.replies import reply_of
from mailbridge.rules import classify
from mailbridge.sender import authenticated
from mailbridge.sending import failure

SETTINGS = MailSettings(domain="kantoor.example", portal="portaal@kantoor.example", authserv_id="mx.kantoor.example")


def _rcpt(code: int, text: str) -> aiosmtplib.SMTPRecipientsRefused:
    return aiosmtplib.SMTPRecipientsRefused([aiosmtplib.SMTPRecipientRefused(code, text, "anna@post.example")])


@pytest.mark.parametrize(
    ("error", "kind", "unreachable"),
    [
        (_rcpt(550, "5.1.1 No such user"), Permanent, True),
        (_rcpt(550, "No such user"), Permanent, True),
        (_rcpt(553, "sorry"), Permanent, True),
        (_rcpt(550, "5.2.1 Mailbox disabled"), Permanent, True),
        (_rcpt(550, "5.7.1 We think this is spam"), Permanent, False),
        (_rcpt(552, "5.2.2 Mailbox full"), Permanent, False),
        (_rcpt(451, "4.7.1 Greylisted"), Temporary, None),
        (aiosmtplib.SMTPSenderRefused(550, "5.1.8 Bad sender", "b@kantoor.example"), Permanent, False),
        (aiosmtplib.SMTPSenderRefused(552, "5.3.4 Too big", "b@kantoor.example"), Permanent, False),
        (aiosmtplib.SMTPDataError(554, "5.6.0 Content refused"), Permanent, False),
        (aiosmtplib.SMTPDataError(550, "5.1.1 No such user after all"), Permanent, True),
        (aiosmtplib.SMTPDataError(452, "4.3.1 Disk full"), Temporary, None),
        (aiosmtplib.SMTPAuthenticationError(535, "5.7.8 Wrong password"), Temporary, None),
        (aiosmtplib.SMTPConnectResponseError(554, "5.7.1 Your network is blocked"), Temporary, None),
        (aiosmtplib.SMTPServerDisconnected("gone"), Temporary, None),
        (aiosmtplib.SMTPReadTimeoutError("slow"), Temporary, None),
        (ConnectionRefusedError(), Temporary, None),
        (ValueError("not an address"), Permanent, True),
    ],
)
def test_what_smtp_answers_means(error: Exception, kind: type, unreachable: bool | None) -> None:
    found = failure(error)
    assert type(found) is kind
    assert getattr(found, "unreachable", None) is unreachable
    assert "anna" not in found.reason and "spam" not in found.reason, "reasons carry no address and no foreign text"


@pytest.mark.parametrize(
    ("state", "outcome", "folder"),
    [
        (IntakeState.WAITING, "", None),
        (IntakeState.WORKING, "", None),
        (IntakeState.DONE, "message", Folder.PROCESSED),
        (IntakeState.DONE, "ignored auto-reply", Folder.PROCESSED),
        (IntakeState.DONE, "refused mail.empty", Folder.REJECTED),
        (IntakeState.DONE, "quarantined unauthenticated", Folder.REJECTED),
        (IntakeState.DONE, "unknown sender", Folder.REJECTED),
        (IntakeState.DEAD, "dead", Folder.FAILED),
    ],
)
def test_where_a_mail_goes(state: IntakeState, outcome: str, folder: Folder | None) -> None:
    assert folder_for(Intake(state=state, outcome=outcome)) is folder


def test_an_item_that_was_erased_counts_as_done() -> None:
    assert folder_for(None) is Folder.PROCESSED


def _opened(text: str, subject: str = "Re: x") -> Opened:
    raw = f"From: anna@post.example\r\nSubject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}"
    mail = read_mail(raw.encode())
    return Opened(mail, classify(mail, ()), authenticated(mail, "mx"), reply_of(mail))


@pytest.mark.parametrize(
    ("text", "subject", "command"),
    [
        ("STOP", "Re: x", Command.STOP),
        ("stop.", "Re: x", Command.STOP),
        ("  *Stop!*  ", "Re: x", Command.STOP),
        ("STATUS\n\nAnna", "Re: x", Command.STATUS),
        ("Help", "Re: x", Command.HELP),
        ("", "STATUS", Command.STATUS),
        ("ZOEK: Lindelaan 14\n\nGroet, Anna", "Re: x", Command.SEARCH),
        ("", "zoek lindelaan", Command.SEARCH),
        ("Gegevens", "Re: x", Command.DETAILS),
        ("Correct!", "Re: x", Command.CORRECT),
        ("relink", "Re: x", Command.RELINK),
        ("Unsubscribe", "Re: x", Command.STOP),
        ("Zoek alstublieft even uit wat de kosten daarvan zijn", "Re: x", None),
        ("Status van mijn dossier?", "Re: x", None),
        ("Stop de overdracht", "Re: x", None),
        ("Stop\n\nIk wil de overdracht niet meer.\nBel mij.\nVandaag nog.\nGroet", "Re: x", None),
        ("Ik zeg stop", "Re: x", None),
        ("Akkoord", "Re: x", None),
        ("", "Iets anders", None),
        ("Hier is het", "STOP", None),
    ],
)
def test_which_mails_are_commands(text: str, subject: str, command: Command | None) -> None:
    asked = command_of(_opened(text, subject))
    assert (asked and asked.command) is command


@pytest.mark.parametrize(
    ("text", "stops"),
    [
        ("STOP", True),
        ("Stop! Dit was ik niet, help mij alstublieft, iemand heeft mijn telefoon gestolen.", True),
        ("stop\n\nMet vriendelijke groet,\nAnna", True),
        ("Dank u, ik stop ermee", False),
        ("Stoppen doe ik niet", False),
        ("", False),
    ],
)
def test_what_undoes_a_link(text: str, stops: bool) -> None:
    assert says_stop(_opened(text)) is stops


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("portaal@kantoor.example", True),
        ("PORTAAL@Kantoor.Example", True),
        ("r+abc@kantoor.example", True),
        ("b+abc@kantoor.example", True),
        ("r@kantoor.example", False),
        ("hugo@kantoor.example", False),
        ("r+abc@elders.example", False),
        ("rob+abc@kantoor.example", False),
    ],
)
def test_which_addresses_only_our_own_mails_have(address: str, own: bool) -> None:
    assert (address in OwnAddresses(SETTINGS)) is own


def _identity(raw: bytes) -> str:
    return taking.identity_of(read_mail(taking.header_of(raw)), "sha")


def test_the_same_mail_by_another_way_is_the_same_mail() -> None:
    mail = b"From: Anna <anna@post.example>\r\nMessage-ID: <1@x>\r\nDate: Mon, 23 Nov 2026 10:00:00 +0100\r\n\r\nHallo"
    other_way = b"Received: from elsewhere\r\nDelivered-To: r+x@kantoor.example\r\n" + mail
    assert _identity(mail) == _identity(other_way)
    assert _identity(mail) != _identity(mail.replace(b"<1@x>", b"<2@x>"))
    assert _identity(mail) != _identity(mail.replace(b"anna@", b"bram@"))
    assert _identity(mail.replace(b"Message-ID: <1@x>\r\n", b"")) == "bytes:sha"


@pytest.mark.parametrize(
    ("sizes", "batches"),
    [
        ({}, []),
        ({7: 10, 3: 10, 5: 10}, [[3, 5, 7]]),
        ({1: 10, 2: TOGETHER + 1, 3: 10}, [[1], [2], [3]]),
        ({1: TOGETHER - 10, 2: 10, 3: 10}, [[1, 2], [3]]),
        (dict.fromkeys(range(1, BATCH + 2), 1), [list(range(1, BATCH + 1)), [BATCH + 1]]),
        ({1: 0, 2: 0}, [[1, 2]]),
    ],
)
def test_mails_are_fetched_in_order_and_those_together_that_fit(
    sizes: dict[int, int], batches: list[list[int]]
) -> None:
    assert list(_batches(sizes)) == batches


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"\x00" * 1000, bytes(range(256)) * 3000, b"From: x"])
def test_no_bytes_stop_the_taking_in(raw: bytes) -> None:
    mail = read_mail(taking.header_of(raw))
    assert 0 < len(taking.sender_of(mail)) <= 254
    assert "\x00" not in taking.sender_of(mail) + taking.identity_of(mail, "sha")


def test_files_refused_for_one_reason_are_told_together() -> None:
    told = _by_reason(
        [
            Refused("file.empty", name="a.txt"),
            Refused("file.too_big", name="b.mov", limit="20 MB"),
            Refused("file.empty", name="c.txt"),
        ]
    )
    assert {each.code: each.values["name"] for each in told} == {"file.empty": "a.txt, c.txt", "file.too_big": "b.mov"}
