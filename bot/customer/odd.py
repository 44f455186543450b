"""What no dossier has a use for: answered kindly, never silently ignored."""

from typing import Final

from bot.answers import Answer
from bot.customer import drafts
from bot.customer.visit import Visit, at_the_bottom
from bot.screens import about
from bot.updates import Odd
from core.chats import chats

KEYS: Final = {
    "sticker": "fallback.sticker",
    "location": "fallback.location",
    "venue": "fallback.location",
    "contact": "fallback.contact",
    "poll": "fallback.poll",
    "dice": "fallback.poll",
    "game": "fallback.poll",
}
WRITTEN: Final = frozenset({*KEYS, "story", "checklist", "other"})
"""Kinds that a person sent on purpose; the others (pins, titles, members) nobody waits for an answer to."""


async def answer(visit: Visit, event: Odd) -> list[Answer]:
    """One kind sentence with the way on: the message that is being written, else home; nothing for what Telegram itself wrote."""
    if event.kind not in WRITTEN:
        return []
    key = KEYS.get(event.kind, "fallback.other")
    if (draft := await drafts.current(visit)) is not None:
        await chats.forget(visit.session, visit.chat)
        return [at_the_bottom(visit, await drafts.screen_of(visit, draft, [visit.look.say(key)]))]
    return [at_the_bottom(visit, about.with_home(visit.look, key))]
