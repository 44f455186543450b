"""A message being written (MSG-2 to MSG-7): its card, the choice of a dossier, what became of it."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from bot import limits
from bot.callbacks import Verb
from bot.saying import lines
from bot.screens.messages import quoted
from bot.screens.screen import Button, Look, Row, Screen, named, pager
from core.messages.drafts import DraftView
from core.messages.models import Message
from core.portal.home import DossierRow

SHOWN: Final = 500
"""Units of the draft's own text on its card; the person has just typed it."""

FILES: Final = 10
"""Files that are shown; when one is removed the next appears."""

CHOICES: Final = 8


def card(
    look: Look,
    draft: DraftView,
    *,
    original: tuple[Message, str] | None,
    notes: Sequence[Markup] = (),
    asked: str = "",
) -> Screen:
    """The draft with its counter and files. `original` is the message it answers and its author; `notes` come on top; `asked`
    explains the upload request that it answers."""
    text = lines(
        *notes,
        "" if notes else None,
        look.say(_title(draft)),
        _where(look, draft),
        _subject(look, draft),
        look.say("draft.asked", text=limits.clipped(asked, 600)) if asked else None,
        "" if draft.length or not _supplies(draft) else None,
        _text(look, draft),
        look.say("draft.counter", length=draft.length, limit=draft.limit)
        if draft.length or not _supplies(draft)
        else None,
        look.say("draft.over", limit=draft.limit) if draft.over else None,
        *_files(look, draft),
        *(("", quoted(look, original[0].subject, original[0].text, original[1])) if original else ()),
        "",
        _next(look, draft),
    )
    return Screen(text, (*_buttons(look, draft), look.home()))


def _supplies(draft: DraftView) -> bool:
    """Whether it answers an upload request: then files matter, and a text may be left out."""
    return draft.upload_request_id is not None


def _title(draft: DraftView) -> str:
    if _supplies(draft):
        return "draft.title.supply"
    return "draft.title.reply" if draft.reply_to_id else "draft.title.new"


def _where(look: Look, draft: DraftView) -> Markup:
    if draft.dossier_number is None:
        return look.say("draft.dossier_missing")
    return look.say("draft.dossier", number=draft.dossier_number, office=look.office.name)


def _subject(look: Look, draft: DraftView) -> Markup:
    return (
        look.say("draft.subject", subject=limits.clipped(draft.subject, 120))
        if draft.subject
        else look.say("draft.subject_missing")
    )


def _text(look: Look, draft: DraftView) -> Markup | None:
    if not draft.text.strip():
        return None
    return look.say("draft.text", text=limits.clipped(draft.text, SHOWN))


def _files(look: Look, draft: DraftView) -> list[Markup]:
    found = [
        look.say(
            "draft.file.kept" if item.kept else "draft.file.pending",
            name=limits.clipped(item.name, 40),
            size=look.size(item.size),
        )
        for item in draft.attachments[:FILES]
    ]
    more = len(draft.attachments) - len(found)
    return [Markup(), *found, *([look.say("draft.file.more", n=more)] if more else [])] if found else []


def _next(look: Look, draft: DraftView) -> Markup:
    """The one thing to do now."""
    if draft.pending:
        return look.say("draft.next.files")
    if "attachment" in draft.missing:
        return look.say("draft.next.attachment")
    if "text" in draft.missing:
        return look.say("draft.next.text")
    if "subject" in draft.missing:
        return look.say("draft.next.subject")
    if "dossier" in draft.missing:
        return look.say("draft.next.dossier")
    return look.say("draft.next.send")


def _buttons(look: Look, draft: DraftView) -> tuple[Row, ...]:
    removals = tuple(
        (named(f"✕ {item.name}", Verb.DRAFT_REMOVE, draft.id, item.id),) for item in draft.attachments[:FILES]
    )
    if draft.pending:
        upload = look.button("draft.upload", Verb.DRAFT_KEEP, draft.id, n=draft.pending)
        return ((upload, look.button("draft.drop_files", Verb.DRAFT_DROP, draft.id)), *removals)
    subject = look.button(
        "draft.change_subject" if draft.subject else "draft.give_subject", Verb.DRAFT_SUBJECT, draft.id
    )
    first = ((look.button("draft.send", Verb.DRAFT_SEND, draft.id),),) if _sendable(draft) else ()
    if draft.dossier_id is None:
        first = (*first, (look.button("draft.choose_dossier", Verb.DRAFT_CHOOSE, draft.id, 0),))
    change = (subject,) if draft.reply_to_id is None and not _supplies(draft) else ()
    return (*removals, *first, (*change, _cancel(look, draft)))


