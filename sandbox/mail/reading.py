"""A mail as its reader sees it. Lenient: every mail gives a Mail, whatever is wrong with it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from html import unescape


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a mail. `cid` is the Content-ID without brackets when an HTML text may show it inline."""

    name: str
    type: str
    content: bytes
    cid: str | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail. `id` is its number in this sandbox, `sender` the bare address of From (lower-case, "" without one)."""

    id: int
    at: datetime
    folder: str
    raw: bytes = field(repr=False)
    sender: str
    sender_name: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    message_id: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = field(repr=False)
    inline: tuple[Attachment, ...] = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(repr=False)

    def header(self, name: str) -> str:
        """The first header of that name, decoded and on one line; "" when there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def date(self) -> datetime:
        """When the sender says it was written; when it arrived if they don't."""
        try:
            return parsedate_to_datetime(self.header("Date"))
        except (TypeError, ValueError):
            return self.at

    @property
    def reply_to(self) -> str:
        """Where an answer goes: Reply-To, else From."""
        addresses = _addresses(self.header("Reply-To"))
        return addresses[0] if addresses else self.sender

    @property
    def links(self) -> list[str]:
        """Every address that can be clicked or copied, in order, without doubles."""
        found = re.findall(r"""href=["'](https?://[^"']+)""", self.html)
        found += re.findall(r"https?://[^\s<>\"')\]]+", self.text)
        return list(dict.fromkeys(unescape(link) for link in found))

    def attachment(self, name: str) -> Attachment:
        """The attachment of that name. KeyError, with the names there are, when there is none."""
        for attachment in self.attachments:
            if attachment.name == name:
                return attachment
        raise KeyError(f"{name} is not among {[attachment.name for attachment in self.attachments]}")


def read(raw: bytes, *, mail_id: int = 0, at: datetime, folder: str = "INBOX") -> Mail:
    """Parse a mail. Never raises: what can't be read comes out empty."""
    message = message_from_bytes(raw)
    headers = tuple((name, _decoded(value)) for name, value in message.items())
    first = {name.lower(): value for name, value in reversed(headers)}
    names = getaddresses([_one_line(str(message.get("From", "")))])
    parts = _Parts.of(message)
    return Mail(
        id=mail_id,
        at=at,
        folder=folder,
        raw=raw,
        sender=names[0][1].lower() if names else "",
        sender_name=_decoded(names[0][0]) if names else "",
        to=_addresses(first.get("to", "")),
        cc=_addresses(first.get("cc", "")),
        subject=first.get("subject", ""),
        message_id=first.get("message-id", ""),
        text=parts.text,
        html=parts.html,
        attachments=tuple(parts.attachments),
        inline=tuple(parts.inline),
        headers=headers,
    )


@dataclass(slots=True)
class _Parts:
    text: str = ""
    html: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    inline: list[Attachment] = field(default_factory=list)

    @classmethod
    def of(cls, message: Message) -> "_Parts":
        parts = cls()
        for part in _leaves(message):
            parts._take(part)
        return parts

    def _take(self, part: Message) -> None:
        name, kind = part.get_filename(), part.get_content_type()
        shown = part.get_content_disposition() != "attachment" and name is None
        if shown and kind == "text/plain" and not self.text:
            self.text = _text(part)
        elif shown and kind == "text/html" and not self.html:
            self.html = _text(part)
        else:
            self._keep(part, _decoded(name or "") or f"deel.{part.get_content_subtype()}", kind)

    def _keep(self, part: Message, name: str, kind: str) -> None:
        cid = str(part.get("Content-ID", "")).strip().strip("<>") or None
        attachment = Attachment(name, kind, _bytes(part), cid)
        inline = cid is not None and part.get_content_disposition() != "attachment" and kind.startswith("image/")
        (self.inline if inline else self.attachments).append(attachment)


def _leaves(part: Message) -> Iterator[Message]:
    """The parts with content of their own, not descending into mails within the mail."""
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        for inner in part.get_payload():
            if isinstance(inner, Message):
                yield from _leaves(inner)
    else:
        yield part


def _bytes(part: Message) -> bytes:
    if part.is_multipart():
        return b"\r\n".join(inner.as_bytes() for inner in part.get_payload() if isinstance(inner, Message))
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message) -> str:
    content = _bytes(part)
    try:
        return content.decode(part.get_content_charset() or "utf-8", "replace").replace("\r\n", "\n")
    except LookupError:
        return content.decode("utf-8", "replace").replace("\r\n", "\n")


def _decoded(value: object) -> str:
    try:
        return _one_line(str(make_header(decode_header(_one_line(str(value))))))
    except (LookupError, ValueError, UnicodeError):
        return _one_line(str(value))


def _one_line(value: str) -> str:
    return re.sub(r"\r?\n[ \t]?", " ", value).strip() if "\n" in value else value


def _addresses(value: str) -> tuple[str, ...]:
    return tuple(address.lower() for _, address in getaddresses([value]) if address)
