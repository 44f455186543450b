"""One update of a private chat, from event to answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot import callbacks
from bot.answers import Answer, DeleteMessage, Show, Toast
from bot.callbacks import StaleButton
from bot.customer import commands, editing, finding, home, linking, lock, odd, step_up, typed, writing
from bot.customer.errands import Errand, Proven
from bot.customer.taps import TAPS
from bot.customer.visit import Knock, Visit, shown
from bot.fetching import Fetched
from bot.saying import refusal
from bot.screens import about, security
from bot.updates import Brought, Edited, Event, Odd, Reachable, SharedContact, Tap, Words
from core.actor import Channel
from core.chats import chats
from core.errors import Refused
from core.people import addresses, locking
from core.people.step_up import Act


async def serve(visit: Visit, events: Sequence[Event], fetched: Mapping[int, Fetched]) -> list[Answer]:
    """What a linked person gets; a locked chat asks its code first (STEP-3). Several events are the parts of one album.

    Raises Refused.
    """
    if not isinstance(events[0], Reachable) and not await locking.passes(visit.session, visit.chat, visit.lock):
        return await _after(visit, await lock.at_the_door(visit, events))
    return await served(visit, events, fetched)


async def served(visit: Visit, events: Sequence[Event], fetched: Mapping[int, Fetched]) -> list[Answer]:
    """The same for a chat that is open."""
    files = [event for event in events if isinstance(event, Brought)]
    if files:
        return await writing.brought(visit, files, fetched)
    match events[0]:
        case Tap() as tap:
            return await _tapped(visit, tap)
        case Words() as said:
            return await _said(visit, said)
        case Edited() as change:
            return await writing.edited(visit, change, fetched)
        case Reachable() as state:
            await _mark(visit, state)
            return []
        case SharedContact() as shared:
            return await _shared(visit, shared)
        case Odd() as event:
            return await odd.answer(visit, event)
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


async def _said(visit: Visit, said: Words) -> list[Answer]:
    """A command, a code or a password, the answer to a question about a detail, or words for a dossier."""
    if (command := commands.split(said.text)) is not None:
        gone = await editing.left(visit)
        return [*gone, *await commands.run(visit, *command)]
    if (secret := await typed.secret(visit, said)) is not None:
        return await _after(visit, secret)
    if visit.row.expecting == editing.ASKED:
        return await editing.typed(visit, said)
    if visit.row.expecting == editing.CORRECTED and (change := await editing.corrected(visit, said)) is not None:
        return change
    if visit.row.expecting == finding.ASKED:
        return await finding.answered(visit, said)
    return await writing.words(visit, said)


async def _shared(visit: Visit, card: SharedContact) -> list[Answer]:
    """A contact card: the own one is the mobile number, also unasked; anybody else's is none of this desk's."""
    asked = visit.row.expecting == editing.ASKED
    if asked or (card.user_id == visit.chat.chat_id and not card.forwarded):
        return await editing.shared(visit, card)
    return await odd.answer(visit, Odd("contact", card.message_id))


async def _tapped(visit: Visit, tap: Tap) -> list[Answer]:
    """The verb's own answer; an old or unknown button gets a fresh home card. A tap ends the question that a text would answer."""
    try:
        callback = callbacks.read(tap.data)
        if callback.verb in step_up.VERBS:
            return await _after(visit, await step_up.tap(visit, callback))
        act = TAPS.get(callback.verb)
        if act is None:
            raise StaleButton
        gone = await editing.left(visit) if visit.row.expecting else []
        return [*gone, *await act(visit, callback)]
    except StaleButton:
        return [stale(visit, tap), *await home.afresh(visit)]


async def _after(visit: Visit, given: list[Answer] | Proven) -> list[Answer]:
    """Once a code was right, what waited for it is done at once, and the keypad makes room."""
    if not isinstance(given, Proven):
        return given
    done: list[Answer] = []
    for errand in given.errands:
        done += await _errand(replace(visit, stepped_up=True), errand)
    if not given.errands:
        done = [shown(visit, await home.card(visit))]
    elif not any(isinstance(answer, Show) and answer.card for answer in done):
        done.append(shown(visit, security.done(visit.look)))
    return [*_said_of(visit, given), *_last_card(done)]


async def _errand(visit: Visit, errand: Errand) -> list[Answer]:
    """One thing that waited, in this transaction; when it is refused after all, the code was still right."""
    events = errand.events()
    first = events[0]
    tap = None
    if isinstance(first, Tap):
        now = visit.tap
        tap = Tap(now.query_id if now else "", first.data, now.message_id if now else None)
        events = [tap]
    below = tap is not None and tap.data.startswith(f"{callbacks.VERSION}+")
    visit = replace(visit, source=errand.source, full_text=errand.full_text, errand=errand, tap=tap, below=below)
    try:
        async with visit.session.begin_nested():
            if errand.expecting:
                await chats.expect(visit.session, visit.chat, errand.expecting, **errand.data)
            return await served(visit, events, errand.files)
    except Refused as refused:
        await visit.session.refresh(visit.row)
        await visit.session.refresh(visit.person)
        if refused.code == step_up.NEEDED:
            return await step_up.ask(visit, Act(str(refused.values["act"])), [errand])
        return [shown(visit, about.refused(visit.look, refusal(visit.look.language, refused)))]


def _said_of(visit: Visit, proven: Proven) -> list[Answer]:
    """The typed code goes; a recovery code says how many are left (STEP-4)."""
    gone = [DeleteMessage(proven.typed)] if proven.typed is not None else []
    if proven.left is None:
        return [*gone]
    return [*gone, Show(about.plain_counted(visit.look, "code.recovery_used", proven.left))]


def _last_card(answers: list[Answer]) -> list[Answer]:
    """Of several cards only the last one: a chat has one."""
    cards = [answer for answer in answers if isinstance(answer, Show) and answer.card]
    return [answer for answer in answers if answer not in cards or answer is cards[-1]]


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
