"""Whose mail it is, and where it goes: the author by token and From and authentication, the dossier by what is told.

An ordered set of questions, each with its answer as a value; nothing is written here (MAIL-3, MAIL-4, MAIL-5).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from core.actor import Actor, ActorKind, Channel, Language
from core.crypto import Keys
from core.database import Session
from core.deliveries.models import Delivery
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.errors import Refused
from core.people import persons
from core.people.models import Person
from core.portal import correspondent, home
from core.staff import members
from core.staff.models import StaffMember
from mailbridge.composing import MAY_STOP, PROVES_READING, MailSettings, delivery_of
from mailbridge.parsing import IncomingMail
from mailbridge.sender import SenderVerdict
from mailbridge.tokens import About, Audience, ReplyToken, read_token

UNAUTHENTICATED = "unauthenticated"
OTHER_SENDER = "other_sender"
UNKNOWN = "unknown"

WHICH = "mail.which_dossier"
"""The refusal that is a question: to which of the person's dossiers a mail belongs."""

_WORD = re.compile(r"[^\s\[\](){},;:\"'“”]{2,60}")
_WORDS_TRIED = 12
_DOSSIERS_TRIED = 200


@dataclass(frozen=True, slots=True)
class FromPerson:
    """A mail that is proven to be from this person. 0 where nothing tells the dossier or the message that it answers.

    `waiting_id` is the mail (`Intake.id`) that waits for its dossier, when this one answers that question. `link_id` is the
    link that the mail was about which this one answers, `delivery_id` the news. `dossier`: the one of `dossier_id`, when it was
    seen already that they may see it; `reachable`: mail is known to reach them.
    """

    person: Person
    dossier_id: int = 0
    message_id: int = 0
    about: About = About.ANYTHING
    waiting_id: int = 0
    link_id: int = 0
    delivery_id: int = 0
    dossier: Dossier | None = None
    reachable: bool = False

    @property
    def actor(self) -> Actor:
        """The person, acting by mail."""
        return Actor(ActorKind.PERSON, self.person.id, Channel.EMAIL, Language(self.person.language))


@dataclass(frozen=True, slots=True)
class FromStaff:
    """A mail that is proven to be from this staff member, about this dossier (0: nothing tells)."""

    member: StaffMember
    dossier_id: int = 0
    message_id: int = 0

    @property
    def actor(self) -> Actor:
        """The staff member, acting by mail."""
        return Actor(ActorKind.STAFF, self.member.id, Channel.EMAIL, Language(self.member.language))


@dataclass(frozen=True, slots=True)
class NotProven:
    """A mail that may not be put in anybody's mouth. `person_id` is whom it claims to be from, or was written to."""

    reason: str
    person_id: int | None = None
    dossier_id: int | None = None


@dataclass(frozen=True, slots=True)
class FromStranger:
    """Nobody that we know."""


Author = FromPerson | FromStaff | NotProven | FromStranger


@dataclass(frozen=True, slots=True)
class Ways:
    """What routing knows of the office."""

    keys: Keys
    settings: MailSettings
    today: date


def token_of(mail: IncomingMail, ways: Ways) -> ReplyToken | None:
    """The reply token of a mail, expired or not; None when there is none that we made."""
    return _token_among(mail.recipients, ways.keys, ways.settings.domain, ways.today)


@lru_cache(maxsize=32)
def _token_among(recipients: tuple[str, ...], keys: Keys, domain: str, today: date) -> ReplyToken | None:
    """Asked several times of the same mail, and each time a signature would be worked out anew."""
    return read_token(recipients, keys=keys, domain=domain, today=today)


async def author_of(
    session: Session, mail: IncomingMail, verdict: SenderVerdict, ways: Ways, *, accepted: bool = False
) -> Author:
    """Who wrote it. `accepted` says that staff have vouched for the author that the mail claims.

    Raises Refused("mail.token_expired") to an author who is proven and used an old reply address.
    """
    token = token_of(mail, ways)
    if token is None:
        return await _by_address(session, mail, ways, proven=verdict.passed or accepted)
    author = await _reader(session, token)
    if author is None:
        return FromStranger()
    reader = author.person if isinstance(author, FromPerson) else author.member
    owner = reader.id if isinstance(author, FromPerson) else None
    if not accepted and not _is_from(mail, reader.email):
        return NotProven(OTHER_SENDER, owner, token.dossier_id or None)
    if not accepted and not verdict.passed:
        return NotProven(UNAUTHENTICATED, owner, token.dossier_id or None)
    return author if not token.expired else await _with_old_token(session, mail, author)


