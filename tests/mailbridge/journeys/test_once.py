"""Each mail is handled once: after a crash at any point, a new numbering, a second copy (MAIL-10)."""

import pytest
from sqlalchemy import func, select

from core.database import reading
from core.files.models import StoredFile
from mailbridge.mailbox import Folder, taking
from mailbridge.mailbox.connection import Inbox
from tests.mailbridge.journeys.scene import PORTAL, Scene


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.rule("MAIL-10")
@pytest.mark.parametrize("moment", ["before the row", "after the row", "before the move", "after the move"])
async def test_a_crash_at_any_point_of_taking_in_neither_loses_nor_doubles(
    office_by_mail: Scene, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    scene = office_by_mail
    await scene.box("anna").send(PORTAL, "Eén keer", "Dit komt één keer aan.")
    with monkeypatch.context() as patch:
        _die(patch, moment)
        with pytest.raises(BaseException):  # noqa: B017  # however it surfaces through task groups
            await scene.settle()
    scene.mailbox._items.clear()  # a new process knows nothing
    await scene.settle()
    assert [message.message.text for message in await scene.written()] == ["Dit komt één keer aan."]
    assert len(scene.box("hugo").mails) == 1
    assert len(scene.box("portal").folder(Folder.PROCESSED)) == 1


def _die(patch: pytest.MonkeyPatch, moment: str) -> None:
    take_in, move = taking.take_in, Inbox.move

    async def killed_before(*_: object, **__: object) -> dict[int, int]:
        raise Killed

    async def killed_after(*given: object, **more: object) -> dict[int, int]:
        await take_in(*given, **more)  # type: ignore[arg-type]  # as given
        raise Killed

    def move_killed(self: Inbox, uids: list[int], folder: str) -> None:
        if moment == "after the move":
            move(self, uids, folder)
        raise Killed

    if moment == "before the row":
        patch.setattr(taking, "take_in", killed_before)
    elif moment == "after the row":
        patch.setattr(taking, "take_in", killed_after)
    else:
        patch.setattr(Inbox, "move", move_killed)


@pytest.mark.rule("MAIL-10")
async def test_the_same_mail_delivered_twice_is_one_message(office_by_mail: Scene) -> None:
    scene = office_by_mail
    sent = await scene.box("anna").send(PORTAL, "Dubbel", "Twee bezorgingen.")
    await scene.server.inject(sent.raw, PORTAL, authentic=True)
    await scene.settle()
    await scene.server.inject(sent.raw, PORTAL, authentic=True)
    await scene.settle()
    assert len(await scene.written()) == 1
    assert len(scene.box("portal").folder(Folder.PROCESSED)) == 3


@pytest.mark.rule("MAIL-10")
@pytest.mark.parametrize("headers", [{}, {"Message-ID": ""}])
async def test_a_server_that_numbers_its_mails_anew_changes_nothing(
    office_by_mail: Scene, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = office_by_mail
    await scene.box("anna").send(PORTAL, "Nieuwe nummers", "Nog steeds één.", headers=headers)
    with monkeypatch.context() as patch:
        patch.setattr(Inbox, "move", lambda *_: None)
        await scene.mailbox.drain()
        await scene.intake.drain()
    scene.box("portal").restart_uids()
    await scene.settle()
    assert len(await scene.written()) == 1
    assert [item.outcome for item in await scene.items()] == ["message"]


@pytest.mark.rule("MAIL-10")
async def test_numbers_that_are_used_again_for_other_mails_lose_none(office_by_mail: Scene) -> None:
    """A mailbox that was wiped may give an old UIDVALIDITY and UID to a new mail."""
    scene = office_by_mail
    store = scene.files
    for number in (1, 2):
        raw = f"From: anna@post.example\r\nMessage-ID: <{number}@post.example>\r\n\r\nBericht {number}\r\n".encode()
        mail = taking.stored(5, await store.put(raw), raw)
        await taking.take_in(scene.sessions, [mail], source="mailbox:portal", validity=1)
    assert len(await scene.items()) == 2


@pytest.mark.rule("MAIL-10")
async def test_two_mails_with_one_message_id_of_a_careless_scanner_are_two(office_by_mail: Scene) -> None:
    scene = office_by_mail
    for day in (1, 2):
        headers = {"Message-ID": "<scan@scanner>", "Date": f"Tue, {day} Dec 2026 10:00:00 +0100"}
        await scene.box("anna").send(PORTAL, "Scan", f"Pagina {day}", headers=headers)
    await scene.settle()
    assert [message.message.text for message in await scene.written()] == ["Pagina 1", "Pagina 2"]


@pytest.mark.rule("MAIL-10")
async def test_mails_of_one_sender_keep_their_order(office_by_mail: Scene) -> None:
    scene = office_by_mail
    for number in range(12):
        await scene.box("anna").send(PORTAL, "Reeks", f"Nummer {number}")
    await scene.settle()
    assert [message.message.text for message in await scene.written()] == [f"Nummer {n}" for n in range(12)]


async def test_mails_taken_in_together_are_recorded_once_and_in_order(office_by_mail: Scene) -> None:
    """A batch with a known mail, a second copy, and another mail at a known place: each mail has one item."""
    scene = office_by_mail
    store = scene.files

    async def made(uid: int, name: str) -> taking.Stored:
        raw = f"From: anna@post.example\r\nMessage-ID: <{name}@x>\r\nSubject: {name}\r\n\r\nhoi {name}".encode()
        return taking.stored(uid, await store.put(raw), raw)

    async def taken(*mails: taking.Stored) -> dict[int, int]:
        return await taking.take_in(scene.sessions, mails, source="mailbox:portal", validity=1)

    first = await taken(await made(1, "een"), await made(2, "twee"))
    again = await taken(await made(2, "twee"), await made(3, "drie"), await made(4, "drie"), await made(1, "nieuw"))
    assert first[1] < first[2] == again[2] < again[3] == again[4]
    assert again[1] not in {*first.values(), again[3]}
    items = await scene.items()
    async with reading(scene.sessions) as session:
        stored = await session.scalar(select(func.count()).select_from(StoredFile).where(StoredFile.name == "mail.eml"))
    assert len(items) == 4 == stored
    assert all(item.file_id for item in items)
