"""An office at work by mail: a notary with a handler, a manager, two customers and a dossier, on a sandbox mail server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from core.accounts import accounts
from core.accounts.models import AccountKind
from core.actor import OFFICE, Actor, ActorKind, Channel, Language
from core.crypto import Keys
from core.database import Sessions, Wake, reading, transaction
from core.deliveries.models import Delivery
from core.deliveries.worker import DeliveryWorker
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.files.store import FileStore
from core.intake import ledger, quarantine
from core.intake.models import Intake, Quarantined
from core.intake.worker import IntakeWorker
from core.messages import messages
from core.messages.models import Message
from core.messages.rows import OpenMessage
from core.notifications import tell
from core.office import Office
from core.people import persons
from core.people.models import Person
from core.staff import members
from core.staff.models import StaffMember, StaffRole
from mailbridge.composing import MailSettings
from mailbridge.handler import MailHandler
from mailbridge.mailbox import Mailbox
from mailbridge.sending import SmtpSender
from mailbridge.servers import Protection, ServerAccess
from sandbox.mail import Mail, MailServer
from sandbox.mail import Mailbox as PersonsMailbox
from tests.support.waiting import until

PORTAL = "portaal@kantoor.example"
PASSWORD = "a password of the tests"
SETTINGS = MailSettings(domain="kantoor.example", portal=PORTAL, bot="lindebot", authserv_id="mx.kantoor.example")


@dataclass
class Scene:
    """Anna and Bram take part in the dossier, Vera in none. Hugo handles it, Mia is a manager."""

    sessions: Sessions
    server: MailServer
    office: Office
    keys: Keys
    files: FileStore
    mailbox: Mailbox
    handler: MailHandler
    intake: IntakeWorker
    deliveries: DeliveryWorker
    sender: SmtpSender
    dossier: Dossier
    anna: Person
    bram: Person
    vera: Person
    hugo: StaffMember
    mia: StaffMember
    boxes: dict[str, PersonsMailbox] = field(default_factory=dict)

    def box(self, who: str) -> PersonsMailbox:
        """Somebody's own mailbox, by first name; "portal" is the product's."""
        return self.boxes[who]

    async def write(self, text: str, *, to: Dossier | None = None, subject: str = "Akte van levering") -> Message:
        """Hugo writes to the customers of the dossier, not by mail."""
        async with transaction(self.sessions) as session:
            actor = Actor(ActorKind.STAFF, self.hugo.id, Channel.CLI)
            return await messages.post(
                session, to or self.dossier, actor=actor, subject=subject, text=text, office=self.office
            )

    async def letter_from_hugo(self, text: str = "Kunt u dit nakijken?", who: str = "anna") -> Mail:
        """The same, as it arrives by mail."""
        message = await self.write(text)
        return await self.box(who).wait(lambda mail: text in mail.text and self._is_about(mail, message))

    async def messages(self, dossier: Dossier | None = None) -> list[OpenMessage]:
        """The messages of the dossier as the office reads them, oldest first."""
        async with transaction(self.sessions) as session:
            actor = Actor(ActorKind.STAFF, self.hugo.id, Channel.CLI)
            rows, _ = await messages.page(session, actor, (dossier or self.dossier).id, offset=0, limit=100)
            return [await messages.read(session, actor, row.id) for row in reversed(rows)]

    async def written(self) -> list[OpenMessage]:
        """The messages that customers wrote."""
        return [message for message in await self.messages() if message.message.person_id is not None]

    async def items(self) -> list[Intake]:
        """What came in, oldest first."""
        async with reading(self.sessions) as session:
            return list(reversed(await ledger.listing(session, channel=Channel.EMAIL, limit=1000)))

    async def quarantined(self) -> list[Quarantined]:
        """What waits for a decision of staff."""
        async with reading(self.sessions) as session:
            return await quarantine.listing(session)

    async def delivery(self, delivery_id: int) -> Delivery:
        """One delivery as it stands."""
        async with reading(self.sessions) as session:
            return await session.get_one(Delivery, delivery_id)

    async def moved(self, folder: str, count: int = 1) -> list[Mail]:
        """The mails in one of the portal's folders, once there are so many."""
        portal = self.box("portal")
        await until(lambda: len(portal.folder(folder)) >= count and not portal.mails)
        return portal.folder(folder)

    async def settle(self) -> None:
        """Without the loops: take in, handle, move and send until nothing is left to do."""
        while True:
            left = await self.mailbox.drain()
            worked = await self.intake.drain() + await self.deliveries.drain()
            if not left and not worked and not self.box("portal").mails:
                return

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """With all loops running, as the product runs them."""
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            for loop in (self.mailbox.run, self.intake.run, self.deliveries.run):
                group.create_task(loop(stop))
            try:
                yield
            finally:
                stop.set()

    @staticmethod
    def _is_about(mail: Mail, message: Message) -> bool:
        return message.subject in mail.subject


