"""The calls that bots made, as they happened, for tests and the page. Bounded: the oldest go."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KEPT = 5000
_SHORT = 300


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One call: `at` in seconds since 1970, the bot's user name, the method as Telegram spells it, and how it ended.

    `parameters` are cut to 300 characters each; files show as their name and size. `error` is the description.
    """

    number: int
    at: float
    bot: str
    method: str
    parameters: Mapping[str, str]
    ok: bool
    error: str | None

    def as_json(self) -> dict[str, Any]:
        """For the page."""
        return {
            "number": self.number,
            "at": self.at,
            "bot": self.bot,
            "method": self.method,
            "parameters": dict(self.parameters),
            "ok": self.ok,
            "error": self.error,
        }


class CallLog:
    """The newest calls. An empty getUpdates isn't noted, or nothing else would be seen."""

    def __init__(self) -> None:
        self.calls: deque[ApiCall] = deque(maxlen=KEPT)
        self._number = 0

    def note(self, *, at: float, bot: str, method: str, parameters: Mapping[str, Any], error: str | None) -> ApiCall:
        """Add one call."""
        self._number += 1
        short = {name: _short(value) for name, value in parameters.items()}
        call = ApiCall(self._number, at, bot, method, short, error is None, error)
        self.calls.append(call)
        return call


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"
