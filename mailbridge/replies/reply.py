"""The answer in a mail, and the files that belong to it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from mailbridge.parsing import IncomingMail, MailPart, calendars, markup
from mailbridge.parsing.markup import Line
from mailbridge.replies import clients, heads, segments
from mailbridge.replies.segments import Part

_FORWARDED = re.compile(r"\s*(?:fwd?|doorst|dst|wg|tr|i|enc|rv|vb|vs)\s*:", re.IGNORECASE)
_ANSWERS_WITHIN = re.compile(
    r"(?:antwoord(?:en)?|reacties?|opmerkingen|commentaar)\b.{0,40}\b(?:hieronder|onderstaand|in (?:het )?(?:rood|blauw|"
    r"groen|kleur)|in de (?:tekst|mail)|tussen de regels)|"
    r"(?:answers?|replies|comments?|responses?)\b.{0,40}\b(?:below|inline|in-line|in (?:red|blue|green|bold))|"
    r"(?:zie|see) (?:hieronder|below) (?:in|tussen|between)",
    re.IGNORECASE,
)
_LONG_QUOTE = 4


@dataclass(frozen=True, slots=True)
class Reply:
    """`text` is what the customer wrote, `cut` all that was taken away, `how` the sign that the cut went by.

    `text` is empty only when the mail holds nothing but quotes, marked signatures, or nothing at all.
    `images` are the Content-IDs of the images that stand in the text.
    """

    text: str
    cut: str
    how: str
    images: frozenset[str] = field(default=frozenset())


def reply_of(mail: IncomingMail) -> Reply:
    """What the sender of the mail wrote. Never raises.

    The HTML is preferred, for it tells quotes from text; the plain text decides when the HTML shows no quote at all.
    An invitation without a word says what it invites to.
    """
    reply = _written(mail)
    if not reply.text.strip() and (invitation := calendars.summary(mail)):
        return replace(reply, text=invitation, how="invitation")
    return reply


def attachments_of(mail: IncomingMail, reply: Reply) -> tuple[MailPart, ...]:
    """The files that belong to the reply: all but the images that stand in the history or in a signature.

    An invitation is a file too, once.
    """
    files = tuple(part for part in mail.attachments if not part.inline or part.content_id in reply.images)
    return files if any(map(calendars.is_calendar, files)) else (*files, *mail.calendars[:1])


def _written(mail: IncomingMail) -> Reply:
    read = partial(
        _reply,
        forwarded=_FORWARDED.match(mail.subject) is not None,
        ours=frozenset(address.domain for address in (*mail.to, *mail.cc)),
    )
    plain = [Line(text.rstrip()) for text in (mail.text or "").split("\n")]
    if not (mail.html or "").strip():
        return read(plain)
    page = markup.to_lines(mail.html or "", clients.label_of)
    if not any(line.text.strip() or line.images for line in page):
        return read(plain)
    shown = read(page)
    if shown.how == "whole" and (mail.text or "").strip():
        plainly = read(plain)
        if plainly.how != "whole" and plainly.text:
            return replace(plainly, images=shown.images)
    return shown


def _reply(lines: Sequence[Line], *, forwarded: bool, ours: frozenset[str]) -> Reply:
    parts = segments.parts_of(lines, forwarded=forwarded, ours=ours)
    kept = _kept(lines, parts)
    text = _text(_shown(lines, parts, kept))
    if _answers_within(parts, text):
        return Reply(_text(lines), "", "answers-within", _images(lines))
    if not text and any(part is Part.SIGNATURE for part in parts) and not _quotes(parts):
        return Reply(_text(lines), "", "whole", _images(lines))
    chosen = set(kept)
    cut = _text(line for index, line in enumerate(lines) if index not in chosen)
    return Reply(text, cut, _how(parts), _images(lines[index] for index in kept))


def _answers_within(parts: list[Part], text: str) -> bool:
    """Whether the answer says that there is more of it in the history, where nothing tells the two apart."""
    history = [index for index, part in enumerate(parts) if part in (Part.HISTORY, Part.QUOTE)]
    if not history or Part.TEXT not in parts[: history[0]]:
        return False
    promise = _ANSWERS_WITHIN.search(text[:2_000])
    return promise is not None and sum(bool(line.strip(" .:")) for line in text[promise.end() :].split("\n")) <= 1


def _kept(lines: Sequence[Line], parts: list[Part]) -> list[int]:
    """The lines to keep. With answers below quotes all is kept up to the last answer, but for one long first quote."""
    texts = [
        index for index, part in enumerate(parts) if part in (Part.TEXT, Part.FORWARD) and lines[index].text.strip()
    ]
    images = [index for index, part in enumerate(parts) if part is Part.TEXT and lines[index].images]
    last = max(texts + images, default=-1)
    quotes = [index for index in range(last + 1) if parts[index] is Part.QUOTE]
    wanted = {Part.TEXT, Part.FORWARD, Part.QUOTE}
    if _is_one_long_quote(lines, parts, quotes):
        wanted.remove(Part.QUOTE)
    return [index for index in range(last + 1) if parts[index] in wanted]


def _is_one_long_quote(lines: Sequence[Line], parts: list[Part], quotes: list[int]) -> bool:
    """Whether the quote is the whole mail that is answered, with the answer below it."""
    said = [index for index in quotes if lines[index].text.strip(" >")]
    if len(said) <= _LONG_QUOTE or Part.ATTRIBUTION not in parts[: quotes[0]]:
        return False
    between = range(quotes[0], quotes[-1])
    return not any(parts[index] is Part.TEXT and lines[index].text.strip() for index in between)


def _shown(lines: Sequence[Line], parts: list[Part], kept: list[int]) -> Iterator[Line]:
    """The lines to keep, quotes with their mark, and a blank line where something was taken out between them."""
    for number, index in enumerate(kept):
        if number and kept[number - 1] != index - 1:
            yield Line("")
        line = lines[index]
        quoted = parts[index] is Part.QUOTE and line.text.strip() and not line.text.lstrip().startswith(">")
        yield Line(f"> {line.text}") if quoted else line


def _text(lines: Iterable[Line]) -> str:
    texts = [line.text.replace("\xa0", " ").rstrip() for line in lines]
    while texts and (not texts[-1] or heads.is_rule(texts[-1])):
        texts.pop()
    text = "\n".join(texts).strip("\n")
    return re.sub(r"\n{3,}", "\n\n", text)


def _images(lines: Iterable[Line]) -> frozenset[str]:
    return frozenset(image for line in lines for image in line.images)


def _quotes(parts: list[Part]) -> bool:
    return any(part in (Part.QUOTE, Part.HISTORY, Part.ATTRIBUTION) for part in parts)


def _how(parts: list[Part]) -> str:
    for part in (Part.FORWARD, Part.HISTORY, Part.ATTRIBUTION, Part.QUOTE, Part.SIGNATURE):
        if part in parts:
            return part.value
    return "whole"
