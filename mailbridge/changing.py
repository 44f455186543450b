"""What a customer changes by mail: details, notifications, language, the link (DET-2, DET-3, DET-6, DET-10, NOTE-1, LINK-13).

A detail is changed as in Telegram: old → new, a code over the other channel or from the app (STEP-1), and the answer to that
mail is the code. What is wrong with a value or a code is said each time, not once a day: somebody is waiting for it.
"""

import re
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

from core.actor import Actor, Channel, Language
from core.crypto import Keys
from core.database import Session
from core.errors import Refused
from core.intake.models import Intake
from core.office import Office
from core.people import details, links, persons, preferences, step_up
from core.people.details import Field
from core.people.preferences import News
from core.people.step_up import Act
from mailbridge import commands, serving
from mailbridge.commands import Asked, Command
from mailbridge.opening import Opened
from mailbridge.parsing import IncomingMail
from mailbridge.routing import FromPerson

COMMANDS = frozenset({Command.CHANGE, Command.NOTIFICATIONS, Command.LANGUAGE, Command.UNLINK})

_FIELDS = {
    "name": Field.NAME,
    "naam": Field.NAME,
    "email address": Field.EMAIL,
    "e-mailadres": Field.EMAIL,
    "emailadres": Field.EMAIL,
    "e-mail": Field.EMAIL,
    "email": Field.EMAIL,
    "mobiel nummer": Field.MOBILE,
    "mobile number": Field.MOBILE,
    "mobiel": Field.MOBILE,
    "mobile": Field.MOBILE,
    "beroepsnummer": Field.PROFESSIONAL_NUMBER,
    "professional number": Field.PROFESSIONAL_NUMBER,
}
_FIELD = re.compile(rf"({'|'.join(_FIELDS)})(?:\s*[:=]\s*|\s+|$)(.*)", re.IGNORECASE)
_EMPTY = frozenset({"leeg", "empty", "(leeg)", "(empty)"})

_LANGUAGES = {
    "nederlands": Language.NL,
    "dutch": Language.NL,
    "nl": Language.NL,
    "engels": Language.EN,
    "english": Language.EN,
    "en": Language.EN,
}
_NEWS = {
    "documenten": News.DOCUMENT,
    "documents": News.DOCUMENT,
    "verzoeken": News.REQUEST,
    "requests": News.REQUEST,
    "berichten": News.MESSAGE,
    "messages": News.MESSAGE,
    "nieuws": News.NEWS,
    "news": News.NEWS,
}
_CHANNELS = {"telegram": Channel.TELEGRAM, "e-mail": Channel.EMAIL, "email": Channel.EMAIL, "mail": Channel.EMAIL}
_SWITCH = {"aan": True, "on": True, "uit": False, "off": False}


async def serve(
    session: Session,
    item: Intake,
    asked: Asked,
    author: FromPerson,
    mail: IncomingMail,
    *,
    keys: Keys,
    office: Office,
) -> str:
    """Change it, or ask the code first; a word for the ledger."""
    match asked.command:
        case Command.NOTIFICATIONS:
            await _switch(session, author, asked.words)
            return await _say(session, item, author, mail, "notifications", await _matrix(session, author))
        case Command.LANGUAGE:
            attempt = _speak(session, item, author, mail, asked.words)
        case Command.UNLINK:
            attempt = _unlink(session, item, author, mail)
        case _:
            attempt = _propose(session, item, author, mail, asked.words, keys, office)
    return await _told(session, item, author, mail, attempt)


async def with_code(
    session: Session, item: Intake, opened: Opened, author: FromPerson, *, keys: Keys, office: Office
) -> str | None:
    """What a mail that is a code confirms; None when it is none, or nothing waits for one. A wrong one is counted."""
    code = None if author.message_id else commands.code_of(opened)
    if code is None:
        return None
    actor = author.actor
    if await step_up.pending(session, actor.id) is not None:
        outcome = await step_up.enter(session, actor, code, keys=keys)
        if outcome.refused is not None or outcome.step_up is None:
            return await _refuse(session, item, author, opened.mail, outcome.refused or Refused("step_up.not_pending"))
        proven, change_id = replace(actor, stepped_up=True), int(outcome.step_up.values.get("change") or 0)
        attempt = _apply(session, item, author, opened.mail, proven, change_id, keys, office)
        return await _told(session, item, author, opened.mail, attempt)
    if (await details.of(session, author.person)).new_email is None:
        return None
    proof = await details.prove(session, actor, code, keys=keys, office=office)
    if proof.refused is not None:
        return await _refuse(session, item, author, opened.mail, proof.refused)
    return "changed"


