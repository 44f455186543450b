"""Codes and passwords that are typed: the one that is asked is used, and every one leaves the chat (STEP-6)."""

import re
from typing import Final

from bot.answers import Answer, DeleteMessage, Show
from bot.customer import editing, step_up, two_factor
from bot.customer.errands import Proven
from bot.customer.visit import Knock, Visit
from bot.screens import about
from bot.updates import Words
from core.people import step_up as core_step_up
from core.people import typed_secrets
from core.portal import home

_DIGITS: Final = re.compile(r"[\s-]*(?:\d[\s-]*){6}")
_LIKE_DIGITS: Final = re.compile(r"[\d\s-]{1,12}")


def like_a_code(text: str) -> bool:
    """Whether this is meant for a keypad: digits, also too few of them, or a recovery code."""
    return bool(_LIKE_DIGITS.fullmatch(text.strip())) or typed_secrets.looks_like_code(text)


async def secret(visit: Visit, said: Words) -> list[Answer] | Proven | None:
    """What a typed code or password does; None for every other text."""
    asked = visit.row.expecting in {step_up.ASKED, two_factor.ASKED, editing.CODE_ASKED}
    if asked and like_a_code(said.text):
        return await _asked(visit, said)
    if visit.row.expecting == editing.ASKED:
        return None
    if typed_secrets.looks_like_code(said.text):
        return None if await _is_a_dossier(visit, said.text) else deleted(visit, said)
    if typed_secrets.looks_like_password(said.text):
        return deleted(visit, said)
    return None


async def step_up_code(visit: Visit, said: Words) -> list[Answer] | Proven:
    """A typed code of a step-up; half a code stays at the keypad."""
    pending = await core_step_up.pending(visit.session, visit.person.id, visit.chat)
    if pending is not None and not _whole(said.text):
        note = visit.look.label("link.six_digits")
        return [DeleteMessage(said.message_id), step_up.keypad(visit, pending, note)]
    given = await step_up.give(visit, said.text.strip(), typed=said.message_id)
    return given if isinstance(given, Proven) else [DeleteMessage(said.message_id), *given]


def deleted(knock: Knock, said: Words) -> list[Answer]:
    """Gone, with one line why."""
    return [DeleteMessage(said.message_id), Show(about.plain(knock.look, "code.deleted"))]


async def _asked(visit: Visit, said: Words) -> list[Answer] | Proven:
    if visit.row.expecting == step_up.ASKED:
        return await step_up_code(visit, said)
    give = two_factor.give if visit.row.expecting == two_factor.ASKED else editing.give
    return [DeleteMessage(said.message_id), *await give(visit, said.text.strip())]


def _whole(text: str) -> bool:
    return bool(_DIGITS.fullmatch(text.strip())) or typed_secrets.looks_like_code(text)


async def _is_a_dossier(visit: Visit, text: str) -> bool:
    """A dossier's number may have six digits too (DOS-3)."""
    _, total = await home.dossiers_page(visit.session, visit.person.id, offset=0, limit=1, words=text.strip())
    return total > 0
