"""Whatever happens in an office, a person's counts, list, filter and search are those of the plain tables (HOME-1, DOS-1 to DOS-4)."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.accounts import accounts
from core.accounts.models import Account, AccountKind, Membership, Role
from core.actor import OFFICE
from core.database import Sessions, transaction
from core.documents import documents, upload_requests
from core.documents.models import Document, RequestState, Shelf, SuppliedFile, UploadRequest
from core.dossiers import dossiers, leaving
from core.dossiers.models import Dossier, ItemKind, Participant, Receipt
from core.dossiers.searching import folded, searchable
from core.dossiers.visibility import KEPT_OUT
from core.messages import messages
from core.messages.models import Message
from core.office import Office
from core.people.models import Person
from core.portal import home
from tests.core.dossiers.situation import customer, opened, person, situation, stored

STATUSES = ("In behandeling", "Wacht op stukken", "Afgerond")
STREETS = ("Lindelaan", "Café Zürich", "Dorpsstraat 50%", "Île-de-France")
QUESTIONS = ("linde", "cafe ZURICH", "50%", "0023", "ile de", "20260024", "_")


@dataclass
class Walk:
    """An office in which anything may happen next, by the dice."""

    session: AsyncSession
    dice: random.Random
    accounts: list[Account]
    people: list[Person]
    dossiers: list[Dossier] = field(default_factory=list)

    async def step(self) -> None:
        """One thing happens."""
        acts: Sequence[Callable[[Dossier, Person], Awaitable[object]]] = (
            self.joined,
            self.joined,
            self.left,
            self.renamed,
            self.restated,
            self.wrote,
            self.wrote,
            self.published,
            self.withdrew,
            self.read,
            self.read,
            self.downloaded,
            self.expired,
            self.asked,
            self.answered,
            self.rejected,
            self.wanted_no_more,
            self.closed,
            self.changed_role,
            self.opened,
        )
        await self.dice.choice(acts)(self.dice.choice(self.dossiers), self.dice.choice(self.people))

    async def opened(self, _: Dossier, __: Person) -> None:
        number = f"2026-{20 + len(self.dossiers):04}"
        self.dossiers.append(await opened(self.session, self.dice.choice(self.accounts), number))

    async def joined(self, dossier: Dossier, who: Person) -> None:
        if await accounts.role_in(self.session, who.id, dossier.account_id) not in KEPT_OUT:
            await dossiers.add_participant(self.session, dossier, who, OFFICE)

    async def left(self, dossier: Dossier, who: Person) -> None:
        await dossiers.remove_participant(self.session, dossier, who, OFFICE)

    async def renamed(self, dossier: Dossier, _: Person) -> None:
        await dossiers.set_description(self.session, dossier, self.dice.choice(STREETS), OFFICE)

    async def restated(self, dossier: Dossier, _: Person) -> None:
        await dossiers.set_status(self.session, dossier, self.dice.choice(STATUSES), OFFICE)

    async def wrote(self, dossier: Dossier, who: Person) -> None:
        actor = customer(who) if await self._sees(who, dossier) else OFFICE
        await messages.post(self.session, dossier, actor=actor, subject="Vraag", text="Dag", office=Office())

    async def published(self, dossier: Dossier, who: Person) -> None:
        file = await stored(self.session)
        if await self._sees(who, dossier):
            await documents.supply(self.session, dossier, file=file, name="id.pdf", actor=customer(who))
        else:
            await documents.publish(
                self.session, dossier, shelf=Shelf.DOCUMENTS, file=file, name="akte.pdf", actor=OFFICE
            )

    async def withdrew(self, dossier: Dossier, _: Person) -> None:
        for document in await self._documents(dossier, 1):
            await documents.withdraw(self.session, document, OFFICE)

    async def expired(self, dossier: Dossier, _: Person) -> None:
        for document in await self._documents(dossier, 2):
            if document.expired_at is None:
                document.expired_at = clock.now()
            else:
                await documents.set_expiry(self.session, document, None, OFFICE)
                document.expired_at = None
        await self.session.flush()

    async def asked(self, dossier: Dossier, who: Person) -> None:
        if await self._sees(who, dossier):
            only = self.dice.choice((who, None))
            await upload_requests.ask(self.session, dossier, title="Paspoort", person=only, actor=OFFICE)

    async def answered(self, dossier: Dossier, who: Person) -> None:
        if await self._sees(who, dossier):
            file = await stored(self.session)
            document = await documents.supply(self.session, dossier, file=file, name="id.pdf", actor=customer(who))
            for request in (await upload_requests.open_for(self.session, customer(who), dossier.id))[:1]:
                await upload_requests.answer(self.session, request, [document], customer(who))

    async def rejected(self, dossier: Dossier, _: Person) -> None:
        undecided = select(SuppliedFile).join(UploadRequest, UploadRequest.id == SuppliedFile.request_id)
        undecided = undecided.where(UploadRequest.dossier_id == dossier.id, SuppliedFile.decision.is_(None))
        for file in await self.session.scalars(undecided.limit(1)):
            await upload_requests.reject(self.session, file, "Onleesbaar.", OFFICE)

    async def wanted_no_more(self, dossier: Dossier, _: Person) -> None:
        for request in (await upload_requests.listing(self.session, OFFICE, dossier_id=dossier.id))[:1]:
            await upload_requests.withdraw(self.session, request, OFFICE)

    async def closed(self, dossier: Dossier, _: Person) -> None:
        dossier.closed_at = None if dossier.closed_at else clock.now()
        await self.session.flush()

    async def downloaded(self, dossier: Dossier, who: Person) -> None:
        if await self._sees(who, dossier):
            for document in await self._documents(dossier, self.dice.choice((1, 9))):
                if document.expired_at is None:
                    await documents.download(self.session, customer(who), document.id)

    async def read(self, dossier: Dossier, who: Person) -> None:
        if await self._sees(who, dossier):
            found = await self.session.scalars(select(Message.id).where(Message.dossier_id == dossier.id))
            for message_id in list(found)[: self.dice.choice((1, 9))]:
                await messages.read(self.session, customer(who), message_id)

    async def changed_role(self, dossier: Dossier, who: Person) -> None:
        theirs = select(Membership).where(Membership.person_id == who.id, Membership.removed_at.is_(None))
        for membership in await self.session.scalars(theirs):
            if membership.account_id == dossier.account_id and membership.role != Role.CONTRACT_HOLDER:
                role = self.dice.choice((Role.USER, Role.PRODUCT_ACCESS, None))
                if role is None:
                    await leaving.leave_account(self.session, membership, actor=OFFICE)
                elif role != membership.role:
                    await accounts.set_role(self.session, membership, role, actor=OFFICE)

    async def _documents(self, dossier: Dossier, most: int) -> list[Document]:
        shown = select(Document).where(Document.dossier_id == dossier.id, Document.withdrawn_at.is_(None))
        return list(await self.session.scalars(shown.order_by(Document.id).limit(most)))

    async def _sees(self, who: Person, dossier: Dossier) -> bool:
        return dossier.id in {each.id for each in await plainly_seen(self.session, who)}


async def plainly_seen(session: AsyncSession, who: Person) -> list[Dossier]:
    """What the person sees, found one by one, newest first."""
    kept_out = set()
    for membership in await session.scalars(select(Membership).where(Membership.person_id == who.id)):
        if membership.removed_at is None and membership.role in KEPT_OUT:
            kept_out.add(membership.account_id)
    found = []
    for row in await session.scalars(select(Participant).where(Participant.person_id == who.id)):
        dossier = await session.get_one(Dossier, row.dossier_id, populate_existing=True)
        if row.removed_at is None and dossier.account_id not in kept_out:
            found.append(dossier)
    return sorted(found, key=lambda dossier: (dossier.activity_at, dossier.id), reverse=True)


async def plainly_unread(session: AsyncSession, who: Person, dossier: Dossier) -> int:
    """How much in the dossier the person has not read, looked at one by one."""
    read = {
        (receipt.item_kind, receipt.item_id)
        for receipt in await session.scalars(select(Receipt).where(Receipt.person_id == who.id))
    }
    unread = 0
    for message in await session.scalars(select(Message).where(Message.dossier_id == dossier.id)):
        unread += message.person_id != who.id and (ItemKind.MESSAGE, message.id) not in read
    for document in await session.scalars(select(Document).where(Document.dossier_id == dossier.id)):
        shown = document.withdrawn_at is None and document.expired_at is None
        mine = document.supplied_by_id == who.id
        unread += shown and not mine and (ItemKind.DOCUMENT, document.id) not in read
    return unread


async def plainly_asked(session: AsyncSession, who: Person, dossier: Dossier) -> int:
    """How many files the person is asked for in the dossier, looked at one by one."""
    asked = list(await session.scalars(select(UploadRequest).where(UploadRequest.dossier_id == dossier.id)))
    mine = [each for each in asked if each.state == RequestState.OPEN and each.person_id in {None, who.id}]
    return 0 if dossier.closed_at else len(mine)


async def compare(session: AsyncSession, who: Person, office: Office, account: Account) -> None:
    """All that the person is shown, against the plain tables."""
    seen = await plainly_seen(session, who)
    unread = {dossier.id: await plainly_unread(session, who, dossier) for dossier in seen}
    shown = await home.home(session, who.id, office=office)
    assert shown.actions == sum([await plainly_asked(session, who, dossier) for dossier in seen])
    in_progress = [dossier for dossier in seen if dossier.status == office.status_in_progress]
    assert (shown.total, shown.in_progress, shown.unread) == (len(seen), len(in_progress), sum(unread.values()))
    of_account = [dossier for dossier in seen if dossier.account_id == account.id]
    shown = await home.home(session, who.id, office=office, account_id=account.id)
    assert (shown.total, shown.unread) == (len(of_account), sum(unread[dossier.id] for dossier in of_account))
    assert await home.statuses(session, who.id) == sorted({dossier.status for dossier in seen})
    statuses = await home.statuses(session, who.id, account_id=account.id)
    assert statuses == sorted({dossier.status for dossier in of_account})
    assert await home.only_dossier(session, who.id) == (seen[0].id if len(seen) == 1 else None)

    async def same(expected: list[Dossier], *, words: str = "", statuses: Sequence[str] = ()) -> None:
        for offset in (0, 2, 4):
            rows, total = await home.dossiers_page(
                session, who.id, offset=offset, limit=2, words=words, statuses=statuses
            )
            assert [row.id for row in rows] == [each.id for each in expected[offset : offset + 2]]
            assert total == len(expected)
            assert all(row.unread == unread[row.id] for row in rows)

    await same(seen)
    for chosen in (STATUSES[:1], STATUSES[1:]):
        await same([dossier for dossier in seen if dossier.status in chosen], statuses=chosen)
    for words in QUESTIONS:
        await same([dossier for dossier in seen if holds(dossier, words)], words=words)


def holds(dossier: Dossier, words: str) -> bool:
    """Whether each word stands in the number or the description."""
    return all(word in searchable(dossier.number, dossier.description) for word in folded(words).split())


@pytest.mark.parametrize("seed", range(3))
async def test_counts_are_those_of_the_plain_tables(sessions: Sessions, office: Office, seed: int) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        other = await accounts.create(session, number="A-2", name="Bos BV", kind=AccountKind.COMPANY, actor=OFFICE)
        for account in (here.account, other):
            await accounts.add_member(session, account, await person(session, f"Houder{account.id}"), actor=OFFICE)
            await accounts.add_member(session, account, here.anna, role=Role.USER, actor=OFFICE)
        walk = Walk(session, random.Random(seed), [here.account, other], [here.anna, here.bram], [here.dossier])
        for _ in range(6):
            await walk.opened(here.dossier, here.anna)
        for _ in range(6):
            for _ in range(20):
                await walk.step()
            for who in walk.people:
                await compare(session, who, office, other)


async def test_who_joins_while_a_dossier_changes_has_it_as_it_is(sessions: Sessions) -> None:
    """Participants come while status, description and activity change and things are read, each in a transaction of its own."""
    async with transaction(sessions) as session:
        here = await situation(session)
        people = [await person(session, f"P{n}") for n in range(8)]

    async def in_one(act: Callable[[AsyncSession, Dossier], Awaitable[object]]) -> None:
        async with transaction(sessions) as session:
            await act(session, await dossiers.access(session, OFFICE, here.dossier.id))

    def joins(who: Person) -> Callable[[AsyncSession, Dossier], Awaitable[object]]:
        return lambda session, dossier: dossiers.add_participant(session, dossier, who, OFFICE)

    async def writes(session: AsyncSession, dossier: Dossier) -> None:
        await messages.post(session, dossier, actor=OFFICE, subject="Vraag", text="Dag", office=Office())

    async def reads(session: AsyncSession, dossier: Dossier) -> None:
        for message_id in list(await session.scalars(select(Message.id).where(Message.dossier_id == dossier.id))):
            await messages.read(session, customer(here.anna), message_id)

    async def asks(session: AsyncSession, dossier: Dossier) -> None:
        await upload_requests.ask(session, dossier, title="Paspoort", actor=OFFICE)

    async def wants_no_more(session: AsyncSession, dossier: Dossier) -> None:
        for request in await upload_requests.listing(session, OFFICE, dossier_id=dossier.id, state=RequestState.OPEN):
            await upload_requests.withdraw(session, request, OFFICE)

    def changes(n: int) -> list[Callable[[AsyncSession, Dossier], Awaitable[object]]]:
        return [
            lambda session, dossier: dossiers.set_status(session, dossier, f"Stap {n}", OFFICE),
            lambda session, dossier: dossiers.set_description(session, dossier, f"Kade {n}", OFFICE),
            lambda session, dossier: dossiers.touch(session, dossier.id, clock.now() + timedelta(hours=n)),
            writes,
            reads,
            asks if n % 2 else wants_no_more,
        ]

    acts = [*map(joins, people), *(act for n in range(8) for act in changes(n))]
    random.Random(1).shuffle(acts)
    await asyncio.gather(*map(in_one, acts))
    async with transaction(sessions) as session:
        dossier = await session.get_one(Dossier, here.dossier.id)
        kept = list(await session.scalars(select(Participant).where(Participant.dossier_id == dossier.id)))
        assert len(kept) == 2 + len(people)
        wanted = (dossier.status, dossier.searchable, dossier.activity_at, dossier.asked)
        assert {(each.status, each.searchable, each.activity_at, each.asked) for each in kept} == {wanted}
        assert dossier.asked == (await plainly_asked(session, here.anna, dossier) > 0)
        unread = await plainly_unread(session, here.anna, dossier)
        assert (await home.home(session, here.anna.id, office=Office())).unread == unread
