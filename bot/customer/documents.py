"""Shelves and downloads (DOC-1 to DOC-4). The file goes as a delivery, so it arrives also after a crash; the tap is the receipt."""

from bot.answers import Answer, Toast
from bot.callbacks import Callback, StaleButton
from bot.customer import unread
from bot.customer.visit import Visit, shown
from bot.screens import documents as screens
from bot.screens.unread import FROM_HERE
from core.actor import Channel
from core.deliveries import outbox
from core.deliveries.models import Lane
from core.documents import documents
from core.documents.models import Shelf
from core.dossiers import dossiers
from core.files.models import StoredFile
from core.messages import messages
from core.notifications import tell


async def listing(visit: Visit, callback: Callback) -> list[Answer]:
    """One page of a shelf."""
    try:
        shelf = Shelf(callback.word(1))
    except ValueError:
        raise StaleButton from None
    return [await _page(visit, callback.number(0), shelf, callback.number(2, default=0))]


async def download(visit: Visit, callback: Callback) -> list[Answer]:
    """Queues the file and marks it read; the list under the thumb shows it as read."""
    document, file = await documents.download(visit.session, visit.actor, callback.number(0))
    dossier = await dossiers.access(visit.session, visit.actor, document.dossier_id)
    await _queue(
        visit,
        file,
        name=document.name,
        caption=visit.look.label("documents.file_dossier", number=dossier.number),
        protect=document.confidential,
        dossier_id=document.dossier_id,
    )
    coming = _coming(visit)
    if visit.below:
        return coming
    if callback.args[1:] == (FROM_HERE,):
        return [*coming, *await unread.listing(visit)]
    return [*coming, await _page(visit, document.dossier_id, Shelf(document.shelf), callback.number(1, default=0))]


async def attachment(visit: Visit, callback: Callback) -> list[Answer]:
    """Queues one file of a message."""
    found, file = await messages.attachment(visit.session, visit.actor, callback.number(0))
    message = await messages.access(visit.session, visit.actor, found.message_id)
    await _queue(
        visit,
        file,
        name=found.name,
        caption="",
        protect=False,
        dossier_id=message.dossier_id,
        message_id=message.id,
    )
    return _coming(visit)


async def _page(visit: Visit, dossier_id: int, shelf: Shelf, offset: int) -> Answer:
    dossier = await dossiers.access(visit.session, visit.actor, dossier_id)
    rows, total = await documents.page(
        visit.session, visit.actor, dossier_id, shelf=shelf, offset=offset, limit=screens.A_PAGE
    )
    screen = screens.shelf(visit.look, dossier.number, dossier_id, shelf, rows, total, offset=offset)
    return shown(visit, screen)


def _coming(visit: Visit) -> list[Answer]:
    return [Toast(visit.tap.query_id, visit.look.label("documents.coming"))] if visit.tap else []


async def _queue(
    visit: Visit,
    file: StoredFile,
    *,
    name: str,
    caption: str,
    protect: bool,
    dossier_id: int | None = None,
    message_id: int | None = None,
) -> None:
    """A tap that is handled again after a crash sends no second file: its source is the key."""
    await outbox.queue(
        visit.session,
        channel=Channel.TELEGRAM,
        address=visit.chat.address,
        language=visit.look.language,
        kind="file",
        values={"caption": caption, "protect": protect},
        files=tell.as_files([(file, name)]),
        lane=Lane.INTERACTIVE,
        person_id=visit.person.id,
        dossier_id=dossier_id,
        message_id=message_id,
        key=f"download:{visit.source}",
    )
