"""Which account's dossiers are shown, for who has several (HOME-3). The chat remembers it."""

from bot.answers import Answer
from bot.callbacks import Callback
from bot.customer.visit import Visit, shown
from bot.screens import home as screens
from core.accounts import accounts
from core.accounts.models import Account
from core.chats import chats


async def picked(visit: Visit) -> Account | None:
    """The account that was picked and that the person still belongs to; None: all of them."""
    if visit.row.account_id is None:
        return None
    for account in await _theirs(visit):
        if account.id == visit.row.account_id:
            return account
    await chats.pick_account(visit.session, visit.chat, None)
    return None


async def choices(visit: Visit, _: Callback) -> list[Answer]:
    """The person's accounts, to pick one."""
    account = await picked(visit)
    return [shown(visit, screens.accounts(visit.look, await _theirs(visit), account.id if account else None))]


async def pick(visit: Visit, callback: Callback) -> None:
    """From now on this account; 0, or one that isn't theirs (any more): all."""
    chosen = callback.number(0)
    theirs = {account.id for account in await _theirs(visit)}
    await chats.pick_account(visit.session, visit.chat, chosen if chosen in theirs else None)


async def _theirs(visit: Visit) -> list[Account]:
    return [account for _, account in await accounts.memberships_of(visit.session, visit.person.id)]