async def _propose(
    session: Session, item: Intake, author: FromPerson, mail: IncomingMail, words: str, keys: Keys, office: Office
) -> str:
    field, value = _parsed(words)
    change = await details.propose(session, author.person, field, value, office=office)
    actor = await step_up.confirmed(session, author.actor)
    if actor.stepped_up:
        return await _apply(session, item, author, mail, actor, change.id, keys, office)
    asked = await step_up.begin(session, actor, act=Act.DETAILS, keys=keys, values={"change": change.id})
    shown = {"field": str(field), "old": change.old, "new": change.new, "consequence": change.consequence}
    return await _say(session, item, author, mail, "change_asked", {**shown, "method": str(asked.method)})


async def _apply(
    session: Session,
    item: Intake,
    author: FromPerson,
    mail: IncomingMail,
    actor: Actor,
    change_id: int,
    keys: Keys,
    office: Office,
) -> str:
    """Save it. That it was changed is told by core, to the old and the new address; a new one gets its code first."""
    change = await details.apply(session, actor, change_id, keys=keys, office=office)
    if change.awaits_code:
        return await _say(session, item, author, mail, "change_email", {"new": change.new})
    return "changed"


async def _speak(session: Session, item: Intake, author: FromPerson, mail: IncomingMail, words: str) -> str:
    language = _LANGUAGES.get(words.casefold())
    if language is None:
        raise Refused("details.language")
    await persons.set_language(session, author.person, language, author.actor)
    return await _say(session, item, author, mail, "language_set", {})


async def _unlink(session: Session, item: Intake, author: FromPerson, mail: IncomingMail) -> str:
    """The mail about it is core's own; only that there was nothing to cut is said here."""
    if await links.unlink(session, author.person.id, actor=author.actor, reason="mail") is None:
        return await _say(session, item, author, mail, "unlinked_before", {})
    return "unlinked"


async def _switch(session: Session, author: FromPerson, words: str) -> None:
    """Set the cells that the words name: one kind of news or all, one channel or both, and on or off."""
    said = words.casefold().replace(":", " ").split()
    wanted = next((_SWITCH[word] for word in said if word in _SWITCH), None)
    kinds = [_NEWS[word] for word in said if word in _NEWS]
    if wanted is None or not kinds:
        return
    channels = [_CHANNELS[word] for word in said if word in _CHANNELS] or preferences.CHANNELS
    for news in kinds:
        for channel in channels:
            await preferences.want(session, author.person.id, news=news, channel=channel, wanted=wanted)


async def _matrix(session: Session, author: FromPerson) -> dict[str, Any]:
    """NOTE-1, as the answer shows it."""
    cells = await preferences.matrix(session, author.person.id)
    shown = [{"news": str(news), **{str(c): cells[news, c] for c in preferences.CHANNELS}} for news in News]
    return {"cells": shown, "linked": await links.link_of(session, author.person.id) is not None}


def _parsed(words: str) -> tuple[Field, str]:
    found = _FIELD.fullmatch(words)
    if found is None:
        raise Refused("mail.change_what")
    value = found[2].strip()
    if not value:
        raise Refused("mail.change_what")
    return _FIELDS[found[1].casefold()], "" if value.casefold() in _EMPTY else value


async def _told(session: Session, item: Intake, author: FromPerson, mail: IncomingMail, attempt: Awaitable[str]) -> str:
    """What came of it; a refusal undoes what was tried, and nothing else (a code that was right stays used)."""
    try:
        async with session.begin_nested():
            return await attempt
    except Refused as refused:
        return await _refuse(session, item, author, mail, refused)


async def _refuse(session: Session, item: Intake, author: FromPerson, mail: IncomingMail, refused: Refused) -> str:
    values = {name: str(value) for name, value in refused.values.items()}
    given = {"code": refused.code, "values": values, "subject": mail.subject}
    await _say(session, item, author, mail, "refusal", given)
    return f"refused {refused.code}"


async def _say(
    session: Session, item: Intake, author: FromPerson, mail: IncomingMail, kind: str, values: dict[str, Any]
) -> str:
    await serving.answer(session, author.person, mail, kind=kind, values=values, source=str(item.id))
    return kind
