"""Steps that several stories about codes share."""

from datetime import datetime, timedelta

import pyotp
from sqlalchemy import update

from core import clock
from core.actor import Language
from core.database import transaction
from core.people.models import Person
from core.people.security_models import ChatLock, StepUp
from sandbox.telegram import Phone
from tests.bot.world import World, next_text


def keypad(phone: Phone) -> bool:
    """Whether a code is asked."""
    return "⌫" in phone.screen.labels()


async def press(phone: Phone, digits: str) -> None:
    """Digit by digit, each seen before the next."""
    for digit in digits[:5]:
        await next_text(phone, phone.tap(digit))
    await phone.tap(digits[5])


async def confidential(world: World) -> tuple[Person, Phone]:
    """Anna was told of a confidential letter."""
    anna, phone = await world.linked()
    dossier = await world.dossier("2026-001", anna)
    await world.publish(dossier, "Scheiding.pdf", confidential=True)
    await phone.wait(lambda p: "Nieuw document" in p.screen.text)
    return anna, phone


class App:
    """An authenticator app with one secret; it never shows a code that it showed before."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._totp = pyotp.TOTP(secret)
        self._shown = 0

    def code(self) -> str:
        """A code that is good now: of this step, or of the next one (a clock that is ahead by one step is accepted)."""
        step = max(int(clock.now().timestamp()) // 30, self._shown + 1)
        self._shown = step
        return self._totp.at(step * 30)

    def code_at(self, at: datetime) -> str:
        """The code that an app shows whose clock says `at`."""
        return self._totp.at(at)


async def enrolled(world: World, *, language: Language = Language.NL) -> tuple[Person, Phone, App, list[str]]:
    """Anna turned 2-step on, step by step; her app, and her recovery codes."""
    anna, phone = await world.linked(language=language)
    await phone.tap("Mijn gegevens")
    await phone.wait(lambda p: "2-staps verificatie" in p.screen.labels())
    await phone.tap("2-staps verificatie")
    await phone.wait(lambda p: "Aanzetten" in p.screen.labels())
    await phone.tap("Aanzetten")
    await phone.wait(keypad)
    await press(phone, (await world.secret("step_up_code"))["code"])
    await phone.wait(lambda p: "Code invoeren" in p.screen.labels())
    secret = next(button.copy for row in phone.screen.buttons for button in row if button.copy)
    assert secret is not None
    app = App(secret)
    await phone.tap("Code invoeren")
    await phone.wait(keypad)
    await press(phone, app.code())
    await phone.wait(lambda p: "Bewaard" in p.screen.labels())
    codes = [line for line in phone.screen.text.splitlines() if len(line) == 11 and line[5] == "-"]
    return anna, phone, app, codes


async def idle(world: World, minutes: int) -> None:
    """As if nobody touched any chat for so long."""
    async with transaction(world.sessions) as session:
        await session.execute(update(ChatLock).values(active_at=clock.now() - timedelta(minutes=minutes)))


async def later(world: World) -> None:
    """As if every code that was right was given six minutes ago."""
    async with transaction(world.sessions) as session:
        proven = update(StepUp).where(StepUp.proven_at.is_not(None))
        await session.execute(proven.values(proven_at=clock.now() - timedelta(minutes=6)))
