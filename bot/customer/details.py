""" "Mijn gegevens", language, notifications, logging out (DET-1, DET-10, NOTE-1, LINK-13)."""

from typing import Final

from bot.answers import Answer, Show, Toast
from bot.callbacks import Callback, StaleButton
from bot.customer.visit import Visit, at_the_bottom, shown
from bot.saying import label
from bot.screens import details as screens
from bot.screens.screen import Screen
from core.accounts import accounts, managing
from core.accounts.models import AccountKind
from core.actor import Channel, Language
from core.chats import chats
from core.people import details, links, onboarding, persons, preferences
from core.people.onboarding import Part
from core.people.preferences import News

OF_A_COMPANY: Final = frozenset({Part.COMPANY, Part.USERS})


async def show(visit: Visit, _: Callback | None = None) -> list[Answer]:
    """One's own details."""
    return [shown(visit, await card(visit))]


async def welcome(visit: Visit) -> list[Answer]:
    """The same by itself on the first visit of all (LINK-7)."""
    return [at_the_bottom(visit, await card(visit, welcome=True))]


async def card(visit: Visit, *, welcome: bool = False, note: str = "") -> Screen:
    """The details as a screen; `note` is a line above them."""
    values = await details.of(visit.session, visit.person)
    to_check = visit.person.details_right_at is None
    manages = bool(await managing.managed(visit.session, visit.person.id))
    return screens.details(visit.look, values, welcome=welcome, to_check=to_check, note=note, manages=manages)


async def right(visit: Visit, _: Callback) -> list[Answer]:
    """[Klopt]: the checklist goes on from there (DET-9)."""
    await onboarding.details_right(visit.session, visit.person, visit.actor)
    return await checklist(visit)


async def checklist(visit: Visit, _: Callback | None = None) -> list[Answer]:
    """What is done and what is still to do; for a private person nothing about a company (TEAM-9)."""
    steps = await onboarding.checklist(visit.session, visit.person)
    theirs = await accounts.memberships_of(visit.session, visit.person.id)
    if all(account.kind == AccountKind.PRIVATE for _, account in theirs):
        steps = tuple(step for step in steps if step.part not in OF_A_COMPANY)
    return [shown(visit, screens.checklist(visit.look, steps))]


async def language(visit: Visit, callback: Callback) -> list[Answer]:
    """From the next message on, this one included."""
    try:
        chosen = Language(callback.word(0))
    except ValueError:
        raise StaleButton from None
    await persons.set_language(visit.session, visit.person, chosen, visit.actor)
    await chats.set_language(visit.session, visit.chat, chosen)
    toast = [Toast(visit.tap.query_id, label(chosen, "details.language_set"))] if visit.tap else []
    return [*toast, shown(visit, await card(visit))]


async def notifications(visit: Visit, _: Callback) -> list[Answer]:
    """The matrix of NOTE-1."""
    matrix = await preferences.matrix(visit.session, visit.person.id)
    return [shown(visit, screens.notifications(visit.look, matrix))]


async def want(visit: Visit, callback: Callback) -> list[Answer]:
    """Sets one cell to what the button said, so that two taps don't cancel one another."""
    try:
        news, channel = News(callback.word(0)), Channel(callback.word(1))
    except ValueError:
        raise StaleButton from None
    if channel not in preferences.CHANNELS:
        raise StaleButton
    wanted = callback.number(2) == 1
    await preferences.want(visit.session, visit.person.id, news=news, channel=channel, wanted=wanted)
    return await notifications(visit, callback)


async def log_out(visit: Visit, callback: Callback | None = None) -> list[Answer]:
    """Asks first, then cuts the link at once."""
    if callback is None or callback.number(0, default=0) != 1:
        return [shown(visit, screens.ask_unlink(visit.look))]
    await links.unlink(visit.session, visit.person.id, actor=visit.actor, reason="logout")
    await chats.forget(visit.session, visit.chat)
    await chats.remember_card(visit.session, visit.chat, card_message_id=None)
    return [Show(screens.unlinked(visit.look), edit=visit.tap.message_id if visit.tap else None)]
