"""`loket person` and `loket invite`: the humans on the customer's side."""

from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts import accounts
from core.actor import Actor, Channel, Language
from core.errors import Refused
from core.people import addresses, invitations, inviting, links, persons, preferences, two_factor
from core.people.models import Person
from core.people.preferences import News
from loket.cli.edge import Json, act, done, show
from loket.wiring import Product

app = typer.Typer(help="Persons: the humans on the customer's side.", no_args_is_help=True)
Email = Annotated[str, typer.Argument(help="The person's email address.")]


async def found(session: AsyncSession, email: str) -> Person:
    """The person with this address, or a refusal that says so."""
    person = await persons.by_email(session, email)
    if person is None:
        raise Refused("person.unknown", email=email)
    return person


@app.command()
def add(
    name: str,
    email: str,
    language: Annotated[Language, typer.Option()] = Language.NL,
    mobile: Annotated[str, typer.Option(help="In international form: +31612345678.")] = "",
    professional_number: Annotated[str, typer.Option()] = "",
) -> None:
    """Add a person; `loket invite` then lets them link Telegram."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> Person:
        return await persons.create(
            session,
            name=name,
            email=email,
            language=language,
            mobile=mobile or None,
            professional_number=professional_number or None,
            actor=actor,
        )

    person = act(work)
    done(f"{person.name} is number {person.id}.")


@app.command("list")
def listing(
    words: Annotated[str, typer.Option(help="Part of a name or address.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10000)] = 100,
    as_json: Json = False,
) -> None:
    """Persons, with how they can be reached."""

    async def work(_: Product, session: AsyncSession, __: Actor) -> list[dict[str, Any]]:
        return [
            await _row(session, person) for person in await persons.listing(session, limit=limit, words=words or None)
        ]

    show(act(work), as_json=as_json, empty="No persons yet. Add one: loket person add NAME EMAIL")


async def _row(session: AsyncSession, person: Person) -> dict[str, Any]:
    reach = await addresses.of(session, person.id)
    link = await links.link_of(session, person.id)
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "email_proven_at": person.email_proven_at,
        "language": person.language,
        "linked_at": link.linked_at if link else None,
        "unreachable": ", ".join(channel for channel, address in reach.items() if address.unreachable_since),
        "removed_at": person.removed_at,
    }


@app.command()
def notify(
    email: Email,
    news: Annotated[News, typer.Argument()],
    channel: Annotated[Channel, typer.Argument(help="telegram or email")],
    wanted: Annotated[bool, typer.Option("--on/--off")] = True,
) -> None:
    """Set which news goes to a person over which channel."""

    async def work(_: Product, session: AsyncSession, __: Actor) -> None:
        person = await found(session, email)
        await preferences.want(session, person.id, news=news, channel=channel, wanted=wanted)

    act(work)
    done(f"{news.value} over {channel.value}: {'on' if wanted else 'off'}.")


@app.command()
def unlink(email: Email) -> None:
    """Cut the tie with the person's Telegram chat, at once."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> bool:
        person = await found(session, email)
        return await links.unlink(session, person.id, actor=actor, reason="staff") is not None

    done("Unlinked; the person got a mail." if act(work) else "This person isn't linked; nothing changed.")


@app.command("two-factor-off")
def two_factor_off(email: Email) -> None:
    """Turn a person's 2-step verification off, when phone and recovery codes are gone; the person gets a mail."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> bool:
        return await two_factor.off(session, actor, (await found(session, email)).id)

    done("Off; the person got a mail." if act(work) else "It wasn't on; nothing changed.")


@app.command()
def remove(email: Email, yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False) -> None:
    """Take away all access of a person. What they wrote stays under their name."""
    if not yes:
        typer.confirm(f"Take away all access of {email}?", abort=True)

    async def work(_: Product, session: AsyncSession, actor: Actor) -> None:
        await accounts.remove_person(session, await found(session, email), actor=actor)

    act(work)
    done(f"{email} has no access any more.")


def _persons_of(email: list[str]) -> str:
    return email[0] if len(email) == 1 else f"{len(email)} persons"


def invite_many(
    emails: Annotated[list[str], typer.Argument(help="Addresses; or - to read one a line from standard input.")],
    at: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%d %H:%M"], help="When, in the office's time.")
    ] = None,
) -> None:
    """Invite many persons, at once or on a date: the cut-over from an old portal."""
    wanted = typer.get_text_stream("stdin").read().split() if emails == ["-"] else emails

    async def work(product: Product, session: AsyncSession, actor: Actor) -> int:
        invited = [await found(session, email) for email in wanted]
        due_at = at.replace(tzinfo=product.office.timezone) if at else None
        return await inviting.invite_many(session, invited, actor=actor, due_at=due_at)

    count = act(work)
    when = f"on {at:%Y-%m-%d %H:%M}" if at else "now"
    done(f"{count} of {_persons_of(wanted)} get their invitation {when}; who is linked already is passed over.")


def planned(as_json: Json = False) -> None:
    """Invitations that wait for their date."""

    async def work(_: Product, session: AsyncSession, __: Actor) -> list[dict[str, Any]]:
        return [
            {"due_at": row.due_at, "key": row.key, "attempts": row.attempts} for row in await inviting.planned(session)
        ]

    show(act(work), as_json=as_json, empty="No planned invitations.")


def invite(
    email: Email, show_code: Annotated[bool, typer.Option(help="Print the code, to hand over by letter.")] = False
) -> None:
    """Send a person the first mail, with the code that links their Telegram."""

    async def work(product: Product, session: AsyncSession, actor: Actor) -> tuple[datetime, str]:
        person = await found(session, email)
        invitation, code = await invitations.invite(
            session, person, keys=product.keys, office=product.office, actor=actor
        )
        return invitation.expires_at, code

    expires_at, code = act(work)
    done(f"The invitation is on its way to {email}; it expires on {expires_at:%Y-%m-%d}.")
    if show_code:
        done(f"Code: {code}")


def invitation_list(as_json: Json = False) -> None:
    """Invitations and what became of them."""

    async def work(_: Product, session: AsyncSession, __: Actor) -> list[dict[str, Any]]:
        return [
            {
                "id": i.id,
                "email": i.email,
                "created_at": i.created_at,
                "expires_at": i.expires_at,
                "used_at": i.used_at,
                "revoked_at": i.revoked_at,
            }
            for i in await invitations.listing(session)
        ]

    show(act(work), as_json=as_json, empty="No invitations yet. Send one: loket invite EMAIL")


def add_to(top: typer.Typer) -> None:
    """The commands of this subject that stand at the top."""
    top.command()(invite)
    top.command("invite-many")(invite_many)
    top.command("invitations")(invitation_list)
    top.command("planned")(planned)
