"""From a stranger's chat to a linked one (LINK-1, 3, 4, 5, 7, 10, 15). Nothing that a stranger sees tells what we know."""

import re
from dataclasses import replace
from typing import Final

from bot.answers import Answer, DeleteMessage, Show, Toast
from bot.callbacks import Callback, Verb
from bot.customer import about, commands, details, home, lock, typed
from bot.customer.visit import Knock, Visit, at_the_bottom, shown
from bot.saying import refusal
from bot.screens import about as about_screens
from bot.screens import linking as screens
from bot.screens.keypad import LENGTH
from bot.screens.screen import Screen
from bot.updates import Tap, Words
from core.chats import chats
from core.errors import Refused
from core.people import linking, links, locking, typed_secrets
from core.people.linking import LinkOutcome
from core.people.models import Linking

_DIGITS: Final = re.compile(r"[\s-]*(?:\d[\s-]*){6}")
_LIKE_DIGITS: Final = re.compile(r"[\d\s-]{1,12}")
_LIKE_CODE: Final = re.compile(r"(?=.*[A-Z])(?=.*\d)[A-Za-z0-9\s-]{8,20}")
"""At least eight characters with a capital and a digit (LINK-3)."""


async def words(knock: Knock, said: Words) -> list[Answer]:
    """A stranger typed something: a command, a code, an address, digits, or anything else."""
    if (command := commands.split(said.text)) is not None:
        return await _command(knock, *command)
    underway = await linking.pending(knock.session, knock.chat)
    text = said.text.strip()
    if "@" in text:
        return await _email(knock, text, underway)
    if underway is not None and underway.email is not None and _LIKE_DIGITS.fullmatch(text):
        return await _typed_digits(knock, said, underway)
    secret = typed_secrets.looks_like_code(text) or typed_secrets.looks_like_password(text)
    if _LIKE_CODE.fullmatch(text) or linking.replaced_code(text, knock.desk.office) is not None:
        return [*([DeleteMessage(said.message_id)] if secret else []), *await _code(knock, text)]
    gone = typed.deleted(knock, said) if secret else []
    if underway is not None and underway.email is None and not gone:
        note = knock.look.label("link.no_address")
        return [
            at_the_bottom(knock, screens.ask_email(knock.look, invited=underway.invitation_id is not None, note=note))
        ]
    return [*gone, *await remind(knock)]


async def tap(knock: Knock, callback: Callback, tapped: Tap) -> list[Answer]:
    """A stranger tapped something; buttons of a linked chat are none of theirs."""
    match callback.verb:
        case Verb.KEYPAD:
            return await _key(knock, callback.word(0))
        case Verb.RESEND:
            return await _resend(knock, tapped)
        case Verb.NO_MAIL:
            return [shown(knock, screens.no_mail(knock.look))]
        case Verb.STOP_LINKING:
            await linking.cancel(knock.session, knock.chat)
            return [shown(knock, screens.stopped(knock.look))]
        case Verb.HELP:
            return await about.show_help(knock)
        case Verb.OFFICE_CARD:
            return await about.office_card(knock)
        case _:
            toast = Toast(tapped.query_id, knock.look.label("toast.stranger"), alert=True)
            return [toast, at_the_bottom(knock, screens.how_to_link(knock.look))]


async def remind(knock: Knock) -> list[Answer]:
    """Where the person is on the way, or how to begin. What they sent is kept, and shows nothing."""
    underway = await linking.pending(knock.session, knock.chat)
    return [at_the_bottom(knock, _where(knock, underway))]


async def _command(knock: Knock, name: str, rest: str) -> list[Answer]:
    match name:
        case "start" if rest:
            return await _code(knock, rest)
        case "start" | "herkoppel" | "relink":
            return await _start(knock)
        case "help":
            return await about.show_help(knock)
        case "versie" | "version":
            return await about.version(knock)
        case _:
            return await remind(knock)


async def _start(knock: Knock) -> list[Answer]:
    """Without a code the address on file is asked (LINK-10)."""
    outcome = await linking.begin_without_code(knock.session, knock.chat)
    return [at_the_bottom(knock, _or_why_not(knock, outcome, screens.ask_email(knock.look, invited=False)))]


async def _code(knock: Knock, code: str) -> list[Answer]:
    outcome = await linking.give_code(knock.session, knock.chat, code, keys=knock.desk.keys, office=knock.desk.office)
    return [at_the_bottom(knock, _or_why_not(knock, outcome, screens.ask_email(knock.look, invited=True)))]


