"""Files as Telegram knows them: a `file_id` to send again, a `file_unique_id`, a path to download.

Bytes are kept by SHA-256, so the same file sent to a thousand chats is kept once.
"""

from __future__ import annotations

import hashlib
import mimetypes
import secrets
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath

from sandbox.telegram import images, limits
from sandbox.telegram.entities import Json
from sandbox.telegram.errors import bad
from sandbox.telegram.store import Store

_FOLDERS = {
    "photo": "photos",
    "document": "documents",
    "video": "videos",
    "voice": "voice",
    "audio": "music",
    "animation": "animations",
    "video_note": "video_notes",
    "sticker": "stickers",
}
_EXTENSIONS = {"photo": ".jpg", "video": ".mp4", "voice": ".oga", "audio": ".mp3", "sticker": ".webp"}
_DEFAULT_TYPES = {
    "photo": "image/jpeg",
    "video": "video/mp4",
    "voice": "audio/ogg",
    "audio": "audio/mpeg",
    "animation": "video/mp4",
    "video_note": "video/mp4",
    "sticker": "image/webp",
}
_THUMBNAILS = (90, 320, 800)
_LARGEST = 1280


@dataclass(frozen=True, slots=True)
class KeptFile:
    """One sent file: what it is, how it is called, where its bytes are."""

    file_id: str
    unique_id: str
    kind: str
    name: str | None
    mime: str
    size: int
    path: str
    digest: str
    width: int = 0
    height: int = 0


class FileBox:
    """All files of the sandbox, by `file_id` and by download path."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._by_id: dict[str, KeptFile] = {}
        self._by_path: dict[str, KeptFile] = {}
        for _, _, value in store.all("file"):
            self._index(KeptFile(**value))

    def keep(self, kind: str, content: bytes, *, name: str | None = None, mime: str | None = None) -> KeptFile:
        """Keep a file that somebody sent; `kind` is the message field it will stand in ("document", "photo", ...)."""
        digest = hashlib.sha256(content).hexdigest()
        self._store.keep_content(digest, content)
        width, height = images.dimensions(content) or (0, 0)
        extension = PurePosixPath(name or "").suffix or _EXTENSIONS.get(kind, "")
        number = len(self._by_path)
        kept = KeptFile(
            file_id=_file_id(kind),
            unique_id=f"AgAD{digest[:12]}",
            kind=kind,
            name=name,
            mime=mime or _guessed(name) or _DEFAULT_TYPES.get(kind, "application/octet-stream"),
            size=len(content),
            path=f"{_FOLDERS[kind]}/file_{number}{_safe(extension)}",
            digest=digest,
            width=width,
            height=height,
        )
        self._index(kept)
        self._store.put("file", kept.file_id, 0, asdict(kept))
        return kept

    def get(self, file_id: str) -> KeptFile | None:
        """The file that a `file_id` names, or None."""
        return self._by_id.get(file_id)

    def at(self, path: str) -> KeptFile | None:
        """The file behind a download path, or None."""
        return self._by_path.get(path)

    def content(self, kept: KeptFile) -> bytes:
        """The bytes as they were sent."""
        return self._store.content(kept.digest)

    def _index(self, kept: KeptFile) -> None:
        self._by_id[kept.file_id] = kept
        self._by_path[kept.path] = kept


def described(kept: KeptFile) -> Json:
    """The File, Document, Voice, ... object of one file, without what only its kind knows."""
    described: Json = {"file_id": kept.file_id, "file_unique_id": kept.unique_id, "file_size": kept.size}
    if kept.name is not None:
        described["file_name"] = kept.name
    described["mime_type"] = kept.mime
    return described


def photo_sizes(kept: KeptFile) -> list[Json]:
    """The PhotoSize list, smallest first. Every size downloads as the original bytes; dimensions are true to scale."""
    width, height = (kept.width, kept.height) if kept.width and kept.height else (_LARGEST, 960)
    longest = max(width, height)
    steps = [side for side in _THUMBNAILS if side < min(longest, _LARGEST)] + [min(longest, _LARGEST)]
    return [_photo_size(kept, width * side // longest, height * side // longest) for side in steps]


def check_photo(content: bytes) -> None:
    """Refuse what sendPhoto refuses: over 10 MB, over 10,000 pixels of width and height together, too long a strip."""
    if len(content) > limits.PHOTO_BYTES:
        raise bad(
            f"file of size {len(content)} bytes is too big for a photo; the maximum size is {limits.PHOTO_BYTES} bytes"
        )
    width, height = images.dimensions(content) or (1, 1)
    if width + height > limits.PHOTO_SIDES or max(width, height) > limits.PHOTO_RATIO * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")


def _photo_size(kept: KeptFile, width: int, height: int) -> Json:
    return {
        "file_id": kept.file_id,
        "file_unique_id": kept.unique_id,
        "file_size": kept.size,
        "width": max(width, 1),
        "height": max(height, 1),
    }


def _guessed(name: str | None) -> str | None:
    return mimetypes.guess_type(name)[0] if name else None


def _file_id(kind: str) -> str:
    return f"{kind[:2].upper()}{secrets.token_urlsafe(30)}"


def _safe(extension: str) -> str:
    return "".join(character for character in extension[:12] if character.isalnum() or character == ".")
