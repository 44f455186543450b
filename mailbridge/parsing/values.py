"""What a mail is once it has been read: values, all of them bounded and safe to show."""

from dataclasses import dataclass
from datetime import datetime

from mailbridge.parsing import words
from mailbridge.parsing.fields import Fields


@dataclass(frozen=True, slots=True)
class Address:
    """One address: `local@domain` with the domain in lower case, and the display name that stood with it."""

    local: str
    domain: str
    name: str = ""

    @property
    def addr_spec(self) -> str:
        """The bare address."""
        return f"{self.local}@{self.domain}"

    def __str__(self) -> str:
        return self.addr_spec


@dataclass(frozen=True, slots=True)
class MailPart:
    """A leaf of the MIME tree: a file, an image within the text, or a report for machines.

    `name` is a safe base name, never empty for attachments. `inline` is true when the HTML shows the part in place.
    """

    name: str
    media_type: str
    content: bytes
    inline: bool = False
    content_id: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()

    def parameter(self, name: str) -> str | None:
        """A parameter of the Content-Type, such as `method` of a calendar part."""
        return next((value for key, value in self.parameters if key == name), None)


@dataclass(frozen=True, slots=True)
class IncomingMail:
    """One mail, read. `None` means absent or not trustworthy; `problems` names every defect that was met."""

    fingerprint: str
    """SHA-256 of the raw bytes, in hexadecimal."""
    fields: Fields
    message_id: str | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    subject: str
    date: datetime | None
    from_: Address | None
    """The one author. None when there is none, more than one, or a form that mail readers disagree on."""
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    recipients: tuple[str, ...]
    """All addresses that the mail may have come in by, most telling first: To, Cc, Delivered-To, X-Original-To, …"""
    media_type: str
    text: str | None
    html: str | None
    attachments: tuple[MailPart, ...]
    calendars: tuple[MailPart, ...]
    reports: tuple[MailPart, ...]
    """Parts for machines: message/delivery-status and the like, and the returned mail (RFC 6522)."""
    problems: tuple[str, ...]

    def header(self, name: str) -> str | None:
        """The top-most header of that name, decoded, on one line."""
        value = self.fields.first(name)
        return None if value is None else words.one_line(value, 100_000)

    def headers(self, name: str) -> tuple[str, ...]:
        """All headers of that name, top-most first, decoded, each on one line."""
        return tuple(words.one_line(value, 100_000) for value in self.fields.all(name))
