"""Codes and passwords that were typed don't stay with us once they were handled (STEP-6, LINK-3): the raw update forgets them."""

import re
from collections.abc import Sequence
from typing import Any

from bot.answers import Answer, DeleteMessage
from bot.updates import Edited, Event, Words
from core.intake.models import Intake
from core.people import typed_secrets

FORGOTTEN = "•••"

_START = re.compile(r"\s*/start(?:@\w+)?\s+\S")
_LIKE_INVITATION = re.compile(r"(?=.*[A-Z])(?=.*\d)[A-Za-z0-9\s-]{8,20}")
"""At least eight characters with a capital and a digit (LINK-3)."""


def forget(items: Sequence[Intake], events: Sequence[Event], answers: Sequence[Answer], *, stranger: bool) -> None:
    """Takes the text out of the updates that held a code: those that leave the chat, the code behind `/start`, and what a
    chat that is not linked typed in the form of one. Everything else of the update stays."""
    leaves = {answer.message_id for answer in answers if isinstance(answer, DeleteMessage)}
    for item, event in zip(items, events, strict=True):
        if isinstance(event, Words | Edited) and (event.message_id in leaves or _holds_code(event.text, stranger)):
            item.payload = _without_text(item.payload)


def _holds_code(text: str, stranger: bool) -> bool:
    if _START.match(text):
        return True
    return stranger and (_LIKE_INVITATION.fullmatch(text.strip()) is not None or typed_secrets.looks_like_code(text))


def _without_text(update: dict[str, Any]) -> dict[str, Any]:
    kept = dict(update)
    for name in ("message", "edited_message"):
        if isinstance(update.get(name), dict):
            kept[name] = {**update[name], "text": FORGOTTEN}
            kept[name].pop("entities", None)
    return kept
