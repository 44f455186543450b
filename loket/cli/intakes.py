"""`loket intake`: what came in, and what a human must look at."""

from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor, Channel
from core.intake import ledger
from core.intake.models import IntakeState
from loket.cli.edge import Json, act, done, show
from loket.wiring import Product

app = typer.Typer(help="Intake: the updates and mails that came in.", no_args_is_help=True)


@app.command("list")
def listing(
    state: Annotated[IntakeState | None, typer.Option(help="dead: what failed five times.")] = None,
    channel: Annotated[Channel | None, typer.Option()] = None,
    limit: Annotated[int, typer.Option(min=1, max=10000)] = 50,
    as_json: Json = False,
) -> None:
    """What came in, newest first."""

    async def work(_: Product, session: AsyncSession, __: Actor) -> list[dict[str, Any]]:
        return [
            {
                "id": i.id,
                "state": i.state,
                "channel": i.channel,
                "sender": i.sender,
                "outcome": i.outcome,
                "attempts": i.attempts,
                "received_at": i.received_at,
                "error_id": i.error_id,
                "error": i.error,
            }
            for i in await ledger.listing(session, state=state, channel=channel, limit=limit)
        ]

    show(act(work), as_json=as_json, empty="Nothing of that came in.")


@app.command()
def retry(intake: Annotated[int, typer.Argument(help="The number in the list.")]) -> None:
    """Handle a dead item again."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        await ledger.retry(session, intake, actor)

    act(work)
    done(f"Intake {intake} is handled again.")
