"""What somebody came for, kept as JSON while a code is asked first, and carried out after it (STEP-1, STEP-3)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from bot import updates
from bot.fetching import Fetched
from bot.updates import Event, Tap
from core.errors import Refused
from core.files.content import Content

MOST: Final = 20
"""Errands that wait for one code; more is nobody's typing."""


@dataclass(frozen=True, slots=True)
class Errand:
    """An update, or the parts of an album, with what was fetched for it.

    `source` names it, for what must happen once. `expecting` and `data`: the question that its text answers (`Chat.expecting`).
    """

    source: str
    updates: tuple[Mapping[str, Any], ...]
    files: Mapping[int, Fetched] = field(default_factory=dict)
    full_text: Content | None = None
    expecting: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    def events(self) -> list[Event]:
        """What it was, read again."""
        return [updates.event_of(update) for update in self.updates]

    @property
    def is_tap(self) -> bool:
        """Whether it was a button."""
        return any(isinstance(event, Tap) for event in self.events())


@dataclass(frozen=True, slots=True)
class Proven:
    """A code was right: these can be carried out now. `left`: recovery codes that are left, when one of them did it."""

    errands: tuple[Errand, ...] = ()
    left: int | None = None
    typed: int | None = None
    """The message that the code was typed in: it leaves the chat (STEP-6)."""


def kept(errands: Sequence[Errand]) -> dict[str, Any]:
    """Errands as the values of a step-up; the newest when there are too many."""
    return {"errands": [_kept(errand) for errand in errands[-MOST:]]}


def found(values: Mapping[str, Any]) -> tuple[Errand, ...]:
    """What `kept` was given."""
    return tuple(_found(errand) for errand in values.get("errands", ()))


def _kept(errand: Errand) -> dict[str, Any]:
    return {
        "source": errand.source,
        "updates": [dict(update) for update in errand.updates],
        "files": {str(number): _kept_file(file) for number, file in errand.files.items()},
        "full_text": asdict(errand.full_text) if errand.full_text else None,
        "expecting": errand.expecting,
        "data": dict(errand.data),
    }


def _kept_file(file: Fetched) -> dict[str, Any]:
    if file.content is not None:
        return {"content": asdict(file.content)}
    refused = file.refused or Refused("file.unavailable", name="")
    return {"refused": refused.code, "values": {key: str(value) for key, value in refused.values.items()}}


def _found(errand: Mapping[str, Any]) -> Errand:
    full_text = errand["full_text"]
    return Errand(
        source=errand["source"],
        updates=tuple(errand["updates"]),
        files={int(number): _found_file(file) for number, file in errand["files"].items()},
        full_text=Content(**full_text) if full_text else None,
        expecting=errand["expecting"],
        data=errand["data"],
    )


def _found_file(file: Mapping[str, Any]) -> Fetched:
    if "content" in file:
        return Fetched(content=Content(**file["content"]))
    return Fetched(refused=Refused(file["refused"], **file["values"]))
