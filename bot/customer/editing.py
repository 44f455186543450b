"""Changing one's own details: typed or shared, shown as old → new, confirmed with a code, a new address proven (DET-2, 3, 6)."""

from typing import Final

from bot.answers import Answer, Show, Toast
from bot.callbacks import Callback, StaleButton
from bot.customer import details as card
from bot.customer.visit import Visit, at_the_bottom, shown
from bot.saying import label, refusal
from bot.screens import about
from bot.screens import editing as screens
from bot.screens.details import EDITABLE
from bot.screens.keypad import BACK, LENGTH, SHOW
from bot.updates import SharedContact, Words
from core.actor import Language
from core.chats import chats
from core.errors import Refused
from core.people import details, mobile
from core.people.details import Change, Field

ASKED: Final = "detail"
"""What the chat expects while a detail is asked; its data holds `field`."""

CORRECTED: Final = "detail.email_shown"
"""The same while a new address waits for [Opslaan]: another address that is typed now corrects it."""

CODE_ASKED: Final = "code.new_email"
"""The same while the code that went to a new address is asked."""


async def ask(visit: Visit, callback: Callback) -> list[Answer]:
    """What should it be? The mobile number comes from the telephone itself when its owner likes."""
    field = _field(callback.word(0))
    await chats.expect(visit.session, visit.chat, ASKED, field=str(field))
    return [*_share(visit, field), *await _question(visit, field)]


async def empty(visit: Visit, callback: Callback) -> list[Answer]:
    """[Leegmaken]: nothing should stand there."""
    return await _proposed(visit, _field(callback.word(0)), "")


async def typed(visit: Visit, said: Words) -> list[Answer]:
    """The answer to `ask`."""
    try:
        field = _field(str(visit.row.expecting_data.get("field", "")))
    except StaleButton:
        return await _back(visit)
    if said.text.strip() in {label(language, "editing.cancel") for language in Language}:
        return [*await left(visit), *await _back(visit)]
    return await _proposed(visit, field, said.text)


async def corrected(visit: Visit, said: Words) -> list[Answer] | None:
    """Another address in place of the one that waits for [Opslaan]; None for a text that is no address."""
    await chats.forget(visit.session, visit.chat)
    text = said.text.strip()
    return await _proposed(visit, Field.EMAIL, text) if "@" in text and len(text.split()) == 1 else None


async def shared(visit: Visit, card_of: SharedContact) -> list[Answer]:
    """A contact card: one's own is the mobile number, anybody else's is refused (LINK-14)."""
    try:
        change = await mobile.from_contact(
            visit.session,
            visit.person,
            phone=card_of.phone,
            contact_user_id=None if card_of.forwarded else card_of.user_id,
            sender_id=visit.chat.chat_id,
            actor=visit.actor,
            office=visit.desk.office,
        )
    except Refused as refused:
        sentence = refusal(visit.look.language, refused)
        return [at_the_bottom(visit, about.refused(visit.look, sentence))]
    gone = await left(visit)
    return [*gone, *await _next(visit, change)]


async def save(visit: Visit, callback: Callback) -> list[Answer]:
    """[Opslaan]. Raises Refused("step_up.needed") and those of `details.apply`."""
    change = await details.apply(
        visit.session, visit.actor, callback.number(0), keys=visit.desk.keys, office=visit.desk.office
    )
    return await _next(visit, change)


async def stop(visit: Visit, callback: Callback) -> list[Answer]:
    """[Annuleren]: nothing changes."""
    await details.cancel(visit.session, visit.person.id, callback.number(0))
    return await _back(visit)


async def key(visit: Visit, callback: Callback) -> list[Answer]:
    """One key of the code that went to the new address."""
    pressed = callback.word(0)
    if pressed not in {SHOW, BACK, *"0123456789"}:
        raise StaleButton
    await chats.expect(visit.session, visit.chat, CODE_ASKED)
    if pressed != SHOW:
        entered = await details.press(visit.session, visit.person.id, pressed)
        if len(entered) == LENGTH:
            return await give(visit, entered)
    return [await _keypad(visit)]


