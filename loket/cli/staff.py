"""`loket staff`: staff members."""

from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor, Language
from core.staff import members
from core.staff.models import StaffMember, StaffRole
from loket.cli.edge import Json, act, done, show
from loket.wiring import Product

app = typer.Typer(help="Staff members: the humans at the office.", no_args_is_help=True)


@app.command()
def add(
    name: str,
    email: str,
    role: Annotated[StaffRole, typer.Option()] = StaffRole.HANDLER,
    language: Annotated[Language, typer.Option()] = Language.NL,
) -> None:
    """Add a staff member, who gets customers' messages in their own mailbox."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> StaffMember:
        return await members.create(session, name=name, email=email, role=role, language=language, actor=actor)

    member = act(work)
    done(f"{member.name} ({member.role.value}) is number {member.id}.")


@app.command("list")
def listing(as_json: Json = False) -> None:
    """All staff members."""

    async def work(_: Product, session: AsyncSession, __: Actor) -> list[dict[str, Any]]:
        return [
            {
                "id": m.id,
                "name": m.name,
                "email": m.email,
                "role": m.role,
                "language": m.language,
                "removed_at": m.removed_at,
            }
            for m in await members.listing(session)
        ]

    show(act(work), as_json=as_json, empty="No staff members yet. Add one: loket staff add NAME EMAIL")
