"""Home, and picking an account (HOME-1, HOME-2, HOME-3)."""

from collections.abc import Sequence
from typing import Final

from bot import limits
from bot.callbacks import Verb
from bot.saying import lines
from bot.screens.screen import Look, Screen, named
from core.accounts.models import Account
from core.portal.home import Home

MOST_ACCOUNTS: Final = 50
"""Buttons for accounts; Telegram takes a hundred buttons."""


def home(look: Look, data: Home, *, draft: bool, account: str = "") -> Screen:
    """The three entries with their counts, and the person's name, which opens the details (DET-1); an open draft is offered
    again (MSG-7).

    Who has several accounts picks one here, and `account` names it once it is picked (HOME-3); the account of one's own name
    goes without saying. What is new is a tap away.
    """
    named_accounts = (account,) if account else data.accounts if data.accounts != (data.name,) else ()
    text = lines(
        look.say("home.title", office=look.office.name),
        "",
        look.say("home.greeting", name=data.name),
        look.say("home.accounts", n=len(named_accounts), names=limits.clipped(", ".join(named_accounts), 300))
        if named_accounts
        else None,
        look.say("home.unread", n=data.unread) if data.unread else look.say("home.nothing_new"),
    )
    rows = [
        (look.button("home.dossiers", Verb.DOSSIERS, 0, in_progress=data.in_progress, total=data.total),),
        (look.button("home.actions", Verb.ACTIONS, count=data.actions),),
        (named(f"👤 {data.name}", Verb.DETAILS),),
        (look.button("home.details", Verb.DETAILS), look.button("button.help", Verb.HELP)),
    ]
    if len(data.accounts) > 1:
        rows.insert(2, (look.button("home.other_account" if account else "home.pick_account", Verb.ACCOUNTS),))
    if data.unread:
        rows.insert(0, (look.button("home.new", Verb.UNREAD, count=data.unread),))
    if draft:
        rows.insert(0, (look.button("home.draft", Verb.DRAFT),))
    return Screen(text, tuple(rows))


def accounts(look: Look, theirs: Sequence[Account], picked: int | None) -> Screen:
    """The accounts to pick from, and all of them together."""
    every = look.button("accounts.all_picked" if picked is None else "accounts.all", Verb.ACCOUNT, 0)
    mark = {True: "● ", False: ""}
    rows = [(named(f"{mark[each.id == picked]}{each.name}", Verb.ACCOUNT, each.id),) for each in theirs[:MOST_ACCOUNTS]]
    return Screen(look.say("accounts.ask"), (*rows, (every,), look.home()))
