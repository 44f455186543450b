"""The stories of the email channel on Dovecot and Exim, through the mailboxes of the people in them."""

import asyncio
import base64
import imaplib
import ssl
from collections.abc import Callable

import pytest

from core.actor import Channel
from core.database import reading, transaction
from core.deliveries import ledger
from core.deliveries.models import Delivery, DeliveryState
from core.people import addresses
from mailbridge.mailbox import Folder
from sandbox.mail import attachment
from tests.mailbridge.journeys.scene import PORTAL, Scene
from tests.mailbridge.reading import packing
from tests.mailbridge.servers.boxes import PASSWORD, hand_in
from tests.mailbridge.servers.conftest import RealPost
from tests.support.waiting import until

LATER = 30
"""Seconds that a story waits for two servers and the product on a busy machine."""


async def _texts(scene: Scene) -> list[str]:
    return [message.message.text for message in await scene.written()]


async def _until_written(scene: Scene, *texts: str) -> None:
    async def there() -> bool:
        return await _texts(scene) == list(texts)

    await until(there, seconds=LATER)


async def _deliveries(scene: Scene, channel: Channel) -> list[Delivery]:
    async with reading(scene.sessions) as session:
        return list(reversed(await ledger.listing(session, channel=channel, person_id=scene.anna.id)))


async def _reachable(scene: Scene) -> bool:
    async with reading(scene.sessions) as session:
        return (await addresses.of(session, scene.anna.id))[Channel.EMAIL].unreachable_since is None


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
    assert await _texts(scene) == ["Het klopt zo."]
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


@pytest.mark.rule("NOTE-4", "MAIL-6")
async def test_a_mail_that_exim_returns_marks_the_address_and_telegram_takes_over(post: RealPost) -> None:
    scene = post.scene
    async with transaction(scene.sessions) as session:
        await addresses.put(session, scene.anna.id, Channel.TELEGRAM, "1234")
    post.servers.remove("anna@post.example")
    async with scene.at_work():
        await scene.write("Kunt u dit nakijken?")
        [report] = await scene.moved(Folder.PROCESSED)
        await until(lambda: _is(_reachable(scene), wanted=False), seconds=LATER)
    assert report.header("X-Failed-Recipients") == "anna@post.example"
    [mail] = await _deliveries(scene, Channel.EMAIL)
    assert (mail.state, mail.error) == (DeliveryState.FAILED, "came back 5.1.1")
    assert [each.kind for each in await _deliveries(scene, Channel.TELEGRAM)] == ["message_new"]
    assert len(scene.box("portal").folder("Rejected")) == 0
    assert [item.outcome for item in await scene.items()] == ["bounce, unreachable"]
    assert await scene.written() == []


@pytest.mark.rule("NOTE-4", "MAIL-6")
async def test_a_mail_that_comes_back_before_its_sending_was_noted_counts_all_the_same(post: RealPost) -> None:
    scene = post.scene
    post.servers.remove("anna@post.example")
    await scene.write("Kunt u dit nakijken?")
    await scene.deliveries.drain()
    await until(lambda: len(scene.box("portal").mails) == 1)
    [mail] = await _deliveries(scene, Channel.EMAIL)
    await _set_state(scene, mail, DeliveryState.SENDING)
    await scene.mailbox.drain()
    await scene.intake.drain()
    assert await _reachable(scene)
    await _set_state(scene, mail, DeliveryState.SENT)
    async with scene.at_work():
        await until(lambda: _is(_reachable(scene), wanted=False), seconds=LATER)


async def _set_state(scene: Scene, mail: Delivery, state: DeliveryState) -> None:
    async with transaction(scene.sessions) as session:
        (await session.get_one(Delivery, mail.id)).state = state


@pytest.mark.rule("NOTE-4", "MAIL-6")
async def test_a_full_mailbox_is_tried_again_and_stays_reachable(
    post: RealPost, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = post.scene
    post.servers.add("anna@post.example", PASSWORD, quota="*:bytes=10")
    async with scene.at_work():
        await scene.write("Kunt u dit nakijken?")
        await scene.moved(Folder.PROCESSED)
    assert await _reachable(scene)
    [mail] = await _deliveries(scene, Channel.EMAIL)
    assert (mail.state, mail.error) == (DeliveryState.QUEUED, "came back 5.2.2")
    assert mail.due_at > mail.created_at
    post.servers.add("anna@post.example", PASSWORD)
    async with transaction(scene.sessions) as session:
        (await session.get_one(Delivery, mail.id)).due_at = mail.created_at
    async with scene.at_work():
        await scene.box("anna").wait(lambda mail: "Kunt u dit nakijken?" in mail.text)


@pytest.mark.rule("NOTE-4")
async def test_a_server_that_asks_to_come_back_later_gets_the_mail_later(post: RealPost) -> None:
    scene = post.scene
    post.servers.greylist("anna@post.example", on=True)

    async def put_off() -> bool:
        mails = await _deliveries(scene, Channel.EMAIL)
        return any(mail.attempts > 0 and "451 4.7.1" in (mail.error or "") for mail in mails)

    async with scene.at_work():
        await scene.write("Kunt u dit nakijken?")
        await until(put_off, seconds=LATER)
        post.servers.greylist("anna@post.example", on=False)
        await scene.box("anna").wait(lambda mail: "Kunt u dit nakijken?" in mail.text)
    assert len(scene.box("anna").mails) == 1
    assert await _reachable(scene)


@pytest.mark.rule("MAIL-9", "MAIL-10")
async def test_a_connection_that_is_cut_in_the_middle_of_fetching_costs_nothing(post: RealPost) -> None:
    scene = post.scene
    await scene.box("anna").send(
        PORTAL, "Groot", "Zie bijlage.", attachments=[attachment("plan.bin", bytes(3_000_000))]
    )
    await until(lambda: len(scene.box("portal").mails) == 1)
    post.imap.down = 1_500_000
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "Klein", "Komt daarna.")
        await _until_written(scene, "Zie bijlage.", "Komt daarna.")
        await scene.moved(Folder.PROCESSED, 2)
    assert post.imap.cuts == 1 and post.imap.connections >= 2
    [first, _] = await scene.written()
    assert [file.size for file in first.attachments] == [3_000_000]


