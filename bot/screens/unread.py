"""What is new, over all dossiers: a button each, that opens or downloads it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from markupsafe import Markup

from bot import limits
from bot.callbacks import Verb
from bot.saying import lines
from bot.screens import when
from bot.screens.screen import Button, Look, Screen, named, pager, span

A_PAGE: Final = 6

FROM_HERE: Final = "n"
"""The argument of a download that comes back to this list instead of the shelf."""

Item = Mapping[str, Any]
"""One item of `core.portal.waiting.Waiting`."""


def unread(look: Look, items: Sequence[Item], total: int, *, offset: int) -> Screen:
    """A page of what wasn't read yet, the newest first."""
    back = look.home(look.button("button.dossiers", Verb.DOSSIERS, 0))
    if not items:
        return Screen(look.say("home.nothing_new"), (back,))
    where = span(look, offset=offset, shown=len(items), total=total) if total > len(items) else None
    text = lines(look.say("unread.title", n=total), where, *[_entry(look, item) for item in items])
    turn = pager(look, Verb.UNREAD, offset=offset, limit=A_PAGE, total=total)
    return Screen(text, (*[(_open(look, item),) for item in items], *turn, back))


def _entry(look: Look, item: Item) -> Markup:
    return look.say(
        f"unread.{item['kind']}",
        title=limits.clipped(_title(look, item), 120),
        number=item["dossier_number"],
        at=when.moment(look, datetime.fromisoformat(item["at"])),
    )


def _open(look: Look, item: Item) -> Button:
    if item["kind"] == "message":
        return named(f"✉️ {_title(look, item)}", Verb.MESSAGE, item["id"], 0)
    return named(f"⬇ {_title(look, item)}", Verb.DOWNLOAD, item["id"], FROM_HERE)


def _title(look: Look, item: Item) -> str:
    return look.label("unread.confidential") if item["confidential"] else str(item["title"])
