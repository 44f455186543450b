"""What is wrong with a line, with its number and its field, as a sentence of the catalogue."""

from core import texts
from core.actor import Language
from core.errors import Refused


class FeedError(Refused):
    """A line that can't be applied. `line` counts from 1 (0: not from a file), `field` is a path such as `steps.2.label`."""

    def __init__(self, code: str, *, line: int, field: str, **values: object) -> None:
        super().__init__(code, line=line, field=field, **values)
        self.line = line
        self.field = field


_FIELDS = {"email": "email", "mobile": "mobile", "account": "account", "membership": "role", "participant": "person"}


def of_refusal(refused: Refused, *, line: int, language: Language) -> FeedError:
    """A refusal of another room, said about the line and the field that it comes from."""
    room = refused.code.partition(".")[0]
    reason = texts.refusal(language, refused)
    return FeedError("feed.refused", line=line, field=_FIELDS.get(room, "type"), reason=reason)
