"""Claiming stays as fast with a million done rows: each statement walks an index of what is open, on both databases."""

from datetime import timedelta

from core import clock
from core.actor import Channel
from core.database import Sessions, transaction
from core.intake import claiming
from tests.core.intake.ground import take
from tests.support.plans import plans

OPEN = ("ix_intake_open", "ix_intake_open_sender", "ix_intake_state_channel_id")
"""The last one begins with the state, so that it too holds only what is open between its bounds."""


async def test_claiming_walks_what_is_open(sessions: Sessions) -> None:
    await take(sessions, "1", "2")
    await take(sessions, "3", sender="b", album="album", not_before=clock.now())
    holder = claiming.Holder("w", timedelta(seconds=60))
    async with plans(sessions) as found, transaction(sessions) as session:
        assert len(await claiming.claim(session, Channel.TELEGRAM, holder, most=8)) == 2
        await session.flush()
        await claiming.claim_answers(session, Channel.TELEGRAM, holder, most=8)
        await claiming.take_over(session, Channel.TELEGRAM)
        await claiming.next_due(session, Channel.TELEGRAM, after=clock.now())
    walks = {one: plan for one, plan in found.items() if "intake" in one and "WHERE intake.id = " not in one}
    assert len(walks) == 6
    for statement, plan in walks.items():
        assert any(index in plan for index in OPEN), f"{statement}\n{plan}"
        assert "SCAN intake\n" not in f"{plan}\n" and "Seq Scan on intake" not in plan, f"{statement}\n{plan}"
