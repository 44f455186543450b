"""A tap on Home and on a dossier, over the real wire: against a bare aiogram bot, and in a small and a large office.

The bare bot answers the same tap with the same screen after one indexed SELECT in the same database. Both poll the sandbox's Bot
API over HTTP; a tap is measured from the finger to the changed card. `python -m benchmarks.taps` measures on SQLite and PostgreSQL.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from sqlalchemy import select

from benchmarks import crowd
from benchmarks.figures import Figure
from bot import calls
from bot.handler import CustomerHandler
from bot.receiving import Poller
from core.actor import Channel
from core.crypto import Keys
from core.database import Sessions, Wake, open_database, transaction
from core.dossiers.models import Dossier
from core.files.store import FileStore
from core.intake.worker import IntakeWorker
from core.office import Office
from core.people import arrival
from core.people.chat_key import ChatKey
from core.people.models import Person
from migrations import upgrade
from sandbox.telegram import Phone, TelegramServer
from sandbox.telegram.chat_view import ChatMessage
from tests.support import databases, postgres

OURS, BARE = "1001:OURS", "1002:BARE"
TAPS = 60
"""Taps of each kind in each measurement; the first tenth warms up and doesn't count."""

SMALL, LARGE = 100, 100_000
"""Dossiers in the office; ten times as many messages. The person who taps has ten of them, in both."""

TIMES_BARE, TIMES_SMALL = 3.0, 1.2


@dataclass(frozen=True, slots=True)
class Median:
    """Milliseconds of a tap on Home and on a dossier."""

    home: float
    dossier: float


async def measure(database_url: str | None = None) -> list[Figure]:
    """The figures of one migrated, empty database; without one, of a fresh SQLite file."""
    if database_url is not None:
        return await _measured(database_url)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/loket.db"
        await asyncio.to_thread(upgrade, url)
        return await _measured(url)


async def _measured(url: str) -> list[Figure]:
    """Both sizes are measured beside the bare bot, so that the load of the machine in that minute drops out of their ratio."""
    engine, sessions = open_database(url)
    kind = "SQLite" if engine.dialect.name == "sqlite" else "PostgreSQL"
    try:
        await crowd.fill(engine, dossiers=SMALL)
        async with _both_bots(sessions) as (ours, plain):
            small, bare = await _in_turn(ours, plain)
            await crowd.fill(engine, dossiers=LARGE)
            large, bare_then = await _in_turn(ours, plain)
    finally:
        await engine.dispose()
    figures = []
    for name, one, its_bare, other, other_bare in (
        ("Home", small.home, bare.home, large.home, bare_then.home),
        ("a dossier", small.dossier, bare.dossier, large.dossier, bare_then.dossier),
    ):
        grown = (other / other_bare) / (one / its_bare)
        figures += [
            _milliseconds(f"a tap on {name}, {kind}", one),
            _ratio(f"a tap on {name} against a bare bot, {kind}", one / its_bare, TIMES_BARE),
            _ratio(f"a tap on {name} at {LARGE} dossiers against {SMALL}, {kind}", grown, TIMES_SMALL),
        ]
    return figures


def _milliseconds(name: str, value: float) -> Figure:
    return Figure(name, round(value, 1), "ms", "(for the record)", ok=True)


def _ratio(name: str, value: float, most: float) -> Figure:
    return Figure(name, round(value, 2), "times", f"<= {most}", value <= most)


@asynccontextmanager
async def _both_bots(sessions: Sessions) -> AsyncIterator[tuple[Phone, Phone]]:
    """Eva's telephone at our bot, and at the bare one."""
    server = TelegramServer()
    await server.start()
    server.add_bot(OURS, "loket_bot", "Loket")
    server.add_bot(BARE, "bare_bot", "Bare")
    try:
        async with _our_bot(server, sessions) as ours, _bare_bot(server, sessions, ours.screen) as bare:
            yield ours, bare
    finally:
        await server.stop()


