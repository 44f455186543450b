"""The extra accounts of a company, for who manages them (LINK-13). Authority is asked at every tap."""

from bot.answers import Answer, Show
from bot.callbacks import Callback, StaleButton
from bot.customer.visit import Visit, shown
from bot.screens import members as screens
from bot.screens.details import unlinked
from core.accounts import accounts, managing
from core.accounts.models import Membership


async def listing(visit: Visit, callback: Callback) -> list[Answer]:
    """A page of one account's members; who manages several accounts picks one. Raises Refused("membership.may_not")."""
    managed = await managing.managed(visit.session, visit.person.id)
    account_id, offset = callback.number(0, default=0), callback.number(1, default=0)
    if not account_id and len(managed) > 1:
        return [shown(visit, screens.accounts(visit.look, managed))]
    account_id = account_id or (managed[0].id if managed else 0)
    rows, total = await managing.page(visit.session, visit.actor, account_id, offset=offset, limit=screens.A_PAGE)
    account = await accounts.by_id(visit.session, account_id)
    if account is None:
        raise StaleButton
    return [shown(visit, screens.members(visit.look, account, rows, total, offset=offset, several=len(managed) > 1))]


async def opened(visit: Visit, callback: Callback) -> list[Answer]:
    """One member."""
    return [
        shown(visit, screens.member(visit.look, await managing.access(visit.session, visit.actor, callback.number(0))))
    ]


async def unlink(visit: Visit, callback: Callback) -> list[Answer]:
    """Asks first, then cuts the link at once. Raises Refused("step_up.needed", "membership.may_not")."""
    member = await managing.access(visit.session, visit.actor, callback.number(0))
    if callback.number(1, default=0) != 1:
        return [shown(visit, screens.ask_unlink(visit.look, member))]
    membership = await visit.session.get_one(Membership, member.id)
    await accounts.unlink_member(visit.session, membership, actor=visit.actor)
    if member.person_id == visit.person.id:  # their own chat: it is a stranger's from now on
        return [Show(unlinked(visit.look), edit=visit.tap.message_id if visit.tap else None)]
    now = await managing.access(visit.session, visit.actor, member.id)
    return [shown(visit, screens.member(visit.look, now, note=visit.look.label("members.unlinked")))]
