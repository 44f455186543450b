"""What waits for the person: upload requests, and sending what they ask for (DOC-7)."""

from bot.answers import Answer
from bot.callbacks import Callback
from bot.customer.visit import Visit, shown
from bot.screens import actions as screens
from core.documents import upload_requests
from core.documents.models import RequestState, UploadRequest
from core.dossiers import dossiers
from core.portal import tasks

RECENT = 3
"""Requests that were answered, shown below what waits."""


async def listing(visit: Visit, callback: Callback | None = None) -> list[Answer]:
    """A page of what waits for the person; one single task is shown itself."""
    offset = callback.number(0, default=0) if callback else 0
    page, total = await tasks.page(visit.session, visit.person.id, offset=offset, limit=screens.A_PAGE)
    if not page and offset:
        offset = 0
        page, total = await tasks.page(visit.session, visit.person.id, offset=0, limit=screens.A_PAGE)
    if total == 1:
        request = await upload_requests.access(visit.session, visit.actor, page[0].id)
        return [await _card(visit, request, alone=True)]
    return [shown(visit, screens.actions(visit.look, page, total, await _answered(visit), offset=offset))]


async def opened(visit: Visit, callback: Callback) -> list[Answer]:
    """One request; Refused("upload.unknown") for who isn't asked."""
    request = await upload_requests.access(visit.session, visit.actor, callback.number(0))
    return [await _card(visit, request, alone=False)]


async def _card(visit: Visit, request: UploadRequest, *, alone: bool) -> Answer:
    dossier = await dossiers.access(visit.session, visit.actor, request.dossier_id)
    files = await upload_requests.files_of(visit.session, request.id)
    return shown(visit, screens.task(visit.look, request, dossier.number, dossier.description, files, alone=alone))


async def _answered(visit: Visit) -> list[UploadRequest]:
    """The newest requests that the person needn't do anything for any more."""
    found = []
    for state in (RequestState.SUPPLIED, RequestState.DONE):
        found += await upload_requests.listing(visit.session, visit.actor, state=state, limit=RECENT)
    return sorted(found, key=lambda request: request.id, reverse=True)[:RECENT]
