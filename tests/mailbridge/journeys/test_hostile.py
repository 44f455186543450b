"""Malformed, huge and hostile mails, and servers and disks that fail: the mailbox goes on, nothing is lost."""

import pytest

from core.files.store import FileStore, StorageUnavailable
from core.intake.models import IntakeState
from mailbridge.mailbox import Folder
from mailbridge.opening import Opened
from tests.mailbridge.journeys.scene import PORTAL, Scene
from tests.support.waiting import until

ANNA = b"From: Anna <anna@post.example>\r\nTo: portaal@kantoor.example\r\n"

BROKEN = {
    "no Message-ID": ANNA
    + b"Subject: Zonder nummer\r\nDate: Mon, 23 Nov 2026 10:00:00 +0100\r\n\r\nDeze telt mee.\r\n",
    "an unknown charset": ANNA
    + b"Message-ID: <1@post.example>\r\nSubject: =?x-unbekannt?q?caf=E9?=\r\n"
    + b"Content-Type: text/plain; charset=x-unbekannt\r\n\r\nDeze telt mee: caf\xe9.\r\n",
    "a charset that lies": ANNA
    + b"Message-ID: <2@post.example>\r\nSubject: Liegt\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    + b"Deze telt mee: caf\xe9 \xff\xfe.\r\n",
    "NUL and control characters": ANNA
    + b"Message-ID: <3@post.example>\r\nSubject: Nul\x00len\r\n\r\nDeze telt\x00 mee.\x07\r\n",
    "a boundary that never comes": ANNA
    + b"Message-ID: <4@post.example>\r\nSubject: Grens\r\nMIME-Version: 1.0\r\n"
    + b'Content-Type: multipart/mixed; boundary="x"\r\n\r\nDeze telt mee.\r\n',
}

NO_MAILS = {
    "nothing but bytes": bytes(range(256)) * 20,
    "a single line": b"hallo",
    "two authors": b"From: anna@post.example, eva@post.example\r\nTo: portaal@kantoor.example\r\n\r\nWie?\r\n",
    "an author read in two ways": b"From: anna@post.example)<eva@post.example>\r\nSubject: x\r\n\r\nWie?\r\n",
}


@pytest.mark.rule("MAIL-9")
@pytest.mark.parametrize("what", BROKEN)
async def test_a_malformed_mail_of_a_customer_comes_in_and_so_does_the_next(office_by_mail: Scene, what: str) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await scene.server.inject(BROKEN[what], PORTAL, authentic=True)
        await scene.box("anna").send(PORTAL, "De volgende", "Komt ook aan.")
        await until(lambda: _count(scene, 2))
    texts = [message.message.text for message in await scene.written()]
    assert any("telt" in text and "mee" in text for text in texts), texts
    assert "Komt ook aan." in texts


@pytest.mark.rule("MAIL-9")
@pytest.mark.parametrize("what", NO_MAILS)
async def test_what_can_be_put_to_nobody_is_set_apart_and_the_next_is_handled(office_by_mail: Scene, what: str) -> None:
    scene = office_by_mail
    async with scene.at_work():
        await scene.server.inject(NO_MAILS[what], PORTAL)
        await scene.box("anna").send(PORTAL, "De volgende", "Komt ook aan.")
        await until(lambda: _count(scene, 1))
        await scene.moved(Folder.REJECTED)
    assert [message.message.text for message in await scene.written()] == ["Komt ook aan."]
    assert not scene.box("eva").mails


