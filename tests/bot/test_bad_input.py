"""What people and their telephones do that nobody planned: every kind of update, bursts, trouble on the way."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from core import texts
from core.accounts import accounts
from core.actor import OFFICE, Language
from core.database import transaction
from core.intake.models import Intake, IntakeState
from core.people.models import Person
from sandbox.telegram import Phone
from tests.bot.world import PDF, World, next_screen, next_text, toast_of, until

REFUSAL = re.compile(r"Refused\(\"([a-z_.]+)\"")
STORED: dict[str, dict[str, Any]] = {
    "voice": {"mime_type": "audio/ogg", "duration": 3},
    "video": {"mime_type": "video/mp4", "duration": 3, "width": 1, "height": 1},
    "audio": {"mime_type": "audio/mpeg", "duration": 3},
    "video_note": {"length": 240, "duration": 3},
    "animation": {"mime_type": "video/mp4", "duration": 3, "width": 1, "height": 1, "file_name": "dans.mp4"},
    "document": {"mime_type": "application/pdf", "file_name": "akte.pdf"},
}
ANSWERED: dict[str, Any] = {
    "location": {"latitude": 52.1, "longitude": 5.1},
    "venue": {"location": {"latitude": 52.1, "longitude": 5.1}, "title": "Kantoor", "address": "Lindelaan 1"},
    "poll": {"id": "1", "question": "?", "options": []},
    "dice": {"emoji": "🎲", "value": 3},
    "game": {"title": "x", "description": "x", "photo": []},
    "story": {"id": 1, "chat": {"id": 1, "type": "private"}},
    "checklist": {"title": "x", "tasks": []},
    "a_kind_of_next_year": {"x": 1},
    "invoice": {"title": "x", "description": "x", "start_parameter": "", "currency": "EUR", "total_amount": 1},
    "paid_media": {"star_count": 1, "paid_media": []},
}
SILENT: dict[str, Any] = {
    "pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}},
    "message_auto_delete_timer_changed": {"message_auto_delete_time": 86400},
    "write_access_allowed": {"from_request": True},
    "chat_background_set": {"type": {"type": "fill"}},
}


def send(phone: Phone, body: dict[str, Any]) -> None:
    """Sends any message, as Telegram would tell of it."""
    phone._send(body)  # kinds that no telephone of the sandbox has a button for


async def test_every_kind_of_message_is_stored_answered_or_needs_no_answer(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    for kind, body in ANSWERED.items():
        shown = await next_screen(phone, _later(phone, {kind: body}))
        assert "kan ik niet aan het dossier toevoegen" in shown.text, kind
        assert "🏠 Home (0 acties)" in shown.labels(), kind
    shown = await next_screen(phone, phone.send_sticker())
    assert "sticker" in shown.text
    before = phone.screen.id
    for kind, body in SILENT.items():
        send(phone, {kind: body})
    files = 0
    for kind, body in STORED.items():
        kept = await phone.send_document(f"{kind}.bin", PDF + kind.encode())
        assert kept.file is not None
        files += 1
        await phone.wait(lambda p, n=files: any(f"Upload {n} bestand" in label for label in p.screen.labels()))  # type: ignore[misc]  # bound for the loop
        await phone.delete(kept)
        again = {"file_id": kept.file.file_id, "file_unique_id": kind, "file_size": kept.file.size}
        send(phone, {kind: again | body})
        files += 1
        await phone.wait(lambda p, n=files: any(f"Upload {n} bestand" in label for label in p.screen.labels()))  # type: ignore[misc]  # bound for the loop
    assert phone.screen.id > before
    assert not await _left(world)


async def _later(phone: Phone, body: dict[str, Any]) -> None:
    send(phone, body)


async def _left(world: World) -> int:
    """What the intake could not handle."""
    async with transaction(world.sessions) as session:
        query = select(func.count()).select_from(Intake).where(Intake.state == IntakeState.DEAD)
        return await session.scalar(query) or 0


@pytest.mark.rule("DOC-8")
async def test_a_file_that_vanished_at_telegram_is_told_and_the_next_one_is_taken(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    world.server.faults.add(method="getFile", kind="400", description="Bad Request: wrong file_id")
    shown = await next_screen(phone, phone.send_document("weg.pdf", PDF))
    assert "weg.pdf: Dit bestand kan niet meer bij Telegram worden opgehaald." in shown.text
    assert not any("Upload" in label for label in shown.labels())
    world.server.faults.add(method="getFile", kind="500", times=1)
    await phone.send_document("later.pdf", PDF)
    await phone.wait(lambda p: "Upload 1 bestand" in p.screen.labels(), timeout=20)
    assert not await _left(world)


async def test_taps_in_parallel_leave_one_card_and_no_mistakes(world: World) -> None:
    anna, phone = await world.linked()
    for n in range(3):
        await world.dossier(f"2026-00{n}", anna)
    card = await next_screen(phone, phone.say("/home"))
    verbs = ("1:dsl:0", "1:det", "1:hlp", "1:act:0", "1:ntf", "1:hom", "1:acs", "1:sts:") * 2
    await asyncio.gather(*(phone.tap(data=data, message=card, forge=True) for data in verbs))
    await phone.wait(lambda p: len(p.toasts) >= len(verbs), timeout=30)
    shown = await next_text(phone, phone.say("/versie"))
    assert "Loket 1.2.3" in shown.text
    await phone.wait(lambda p: len([message for message in p.messages if message.sender == "bot"]) == 1)
    assert not await _left(world)


async def test_forged_arguments_of_every_new_button_are_stale_or_refused(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    await world.dossier("2026-002", anna, status="Gereed")
    for data in (
        "1:fnd", "1:fnd:x", "1:fnd::qqq:-1", "1:sts", "1:acc", "1:acc:x", "1:tsk:x", "1:sup", "1:ver:1:0", "1:typ:1",
        "1:nws:x", "1:act:x",
    ):  # fmt: skip
        toast = await toast_of(phone, phone.tap(data=data, forge=True))
        assert toast.text, data
    for data in (
        "1:fnd:ffffffffffffffffffffffffffffffff.abc:x:0",
        "1:fnd:zz.zz::0",
        "1:sts:" + "0" * 50,
        "1:act:99999999",
    ):
        await phone.tap(data=data, forge=True)
    await phone.wait(lambda p: len(p.toasts) >= 16)
    assert not await _left(world)


async def test_a_person_who_is_removed_while_writing_sees_nothing_more(world: World) -> None:
    await world.linked()
    bram, phone = await world.linked("Bram Bos")
    dossier = await world.dossier("2026-001", bram)
    await phone.say("Ik schrijf u over de akte van vrijdag")
    await phone.wait(lambda p: "Versturen" in p.screen.labels())
    draft = phone.screen
    async with transaction(world.sessions) as session:
        await accounts.remove_person(session, await session.get_one(Person, bram.id), actor=OFFICE)
    await phone.tap("Versturen", message=draft)
    await phone.wait(lambda p: bool(p.toasts) and p.toasts[-1].alert)
    await next_screen(phone, phone.say("2026-001"))
    assert "uitnodiging" in phone.screen.text and "2026-001" not in phone.screen.text
    assert not await world.messages_of(dossier)


@pytest.mark.rule("NOTE-4")
async def test_blocked_in_the_middle_and_unblocked_later_the_draft_is_still_there(world: World) -> None:
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await phone.say("Dit bericht is nog niet af")
    await phone.wait(lambda p: "26 van 4000 tekens" in p.screen.text)
    phone.block()
    await world.write(dossier, "Intussen", "Dag")
    await until(lambda: world.mails("message_new"))
    await phone.start()
    await phone.wait(lambda p: "✏️ Verder met uw bericht" in p.screen.labels())
    assert "1 ongelezen" in phone.screen.text
    await phone.tap("✏️ Verder met uw bericht")
    await phone.wait(lambda p: "Dit bericht is nog niet af" in p.screen.text)
    await world.write(dossier, "Weer terug", "Dag")
    await phone.wait(lambda p: "Onderwerp: Weer terug" in p.screen.text)


@pytest.mark.parametrize(
    "name", ["<b>Anna</b> & 'Jan' \"x\"", "علي بن أبي طالب", "👩‍👩‍👧 Zoë", "\u202eannA", "x" * 300]
)
async def test_any_name_is_shown_as_it_is(world: World, name: str) -> None:
    person, phone = await world.linked("Anna Jansen")
    dossier = await world.dossier("2026-001", person, description=name)
    await world.write(dossier, name[:250], name, attachments={f"{name[:100]}.pdf": PDF})
    async with transaction(world.sessions) as session:
        (await session.get_one(Person, person.id)).name = name
    await phone.wait(lambda p: "Nieuw bericht" in p.screen.text)
    await phone.tap("Openen")
    await phone.wait(lambda p: "Van:" in p.screen.text and name in p.screen.text)
    for command in ("/home", "/dossiers", "/gegevens"):
        shown = await next_text(phone, phone.say(command))
        assert name[:40] in shown.text, command
    assert not await _left(world)


async def test_a_hundred_messages_at_once_keep_nobody_else_waiting(world: World) -> None:
    anna, phone = await world.linked()
    _, other = await world.linked("Bram Bos")
    await world.dossier("2026-001", anna)
    for n in range(100):
        await phone.say(f"{n:03} regel")
    await other.say("/versie")
    await other.wait(lambda p: "Loket 1.2.3" in p.screen.text)
    assert "999 van 4000 tekens" not in phone.screen.text, "the other one waited for all of them"
    await phone.wait(lambda p: "999 van 4000 tekens" in p.screen.text, timeout=60)
    assert not await _left(world)


@pytest.mark.parametrize("language", Language)
def test_every_refusal_of_the_bot_has_a_sentence(language: Language) -> None:
    said = texts.keys(language, "refusals")
    codes = {
        code for path in (Path(__file__).parents[2] / "bot").rglob("*.py") for code in REFUSAL.findall(path.read_text())
    }
    assert codes and not {code for code in codes if f"refusals.{code}" not in said}
