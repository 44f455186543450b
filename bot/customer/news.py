"""No more news, or again (NOTE-5): by the word STOP, by /stop, or by a button."""

from typing import Final

from bot.answers import Answer
from bot.callbacks import Callback
from bot.customer.visit import Visit, shown
from bot.screens import details as screens
from core.people import preferences
from core.people.preferences import News

STOP: Final = frozenset({"stop", "stop.", "stop!"})


def means_stop(text: str) -> bool:
    """Whether this text is the word STOP and nothing else."""
    return text.strip().casefold() in STOP


async def stop(visit: Visit) -> list[Answer]:
    """No news any more, over no channel. What is about the person's own dossiers goes on."""
    return await _set(visit, wanted=False)


async def turned(visit: Visit, callback: Callback) -> list[Answer]:
    """The button: 1 is on, anything else off."""
    return await _set(visit, wanted=callback.number(0) == 1)


async def _set(visit: Visit, *, wanted: bool) -> list[Answer]:
    for channel in preferences.CHANNELS:
        await preferences.want(visit.session, visit.person.id, news=News.NEWS, channel=channel, wanted=wanted)
    return [shown(visit, screens.news(visit.look, wanted=wanted))]
