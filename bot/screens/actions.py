"""What waits for the person: upload requests, as a list and one by one (DOC-7)."""

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from bot import limits
from bot.callbacks import Verb
from bot.saying import lines
from bot.screens.screen import Look, Screen, named, pager, span
from core import texts
from core.documents.models import Decision, RequestState, UploadRequest
from core.documents.upload_requests import SuppliedRow
from core.portal.tasks import Task

A_PAGE: Final = 6
FILES: Final = 6
"""Supplied files that a card names."""


def actions(look: Look, tasks: Sequence[Task], total: int, supplied: Sequence[UploadRequest], *, offset: int) -> Screen:
    """The tasks, the soonest first; below them what was `supplied` and where that stands. None says so and leads on."""
    back = look.home(look.button("button.dossiers", Verb.DOSSIERS, 0))
    after = _supplied(look, supplied)
    if not tasks:
        return Screen(lines(look.say("actions.none"), *after), (back,))
    where = span(look, offset=offset, shown=len(tasks), total=total) if total > len(tasks) else None
    text = lines(look.say("actions.some", n=total), where, *[_entry(look, task) for task in tasks], *after)
    buttons = [(named(f"📥 {task.title}", Verb.TASK, task.id),) for task in tasks]
    turn = pager(look, Verb.ACTIONS, offset=offset, limit=A_PAGE, total=total)
    return Screen(text, (*buttons, *turn, back))


def _entry(look: Look, task: Task) -> Markup:
    return lines(
        look.say("actions.entry", title=limits.clipped(task.title, 120), number=task.dossier_number),
        look.say("actions.due", day=texts.day(look.office, look.language, task.due_on)) if task.due_on else None,
        look.say("actions.again", reason=limits.clipped(task.reason, 150)) if task.reason else None,
    )


def _supplied(look: Look, supplied: Sequence[UploadRequest]) -> list[Markup]:
    if not supplied:
        return []
    entries = [
        look.say(
            "actions.accepted" if request.state == RequestState.DONE else "actions.looking",
            title=limits.clipped(request.title, 100),
        )
        for request in supplied
    ]
    return [Markup(), look.say("actions.supplied"), *entries]


def task(
    look: Look, request: UploadRequest, number: str, description: str, files: Sequence[SuppliedRow], *, alone: bool
) -> Screen:
    """What is asked, what became of the files that were sent, and [Bestand sturen]. `alone`: it is the only task."""
    text = lines(
        look.say("task.title", title=request.title),
        look.say("task.dossier", number=number, description=limits.clipped(description, 200)),
        look.say("task.explanation", text=limits.clipped(request.explanation, 1200)) if request.explanation else None,
        look.say("task.due", day=texts.day(look.office, look.language, request.due_on)) if request.due_on else None,
        *([Markup(), *[_file(look, file) for file in files[-FILES:]]] if files else []),
        "",
        look.say(f"task.{request.state}"),
    )
    accepting = request.state in {RequestState.OPEN, RequestState.SUPPLIED}
    send = ((look.button("task.send_file", Verb.SUPPLY, request.id),),) if accepting else ()
    dossier = look.button("button.dossier", Verb.DOSSIER, request.dossier_id)
    back = () if alone else (look.button("task.all", Verb.ACTIONS, 0),)
    return Screen(text, (*send, (*back, dossier), look.home()))


def _file(look: Look, file: SuppliedRow) -> Markup:
    name = limits.clipped(file.name, 60)
    match file.decision:
        case Decision.ACCEPTED:
            return look.say("task.file.accepted", name=name)
        case Decision.REJECTED:
            return look.say("task.file.rejected", name=name, reason=limits.clipped(file.reason, 150))
        case _:
            return look.say("task.file.waiting", name=name)
