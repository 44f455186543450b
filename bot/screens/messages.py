"""The messages of a dossier and one opened message (MSG-1, MSG-2)."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from bot import limits
from bot.callbacks import Verb
from bot.saying import lines
from bot.screens import when
from bot.screens.dossiers import NEW
from bot.screens.screen import Button, Look, Screen, named, pager, span
from core import texts
from core.messages.messages import MessageRow, OpenMessage
from core.messages.models import Direction, Message, MessageVersion

A_PAGE: Final = 8
A_PIECE: Final = 2800
"""Units of a message's text on one screen; a heading and the original must fit beside it."""

A_VERSION: Final = 3500
"""Units of an older version that are shown."""

QUOTED: Final = 300
"""Units of an original that are shown with the reply to it."""

MOST_FILES: Final = 80
"""Buttons for attachments; Telegram takes a hundred buttons."""


def message_list(
    look: Look, number: str, dossier_id: int, rows: Sequence[MessageRow], total: int, *, offset: int
) -> Screen:
    """Incoming ("Van") and outgoing ("Aan") messages, newest first, a button each."""
    write = (look.button("dossier.new_message", Verb.NEW_MESSAGE, dossier_id),)
    back = look.home(look.button("button.dossier", Verb.DOSSIER, dossier_id))
    title = look.say("messages.title", number=number)
    if not rows:
        return Screen(lines(title, "", look.say("messages.none")), (write, back))
    where = span(look, offset=offset, shown=len(rows), total=total) if total > len(rows) else None
    text = lines(title, where, *[_entry(look, row) for row in rows])
    turn = pager(look, Verb.MESSAGES, dossier_id, offset=offset, limit=A_PAGE, total=total)
    return Screen(text, (*[(_open(look, row),) for row in rows], *turn, write, back))


def _entry(look: Look, row: MessageRow) -> Markup:
    outgoing = row.direction is Direction.OUTGOING
    return look.say(
        f"messages.entry.{row.direction}",
        mark=NEW if row.unread else "",
        author=look.office.name if outgoing else limits.clipped(row.author or look.office.name, 60),
        subject=limits.clipped(row.subject, 80),
        at=when.moment(look, row.sent_at),
        files=(f" · 📎 {row.attachments}" if row.attachments else "")
        + (f" · ✏️ {look.label('messages.edited')}" if row.edited else ""),
    )


def _open(look: Look, row: MessageRow) -> Button:
    side = look.label(f"messages.side.{row.direction}")
    return named(f"{NEW if row.unread else ''}{side}: {row.subject}", Verb.MESSAGE, row.id, 0)


def opened(look: Look, data: OpenMessage, *, page: int, reader: int = 0) -> Screen:
    """One message with its attachments and the original that it answers; a long text in pieces, one a page. `reader` is the
    id of who opens it."""
    message = data.message
    pieces = limits.pages(message.text, A_PIECE)
    page = min(page, len(pieces) - 1)
    text = lines(
        _head(look, data, reader),
        look.say("message.subject", subject=limits.clipped(message.subject, 250)),
        look.say("message.at", at=when.moment(look, message.sent_at)),
        look.say("message.edited", at=when.moment(look, message.edited_at)) if message.edited_at else None,
        "",
        pieces[page],
        *_original(look, data),
    )
    files = [(named(f"⬇ {item.name}", Verb.ATTACHMENT, item.id),) for item in data.attachments[:MOST_FILES]]
    turn = pager(look, Verb.MESSAGE, message.id, offset=page, limit=1, total=len(pieces))
    before = ((look.button("message.before", Verb.VERSIONS, message.id, 0, n=data.versions),),) if data.versions else ()
    reply = look.button("message.reply", Verb.REPLY, message.id)
    back = look.button("button.messages", Verb.MESSAGES, message.dossier_id, 0)
    dossier = look.button("button.dossier", Verb.DOSSIER, message.dossier_id)
    return Screen(text, (*files, *turn, *before, (reply, back), look.home(dossier)))


def versions(look: Look, message: Message, older: Sequence[MessageVersion], *, page: int) -> Screen:
    """One older version of a message, the newest first."""
    back = look.home(look.button("message.back", Verb.MESSAGE, message.id, 0))
    if not older:
        return Screen(look.say("message.no_versions"), (back,))
    page = min(page, len(older) - 1)
    shown = older[page]
    text = lines(
        look.say("message.version", subject=limits.clipped(message.subject, 250)),
        look.say(
            "message.version_until",
            written=texts.moment(look.office, look.language, shown.written_at),
            replaced=texts.moment(look.office, look.language, shown.replaced_at),
        ),
        "",
        limits.clipped(shown.text, A_VERSION),
    )
    turn = pager(look, Verb.VERSIONS, message.id, offset=page, limit=1, total=len(older))
    return Screen(text, (*turn, back))


def revised(look: Look, message: Message) -> Screen:
    """An edit after sending was taken over (MSG-8)."""
    show = look.button("message.show", Verb.MESSAGE, message.id, 0)
    return Screen(
        look.say("message.revised", subject=limits.clipped(message.subject, 250), office=look.office.name),
        ((show,), look.home()),
    )


def _head(look: Look, data: OpenMessage, reader: int) -> Markup:
    """Who wrote it to whom; the office itself has no author's name, and one's own goes without saying."""
    if data.message.direction == Direction.OUTGOING and reader == data.message.person_id:
        return look.say("message.head.mine", office=look.office.name)
    if data.message.direction == Direction.INCOMING and not data.author:
        return look.say("message.head.office", office=look.office.name)
    return look.say(f"message.head.{data.message.direction}", author=data.author, office=look.office.name)


def _original(look: Look, data: OpenMessage) -> tuple[Markup, ...]:
    if data.original is None:
        return ()
    return (Markup(), quoted(look, data.original.subject, data.original.text, data.original_author or look.office.name))


def quoted(look: Look, subject: str, text: str, author: str) -> Markup:
    """An original, folded under what answers it."""
    return look.say(
        "message.original",
        author=limits.clipped(author, 80),
        subject=limits.clipped(subject, 80),
        text=limits.clipped(text, QUOTED),
    )
