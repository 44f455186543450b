"""HTML to lines of text: paragraphs, lists and links kept; scripts, styles and hidden text dropped.

A caller may label elements (say, the quote of a certain mail program); every line then carries the label of the
element that it stands in. The walk is a loop, not a recursion, and bounded, so depth and size of the HTML don't matter.
"""

import html as entities
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailbridge.parsing import tagsoup

Attributes = Mapping[str, str | None]
Labeller = Callable[[str, Attributes], str | None]

_NODES = 200_000
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "legend",
        "main",
        "nav",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "body",
        "html",
        "hr",
    ]
)
_PARAGRAPHS = frozenset(["blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "ul"])
_DROPPED = frozenset(
    [
        "head",
        "style",
        "script",
        "title",
        "template",
        "noscript",
        "object",
        "embed",
        "iframe",
        "svg",
        "math",
        "select",
        "textarea",
    ]
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)", re.IGNORECASE
)
_FONT_SIZE = re.compile(r"font(?:-size)?\s*:[^;]{0,100}?\b(\d+(?:\.\d+)?)\s*(?:px|pt|em|rem|%|;|!|$)", re.IGNORECASE)
_NO_MARGIN = re.compile(r"margin(?:-bottom)?\s*:\s*0(?:\.0+)?(?:px|pt|in|cm)?", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\n\r\f]+")
_WEB = re.compile(r"https?://[^\s<>\"]{1,500}$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, the label of the element it stands in, and the Content-IDs of the images on it."""

    text: str
    label: str | None = None
    images: tuple[str, ...] = ()


def to_text(html: str) -> str:
    """The text of an HTML page as a person would see it."""
    return "\n".join(line.text for line in to_lines(html)).strip("\n")


def from_text(text: str) -> str:
    """A piece of HTML that shows the plain text."""
    return "<div>" + entities.escape(text).replace("\n", "<br>\n") + "</div>"


def to_lines(html: str, label_of: Labeller = lambda _tag, _attributes: None) -> list[Line]:
    """The lines of an HTML page, each with the label of the innermost labelled element around it."""
    if tagsoup.too_costly(html):
        return [Line(text) for text in tagsoup.text_of(html).split("\n")]
    root = LexborHTMLParser(html).root
    if root is None:
        return []
    page = _Page(label_of)
    page.walk(root)
    page.paragraph()
    return page.lines


@dataclass(frozen=True, slots=True)
class _Context:
    label: str | None = None
    preformatted: bool = False
    invisible: bool = False
    lists: tuple[list[int], ...] = ()
    """The lists around: each the number of its last item, -1 for a list without numbers."""


@dataclass(slots=True)
class _Page:
    label_of: Labeller
    lines: list[Line] = field(default_factory=list)
    buffer: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    """Where in the buffer each open link begins."""
    label: str | None = None
    bullet: str = ""
    exact: bool = False
    blank_wanted: bool = False

    def walk(self, root: LexborNode) -> None:
        """Visit the tree depth first; what is beyond the bound is left out."""
        stack: list[tuple[LexborNode, _Context, bool]] = [(root, _Context(), True)]
        visited = 0
        while stack:
            node, context, entering = stack.pop()
            if not entering:
                self._leave(node, context)
                continue
            visited += 1
            inner = self._enter(node, context) if visited <= _NODES else None
            if inner is None:
                continue
            stack.append((node, context, False))
            children = []
            child = node.child
            while child is not None:
                children.append((child, inner, True))
                child = child.next
            stack.extend(reversed(children))

    def _enter(self, node: LexborNode, context: _Context) -> _Context | None:
        """Write what begins with the node; the context for its children, None when they are not to be visited."""
        tag = node.tag or ""
        if tag == "-text":
            self._text(node.text_content or "", context)
            return None
        attributes = node.attributes if node.is_element_node else {}
        style = attributes.get("style") or ""
        if tag.startswith("-") or tag in _DROPPED or "hidden" in attributes or (style and _HIDDEN.search(style)):
            return None
        if tag == "br":
            self._newline(hard=True)
        elif tag == "a":
            self.links.append(len(self.buffer))
        elif tag == "img":
            self._image(attributes)
        label = self.label_of(tag, attributes) or context.label
        self._begin(tag, attributes, style, label)
        if tag == "li":
            self.bullet = _bullet(context.lists)
        return _Context(
            label=label,
            preformatted=context.preformatted or tag == "pre",
            invisible=_invisible(style, context.invisible),
            lists=(*context.lists, [0 if tag == "ol" else -1])[-8:] if tag in ("ul", "ol") else context.lists,
        )

    def _begin(self, tag: str, attributes: Attributes, style: str, label: str | None) -> None:
        if tag in _PARAGRAPHS and not _tight(tag, attributes, style):
            self.paragraph()
        elif tag in _BLOCKS or tag in _PARAGRAPHS or tag == "li":
            self._newline()
        if label != self.label:
            self._newline()
            self.label = label
            self.lines.append(Line("", label))

    def _leave(self, node: LexborNode, context: _Context) -> None:
        tag = node.tag or ""
        if tag == "a":
            self._link(node)
        elif tag in ("td", "th"):
            self.buffer.append(" ")
        if tag in _PARAGRAPHS and not _tight(tag, node.attributes, node.attributes.get("style") or ""):
            self.paragraph()
        elif tag in _BLOCKS or tag in _PARAGRAPHS or tag == "li":
            self._newline()
        if context.label != self.label:
            self._newline()
            self.label = context.label

    def _text(self, text: str, context: _Context) -> None:
        if context.invisible:
            return
        if context.preformatted:
            for number, piece in enumerate(text.replace("\r\n", "\n").split("\n")):
                if number:
                    self._newline(hard=True)
                self.buffer.append(piece)
                self.exact = True
            return
        text = _SPACES.sub(" ", text)
        if text != " " or self.buffer:
            self.buffer.append(text)

    def _image(self, attributes: Attributes) -> None:
        source = attributes.get("src") or ""
        if source.lower().startswith("cid:"):
            self.images.append(source[4:].strip())

    def _link(self, node: LexborNode) -> None:
        """Put the target after the words of a link, unless the words show it already."""
        start = self.links.pop() if self.links else 0
        target = (node.attributes.get("href") or "").strip()
        shown = "".join(self.buffer[start:]).strip()
        bare = target.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
        if _WEB.match(target) and shown and bare not in shown:
            self.buffer.append(f" <{target}>")

    def _newline(self, *, hard: bool = False) -> None:
        text = "".join(self.buffer)
        clean = (text if self.exact else _SPACES.sub(" ", text).strip(" ")).replace("\xa0", " ").rstrip()
        self.buffer.clear()
        self.links = [0] * len(self.links)
        self.exact = False
        if not (clean or hard or self.images or "\xa0" in text):
            return
        if clean and self.bullet:
            clean, self.bullet = self.bullet + clean, ""
        if self.blank_wanted and (clean or self.images):
            if self.lines and self.lines[-1].text:
                self.lines.append(Line("", self.label))
            self.blank_wanted = False
        self.lines.append(Line(clean, self.label, tuple(self.images)))
        self.images.clear()

    def paragraph(self) -> None:
        """End the line and leave a blank one before what comes next."""
        self._newline()
        self.blank_wanted = True


def _invisible(style: str, inherited: bool) -> bool:
    found = _FONT_SIZE.search(style) if style else None
    return float(found[1]) == 0 if found else inherited


def _tight(tag: str, attributes: Attributes, style: str) -> bool:
    """Whether a paragraph has no space around it, as those of Outlook."""
    if tag != "p":
        return False
    return "MsoNormal" in (attributes.get("class") or "") or bool(style and _NO_MARGIN.search(style))


def _bullet(lists: tuple[list[int], ...]) -> str:
    if not lists:
        return "- "
    indent = "  " * (len(lists) - 1)
    if lists[-1][0] < 0:
        return f"{indent}- "
    lists[-1][0] += 1
    return f"{indent}{lists[-1][0]}. "
