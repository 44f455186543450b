"""Rich text as Outlook sends it within winmail.dat: decompressed (MS-OXRTFCP) and read as plain text."""

import re
import struct

_LIMIT = 1_000_000
"""Bytes of rich text that are looked at."""

_KNOWN = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What every compressor begins its dictionary with (MS-OXRTFCP, section 2.1.2.1)."""

_TOKEN = re.compile(
    r"\\(?P<word>[a-z]{1,32})(?P<number>-?\d{1,9})? ?|\\'(?P<byte>[0-9a-fA-F]{2})|\\(?P<sign>[^a-z])|(?P<brace>[{}])|"
    r"(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)
_UNSEEN = frozenset(
    [
        "fonttbl",
        "colortbl",
        "stylesheet",
        "info",
        "pict",
        "object",
        "header",
        "footer",
        "headerl",
        "headerr",
        "footerl",
        "footerr",
        "themedata",
        "listtable",
        "listoverridetable",
        "rsidtbl",
        "generator",
        "xmlnstbl",
        "datastore",
        "latentstyles",
        "mmathPr",
        "filetbl",
        "revtbl",
    ]
)
_WORDS = {"par": "\n", "line": "\n", "row": "\n", "cell": "\t", "tab": "\t", "emdash": "—", "endash": "–"} | {
    "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•"
}  # fmt: skip


def decompressed(content: bytes) -> str:
    """The rich text of a PR_RTF_COMPRESSED, each byte a character; as far as it can be read, "" when it can't."""
    if len(content) < 16:
        return ""
    _, size, kind = struct.unpack_from("<III", content)
    if kind == 0x414C454D:
        return content[16 : 16 + min(size, _LIMIT)].decode("latin-1")
    return _expanded(content[16:], min(size, _LIMIT)) if kind == 0x75465A4C else ""


def _expanded(content: bytes, size: int) -> str:
    out = bytearray(_KNOWN)
    last, position = len(_KNOWN) + size, 0
    while position < len(content) and len(out) < last:
        flags = content[position]
        position += 1
        for bit in range(8):
            if not flags >> bit & 1:
                out += content[position : position + 1]
                position += 1
                continue
            if position + 2 > len(content):
                break
            reference = content[position] << 8 | content[position + 1]
            position += 2
            back = (len(out) - (reference >> 4)) % 4096
            if back == 0 or back > len(out):
                return _told(out, size)
            for _ in range((reference & 15) + 2):
                out.append(out[-back])
    return _told(out, size)


def _told(out: bytearray, size: int) -> str:
    return out[len(_KNOWN) : len(_KNOWN) + size].decode("latin-1")


def to_text(rich: str) -> str:
    """The text of RTF. Of HTML within RTF (MS-OXRTFEX) the text between its tags. Never raises."""
    out: list[str] = []
    hidden, skip, after, page = False, 0, 1, "cp1252"
    outer: list[tuple[bool, int]] = []
    for token in _TOKEN.finditer(rich[:_LIMIT]):
        word, number = token["word"], token["number"]
        if token["brace"] == "{":
            outer.append((hidden, after))
        elif token["brace"]:
            hidden, after = outer.pop() if outer else (False, 1)
        elif word == "htmlrtf":
            hidden = number != "0"
        elif word in _UNSEEN or token["sign"] == "*":
            hidden = True
        elif word == "uc":
            after = int(number or 1)
        elif word == "ansicpg":
            page = f"cp{number}"
        elif not hidden:
            said, skip = _said(token, page, skip)
            out.append(said)
            skip = after if word == "u" else skip
    text = "".join(out).replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _said(token: "re.Match[str]", page: str, skip: int) -> tuple[str, int]:
    """What a token adds to the text. `skip` characters stand in for a letter that was told by number before."""
    if token["word"] == "u":
        code = int(token["number"] or 0) % 65_536
        return chr(code), 0
    if token["word"]:
        return _WORDS.get(token["word"], ""), 0
    said = token["text"] or {"~": "\xa0", "_": "-"}.get(token["sign"] or "", token["sign"] or "")
    if token["sign"] in ("\r", "\n"):
        said = "\n"
    if token["byte"]:
        said = _letter(int(token["byte"], 16), page)
    return said[skip:], max(0, skip - len(said))


def _letter(byte: int, page: str) -> str:
    try:
        return bytes([byte]).decode(page, "replace")
    except LookupError:
        return bytes([byte]).decode("cp1252", "replace")
