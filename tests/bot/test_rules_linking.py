"""The rules of linking where time passes, others meddle or a chat changes hands (LINK-3, 5, 7, 10, 13, 15; STEP-6)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from core import clock
from core.actor import OFFICE
from core.audit import log
from core.database import transaction
from core.people import links
from sandbox.telegram import Phone
from tests.bot.security import keypad
from tests.bot.test_linking import to_the_digits
from tests.bot.world import World, next_screen, next_text, toast_of

Later = Callable[[timedelta], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Moves the product's clock ahead; it goes on running."""

    def move(ahead: timedelta) -> None:
        monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + ahead)

    return move


async def code_of(world: World) -> str:
    """The digits of the newest code mail."""
    return str((await world.secret("linking_code"))["code"])


def other_than(code: str) -> str:
    return "111111" if code != "111111" else "222222"


@pytest.mark.rule("LINK-3")
async def test_an_invitation_is_good_for_fourteen_days(world: World, later: Later) -> None:
    anna, early, late = await world.person(), world.phone(), world.phone("Anna Laat")
    code = await world.invite(anna)
    later(timedelta(days=13, hours=23))
    await early.start(code)
    await early.wait(lambda p: "de code klopt" in p.screen.text)
    later(timedelta(days=14, minutes=1))
    await late.start(code)
    await late.wait(lambda p: "niet meer geldig" in p.screen.text)
    await next_screen(early, early.say("anna@klant.example"))
    assert "niet meer geldig" in early.screen.text and not keypad(early)


@pytest.mark.rule("LINK-3")
@pytest.mark.rule("LINK-4")
async def test_an_invitation_opens_nothing_for_another_address_that_we_know(world: World) -> None:
    anna, bram, phone = await world.person(), await world.person("Bram Bos"), world.phone("Bram Bos")
    await to_the_digits(world, phone, await world.invite(anna), bram.email)
    assert not await world.mails("linking_code")
    await next_text(phone, phone.say("123456"))
    assert "klopt niet" in phone.screen.text and not await world.mails("linked")


@pytest.mark.rule("LINK-5")
async def test_digits_are_good_for_ten_minutes_and_can_be_sent_again_after_one(world: World, later: Later) -> None:
    anna, phone = await world.person(), world.phone()
    await to_the_digits(world, phone, await world.invite(anna))
    first = await code_of(world)
    later(timedelta(seconds=61))
    assert "opnieuw" in (await toast_of(phone, phone.tap("Opnieuw sturen"))).text
    second = await code_of(world)
    assert len(await world.mails("linking_code")) == 2
    if first != second:
        await next_text(phone, phone.say(first))
        assert "klopt niet" in phone.screen.text
    later(timedelta(seconds=61, minutes=10))
    await next_text(phone, phone.say(second))
    assert "verlopen" in phone.screen.text and not await world.mails("linked")
    await toast_of(phone, phone.tap("Opnieuw sturen"))
    await phone.say(await code_of(world))
    await phone.wait(lambda p: "Gelukt, Anna Jansen." in p.transcript)


@pytest.mark.rule("LINK-7")
async def test_only_the_first_time_the_details_open_by_themselves(world: World) -> None:
    anna, phone = await world.person(), world.phone()
    await to_the_digits(world, phone, await world.invite(anna))
    await phone.say(await code_of(world))
    await phone.wait(lambda p: "Fijn dat u er bent" in p.screen.text and "Naam" in p.screen.labels())
    new = world.phone("Anna Nieuw")
    await to_the_digits(world, new, "")
    await new.say(await code_of(world))
    await new.wait(lambda p: "Dossiers · 0 in behandeling, 0 totaal" in p.screen.labels())
    assert "Fijn dat u er bent" not in new.transcript


@pytest.mark.rule("LINK-10")
@pytest.mark.rule("LINK-15")
async def test_strangers_who_know_the_address_do_not_keep_its_owner_out(world: World) -> None:
    anna = await world.person()
    for name in ("Vera Vreemd", "Piet Post"):
        phone = world.phone(name)
        for _ in range(5):
            await phone.start()
            await phone.wait(lambda p: "⌫" not in p.screen.labels() and "e-mailadres" in p.screen.text)
            await phone.say(anna.email)
            await phone.wait(keypad)
        await phone.start()
        await phone.wait(lambda p: not keypad(p))
        await next_screen(phone, phone.say(anna.email))
        assert "te vaak geprobeerd" in phone.screen.text
    flooded = len(await world.mails("linking_code"))
    assert flooded < 10
    mine = world.phone()
    await to_the_digits(world, mine, "")
    assert len(await world.mails("linking_code")) == flooded + 1
    await mine.say(await code_of(world))
    await mine.wait(lambda p: "Gelukt, Anna Jansen." in p.transcript)


