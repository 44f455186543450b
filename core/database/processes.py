"""Who holds a lease: a name that says in which process of which machine, so that the work of a dead one is taken over at once.

A lease runs out by itself; this only saves the wait after a restart on the same machine.
"""

import hashlib
import os
import secrets
import socket
from functools import cache
from pathlib import Path

_own: set[str] = set()


def identity(role: str) -> str:
    """A new name for one holder in this process, at most 60 characters: `role@place:pid:nonce` (an @ in the role is written _)."""
    nonce = secrets.token_hex(4)
    _own.add(nonce)
    return f"{role.replace('@', '_')[:24]}@{_place()}:{os.getpid()}:{nonce}"


def is_dead(holder: str) -> bool:
    """Whether the process of `holder` is certainly gone. False when it can't be known from here."""
    place, _, rest = holder.partition("@")[2].partition(":")
    pid, _, nonce = rest.partition(":")
    if place != _place() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return nonce not in _own
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@cache
def _place() -> str:
    """Where process ids mean the same: one boot of one machine, one namespace of processes (a container has its own)."""
    parts = [socket.gethostname()]
    boot, namespace = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
    if boot.is_file() and namespace.exists():
        parts += [boot.read_text(), str(namespace.readlink())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:10]
