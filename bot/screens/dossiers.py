"""The list of dossiers (DOS-1) and one dossier's card (DOS-5, DOS-6)."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from bot import limits
from bot.callbacks import Verb
from bot.saying import lines
from bot.screens.screen import Button, Look, Screen, named, pager, span
from core import texts
from core.documents.models import Shelf
from core.dossiers.models import ProgressStep
from core.portal.card import DossierCard, Tab
from core.portal.home import DossierRow

A_PAGE: Final = 8
MOST_STEPS: Final = 30
"""Steps that fit in one message beside the rest of the card."""

NEW: Final = "🔵 "
"""Before the label of what is unread."""


def dossier_list(look: Look, rows: Sequence[DossierRow], total: int, *, offset: int) -> Screen:
    """A page of dossiers, newest activity first; a button each."""
    if not rows:
        return Screen(look.say("dossiers.none", office=look.office.name), (look.home(),))
    text = lines(
        look.say("dossiers.title"),
        span(look, offset=offset, shown=len(rows), total=total),
        *[_entry(look, row) for row in rows],
    )
    turn = pager(look, Verb.DOSSIERS, offset=offset, limit=A_PAGE, total=total)
    return Screen(text, (*[(_open(row),) for row in rows], *turn, look.home()))


def found(look: Look, rows: Sequence[DossierRow], total: int, *, words: str) -> Screen:
    """What a search found: the first page, and how to narrow it."""
    back = look.home(look.button("button.dossiers", Verb.DOSSIERS, 0))
    if not rows:
        return Screen(look.say("search.none", words=words), (back,))
    more = look.say("search.more", n=total - len(rows)) if total > len(rows) else None
    text = lines(look.say("search.title", n=total, words=words), *[_entry(look, row) for row in rows], more)
    return Screen(text, (*[(_open(row),) for row in rows], back))


def _entry(look: Look, row: DossierRow) -> Markup:
    unread = look.say("dossiers.unread", n=row.unread) if row.unread else Markup()
    return look.say(
        "dossiers.entry",
        number=row.number,
        description=limits.clipped(row.description, 200),
        status=row.status,
        unread=unread,
    )


def _open(row: DossierRow) -> Button:
    return named(f"{NEW if row.unread else ''}{row.number} · {row.description}", Verb.DOSSIER, row.id)


def card(look: Look, dossier: DossierCard, steps: Sequence[ProgressStep] | None = None) -> Screen:
    """A dossier with its four tabs and its progress, folded unless the `steps` are given."""
    handler = dossier.handler or look.office.name
    text = lines(
        look.say("dossier.title", number=dossier.number),
        look.say("dossier.description", description=dossier.description),
        "",
        look.say("dossier.status", status=dossier.status),
        look.say("dossier.handler", handler=limits.clipped(handler, 200)),
        look.say("dossier.account", account=dossier.account),
        look.say("dossier.closed") if dossier.closed else None,
        *(_steps(look, dossier, steps) if steps is not None else ()),
    )
    rows = (
        *[(tab_button(look, dossier.id, name, tab),) for name, tab in dossier.tabs.items()],
        (_fold(look, dossier, unfolded=steps is not None),),
        (look.button("dossier.new_message", Verb.NEW_MESSAGE, dossier.id),),
        look.home(look.button("button.dossiers", Verb.DOSSIERS, 0)),
    )
    return Screen(text, rows)


def tab_button(look: Look, dossier_id: int, name: str, tab: Tab) -> Button:
    """A tab with its count and, when there is something unread, how much."""
    key = f"tab.{name}.unread" if tab.unread else f"tab.{name}.plain"
    if name == "messages":
        return look.button(key, Verb.MESSAGES, dossier_id, 0, count=tab.count, unread=tab.unread)
    return look.button(key, Verb.DOCUMENTS, dossier_id, Shelf(name), 0, count=tab.count, unread=tab.unread)


def _fold(look: Look, dossier: DossierCard, *, unfolded: bool) -> Button:
    key, verb = ("progress.fold", Verb.DOSSIER) if unfolded else ("progress.unfold", Verb.PROGRESS)
    return look.button(key, verb, dossier.id, done=dossier.done, total=dossier.steps)


def _steps(look: Look, dossier: DossierCard, steps: Sequence[ProgressStep]) -> list[Markup]:
    if not steps:
        return [Markup(), look.say("progress.none")]
    found = [Markup(), look.say("progress.title", done=dossier.done, total=dossier.steps)]
    more = len(steps) - MOST_STEPS
    rest = [look.say("progress.more", n=more)] if more > 0 else []
    return [*found, *[_step(look, step) for step in steps[:MOST_STEPS]], *rest]


def _step(look: Look, step: ProgressStep) -> Markup:
    name = limits.clipped(step.label, 60)
    if step.done_at is None:
        return look.say("progress.open", label=name)
    return look.say("progress.done", label=name, day=texts.day(look.office, look.language, step.done_at))
