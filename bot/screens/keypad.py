"""The keypad: six digits by thumb, for every code that is asked."""

from typing import Final

from markupsafe import Markup

from bot.callbacks import Verb, pack
from bot.screens.screen import Button, Look, Row

BACK: Final = "back"
SHOW: Final = "show"
"""Not on the pad: the argument of a button that brings the keypad back."""

KEYS: Final = (("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), (BACK, "0"))
LENGTH: Final = 6


def pad(verb: Verb) -> tuple[Row, ...]:
    """The keys; each carries `verb` and what it types."""
    return tuple(tuple(Button("⌫" if key == BACK else key, pack(verb, key)) for key in row) for row in KEYS)


def digits(look: Look, entered: str) -> Markup:
    """What stands there, and how much is missing."""
    return look.say("link.entered", shown=" ".join(entered.ljust(LENGTH, "_")))
