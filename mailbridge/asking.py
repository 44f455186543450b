"""Everything that a customer does in the portal with a mail of one line: who does it, in which order it is looked at (MAIL-8)."""

from dataclasses import replace

from core.crypto import Keys
from core.database import Session
from core.intake.models import Intake
from core.office import Office
from mailbridge import browsing, changing, commands, placing, reading, serving
from mailbridge.commands import Command
from mailbridge.opening import Opened
from mailbridge.routing import FromPerson


async def done(
    session: Session, item: Intake, opened: Opened, author: FromPerson, *, keys: Keys, office: Office
) -> str | FromPerson:
    """Do what the mail asks and queue its answer; a word for the ledger. Else it is a message, of the author that is returned.

    Refused: `mail.relink_too_often`, `mail.which_dossier`, `mail.no_dossier`, `dossier.unknown`, `message.unknown`.
    """
    if author.waiting_id and (dossier := await placing.placed(session, opened, author)) is not None:
        return "dossier named" if placing.is_short(opened) else replace(author, dossier_id=dossier.id)
    if (outcome := await changing.with_code(session, item, opened, author, keys=keys, office=office)) is not None:
        return outcome
    asked = commands.asked_by(author, opened)
    if asked is None:
        await reading.answered(session, author)
        return author
    if asked.command is Command.SEEN:
        return "seen" if await reading.seen(session, author) else author
    if asked.command in browsing.COMMANDS:
        return await browsing.serve(session, item, asked, author, opened.mail, office=office)
    if asked.command in changing.COMMANDS:
        return await changing.serve(session, item, asked, author, opened.mail, keys=keys, office=office)
    return await serving.serve(session, item, asked, author, opened.mail, keys=keys, office=office)
