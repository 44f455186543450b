"""The customers' bot at work on a database, at the sandbox's Bot API, with telephones that are linked: for measuring by the front door."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot.handler import CustomerHandler
from bot.receiving import Poller
from core.actor import Channel
from core.crypto import Keys
from core.database import Sessions, Wake, transaction
from core.files.store import FileStore
from core.intake.worker import IntakeWorker
from core.office import Office
from core.people import arrival
from core.people.chat_key import ChatKey
from core.people.models import Person
from sandbox.telegram import Phone, TelegramServer

TOKEN = "1001:OURS"
HOME = "Mijn gegevens"
"""A button that only Home has."""


@asynccontextmanager
async def phones(server: TelegramServer, sessions: Sessions, person_ids: Sequence[int]) -> AsyncIterator[list[Phone]]:
    """A telephone for each of these persons, each showing Home; the bot answers until the block ends."""
    made = server.add_bot(TOKEN, "loket_bot", "Loket")
    linked = [await _linked(server.add_phone("P", username=f"p{n}").with_bot(made), sessions, n) for n in person_ids]
    with tempfile.TemporaryDirectory() as folder:
        async with Wake(sessions) as wake, _bot(server) as bot:
            files = FileStore.open(f"file://{folder}")
            handler = CustomerHandler(bot, sessions, files, office=Office(), keys=Keys(("benchmark",)))
            worker = IntakeWorker(sessions, channel=Channel.TELEGRAM, handler=handler, name="benchmark", wake=wake)
            async with _running(worker.run, Poller(sessions, bot).run):
                for phone in linked:
                    await phone.start()
                    await phone.wait(lambda p: HOME in p.screen.labels())
                yield linked


async def _linked(phone: Phone, sessions: Sessions, person_id: int) -> Phone:
    async with transaction(sessions) as session:
        person = await session.get_one(Person, person_id)
        await arrival.link(session, ChatKey(1001, phone.chat_id), person, telegram_name=person.name)
    return phone


@asynccontextmanager
async def _bot(server: TelegramServer) -> AsyncIterator[Bot]:
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(server.base_url)))
    try:
        yield bot
    finally:
        await bot.session.close()


@asynccontextmanager
async def _running(*parts: Callable[[asyncio.Event], Awaitable[None]]) -> AsyncIterator[None]:
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
