"""Lines about accounts, persons, memberships and staff."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts import accounts
from core.accounts.models import Membership
from core.audit import log
from core.documents.feed.errors import FeedError
from core.documents.feed.lines import AccountLine, MembershipLine, PersonLine, StaffLine
from core.documents.feed.references import References
from core.dossiers import leaving
from core.people import persons, readdressing
from core.people.models import Person
from core.staff import members


async def account(session: AsyncSession, line: AccountLine, known: References) -> bool:
    """Opens an account or changes its name, kind and framework agreement."""
    framework = await known.account(line.framework, field="framework") if line.framework else None
    framework_id = framework.id if framework else None
    found = await accounts.by_number(session, line.number)
    if found is None:
        await accounts.create(
            session,
            number=line.number,
            name=line.name,
            kind=line.kind,
            framework_id=framework_id,
            actor=known.actor,
        )
        return True
    changed = _set(found, name=line.name, kind=line.kind, framework_id=framework_id)
    if changed:
        await log.record(session, known.actor, "account.changed", subject=("account", found.id), fields=changed)
    return bool(changed)


async def person(session: AsyncSession, line: PersonLine, known: References) -> bool:
    """Makes a person, or changes what the line gives; somebody of the same address without a key gets this key."""
    found = await _person(session, line, known)
    if found is None:
        await persons.create(
            session,
            name=line.name,
            email=line.email,
            language=line.language,
            mobile=line.mobile,
            professional_number=line.professional_number,
            external_key=line.key,
            actor=known.actor,
        )
        return True
    changed = _set(found, **_given(line))
    if await readdressing.readdress(session, found, line.email, actor=known.actor):
        changed.append("email")
    if changed:
        await session.flush()
        await log.record(session, known.actor, "person.changed", subject=("person", found.id), fields=changed)
    return bool(changed)


async def membership(session: AsyncSession, line: MembershipLine, known: References) -> bool:
    """Gives, changes or ends a person's role in an account."""
    account = await known.account(line.account)
    person = await known.person(line.person)
    query = select(Membership).where(Membership.account_id == account.id, Membership.person_id == person.id)
    found = (await session.scalars(query.where(Membership.removed_at.is_(None)))).one_or_none()
    if line.removed:
        if found is not None:
            await leaving.leave_account(session, found, actor=known.actor)
        return found is not None
    if found is None:
        await accounts.add_member(session, account, person, role=line.role, actor=known.actor)
        return True
    if line.role is None or found.role == line.role:
        return False
    await leaving.set_role(session, found, line.role, actor=known.actor)
    return True


async def staff(session: AsyncSession, line: StaffLine, known: References) -> bool:
    """Makes a staff member, changes one, or ends their access."""
    found = await members.by_email(session, line.email)
    if line.removed:
        if found is not None:
            await members.remove(session, found, actor=known.actor)
        return found is not None
    if found is None:
        await members.create(
            session, name=line.name, email=line.email, role=line.role, language=line.language, actor=known.actor
        )
        return True
    changed = _set(found, name=line.name, language=line.language)
    if found.role != line.role:
        await members.set_role(session, found, line.role, actor=known.actor)
        return True
    if changed:
        await log.record(session, known.actor, "staff.changed", subject=("staff", found.id), fields=changed)
    return bool(changed)


async def _person(session: AsyncSession, line: PersonLine, known: References) -> Person | None:
    keyed = (await session.scalars(select(Person).where(Person.external_key == line.key))).one_or_none()
    if keyed is not None and keyed.removed_at is not None:
        raise FeedError("feed.invalid", line=known.line, field="key", reason=f"person {line.key} was removed")
    if keyed is not None:
        return keyed
    found = await persons.by_email(session, line.email)
    if found is None or found.external_key is not None:
        return None
    found.external_key = line.key
    return found


def _given(line: PersonLine) -> dict[str, Any]:
    """The fields that the line gives, as they are kept; what it leaves out stays as it is."""
    fields: dict[str, Any] = {"name": line.name}
    if "language" in line.model_fields_set:
        fields["language"] = line.language
    if "mobile" in line.model_fields_set:
        fields["mobile"] = persons.valid_mobile(line.mobile) if line.mobile else None
    if "professional_number" in line.model_fields_set:
        fields["professional_number"] = line.professional_number or None
    return fields


def _set(thing: object, **fields: Any) -> list[str]:
    """Sets what differs; the names of the fields that did."""
    changed = [name for name, value in fields.items() if getattr(thing, name) != value]
    for name in changed:
        setattr(thing, name, fields[name])
    return changed
