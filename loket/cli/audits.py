"""`loket audit`: who did what, and whether the log is whole (OPS-2)."""

from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor
from core.audit import log
from loket.cli.edge import Json, act, done, errors, fail, show
from loket.wiring import Product

app = typer.Typer(help="The audit log: append-only, chained by hash.", no_args_is_help=True)


@app.command("list")
def listing(limit: Annotated[int, typer.Option(min=1, max=100000)] = 50, as_json: Json = False) -> None:
    """The newest entries."""

    async def work(_: Product, session: AsyncSession, __: Actor) -> list[dict[str, Any]]:
        return [
            {
                "id": e.id,
                "at": e.at,
                "actor": f"{e.actor_kind}:{e.actor_id}",
                "act": e.act,
                "subject": f"{e.subject_kind}:{e.subject_id}",
                "details": e.details,
            }
            for e in await log.listing(session, limit=limit)
        ]

    show(act(work), as_json=as_json)


@app.command()
def verify() -> None:
    """Recompute the chain; every break is named."""

    async def work(_: Product, session: AsyncSession, __: Actor) -> list[str]:
        return await log.verify(session)

    breaks = act(work)
    for each in breaks:
        errors.print(each, markup=False)
    if breaks:
        fail("The audit log was changed. Keep this database aside and compare it with a backup.")
    done("The audit log is whole.")
