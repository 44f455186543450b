"""A sample office with a customer, a colleague, a stranger and a dossier, for the tests of the rooms above people."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts import accounts
from core.accounts.models import Account, AccountKind
from core.actor import OFFICE, Actor, ActorKind, Channel, Language
from core.deliveries.models import Delivery
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.errors import Refused
from core.files import files as stored_files
from core.files.content import Content
from core.files.models import StoredFile
from core.people import addresses, persons
from core.people.models import Person
from core.staff import members
from core.staff.models import StaffMember, StaffRole


@dataclass
class Situation:
    """Anna and Bram take part in the dossier; Vera doesn't. Hugo handles it; Mia is a manager, Otto another handler."""

    account: Account
    dossier: Dossier
    anna: Person
    bram: Person
    vera: Person
    hugo: StaffMember
    mia: StaffMember
    otto: StaffMember


async def situation(session: AsyncSession) -> Situation:
    """The sample office, made anew."""
    account = await accounts.create(session, number="A-1", name="De Vries BV", kind=AccountKind.COMPANY, actor=OFFICE)
    anna, bram, vera = [await person(session, name) for name in ("Anna", "Bram", "Vera")]
    hugo = await staff(session, "Hugo", StaffRole.HANDLER)
    otto = await staff(session, "Otto", StaffRole.HANDLER)
    mia = await staff(session, "Mia", StaffRole.MANAGER)
    dossier = await opened(session, account, "2026-0012", handler=hugo)
    for each in (anna, bram):
        await dossiers.add_participant(session, dossier, each, OFFICE)
    return Situation(account, dossier, anna, bram, vera, hugo, mia, otto)


async def opened(
    session: AsyncSession, account: Account, number: str, *, handler: StaffMember | None = None
) -> Dossier:
    """A dossier in progress."""
    return await dossiers.create(
        session,
        account_id=account.id,
        number=number,
        description=f"Levering woning {number}",
        status="In behandeling",
        handler_id=handler.id if handler else None,
        actor=OFFICE,
    )


async def person(session: AsyncSession, name: str, *, language: Language = Language.NL) -> Person:
    """A person who is reached by mail."""
    return await persons.create(
        session, name=name, email=f"{name.lower()}@klant.example", language=language, actor=OFFICE
    )


async def staff(session: AsyncSession, name: str, role: StaffRole) -> StaffMember:
    """A staff member with a mailbox."""
    email = f"{name.lower()}@kantoor.example"
    return await members.create(session, name=name, email=email, role=role, language=Language.NL, actor=OFFICE)


async def on_telegram(session: AsyncSession, person: Person, chat_id: int) -> None:
    """The person is reached in a Telegram chat, too."""
    await addresses.put(session, person.id, Channel.TELEGRAM, str(chat_id))


async def stored(
    session: AsyncSession, name: str = "akte.pdf", *, sha256: str = "a" * 64, media_type: str = "application/pdf"
) -> StoredFile:
    """A recorded file of 1,234 bytes; the bytes themselves are nowhere."""
    return await stored_files.record(session, Content(sha256, 1234, media_type), name=name, actor=OFFICE)


def customer(person: Person, channel: Channel = Channel.TELEGRAM) -> Actor:
    """The person, acting."""
    return Actor(kind=ActorKind.PERSON, id=person.id, channel=channel, language=Language(person.language))


def worker(member: StaffMember) -> Actor:
    """The staff member, acting by mail."""
    return Actor(kind=ActorKind.STAFF, id=member.id, channel=Channel.EMAIL)


async def deliveries(session: AsyncSession) -> list[Delivery]:
    """All deliveries in the order in which they were queued."""
    return list(await session.scalars(select(Delivery).order_by(Delivery.id)))


@contextmanager
def refusing(code: str, **values: object) -> Iterator[None]:
    """The block is refused with this code and exactly these values: nothing more is told."""
    with pytest.raises(Refused) as refused:
        yield
    assert (refused.value.code, refused.value.values) == (code, values)
