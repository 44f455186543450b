"""From the MIME tree to what a person reads and what is attached."""

import re
from dataclasses import dataclass, field

from mailbridge.parsing import charsets, flowed, markup, names, signed, tnef, transfer
from mailbridge.parsing.limits import Limits
from mailbridge.parsing.structure import Entity, read_structure
from mailbridge.parsing.tnef import Unpacked
from mailbridge.parsing.values import MailPart

_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,40})""", re.IGNORECASE)
_REPORTS = frozenset(
    {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
        "message/global-disposition-notification",
        "message/feedback-report",
        "text/rfc822-headers",
        "message/global-headers",
    }
)
_SIGNATURES = frozenset(
    {
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
        "application/pgp-encrypted",
    }
)
OPAQUE = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_TNEF_NAMES = ("winmail.dat", "win.dat")
_NESTED = 3
"""How many signed mails within signed mails are read."""
_LINES = re.compile(r"\r\n?")
_NOT_TEXT = re.compile("[\x00\x1e\x1f\ufeff\u200b\u2060]")


@dataclass(slots=True)
class Content:
    """What was found on the walk through the tree."""

    raw: bytes
    limits: Limits
    problems: set[str]
    attachments: list[MailPart] = field(default_factory=list)
    calendars: list[MailPart] = field(default_factory=list)
    reports: list[MailPart] = field(default_factory=list)
    packed: list[Unpacked] = field(default_factory=list)
    """What each winmail.dat held."""
    within: int = 0
    """How many signatures this content is wrapped in."""

    def read(self, root: Entity) -> tuple[str | None, str | None]:
        """The plain text and the HTML of a mail; from its winmail.dat when nothing is written beside it."""
        text, html = self.body_of(root)
        if self.packed and not (text or "").strip() and not markup.to_text(html or "").strip():
            bodies = [one.body() for one in self.packed]
            text = next((said for said, _ in bodies if said.strip()), text)
            html = next((page for _, page in bodies if page.strip()), html)
        return text, html

    def body_of(self, entity: Entity) -> tuple[str | None, str | None]:
        """The plain text and the HTML of an entity; attachments met on the way are collected."""
        if entity.multipart:
            bodies = [self.body_of(child) for child in entity.children]
            if entity.type.value == "multipart/alternative":
                return _alternative(bodies)
            return _sequence(bodies)
        return self._leaf(entity)

    def _leaf(self, entity: Entity) -> tuple[str | None, str | None]:
        kind = entity.type.value
        if kind.startswith("multipart/"):
            return self._text(entity), None
        if kind in ("text/plain", "text/html") and not _attached(entity):
            text = self._text(entity)
            return (text, None) if kind == "text/plain" else (None, text)
        if kind in OPAQUE and (content := signed.signed_content(self._bytes(entity))) and self.within < _NESTED:
            return self._signed(content)
        if kind not in _SIGNATURES:
            self._collect(entity, kind)
        return None, None

    def _signed(self, content: bytes) -> tuple[str | None, str | None]:
        """The body of a mail that stands within its signature."""
        inner = Content(
            content,
            self.limits,
            self.problems,
            self.attachments,
            self.calendars,
            self.reports,
            self.packed,
            self.within + 1,
        )
        return inner.body_of(read_structure(content, 0, len(content), self.limits, self.problems))

    def _collect(self, entity: Entity, kind: str) -> None:
        part = self._part(entity, kind)
        if tnef.is_tnef(part.content) and (kind.endswith("ms-tnef") or part.name.lower() in _TNEF_NAMES):
            self._unpack(part)
        elif kind in _REPORTS:
            self.reports.append(part)
        elif kind in ("text/calendar", "application/ics") and not _attached(entity):
            self.calendars.append(part)
        else:
            self.attachments.append(part)

    def _unpack(self, part: MailPart) -> None:
        """Put the files of a winmail.dat in its place; it stays beside them when it could not be read to its end."""
        found = tnef.unpacked(part.content, most=self.limits.parts)
        self.packed.append(found)
        for file in found.files:
            name = names.safe_name(file.name, file.media_type, len(self.attachments) + 1)
            self.attachments.append(MailPart(name, file.media_type, file.content, content_id=file.content_id))
        if not found.whole:
            self.problems.add("tnef")
            self.attachments.append(part)

    def _part(self, entity: Entity, kind: str) -> MailPart:
        identity = (entity.fields.first("content-id") or "").strip().strip("<>")[:300]
        return MailPart(
            name=names.safe_name(_given_name(entity), kind, len(self.attachments) + 1),
            media_type=kind,
            content=self._bytes(entity),
            content_id=identity or None,
            parameters=tuple(entity.type.parameters.items()),
        )

    def _bytes(self, entity: Entity) -> bytes:
        encoding = entity.fields.first("content-transfer-encoding") or ""
        return transfer.undone(memoryview(self.raw)[entity.start : entity.end], encoding)

    def _text(self, entity: Entity) -> str:
        content = self._bytes(entity)
        label = entity.type.parameters.get("charset")
        if entity.type.value == "text/html" and charsets.known_codec(label) is None:
            meta = _META_CHARSET.search(content[:4_000])
            label = meta[1].decode("ascii") if meta else label
        if label and charsets.known_codec(label) is None:
            self.problems.add("unknown-charset")
        if len(content) > self.limits.text:
            self.problems.add("text-too-long")
        text = charsets.decode(content[: self.limits.text * 4], label)[: self.limits.text]
        text = _NOT_TEXT.sub("", _LINES.sub("\n", text))
        if entity.type.value == "text/html":
            return text
        if entity.type.parameters.get("format", "").lower() == "flowed":
            text = flowed.unflowed(text, entity.type.parameters.get("delsp", "").lower() == "yes")
        if "-----BEGIN PGP" in text:
            text = signed.without_armour(text)
            if signed.is_encrypted_text(text):
                self.problems.add("encrypted")
        return self._without_uuencoded(text) if "\nbegin " in f"\n{text}" else text

    def _without_uuencoded(self, text: str) -> str:
        kept, files = transfer.uuencoded_files(text)
        for name, content in files:
            safe = names.safe_name(name, "application/octet-stream", len(self.attachments) + 1)
            self.attachments.append(MailPart(safe, "application/octet-stream", content))
        return kept


def _attached(entity: Entity) -> bool:
    return entity.disposition.value == "attachment" or bool(_given_name(entity))


def _given_name(entity: Entity) -> str | None:
    return entity.disposition.parameters.get("filename") or entity.type.parameters.get("name") or None


def _alternative(bodies: list[tuple[str | None, str | None]]) -> tuple[str | None, str | None]:
    """The best of each kind: the first plain text that says something, the last HTML that does."""
    texts = [text for text, _ in bodies if text is not None]
    pages = [html for _, html in bodies if html is not None]
    text = next((text for text in texts if text.strip()), texts[0] if texts else None)
    html = next((html for html in reversed(pages) if html.strip()), pages[-1] if pages else None)
    return text, html


def _sequence(bodies: list[tuple[str | None, str | None]]) -> tuple[str | None, str | None]:
    """Parts that follow one another, each read in the kind that it has (Apple Mail puts text around a PDF)."""
    said = [(text, html) for text, html in bodies if text is not None or html is not None]
    if len(said) <= 1:
        return said[0] if said else (None, None)
    text = html = None
    if any(plain is not None for plain, _ in said):
        pieces = (plain if plain is not None else markup.to_text(page or "") for plain, page in said)
        text = "\n".join(piece.rstrip("\n") + "\n" for piece in pieces)
    if any(page is not None for _, page in said):
        html = "\n".join(page if page is not None else markup.from_text(plain or "") for plain, page in said)
    return text, html
