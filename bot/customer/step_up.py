"""A code before an act, and what was asked is carried out after it (STEP-1). The lock asks it the same way (STEP-3)."""

from collections.abc import Sequence
from typing import Final

from bot.answers import Answer, Show, Toast
from bot.callbacks import Callback, StaleButton, Verb
from bot.customer import errands
from bot.customer.errands import Errand, Proven
from bot.customer.visit import Visit, shown
from bot.saying import refusal
from bot.screens import about
from bot.screens import security as screens
from bot.screens.keypad import BACK, LENGTH, SHOW
from bot.screens.screen import Screen
from core.chats import chats
from core.errors import Refused
from core.people import step_up
from core.people.security_models import StepUp
from core.people.step_up import Act, Method

ASKED: Final = "code.step_up"
"""What the chat expects while a code is asked."""

NEEDED: Final = "step_up.needed"
"""The refusal of a verb that wants a code first."""

VERBS: Final = frozenset({Verb.CODE, Verb.CODE_RESEND, Verb.CODE_STOP})

KEYS: Final = frozenset({BACK, *"0123456789"})


async def ask(visit: Visit, act: Act, kept: Sequence[Errand]) -> list[Answer]:
    """Asks a code for `act`; `kept` is carried out after it. Raises Refused when no code can be asked."""
    asked = await step_up.begin(
        visit.session, visit.actor, act=act, keys=visit.desk.keys, chat=visit.chat, values=errands.kept(kept)
    )
    await chats.expect(visit.session, visit.chat, ASKED)
    return [shown(visit, _keypad(visit, asked))]


async def tap(visit: Visit, callback: Callback) -> list[Answer] | Proven:
    """A key, [Opnieuw sturen] or [Annuleren] under the keypad. Raises Refused, StaleButton."""
    asked = await step_up.pending(visit.session, visit.person.id, visit.chat)
    if asked is None:
        raise StaleButton
    match callback.verb:
        case Verb.CODE_RESEND:
            asked = await step_up.resend(visit.session, visit.actor, keys=visit.desk.keys, chat=visit.chat)
            toast = [Toast(visit.tap.query_id, visit.look.label("code.resent"))] if visit.tap else []
            return [*toast, shown(visit, _keypad(visit, asked))]
        case Verb.CODE_STOP:
            await step_up.cancel(visit.session, visit.person.id, visit.chat)
            await chats.forget(visit.session, visit.chat)
            return [shown(visit, about.with_home(visit.look, "code.stopped"))]
        case _:
            return await _key(visit, asked, callback.word(0))


async def give(visit: Visit, code: str, *, typed: int | None = None) -> list[Answer] | Proven:
    """The six digits, or a recovery code. A wrong one is kept: the refusal is told, not raised."""
    asked = await step_up.pending(visit.session, visit.person.id, visit.chat)
    outcome = await step_up.enter(visit.session, visit.actor, code, keys=visit.desk.keys, chat=visit.chat)
    if outcome.refused is not None or outcome.step_up is None:
        return [shown(visit, _wrong(visit, asked, outcome.refused))]
    proven = Proven(errands.found(outcome.step_up.values), left=outcome.recovery_left, typed=typed)
    outcome.step_up.values = {}
    await chats.forget(visit.session, visit.chat)
    return proven


async def _key(visit: Visit, asked: StepUp, key: str) -> list[Answer] | Proven:
    await chats.expect(visit.session, visit.chat, ASKED)
    if key == SHOW:
        return [shown(visit, _keypad(visit, asked))]
    if key not in KEYS:
        raise StaleButton
    entered = await step_up.press(visit.session, visit.person.id, visit.chat, key)
    if len(entered) == LENGTH:
        return await give(visit, entered)
    return [shown(visit, _keypad(visit, asked))]


def keypad(visit: Visit, asked: StepUp, note: str) -> Show:
    """The keypad again, with a line why."""
    return shown(visit, _keypad(visit, asked, note=note))


def _wrong(visit: Visit, asked: StepUp | None, refused: Refused | None) -> Screen:
    """A wrong code stays at the keypad; after the fifth there is nothing to type."""
    sentence = refusal(visit.look.language, refused or Refused("step_up.not_pending"))
    if asked is None or refused is None or refused.code in {"step_up.not_pending", "step_up.locked_out"}:
        if asked is not None and asked.act == Act.UNLOCK:
            return screens.locked(visit.look, note=sentence)
        return about.refused(visit.look, sentence)
    return _keypad(visit, asked, note=sentence)


def _keypad(visit: Visit, asked: StepUp, *, note: str = "") -> Screen:
    return screens.step_up(visit.look, Act(asked.act), Method(asked.method), asked.entered, note=note)