def _sendable(draft: DraftView) -> bool:
    """Whether there is something to send; a subject or a dossier is asked by then."""
    return not {"text", "attachment"} & set(draft.missing)


def _cancel(look: Look, draft: DraftView) -> Button:
    """Throwing away is for what was written; who only began stops."""
    key = "draft.cancel" if draft.text or draft.attachments else "draft.stop"
    return look.button(key, Verb.DRAFT_CANCEL, draft.id)


def ask_cancel(look: Look, draft: DraftView) -> Screen:
    """Sure? One wrong tap beside [Versturen] loses nothing."""
    sure = look.button("draft.cancel_sure", Verb.DRAFT_CANCEL, draft.id, 1)
    files = look.say("draft.cancel_files", n=len(draft.attachments)) if draft.attachments else None
    text = lines(look.say("draft.cancel_ask"), _text(look, draft), files)
    return Screen(text, ((look.button("draft.keep", Verb.DRAFT),), (sure,), look.home()))


def choose_dossier(
    look: Look,
    draft: DraftView,
    rows: Sequence[DossierRow],
    total: int,
    *,
    offset: int,
    notes: Sequence[Markup] = (),
) -> Screen:
    """Over which dossier? Asked only of who has several (DOC-5)."""
    files = look.say("draft.choose.files", n=len(draft.attachments)) if draft.attachments else None
    text = lines(*notes, "" if notes else None, files, _text(look, draft), look.say("draft.choose.ask"))
    choices = [(named(f"{row.number} · {row.description}", Verb.DRAFT_DOSSIER, draft.id, row.id),) for row in rows]
    turn = pager(look, Verb.DRAFT_CHOOSE, draft.id, offset=offset, limit=CHOICES, total=total)
    return Screen(text, (*choices, *turn, look.home(_cancel(look, draft))))


def exists(look: Look, draft: DraftView, *, verb: Verb, target: int, typed: bool) -> Screen:
    """Another message is being written: go on with that, or drop it and begin this one. `typed`: a text came with it."""
    about = limits.clipped(draft.subject or draft.text, 120)
    text = lines(
        look.say("draft.exists", subject=about) if about else look.say("draft.exists_unnamed"),
        look.say("draft.not_added") if typed else None,
    )
    rows = (
        (look.button("draft.go_on", Verb.DRAFT),),
        (look.button("draft.start_over", verb, target, 1),),
        look.home(),
    )
    return Screen(text, rows)


def ask_subject(look: Look, draft: DraftView) -> Screen:
    """The next text is the subject."""
    where = (
        look.say("draft.dossier", number=draft.dossier_number, office=look.office.name)
        if draft.dossier_number
        else None
    )
    text = lines(look.say("draft.title.new"), where, "", look.say("draft.ask_subject"))
    back = look.button("draft.back", Verb.DRAFT)
    return Screen(text, ((back, _cancel(look, draft)), look.home()))


def sent(
    look: Look, message: Message, number: str, *, cut: bool, closed: bool, supplied: bool = False, counts_as: str = ""
) -> Screen:
    """The confirmation that stays in the chat; `supplied`: it was written to answer an upload request; `counts_as`: the title
    of the one that its files answer all the same."""
    key = "draft.supplied" if supplied else "draft.sent"
    text = lines(
        look.say(key, number=number, subject=message.subject, office=look.office.name),
        look.say("draft.sent_cut", limit=look.office.message_limit) if cut else None,
        look.say("draft.sent_closed") if closed else None,
        look.say("draft.sent_counts", title=counts_as) if counts_as else None,
    )
    messages = look.button("button.messages", Verb.MESSAGES, message.dossier_id, 0, below=True)
    dossier = look.button("button.open_dossier", Verb.DOSSIER, message.dossier_id, below=True)
    return Screen(text, ((messages, dossier), look.home(below=True)))


def cancelled(look: Look) -> Screen:
    """Nothing was sent."""
    return Screen(look.say("draft.cancelled"), (look.home(look.button("button.dossiers", Verb.DOSSIERS, 0)),))
