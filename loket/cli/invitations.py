"""`loket invite` and its kin: who may link their Telegram, now or on a date, by mail or by letter (LINK-1, 2, 8)."""

from datetime import datetime
from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from core.actor import Actor
from core.people import invitations, inviting, persons
from core.schedule.models import Scheduled
from loket.cli.edge import Json, act, columns, done, fail, show
from loket.cli.persons import Email, found
from loket.cli.piping import given
from loket.wiring import Product


def invite(
    email: Email,
    show_code: Annotated[
        bool, typer.Option("--show-code", help="Print the code too, to hand over by letter or by telephone.")
    ] = False,
) -> None:
    """Send a person the first mail, with the code that links their Telegram. Earlier codes stop working."""

    async def work(product: Product, session: AsyncSession, actor: Actor) -> tuple[datetime, str]:
        person = await found(session, email)
        invitation, code = await invitations.invite(
            session, person, keys=product.keys, office=product.office, actor=actor
        )
        return invitation.expires_at.astimezone(product.office.timezone), code

    expires_at, code = act(work)
    done(f"The invitation is on its way to {email}; it expires on {expires_at:%Y-%m-%d}.")
    if show_code:
        done(f"Code: {code}")


def invite_many(
    emails: Annotated[list[str], typer.Argument(help="Addresses; or - to read one a line from standard input.")],
    at: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%d %H:%M"], help="When, in the office's time.")
    ] = None,
) -> None:
    """Invite many persons, at once or on a date: the cut-over from an old portal."""
    wanted = given("-").split() if emails == ["-"] else emails
    if not wanted:
        fail("Nobody was named: give addresses, or one a line on standard input.")

    async def work(product: Product, session: AsyncSession, actor: Actor) -> int:
        invited = [await found(session, email) for email in wanted]
        due_at = at.replace(tzinfo=product.office.timezone) if at else None
        return await inviting.invite_many(session, invited, actor=actor, due_at=due_at)

    count = act(work)
    when = f"on {at:%Y-%m-%d %H:%M}" if at else "now"
    done(f"{count} of {_persons_of(wanted)} get their invitation {when}; who is linked already is passed over.")


def uninvite(email: Email) -> None:
    """Take an invitation back: its code stops working, and one that is planned is not sent."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> int:
        person = await found(session, email)
        revoked = [
            await invitations.revoke(session, each, actor=actor)
            for each in await invitations.listing(session, person.id)
        ]
        return sum(revoked) + await inviting.cancel_planned(session, person.id, actor=actor)

    done("Taken back." if act(work) else "There was no invitation to take back; nothing changed.")


def planned(as_json: Json = False) -> None:
    """Invitations that wait for their date."""

    async def work(_: Product, session: AsyncSession, __: Actor) -> list[dict[str, Any]]:
        return [await _planned(session, row) for row in await inviting.planned(session)]

    show(act(work), as_json=as_json, empty="No planned invitations.")


def invitation_list(as_json: Json = False) -> None:
    """Invitations and what became of them."""

    async def work(_: Product, session: AsyncSession, __: Actor) -> list[dict[str, Any]]:
        return columns(await invitations.listing(session), "id email created_at expires_at used_at revoked_at")

    show(act(work), as_json=as_json, empty="No invitations yet. Send one: loket invite EMAIL")


def add_to(top: typer.Typer) -> None:
    """The commands of this subject that stand at the top."""
    top.command()(invite)
    top.command("invite-many")(invite_many)
    top.command()(uninvite)
    top.command("invitations")(invitation_list)
    top.command("planned")(planned)


async def _planned(session: AsyncSession, row: Scheduled) -> dict[str, Any]:
    person = await persons.by_id(session, row.values["person_id"])
    return {"due_at": row.due_at, "email": person.email if person else "", "key": row.key, "attempts": row.attempts}


def _persons_of(emails: list[str]) -> str:
    return emails[0] if len(emails) == 1 else f"{len(emails)} persons"
