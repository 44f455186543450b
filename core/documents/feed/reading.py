"""From text to lines, with errors that name the line and the field."""

from collections.abc import Iterable, Iterator

from pydantic import ValidationError

from core.documents.feed.errors import FeedError
from core.documents.feed.lines import ADAPTER, Line

_AROUND = "\ufeff \t\r\n"
"""What may stand around a line: space, and the byte order mark with which some programs begin a file."""


def read(lines: Iterable[str]) -> Iterator[tuple[int, Line]]:
    """The lines of a feed with their numbers, from 1; empty ones are left out. Raises `FeedError` at the first wrong one."""
    for number, text in enumerate(lines, start=1):
        if text.strip(_AROUND):
            yield number, read_line(text, number)


def read_line(text: str, number: int = 0) -> Line:
    """One line. Raises `FeedError`: `feed.not_json`, or `feed.invalid` with the first field that is wrong."""
    try:
        return ADAPTER.validate_json(text.strip(_AROUND))
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        raise FeedError("feed.not_json", line=number, field="", reason=first["msg"])
    raise FeedError("feed.invalid", line=number, field=_field(first["loc"]), reason=first["msg"])


def _field(path: tuple[int | str, ...]) -> str:
    """The path of a field as a person reads it; the first step is only the kind of line."""
    return ".".join(str(step) for step in path[1:]) or "type"
