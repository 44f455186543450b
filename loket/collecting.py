"""How a process that runs for weeks looks for garbage: seldom among what it began with, which stays for good."""

import gc

YOUNG = 5_000
"""New objects after which the youngest are looked through. Python's own 700 suits a script: a transaction makes thousands."""


def settle_in() -> None:
    """Called once everything is loaded. What is there by then is never looked through again (gc.freeze).

    Measured on mails coming in: a sixth less processor time, and no more memory over ten thousand of them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