@asynccontextmanager
async def scene(
    sessions: Sessions, wake: Wake, files: FileStore, keys: Keys, office: Office, *, domain: str = "kantoor.example"
) -> AsyncIterator[Scene]:
    """The office, its people and their mailboxes; nothing runs yet."""
    async with MailServer(None, domain) as server:
        access = ServerAccess("127.0.0.1", server.imap_port, PORTAL, PASSWORD, Protection.NONE)
        submission = ServerAccess("127.0.0.1", server.smtp_port, PORTAL, PASSWORD, Protection.NONE)
        sender = SmtpSender(submission, sessions=sessions, files=files, keys=keys, office=office, settings=SETTINGS)
        handler = MailHandler(sessions=sessions, files=files, keys=keys, office=office, settings=SETTINGS)
        async with transaction(sessions) as session:
            people = await _people(session)
        made = Scene(
            sessions=sessions,
            server=server,
            office=office,
            keys=keys,
            files=files,
            mailbox=Mailbox(access, sessions=sessions, files=files, wake=wake),
            handler=handler,
            intake=IntakeWorker(sessions, channel=Channel.EMAIL, handler=handler, name="test", wake=wake),
            deliveries=DeliveryWorker(
                sessions,
                channel=Channel.EMAIL,
                sender=sender,
                name="test",
                keys=keys,
                wake=wake,
                limits=None,
                on_failed=tell.delivery_failed,
            ),
            sender=sender,
            **people,  # type: ignore[arg-type]  # the people by their names
        )
        made.boxes = _boxes(server)
        try:
            yield made
        finally:
            await sender.close()


def _boxes(server: MailServer) -> dict[str, PersonsMailbox]:
    boxes = {
        "portal": server.add_mailbox(
            PORTAL, PASSWORD, aliases=["r@kantoor.example", "b@kantoor.example"], catch_plus=True
        )
    }
    for name in ("anna", "bram", "vera", "eva"):
        boxes[name] = server.add_mailbox(f"{name}@post.example", PASSWORD, name=name.capitalize())
    for name in ("hugo", "mia"):
        boxes[name] = server.add_mailbox(f"{name}@kantoor.example", PASSWORD, name=name.capitalize())
    return boxes


async def _people(session) -> dict[str, object]:  # type: ignore[no-untyped-def]  # an AsyncSession
    account = await accounts.create(session, number="A-1", name="De Vries BV", kind=AccountKind.COMPANY, actor=OFFICE)
    found: dict[str, object] = {}
    for name, language in (("Anna", Language.NL), ("Bram", Language.EN), ("Vera", Language.NL)):
        found[name.lower()] = await persons.create(
            session, name=name, email=f"{name.lower()}@post.example", language=language, actor=OFFICE
        )
    for name, role in (("Hugo", StaffRole.HANDLER), ("Mia", StaffRole.MANAGER)):
        found[name.lower()] = await members.create(
            session, name=name, email=f"{name.lower()}@kantoor.example", role=role, language=Language.NL, actor=OFFICE
        )
    hugo = found["hugo"]
    assert isinstance(hugo, StaffMember)
    found["dossier"] = await open_dossier(session, account.id, "2026-0123", hugo, [found["anna"], found["bram"]])
    return found


async def open_dossier(session, account_id, number, handler, people) -> Dossier:  # type: ignore[no-untyped-def]  # as said
    """A dossier in progress with its participants."""
    dossier = await dossiers.create(
        session,
        account_id=account_id,
        number=number,
        description=f"Levering woning {number}",
        status="In behandeling",
        handler_id=handler.id,
        actor=OFFICE,
    )
    for person in people:
        await dossiers.add_participant(session, dossier, person, OFFICE)
    return dossier
