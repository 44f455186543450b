"""`loket message`: writing to the customers of a dossier, and reading along."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor
from core.database import transaction
from core.files import files as stored
from core.files import policy
from core.messages import messages
from loket.cli.dossiers import Number, found_dossier
from loket.cli.edge import LARGEST, LINES, Json, act, acting, chosen, done, fail, show, show_whole, with_product
from loket.cli.piping import given
from loket.wiring import Product

app = typer.Typer(help="Messages between customers and the office.", no_args_is_help=True)


@app.command()
def send(
    number: Number,
    subject: Annotated[str, typer.Argument(help="What it is about, in a few words.")],
    text: Annotated[str, typer.Argument(help="The text, or - to read it from standard input.")],
    attach: Annotated[
        list[Path] | None, typer.Option(exists=True, dir_okay=False, help="A file; may be given again.")
    ] = None,
) -> None:
    """Send a message to the participants of a dossier, as a staff member (--as)."""
    if not chosen.staff_email:
        fail("Say who writes: loket --as EMAIL message send …")
    body = given(text)

    async def work(product: Product) -> None:
        contents = [
            (path.name, await product.files.put(await asyncio.to_thread(path.read_bytes))) for path in attach or []
        ]
        for name, content in contents:
            policy.check(content, name=name, limit=product.office.upload_limit)
        async with transaction(product.sessions) as session:
            actor = await acting(session)
            dossier = await found_dossier(session, number, actor)
            files = [
                (await stored.record(session, content, name=name, actor=actor), name) for name, content in contents
            ]
            await messages.post(
                session, dossier, actor=actor, subject=subject, text=body, files=files, office=product.office
            )

    with_product(work)
    done(f"The participants of dossier {number} get the message.")


@app.command("show")
def show_one(
    message: Annotated[int, typer.Argument(min=1, max=LARGEST, help="The number in `loket message list`.")],
    as_json: Json = False,
) -> None:
    """One message with its text and what it answers. That you read it is logged."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> dict[str, Any]:
        opened = await messages.read(session, actor, message)
        found = opened.message
        return {
            "id": found.id,
            "direction": found.direction,
            "author": opened.author,
            "channel": found.channel,
            "sent_at": found.sent_at,
            "edited_at": found.edited_at,
            "subject": found.subject,
            "text": found.text,
            "attachments": ", ".join(each.name for each in opened.attachments),
            "answers": found.reply_to_id,
        }

    show_whole(act(work), as_json=as_json)


@app.command("list")
def listing(
    number: Number, limit: Annotated[int, typer.Option(min=1, max=10000, help=LINES)] = 50, as_json: Json = False
) -> None:
    """The messages of a dossier, newest first."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> list[dict[str, Any]]:
        dossier = await found_dossier(session, number, actor)
        rows, _total = await messages.page(session, actor, dossier.id, offset=0, limit=limit)
        return [
            {
                "id": r.id,
                "direction": r.direction,
                "author": r.author,
                "subject": r.subject,
                "sent_at": r.sent_at,
                "attachments": r.attachments,
            }
            for r in rows
        ]

    show(act(work), as_json=as_json, empty="No messages in this dossier yet.")
