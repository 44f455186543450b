"""What a channel gives: a `Handler` that knows what an item means. One item is three steps: fetch, handle, answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Refused
from core.intake.models import Intake


@dataclass(frozen=True, slots=True)
class Handled:
    """What came of an item: the answers to give (JSON, as the channel's `answer` understands them) and a word for the ledger."""

    answers: list[dict[str, Any]] = field(default_factory=list)
    outcome: str = ""


class Handler(Protocol):
    """One channel's understanding of its items. `items` is one item, or the parts of one album in order.

    `fetch` and `handle` may raise `Refused`: what was handled is undone and `refused` tells the person. They may raise
    `core.deliveries.sending.Temporary` when the other side can't be reached: the item is tried again, as long as it takes. Any
    other exception counts as a failure; after the last one `give_up` tells the sender, once.
    """

    async def fetch(self, items: Sequence[Intake]) -> Any:
        """Get what the items point to. Network, no transaction."""
        ...

    async def handle(self, session: AsyncSession, items: Sequence[Intake], fetched: Any) -> Handled:
        """Do what they mean, in one transaction. No network."""
        ...

    async def answer(self, items: Sequence[Intake], answers: Sequence[dict[str, Any]]) -> None:
        """Give the answers, after the commit. Network, no transaction. May be called again for the first item after a crash."""
        ...

    async def refused(self, session: AsyncSession, items: Sequence[Intake], refused: Refused) -> Handled:
        """Tell the person why not; in a transaction of its own."""
        ...

    async def give_up(self, session: AsyncSession, items: Sequence[Intake], error_id: str) -> Handled:
        """Tell the sender that it went wrong, with the number to ask about; in the transaction that marks it dead."""
        ...
