"""The keypad: digits that are pressed one by one, six at most. What stands on it is kept with what is being confirmed."""

import re

LENGTH = 6


def pressed(entered: str, key: str) -> str:
    """What stands on a keypad after one more key ("0" to "9", "back", "clear"). ValueError for another key."""
    if key == "back":
        return entered[:-1]
    if key == "clear":
        return ""
    if key not in set("0123456789"):
        raise ValueError(f"no key {key!r}")
    return (entered + key)[:LENGTH]


def bare(code: str) -> str:
    """A code as it counts, without the spaces and dashes that people and mails put in."""
    return re.sub(r"[\s\u2010-\u2015-]", "", code)
