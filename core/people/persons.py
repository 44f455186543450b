"""Persons: made by the office first, found by address or the office's own key, removed with all access at once."""

import re
import unicodedata
from functools import cache

import idna
from sqlalchemy import Select, bindparam, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.actor import Actor, Channel, Language
from core.audit import log
from core.deliveries import outbox
from core.deliveries.models import Delivery
from core.errors import Refused
from core.people import addresses, links, second_factor
from core.people.models import Invitation, Linking, Person
from core.people.security_models import DetailChange, StepUp

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
"""A dot-atom (RFC 5322, 3.2.3): what mail servers in practice accept before the @."""

_MOBILE = re.compile(r"\+[1-9][0-9]{6,14}")
"""E.164: a plus and at most 15 digits."""


async def create(
    session: AsyncSession,
    *,
    name: str,
    email: str,
    language: Language,
    mobile: str | None = None,
    professional_number: str | None = None,
    external_key: str | None = None,
    actor: Actor,
) -> Person:
    """A new person, reachable by mail. Refused: `person.name_missing`, `email.form`, `mobile.form`, `email.taken`,
    `person.key_taken`."""
    person = Person(
        name=_name(name),
        email=valid_email(email),
        language=language,
        mobile=valid_mobile(mobile) if mobile else None,
        professional_number=professional_number or None,
        external_key=external_key or None,
        created_at=clock.now(),
    )
    await _refuse_doubles(session, person)
    await _insert(session, person)
    await addresses.put(session, person.id, Channel.EMAIL, person.email)
    await log.record(session, actor, "person.created", subject=("person", person.id))
    return person


async def by_id(session: AsyncSession, person_id: int) -> Person | None:
    """The person, also one who was removed (`removed_at` says so)."""
    return await session.get(Person, person_id)


async def by_email(session: AsyncSession, email: str) -> Person | None:
    """The person whose address this is, however it is capitalised; None for nobody and for what is no address."""
    try:
        canonical = valid_email(email)
    except Refused:
        return None
    return (await session.scalars(_at(), {"email": canonical})).one_or_none()


@cache
def _at() -> Select[Person]:
    return select(Person).where(func.lower(Person.email) == bindparam("email"), Person.removed_at.is_(None))


async def by_external_key(session: AsyncSession, external_key: str) -> Person | None:
    """The person who has this key in the office's own system."""
    query = select(Person).where(Person.external_key == external_key, Person.removed_at.is_(None))
    return (await session.scalars(query)).one_or_none()


async def listing(session: AsyncSession, *, limit: int, words: str | None = None) -> list[Person]:
    """Persons by name; with `words`, those whose name or address contains each of them."""
    query = select(Person).where(Person.removed_at.is_(None)).order_by(Person.name, Person.id).limit(limit)
    for word in (words or "").split():
        part = word.lower()
        query = query.where(
            or_(
                func.lower(Person.name).contains(part, autoescape=True),
                func.lower(Person.email).contains(part, autoescape=True),
            )
        )
    return list(await session.scalars(query))


async def set_language(session: AsyncSession, person: Person, language: Language, actor: Actor) -> None:
    """Speak `language` from the next message on (DET-10)."""
    person = await session.get_one(Person, person.id)
    if person.language == language:
        return
    person.language = language
    await session.flush()
    await log.record(session, actor, "person.language_set", subject=("person", person.id), language=str(language))


async def remove(session: AsyncSession, person: Person, actor: Actor) -> None:
    """Cut all access at once: link, second factor, invitations, what is under way, addresses, and what was still to be sent.

    What they wrote stays under their name. Repeating it changes nothing. Memberships and their rules stand above this
    room: callers use `accounts.remove_person`.
    """
    moment = clock.now()
    open_linkings = update(Linking).where(Linking.person_id == person.id, Linking.ended_at.is_(None))
    await session.execute(open_linkings.values(ended_at=moment))
    person = await held(session, person)
    if person.removed_at is not None:
        return
    person.removed_at = moment
    await session.flush()
    open_invitations = update(Invitation).where(Invitation.person_id == person.id, Invitation.used_at.is_(None))
    await session.execute(open_invitations.where(Invitation.revoked_at.is_(None)).values(revoked_at=moment))
    await outbox.take_back(session, Delivery.person_id == person.id)
    await links.unlink(session, person.id, actor=actor, reason="removed")
    await second_factor.remove(session, person.id)
    for model in (DetailChange, StepUp):
        await session.execute(delete(model).where(model.person_id == person.id))
    await addresses.drop_all(session, person.id)
    await log.record(session, actor, "person.removed", subject=("person", person.id))


async def held(session: AsyncSession, person: Person) -> Person:
    """The person as they are now, held until the commit: others who hold them wait."""
    await session.flush()
    return await session.get_one(Person, person.id, with_for_update={"key_share": True}, populate_existing=True)


def valid_email(text: str) -> str:
    """An address as it is kept and compared: lower case, its domain in ASCII (A-labels, RFC 5891).

    Raises Refused("email.form") for what is no address (RFC 5321: 64 octets before the @, 254 in all).
    """
    local, at, domain = text.strip().rpartition("@")
    if not at or len(local) > 64 or not _LOCAL.fullmatch(local):
        raise Refused("email.form")
    try:
        ascii_domain = idna.encode(domain.rstrip("."), uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise Refused("email.form") from None
    email = f"{local}@{ascii_domain}".lower()
    if "." not in ascii_domain or len(email) > 254:
        raise Refused("email.form")
    return email


def valid_mobile(text: str) -> str:
    """A mobile number in E.164 (`+31612345678`); spaces, dashes, dots and brackets are dropped, `00` and a Dutch `06` read as
    `+` and `+316`. Raises Refused("mobile.form")."""
    digits = re.sub(r"[\s().-]", "", text)
    digits = re.sub(r"^00", "+", digits)
    digits = re.sub(r"^06", "+316", digits)
    if not _MOBILE.fullmatch(digits):
        raise Refused("mobile.form")
    return digits


def one_line(text: str) -> str:
    """Text as a detail keeps it: one line, single spaces, without control characters or marks that turn the reading order
    (they would turn what stands around them too); joiners stay, for emoji and scripts that need them."""
    kept = (character for character in unicodedata.normalize("NFC", text) if not _unseen(character))
    return " ".join("".join(kept).split())


def _unseen(character: str) -> bool:
    kind = unicodedata.category(character)
    return (kind == "Cc" and not character.isspace()) or (kind == "Cf" and character not in "\u200c\u200d")


def _name(text: str) -> str:
    name = one_line(text)
    if not name:
        raise Refused("person.name_missing")
    return name[:300]


async def _refuse_doubles(session: AsyncSession, person: Person) -> None:
    if await by_email(session, person.email):
        raise Refused("email.taken", email=person.email)
    if person.external_key and await by_external_key(session, person.external_key):
        raise Refused("person.key_taken", key=person.external_key)


async def _insert(session: AsyncSession, person: Person) -> None:
    """Two at once pass the look-up together; the index lets one through."""
    try:
        async with session.begin_nested():
            session.add(person)
    except IntegrityError:
        await _refuse_doubles(session, person)
        raise
