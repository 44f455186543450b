"""Half-sentences of the rules that had no proof of their own: codes that grow old, lockouts that end, names that open, files that keep."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from core import clock
from core.actor import Actor, ActorKind, Channel
from core.database import transaction
from core.dossiers.models import Dossier
from core.files.models import StoredFile
from core.messages import messages
from core.office import Office
from core.people.models import Person
from sandbox.telegram import Phone
from tests.bot.security import confidential, enrolled, keypad, press
from tests.bot.world import PDF, PNG, World, next_screen, next_text, toast_of

Later = Callable[[timedelta], None]


@pytest.fixture
def office() -> Office:
    """An office with a manual."""
    return replace(Office(), manual="https://kantoor.example/handleiding", website="https://kantoor.example")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Moves the product's clock ahead; it goes on running."""

    def move(ahead: timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + ahead)

    return move


@pytest.mark.rule("HOME-4")
async def test_help_links_to_the_manual_for_strangers_too(world: World) -> None:
    _, phone = await world.linked()
    stranger = world.phone("Vera Vreemd")
    for each in (phone, stranger):
        await each.say("/help")
        await each.wait(lambda p: world.office.phone in p.screen.text)
        urls = [button.url for row in each.screen.buttons for button in row if button.url]
        assert urls == ["https://kantoor.example/handleiding", "https://kantoor.example"]
        assert world.office.hours in each.screen.text


@pytest.mark.rule("DET-1")
async def test_the_name_on_the_home_card_opens_the_details(world: World) -> None:
    _, phone = await world.linked("Anna Jansen")
    await phone.tap("👤 Anna Jansen")
    await phone.wait(lambda p: "anna@klant.example" in p.screen.text and "Naam" in p.screen.labels())


@pytest.mark.rule("STEP-1")
async def test_a_mailed_code_grows_old_and_a_fresh_one_confirms(world: World, later: Later) -> None:
    _, phone = await confidential(world)
    await phone.tap("⬇ Downloaden")
    await phone.wait(keypad)
    old = (await world.secret("step_up_code"))["code"]
    later(timedelta(minutes=5, seconds=1))
    await next_text(phone, phone.say(old))
    assert "verlopen" in phone.screen.text
    await toast_of(phone, phone.tap("Opnieuw sturen"))
    fresh = (await world.secret("step_up_code"))["code"]
    assert len(await world.mails("step_up_code")) == 2
    await press(phone, fresh)
    await phone.wait(lambda p: p.messages[-1].file is not None)


@pytest.mark.rule("STEP-1")
async def test_after_five_minutes_the_next_act_asks_again(world: World, later: Later) -> None:
    _, phone = await confidential(world)
    notice = phone.screen
    await phone.tap("⬇ Downloaden")
    await phone.wait(keypad)
    await press(phone, (await world.secret("step_up_code"))["code"])
    await phone.wait(lambda p: p.messages[-1].file is not None)
    later(timedelta(minutes=5, seconds=1))
    await phone.tap("⬇ Downloaden", message=notice)
    await phone.wait(keypad)
    assert len([message for message in phone.messages if message.file]) == 1


@pytest.mark.rule("STEP-1")
async def test_the_code_of_one_chat_opens_nothing_in_another(world: World) -> None:
    """Bram asked for a code too; Anna's is wrong in his chat, and his is used up by nobody."""
    _, phone = await confidential(world)
    bram, other = await world.linked("Bram Bos")
    await world.publish(await world.dossier("2026-002", bram), "Ander.pdf", confidential=True)
    await other.wait(lambda p: "Nieuw document" in p.screen.text)
    for each in (phone, other):
        await each.tap("⬇ Downloaden")
        await each.wait(keypad)
    annas, brams = [world.keys.decrypt(mail.secret or b"") for mail in await world.mails("step_up_code")]
    if annas != brams:
        await next_text(other, other.say((annas or b"").decode()[-8:-2]))
        assert "klopt niet" in other.screen.text
    await other.say((brams or b"").decode()[-8:-2])
    await other.wait(lambda p: p.messages[-1].file is not None)
    assert not any(message.file for message in phone.messages)


@pytest.mark.rule("STEP-5")
async def test_after_a_quarter_the_right_code_opens_again(world: World, later: Later) -> None:
    _, phone, app, _ = await enrolled(world)
    await phone.say("/vergrendel")
    await phone.wait(lambda p: "Ontgrendelen" in p.screen.labels())
    await phone.tap("Ontgrendelen")
    await phone.wait(keypad)
    right = app.code()
    for _ in range(5):
        await next_text(phone, phone.say("111111" if right != "111111" else "222222"))
    later(timedelta(minutes=14))
    await next_text(phone, phone.say(app.code()))
    assert "Mijn gegevens" not in phone.screen.labels()
    later(timedelta(minutes=16))
    await phone.say("/home")
    await phone.wait(keypad)
    await phone.say(app.code())
    await phone.wait(lambda p: "Mijn gegevens" in p.screen.labels())
    assert len(await world.mails("locked_out")) == 1


