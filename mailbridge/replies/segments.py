"""Every line of a mail gets its part: text, quote, attribution, history, signature or forwarded text."""

from collections.abc import Container, Sequence
from enum import StrEnum

from mailbridge.parsing.addresses import addresses_in_text
from mailbridge.parsing.markup import Line
from mailbridge.replies import attributions, heads, markers, signatures
from mailbridge.replies.clients import Label


class Part(StrEnum):
    """What a line is to the reader of the answer."""

    TEXT = "text"
    QUOTE = "quote"
    ATTRIBUTION = "attribution"
    HISTORY = "history"
    SIGNATURE = "signature"
    FORWARD = "forward"


def parts_of(lines: Sequence[Line], *, forwarded: bool, ours: Container[str] = ()) -> list[Part]:
    """The part of every line. `forwarded` tells that the mail as a whole is a forward: its history is kept.

    `ours` are the domains that the mail was sent to: history from there is known for what it is.
    """
    run = _Run(lines, forwarded=forwarded, ours=ours)
    run.sort()
    run.sign()
    return run.parts


class _Run:
    __slots__ = ("first", "forwarded", "lines", "ours", "parts", "position", "quote_after", "said", "texts")

    def __init__(self, lines: Sequence[Line], *, forwarded: bool, ours: Container[str]) -> None:
        self.lines = lines
        self.ours = ours
        self.texts = [line.text for line in lines]
        self.forwarded = forwarded
        self.parts = [Part.TEXT] * len(lines)
        self.position = 0
        self.said = False
        self.first = 0
        self.quote_after = self._quotes_ahead()

    def sort(self) -> None:
        while self.position < len(self.lines):
            self.position += self._step()

    def sign(self) -> None:
        """Mark the signature in every stretch of text, without emptying a mail that has nothing before it."""
        self.first = next((index for index, text in enumerate(self.texts) if text.strip()), 0)
        start = 0
        while start < len(self.parts):
            stop = start
            while stop < len(self.parts) and self.parts[stop] is self.parts[start]:
                stop += 1
            if self.parts[start] is Part.TEXT:
                self._sign(start, stop)
            start = stop

    def _sign(self, start: int, stop: int) -> None:
        texts = self.texts[start:stop]
        cut, certain = signatures.signature_start(texts)
        emptied = not any(text.strip() for text in texts[:cut])
        if emptied and not certain and start <= self.first:
            return
        self._mark(Part.SIGNATURE, start + cut, stop)

    def _step(self) -> int:
        """Mark what begins at the position; returns how many lines it took."""
        here, line = self.position, self.lines[self.position]
        text = line.text.strip()
        if heads.is_forward(text) and (not text.startswith(">") or self._forward_quoted()):
            return self._rest(Part.FORWARD)
        if line.label == Label.QUOTE or text.startswith(">"):
            return self._take(Part.QUOTE, 1 + self._wrapped_quote())
        if line.label == Label.ATTRIBUTION:
            return self._labelled_attribution()
        if line.label == Label.SIGNATURE:
            return self._take(Part.SIGNATURE, 1)
        if line.label == Label.HISTORY:
            return self._rest(Part.FORWARD if self.forwarded else Part.HISTORY)
        if markers.is_marker(text):
            return self._rest(Part.HISTORY)
        if not text:
            return 1
        return self._quoting(here) or self._plain()

    def _plain(self) -> int:
        self.said = True
        return 1

    def _quoting(self, here: int) -> int:
        """A header above history; where nothing was said above it, the mail is its own, not an answer."""
        length = attributions.attribution_at(self.texts, here, self.quote_after)
        if length:
            if self.quote_after[here + length - 1] or not self._more(here + length):
                return self._take(Part.ATTRIBUTION, length)
            return self._history(length)
        if heads.is_original(self.texts[here]):
            return self._history(1)
        length = heads.head_at(self.texts, here)
        return self._history(length) if length else 0

    def _history(self, length: int) -> int:
        if self.forwarded:
            return self._rest(Part.FORWARD)
        if self.said or self._ours(self.position + length):
            return self._rest(Part.HISTORY)
        return length

    def _labelled_attribution(self) -> int:
        """The lines of a marked attribution; where no quote follows, the history isn't marked as one."""
        length = 1
        while self.position + length < len(self.lines) and (
            self.lines[self.position + length].label == Label.ATTRIBUTION
            or not self.texts[self.position + length].strip()
        ):
            if heads.is_forward(self.texts[self.position + length]):
                return self._rest(Part.FORWARD)
            length += 1
        if self.quote_after[self.position + length - 1] or not self._more(self.position + length):
            return self._take(Part.ATTRIBUTION, length)
        return self._rest(Part.HISTORY)

    def _ours(self, start: int) -> bool:
        """Whether what stands here is a mail of ours: by its marker below, or our address in the header above."""
        if any(markers.is_marker(text) for text in self.texts[start : start + 60]):
            return True
        above = " ".join(self.texts[self.position : start + 8])[:4_000]
        return any(address.rpartition("@")[2].lower() in self.ours for address in addresses_in_text(above))

    def _wrapped_quote(self) -> int:
        """Lines right after a long quoted line that a mailer broke off it, without repeating the quote mark."""
        quoted = self.texts[self.position].rstrip()
        if not quoted.startswith(">") or len(quoted) < 60 or quoted.endswith("?"):
            return 0
        after = self.texts[self.position + 1 : self.position + 3]
        broken = len(after) == 2 and after[0][:1].islower() and after[1].startswith(">")
        return 1 if broken else 0

    def _forward_quoted(self) -> bool:
        """Whether a quoted forward is the sender's own, not part of an older conversation."""
        return Part.ATTRIBUTION not in self.parts and Part.QUOTE not in self.parts

    def _more(self, start: int) -> bool:
        return any(text.strip() for text in self.texts[start:])

    def _quotes_ahead(self) -> list[bool]:
        ahead, following = [False] * len(self.lines), False
        for index in range(len(self.lines) - 1, -1, -1):
            ahead[index] = following
            if self.texts[index].strip():
                following = self.lines[index].label == Label.QUOTE or self.texts[index].lstrip().startswith(">")
        return ahead

    def _take(self, part: Part, length: int) -> int:
        self._mark(part, self.position, self.position + length)
        return length

    def _rest(self, part: Part) -> int:
        return self._take(part, len(self.lines) - self.position)

    def _mark(self, part: Part, start: int, stop: int) -> None:
        for index in range(start, min(stop, len(self.parts))):
            self.parts[index] = part
