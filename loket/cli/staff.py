"""`loket staff`: staff members."""

from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor, Language
from core.errors import Refused
from core.staff import members
from core.staff.models import StaffMember, StaffRole
from loket.cli.edge import Json, act, done, show
from loket.wiring import Product

app = typer.Typer(help="Staff members: the humans at the office.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(help="The staff member's email address.")]
ROLES = "handler: sees their own dossiers; manager and administrator: all."


async def found_member(session: AsyncSession, email: str) -> StaffMember:
    """The staff member with this address, or a refusal that says so."""
    member = await members.by_email(session, email)
    if member is None:
        raise Refused("staff.unknown", email=email)
    return member


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="As customers read it.")],
    email: Email,
    role: Annotated[StaffRole, typer.Option(help=ROLES)] = StaffRole.HANDLER,
    language: Annotated[Language, typer.Option(help="In which we write to them.")] = Language.NL,
) -> None:
    """Add a staff member, who gets customers' messages in their own mailbox."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> StaffMember:
        return await members.create(session, name=name, email=email, role=role, language=language, actor=actor)

    member = act(work)
    done(f"{member.name} ({member.role.value}) is number {member.id}.")


@app.command("role")
def set_role(email: Email, role: Annotated[StaffRole, typer.Argument(help=ROLES)]) -> None:
    """Give a staff member another role: handlers see their own dossiers, managers and administrators all."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        await members.set_role(session, await found_member(session, email), role, actor=actor)

    act(work)
    done(f"{email} is {role.value}.")


@app.command()
def remove(email: Email, yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False) -> None:
    """Take away all access of a staff member; what waits for their mailbox goes to a manager."""
    if not yes:
        typer.confirm(f"Take away all access of {email}?", abort=True)

    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        await members.remove(session, await found_member(session, email), actor=actor)

    act(work)
    done(f"{email} no longer works here. Hand their dossiers over: loket dossier handler NUMBER EMAIL")


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
