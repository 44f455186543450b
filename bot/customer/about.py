"""Help and the version (HOME-4)."""

from bot.answers import Answer, Contact
from bot.callbacks import Callback
from bot.customer.visit import Knock, Visit, shown
from bot.screens import about as screens
from core.office import contact_card


async def show_help(knock: Knock, _: Callback | None = None) -> list[Answer]:
    """The office's contact card, the manual, the commands."""
    return [shown(knock, screens.help_card(knock.look, linked=isinstance(knock, Visit)))]


async def version(knock: Knock) -> list[Answer]:
    """Which version this is."""
    return [shown(knock, screens.version(knock.look, knock.desk.version, linked=isinstance(knock, Visit)))]


async def office_card(knock: Knock, _: Callback | None = None) -> list[Answer]:
    """The office as a contact for the telephone's own address book (LINK-8)."""
    office = knock.desk.office
    return [Contact(office.phone, office.name, contact_card(office))]
