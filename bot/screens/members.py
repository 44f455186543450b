"""The extra accounts of a company, for who manages them: who is linked, and cutting a link (LINK-13)."""

from collections.abc import Sequence
from typing import Final

from bot import limits
from bot.callbacks import Verb
from bot.saying import lines
from bot.screens.screen import Button, Look, Screen, named, pager, span
from core import texts
from core.accounts.managing import Member
from core.accounts.models import Account

A_PAGE: Final = 8
MOST_ACCOUNTS: Final = 50
"""Buttons for accounts; Telegram takes a hundred buttons."""


def accounts(look: Look, managed: Sequence[Account]) -> Screen:
    """Of which company?"""
    rows = [(named(each.name, Verb.MEMBERS, each.id, 0),) for each in managed[:MOST_ACCOUNTS]]
    return Screen(look.say("members.which"), (*rows, look.home(_details(look))))


def members(look: Look, account: Account, rows: Sequence[Member], total: int, *, offset: int, several: bool) -> Screen:
    """A page of an account's members; `several`: there are other accounts to go back to."""
    text = lines(
        look.say("members.title", account=limits.clipped(account.name, 200)),
        span(look, offset=offset, shown=len(rows), total=total) if total > len(rows) else None,
        *[
            look.say(
                "members.entry",
                name=limits.clipped(row.name, 100),
                role=look.say(f"members.role.{row.role}"),
                linked=look.say("members.linked" if row.linked_at else "members.not_linked"),
            )
            for row in rows
        ],
    )
    turn = pager(look, Verb.MEMBERS, account.id, offset=offset, limit=A_PAGE, total=total)
    back = look.button("members.other_account", Verb.MEMBERS) if several else _details(look)
    return Screen(text, (*[(named(row.name, Verb.MEMBER, row.id),) for row in rows], *turn, look.home(back)))


def member(look: Look, row: Member, *, note: str = "") -> Screen:
    """One member, and what can be done."""
    since = texts.day(look.office, look.language, row.linked_at) if row.linked_at else ""
    text = lines(
        *((note, "") if note else ()),
        look.say("members.name", name=row.name),
        look.say("members.email", email=row.email),
        look.say("members.as", role=look.say(f"members.role.{row.role}")),
        look.say("members.linked_since", day=since) if since else look.say("members.no_telegram"),
    )
    cut = ((look.button("members.unlink", Verb.MEMBER_UNLINK, row.id, 0),),) if row.linked_at else ()
    back = look.button("members.back", Verb.MEMBERS, row.account_id, 0)
    return Screen(text, (*cut, look.home(back)))


def ask_unlink(look: Look, row: Member) -> Screen:
    """Sure? They are told, and may link again."""
    sure = look.button("members.sure", Verb.MEMBER_UNLINK, row.id, 1)
    back = look.button("members.no", Verb.MEMBER, row.id)
    return Screen(look.say("members.ask_unlink", name=row.name), ((sure,), look.home(back)))


def _details(look: Look) -> Button:
    return look.button("home.details", Verb.DETAILS)
