"""Writing a message (MSG-2 to MSG-7): begun, aimed at a dossier, sent or thrown away. The draft itself lives in core."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from markupsafe import Markup

from bot.answers import Answer, Show, Toast
from bot.callbacks import Callback, Verb
from bot.customer import home as home_card
from bot.customer.visit import Visit, at_the_bottom, in_its_place, shown
from bot.saying import refusal
from bot.screens import about
from bot.screens import drafts as screens
from bot.screens.screen import Screen
from core.chats import chats
from core.documents import upload_requests
from core.dossiers import dossiers
from core.errors import Refused
from core.files import files
from core.messages import drafts, messages
from core.messages.drafts import DraftView
from core.messages.models import Message
from core.portal import home, tasks

SUBJECT: Final = "draft.subject"
"""What `Chat.expecting` says when the next text is the subject."""

START_OVER: Final = 1
SURE: Final = 1


async def begin(visit: Visit, callback: Callback | None = None) -> list[Answer]:
    """[Nieuw bericht], in a dossier or with the dossier still to choose."""
    dossier_id = callback.number(0, default=0) if callback else 0
    if dossier_id:
        await dossiers.access(visit.session, visit.actor, dossier_id)
    if (draft := await _in_the_way(visit, callback)) is not None:
        if draft.dossier_id == dossier_id and draft.reply_to_id is None:
            return [shown(visit, await screen_of(visit, draft))]
        return [shown(visit, screens.exists(visit.look, draft, verb=Verb.NEW_MESSAGE, target=dossier_id, typed=False))]
    draft = await start(visit, dossier_id=dossier_id or None)
    if draft is None:
        return [shown(visit, _no_dossiers(visit))]
    return [await _first_question(visit, draft)]


async def reply(visit: Visit, callback: Callback) -> list[Answer]:
    """[Beantwoorden]: the original stands with the answer."""
    message_id = callback.number(0)
    await messages.access(visit.session, visit.actor, message_id)
    if (draft := await _in_the_way(visit, callback)) is not None:
        if draft.reply_to_id == message_id:
            return [shown(visit, await screen_of(visit, draft))]
        return [shown(visit, screens.exists(visit.look, draft, verb=Verb.REPLY, target=message_id, typed=False))]
    draft = await drafts.start(visit.session, visit.actor, reply_to_id=message_id, limit=visit.limit)
    return [shown(visit, await screen_of(visit, draft))]


async def supply(visit: Visit, callback: Callback) -> list[Answer]:
    """[Bestand sturen]: the next files answer this upload request (DOC-7)."""
    request = await upload_requests.access(visit.session, visit.actor, callback.number(0))
    if (draft := await _in_the_way(visit, callback)) is not None:
        if draft.upload_request_id == request.id:
            return [shown(visit, await screen_of(visit, draft))]
        return [shown(visit, screens.exists(visit.look, draft, verb=Verb.SUPPLY, target=request.id, typed=False))]
    draft = await drafts.start(visit.session, visit.actor, upload_request_id=request.id, limit=visit.limit)
    return [shown(visit, await screen_of(visit, draft))]


async def show(visit: Visit, _: Callback) -> list[Answer]:
    """The draft as it stands."""
    await chats.forget(visit.session, visit.chat)
    draft = await current(visit)
    if draft is None:
        return [shown(visit, about.with_home(visit.look, "draft.none"))]
    return [shown(visit, await screen_of(visit, draft))]


async def ask_subject(visit: Visit, callback: Callback) -> list[Answer]:
    """The next text is the subject."""
    return [await _asked_subject(visit, await _this(visit, callback))]


async def choose(visit: Visit, callback: Callback) -> list[Answer]:
    """A page of dossiers to choose from."""
    draft = await _this(visit, callback)
    return [shown(visit, await _choice(visit, draft, offset=callback.number(1, default=0)))]


async def dossier(visit: Visit, callback: Callback) -> list[Answer]:
    """The dossier was chosen."""
    await _this(visit, callback)
    draft = await drafts.choose_dossier(visit.session, visit.actor, callback.number(1), limit=visit.limit)
    return [await _first_question(visit, draft)]


async def remove(visit: Visit, callback: Callback) -> list[Answer]:
    """One file goes off."""
    await _this(visit, callback)
    draft = await drafts.remove(visit.session, visit.actor, callback.number(1), limit=visit.limit)
    return [shown(visit, await screen_of(visit, draft))]


async def keep(visit: Visit, callback: Callback) -> list[Answer]:
    """[Upload n bestanden]: the waiting files go along."""
    await _this(visit, callback)
    draft = await drafts.keep(visit.session, visit.actor, limit=visit.limit)
    return [shown(visit, await screen_of(visit, draft))]


async def drop(visit: Visit, callback: Callback) -> list[Answer]:
    """[Annuleer]: the waiting files don't; a draft that held nothing else ends."""
    await _this(visit, callback)
    draft = await drafts.drop_pending(visit.session, visit.actor, limit=visit.limit)
    if is_empty(draft) and not draft.subject:
        return await _end(visit)
    return [shown(visit, await screen_of(visit, draft))]


async def cancel(visit: Visit, callback: Callback) -> list[Answer]:
    """Throws the draft away; who wrote something is asked first."""
    draft = await _this(visit, callback)
    if is_empty(draft):
        await _forget(visit)
        return await home_card.show(visit)
    if callback.number(1, default=0) != SURE:
        return [shown(visit, screens.ask_cancel(visit.look, draft))]
    return await _end(visit)


