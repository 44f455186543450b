"""2-step verification in the chat: on, the lock that carries on, recovery codes, off (STEP-2 to STEP-5)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.database import transaction
from core.documents.models import Shelf
from core.intake.models import Intake
from core.people.security_models import StepUp, TwoFactor
from tests.bot.security import App, enrolled, idle, keypad, later, press
from tests.bot.world import World, next_screen, next_text, toast_of, until
from tests.support.clocks import stop_clock


@pytest.mark.rule("STEP-2")
async def test_two_factor_is_turned_on_with_a_qr_code_and_shows_recovery_codes_once(world: World) -> None:
    anna, phone, _, codes = await enrolled(world)
    assert len(set(codes)) == 8 and phone.screen.spoiler
    assert all(message.file is None for message in phone.messages)  # the QR code is gone
    [mail] = await world.mails("two_factor_on")
    assert mail.address == anna.email
    shown = phone.screen
    toast = await toast_of(phone, phone.tap("Bewaard"))
    assert "verwijderd" in toast.text
    await phone.wait(lambda p: p.message(shown.id).deleted)
    assert "staat aan sinds" in phone.screen.text and "Herstelcodes over: 8" in phone.screen.text
    assert codes[0] not in phone.transcript


@pytest.mark.rule("STEP-2")
async def test_the_secret_and_the_recovery_codes_are_nowhere_readable(world: World) -> None:
    _, phone, app, codes = await enrolled(world)
    async with transaction(world.sessions) as session:
        [factor] = await session.scalars(select(TwoFactor))
        answers = str([item.answers for item in await session.scalars(select(Intake))])
        kept = str([asked.values for asked in await session.scalars(select(StepUp))])
    assert world.keys.decrypt(factor.secret) == app.secret.encode()
    assert app.secret not in answers + kept and codes[0] not in answers + kept
    assert phone.screen.spoiler


@pytest.mark.rule("STEP-2")
async def test_the_qr_code_is_a_picture_that_leaves_with_the_keypad(world: World) -> None:
    _, phone = await world.linked()
    await phone.tap(data="1:ton", forge=True)
    await phone.wait(keypad)
    await press(phone, (await world.secret("step_up_code"))["code"])
    picture = await phone.wait(lambda p: p.screen.file is not None and "Code invoeren" in p.screen.labels())
    assert picture.file is not None and picture.file.content().startswith(b"\x89PNG")
    copies = [button.copy for row in picture.buttons for button in row if button.copy]
    assert len(copies[0] or "") == 32 and (copies[1] or "").startswith("otpauth://totp/")
    await phone.tap("Code invoeren")
    await phone.wait(lambda p: keypad(p) and p.message(picture.id).deleted)
    await phone.tap("‹ QR-code")
    again = await phone.wait(lambda p: p.screen.file is not None)
    assert [button.copy for row in again.buttons for button in row if button.copy] == copies
    await phone.tap("Annuleren")
    await phone.wait(lambda p: "staat uit" in p.screen.text and p.message(again.id).deleted)


@pytest.mark.rule("STEP-2")
async def test_a_wrong_first_code_is_asked_again_and_a_typed_one_is_deleted(world: World) -> None:
    _, phone = await world.linked()
    await phone.tap(data="1:ton", forge=True)
    await phone.wait(keypad)
    await press(phone, (await world.secret("step_up_code"))["code"])
    await phone.wait(lambda p: "Code invoeren" in p.screen.labels())
    app = App(next(button.copy for row in phone.screen.buttons for button in row if button.copy) or "")
    right = app.code()
    wrong = await phone.say("111111" if right != "111111" else "222222")
    await phone.wait(lambda p: "klopt niet" in p.screen.text and p.message(wrong.id).deleted)
    typed = await phone.say(right)
    await phone.wait(lambda p: "Bewaard" in p.screen.labels() and p.message(typed.id).deleted)


@pytest.mark.rule("STEP-2")
async def test_two_factor_goes_off_with_a_code_of_the_app(world: World) -> None:
    _, phone, app, _ = await enrolled(world)
    await phone.tap("Uitzetten")
    await phone.wait(lambda p: any("neem de code" in m.text.lower() for m in p.messages))
    card = next(m for m in phone.messages if "Bevestig met een code" in m.text)
    await phone.say(app.code())
    await phone.wait(lambda p: "staat uit" in p.screen.text and p.message(card.id).deleted)
    assert len(await world.mails("two_factor_off")) == 1


@pytest.mark.rule("STEP-3")
async def test_an_idle_chat_asks_the_code_and_carries_on_with_the_tap(world: World) -> None:
    anna, phone, app, _ = await enrolled(world)
    dossier = await world.dossier("2026-001", anna)
    await world.publish(dossier, "Conceptakte.pdf", shelf=Shelf.DOCUMENTS)
    await phone.wait(lambda p: "Nieuw document" in p.screen.text)
    await idle(world, 29)
    await next_screen(phone, phone.tap("📁 Dossier"))
    assert "Behandelaar" in phone.screen.text
    await idle(world, 31)
    await next_text(phone, phone.tap("Documenten"))
    assert "Dit gesprek is vergrendeld" in phone.screen.text and "2026-001" not in phone.screen.text
    await press(phone, app.code())
    await phone.wait(lambda p: "⬇ 🔵 Conceptakte.pdf" in p.screen.labels())


@pytest.mark.rule("STEP-3")
async def test_what_was_written_and_sent_to_a_locked_chat_is_not_lost(world: World) -> None:
    anna, phone, app, _ = await enrolled(world)
    await world.dossier("2026-001", anna)
    await phone.say("/vergrendel")
    await phone.wait(lambda p: "Ontgrendelen" in p.screen.labels())
    await next_screen(phone, phone.say("Goedemorgen, hierbij de stukken."))
    await next_screen(phone, phone.send_document("akte.pdf", b"%PDF-1.4 x"))
    await next_screen(phone, phone.say("Kunt u ze nakijken?"))
    assert "vergrendeld" in phone.screen.text
    await phone.tap("Help")
    await phone.wait(lambda p: world.office.phone in p.screen.text)
    await phone.tap("Home")
    await phone.wait(keypad)
    await press(phone, app.code())
    await phone.wait(lambda p: "Verder met uw bericht" in str(p.screen.labels()))
    await phone.tap("✏️ Verder met uw bericht")
    await phone.wait(lambda p: "Kunt u ze nakijken?" in p.screen.text)
    assert "Goedemorgen, hierbij de stukken." in phone.screen.text and "akte.pdf" in phone.screen.text


@pytest.mark.rule("STEP-3")
async def test_the_lock_remembers_which_question_was_being_answered(world: World) -> None:
    anna, phone, app, _ = await enrolled(world)
    await world.dossier("2026-001", anna)
    await phone.say("/nieuw")
    await phone.wait(lambda p: "Waar gaat uw bericht over?" in p.screen.text)
    await idle(world, 31)
    await next_screen(phone, phone.say("De sleutels"))
    await phone.say(app.code())
    await phone.wait(lambda p: "Onderwerp: De sleutels" in p.screen.text)


@pytest.mark.rule("STEP-3")
async def test_the_minutes_are_chosen_and_longer_ones_want_a_code(world: World) -> None:
    _, phone, app, _ = await enrolled(world)
    await phone.tap("Bewaard")
    await phone.tap("5 minuten")
    await phone.wait(lambda p: "✅ 5 minuten" in p.screen.labels())
    await later(world)
    await phone.tap("1 uur")
    await phone.wait(keypad)
    await press(phone, app.code())
    await phone.wait(lambda p: "✅ 1 uur" in p.screen.labels())
    await phone.tap("5 minuten")
    await phone.wait(lambda p: "✅ 5 minuten" in p.screen.labels())
    await idle(world, 6)
    await phone.tap("Home")
    await phone.wait(keypad)
    await press(phone, app.code())
    await phone.wait(lambda p: "Dossiers · 0 in behandeling, 0 totaal" in p.screen.labels())


@pytest.mark.rule("STEP-6")
@pytest.mark.rule("STEP-3")
async def test_a_password_typed_at_the_lock_is_deleted_and_not_kept(world: World) -> None:
    _, phone, app, _ = await enrolled(world)
    await phone.say("/vergrendel")
    await phone.wait(lambda p: "Ontgrendelen" in p.screen.labels())
    said = await phone.say("Welkom2026!")
    await phone.wait(lambda p: p.message(said.id).deleted and keypad(p))
    await phone.say(app.code())
    await phone.wait(lambda p: "Mijn gegevens" in p.screen.labels())
    assert "Verder met uw bericht" not in str(phone.screen.labels())


@pytest.mark.rule("STEP-5")
async def test_an_app_whose_clock_is_a_step_behind_still_opens(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    hand = stop_clock(monkeypatch)
    _, phone, app, _ = await enrolled(world)
    hand.forward(120)
    await phone.say("/vergrendel")
    await phone.wait(lambda p: "Ontgrendelen" in p.screen.labels())
    await phone.say("/home")
    await phone.wait(keypad)
    await phone.say(app.code_at(hand.at - timedelta(seconds=30)))
    await phone.wait(lambda p: "Mijn gegevens" in p.screen.labels())


@pytest.mark.rule("STEP-5")
@pytest.mark.parametrize("seconds", [-40, 40])
async def test_a_clock_that_is_forty_seconds_off_opens_and_stays_known(
    world: World, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    hand = stop_clock(monkeypatch)
    off = timedelta(seconds=seconds)
    _, phone, app, _ = await enrolled(world)
    halfway = 15 - hand.at.timestamp() % 30
    edge = -9 if seconds < 0 else 9
    for moment in (120 + halfway, 120 + edge):  # one step off, and then two: by now the app's clock is known
        hand.forward(moment)
        await phone.say("/vergrendel")
        await phone.wait(lambda p: "Ontgrendelen" in p.screen.labels())
        await phone.say("/home")
        await phone.wait(keypad)
        await phone.say(app.code_at(hand.at + off))
        await phone.wait(lambda p: "Mijn gegevens" in p.screen.labels())


async def test_locking_without_two_factor_says_how(world: World) -> None:
    _, phone = await world.linked()
    await phone.say("/vergrendel")
    await phone.wait(lambda p: "2-staps verificatie staat uit" in p.screen.text)


@pytest.mark.rule("STEP-4")
async def test_a_recovery_code_opens_once_and_a_mail_says_so(world: World) -> None:
    anna, phone, _, codes = await enrolled(world)
    await phone.say("/vergrendel")
    await phone.wait(lambda p: "Ontgrendelen" in p.screen.labels())
    await phone.say("/home")
    await phone.wait(keypad)
    typed = await phone.say(codes[0].lower().replace("-", " "))
    await phone.wait(lambda p: "U heeft er nog 7" in p.transcript and p.message(typed.id).deleted)
    await phone.wait(lambda p: "Mijn gegevens" in p.screen.labels())
    [mail] = await world.mails("recovery_used")
    assert (mail.address, mail.values["left"]) == (anna.email, 7)
    await phone.say("/vergrendel")
    await phone.wait(lambda p: "Ontgrendelen" in p.screen.labels())
    again = await phone.say(codes[0])
    await phone.wait(lambda p: p.message(again.id).deleted and "klopt niet" in p.screen.text)


@pytest.mark.rule("STEP-4")
async def test_new_recovery_codes_replace_the_old_ones(world: World) -> None:
    _, phone, app, codes = await enrolled(world)
    await phone.tap("Bewaard")
    await later(world)
    await phone.tap("Nieuwe herstelcodes")
    await phone.wait(keypad)
    await press(phone, app.code())
    await phone.wait(lambda p: "Bewaard" in p.screen.labels())
    assert not set(codes) & set(phone.screen.text.split())
    assert len(await world.mails("recovery_renewed")) == 1


@pytest.mark.rule("STEP-5")
async def test_the_same_code_of_the_app_is_never_accepted_twice(world: World) -> None:
    _, phone, app, _ = await enrolled(world)
    code = app.code()
    for _ in range(2):
        await phone.say("/vergrendel")
        await phone.wait(lambda p: "Ontgrendelen" in p.screen.labels())
        await phone.tap("Ontgrendelen")
        await phone.wait(keypad)
        await next_text(phone, phone.say(code))
    assert "al gebruikt" in phone.screen.text


@pytest.mark.rule("STEP-5")
async def test_five_wrong_codes_keep_the_chat_locked_for_a_quarter(world: World) -> None:
    anna, phone, app, _ = await enrolled(world)
    await phone.say("/vergrendel")
    await phone.wait(lambda p: "Ontgrendelen" in p.screen.labels())
    await phone.tap("Ontgrendelen")
    await phone.wait(keypad)
    right = app.code()
    for _ in range(5):
        await next_text(phone, phone.say("111111" if right != "111111" else "222222"))
    assert "vijf keer" in phone.screen.text
    await next_text(phone, phone.say(right))
    await next_text(phone, phone.say("/home"))
    assert "15 min" in phone.screen.text and "Dossiers" not in str(phone.screen.labels())
    [mail] = await until(lambda: world.mails("locked_out"))
    assert mail.address == anna.email


@pytest.mark.rule("STEP-3")
@pytest.mark.rule("LINK-9")
async def test_a_new_telephone_of_somebody_with_two_factor_starts_locked(world: World) -> None:
    _, _, app, _ = await enrolled(world)
    new = world.phone("Anna Nieuw")
    await new.say("/herkoppel")
    await new.wait(lambda p: "e-mailadres" in p.screen.text)
    await new.say("anna@klant.example")
    await new.wait(keypad)
    await new.say((await world.secret("linking_code"))["code"])
    await new.wait(lambda p: "vergrendeld" in p.screen.text)
    await new.say(app.code())
    await new.wait(lambda p: "Mijn gegevens" in p.screen.labels())
