"""Message-IDs: derived, so that a mail sent twice is one mail, and its answer finds the delivery it answers.

`<dNUMBER.MAC@domain>` for a delivery and `<tNAME.MAC@domain>` for the root of a conversation. The root is a mail that
never existed: every mail of the conversation refers to it, so clients put them together even where they lack some.
The MAC keeps two offices (or a wiped and a fresh one) on one domain apart, and makes the ids unguessable.
"""

import re
from collections.abc import Iterable

from core.crypto import Keys

_PURPOSE = "message id"
_DELIVERY = re.compile(r"<?d(\d{1,18})\.([0-9a-f]{16})@([^\s<>@]+)>?", re.ASCII)
_UNSAFE = re.compile(r"[^a-z0-9-]+")


def message_id(delivery_id: int, *, keys: Keys, domain: str) -> str:
    """The Message-ID of a delivery, the same each time."""
    return _made(f"d{delivery_id}", keys, domain)


def thread_root(thread: str, *, keys: Keys, domain: str) -> str:
    """The Message-ID that all mails of a conversation refer to."""
    return _made("t" + _UNSAFE.sub("-", thread.lower())[:60], keys, domain)


def delivery_of(message_ids: Iterable[str], *, keys: Keys, domain: str) -> int | None:
    """The delivery that the first of our own Message-IDs among these stands for, or None. Never raises."""
    for given in message_ids:
        match = _DELIVERY.fullmatch(given.strip())
        if match is None or match[3].lower() != domain.lower():
            continue
        if keys.signed(f"d{match[1]}".encode(), bytes.fromhex(match[2]), purpose=_PURPOSE):
            return int(match[1])
    return None


def _made(name: str, keys: Keys, domain: str) -> str:
    mac = keys.signature(name.encode(), purpose=_PURPOSE, length=8).hex()
    return f"<{name}.{mac}@{domain}>"
