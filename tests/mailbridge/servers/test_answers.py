"""Letters, answers and what is in them, by Dovecot and Exim."""

import base64
from collections.abc import Callable

import pytest

from core.database import transaction
from core.people.models import Person
from mailbridge.mailbox import Folder
from sandbox.mail import attachment
from tests.mailbridge.journeys.scene import PORTAL, open_dossier
from tests.mailbridge.reading import packing
from tests.mailbridge.servers import looking
from tests.mailbridge.servers.boxes import hand_in
from tests.mailbridge.servers.conftest import RealPost


@pytest.mark.rule("MAIL-1", "MAIL-2", "MAIL-3", "STAFF-2")
async def test_a_letter_its_answer_and_the_answer_to_that(post: RealPost) -> None:
    scene = post.scene
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        await scene.box("anna").reply(letter, "Het klopt zo.", style="outlook")
        told = await scene.box("hugo").wait(lambda mail: "Het klopt zo." in mail.text)
        await scene.box("hugo").reply(told, "Mooi, tot vrijdag.")
        answer = await scene.box("anna").wait(lambda mail: "Mooi, tot vrijdag." in mail.text)
        processed = await scene.moved(Folder.PROCESSED, 2)
    assert await looking.texts(scene) == ["Het klopt zo."]
    assert letter.message_id in answer.header("References") or told.message_id != answer.message_id
    assert {mail.sender for mail in processed} == {"anna@post.example", "hugo@kantoor.example"}
    assert not [mail for who in ("anna", "bram") for mail in scene.box(who).mails if "kopie" in mail.text.lower()]


@pytest.mark.rule("MAIL-3")
async def test_who_logs_in_as_another_is_not_believed_whatever_header_they_write(post: RealPost) -> None:
    scene = post.scene
    forged = {"Authentication-Results": "mx.kantoor.example; dmarc=pass header.from=post.example"}
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        await scene.box("eva").send(letter.reply_to, "Re", "Maak het over.", headers=forged, from_="anna@post.example")
        await scene.box("hugo").wait(lambda mail: "quarantine" in mail.text)
        await scene.moved(Folder.REJECTED)
    assert await scene.written() == []
    assert [q.reason for q in await scene.quarantined()] == ["unauthenticated"]


@pytest.mark.rule("MAIL-4", "MAIL-8")
async def test_the_answer_to_which_dossier_and_a_mail_of_one_line(post: RealPost) -> None:
    scene = post.scene
    async with transaction(scene.sessions) as session:
        anna = await session.get_one(Person, scene.anna.id)
        await open_dossier(session, scene.dossier.account_id, "2026-0456", scene.hugo, [anna])
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "De sleutels", "Wanneer krijg ik ze?")
        asked = await scene.box("anna").wait(lambda mail: "Bij welk dossier" in mail.subject)
        await scene.box("anna").reply(asked, "2026-0456", style="outlook")
        await scene.box("hugo").wait(lambda mail: "[2026-0456]" in mail.subject)
        await scene.box("anna").send(PORTAL, "DOSSIER 2026-0456", "")
        card = await scene.box("anna").wait(lambda mail: "Aan kantoor, van Anna" in mail.text)
        await scene.box("anna").reply(card, "LEES 1", style="outlook")
        await scene.box("anna").wait(lambda mail: "Wanneer krijg ik ze?" in mail.text)


@pytest.mark.rule("MAIL-11")
async def test_a_winmail_dat_comes_in_as_the_files_that_are_in_it(post: RealPost) -> None:
    scene = post.scene
    packed = packing.tnef(packing.file("Koopakte getekend.pdf", b"%PDF-1.4 akte"))
    winmail = attachment("winmail.dat", packed, "application/ms-tnef")
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "Koopakte", "Hierbij de akte.", attachments=[winmail])
        told = await scene.box("hugo").wait(lambda mail: "Hierbij de akte." in mail.text)
    assert [(file.name, file.content) for file in told.attachments] == [("Koopakte getekend.pdf", b"%PDF-1.4 akte")]


@pytest.mark.rule("MAIL-11")
async def test_an_invitation_without_a_word_arrives_as_one_line_and_a_file(post: RealPost) -> None:
    event = "BEGIN:VEVENT\r\nSUMMARY:Bezichtiging\r\nDTSTART:20270104T100000\r\nLOCATION:Lindelaan 14\r\nEND:VEVENT\r\n"
    raw = (
        f"From: Anna <anna@post.example>\r\nTo: {PORTAL}\r\nSubject: Bezichtiging\r\nMessage-ID: <i@post.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n"
        f"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n{event}END:VCALENDAR\r\n"
    )
    scene = post.scene
    async with scene.at_work():
        await hand_in(post.servers, "anna@post.example", raw.encode(), PORTAL)
        told = await scene.box("hugo").wait(lambda mail: "Bezichtiging" in mail.subject)
    assert "Bezichtiging, 04-01-2027 10:00, Lindelaan 14" in told.text
    assert [file.name.rpartition(".")[2] for file in told.attachments] == ["ics"]


_ENTITY = (
    b'Content-Type: multipart/mixed; boundary="i"\r\n\r\n--i\r\nContent-Type: text/plain\r\n\r\nIk ga akkoord.\r\n'
    b"--i\r\nContent-Type: application/pdf; name=akte.pdf\r\n\r\n%PDF\r\n--i--"
)


def _apart() -> bytes:
    """The mail beside its signature (RFC 1847)."""
    signature = b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nMIIB"
    kind = b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=s\r\n\r\n'
    return kind + b"--s\r\n" + _ENTITY + b"\r\n--s\r\n" + signature + b"\r\n--s--\r\n"


def _within() -> bytes:
    """The mail within its signature (RFC 8551, section 3.5.2), as far as it is looked at."""
    octets = b"\x04\x82" + len(_ENTITY).to_bytes(2, "big") + _ENTITY
    data = (
        b"\x30\x80\x02\x01\x01\x31\x00\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80" + octets + bytes(6)
    )
    message = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80" + data + bytes(4)
    kind = b"Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\r\n"
    return kind + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(message)


@pytest.mark.rule("MAIL-11")
@pytest.mark.parametrize("signed", [_apart, _within])
async def test_a_signed_mail_is_read_and_its_signature_is_no_attachment(
    post: RealPost, signed: Callable[[], bytes]
) -> None:
    head = f"From: Anna <anna@post.example>\r\nTo: {PORTAL}\r\nSubject: Akkoord\r\nMIME-Version: 1.0\r\n"
    scene = post.scene
    async with scene.at_work():
        await hand_in(post.servers, "anna@post.example", head.encode() + signed(), PORTAL)
        told = await scene.box("hugo").wait(lambda mail: "Akkoord" in mail.subject)
    assert "Ik ga akkoord." in told.text
    assert [(file.name, file.content) for file in told.attachments] == [("akte.pdf", b"%PDF")]
