"""Mails about security, to one person at one address. They always go, whatever was chosen (NOTE-1)."""

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Channel
from core.crypto import Keys
from core.deliveries import outbox
from core.deliveries.models import Lane
from core.people.models import Person


async def tell(
    session: AsyncSession,
    person: Person,
    kind: str,
    *,
    address: str | None = None,
    key: str | None = None,
    **values: Any,
) -> None:
    """Queue `kind` to the person's address, or to `address`; the name is added to `values`."""
    await outbox.queue(
        session,
        channel=Channel.EMAIL,
        address=address or person.email,
        language=person.language,
        kind=kind,
        values={"name": person.name, **values},
        person_id=person.id,
        key=key,
    )


async def send_code(
    session: AsyncSession,
    person: Person,
    kind: str,
    *,
    over: Channel,
    address: str,
    code: str,
    good_for: timedelta,
    keys: Keys,
    **values: Any,
) -> None:
    """Queue a code `over` a channel; somebody waits for it, so it is not sent any more once it is no longer good."""
    await outbox.queue(
        session,
        channel=over,
        address=address,
        language=person.language,
        kind=kind,
        values={"name": person.name, "minutes": good_for // timedelta(minutes=1), **values},
        lane=Lane.INTERACTIVE,
        person_id=person.id,
        secret={"code": code},
        keys=keys,
        give_up_after=good_for,
    )
