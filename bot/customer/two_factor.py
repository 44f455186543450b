"""2-step verification: on with an app, recovery codes, the lock's minutes, off (STEP-2, STEP-3, STEP-5)."""

from typing import Final

from bot.answers import Answer, DeleteMessage, Show, Toast
from bot.callbacks import Callback, StaleButton
from bot.customer.visit import Visit, at_the_bottom, shown
from bot.saying import refusal
from bot.screens import about
from bot.screens import security as screens
from bot.screens.keypad import BACK, LENGTH, SHOW
from bot.screens.screen import Screen
from core.chats import chats
from core.errors import Refused
from core.people import locking, two_factor

ASKED: Final = "code.two_factor"
"""What the chat expects while the first code of the app is asked."""


async def show(visit: Visit, _: Callback | None = None) -> list[Answer]:
    """How it stands."""
    return [shown(visit, await _card(visit))]


async def turn_on(visit: Visit, _: Callback) -> list[Answer]:
    """The secret as a QR code. Raises Refused("step_up.needed", "two_factor.on_already")."""
    enrolment = await two_factor.enrol(visit.session, visit.actor, keys=visit.desk.keys, office=visit.desk.office)
    await chats.expect(visit.session, visit.chat, ASKED)
    card = visit.row.card_message_id
    return [Show(screens.qr(visit.look, enrolment), card=True, removes=card, sealed=True)]


async def key(visit: Visit, callback: Callback) -> list[Answer]:
    """One key of the first code; the QR code leaves the chat when the keypad comes. Raises Refused("two_factor.not_pending")."""
    pressed = callback.word(0)
    if pressed not in {SHOW, BACK, *"0123456789"}:
        raise StaleButton
    await chats.expect(visit.session, visit.chat, ASKED)
    if pressed == SHOW:
        await two_factor.press(visit.session, visit.person.id, "clear")
        return [at_the_bottom(visit, screens.first_code(visit.look, ""))]
    entered = await two_factor.press(visit.session, visit.person.id, pressed)
    if len(entered) == LENGTH:
        return await give(visit, entered)
    return [shown(visit, screens.first_code(visit.look, entered))]


async def give(visit: Visit, digits: str) -> list[Answer]:
    """The app's first code: right, then it is on and the recovery codes are shown once."""
    outcome = await two_factor.confirm(visit.session, visit.actor, digits, keys=visit.desk.keys, chat=visit.chat)
    if outcome.refused is not None:
        sentence = refusal(visit.look.language, outcome.refused)
        if outcome.refused.code == "two_factor.not_pending":
            await chats.forget(visit.session, visit.chat)
            return [shown(visit, about.refused(visit.look, sentence))]
        return [shown(visit, screens.first_code(visit.look, "", note=sentence))]
    await chats.forget(visit.session, visit.chat)
    return [shown(visit, await _card(visit)), _codes(visit, outcome.recovery_codes)]


async def stop(visit: Visit, _: Callback) -> list[Answer]:
    """No app after all; the QR code goes."""
    await two_factor.cancel(visit.session, visit.person.id)
    return [at_the_bottom(visit, await _card(visit))]


async def renew(visit: Visit, _: Callback) -> list[Answer]:
    """Eight fresh recovery codes. Raises Refused("step_up.needed")."""
    codes = await two_factor.new_recovery_codes(visit.session, visit.actor, keys=visit.desk.keys)
    return [shown(visit, await _card(visit)), _codes(visit, codes)]


async def kept(visit: Visit, _: Callback) -> list[Answer]:
    """[Bewaard]: the recovery codes leave the chat; what Telegram doesn't delete any more after two days says so instead."""
    if visit.tap is None or visit.tap.message_id is None:
        return await show(visit)
    here, gone = visit.tap.message_id, "two_factor.codes_gone"
    blank = Show(about.plain(visit.look, gone), edit=here)
    return [Toast(visit.tap.query_id, visit.look.label(gone)), blank, DeleteMessage(here)]


async def turn_off(visit: Visit, _: Callback) -> list[Answer]:
    """Off. Raises Refused("step_up.needed") until a code was asked for just this."""
    await two_factor.off(visit.session, visit.actor, visit.person.id, chat=visit.chat)
    toast = [Toast(visit.tap.query_id, visit.look.label("two_factor.is_off"))] if visit.tap else []
    return [*toast, shown(visit, await _card(visit))]


async def idle(visit: Visit, callback: Callback) -> list[Answer]:
    """Locks after so many idle minutes. Raises Refused("step_up.needed") when that is longer than before."""
    await locking.set_idle(visit.session, visit.actor, callback.number(0))
    return await show(visit)


async def lock(visit: Visit, _: Callback | None = None) -> list[Answer]:
    """Locks the chat now (/vergrendel); who has no 2-step yet is led to it."""
    try:
        await locking.lock_now(visit.session, visit.chat)
    except Refused as refused:
        return [shown(visit, screens.no_lock(visit.look, refusal(visit.look.language, refused)))]
    return [shown(visit, screens.locked(visit.look))]


async def _card(visit: Visit) -> Screen:
    return screens.two_factor(visit.look, await two_factor.state(visit.session, visit.person.id))


def _codes(visit: Visit, codes: tuple[str, ...]) -> Show:
    return Show(screens.recovery(visit.look, codes), sealed=True)
