"""What is new, over all dossiers: from home in two taps (HOME-1, DOC-4, MSG-1)."""

from bot.answers import Answer
from bot.callbacks import Callback
from bot.customer import accounts
from bot.customer.visit import Visit, shown
from bot.screens import unread as screens
from core.portal import waiting


async def listing(visit: Visit, callback: Callback | None = None) -> list[Answer]:
    """A page of what the person hasn't read, the newest first; behind the last page is the first one."""
    offset = callback.number(0, default=0) if callback else 0
    account = await accounts.picked(visit)
    of = account.id if account else None
    found = await waiting.unread(visit.session, visit.person.id, offset=offset, limit=screens.A_PAGE, account_id=of)
    if not found.items and offset:
        offset = 0
        found = await waiting.unread(visit.session, visit.person.id, offset=0, limit=screens.A_PAGE, account_id=of)
    return [shown(visit, screens.unread(visit.look, found.items, found.count, offset=offset))]
