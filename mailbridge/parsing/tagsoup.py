"""A guard before the HTML parser, and a plain way out when the guard says no.

Building the tree takes time that grows with the square of the nesting depth (100,000 nested divs: over 20 s), and
unclosed formatting is repeated in every block that follows (WHATWG HTML, section 13.2.4.3).
"""

import html as entities
import re

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z!][^\s<>/]{0,20})[^<>]{0,2000}>")
_FORMATTING = frozenset(
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_UNSEEN = frozenset(("style", "script", "head", "title"))
_INLINE = _FORMATTING | {"span", "img", "sub", "sup"}
_VALUE = re.compile(r""""[^"]*"|'[^']*'""")
_TAGS = 60_000
"""Tags of a page whose tree is walked: each costs some microseconds, and far more than any mail program writes."""

_LONG_TAG = 5_000
_ATTRIBUTES = 1_000
_DEEPEST = 5_000
_DEAREST = 3_000_000


def too_costly(html: str) -> bool:
    """Whether a parse, or the walk through what it makes, might take longer than a mail is worth, by the tags alone."""
    if html.count("<") > _TAGS:
        return True
    if any(len(tag) > _LONG_TAG and _attributes(tag) > _ATTRIBUTES for tag in html.split(">")):
        return True
    depth = deepest = open_formatting = worst_formatting = tags = 0
    for match in _TAG.finditer(html):
        name = match[2].lower()
        if name in _VOID:
            continue
        tags += 1
        step = -1 if match[1] else 1
        depth = max(0, depth + step)
        deepest = max(deepest, depth)
        if name in _FORMATTING:
            open_formatting = max(0, open_formatting + step)
            worst_formatting = max(worst_formatting, open_formatting)
    return deepest > _DEEPEST + 1_000 or worst_formatting * tags > _DEAREST


def _attributes(tag: str) -> int:
    """About how many attributes a tag has; the parser compares each with all others."""
    return len(re.split(r"[\s/]+", _VALUE.sub("", tag.rpartition("<")[2])))


def text_of(html: str) -> str:
    """The text between the tags, with a new line for every block. No structure, but nothing hidden in scripts."""
    out: list[str] = []
    position, unseen = 0, ""
    for match in _ANY_TAG.finditer(html):
        name = match[2].lower()
        if not unseen:
            out.append(html[position : match.start()])
            if name not in _INLINE and (not out or not out[-1].endswith("\n")):
                out.append("\n")
            unseen = name if name in _UNSEEN and not match[1] else ""
        elif match[1] and name == unseen:
            unseen = ""
        position = match.end()
    if not unseen:
        out.append(html[position:])
    lines = (" ".join(line.split()) for line in entities.unescape("".join(out)).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
