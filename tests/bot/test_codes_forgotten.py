"""What was typed as a code or a password is in no table once it was handled (STEP-6, LINK-3)."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import select

from core.database import transaction
from core.intake.models import Intake
from sandbox.telegram import Phone
from tests.bot.test_linking import to_the_digits
from tests.bot.world import World, next_text, until


async def kept(world: World) -> str:
    """All updates that came in, once all are handled, as they are kept."""

    async def done() -> list[Intake] | None:
        async with transaction(world.sessions) as session:
            items = list(await session.scalars(select(Intake)))
        return items if all(item.state == "done" for item in items) else None

    items = await until(done)
    assert items is not None
    return json.dumps([item.payload for item in items], ensure_ascii=False)


@pytest.mark.rule("LINK-3", "LINK-5")
@pytest.mark.parametrize("by_link", [True, False])
async def test_the_codes_of_linking_do_not_stay(world: World, *, by_link: bool) -> None:
    anna, phone = await world.person(), world.phone()
    code = await world.invite(anna)
    if by_link:
        await to_the_digits(world, phone, code)
    else:
        await phone.start()
        await phone.wait(lambda p: "e-mailadres" in p.screen.text)
        await next_text(phone, phone.say(code))
        await next_text(phone, phone.say("anna@klant.example"))
        await phone.wait(lambda p: "⌫" in p.screen.labels())
    digits = (await world.secret("linking_code"))["code"]
    await phone.say(digits)
    await phone.wait(lambda p: "Mijn gegevens" in p.screen.text)
    left = await kept(world)
    assert code not in left
    assert f'"{digits}"' not in left
    assert "anna@klant.example" in left, "what is no code is kept as it came"


def without(text: str) -> Callable[[Phone], bool]:
    """Whether the chat no longer shows this text."""
    return lambda phone: all(text != message.text for message in phone.messages)


@pytest.mark.rule("STEP-6")
async def test_a_password_and_a_code_that_nobody_asked_do_not_stay(world: World) -> None:
    _, phone = await world.linked()
    secrets = ["mijn wachtwoord is hunter2hunter2", "123 456", "ACDEF-HJKM3"]
    for secret in secrets:
        await phone.say(secret)
        await phone.wait(without(secret))
    left = await kept(world)
    for secret in secrets:
        assert secret not in left


@pytest.mark.rule("MSG-3")
async def test_what_people_write_is_kept_as_it_came(world: World) -> None:
    anna, phone = await world.linked()
    await world.dossier("2026-001", anna)
    await next_text(phone, phone.say("Mijn code is nog niet aangekomen, 2 dagen al."))
    assert "Mijn code is nog niet aangekomen, 2 dagen al." in await kept(world)
