"""Changing a detail: the question, old → new with what it means, the code for a new address (DET-2, 3, 6; LINK-14)."""

from bot import limits
from bot.callbacks import Verb
from bot.saying import lines
from bot.screens.keypad import digits, pad
from bot.screens.screen import Look, Row, Screen
from core.people.details import Change, Field


def ask(look: Look, field: Field, now: str | None, *, required: bool, note: str = "") -> Screen:
    """What should it be? A detail that may be empty can be emptied."""
    text = lines(
        *((note, "") if note else ()),
        look.say(f"editing.ask.{field}"),
        look.say("editing.now", value=limits.clipped(now, 300)) if now else None,
    )
    rows: tuple[Row, ...] = ()
    if now and not required:
        rows = ((look.button("editing.empty", Verb.DETAIL_EMPTY, field),),)
    return Screen(text, (*rows, look.home(look.button("editing.back", Verb.DETAILS))))


def share(look: Look) -> Screen:
    """The telephone's own key that shares its number."""
    return Screen(look.say("editing.share_how"), share=(look.label("editing.share"), look.label("editing.cancel")))


def keyboard_gone(look: Look) -> Screen:
    """That key goes away again."""
    return Screen(look.say("editing.keyboard_gone"), clears=True)


def confirm(look: Look, change: Change, *, proven: bool = False) -> Screen:
    """Old → new, what it means, and nothing saved yet. `proven`: a code was right just now, so none is asked again."""
    nothing = look.say("editing.nothing")
    text = lines(
        look.say(f"editing.title.{change.field}"),
        "",
        look.say(
            "editing.change",
            old=limits.clipped(change.old, 300) if change.old else nothing,
            new=limits.clipped(change.new, 300) if change.new else nothing,
        ),
        *(
            ("", look.say("editing.consequence", text=limits.clipped(change.consequence, 1000)))
            if change.consequence
            else ()
        ),
        "",
        look.say(f"editing.{'saves' if proven else 'then'}.{'email' if change.field is Field.EMAIL else 'other'}"),
    )
    rows = (
        (
            look.button("editing.save", Verb.DETAIL_SAVE, change.id),
            look.button("editing.cancel", Verb.DETAIL_STOP, change.id),
        ),
        look.home(look.button("home.details", Verb.DETAILS)),
    )
    return Screen(text, rows)


def new_email(look: Look, change: Change, *, note: str = "") -> Screen:
    """The code that went to the new address; until it is given the old one stays."""
    text = lines(
        *((note, "") if note else ()),
        look.say("editing.prove", email=change.new or ""),
        look.say("code.how"),
        "",
        digits(look, change.entered),
    )
    below = (look.button("code.resend", Verb.EMAIL_RESEND), look.button("editing.cancel", Verb.DETAIL_STOP, change.id))
    return Screen(text, (*pad(Verb.EMAIL_KEY), below, look.home(look.button("home.details", Verb.DETAILS))))
