"""`loket deliveries` and `loket intake`: what became of all that goes out and comes in, and a second chance for what failed."""

from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor, Channel
from core.deliveries import ledger as deliveries
from core.deliveries.models import DeliveryState
from core.intake import ledger as intake
from core.intake.models import IntakeState
from loket.cli.edge import LARGEST, LINES, Json, act, columns, done, show
from loket.wiring import Product

outgoing = typer.Typer(
    help="Deliveries: messages on their way to one address, and what became of them.", no_args_is_help=True
)
incoming = typer.Typer(help="Intake: the updates and mails that came in.", no_args_is_help=True)

OnChannel = Annotated[Channel | None, typer.Option("--channel", help="telegram or email")]
AtMost = Annotated[int, typer.Option("--limit", min=1, max=10000, help=LINES)]
Number = Annotated[int, typer.Argument(min=1, max=LARGEST, help="The number in the list.")]


@outgoing.command("list")
def deliveries_listing(
    state: Annotated[DeliveryState | None, typer.Option(help="failed: given up on; queued: still to go.")] = None,
    channel: OnChannel = None,
    limit: AtMost = 50,
    as_json: Json = False,
) -> None:
    """Deliveries, newest first."""

    async def work(_: Product, session: AsyncSession, __: Actor) -> list[dict[str, Any]]:
        found = await deliveries.listing(session, state=state, channel=channel, limit=limit)
        return columns(found, "id state channel kind address attempts created_at settled_at error")

    show(act(work), as_json=as_json, empty="No such deliveries.")


@outgoing.command("retry")
def deliveries_retry(delivery: Number) -> None:
    """Send a failed delivery again."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        await deliveries.retry(session, delivery, actor)

    act(work)
    done(f"Delivery {delivery} goes out again.")


@outgoing.command("cancel")
def deliveries_cancel(delivery: Number) -> None:
    """Don't send a delivery that is still queued."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        await deliveries.cancel(session, delivery, actor)

    act(work)
    done(f"Delivery {delivery} is cancelled.")


@incoming.command("list")
def intake_listing(
    state: Annotated[IntakeState | None, typer.Option(help="dead: what failed five times.")] = None,
    channel: OnChannel = None,
    limit: AtMost = 50,
    as_json: Json = False,
) -> None:
    """What came in, newest first."""

    async def work(_: Product, session: AsyncSession, __: Actor) -> list[dict[str, Any]]:
        found = await intake.listing(session, state=state, channel=channel, limit=limit)
        return columns(found, "id state channel sender outcome attempts received_at error_id error")

    show(act(work), as_json=as_json, empty="Nothing of that came in.")


@incoming.command("retry")
def intake_retry(
    item: Annotated[int, typer.Argument(metavar="INTAKE", min=1, max=LARGEST, help="The number in the list.")],
) -> None:
    """Handle a dead item again."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        await intake.retry(session, item, actor)

    act(work)
    done(f"Intake {item} is handled again.")
