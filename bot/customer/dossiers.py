"""Dossiers: the list, one card, its progress (DOS-1, 2, 4, 5, 6)."""

from bot.answers import Answer
from bot.callbacks import Callback
from bot.customer import accounts
from bot.customer.visit import Visit, shown
from bot.screens import dossiers as screens
from bot.screens.choice import ALL, Choice, mask, ticked
from core.dossiers import dossiers
from core.portal import card, home


async def listing(visit: Visit, callback: Callback | None = None) -> list[Answer]:
    """A page of dossiers; who has exactly one sees that one at once (DOS-2)."""
    only = await home.only_dossier(visit.session, visit.person.id)
    if only is not None:
        return await show(visit, only)
    return await some(visit, ALL, offset=callback.number(0, default=0) if callback else 0)


async def some(visit: Visit, choice: Choice, *, offset: int) -> list[Answer]:
    """A page of the dossiers of these statuses, of the account that was picked; behind the last page is the first one."""
    account = await accounts.picked(visit)
    of = account.id if account else None
    statuses = await home.statuses(visit.session, visit.person.id, account_id=of)
    chosen = ticked(choice.ticked, statuses)
    choice = Choice(mask(chosen, statuses))
    for first in dict.fromkeys((offset, 0)):
        rows, total = await home.dossiers_page(
            visit.session, visit.person.id, offset=first, limit=screens.A_PAGE, statuses=chosen, account_id=of
        )
        offset = first
        if rows:
            break
    name = account.name if account else ""
    return [
        shown(
            visit,
            screens.dossier_list(
                visit.look, rows, total, offset=offset, choice=choice, statuses=statuses, account=name
            ),
        )
    ]


async def choose_statuses(visit: Visit, callback: Callback) -> list[Answer]:
    """The statuses to tick (DOS-4)."""
    account = await accounts.picked(visit)
    statuses = await home.statuses(visit.session, visit.person.id, account_id=account.id if account else None)
    choice = Choice(mask(ticked(callback.word(0), statuses), statuses))
    return [shown(visit, screens.choose_statuses(visit.look, choice, statuses))]


async def opened(visit: Visit, callback: Callback) -> list[Answer]:
    """One dossier's card."""
    return await show(visit, callback.number(0))


async def show(visit: Visit, dossier_id: int) -> list[Answer]:
    """The card of a dossier; Refused("dossier.unknown") for who may not see it, whether it exists or not."""
    found = await card.dossier_card(visit.session, visit.actor, dossier_id)
    return [shown(visit, screens.card(visit.look, found))]


async def progress(visit: Visit, callback: Callback) -> list[Answer]:
    """The card with its progress unfolded."""
    found = await card.dossier_card(visit.session, visit.actor, callback.number(0))
    steps = await dossiers.progress(visit.session, found.id)
    return [shown(visit, screens.card(visit.look, found, steps))]
