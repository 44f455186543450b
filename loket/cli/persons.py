"""`loket person`: the humans on the customer's side."""

from typing import Annotated, Any

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from core.accounts import accounts
from core.actor import Actor, Channel, Language
from core.errors import Refused
from core.people import addresses, details, links, persons, preferences, readdressing, two_factor
from core.people.detail_fields import Field
from core.people.models import Person
from core.people.preferences import News
from loket.cli.edge import Json, act, done, fail, show
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
    name: Annotated[str, typer.Argument(help="The whole name.")],
    email: Email,
    language: Annotated[Language, typer.Option(help="In which we write to them.")] = Language.NL,
    mobile: Annotated[str, typer.Option(help="In international form: +31612345678.")] = "",
    professional_number: Annotated[str, typer.Option(help="Their number in a register of their profession.")] = "",
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
    limit: Annotated[int, typer.Option(min=1, max=10000, help="How many lines.")] = 100,
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
def change(
    email: Email,
    name: Annotated[str | None, typer.Option(help="The whole name.")] = None,
    new_email: Annotated[
        str, typer.Option(help="Counts at once, and is still to be proven by the person; open invitations end.")
    ] = "",
    mobile: Annotated[str | None, typer.Option(help="In international form: +31612345678; '' for none.")] = None,
    professional_number: Annotated[str | None, typer.Option(help="'' for none.")] = None,
    language: Annotated[Language | None, typer.Option(help="In which we write to them.")] = None,
) -> None:
    """Correct a person's details; they get a mail about each, except about the language."""
    given = {
        Field.NAME: name,
        Field.MOBILE: mobile,
        Field.PROFESSIONAL_NUMBER: professional_number,
        Field.LANGUAGE: language,
    }
    wanted = {field: value for field, value in given.items() if value is not None}
    if not wanted and not new_email:
        fail("Say what to change: --name, --new-email, --mobile, --professional-number or --language.")

    async def work(product: Product, session: AsyncSession, actor: Actor) -> None:
        person = await found(session, email)
        for field, value in wanted.items():
            proposed = await details.propose(session, person, field, value, office=product.office)
            await details.apply(session, actor, proposed.id, keys=product.keys, office=product.office)
        if new_email:
            await readdressing.readdress(session, person, new_email, actor=actor)

    act(work)
    done(f"{email} is changed.")


@app.command()
def unreachable(as_json: Json = False) -> None:
    """Addresses at which nothing arrives any more (bot blocked, mail returned), since when and why."""

    async def work(_: Product, session: AsyncSession, __: Actor) -> list[dict[str, Any]]:
        return [
            {
                "name": person.name,
                "email": person.email,
                "channel": address.channel,
                "address": address.value,
                "since": address.unreachable_since,
                "reason": address.unreachable_reason,
            }
            for person, address in await addresses.unreachable(session)
        ]

    show(act(work), as_json=as_json, empty="Everybody can be reached.")


@app.command()
def reachable(email: Email, channel: Annotated[Channel, typer.Argument(help="telegram or email")]) -> None:
    """Try an address again that was marked unreachable: it works, somebody told you."""

    async def work(_: Product, session: AsyncSession, actor: Actor) -> bool:
        return await addresses.try_again(session, (await found(session, email)).id, channel, actor=actor)

    done("It is used again." if act(work) else "It wasn't marked unreachable; nothing changed.")


@app.command()
def notifications(email: Email, as_json: Json = False) -> None:
    """Which news goes to a person over which channel; service mails (codes, security) always go."""

    async def work(_: Product, session: AsyncSession, __: Actor) -> list[dict[str, Any]]:
        cells = await preferences.matrix(session, (await found(session, email)).id)
        return [
            {"news": news, **{channel.value: cells[news, channel] for channel in preferences.CHANNELS}} for news in News
        ]

    show(act(work), as_json=as_json)


@app.command()
def notify(
    email: Email,
    news: Annotated[News, typer.Argument(help="What kind of news.")],
    channel: Annotated[Channel, typer.Argument(help="telegram or email")],
    wanted: Annotated[bool, typer.Option("--on/--off", help="Whether it goes there.")] = True,
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
