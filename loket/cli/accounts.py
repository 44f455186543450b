"""`loket account`: the office's customers and who belongs to them."""

from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts import accounts, permissions
from core.accounts.models import Account, AccountKind, Membership, Role
from core.actor import Actor
from core.dossiers import leaving
from core.errors import Refused
from loket.cli.edge import Json, act, done, show
from loket.cli.persons import Email, found
from loket.wiring import Product

app = typer.Typer(help="Accounts: the office's customers, and their persons with a role.", no_args_is_help=True)
Number = Annotated[str, typer.Argument(help="The account's number.")]


async def found_account(session: AsyncSession, number: str) -> Account:
    """The account with this number, or a refusal that says so."""
    account = await accounts.by_number(session, number)
    if account is None:
        raise Refused("account.unknown", number=number)
    return account


@app.command()
def add(
    number: Number,
    name: Annotated[str, typer.Argument(help="As the customer reads it.")],
    kind: Annotated[AccountKind, typer.Option(help="What kind of customer it is.")] = AccountKind.PRIVATE,
    framework: Annotated[str, typer.Option(help="Number of the framework agreement it falls under.")] = "",
) -> None:
    """Add an account."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        above = await found_account(session, framework) if framework else None
        await accounts.create(
            session, number=number, name=name, kind=kind, framework_id=above.id if above else None, actor=actor
        )

    act(work)
    done(f"Account {number} ({name}) is there.")


@app.command("list")
def listing(as_json: Json = False) -> None:
    """All accounts."""

    async def work(_: Product, session: AsyncSession, __: Actor) -> list[dict[str, Any]]:
        return [
            {"id": a.id, "number": a.number, "name": a.name, "kind": a.kind} for a in await accounts.listing(session)
        ]

    show(act(work), as_json=as_json, empty="No accounts yet. Add one: loket account add NUMBER NAME")


@app.command("add-member")
def add_member(
    number: Number,
    email: Email,
    role: Annotated[Role | None, typer.Option(help="The first person becomes contract holder, others user.")] = None,
) -> None:
    """Give a person a role in an account."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> Role:
        account, person = await found_account(session, number), await found(session, email)
        return (await accounts.add_member(session, account, person, role=role, actor=actor)).role

    done(f"{email} is {act(work).value.replace('_', ' ')} of {number}.")


@app.command("members")
def member_list(number: Number, as_json: Json = False) -> None:
    """Who belongs to an account, and their role."""

    async def work(_: Product, session: AsyncSession, __: Actor) -> list[dict[str, Any]]:
        account = await found_account(session, number)
        return [
            {"name": person.name, "email": person.email, "role": membership.role, "since": membership.since}
            for membership, person in await accounts.members(session, account.id)
        ]

    show(act(work), as_json=as_json, empty="Nobody yet. Add somebody: loket account add-member NUMBER EMAIL")


@app.command("role")
def set_role(
    number: Number, email: Email, role: Annotated[Role, typer.Argument(help="See: loket account permissions.")]
) -> None:
    """Give a member of an account another role; what the new role may not see is gone at once."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        await leaving.set_role(session, await _membership(session, number, email), role, actor=actor)

    act(work)
    done(f"{email} is {role.value.replace('_', ' ')} of {number}.")


@app.command("remove-member")
def remove_member(number: Number, email: Email) -> None:
    """Take a person out of an account and out of its dossiers, at once."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        await leaving.leave_account(session, await _membership(session, number, email), actor=actor)

    act(work)
    done(f"{email} no longer belongs to {number}.")


async def _membership(session: AsyncSession, number: str, email: str) -> Membership:
    account, person = await found_account(session, number), await found(session, email)
    for membership, member in await accounts.members(session, account.id):
        if member.id == person.id:
            return membership
    raise Refused("membership.unknown", email=person.email, number=account.number)


@app.command("permissions")
def permission_list(as_json: Json = False) -> None:
    """What each role may do: yes, no, or for their own product only."""
    rows = [
        {"act": permission.value, **{role.value: scope.value for role, scope in scopes.items()}}
        for permission, scopes in permissions.TABLE.items()
    ]
    show(rows, as_json=as_json)
