"""What is known of bytes once they are stored."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Content:
    """Stored bytes: their SHA-256 in 64 hex digits, their size in bytes, their media type by content."""

    sha256: str
    size: int
    media_type: str