@pytest.mark.rule("NOTE-4")
async def test_a_connection_that_is_cut_in_the_middle_of_sending_gives_one_mail(post: RealPost) -> None:
    scene = post.scene
    async with scene.at_work():
        await scene.letter_from_hugo("Eerst dit.")
        await until(lambda: len(scene.box("bram").mails) == 1, seconds=LATER)
        post.smtp.up = 1_000_000
        await scene.box("anna").send(
            PORTAL, "Plan", "Zie bijlage.", attachments=[attachment("plan.bin", bytes(3_000_000))]
        )
        told = await scene.box("hugo").wait(lambda mail: "Zie bijlage." in mail.text)
    assert post.smtp.cuts == 1
    assert [len(file.content) for file in told.attachments] == [3_000_000]
    assert len(scene.box("hugo").mails) == 1


@pytest.mark.rule("MAIL-10")
async def test_a_restart_of_the_servers_loses_and_doubles_nothing(post: RealPost) -> None:
    scene = post.scene
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        await scene.box("anna").reply(letter, "Voor de herstart.")
        await _until_written(scene, "Voor de herstart.")
        post.servers.stop()
        await until(lambda: not scene.mailbox.connected, seconds=LATER)
        await scene.write("Tijdens de herstart.", subject="Storing")
        post.servers.start()
        during = await scene.box("anna").wait(lambda mail: "Tijdens de herstart." in mail.text)
        await scene.box("anna").reply(during, "Na de herstart.")
        await _until_written(scene, "Voor de herstart.", "Na de herstart.")
        await scene.moved(Folder.PROCESSED, 2)
        await until(lambda: len(_ids(scene, "hugo")) == 2, seconds=LATER)
    assert len(await scene.items()) == 2
    assert len(_ids(scene, "anna")) == 2


@pytest.mark.rule("MAIL-10")
async def test_a_new_numbering_while_mails_wait_changes_nothing(post: RealPost) -> None:
    scene = post.scene
    await scene.box("anna").send(PORTAL, "Eerste", "Eén keer.")
    await until(lambda: len(scene.box("portal").mails) == 1)
    await scene.mailbox.drain()
    post.servers.doveadm("mailbox", "update", "-u", PORTAL, "--uid-validity", "99", "INBOX")
    async with scene.at_work():
        await _until_written(scene, "Eén keer.")
        await scene.moved(Folder.PROCESSED)
        post.servers.doveadm("mailbox", "update", "-u", PORTAL, "--uid-validity", "100", "INBOX")
        await scene.box("anna").send(PORTAL, "Tweede", "En nog een.")
        await _until_written(scene, "Eén keer.", "En nog een.")
        await scene.moved(Folder.PROCESSED, 2)
        await until(lambda: len(_ids(scene, "hugo")) == 2, seconds=LATER)
    assert len(scene.box("hugo").mails) == 2


@pytest.mark.rule("MAIL-10")
async def test_somebody_else_who_reads_the_mailbox_hides_nothing(post: RealPost) -> None:
    scene = post.scene
    await scene.box("anna").send(PORTAL, "Gelezen", "Toch aangekomen.")
    await until(lambda: len(scene.box("portal").mails) == 1)
    assert await asyncio.to_thread(_read_all, post.servers.imap_port) == 1
    async with scene.at_work():
        await _until_written(scene, "Toch aangekomen.")
        await scene.box("hugo").wait(lambda mail: "Toch aangekomen." in mail.text)
        await scene.moved(Folder.PROCESSED)


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


def _ids(scene: Scene, who: str) -> set[str]:
    """The mails that somebody has; one that was handed over twice because its answer got lost is the same mail."""
    return {mail.message_id for mail in scene.box(who).mails}


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


async def _is(question: object, *, wanted: bool) -> bool:
    return await question is wanted  # type: ignore[misc]  # a coroutine


def _read_all(port: int) -> int:
    """Read the portal's INBOX as a curious person would, which marks everything as seen; how many there were."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    client = imaplib.IMAP4("127.0.0.1", port, 20)
    client.starttls(context)
    client.login(PORTAL, PASSWORD)
    client.select("INBOX")
    _, found = client.uid("SEARCH", "UNSEEN")
    numbers = found[0].split()
    for number in numbers:
        client.uid("FETCH", number, "(BODY[])")
    _, left = client.uid("SEARCH", "UNSEEN")
    assert left[0] == b""
    client.logout()
    return len(numbers)