async def _email(knock: Knock, email: str, underway: Linking | None) -> list[Answer]:
    """The address; given again when the first one was mistyped. The answer is the same for every address (LINK-4)."""
    if underway is None:
        await linking.begin_without_code(knock.session, knock.chat)
    outcome = await linking.give_email(knock.session, knock.chat, email, keys=knock.desk.keys)
    return [at_the_bottom(knock, _or_why_not(knock, outcome, screens.keypad(knock.look, "")))]


async def _key(knock: Knock, key: str) -> list[Answer]:
    """One key of the keypad; the sixth digit enters the code."""
    underway = await linking.pending(knock.session, knock.chat)
    if underway is None or underway.email is None:
        return [shown(knock, _where(knock, underway))]
    if key not in {"show", "back", *"0123456789"}:
        key = "show"
    entered = underway.entered if key == "show" else await linking.press(knock.session, knock.chat, key)
    if len(entered) == LENGTH and key != "show":
        return await _enter(knock, entered)
    return [shown(knock, screens.keypad(knock.look, entered))]


async def _typed_digits(knock: Knock, said: Words, underway: Linking) -> list[Answer]:
    """Typed digits are taken out of the chat, right or wrong (LINK-5)."""
    gone = DeleteMessage(said.message_id)
    if not _DIGITS.fullmatch(said.text.strip()):
        note = knock.look.label("link.six_digits")
        return [gone, at_the_bottom(knock, screens.keypad(knock.look, underway.entered, note=note))]
    return [gone, *await _enter(knock, re.sub(r"\D", "", said.text))]


async def _enter(knock: Knock, digits: str) -> list[Answer]:
    outcome = await linking.enter(
        knock.session, knock.chat, digits, keys=knock.desk.keys, telegram_name=knock.origin.name
    )
    if outcome.refused is not None or outcome.person is None:
        return [shown(knock, await _wrong(knock, outcome.refused))]
    return await _arrived(knock, outcome)


async def _wrong(knock: Knock, refused: Refused | None) -> Screen:
    """Wrong digits stay at the keypad while there are tries left."""
    sentence = refusal(knock.look.language, refused) if refused else ""
    underway = await linking.pending(knock.session, knock.chat)
    if underway is not None and underway.email is not None:
        return screens.keypad(knock.look, "", note=sentence)
    return about_screens.sentence_only(knock.look, sentence)


async def _arrived(knock: Knock, outcome: LinkOutcome) -> list[Answer]:
    """Linked: a confirmation that stays, then the details on the first visit of all, else home."""
    assert outcome.person is not None and outcome.link is not None  # noqa: PT018  # core's promise for success
    person = outcome.person
    visit = Visit(
        session=knock.session,
        desk=knock.desk,
        chat=knock.chat,
        row=knock.row,
        origin=knock.origin,
        source=knock.source,
        person=person,
    )
    await chats.set_language(knock.session, knock.chat, visit.look.language)
    await chats.forget(knock.session, knock.chat)  # what its earlier owner was asked is not this one's to answer
    tapped = knock.tap.message_id if knock.tap else knock.row.card_message_id
    await chats.remember_card(knock.session, knock.chat, card_message_id=None)
    confirmed = Show(screens.linked(visit.look, person.name), edit=tapped)
    first = await links.welcome(knock.session, outcome.link)
    if await locking.locked(knock.session, knock.chat):
        return [confirmed, *await lock.ask(replace(visit, tap=None), None)]
    card = await details.welcome(visit) if first else await home.afresh(visit)
    return [confirmed, *card]


async def _resend(knock: Knock, tapped: Tap) -> list[Answer]:
    outcome = await linking.resend(knock.session, knock.chat, keys=knock.desk.keys)
    if outcome.refused is not None:
        return [Toast(tapped.query_id, refusal(knock.look.language, outcome.refused), alert=True)]
    toast = Toast(tapped.query_id, knock.look.label("link.resent"))
    return [toast, shown(knock, screens.keypad(knock.look, ""))]


def _or_why_not(knock: Knock, outcome: LinkOutcome, screen: Screen) -> Screen:
    """The next step, or why it can't be taken. A guess that was wrong is kept: refusals here are returned, not raised."""
    if outcome.refused is None:
        return screen
    return about_screens.sentence_only(knock.look, refusal(knock.look.language, outcome.refused))


def _where(knock: Knock, underway: Linking | None) -> Screen:
    if underway is None:
        return screens.how_to_link(knock.look)
    if underway.email is None:
        return screens.ask_email(knock.look, invited=underway.invitation_id is not None)
    return screens.keypad(knock.look, underway.entered)
