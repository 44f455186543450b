"""`loket audit`: who did what, and whether the log is whole (OPS-2)."""

from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor
from core.audit import log
from loket.cli.edge import LINES, Json, act, done, errors, fail, show
from loket.wiring import Product

app = typer.Typer(help="The audit log: append-only, chained by hash.", no_args_is_help=True)


@app.command("list")
def listing(
    name: Annotated[str, typer.Option("--act", help="Only this act, for example document.downloaded.")] = "",
    about: Annotated[str, typer.Option(help="Only about this subject, for example person:12.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100000, help=LINES)] = 50,
    as_json: Json = False,
) -> None:
    """The newest entries. Who was guessing codes: --act link.guessing_stopped."""
    kind, _, number = about.partition(":")
    if about and not (number.isdecimal() and len(number) < 19):
        fail("--about wants a kind and a number, for example person:12 (see the column subject).")
    subject = (kind, int(number)) if about else None

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
            for e in await log.listing(session, limit=limit, act=name or None, subject=subject)
        ]

    show(act(work), as_json=as_json, empty="No such entries.")


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
