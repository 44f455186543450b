"""Dossiers: the list, one card, its progress, searching (DOS-1, 2, 5, 6)."""

from bot.answers import Answer
from bot.callbacks import Callback
from bot.customer.visit import Visit, shown
from bot.screens import dossiers as screens
from core.dossiers import dossiers
from core.errors import Refused
from core.portal import card, home


async def listing(visit: Visit, callback: Callback | None = None) -> list[Answer]:
    """A page of dossiers; who has exactly one sees that one at once (DOS-2)."""
    only = await home.only_dossier(visit.session, visit.person.id)
    if only is not None:
        return await show(visit, only)
    offset = callback.number(0, default=0) if callback else 0
    rows, total = await home.dossiers_page(visit.session, visit.person.id, offset=offset, limit=screens.A_PAGE)
    if not rows and total:
        offset = 0
        rows, total = await home.dossiers_page(visit.session, visit.person.id, offset=0, limit=screens.A_PAGE)
    return [shown(visit, screens.dossier_list(visit.look, rows, total, offset=offset))]


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


async def by_number(visit: Visit, text: str) -> list[Answer] | None:
    """The card of the dossier whose number was typed; None when no dossier of theirs is called so."""
    words = text.split()
    if not 1 <= len(words) <= 3 or len(text) > 60:
        return None
    try:
        found = await dossiers.by_number(visit.session, visit.actor, text)
    except Refused:
        return None
    return await show(visit, found.id)


async def search(visit: Visit, words: str) -> list[Answer]:
    """The first page of what was found; one single find opens directly."""
    rows, total = await home.dossiers_page(
        visit.session, visit.person.id, offset=0, limit=screens.A_PAGE, words=words[:100]
    )
    if total == 1:
        return await show(visit, rows[0].id)
    return [shown(visit, screens.found(visit.look, rows, total, words=words[:100]))]