async def resend(visit: Visit, _: Callback) -> list[Answer]:
    """[Opnieuw sturen]. Raises Refused."""
    await details.resend(visit.session, visit.actor, keys=visit.desk.keys, office=visit.desk.office)
    await chats.expect(visit.session, visit.chat, CODE_ASKED)
    toast = [Toast(visit.tap.query_id, visit.look.label("code.resent"))] if visit.tap else []
    return [*toast, await _keypad(visit)]


async def give(visit: Visit, digits: str) -> list[Answer]:
    """The code of the new address: right, then it counts. A wrong one is kept: told, not raised."""
    outcome = await details.prove(visit.session, visit.actor, digits, keys=visit.desk.keys, office=visit.desk.office)
    if outcome.refused is not None:
        return [await _keypad(visit, note=refusal(visit.look.language, outcome.refused))]
    await chats.forget(visit.session, visit.chat)
    return [shown(visit, await card.card(visit, note=visit.look.label("editing.saved")))]


async def left(visit: Visit) -> list[Answer]:
    """The question is over; the key that shares a number goes away with it."""
    was_mobile = visit.row.expecting == ASKED and visit.row.expecting_data.get("field") == Field.MOBILE
    await chats.forget(visit.session, visit.chat)
    return [Show(screens.keyboard_gone(visit.look))] if was_mobile else []


def _share(visit: Visit, field: Field) -> list[Answer]:
    return [Show(screens.share(visit.look))] if field is Field.MOBILE else []


async def _question(visit: Visit, field: Field, note: str = "") -> list[Answer]:
    now = await details.of(visit.session, visit.person)
    screen = screens.ask(visit.look, field, getattr(now, field), note=note, required=_required(visit, field))
    return [at_the_bottom(visit, screen) if field is Field.MOBILE or visit.tap is None else shown(visit, screen)]


def _required(visit: Visit, field: Field) -> bool:
    return field in {Field.NAME, Field.EMAIL} or field in visit.desk.office.required_details


async def _proposed(visit: Visit, field: Field, value: str) -> list[Answer]:
    """Old → new, or what is expected when it can't be this."""
    try:
        change = await details.propose(visit.session, visit.person, field, value, office=visit.desk.office)
    except Refused as refused:
        await chats.expect(visit.session, visit.chat, ASKED, field=str(field))
        return await _question(visit, field, note=refusal(visit.look.language, refused))
    gone = await left(visit)
    if field is Field.EMAIL:
        await chats.expect(visit.session, visit.chat, CORRECTED)
    return [*gone, shown(visit, screens.confirm(visit.look, change, proven=visit.stepped_up))]


async def _next(visit: Visit, change: Change) -> list[Answer]:
    """Saved, or what is still to be done for it."""
    if change.awaits_code:
        await chats.expect(visit.session, visit.chat, CODE_ASKED)
        return [await _keypad(visit)]
    if not change.applied:
        return [shown(visit, screens.confirm(visit.look, change, proven=visit.stepped_up))]
    await visit.session.refresh(visit.person)
    return [shown(visit, await card.card(visit, note=visit.look.label("editing.saved")))]


async def _keypad(visit: Visit, *, note: str = "") -> Show:
    change = await details.pending(visit.session, visit.person.id, Field.EMAIL, office=visit.desk.office)
    if change is None or not change.awaits_code:
        await chats.forget(visit.session, visit.chat)
        sentence = note or refusal(visit.look.language, Refused("details.not_pending"))
        return shown(visit, await card.card(visit, note=sentence))
    return shown(visit, screens.new_email(visit.look, change, note=note))


async def _back(visit: Visit) -> list[Answer]:
    await chats.forget(visit.session, visit.chat)
    return [shown(visit, await card.card(visit))]


def _field(word: str) -> Field:
    try:
        field = Field(word)
    except ValueError:
        raise StaleButton from None
    if field not in EDITABLE:
        raise StaleButton
    return field
