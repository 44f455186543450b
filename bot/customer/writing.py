"""What a linked person types and sends: the parts of a draft (DOC-5, MSG-3 to MSG-5, MSG-8)."""

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

from bot import limits
from bot.answers import Answer, Show
from bot.callbacks import Callback, StaleButton, Verb
from bot.customer import drafts, finding, news
from bot.customer.visit import Visit, at_the_bottom, shown
from bot.fetching import Fetched, name_of
from bot.saying import lines, refusal
from bot.screens import about
from bot.screens import drafts as screens
from bot.screens import messages as message_screens
from bot.screens.screen import Screen
from bot.updates import Brought, Edited, Words
from core import clock
from core.chats import chats
from core.documents import upload_requests
from core.errors import Refused
from core.files import files, policy
from core.messages import drafts as core_drafts
from core.messages import messages
from core.messages.drafts import DraftView

MOST_NOTES: Final = 3
"""Refusals that are shown in full."""

LONGEST_SUBJECT: Final = 250
"""Characters; what is longer was meant as text."""


async def words(visit: Visit, said: Words) -> list[Answer]:
    """A text: the subject when that was asked, STOP, a dossier's number or words of it, else a part of the draft."""
    draft = await drafts.current(visit)
    if draft is not None and visit.row.expecting == drafts.SUBJECT:
        return await _subject(visit, said)
    if news.means_stop(said.text):
        return await news.stop(visit)
    if not said.answers and (found := await finding.typed(visit, said, writing=draft is not None)) is not None:
        return found
    ready = await _draft_for(visit, draft, said.answers)
    if not isinstance(ready, DraftView):
        return ready
    draft = await _add(visit, said.message_id, said.text)
    return [at_the_bottom(visit, await drafts.screen_of(visit, draft))]


async def brought(visit: Visit, items: Sequence[Brought], fetched: Mapping[int, Fetched]) -> list[Answer]:
    """Files, an album at once: those that are accepted wait on the draft, captions are text, refusals are said."""
    notes, accepted = await _sorted_out(visit, items, fetched)
    captions = [item for item in items if item.caption.strip()]
    begun = await drafts.current(visit)
    if not accepted and not captions:
        screen = _only_refused(visit, notes) if begun is None else await drafts.screen_of(visit, begun, notes)
        return [at_the_bottom(visit, screen)]
    draft = await _draft_for(visit, begun, items[0].answers)
    if not isinstance(draft, DraftView):
        return draft
    if visit.row.expecting:
        await chats.forget(visit.session, visit.chat)
    for item in accepted:
        draft = await _attach(visit, item, fetched[item.message_id])
    for item in captions:
        draft = await _add(visit, item.message_id, item.caption)
    if any(item.kind == "photo" for item in accepted):
        notes.append(visit.look.say("draft.photo_hint"))
    return [at_the_bottom(visit, await drafts.screen_of(visit, draft, notes))]


async def as_message(visit: Visit, callback: Callback) -> list[Answer]:
    """What looked like a search was a message after all."""
    message_id, text = callback.number(0), callback.word(1)
    ready = await _draft_for(visit, await drafts.current(visit), ())
    if not isinstance(ready, DraftView):
        return ready
    return [shown(visit, await drafts.screen_of(visit, await _add(visit, message_id, text)))]


async def edited(visit: Visit, change: Edited, fetched: Mapping[int, Fetched]) -> list[Answer]:
    """Within the draft an edit changes it; after sending it becomes a version beside the old one (MSG-8)."""
    source, began = _source(visit, change.message_id), clock.now()
    draft = await core_drafts.edit_text(visit.session, visit.actor, source=source, text=change.text, limit=visit.limit)
    if draft is not None:
        draft, notes = await _exchanged(visit, draft, change, fetched)
        screen = await drafts.screen_of(visit, draft, notes)
        return [Show(screen, edit=visit.row.card_message_id, card=True)]
    message = await messages.revise(
        visit.session, visit.actor, source=source, text=change.text, office=visit.desk.office
    )
    if await _another_file(visit, change, fetched):
        return [at_the_bottom(visit, about.with_home(visit.look, "draft.edit_file"))]
    if message is None:
        return [at_the_bottom(visit, about.with_home(visit.look, "draft.edit_too_late"))]
    if message.edited_at is None or message.edited_at < began:
        return []  # Telegram also tells of edits that change nothing we keep: a preview of a link
    return [at_the_bottom(visit, message_screens.revised(visit.look, message))]


async def _exchanged(
    visit: Visit, draft: DraftView, change: Edited, fetched: Mapping[int, Fetched]
) -> tuple[DraftView, list[Markup]]:
    """The draft with the file that now stands in the message, or why that can't be taken."""
    if change.file is None or not await _another_file(visit, change, fetched):
        return draft, []
    notes, accepted = await _sorted_out(visit, [change.file], fetched)
    if not accepted:
        return draft, notes
    got, name = fetched[change.message_id], name_of(change.file, visit.look.language, visit.desk.office)
    assert got.content is not None  # what was accepted has its bytes
    file = await files.record(visit.session, got.content, name=name, actor=visit.actor)
    source = _source(visit, change.message_id)
    exchanged = await core_drafts.replace_file(
        visit.session, visit.actor, source=source, file=file, name=name, limit=visit.limit
    )
    return exchanged or draft, []


async def _another_file(visit: Visit, change: Edited, fetched: Mapping[int, Fetched]) -> bool:
    """Whether the message holds another file than the one that came with it; one that can't be had any more is another."""
    if change.file is None:
        return False
    known = await core_drafts.file_from(visit.session, visit.actor, _source(visit, change.message_id))
    content = fetched[change.message_id].content
    return known is not None and (content is None or content.sha256 != known.sha256)


