"""Who belongs to an account, and as what. The contract holder comes first and stays (TEAM-2)."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.accounts import permissions, roles
from core.accounts.models import Account, AccountKind, Membership, Role
from core.accounts.permissions import Permission
from core.actor import Actor
from core.audit import log
from core.errors import Refused
from core.people import links, persons, step_up
from core.people.models import Person


async def add_member(
    session: AsyncSession, account: Account, person: Person, *, role: Role | None = None, actor: Actor
) -> Membership:
    """Add a person to an account; the first one is its contract holder, a later one a user unless `role` says more.

    The same person in the same role again changes nothing. Refused: `membership.first_is_contract_holder` (the first, in
    another role), `membership.contract_holder_exists`, `membership.exists` (in another role: `set_role`),
    `membership.only_in_framework`, `membership.one_product` (product access elsewhere), `person.removed`.
    """
    account = await session.get_one(Account, account.id, with_for_update={"key_share": True})
    person = await session.get_one(Person, person.id)
    if person.removed_at is not None:
        raise Refused("person.removed", name=person.name)
    present = await _membership(session, account, person)
    if present is not None and role in {None, present.role}:
        return present
    holder = await _contract_holder(session, account)
    role = role or (Role.USER if holder else Role.CONTRACT_HOLDER)
    _check(account, role, holder=holder, present=present)
    membership = Membership(account_id=account.id, person_id=person.id, role=role, since=clock.now())
    await _insert(session, membership)
    await log.record(
        session, actor, "membership.added", subject=("account", account.id), person=person.id, role=str(role)
    )
    return membership


async def set_role(session: AsyncSession, membership: Membership, role: Role, *, actor: Actor) -> None:
    """Give a member another role; the same one changes nothing.

    Refused: `membership.contract_holder_stays`, `membership.contract_holder_exists`, `membership.only_in_framework`,
    `membership.one_product`.
    """
    membership = await session.get_one(Membership, membership.id)
    if membership.role == role:
        return
    if membership.role == Role.CONTRACT_HOLDER:
        raise Refused("membership.contract_holder_stays")
    account = await session.get_one(Account, membership.account_id)
    _check(account, role, holder=membership, present=None)
    before = str(membership.role)
    try:
        async with session.begin_nested():
            membership.role = role
    except IntegrityError:
        await session.refresh(membership)
        raise Refused("membership.one_product") from None
    await log.record(
        session,
        actor,
        "membership.role_set",
        subject=("account", account.id),
        person=membership.person_id,
        before=before,
        role=str(role),
    )


async def remove_member(session: AsyncSession, membership: Membership, *, actor: Actor) -> None:
    """Take a member out of the account. Refused: `membership.contract_holder_stays`. Repeating it changes nothing."""
    membership = await session.get_one(Membership, membership.id)
    if membership.role == Role.CONTRACT_HOLDER:
        raise Refused("membership.contract_holder_stays")
    if membership.removed_at is not None:
        return
    membership.removed_at = clock.now()
    await session.flush()
    subject = ("account", membership.account_id)
    await log.record(session, actor, "membership.removed", subject=subject, person=membership.person_id)


async def unlink_member(session: AsyncSession, membership: Membership, *, actor: Actor) -> bool:
    """Cut the Telegram link of a member, at once on both channels (LINK-13); False when there was none. They may link again.

    The office may, and who may manage members of the account, with a fresh code. Refused: `membership.may_not`,
    `step_up.needed`.
    """
    membership = await session.get_one(Membership, membership.id)
    if membership.removed_at is not None:
        raise Refused("membership.may_not")
    if actor.is_person:
        role = await roles.role_in(session, actor.id, membership.account_id)
        if role is None or not permissions.may(role, Permission.MANAGE_MEMBERS):
            raise Refused("membership.may_not")
    step_up.demand(actor, step_up.Act.MEMBERS)
    reason = "administrator" if actor.is_person else "staff"
    return await links.unlink(session, membership.person_id, actor=actor, reason=reason) is not None


async def remove_person(session: AsyncSession, person: Person, *, actor: Actor) -> None:
    """Take a person out of every account and cut all their access at once (`persons.remove`).

    Refused: `membership.contract_holder_stays` for who is a contract holder anywhere; then nothing changes.
    """
    query = select(Membership).where(Membership.person_id == person.id, Membership.removed_at.is_(None))
    held = list(await session.scalars(query))
    if any(membership.role == Role.CONTRACT_HOLDER for membership in held):
        raise Refused("membership.contract_holder_stays")
    for membership in held:
        await remove_member(session, membership, actor=actor)
    await persons.remove(session, person, actor)


def _check(account: Account, role: Role, *, holder: Membership | None, present: Membership | None) -> None:
    """The refusals that the account and the role alone decide."""
    if present is not None:
        raise Refused("membership.exists", role=str(present.role))
    if role is Role.CONTRACT_HOLDER and holder is not None:
        raise Refused("membership.contract_holder_exists", account=account.name)
    if role is not Role.CONTRACT_HOLDER and holder is None:
        raise Refused("membership.first_is_contract_holder", account=account.name)
    if role is Role.MAIN_ADMINISTRATOR and account.kind != AccountKind.FRAMEWORK:
        raise Refused("membership.only_in_framework", account=account.name)


async def _contract_holder(session: AsyncSession, account: Account) -> Membership | None:
    query = select(Membership).where(Membership.account_id == account.id, Membership.role == Role.CONTRACT_HOLDER)
    return (await session.scalars(query.where(Membership.removed_at.is_(None)))).one_or_none()


async def _membership(session: AsyncSession, account: Account, person: Person) -> Membership | None:
    query = select(Membership).where(Membership.account_id == account.id, Membership.person_id == person.id)
    return (await session.scalars(query.where(Membership.removed_at.is_(None)))).one_or_none()


async def _insert(session: AsyncSession, membership: Membership) -> None:
    """The account is locked, so only another account's product access can be in the way."""
    try:
        async with session.begin_nested():
            session.add(membership)
    except IntegrityError:
        raise Refused("membership.one_product") from None
