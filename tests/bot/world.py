"""A sandbox's Telegram, the bot's real parts at work on a database, and an office with customers.

The product's own wiring in small: poller, intake worker, delivery worker. Mails are not sent; what they would say is read
from the outbox (`World.mail`).
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from sqlalchemy import select

from bot.handler import CustomerHandler
from bot.receiving import Poller
from bot.sending import TelegramSender
from core.accounts import accounts
from core.accounts.memberships import add_member
from core.accounts.models import Account, AccountKind
from core.actor import OFFICE, Actor, ActorKind, Channel, Language
from core.crypto import Keys
from core.database import Sessions, Wake, transaction
from core.deliveries.models import Delivery
from core.deliveries.worker import DeliveryWorker
from core.documents import documents
from core.documents.models import Shelf
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.files import files as stored_files
from core.files.store import FileStore
from core.intake.worker import IntakeWorker
from core.messages import messages
from core.messages.models import Message
from core.notifications import tell
from core.office import Office
from core.people import arrival, invitations, persons
from core.people.chat_key import ChatKey
from core.people.models import Person
from core.staff import members
from core.staff.models import StaffMember, StaffRole
from sandbox.telegram import Phone, TelegramServer
from sandbox.telegram.chat_view import ChatMessage, Toast

Found = TypeVar("Found")

TOKEN = "424242:TEST"
BOT_ID = 424242
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


@dataclass
class World:
    """Everything that a story needs to hand."""

    server: TelegramServer
    bot: Bot
    sessions: Sessions
    wake: Wake
    keys: Keys
    office: Office
    files: FileStore
    account: Account = field(init=False)
    hugo: StaffMember = field(init=False)

    @property
    def handler(self) -> CustomerHandler:
        """The handler under test."""
        return CustomerHandler(self.bot, self.sessions, self.files, office=self.office, keys=self.keys, version="1.2.3")

    async def furnish(self) -> None:
        """An account and its handler at the office."""
        async with transaction(self.sessions) as session:
            self.account = await accounts.create(
                session, number="A-1", name="De Vries BV", kind=AccountKind.COMPANY, actor=OFFICE
            )
            self.hugo = await members.create(
                session,
                name="mr. Hugo de Groot",
                email="hugo@kantoor.example",
                role=StaffRole.HANDLER,
                language=Language.NL,
                actor=OFFICE,
            )

    async def person(self, name: str = "Anna Jansen", language: Language = Language.NL) -> Person:
        """A person of the account, reached by mail."""
        email = f"{name.split()[0].lower()}@klant.example"
        async with transaction(self.sessions) as session:
            person = await persons.create(session, name=name, email=email, language=language, actor=OFFICE)
            account = await session.get_one(Account, self.account.id)
            await add_member(session, account, person, actor=OFFICE)
        return person

    async def invite(self, person: Person) -> str:
        """Invites and returns the code."""
        async with transaction(self.sessions) as session:
            _, code = await invitations.invite(session, person, keys=self.keys, office=self.office, actor=OFFICE)
        return code

    def phone(self, name: str = "Anna Jansen", language_code: str = "nl") -> Phone:
        """A telephone, not linked."""
        first, _, last = name.partition(" ")
        return self.server.add_phone(first, last, username=name.lower().replace(" ", "_"), language_code=language_code)

    async def linked(self, name: str = "Anna Jansen", language: Language = Language.NL) -> tuple[Person, Phone]:
        """A person with a linked telephone that shows Home."""
        person, phone = await self.person(name, language), self.phone(name)
        async with transaction(self.sessions) as session:
            same = await session.get_one(Person, person.id)
            await arrival.link(session, ChatKey(BOT_ID, phone.chat_id), same, telegram_name=name)
        await phone.start()
        await phone.wait(lambda p: "Mijn gegevens" in p.screen.labels() or "My details" in p.screen.labels())
        return person, phone

    async def dossier(
        self, number: str, *participants: Person, description: str = "Koop Lindelaan 12", status: str = "In behandeling"
    ) -> Dossier:
        """A dossier with participants."""
        async with transaction(self.sessions) as session:
            found = await dossiers.create(
                session,
                account_id=self.account.id,
                number=number,
                description=description,
                status=status,
                handler_id=self.hugo.id,
                actor=OFFICE,
            )
            for person in participants:
                await dossiers.add_participant(session, found, person, OFFICE)
        return found

    async def publish(
        self, dossier: Dossier, name: str, *, shelf: Shelf = Shelf.CORRESPONDENCE, confidential: bool = False
    ) -> None:
        """A document of the office."""
        content = await self.files.put(PDF + name.encode())
        async with transaction(self.sessions) as session:
            actor = Actor(kind=ActorKind.STAFF, id=self.hugo.id, channel=Channel.CLI)
            file = await stored_files.record(session, content, name=name, actor=actor)
            await documents.publish(
                session, dossier, shelf=shelf, file=file, name=name, actor=actor, confidential=confidential
            )

    async def write(
        self, dossier: Dossier, subject: str, text: str, attachments: Mapping[str, bytes] | None = None
    ) -> Message:
        """A message of the handler."""
        contents = {name: await self.files.put(data) for name, data in (attachments or {}).items()}
        async with transaction(self.sessions) as session:
            actor = Actor(kind=ActorKind.STAFF, id=self.hugo.id, channel=Channel.EMAIL)
            files = [
                (await stored_files.record(session, content, name=name, actor=actor), name)
                for name, content in contents.items()
            ]
            return await messages.post(
                session, dossier, actor=actor, subject=subject, text=text, files=files, office=self.office
            )

    async def mails(self, kind: str) -> Sequence[Delivery]:
        """The mails of this kind in the outbox, newest last."""
        async with transaction(self.sessions) as session:
            query = select(Delivery).where(Delivery.channel == Channel.EMAIL, Delivery.kind == kind)
            return list(await session.scalars(query.order_by(Delivery.id)))

    async def secret(self, kind: str) -> dict[str, Any]:
        """What the newest mail of this kind keeps secret."""
        newest = (await self.mails(kind))[-1]
        opened = self.keys.decrypt(newest.secret or b"")
        assert opened is not None
        found: dict[str, Any] = json.loads(opened)
        return found

    async def messages_of(self, dossier: Dossier) -> Sequence[Message]:
        """What stands under "Berichten", oldest first."""
        async with transaction(self.sessions) as session:
            return list(
                await session.scalars(select(Message).where(Message.dossier_id == dossier.id).order_by(Message.id))
            )


async def toast_of(phone: Phone, tap: Awaitable[object]) -> Toast:
    """The answer to this tap that is more than "heard you"."""
    seen = len(phone.toasts)
    await tap
    await phone.wait(lambda p: len(p.toasts) > seen)
    return phone.toasts[-1]


async def next_screen(phone: Phone, act: Awaitable[object]) -> ChatMessage:
    """The new message of the bot that this act brings."""
    before = phone.screen.id
    await act
    return await phone.wait(lambda p: p.screen.id > before)


async def next_text(phone: Phone, act: Awaitable[object]) -> ChatMessage:
    """What the newest screen shows after this act: another message, or the same one changed."""
    before = phone.screen.id, phone.screen.html
    await act
    return await phone.wait(lambda p: (p.screen.id, p.screen.html) != before)


async def until(look: Callable[[], Awaitable[Found]], timeout: float = 10.0) -> Found:
    """What `look` finds, once it finds something; TimeoutError when it never does."""
    async with asyncio.timeout(timeout):
        while not (found := await look()):  # noqa: ASYNC110  # a row in a database has no event
            await asyncio.sleep(0.02)
    return found


def client(server: TelegramServer) -> Bot:
    """A client of the bot, with connections of its own."""
    return Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(server.base_url)))


@asynccontextmanager
async def running(
    server: TelegramServer, sessions: Sessions, wake: Wake, keys: Keys, office: Office, files: FileStore
) -> AsyncIterator[World]:
    """The bot at work, until the block ends."""
    server.add_bot(TOKEN, "loket_bot", "Loket")
    world = World(server, client(server), sessions, wake, keys, office, files)
    await world.furnish()
    async with at_work(world):
        yield world


@asynccontextmanager
async def at_work(world: World) -> AsyncIterator[None]:
    """The bot of this world at work, until the block ends; what it did not write down is then gone."""
    stop = asyncio.Event()
    work = asyncio.get_running_loop().create_task(_work(world, stop))
    try:
        yield
    finally:
        stop.set()
        await work
        await world.bot.session.close()


async def _work(world: World, stop: asyncio.Event) -> None:
    intake = IntakeWorker(world.sessions, channel=Channel.TELEGRAM, handler=world.handler, name="test", wake=world.wake)
    sender = TelegramSender(world.bot, world.files)
    deliveries = DeliveryWorker(
        world.sessions,
        channel=Channel.TELEGRAM,
        sender=sender,
        name="test",
        keys=world.keys,
        wake=world.wake,
        limits=None,
        on_failed=tell.delivery_failed,
    )
    poller = Poller(world.sessions, world.bot, worker=intake, poll_seconds=5)
    async with asyncio.TaskGroup() as group:
        for part in (intake.run, deliveries.run, poller.run):
            group.create_task(part(stop))