async def send(visit: Visit, callback: Callback) -> list[Answer]:
    """[Versturen]. Twice at once sends once; what is still missing is asked."""
    begun = await current(visit)
    supplied = begun is not None and begun.id == callback.number(0) and begun.upload_request_id is not None
    try:
        message = await _sent(visit, callback.number(0))
    except Refused as refused:
        return await _missing(visit, callback, refused)
    await chats.forget(visit.session, visit.chat)
    seen = await dossiers.access(visit.session, visit.actor, message.dossier_id)
    visit = replace(visit, actions=await tasks.count(visit.session, visit.person.id))
    answered = None if supplied else await upload_requests.answered_by(visit.session, visit.actor, message.id)
    screen = screens.sent(
        visit.look,
        message,
        seen.number,
        cut=bool(message.cut),
        closed=message.after_closing,
        supplied=supplied,
        counts_as=answered.title if answered else "",
    )
    confirmed = in_its_place(visit, screen)
    await chats.remember_card(visit.session, visit.chat, card_message_id=None)
    return [confirmed]


async def current(visit: Visit) -> DraftView | None:
    """The person's open draft; one of a dossier that they no longer see ends here, unseen (DOS-7)."""
    draft = await drafts.current(visit.session, visit.person.id, limit=visit.limit)
    if draft is None or draft.dossier_id is None:
        return draft
    try:
        await dossiers.access(visit.session, visit.actor, draft.dossier_id)
    except Refused:
        await drafts.cancel(visit.session, visit.actor)
        return None
    return draft


async def start(visit: Visit, *, dossier_id: int | None = None) -> DraftView | None:
    """A draft in this dossier, else in the only one, else in one to be chosen; None for who has no dossier at all."""
    if dossier_id is None:
        dossier_id = await home.only_dossier(visit.session, visit.person.id)
    if dossier_id is None:
        _, total = await home.dossiers_page(visit.session, visit.person.id, offset=0, limit=1)
        if not total:
            return None
    return await drafts.start(visit.session, visit.actor, dossier_id=dossier_id, limit=visit.limit)


async def screen_of(visit: Visit, draft: DraftView, notes: Sequence[Markup] = ()) -> Screen:
    """The draft's card, or first the question which dossier."""
    if draft.dossier_id is None:
        return await _choice(visit, draft, offset=0, notes=notes)
    asked = ""
    if draft.upload_request_id is not None:
        asked = (await upload_requests.access(visit.session, visit.actor, draft.upload_request_id)).explanation
    return screens.card(visit.look, draft, original=await _original(visit, draft), notes=notes, asked=asked)


def is_empty(draft: DraftView) -> bool:
    """Whether nothing would be lost with it."""
    return not draft.text and not draft.attachments


async def _in_the_way(visit: Visit, callback: Callback | None) -> DraftView | None:
    """Another open draft that holds something, unless the button says to start over."""
    draft = await current(visit)
    if draft is None:
        return None
    if is_empty(draft) or (callback is not None and callback.number(1, default=0) == START_OVER):
        await _forget(visit)
        return None
    return draft


async def _this(visit: Visit, callback: Callback) -> DraftView:
    """The open draft, when it is the one of the button; Refused("draft.unknown") for an old button."""
    draft = await current(visit)
    if draft is None or draft.id != callback.number(0):
        raise Refused("draft.unknown")
    return draft


async def _first_question(visit: Visit, draft: DraftView) -> Show:
    """What to ask of a draft that was just begun or aimed."""
    if draft.dossier_id is not None and not draft.subject and is_empty(draft):
        return await _asked_subject(visit, draft)
    return shown(visit, await screen_of(visit, draft))


async def _asked_subject(visit: Visit, draft: DraftView) -> Show:
    await chats.expect(visit.session, visit.chat, SUBJECT, draft=draft.id)
    return shown(visit, screens.ask_subject(visit.look, draft))


async def _choice(visit: Visit, draft: DraftView, *, offset: int, notes: Sequence[Markup] = ()) -> Screen:
    rows, total = await home.dossiers_page(visit.session, visit.person.id, offset=offset, limit=screens.CHOICES)
    return screens.choose_dossier(visit.look, draft, rows, total, offset=offset, notes=notes)


async def _original(visit: Visit, draft: DraftView) -> tuple[Message, str] | None:
    """The message that is answered and its author; it is seen here, so it is read."""
    if draft.reply_to_id is None:
        return None
    original = await messages.read(visit.session, visit.actor, draft.reply_to_id)
    return original.message, original.author or visit.desk.office.name


async def _end(visit: Visit) -> list[Answer]:
    await _forget(visit)
    return [shown(visit, screens.cancelled(visit.look))]


async def _forget(visit: Visit) -> None:
    await chats.forget(visit.session, visit.chat)
    await drafts.cancel(visit.session, visit.actor)


async def _sent(visit: Visit, draft_id: int) -> Message:
    stored = None
    if visit.full_text is not None:
        name = visit.look.label("file.full_text")
        stored = await files.record(visit.session, visit.full_text, name=name, actor=visit.actor)
    return await drafts.send(visit.session, visit.actor, draft_id, office=visit.desk.office, full_text_file=stored)


async def _missing(visit: Visit, callback: Callback, refused: Refused) -> list[Answer]:
    """What stands in the way of sending is said, and asked where it can be."""
    said = [Toast(visit.tap.query_id, refusal(visit.look.language, refused), alert=True)] if visit.tap else []
    if refused.code == "draft.subject_missing":
        return [*said, *await ask_subject(visit, callback)]
    if refused.code == "draft.dossier_missing":
        return [*said, *await choose(visit, callback)]
    raise refused


def _no_dossiers(visit: Visit) -> Screen:
    office = visit.desk.office
    return about.with_home(visit.look, "draft.no_dossiers", email=office.email, phone=office.phone)


def nowhere(visit: Visit) -> list[Answer]:
    """For a text or file of who has no dossier at all."""
    return [at_the_bottom(visit, _no_dossiers(visit))]