@pytest.mark.rule("LINK-15")
async def test_a_code_with_which_addresses_are_guessed_waits_an_hour_in_every_chat(world: World, later: Later) -> None:
    anna, guesser, owner = await world.person(), world.phone("Vera Vreemd"), world.phone()
    code = await world.invite(anna)
    await guesser.start(code)
    await guesser.wait(lambda p: "de code klopt" in p.screen.text)
    for number in range(5):
        await next_screen(guesser, guesser.say(f"gok{number}@elders.example"))
        assert keypad(guesser)
    await next_screen(guesser, guesser.say("anna@klant.example"))
    assert not keypad(guesser) and not await world.mails("linking_code")
    await owner.start(code)
    await owner.wait(lambda p: "te vaak geprobeerd" in p.screen.text)
    async with transaction(world.sessions) as session:
        seen = await log.listing(session, act="link.guessing_stopped")
    assert [entry.subject_id for entry in seen] == [guesser.chat_id]
    later(timedelta(hours=1, minutes=1))
    await to_the_digits(world, owner, code)
    await owner.say(await code_of(world))
    await owner.wait(lambda p: "Gelukt, Anna Jansen." in p.transcript)


@pytest.mark.rule("LINK-15")
async def test_after_an_hour_a_chat_may_try_again(world: World, later: Later) -> None:
    anna, phone = await world.person(), world.phone()
    for _ in range(5):
        await next_screen(phone, phone.say("ACDEF34678"))
    await next_screen(phone, phone.say(f"/start {await world.invite(anna)}"))
    assert "de code klopt" not in phone.screen.text
    later(timedelta(hours=1, minutes=1))
    await to_the_digits(world, phone, await world.invite(anna))
    await phone.say(await code_of(world))
    await phone.wait(lambda p: "Gelukt, Anna Jansen." in p.transcript)


@pytest.mark.rule("LINK-13")
async def test_who_links_the_same_telephone_next_is_not_asked_what_the_last_one_was(world: World) -> None:
    """A shared telephone: the question to Anna is not Bram's, and her unfinished message is not his."""
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    await phone.say("Van Anna, alleen voor het kantoor")
    await phone.wait(lambda p: "van 4000 tekens" in p.screen.text)
    await phone.say("/gegevens")
    await phone.wait(lambda p: "Naam" in p.screen.labels())
    await phone.tap("Naam")
    await phone.wait(lambda p: "Wat is uw naam?" in p.screen.text)
    async with transaction(world.sessions) as session:
        await links.unlink(session, anna.id, actor=OFFICE, reason="staff")
    await phone.wait(lambda p: "Dit gesprek is ontkoppeld" in p.screen.text)
    bram = await world.person("Bram Bos")
    await to_the_digits(world, phone, await world.invite(bram), bram.email)
    await phone.say(await code_of(world))
    await phone.wait(lambda p: "Gelukt, Bram Bos." in p.transcript and "Naam" in p.screen.labels())
    await next_screen(phone, phone.say("Piet Post"))
    assert "→" not in phone.screen.text
    await phone.say("/home")
    await phone.wait(lambda p: "Goed u te zien, Bram Bos." in p.screen.text)
    assert "Verder met uw bericht" not in str(phone.screen.labels())


@pytest.mark.rule("STEP-6")
@pytest.mark.parametrize("typed", ["123456", "123 456", "ACDEF-34678", "Welkom2026!"])
async def test_codes_and_passwords_leave_a_strangers_chat_too(world: World, typed: str) -> None:
    """A recovery code that is typed in a new telephone still opens the old one."""
    phone = world.phone()
    await phone.start()
    await phone.wait(lambda p: "e-mailadres" in p.screen.text)
    said = await phone.say(typed)
    await phone.wait(lambda p: p.message(said.id).deleted and p.screen.id > said.id)


@pytest.mark.rule("LINK-8")
async def test_help_is_there_for_who_never_got_a_mail_at_all(world: World) -> None:
    phone: Phone = world.phone()
    await phone.start()
    await phone.wait(lambda p: "Help" in p.screen.labels())
    await phone.tap("Help")
    await phone.wait(lambda p: world.office.phone in p.screen.text and world.office.email in p.screen.text)
