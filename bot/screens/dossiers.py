"""The list of dossiers (DOS-1) and one dossier's card (DOS-5, DOS-6)."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from bot import limits
from bot.callbacks import Verb
from bot.saying import lines
from bot.screens.choice import ALL, MOST_STATUSES, Choice, carried, mask, ticked
from bot.screens.screen import Button, Look, Row, Screen, named, pager, span
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


def dossier_list(
    look: Look,
    rows: Sequence[DossierRow],
    total: int,
    *,
    offset: int,
    choice: Choice = ALL,
    statuses: Sequence[str] = (),
    account: str = "",
) -> Screen:
    """A page of dossiers, newest activity first; a button each. With several `statuses` they can be filtered (DOS-4).

    `account` is the one that the person has picked, if any.
    """
    head = (
        look.say("dossiers.title"),
        look.say("dossiers.account", account=limits.clipped(account, 200)) if account else None,
        _filtered(look, choice, statuses),
    )
    back = look.home(look.button("dossiers.all", Verb.DOSSIERS, 0)) if choice.ticked else look.home()
    if not rows:
        none = "dossiers.none_of_these" if choice.ticked or account else "dossiers.none"
        return Screen(
            lines(*head, "", look.say(none, office=look.office.name)), (*_filter(look, choice, statuses), back)
        )
    where = span(look, offset=offset, shown=len(rows), total=total) if total > len(rows) else None
    text = lines(*head, where, *[_entry(look, row) for row in rows])
    turn = _turn(look, choice, offset=offset, total=total)
    return Screen(text, (*[(_open(row),) for row in rows], *turn, *_filter(look, choice, statuses), back))


def found(
    look: Look,
    rows: Sequence[DossierRow],
    total: int,
    *,
    choice: Choice,
    offset: int = 0,
    instead: Button | None = None,
) -> Screen:
    """What a search found, a page of it. `instead` is what the words may have meant beside a search."""
    back = look.home(look.button("button.dossiers", Verb.DOSSIERS, 0))
    other = ((instead,),) if instead else ()
    if not rows:
        return Screen(look.say("search.none", words=choice.words), (*other, back))
    where = span(look, offset=offset, shown=len(rows), total=total) if total > len(rows) else None
    title = look.say("search.title", n=total, words=choice.words)
    turn = _turn(look, choice, offset=offset, total=total)
    text = lines(title, where, *[_entry(look, row) for row in rows])
    return Screen(text, (*[(_open(row),) for row in rows], *turn, *other, back))


def choose_statuses(look: Look, choice: Choice, statuses: Sequence[str]) -> Screen:
    """Which statuses the list shows; a tap ticks one or takes its tick away."""
    on = set(ticked(choice.ticked, statuses))
    rows: list[Row] = []
    for status in statuses[:MOST_STATUSES]:
        after = mask(tuple(on ^ {status}), statuses)
        rows.append((named(f"{'☑' if status in on else '☐'} {status}", Verb.STATUSES, after),))
    show = look.button("dossiers.show", Verb.FOUND, choice.ticked, "", 0)
    return Screen(look.say("dossiers.which_statuses"), (*rows, (show,), look.home()))


def _filtered(look: Look, choice: Choice, statuses: Sequence[str]) -> Markup | None:
    chosen = ", ".join(ticked(choice.ticked, statuses))
    return look.say("dossiers.filtered", statuses=limits.clipped(chosen, 200)) if chosen else None


def _filter(look: Look, choice: Choice, statuses: Sequence[str]) -> tuple[Row, ...]:
    return ((look.button("dossiers.filter", Verb.STATUSES, choice.ticked),),) if len(statuses) > 1 else ()


def _turn(look: Look, choice: Choice, *, offset: int, total: int) -> tuple[Row, ...]:
    if choice == ALL:
        return pager(look, Verb.DOSSIERS, offset=offset, limit=A_PAGE, total=total)
    args = (choice.ticked, carried(choice.words))
    return pager(look, Verb.FOUND, *args, offset=offset, limit=A_PAGE, total=total)


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
