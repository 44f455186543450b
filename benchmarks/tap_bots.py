"""Our bot and a bare one side by side, each with Eva's telephone at the sandbox's Bot API, on the same database."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardMarkup, Message
from sqlalchemy import select

from benchmarks import crowd
from bot import calls
from bot.handler import CustomerHandler
from bot.receiving import Poller
from bot.sending import TelegramSender
from core.actor import OFFICE, Channel
from core.crypto import Keys
from core.database import Sessions, Wake, transaction
from core.deliveries.limits import Limits
from core.deliveries.worker import DeliveryWorker
from core.documents import documents
from core.documents.models import Shelf
from core.dossiers.models import Dossier
from core.files import files
from core.files.store import FileStore
from core.intake.worker import IntakeWorker
from core.notifications import tell
from core.office import Office
from core.people import arrival
from core.people.chat_key import ChatKey
from core.people.models import Person
from sandbox.telegram import Phone, TelegramServer
from sandbox.telegram.chat_view import ChatMessage

OURS, BARE = "1001:OURS", "1002:BARE"
PDF = b"%PDF-1.7\n" + b"% een kleine brief\n" * 500
KEYS = Keys(("benchmark",))
LIMITS = Limits(per_chat=0.0)
"""As set by default, but for one chat: who measures asks for a file more often than every 1.1 s."""


@dataclass(frozen=True, slots=True)
class Bots:
    """The two telephones, and the document that stands in the first dossier of ours."""

    ours: Phone
    bare: Phone
    document: int


@asynccontextmanager
async def at_work(sessions: Sessions) -> AsyncIterator[Bots]:
    """Both bots answer until the block ends."""
    server = TelegramServer()
    await server.start()
    server.add_bot(OURS, "loket_bot", "Loket")
    server.add_bot(BARE, "bare_bot", "Bare")
    try:
        async with _our_bot(server, sessions) as (ours, document), _bare_bot(server, sessions, ours.screen) as bare:
            yield Bots(ours, bare, document)
    finally:
        await server.stop()


@asynccontextmanager
async def _our_bot(server: TelegramServer, sessions: Sessions) -> AsyncIterator[tuple[Phone, int]]:
    phone = server.add_phone("Eva", username="eva").with_bot(server.bots[0])
    with tempfile.TemporaryDirectory() as folder:
        store = FileStore.open(f"file://{folder}")
        async with Wake(sessions) as wake, _bot(server, OURS) as bot:
            document = await _furnish(sessions, phone, store)
            handler = CustomerHandler(bot, sessions, store, office=Office(), keys=KEYS)
            worker = IntakeWorker(sessions, channel=Channel.TELEGRAM, handler=handler, name="benchmark", wake=wake)
            deliveries = DeliveryWorker(
                sessions,
                channel=Channel.TELEGRAM,
                sender=TelegramSender(bot, store),
                name="benchmark",
                keys=KEYS,
                wake=wake,
                limits=LIMITS,
                on_failed=tell.delivery_failed,
            )
            async with _running(worker.run, deliveries.run, Poller(sessions, bot, worker=worker).run):
                await _started(phone)
                yield phone, document


async def _furnish(sessions: Sessions, phone: Phone, store: FileStore) -> int:
    """Eva is linked, and has a letter in her first dossier; its id."""
    content = await store.put(PDF)
    async with transaction(sessions) as session:
        person = await session.get_one(Person, crowd.EVA)
        await arrival.link(session, ChatKey(1001, phone.chat_id), person, telegram_name="Eva")
        dossier = await session.get_one(Dossier, crowd.EVAS_FIRST)
        file = await files.record(session, content, name="brief.pdf", actor=OFFICE)
        document = await documents.publish(
            session,
            dossier,
            shelf=Shelf.CORRESPONDENCE,
            file=file,
            name="brief.pdf",
            actor=OFFICE,
            quiet=True,
        )
        return document.id


@asynccontextmanager
async def _bare_bot(server: TelegramServer, sessions: Sessions, screen: ChatMessage) -> AsyncIterator[Phone]:
    """What a first tutorial would write: polling, one SELECT, the callback answered, the message edited, or a file sent."""
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
        if not isinstance(query.message, Message):
            return
        if ":get:" in str(query.data):
            await query.message.answer_document(BufferedInputFile(PDF, "brief.pdf"))
        else:
            news = f"{text}\n{number} {query.data}"
            await query.message.edit_text(news, parse_mode=calls.HTML, reply_markup=keyboard)

    async with _bot(server, BARE) as bot, asyncio.TaskGroup() as group:
        polling = group.create_task(dispatcher.start_polling(bot, handle_signals=False, close_bot_session=False))
        await _started(phone)
        yield phone
        await dispatcher.stop_polling()
        await polling


async def _started(phone: Phone) -> None:
    await phone.start()
    await phone.wait(lambda p: "Eva" in p.screen.text)


@asynccontextmanager
async def _bot(server: TelegramServer, token: str) -> AsyncIterator[Bot]:
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(server.base_url)))
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
