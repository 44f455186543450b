"""Home, and what is new after an upgrade (HOME-1 to HOME-4)."""

from bot.answers import Answer, Show
from bot.callbacks import Callback
from bot.customer import accounts
from bot.customer.visit import Visit, at_the_bottom, shown
from bot.screens import about
from bot.screens import home as screens
from bot.screens.screen import Screen
from core import texts
from core.chats import chats
from core.messages import drafts
from core.portal import home as portal


async def show(visit: Visit, _: Callback | None = None) -> list[Answer]:
    """The home card."""
    return [*await _news(visit), shown(visit, await card(visit))]


async def afresh(visit: Visit) -> list[Answer]:
    """A home card at the bottom: after a button that no longer leads anywhere."""
    return [at_the_bottom(visit, await card(visit))]


async def card(visit: Visit) -> Screen:
    """The home screen of this person now."""
    account = await accounts.picked(visit)
    of = account.id if account else None
    data = await portal.home(visit.session, visit.person.id, office=visit.desk.office, account_id=of)
    draft = await drafts.current(visit.session, visit.person.id, limit=visit.limit)
    return screens.home(visit.look, data, draft=draft is not None, account=account.name if account else "")


async def pick_account(visit: Visit, callback: Callback) -> list[Answer]:
    """The account was picked; home is of that one from now on (HOME-3)."""
    await accounts.pick(visit, callback)
    return [shown(visit, await card(visit))]


async def _news(visit: Visit) -> list[Answer]:
    """Once after an upgrade that has something to tell."""
    if not await chats.saw_version(visit.session, visit.chat, visit.desk.version):
        return []
    key = f"bot.new_in.{visit.desk.version}"
    if key not in texts.keys(visit.look.language, "bot"):
        return []
    return [Show(about.whats_new(visit.look, texts.say(visit.look.language, key)))]
