"""`loket deliveries`: what became of each message on its way out."""

from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor, Channel
from core.deliveries import ledger
from core.deliveries.models import DeliveryState
from loket.cli.edge import Json, act, done, show
from loket.wiring import Product

app = typer.Typer(
    help="Deliveries: messages on their way to one address, and what became of them.", no_args_is_help=True
)


@app.command("list")
def listing(
    state: Annotated[DeliveryState | None, typer.Option()] = None,
    channel: Annotated[Channel | None, typer.Option()] = None,
    limit: Annotated[int, typer.Option(min=1, max=10000)] = 50,
    as_json: Json = False,
) -> None:
    """Deliveries, newest first."""

    async def work(_: Product, session: AsyncSession, __: Actor) -> list[dict[str, Any]]:
        return [
            {
                "id": d.id,
                "state": d.state,
                "channel": d.channel,
                "kind": d.kind,
                "address": d.address,
                "attempts": d.attempts,
                "created_at": d.created_at,
                "settled_at": d.settled_at,
                "error": d.error,
            }
            for d in await ledger.listing(session, state=state, channel=channel, limit=limit)
        ]

    show(act(work), as_json=as_json, empty="No such deliveries.")


@app.command()
def retry(delivery: Annotated[int, typer.Argument(help="The number in the list.")]) -> None:
    """Send a failed delivery again."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        await ledger.retry(session, delivery, actor)

    act(work)
    done(f"Delivery {delivery} goes out again.")


@app.command()
def cancel(delivery: Annotated[int, typer.Argument(help="The number in the list.")]) -> None:
    """Don't send a delivery that is still queued."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        await ledger.cancel(session, delivery, actor)

    act(work)
    done(f"Delivery {delivery} is cancelled.")
