"""A locked chat: the code first, then what was asked (STEP-3). Help is there for everybody."""

from collections.abc import Sequence
from dataclasses import replace

from bot import callbacks
from bot.answers import Answer, DeleteMessage, Toast
from bot.callbacks import Callback, StaleButton, Verb
from bot.customer import about, commands, odd, step_up, typed
from bot.customer.errands import Errand, Proven, found
from bot.customer.visit import Visit, shown
from bot.saying import refusal
from bot.screens import about as about_screens
from bot.screens import security as screens
from bot.updates import Event, Odd, Tap, Words
from core.errors import Refused
from core.people import step_up as core_step_up
from core.people import typed_secrets
from core.people.step_up import Act


async def at_the_door(visit: Visit, events: Sequence[Event]) -> list[Answer] | Proven:
    """What a locked chat answers: the keypad, until a code is right."""
    match events[0]:
        case Tap() as tap:
            callback = _read(tap)
            if callback is not None and callback.verb in step_up.VERBS:
                return await _key(visit, callback)
            if callback is not None and callback.verb is Verb.OFFICE_CARD:
                return await about.office_card(visit)
            if callback is not None and callback.verb is Verb.HELP:
                return [shown(visit, about_screens.help_card(visit.look, linked=True))]
        case Words() as said:
            command = commands.split(said.text)
            if command is not None and command[0] == "help":
                return await about.show_help(visit)
            if command is None and typed.like_a_code(said.text):
                return await _typed(visit, said)
            if command is None and typed_secrets.looks_like_password(said.text):
                return [*typed.deleted(visit, said), *await ask(visit, None)]
        case Odd(kind=kind) if kind not in odd.WRITTEN:
            return []
        case _:
            pass
    return await ask(visit, visit.errand)


async def ask(visit: Visit, errand: Errand | None) -> list[Answer]:
    """The keypad; what was asked waits behind it, what was written before it too."""
    pending = await core_step_up.pending(visit.session, visit.person.id, visit.chat)
    earlier = found(pending.values) if pending is not None and pending.act == Act.UNLOCK else ()
    if errand is not None and visit.row.expecting != step_up.ASKED and not errand.is_tap:
        errand = replace(errand, expecting=visit.row.expecting, data=dict(visit.row.expecting_data))
    kept = [old for old in earlier if errand is None or not (old.is_tap and errand.is_tap)]
    try:
        async with visit.session.begin_nested():
            return await step_up.ask(visit, Act.UNLOCK, [*kept, errand] if errand is not None else kept)
    except Refused as refused:
        await visit.session.refresh(visit.row)
        return [shown(visit, screens.locked(visit.look, note=refusal(visit.look.language, refused)))]


async def _typed(visit: Visit, said: Words) -> list[Answer] | Proven:
    """A code is meant for the lock, also when nothing was asked yet."""
    if await core_step_up.pending(visit.session, visit.person.id, visit.chat) is None:
        asked = await ask(visit, None)
        if await core_step_up.pending(visit.session, visit.person.id, visit.chat) is None:
            return [DeleteMessage(said.message_id), *asked]
    return await typed.step_up_code(visit, said)


async def _key(visit: Visit, callback: Callback) -> list[Answer] | Proven:
    """[Annuleren] is no way past the lock; a keypad that is no longer under way becomes a fresh one."""
    if callback.verb is Verb.CODE_STOP:
        return await ask(visit, None)
    try:
        return await step_up.tap(visit, callback)
    except StaleButton:
        return await ask(visit, None)
    except Refused as refused:
        sentence = refusal(visit.look.language, refused)
        return [Toast(visit.tap.query_id, sentence, alert=True)] if visit.tap else []


def _read(tap: Tap) -> Callback | None:
    try:
        return callbacks.read(tap.data)
    except StaleButton:
        return None
