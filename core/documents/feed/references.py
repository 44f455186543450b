"""Finding what a line refers to by the office's own numbers and keys, or saying which field is wrong."""

from dataclasses import dataclass
from typing import Never

from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts import accounts
from core.accounts.models import Account
from core.actor import OFFICE, Actor
from core.documents.feed.errors import FeedError
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.errors import Refused
from core.people import persons
from core.people.models import Person
from core.staff import members
from core.staff.models import StaffMember


@dataclass(frozen=True, slots=True)
class References:
    """What a line may refer to, looked up as the office; `actor` is who applies the feed, `line` its number."""

    session: AsyncSession
    actor: Actor
    line: int

    async def account(self, number: str, *, field: str = "account") -> Account:
        """The account of this number."""
        return await accounts.by_number(self.session, number) or self._raise(field, number)

    async def person(self, key: str) -> Person:
        """The person of this key."""
        return await persons.by_external_key(self.session, key) or self._raise("person", key)

    async def staff(self, email: str) -> StaffMember:
        """The staff member of this mailbox."""
        return await members.by_email(self.session, email) or self._raise("handler", email)

    async def dossier(self, number: str) -> Dossier:
        """The dossier of this number."""
        try:
            return await dossiers.by_number(self.session, OFFICE, number)
        except Refused:
            return self._raise("dossier", number)

    def _raise(self, field: str, value: str) -> Never:
        raise FeedError("feed.unknown", line=self.line, field=field, value=value)
