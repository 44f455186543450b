"""Home and the actions (HOME-1, HOME-2)."""

from bot import limits
from bot.callbacks import Verb
from bot.saying import lines
from bot.screens.screen import Look, Screen
from core.portal.home import Home


def home(look: Look, data: Home, *, draft: bool) -> Screen:
    """The three entries with their counts; an open draft is offered again (MSG-7)."""
    text = lines(
        look.say("home.title", office=look.office.name),
        "",
        look.say("home.greeting", name=data.name),
        look.say("home.accounts", n=len(data.accounts), names=limits.clipped(", ".join(data.accounts), 300))
        if data.accounts
        else None,
        look.say("home.unread", n=data.unread) if data.unread else look.say("home.nothing_new"),
    )
    rows = [
        (look.button("home.dossiers", Verb.DOSSIERS, 0, in_progress=data.in_progress, total=data.total),),
        (look.button("home.actions", Verb.ACTIONS, count=data.actions),),
        (look.button("home.details", Verb.DETAILS), look.button("button.help", Verb.HELP)),
    ]
    if draft:
        rows.insert(0, (look.button("home.draft", Verb.DRAFT),))
    return Screen(text, tuple(rows))


def actions(look: Look) -> Screen:
    """What waits for the person. Zero says so and leads on: no dead end."""
    if not look.actions:
        return Screen(look.say("actions.none"), (look.home(look.button("button.dossiers", Verb.DOSSIERS, 0)),))
    return Screen(
        look.say("actions.some", n=look.actions), (look.home(look.button("button.dossiers", Verb.DOSSIERS, 0)),)
    )
