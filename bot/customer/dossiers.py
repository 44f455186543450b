"""Dossiers: the list, one card, its progress (DOS-1, 2, 4, 5, 6)."""

from collections.abc import Sequence

from bot.answers import Answer
from bot.callbacks import Callback
from bot.customer import accounts
from bot.customer.visit import Visit, shown
from bot.screens import dossiers as screens
from bot.screens.choice import ALL, Choice, mask, ticked
from core.accounts.models import Account
from core.dossiers import dossiers
from core.portal import card, home
from core.portal.home import DossierRow


async def listing(visit: Visit, callback: Callback | None = None) -> list[Answer]:
    """A page of dossiers; who has exactly one sees that one at once (DOS-2)."""
    only = await home.only_dossier(visit.session, visit.person.id)
    if only is not None:
        return await show(visit, only)
    return await some(visit, ALL, offset=callback.number(0, default=0) if callback else 0)


async def some(visit: Visit, choice: Choice, *, offset: int) -> list[Answer]:
    """A page of the dossiers of these statuses, of the account that was picked; behind the last page is the first one."""
    account = await accounts.picked(visit)
    statuses = await _statuses(visit, account) if choice.ticked else []
    chosen = ticked(choice.ticked, statuses)
    rows, total = await _page(visit, account, chosen, offset)
    if not rows and offset:
        offset = 0
        rows, total = await _page(visit, account, chosen, offset)
    if not chosen:
        statuses = await _several(visit, account, rows, total)
    screen = screens.dossier_list(
        visit.look,
        rows,
        total,
        offset=offset,
        choice=Choice(mask(chosen, statuses)),
        statuses=statuses,
        account=account.name if account else "",
    )
    return [shown(visit, screen)]


async def _page(
    visit: Visit, account: Account | None, chosen: Sequence[str], offset: int
) -> tuple[list[DossierRow], int]:
    return await home.dossiers_page(
        visit.session,
        visit.person.id,
        offset=offset,
        limit=screens.A_PAGE,
        statuses=chosen,
        account_id=account.id if account else None,
    )


async def _several(visit: Visit, account: Account | None, rows: Sequence[DossierRow], total: int) -> list[str]:
    """Statuses that occur, enough of them to know whether there are several: those of the page often tell."""
    seen = sorted({row.status for row in rows})
    if len(seen) > 1 or total == len(rows):
        return seen
    return await _statuses(visit, account)


async def _statuses(visit: Visit, account: Account | None) -> list[str]:
    return await home.statuses(visit.session, visit.person.id, account_id=account.id if account else None)


async def choose_statuses(visit: Visit, callback: Callback) -> list[Answer]:
    """The statuses to tick (DOS-4)."""
    account = await accounts.picked(visit)
    statuses = await _statuses(visit, account)
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
