"""`loket quarantine`: mails that may not be put in anybody's mouth until staff decide (MAIL-3)."""

import asyncio
from dataclasses import asdict
from typing import Annotated, Any, Literal

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor
from core.database import transaction
from core.intake import quarantine
from loket.cli.edge import LARGEST, Json, act, acting, done, show, show_whole, with_product
from loket.wiring import Product
from mailbridge import deciding

app = typer.Typer(help="Mails that aren't proven to be from who they say.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(min=1, max=LARGEST, help="The number in the list.")]


@app.command("list")
def listing(
    every: Annotated[bool, typer.Option("--all", help="Decided ones too.")] = False, as_json: Json = False
) -> None:
    """Mails that wait for a decision."""

    async def work(_: Product, session: AsyncSession, __: Actor) -> list[dict[str, Any]]:
        return [
            {
                "id": q.id,
                "reason": q.reason,
                "claimed_from": q.claimed_from,
                "dossier_id": q.dossier_id,
                "decision": q.decision,
                "decided_at": q.decided_at,
            }
            for q in await quarantine.listing(session, undecided=not every)
        ]

    show(act(work), as_json=as_json, empty="Nothing waits for a decision.")


@app.command("show")
def show_one(number: Number, as_json: Json = False) -> None:
    """Read a mail before you decide. Nothing in it is proven: mistrust links and files."""

    async def work(product: Product) -> deciding.Shown:
        async with transaction(product.sessions) as session:
            sha256 = await deciding.bytes_of(session, number, await acting(session))
        return await asyncio.to_thread(deciding.shown, await product.files.get(sha256))

    mail = with_product(work)
    show_whole(asdict(mail) | {"files": ", ".join(mail.files)}, as_json=as_json)


@app.command()
def accept(number: Number) -> None:
    """It is really from this person: it becomes their message."""
    _decide(number, "accept")


@app.command()
def reject(number: Number) -> None:
    """It isn't: it stays out."""
    _decide(number, "reject")


def _decide(number: int, decision: Literal["accept", "reject"]) -> None:
    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        await deciding.decide(session, number, decision=decision, actor=actor)

    act(work)
    done(f"Decided: {decision}.")
