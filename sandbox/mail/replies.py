"""Answering a mail the way well-known clients do: their own quoting, in text and HTML, in Dutch or English.

Every client puts the answer on top. Gmail, Apple Mail and iPhone introduce the quote with a sentence, Outlook with
the headers of the original; only the plain style sends no HTML.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from babel.dates import format_date

from sandbox.mail.reading import Attachment, Mail
from sandbox.mail.writing import Content

Style = Literal["gmail", "outlook", "apple", "iphone", "plain"]
Language = Literal["nl", "en"]

_LABELS = {"nl": ("Van", "Verzonden", "Aan", "Onderwerp"), "en": ("From", "Sent", "To", "Subject")}
_SENT_FROM = {"nl": "Verstuurd vanaf mijn iPhone", "en": "Sent from my iPhone"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person wrote (text, and HTML if they formatted it) and the mail they answer."""

    text: str
    html: str
    original: Mail
    language: Language

    @property
    def quoted_text(self) -> str:
        return self.original.text or "(HTML)"

    @property
    def quoted_html(self) -> str:
        return self.original.html or as_html(self.original.text)


def reply_content(
    original: Mail,
    text: str,
    *,
    html: str | None = None,
    attachments: Sequence[Attachment] = (),
    style: Style = "gmail",
    language: Language = "nl",
) -> Content:
    """The content of an answer to `original`, quoted as `style` does; the original's inline images go along."""
    answer = Answer(text, as_html(text) if html is None else html, original, language)
    quoted_text, quoted_html = _STYLES[style](answer)
    if quoted_html is None:
        return Content(quoted_text, attachments=attachments)
    return Content(quoted_text, quoted_html, original.inline, attachments)


def reply_subject(subject: str, style: Style) -> str:
    """`Re: ` (Outlook: `RE: `) once, however often the mail goes to and fro."""
    known = subject.lower().startswith(("re:", "antw:", "betreft:"))
    return subject if known else f"{'RE' if style == 'outlook' else 'Re'}: {subject}"


def as_html(text: str) -> str:
    """Plain text as the HTML that a client makes of it: one element a line."""
    return "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.split("\n"))


def _gmail(answer: Answer) -> tuple[str, str]:
    when, who = _short_date(answer), _who(answer.original)
    at, wrote = {"nl": ("om", "schreef {}:"), "en": ("at", "{} wrote:")}[answer.language]
    start = {"nl": "Op", "en": "On"}[answer.language]
    line = f"{start} {when} {at} {answer.original.date:%H:%M} {wrote.format(who)}"
    html = (
        f'<div dir="ltr">{answer.html}</div><br><div class="gmail_quote gmail_quote_container">'
        f'<div dir="ltr" class="gmail_attr">{escape(line)}<br></div>'
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;'
        'border-left:1px solid rgb(204,204,204);padding-left:1ex">'
        f"{answer.quoted_html}</blockquote></div>"
    )
    return f"{answer.text}\n\n{line}\n\n{_chevrons(answer.quoted_text)}\n", html


def _outlook(answer: Answer) -> tuple[str, str]:
    mail = answer.original
    values = (_who(mail), _long_date(answer), "; ".join(mail.to), mail.subject)
    rows = list(zip(_LABELS[answer.language], values, strict=True))
    text = "\n".join(f"{label}: {value}" for label, value in rows)
    bold = "<br>".join(f"<b>{label}:</b> {escape(value)}" for label, value in rows)
    html = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head></head><body lang="NL">'
        f'<div class="WordSection1"><div class="MsoNormal">{answer.html}</div><p class="MsoNormal"><o:p>&nbsp;</o:p></p>'
        '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        f'<p class="MsoNormal">{bold}<o:p></o:p></p></div></div>'
        f'<p class="MsoNormal"><o:p>&nbsp;</o:p></p>{answer.quoted_html}</div></body></html>'
    )
    return f"{answer.text}\n\n{text}\n\n{answer.quoted_text}\n", html


def _apple(answer: Answer) -> tuple[str, str]:
    line = _apple_line(answer, ", ")
    html = (
        '<html><body style="overflow-wrap: break-word; line-break: after-white-space;">'
        f'{answer.html}<div><br><blockquote type="cite"><div>{escape(line)}</div>'
        f'<br class="Apple-interchange-newline"><div>{answer.quoted_html}</div></blockquote></div><br></body></html>'
    )
    return f"{answer.text}\n\n> {line}\n> \n{_chevrons(answer.quoted_text)}\n", html


def _iphone(answer: Answer) -> tuple[str, str]:
    line, sent = _apple_line(answer, " "), _SENT_FROM[answer.language]
    html = (
        f'<html><body dir="auto">{answer.html}<br id="lineBreakAtBeginningOfSignature">'
        f'<div dir="ltr">{sent}</div><div dir="ltr"><br><blockquote type="cite">{escape(line)}<br><br></blockquote></div>'
        f'<blockquote type="cite"><div dir="ltr">{answer.quoted_html}</div></blockquote></body></html>'
    )
    return f"{answer.text}\n\n{sent}\n\n> {line}\n> \n{_chevrons(answer.quoted_text)}\n", html


def _plain(answer: Answer) -> tuple[str, None]:
    when = f"{answer.original.date:%d-%m-%Y %H:%M}"
    line = {"nl": f"Op {when} schreef {_who(answer.original)}:", "en": f"On {when}, {_who(answer.original)} wrote:"}
    return f"{answer.text}\n\n{line[answer.language]}\n{_chevrons(answer.quoted_text)}\n", None


_STYLES: dict[Style, Callable[[Answer], tuple[str, str | None]]] = {
    "gmail": _gmail,
    "outlook": _outlook,
    "apple": _apple,
    "iphone": _iphone,
    "plain": _plain,
}


def _apple_line(answer: Answer, joint: str) -> str:
    date, who = answer.original.date, _who(answer.original)
    when = _written(answer, "d") + " " + _written(answer, "MMMM")[:3] + " " + _written(answer, "y")
    if answer.language == "nl":
        return f"Op {when}{joint}om {date:%H:%M} heeft {who} het volgende geschreven:"
    return f"On {when}, at {date:%H:%M}, {who} wrote:"


def _short_date(answer: Answer) -> str:
    month = _written(answer, "MMMM")[:3]
    if answer.language == "nl":
        return f"{_written(answer, 'EEEE')[:2]} {_written(answer, 'd')} {month} {_written(answer, 'y')}"
    return f"{_written(answer, 'EEE')}, {_written(answer, 'd')} {month} {_written(answer, 'y')}"


def _long_date(answer: Answer) -> str:
    return f"{_written(answer, 'EEEE d MMMM y')} {answer.original.date:%H:%M}"


def _written(answer: Answer, pattern: str) -> str:
    return format_date(answer.original.date, pattern, locale=answer.language)


def _who(mail: Mail) -> str:
    return f"{mail.sender_name} <{mail.sender}>" if mail.sender_name else f"<{mail.sender}>"


def _chevrons(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.rstrip("\n").split("\n"))
