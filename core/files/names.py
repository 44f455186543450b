"""File names as they are served: the person's own name for it, with nothing in it that could harm who opens it."""

import re
import unicodedata

LONGEST = 200
"""Characters of a name; file systems and mail programs take 255 bytes."""

EXTENSIONS = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/tiff": ".tif",
    "image/heic": ".heic",
    "image/heif": ".heif",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-outlook": ".msg",
    "application/rtf": ".rtf",
    "application/zip": ".zip",
    "application/xml": ".xml",
    "text/plain": ".txt",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/vcard": ".vcf",
    "message/rfc822": ".eml",
    "audio/ogg": ".ogg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
}

RUNS_ITSELF = frozenset(
    re.findall(
        r"\w+",
        "app bat bin chm cmd com cpl dll exe gadget hta iso jar js jse lnk msc msi msp pif ps1 psm1 reg scf scr sh sys url"
        " vb vbe vbs ws wsf wsh",
    )
)
"""Extensions that a desktop runs when they are opened. A name that ends so gets the extension of its content behind it."""

_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_SPACES = re.compile(r"\s+")
_RESERVED = re.compile(r"(?i)\A(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|\Z)")


def safe_name(name: str, media_type: str) -> str:
    """`name` without path, control and direction characters, at most 200 characters, with the extension kept.

    A name without an extension gets the one of its content; so does one whose extension would make a desktop run it. An
    empty name becomes "bestand".
    """
    plain = "".join(
        char
        for char in unicodedata.normalize("NFC", name)
        if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} or char == "\t"
    )
    plain = _SPACES.sub(" ", _FORBIDDEN.sub("_", plain.replace("\\", "/").rpartition("/")[2] or plain)).strip(" .")
    plain = _RESERVED.sub(lambda found: f"_{found[0]}", plain) or "bestand"
    stem, dot, extension = plain.rpartition(".")
    proper = EXTENSIONS.get(media_type, "")
    if not dot or not re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,10}", extension):
        stem, extension = plain, ""
    if not extension or extension.lower() in RUNS_ITSELF:
        stem, extension = plain, proper[1:] or ("bin" if extension else "")
    return _fitting(stem, extension)


def _fitting(stem: str, extension: str) -> str:
    suffix = f".{extension}" if extension else ""
    return stem[: LONGEST - len(suffix)].rstrip(" .") + suffix
