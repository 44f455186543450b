"""A call's parameters, however they came: query, form, multipart or JSON (Bot API, "Making requests").

Values that aren't text travel as JSON inside forms, and natively inside JSON bodies; both read the same here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.web_request import FileField

from sandbox.telegram.entities import Json
from sandbox.telegram.errors import bad

_TRUE = frozenset({"true", "yes", "1"})


@dataclass(frozen=True, slots=True)
class Upload:
    """One file in a multipart body."""

    name: str
    mime: str
    content: bytes

    def __str__(self) -> str:
        return f"<{self.name}, {len(self.content)} bytes>"


class Parameters:
    """Typed looks at the parameters of one call. An absent one reads as empty."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def text(self, name: str) -> str:
        """As text; numbers and truth values of JSON bodies as Telegram writes them."""
        value = self.values.get(name)
        if value is None or isinstance(value, Upload):
            return ""
        if isinstance(value, str):
            return value
        return json.dumps(value)

    def has(self, name: str) -> bool:
        """Whether it was given and isn't empty."""
        return self.values.get(name) not in (None, "")

    def integer(self, name: str, default: int = 0) -> int:
        """As a whole number; `default` when absent or not one."""
        text = self.text(name).strip()
        return int(text) if text.lstrip("-").isdigit() else default

    def boolean(self, name: str) -> bool:
        """As a truth value; anything but true, yes and 1 is false."""
        return self.text(name).lower() in _TRUE

    def json(self, name: str, words: str) -> Any:
        """Parsed JSON, None when absent; 400 with `words` when it can't be read."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad(words) from None

    def object(self, name: str, words: str) -> Json | None:
        """A JSON object, None when absent; 400 with `words` when it is something else."""
        value = self.json(name, words)
        if value is not None and not isinstance(value, dict):
            raise bad(words)
        return value

    def array(self, name: str, words: str) -> list[Any] | None:
        """A JSON array, None when absent; 400 with `words` when it is something else."""
        value = self.json(name, words)
        if value is not None and not isinstance(value, list):
            raise bad(words)
        return value

    def upload(self, reference: str) -> Upload | None:
        """The file sent under this field, or under the field that "attach://FIELD" names."""
        value = self.values.get(reference.removeprefix("attach://"))
        return value if isinstance(value, Upload) else None


async def read(request: web.Request) -> Parameters:
    """All parameters of a request; the body wins over the query. 400 when a JSON body can't be read."""
    values: dict[str, Any] = dict(request.query) if request.query_string else {}
    if request.method == "POST" and request.body_exists:
        values.update(await _body(request))
    return Parameters(values)


async def _body(request: web.Request) -> Mapping[str, Any]:
    kind = request.content_type
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl((await request.read()).decode(errors="replace"), keep_blank_values=True))
    if kind == "multipart/form-data":
        return {name: _value(value) for name, value in (await request.post()).items()}
    if kind == "application/json":
        return _object(await request.read())
    return {}


def _value(value: Any) -> Any:
    if isinstance(value, FileField):
        with value.file as file:
            return Upload(value.filename, value.content_type, file.read())
    return value.decode(errors="replace") if isinstance(value, bytes | bytearray) else value


def _object(body: bytes) -> Json:
    try:
        values = json.loads(body)
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise bad("can't parse JSON object")
    return values
