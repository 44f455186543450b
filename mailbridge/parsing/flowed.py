"""Flowed text (RFC 3676): paragraphs that a mailer broke into lines, joined again."""

import re

_QUOTES = re.compile(r">*")


def unflowed(text: str, delete_space: bool) -> str:
    """Join the lines that end in a space with the next line of the same quote depth; undo space-stuffing."""
    paragraphs: list[tuple[str, list[str]]] = []
    flowing = False
    for line in text.split("\n"):
        marks = _QUOTES.match(line)
        depth = marks[0] if marks else ""
        content = line[len(depth) :].removeprefix(" ")
        if flowing and paragraphs[-1][0] == depth and content != "-- ":
            paragraphs[-1][1].append(content)
        else:
            paragraphs.append((depth, [content]))
        flowing = content.endswith(" ") and content != "-- "
        if flowing and delete_space:
            paragraphs[-1][1][-1] = content[:-1]
    return "\n".join(f"{depth} {''.join(parts)}" if depth else "".join(parts) for depth, parts in paragraphs)