async def _subject(visit: Visit, said: Words) -> list[Answer]:
    """A subject is a line; what is longer goes into the text, so that nothing is lost."""
    if len(said.text) > LONGEST_SUBJECT:
        await chats.forget(visit.session, visit.chat)
        draft = await _add(visit, said.message_id, said.text)
        note = visit.look.say("draft.subject_too_long")
        return [at_the_bottom(visit, await drafts.screen_of(visit, draft, [note]))]
    draft = await core_drafts.set_subject(visit.session, visit.actor, said.text, limit=visit.limit)
    await chats.forget(visit.session, visit.chat)
    return [at_the_bottom(visit, await drafts.screen_of(visit, draft))]


async def _draft_for(visit: Visit, draft: DraftView | None, answers: Sequence[Callback]) -> DraftView | list[Answer]:
    """The draft that this belongs to, begun when there is none; or what must be settled first."""
    target, request = _answered(answers), _pointed(answers, Verb.SUPPLY)
    if target is not None and draft is not None and draft.reply_to_id != target:
        if not drafts.is_empty(draft):
            screen = screens.exists(visit.look, draft, verb=Verb.REPLY, target=target, typed=True)
            return [at_the_bottom(visit, screen)]
        await core_drafts.cancel(visit.session, visit.actor)
        draft = None
    if draft is not None:
        return draft
    if target is not None:
        return await core_drafts.start(visit.session, visit.actor, reply_to_id=target, limit=visit.limit)
    if request is not None and (supplies := await _supplying(visit, request)) is not None:
        return supplies
    return await drafts.start(visit) or drafts.nowhere(visit)


async def _supplying(visit: Visit, request_id: int) -> DraftView | None:
    """A draft that answers an upload request; None when nothing is asked any more: then it is a message like any other."""
    try:
        return await core_drafts.start(visit.session, visit.actor, upload_request_id=request_id, limit=visit.limit)
    except Refused:
        return None


def _answered(answers: Sequence[Callback]) -> int | None:
    """The message that a Telegram reply answers: the one that its [Beantwoorden] would (MSG-2)."""
    return _pointed(answers, Verb.REPLY)


def _pointed(answers: Sequence[Callback], verb: Verb) -> int | None:
    """What the button with this verb under the message that was replied to is about."""
    for callback in answers:
        if callback.verb is verb:
            try:
                return callback.number(0)
            except StaleButton:
                return None
    return None


async def _sorted_out(
    visit: Visit, items: Sequence[Brought], fetched: Mapping[int, Fetched]
) -> tuple[list[Markup], list[Brought]]:
    """Why files were refused, and the others (DOC-6: asked for; DOC-8: by content)."""
    if not await _wanted(visit):
        return [visit.look.say("refused", sentence=refusal(visit.look.language, Refused("upload.on_request")))], []
    office, notes, accepted = visit.desk.office, [], []
    for item in items:
        got = fetched[item.message_id]
        name = name_of(item, visit.look.language, visit.desk.office)
        try:
            if got.refused is not None or got.content is None:
                raise got.refused or Refused("file.unavailable", name=name)
            policy.check(got.content, name=name, limit=office.upload_limit)
            accepted.append(item)
        except Refused as refused:
            notes.append(_why_not(visit, name, refused))
    return _shortened(visit, notes), accepted


async def _wanted(visit: Visit) -> bool:
    """Whether files may come now: in the draft's dossier, else in any."""
    draft = await drafts.current(visit)
    dossier_id = draft.dossier_id if draft else None
    return await upload_requests.wanted(visit.session, visit.actor, visit.desk.office, dossier_id)


def _why_not(visit: Visit, name: str, refused: Refused) -> Markup:
    sentence = refusal(visit.look.language, refused)
    return visit.look.say("draft.file_refused", name=limits.clipped(name, 40), sentence=limits.clipped(sentence, 250))


def _shortened(visit: Visit, notes: list[Markup]) -> list[Markup]:
    """The first refusals, how many more, and once the other way; an album has ten files, a screen 4096 characters."""
    if not notes:
        return []
    more = len(notes) - MOST_NOTES
    shown = [*notes[:MOST_NOTES], *([visit.look.say("draft.files_refused_more", n=more)] if more > 0 else [])]
    return [*shown, visit.look.say("draft.file_other_way", email=visit.desk.office.email)]


def _only_refused(visit: Visit, notes: Sequence[Markup]) -> Screen:
    return Screen(lines(*notes), (visit.look.home(),))


async def _attach(visit: Visit, item: Brought, got: Fetched) -> DraftView:
    name = name_of(item, visit.look.language, visit.desk.office)
    if got.content is None:
        raise Refused("file.unavailable", name=name)
    file = await files.record(visit.session, got.content, name=name, actor=visit.actor)
    source = _source(visit, item.message_id)
    return await core_drafts.attach(visit.session, visit.actor, source=source, file=file, name=name, limit=visit.limit)


async def _add(visit: Visit, message_id: int, text: str) -> DraftView:
    return await core_drafts.add_text(
        visit.session, visit.actor, source=_source(visit, message_id), text=text, limit=visit.limit
    )


def _source(visit: Visit, message_id: int) -> str:
    """What a part came from, so that it counts once and an edit finds it."""
    return f"telegram:{visit.chat.bot_id}:{visit.chat.chat_id}:{message_id}"