async def _in_turn(ours: Phone, bare: Phone) -> tuple[Median, Median]:
    """Our bot's and the bare bot's medians, their taps taken in turn so that both meet the same machine."""
    times: dict[tuple[str, str], list[float]] = {}
    dossier = next(button.data for row in (await _listed(ours)).buttons for button in row if "dos:" in str(button.data))
    for _ in range(TAPS):
        for name, phone in (("ours", ours), ("bare", bare)):
            for what, data in (("dossier", str(dossier)), ("home", "1:hom")):
                times.setdefault((name, what), []).append(await _tapped(phone, data))
    medians = {key: statistics.median(found[TAPS // 10 :]) * 1000 for key, found in times.items()}
    return (
        Median(medians["ours", "home"], medians["ours", "dossier"]),
        Median(medians["bare", "home"], medians["bare", "dossier"]),
    )


async def _listed(phone: Phone) -> ChatMessage:
    await _tapped(phone, "1:dsl:0")
    return phone.screen


async def _tapped(phone: Phone, data: str) -> float:
    """Seconds from the tap to the changed card."""
    card, before = phone.screen.id, phone.screen.html
    begun = time.perf_counter()
    await phone.tap(data=data, message=card, forge=True)
    await phone.wait(lambda p: p.message(card).html != before)
    return time.perf_counter() - begun


@asynccontextmanager
async def _our_bot(server: TelegramServer, sessions: Sessions) -> AsyncIterator[Phone]:
    phone = server.add_phone("Eva", username="eva").with_bot(server.bots[0])
    async with transaction(sessions) as session:
        person = await session.get_one(Person, crowd.EVA)
        await arrival.link(session, ChatKey(1001, phone.chat_id), person, telegram_name="Eva")
    with tempfile.TemporaryDirectory() as folder:
        async with Wake(sessions) as wake, _bot(server, OURS) as bot:
            files = FileStore.open(f"file://{folder}")
            handler = CustomerHandler(bot, sessions, files, office=Office(), keys=Keys(("benchmark",)))
            worker = IntakeWorker(sessions, channel=Channel.TELEGRAM, handler=handler, name="benchmark", wake=wake)
            async with _at_work(worker.run, Poller(sessions, bot).run):
                await phone.start()
                await phone.wait(lambda p: "Eva" in p.screen.text)
                yield phone


@asynccontextmanager
async def _bare_bot(server: TelegramServer, sessions: Sessions, screen: ChatMessage) -> AsyncIterator[Phone]:
    """What a first tutorial would write: polling, one SELECT, the callback answered, the message edited."""
    phone = server.add_phone("Eva", username="eva").with_bot(server.bots[1])
    dispatcher, text = Dispatcher(), screen.html
    keyboard = InlineKeyboardMarkup.model_validate(screen.raw["reply_markup"])

    @dispatcher.message()
    async def started(message: Message) -> None:
        await message.answer(text, parse_mode=calls.HTML, reply_markup=keyboard)

    @dispatcher.callback_query()
    async def tapped(query: CallbackQuery) -> None:
        async with sessions() as session:
            number = await session.scalar(select(Dossier.number).where(Dossier.id == crowd.EVAS_FIRST))
        await query.answer()
        if isinstance(query.message, Message):
            await query.message.edit_text(
                f"{text}\n{number} {query.data}", parse_mode=calls.HTML, reply_markup=keyboard
            )

    async with _bot(server, BARE) as bot, asyncio.TaskGroup() as group:
        polling = group.create_task(dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False))
        await phone.start()
        await phone.wait(lambda p: "Eva" in p.screen.text)
        yield phone
        await dispatcher.stop_polling()
        await polling


@asynccontextmanager
async def _bot(server: TelegramServer, token: str) -> AsyncIterator[Bot]:
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(server.base_url)))
    try:
        yield bot
    finally:
        await bot.session.close()


@asynccontextmanager
async def _at_work(*parts: Callable[[asyncio.Event], Awaitable[None]]) -> AsyncIterator[None]:
    stop = asyncio.Event()

    async def run(part: Callable[[asyncio.Event], Awaitable[None]]) -> None:
        await part(stop)

    async with asyncio.TaskGroup() as group:
        for part in parts:
            group.create_task(run(part))
        try:
            yield
        finally:
            stop.set()


def main() -> int:
    """Measure both databases and print a table; 1 when a figure misses its target."""
    figures = asyncio.run(measure())
    with postgres.temporary(durable=True) as server:
        url = asyncio.run(databases.create_database(server, "loket"))
        upgrade(url)
        figures += asyncio.run(measure(url))
    for one in figures:
        print(f"{'ok ' if one.ok else 'NOT'} {one.name:60} {one.value:>10} {one.unit:8} {one.target}")
    return 0 if all(one.ok for one in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