@pytest.mark.rule("STEP-2")
async def test_two_factor_is_not_turned_off_by_a_code_that_was_asked_for_something_else(world: World) -> None:
    """Who finds an open telephone just after a code was given can't take the second factor away."""
    _, phone, app, _ = await enrolled(world)
    await phone.say("/vergrendel")
    await phone.wait(lambda p: "Ontgrendelen" in p.screen.labels())
    await phone.tap("Ontgrendelen")
    await phone.wait(keypad)
    await phone.say(app.code())
    await phone.wait(lambda p: "Mijn gegevens" in p.screen.labels())
    await phone.tap(data="1:tof", forge=True)
    await phone.wait(keypad)
    assert not await world.mails("two_factor_off")


@pytest.mark.rule("DOC-10")
async def test_every_file_keeps_its_hash_its_type_by_content_and_where_it_came_from(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    await phone.send_document("foto.pdf", PNG, caption="Zie bijlage")
    await phone.wait(lambda p: "Upload 1 bestand" in p.screen.labels())
    await phone.send_document("akte.pdf", PDF)
    await phone.wait(lambda p: "Upload 2 bestanden" in p.screen.labels())
    await phone.send_document("nogmaals.pdf", PDF)
    await phone.wait(lambda p: "Upload 3 bestanden" in p.screen.labels())
    async with transaction(world.sessions) as session:
        rows = list(await session.scalars(select(StoredFile).order_by(StoredFile.id)))
    kept = [(row.sha256, row.media_type, row.origin_kind, row.origin_id, row.channel) for row in rows]
    who = (ActorKind.PERSON, anna.id, Channel.TELEGRAM)
    png, pdf = hashlib.sha256(PNG).hexdigest(), hashlib.sha256(PDF).hexdigest()
    assert kept == [(png, "image/png", *who), (pdf, "application/pdf", *who), (pdf, "application/pdf", *who)]
    assert all(row.stored_at <= clock.now() for row in rows)
    assert [await world.files.get(row.sha256) for row in rows] == [PNG, PDF, PDF]


@pytest.mark.rule("DOC-4")
@pytest.mark.rule("MSG-10")
async def test_only_an_act_reads_and_what_was_read_by_mail_is_read_here(world: World) -> None:
    """A mail that was sent proves nothing; an answer to it does, for who answered."""
    anna, phone = await world.linked()
    bram, other = await world.linked("Bram Bos")
    dossier = await world.dossier("2026-001", anna, bram)
    await world.publish(dossier, "Brief.pdf")
    message = await world.write(dossier, "Akte gereed", "Kunt u vrijdag?")
    assert len(await world.mails("message_new")) == 2 and len(await world.mails("document_new")) == 2
    for each in (phone, other):
        await each.say("/dossiers")
        await each.wait(lambda p: "Berichten (1) · 🔵 1 nieuw" in p.screen.labels())
        assert "Correspondentie (1) · 🔵 1 nieuw" in each.screen.labels()
    await answered_by_mail(world, anna, dossier, message.id)
    await phone.say("/dossiers")
    await phone.wait(lambda p: "Berichten (2)" in p.screen.labels())
    assert "Correspondentie (1) · 🔵 1 nieuw" in phone.screen.labels()
    await other.say("/dossiers")
    await other.wait(lambda p: "Berichten (2) · 🔵 2 nieuw" in p.screen.labels())


async def answered_by_mail(world: World, person: Person, dossier: Dossier, message_id: int) -> None:
    async with transaction(world.sessions) as session:
        actor = Actor(kind=ActorKind.PERSON, id=person.id, channel=Channel.EMAIL)
        here = await session.get_one(Dossier, dossier.id)
        await messages.post(
            session, here, actor=actor, subject="Re", text="Ja, dat kan.", reply_to=message_id, office=world.office
        )


@pytest.mark.rule("DOS-6")
async def test_where_there_is_no_list_of_steps_it_says_nothing_of_nothing(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    await phone.say("/dossiers")
    await phone.wait(lambda p: "Voortgang (0/0)" in p.screen.labels())
    await next_text(phone, phone.tap("Voortgang (0/0)"))
    assert "○" not in phone.screen.text and "✓" not in phone.screen.text


@pytest.mark.rule("MSG-5")
@pytest.mark.rule("MSG-4")
async def test_parts_that_telegram_split_are_joined_before_counting(world: World) -> None:
    """Telegram splits at 4096: a text of 6,000 comes as two, and one file holds all of it."""
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await new_message(phone, "Lang")
    for part in ("a" * 4096, "b" * 1904):
        await phone.say(part)
    await phone.wait(lambda p: "6000 van 4000 tekens" in p.screen.text)
    await phone.tap("Versturen")
    await phone.wait(lambda p: "Uw bericht is verstuurd" in p.screen.text)
    [message] = await world.messages_of(dossier)
    assert message.text == "a" * 4000
    async with transaction(world.sessions) as session:
        [whole] = await session.scalars(select(StoredFile))
    assert await world.files.get(whole.sha256) == b"a" * 4096 + b"b" * 1904


async def new_message(phone: Phone, subject: str) -> None:
    await phone.say("/nieuw")
    await phone.wait(lambda p: "Waar gaat uw bericht over?" in p.screen.text)
    await next_screen(phone, phone.say(subject))
