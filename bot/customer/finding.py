"""Finding a dossier: by /zoek, or by just typing its number or a word of its description (DOS-3). All accounts are searched."""

import re
from typing import Final

from bot.answers import Answer
from bot.callbacks import Callback, Verb, pack
from bot.customer import dossiers
from bot.customer.visit import Visit, shown
from bot.screens import about
from bot.screens import dossiers as screens
from bot.screens.choice import Choice, carried
from bot.screens.screen import Button
from bot.updates import Words
from core.chats import chats
from core.dossiers import dossiers as core_dossiers
from core.errors import Refused
from core.portal import home
from core.portal.home import DossierRow

ASKED: Final = "search"
"""What the chat expects while it is asked what to search for."""

MOST_TYPED: Final = 3
"""Words of a text that may be a search; what is longer is a message."""

_NUMBER: Final = re.compile(r"\d{4}[-/.]\d{2,6}")
"""What looks like nothing but a dossier's number: a year and a count."""

SHORTEST_WORD: Final = 4
"""Letters of a word, without any digit, that may be a search: "ja" and "dank u" are messages."""


async def ask(visit: Visit) -> list[Answer]:
    """The next text is what to search for: a command that is tapped in the menu comes without words."""
    await chats.expect(visit.session, visit.chat, ASKED)
    return [shown(visit, about.with_home(visit.look, "search.how"))]


async def answered(visit: Visit, said: Words) -> list[Answer]:
    """The answer to `ask`."""
    await chats.forget(visit.session, visit.chat)
    return await search(visit, said.text)


async def search(visit: Visit, words: str) -> list[Answer]:
    """The first page of what was found; one single find opens directly."""
    choice = Choice(words=" ".join(words.replace(":", " ").split())[:100])
    rows, total = await _page(visit, choice)
    if total == 1:
        return await dossiers.show(visit, rows[0].id)
    if total > len(rows) and carried(choice.words) != choice.words:
        choice = Choice(words=carried(choice.words))
        rows, total = await _page(visit, choice)
    return [shown(visit, screens.found(visit.look, rows, total, choice=choice))]


async def turned(visit: Visit, callback: Callback) -> list[Answer]:
    """Another page of what was found or filtered."""
    choice, offset = Choice(words=carried(callback.word(1))), callback.number(2, default=0)
    if not choice.words:
        return await dossiers.some(visit, Choice(callback.word(0)), offset=offset)
    rows, total = await _page(visit, choice, offset)
    if not rows and offset:
        offset = 0
        rows, total = await _page(visit, choice)
    return [shown(visit, screens.found(visit.look, rows, total, choice=choice, offset=offset))]


async def typed(visit: Visit, said: Words, *, writing: bool = False) -> list[Answer] | None:
    """What is found by a short text, or None: then it is a message.

    A number opens its dossier, and one that no dossier of theirs has is said so. Words show what they found, with a button that makes them a message after all; while the
    person is `writing` one they belong to it.
    """
    words = said.text.split()
    if not 1 <= len(words) <= MOST_TYPED or len(said.text) > 60:
        return None
    if (exact := await _by_number(visit, said.text)) is not None:
        return exact
    if writing:
        return None
    numbered = any(letter.isdigit() for letter in said.text)
    if not numbered and any(len(word) < SHORTEST_WORD for word in words):
        return None
    instead = _as_message(visit, said)
    if instead is None:
        return None
    choice = Choice(words=carried(said.text))
    rows, total = await _page(visit, choice)
    if not rows and not (_NUMBER.fullmatch(said.text.strip()) and await _has_any(visit)):
        return None
    if numbered and total == 1:
        return await dossiers.show(visit, rows[0].id)
    return [shown(visit, screens.found(visit.look, rows, total, choice=choice, instead=instead))]


async def _has_any(visit: Visit) -> bool:
    """Whether the person has dossiers; who has none is told that, whatever number they type."""
    _, total = await home.dossiers_page(visit.session, visit.person.id, offset=0, limit=1)
    return bool(total)


async def _by_number(visit: Visit, text: str) -> list[Answer] | None:
    try:
        found = await core_dossiers.by_number(visit.session, visit.actor, text)
    except Refused:
        return None
    return await dossiers.show(visit, found.id)


def _as_message(visit: Visit, said: Words) -> Button | None:
    """The text in a button, so that it need not be typed again; None for a text that fits in none."""
    try:
        data = pack(Verb.TYPED, said.message_id, " ".join(said.text.split()))
    except ValueError:
        return None
    return Button(visit.look.label("search.as_message"), data)


async def _page(visit: Visit, choice: Choice, offset: int = 0) -> tuple[list[DossierRow], int]:
    return await home.dossiers_page(
        visit.session, visit.person.id, offset=offset, limit=screens.A_PAGE, words=choice.words
    )