@pytest.mark.rule("MAIL-9")
async def test_a_mail_of_40_mb_is_refused_in_words_and_kept_and_the_next_is_handled(office_by_mail: Scene) -> None:
    scene = office_by_mail
    head = ANNA + b"Message-ID: <groot@post.example>\r\nSubject: Heel groot\r\nMIME-Version: 1.0\r\n"
    part = b"\r\n--x\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    body = b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n\r\nZie bijlage.' + part
    raw = head + body + (b"QUJD" * 19 + b"\r\n") * (40_000_000 // 78) + b"\r\n--x--\r\n"
    async with scene.at_work():
        await scene.server.inject(raw, PORTAL, authentic=True)
        await scene.box("bram").send(PORTAL, "The next one", "Arrives too.")
        told = await scene.box("anna").wait(lambda mail: "groter dan" in mail.text, timeout=60)
        await until(lambda: _count(scene, 1))
        [kept] = await scene.moved(Folder.REJECTED)
    assert "25 MB" in told.text
    item = next(item for item in await scene.items() if item.sender == "anna@post.example")
    assert item.payload["size"] == len(kept.raw) > 39_000_000
    assert await scene.files.has(item.payload["sha256"])


@pytest.mark.rule("MAIL-9")
async def test_what_fails_five_times_goes_to_failed_its_sender_is_told_once_and_the_next_goes_on(
    office_by_mail: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = office_by_mail
    handle = scene.handler.handle

    async def breaks(session, items, fetched: Opened):  # type: ignore[no-untyped-def]  # as the handler's own
        if "breekt" in fetched.mail.subject:
            raise RuntimeError("a defect")
        return await handle(session, items, fetched)

    monkeypatch.setattr(scene.handler, "handle", breaks)
    monkeypatch.setattr("core.intake.settling.PAUSES", (0.01, 0.01, 0.01, 0.01))
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "Dit breekt", "Iets.")
        await scene.box("anna").send(PORTAL, "Dit niet", "Komt ook aan.")
        told = await scene.box("anna").wait(lambda mail: "storing" in mail.subject)
        at_office = await scene.box("mia").wait(lambda mail: "Failed" in mail.text)
        await until(lambda: _count(scene, 1))
        [failed] = await scene.moved(Folder.FAILED)
    assert failed.subject == "Dit breekt"
    [dead] = [item for item in await scene.items() if item.state == IntakeState.DEAD]
    assert dead.error_id and dead.error_id in told.text and dead.error_id in at_office.text
    assert len([mail for mail in scene.box("anna").mails if "storing" in mail.subject]) == 1


@pytest.mark.rule("MAIL-9")
async def test_a_full_disk_leaves_the_mail_where_it_is_until_there_is_room(
    office_by_mail: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = office_by_mail
    tried: list[bool] = []
    put = FileStore.put

    async def full(self: FileStore, data: bytes, **more: object) -> object:
        tried.append(True)
        if len(tried) < 3:
            raise StorageUnavailable("no space left on device")
        return await put(self, data, **more)  # type: ignore[arg-type]  # as given

    monkeypatch.setattr(FileStore, "put", full)
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "Schijf vol", "Komt toch aan.")
        await until(lambda: len(tried) >= 1)
        await until(lambda: _count(scene, 1))
    assert len(tried) >= 3


@pytest.mark.rule("MAIL-9")
async def test_a_mail_that_can_not_be_recorded_goes_to_failed_and_lets_the_others_in(
    office_by_mail: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mailbridge.mailbox import taking

    scene = office_by_mail
    arrival = taking._arrival

    def picky(mail, source, place):  # type: ignore[no-untyped-def]  # as the function's own
        if mail.sender == "eva@post.example":
            raise ValueError("this one can't be")
        return arrival(mail, source, place)

    monkeypatch.setattr(taking, "_arrival", picky)
    monkeypatch.setattr("mailbridge.mailbox.watching.POLL", 0.05)
    await scene.box("eva").send(PORTAL, "Onmogelijk", "x")
    await scene.box("anna").send(PORTAL, "Gewoon", "Komt aan.")
    async with scene.at_work():
        await until(lambda: _count(scene, 1))
        [failed] = await scene.moved(Folder.FAILED)
    assert failed.subject == "Onmogelijk"


@pytest.mark.rule("MAIL-9")
async def test_a_mail_server_that_was_away_costs_nothing(
    office_by_mail: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = office_by_mail
    monkeypatch.setattr("core.deliveries.backoff.pause", lambda *_, **__: 0.2)
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        await scene.server.faults.down(True)
        await until(lambda: not scene.mailbox.connected)
        await scene.write("Terwijl de server weg was")
        await scene.server.faults.down(False)
        await scene.box("anna").reply(letter, "Ik ben er weer.")
        await until(lambda: _count(scene, 1))
        for who in ("anna", "bram"):
            await scene.box(who).wait(lambda mail: "Terwijl de server weg was" in mail.text, timeout=30)


async def _count(scene: Scene, wanted: int) -> bool:
    return len(await scene.written()) == wanted
