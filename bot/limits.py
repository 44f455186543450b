"""The limits of the Bot API 10.3, each with its source. Lengths of text are in UTF-16 code units, as Telegram counts."""

from typing import Final

TEXT: Final = 4096
"""sendMessage, `text`: "1-4096 characters after entities parsing"."""

CAPTION: Final = 1024
"""sendDocument, `caption`: "0-1024 characters after entities parsing"."""

CALLBACK_DATA: Final = 64
"""InlineKeyboardButton, `callback_data`: "1-64 bytes"."""

TOAST: Final = 200
"""answerCallbackQuery, `text`: "0-200 characters"."""

DOWNLOAD: Final = 20 * 1024 * 1024
"""getFile: "bots can download files of up to 20MB in size"; the server counts binary megabytes."""

UPLOAD: Final = 50 * 1000 * 1000
"""sendDocument: "bots can currently send files of any type of up to 50 MB in size"; the form around it counts, so decimal ones."""

COPY_TEXT: Final = 256
"""CopyTextButton, `text`: "1-256 characters"."""

BUTTON_LABEL: Final = 48
"""Not a limit of the API (it names none): what a phone shows of a button over the whole width, before it cuts it."""

POLL_SECONDS: Final = 25
"""getUpdates, `timeout`: how long an empty poll waits; any proxy allows 30 s."""


def units(text: str) -> int:
    """The length of `text` as Telegram counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def clipped(text: str, most: int) -> str:
    """`text` when it fits in `most` units, else its beginning with an ellipsis; never half a character."""
    if units(text) <= most:
        return text
    beginning = text.encode("utf-16-le")[: 2 * (most - 1)].decode("utf-16-le", errors="ignore")
    return beginning.rstrip() + "…"


def pages(text: str, most: int) -> list[str]:
    """`text` in pieces of at most `most` units, broken at a line or a space where there is one; at least one piece."""
    found = []
    while units(text) > most:
        piece = text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", errors="ignore")
        cut = max(piece.rfind("\n"), piece.rfind(" "))
        piece = piece[: cut + 1] if cut > len(piece) // 2 else piece
        found.append(piece.rstrip())
        text = text[len(piece) :]
    return [*found, text]