async def dossier_of(session: Session, author: FromPerson | FromStaff, mail: IncomingMail) -> Dossier:
    """The dossier that a mail belongs to, which its author may see.

    By token or references, then the number in the subject, then the person's only one: which is also the only one that
    a number in the subject could name. Else Refused: `mail.which_dossier` (dossiers), `mail.no_dossier`,
    `mail.staff_new`, `dossier.unknown`.
    """
    if isinstance(author, FromPerson) and author.dossier is not None and author.dossier.id == author.dossier_id:
        return author.dossier
    if author.dossier_id:
        return await dossiers.access(session, author.actor, author.dossier_id)
    if isinstance(author, FromStaff):
        raise Refused("mail.staff_new")
    only = await home.only_dossier(session, author.person.id)
    if only is not None:
        return await dossiers.access(session, author.actor, only)
    named = await named_in(session, author.actor, mail.subject)
    if named is not None:
        return named
    if not await dossiers.listing(session, author.actor, limit=1):
        raise Refused("mail.no_dossier")
    raise Refused(WHICH)


async def answered_delivery(session: Session, mail: IncomingMail, ways: Ways) -> Delivery | None:
    """The delivery of ours that the mail answers, by In-Reply-To and References."""
    ids = (*mail.in_reply_to, *reversed(mail.references))
    found = delivery_of(ids, keys=ways.keys, domain=ways.settings.domain)
    return await session.get(Delivery, found) if found is not None else None


async def _by_address(session: Session, mail: IncomingMail, ways: Ways, *, proven: bool) -> Author:
    address = mail.from_.addr_spec if mail.from_ else ""
    person = await persons.by_email(session, address)
    member = None if person else await members.by_email(session, address)
    if person is None and member is None:
        return FromStranger()
    if not proven:
        return NotProven(UNAUTHENTICATED, person.id if person else None)
    delivery = await answered_delivery(session, mail, ways)
    if person is not None:
        if delivery is None or delivery.person_id != person.id:
            return FromPerson(person)
        if delivery.kind in MAY_STOP:
            return FromPerson(person, about=About.LINKED, link_id=int(delivery.values.get("link_id") or 0))
        told = delivery.id if delivery.kind in PROVES_READING else 0
        return FromPerson(person, delivery.dossier_id or 0, delivery.message_id or 0, delivery_id=told)
    if member is None or delivery is None or delivery.staff_id != member.id:
        return FromStaff(member) if member else FromStranger()
    return FromStaff(member, delivery.dossier_id or 0, delivery.message_id or 0)


def by_token(person: Person, token: ReplyToken) -> FromPerson:
    """The person as author of an answer to the mail that this token was made for."""
    if token.about is About.WHICH:
        return FromPerson(person, about=About.WHICH, waiting_id=token.message_id)
    if token.about is About.TOLD:
        return FromPerson(person, token.dossier_id, about=About.TOLD, delivery_id=token.message_id)
    if token.about is About.LINKED:
        return FromPerson(person, token.dossier_id, about=About.LINKED, link_id=token.message_id)
    return FromPerson(person, token.dossier_id, token.message_id, token.about)


async def _reader(session: Session, token: ReplyToken) -> FromPerson | FromStaff | None:
    """Whom the address was made for, as author of the answer; None when they have no access any more (TEAM-6)."""
    if token.audience is Audience.STAFF:
        member = await members.by_id(session, token.reader_id)
        return None if member is None or member.removed_at else FromStaff(member, token.dossier_id, token.message_id)
    known = await correspondent.of(session, token.reader_id, token.dossier_id)
    if known is None or known.person.removed_at is not None:
        return None
    return replace(by_token(known.person, token), dossier=known.dossier, reachable=known.reachable)


async def _with_old_token(session: Session, mail: IncomingMail, author: FromPerson | FromStaff) -> Author:
    """An old reply address counts for nothing; what the mail tells besides may still lead somewhere."""
    if isinstance(author, FromPerson):
        found = await named_in(session, author.actor, mail.subject)
        if found is not None:
            return FromPerson(author.person, found.id)
    raise Refused("mail.token_expired")


async def named_in(session: Session, actor: Actor, text: str) -> Dossier | None:
    """The dossier whose number stands in a line of text; of several, the first that the actor may see."""
    words = [word.rstrip(".!?") for word in _WORD.findall(text)]
    for word in [word for word in words if any(map(str.isdigit, word))][:_WORDS_TRIED]:
        try:
            return await dossiers.by_number(session, actor, word)
        except Refused:
            continue
    told = text.casefold()
    return _longest(d for d in await dossiers.listing(session, actor, limit=_DOSSIERS_TRIED) if _stands_in(d, told))


def _stands_in(dossier: Dossier, told: str) -> bool:
    number = re.escape(dossier.number.casefold())
    return re.search(rf"(?<![\w-]){number}(?![\w-])", told) is not None


def _longest(found: Iterable[Dossier]) -> Dossier | None:
    return max(found, key=lambda dossier: len(dossier.number), default=None)


def _is_from(mail: IncomingMail, email: str) -> bool:
    """Whether From is this address, in its canonical form."""
    if mail.from_ is None:
        return False
    try:
        return persons.valid_email(mail.from_.addr_spec) == email.lower()
    except Refused:
        return False
