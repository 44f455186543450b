"""A shelf of a dossier: a page of documents, each with a [Download] (DOC-1, 2, 3)."""

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
from core.documents.documents import DocumentRow
from core.documents.models import Shelf

A_PAGE: Final = 8


def shelf(
    look: Look, number: str, dossier_id: int, kind: Shelf, rows: Sequence[DocumentRow], total: int, *, offset: int
) -> Screen:
    """The documents of one shelf of dossier `number`, newest first."""
    back = look.home(look.button("button.dossier", Verb.DOSSIER, dossier_id))
    title = look.say(f"documents.title.{kind}", number=number)
    if not rows:
        return Screen(lines(title, "", look.say(f"documents.none.{kind}")), (back,))
    where = span(look, offset=offset, shown=len(rows), total=total) if total > len(rows) else None
    text = lines(title, where, *[_entry(look, row) for row in rows])
    turn = pager(look, Verb.DOCUMENTS, dossier_id, kind, offset=offset, limit=A_PAGE, total=total)
    return Screen(text, (*[(_download(row, offset),) for row in rows], *turn, back))


def _entry(look: Look, row: DocumentRow) -> Markup:
    entry = look.say(
        "documents.entry",
        mark=(NEW if row.unread else "") + ("🔒 " if row.confidential else ""),
        name=limits.clipped(row.name, 120),
        size=look.size(row.size),
        day=when.day(look, row.published_at),
    )
    if row.expires_on is None:
        return entry
    return lines(entry, look.say("documents.expires", day=texts.day(look.office, look.language, row.expires_on)))


def _download(row: DocumentRow, offset: int) -> Button:
    lock = "🔒 " if row.confidential else ""
    return named(f"⬇ {NEW if row.unread else ''}{lock}{row.name}", Verb.DOWNLOAD, row.id, offset)
