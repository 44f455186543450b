"""Reading messages (MSG-1). Opening one is the receipt."""

from bot.answers import Answer
from bot.callbacks import Callback
from bot.customer.visit import Visit, shown
from bot.screens import messages as screens
from core.dossiers import dossiers
from core.messages import messages


async def listing(visit: Visit, callback: Callback) -> list[Answer]:
    """A page of a dossier's messages."""
    dossier_id, offset = callback.number(0), callback.number(1, default=0)
    dossier = await dossiers.access(visit.session, visit.actor, dossier_id)
    rows, total = await messages.page(visit.session, visit.actor, dossier_id, offset=offset, limit=screens.A_PAGE)
    return [shown(visit, screens.message_list(visit.look, dossier.number, dossier_id, rows, total, offset=offset))]


async def opened(visit: Visit, callback: Callback) -> list[Answer]:
    """One message, read from now on."""
    found = await messages.read(visit.session, visit.actor, callback.number(0))
    return [shown(visit, screens.opened(visit.look, found, page=callback.number(1, default=0), reader=visit.person.id))]


async def versions(visit: Visit, callback: Callback) -> list[Answer]:
    """What the message said before it was edited, a version a page, the newest first (MSG-8)."""
    message_id = callback.number(0)
    message = await messages.access(visit.session, visit.actor, message_id)
    older = await messages.versions(visit.session, visit.actor, message_id)
    return [shown(visit, screens.versions(visit.look, message, older[::-1], page=callback.number(1, default=0)))]
