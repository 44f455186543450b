"""The MIME tree of a mail (RFC 2046), found in one pass over its bytes.

The pass compares every line that begins with two dashes with the boundaries that are open, so time grows with the
size of the mail alone, however deep it is nested.
"""

from dataclasses import dataclass, field

from mailbridge.parsing import parameters
from mailbridge.parsing.fields import Fields, read_fields
from mailbridge.parsing.limits import Limits
from mailbridge.parsing.parameters import Parameterised

_LONGEST_BOUNDARY = 300


@dataclass(slots=True)
class Entity:
    """A node of the tree: header fields, and either children (multipart) or bytes from `start` to `end` (a leaf)."""

    fields: Fields
    type: Parameterised
    disposition: Parameterised
    start: int
    end: int
    children: list["Entity"] = field(default_factory=list)

    @property
    def multipart(self) -> bool:
        """Whether the content is in the children."""
        return bool(self.children)


@dataclass(slots=True)
class _Pass:
    raw: bytes
    end: int
    limits: Limits
    problems: set[str]
    open: list[tuple[bytes, Entity]] = field(default_factory=list)
    known: set[bytes] = field(default_factory=set)
    """Every delimiter that any boundary so far could make, to pass over other lines at once."""
    leaves: int = 0


def read_structure(raw: bytes, start: int, end: int, limits: Limits, problems: set[str]) -> Entity:
    """The tree of the entity at `start`. Adds the names of what was wrong or left out to `problems`."""
    run = _Pass(raw, end, limits, problems)
    root = _entity(run, start, "text/plain")
    current = root
    position, seen = max(root.start - 1, start), 0
    while run.open and (found := raw.find(b"\n--", position, end)) >= 0:
        seen += 1
        if seen > limits.delimiters or run.leaves > limits.parts:
            problems.add("too-many-parts")
            current.end = found
            break
        stop = raw.find(b"\n", found + 1, end)
        stop = end if stop < 0 else stop
        position = stop
        depth, closing = _boundary(run, raw[found + 3 : min(stop, found + _LONGEST_BOUNDARY)].rstrip())
        if depth < 0:
            continue
        _finish(run, current, found)
        parent = run.open[depth][1]
        del run.open[depth if closing else depth + 1 :]
        if closing:
            current = parent
            continue
        current = _entity(run, min(stop + 1, end), _default_type(parent))
        parent.children.append(current)
        run.leaves += 1
        position = max(current.start - 1, stop)
    if run.open and not run.limits.parts < run.leaves:
        problems.add("unclosed-multipart")
    return root


def _entity(run: _Pass, start: int, default: str) -> Entity:
    fields = read_fields(run.raw, start, run.end, run.limits)
    run.problems.update(fields.problems)
    kind = parameters.media_type(fields.first("content-type"), default)
    disposition = parameters.parameterised(fields.first("content-disposition"))
    entity = Entity(fields, kind, disposition, fields.body, run.end)
    if kind.value.startswith("multipart/"):
        boundary = kind.parameters.get("boundary", "").rstrip().encode("utf-8", "replace") or _sniffed(run, entity)
        if not boundary or len(boundary) > _LONGEST_BOUNDARY - 10:
            run.problems.add("multipart-without-boundary")
        elif len(run.open) >= run.limits.depth:
            run.problems.add("too-deep")
        else:
            run.open.append((boundary, entity))
            run.known |= {boundary, boundary + b"--"}
    return entity


def _sniffed(run: _Pass, entity: Entity) -> bytes:
    """The boundary of a multipart that doesn't tell it: its first line that begins with two dashes."""
    for line in run.raw[entity.start : min(run.end, entity.start + 2_000)].splitlines():
        if line.startswith(b"--") and len(line.strip()) > 4:
            return line[2:].strip()
    return b""


def _boundary(run: _Pass, line: bytes) -> tuple[int, bool]:
    """Which open multipart the delimiter line belongs to (innermost first), and whether it closes it."""
    if line not in run.known:
        return -1, False
    for depth in range(len(run.open) - 1, -1, -1):
        boundary = run.open[depth][0]
        if line == boundary:
            return depth, False
        if line == boundary + b"--":
            return depth, True
    return -1, False


def _finish(run: _Pass, current: Entity, found: int) -> None:
    if not current.children:
        end = found - 1 if run.raw[found - 1 : found] == b"\r" else found
        current.end = max(min(end, current.end), current.start)


def _default_type(parent: Entity) -> str:
    return "message/rfc822" if parent.type.value == "multipart/digest" else "text/plain"
