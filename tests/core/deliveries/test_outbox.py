"""The outbox: a delivery exists with its transaction, once for a key, its secret unreadable in the database."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core.actor import Channel, Language
from core.crypto import Keys
from core.database import Sessions, reading, transaction
from core.deliveries import outbox
from core.deliveries.models import Delivery, Lane


async def count(sessions: Sessions) -> int:
    async with reading(sessions) as session:
        return await session.scalar(select(func.count()).select_from(Delivery)) or 0


async def queue(sessions: Sessions, **given: object) -> Delivery | None:
    defaults = {
        "channel": Channel.EMAIL,
        "address": "eva@example.org",
        "language": Language.NL,
        "kind": "message_new",
        "values": {"name": "Eva"},
    }
    async with transaction(sessions) as session:
        return await outbox.queue(session, **(defaults | given))  # type: ignore[arg-type]  # a test's shorthand


async def test_a_delivery_exists_only_if_its_transaction_does(sessions: Sessions) -> None:
    async def fail_half_way() -> None:
        async with transaction(sessions) as session:
            await outbox.queue(
                session, channel=Channel.EMAIL, address="a@b.nl", language=Language.NL, kind="linked", values={}
            )
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_half_way()
    assert await count(sessions) == 0
    assert await queue(sessions) is not None
    assert await count(sessions) == 1


async def test_the_same_key_is_queued_once(sessions: Sessions) -> None:
    first = await queue(sessions, key="message:1:person:2", values={"name": "Eva", "n": 1})
    assert first is not None and first.values == {"name": "Eva", "n": 1} and first.id > 0
    assert await queue(sessions, key="message:1:person:2") is None
    assert await queue(sessions, key="message:1:person:3") is not None
    assert await queue(sessions) is not None and await queue(sessions) is not None
    assert await count(sessions) == 4


async def test_a_secret_is_kept_encrypted(sessions: Sessions, keys: Keys) -> None:
    delivery = await queue(sessions, secret={"code": "ABCD2345"}, keys=keys)
    assert delivery is not None and delivery.secret is not None and delivery.had_secret
    assert b"ABCD2345" not in delivery.secret
    assert json.loads(keys.decrypt(delivery.secret) or b"{}") == {"code": "ABCD2345"}
    with pytest.raises(ValueError, match="keys"):
        await queue(sessions, secret={"code": "ABCD2345"})


@pytest.mark.parametrize(
    ("channel", "lane", "hours"),
    [
        (Channel.EMAIL, Lane.NOTIFICATION, 48),
        (Channel.TELEGRAM, Lane.NOTIFICATION, 24),
        (Channel.TELEGRAM, Lane.BROADCAST, 24),
        (Channel.TELEGRAM, Lane.INTERACTIVE, 1),
    ],
)
async def test_how_long_it_is_tried(sessions: Sessions, channel: Channel, lane: Lane, hours: int) -> None:
    delivery = await queue(sessions, channel=channel, lane=lane)
    assert delivery is not None
    assert delivery.give_up_at - delivery.due_at == timedelta(hours=hours)
