"""Claiming stays as fast with a million done rows: each statement walks an index of what is open, on both databases."""

from datetime import timedelta

from core.actor import Channel
from core.database import Sessions, transaction
from core.deliveries import claiming
from core.deliveries.claiming import Terms
from core.deliveries.limits import Limits
from tests.core.deliveries.ground import KEYS, queue
from tests.support.plans import plans

OPEN = ("ix_deliveries_due", "ix_deliveries_leased", "ix_deliveries_state_channel_id")
"""The last one begins with the state, so that it too holds only what is open between its bounds."""


async def test_claiming_walks_what_is_queued(sessions: Sessions) -> None:
    await queue(sessions, 3)
    terms = Terms(Channel.TELEGRAM, "w", timedelta(seconds=30), Limits(), KEYS)
    async with plans(sessions) as found, transaction(sessions) as session:
        assert (await claiming.claim(session, terms, most=1)).claimed
        await claiming.take_over(session, Channel.TELEGRAM)
    walks = {one: plan for one, plan in found.items() if "deliveries" in one and "deliveries.id IN" not in one}
    assert len(walks) == 4
    for statement, plan in walks.items():
        assert any(index in plan for index in OPEN), f"{statement}\n{plan}"
        assert "SCAN deliveries\n" not in f"{plan}\n" and "Seq Scan on deliv" not in plan, f"{statement}\n{plan}"
        if "due_at" in statement:
            assert "ix_deliveries_due" in plan, f"{statement}\n{plan}"
