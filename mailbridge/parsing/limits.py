"""The bounds within which a mail is read; beyond them reading goes on with less, it never fails."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one mail is looked at. What lies beyond is left out and named in `IncomingMail.problems`."""

    size: int = 64 * 1024 * 1024
    """Bytes of the raw mail."""
    header_bytes: int = 512 * 1024
    """Bytes of one header block."""
    header_length: int = 100_000
    """Characters of one header value."""
    headers: int = 2_000
    """Header fields of one part."""
    parts: int = 500
    """Leaves of the MIME tree."""
    depth: int = 150
    """Levels of multipart within multipart."""
    delimiters: int = 50_000
    """Lines that look like a MIME delimiter and have to be compared with the open boundaries."""
    addresses: int = 500
    """Addresses read from one header."""
    text: int = 1_000_000
    """Characters of body text, plain or HTML."""
