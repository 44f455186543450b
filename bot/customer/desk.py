"""One update of a private chat, from event to answers."""

from collections.abc import Mapping, Sequence

from bot import callbacks
from bot.answers import Answer, Toast
from bot.callbacks import StaleButton
from bot.customer import commands, home, linking, odd, writing
from bot.customer.taps import TAPS
from bot.customer.visit import Knock, Visit
from bot.fetching import Fetched
from bot.updates import Brought, Edited, Event, Odd, Reachable, Tap, Words
from core.actor import Channel
from core.chats import chats
from core.people import addresses


async def serve(visit: Visit, events: Sequence[Event], fetched: Mapping[int, Fetched]) -> list[Answer]:
    """What a linked person gets. Several events are the parts of one album. Raises Refused."""
    files = [event for event in events if isinstance(event, Brought)]
    if files:
        return await writing.brought(visit, files, fetched)
    match events[0]:
        case Tap() as tap:
            return await _tapped(visit, tap)
        case Words() as said:
            if (command := commands.split(said.text)) is not None:
                await chats.forget(visit.session, visit.chat)
                return await commands.run(visit, *command)
            return await writing.words(visit, said)
        case Edited() as change:
            return await writing.edited(visit, change)
        case Reachable() as state:
            await _mark(visit, state)
            return []
        case Odd() as event:
            return odd.answer(visit, event)
        case _:
            return []


async def turn_away(knock: Knock, events: Sequence[Event]) -> list[Answer]:
    """What a stranger gets: how to link, and nothing about anybody."""
    match events[0]:
        case Tap() as tap:
            try:
                return await linking.tap(knock, callbacks.read(tap.data), tap)
            except StaleButton:
                return [stale(knock, tap), *await linking.remind(knock)]
        case Words() as said:
            return await linking.words(knock, said)
        case Reachable() | Edited():
            return []
        case Odd(kind=kind) if kind not in odd.WRITTEN:
            return []
        case _:
            return await linking.remind(knock)


async def _tapped(visit: Visit, tap: Tap) -> list[Answer]:
    """The verb's own answer; an old or unknown button gets a fresh home card. A tap ends the question that a text would answer."""
    try:
        callback = callbacks.read(tap.data)
        act = TAPS.get(callback.verb)
        if act is None:
            raise StaleButton
        if visit.row.expecting:
            await chats.forget(visit.session, visit.chat)
        return await act(visit, callback)
    except StaleButton:
        return [stale(visit, tap), *await home.afresh(visit)]


def stale(knock: Knock, tap: Tap) -> Toast:
    """This button leads nowhere any more."""
    return Toast(tap.query_id, knock.look.label("toast.stale"))


async def _mark(visit: Visit, state: Reachable) -> None:
    """Blocked, or back again (NOTE-4)."""
    value = visit.chat.address
    if state.reachable:
        await addresses.mark_reachable(visit.session, channel=Channel.TELEGRAM, value=value)
    else:
        await addresses.mark_unreachable(visit.session, channel=Channel.TELEGRAM, value=value, reason="blocked")
