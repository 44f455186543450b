"""Composing the mails that people in the sandbox send, as an ordinary mail client would."""

import mimetypes
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr, formatdate, make_msgid

from sandbox.mail.reading import Attachment

_POLICY = SMTP.clone(utf8=False, max_line_length=78)


@dataclass(frozen=True, slots=True)
class Content:
    """What a mail says: text, the same in HTML if any, images shown in the HTML, and attached files."""

    text: str
    html: str | None = None
    inline: Sequence[Attachment] = ()
    attachments: Sequence[Attachment] = ()


def attachment(name: str, content: bytes, kind: str | None = None) -> Attachment:
    """A file to send; the type follows from the name unless given."""
    return Attachment(name, kind or mimetypes.guess_type(name)[0] or "application/octet-stream", content)


def compose(
    *,
    sender: str,
    to: Iterable[str],
    subject: str,
    content: Content,
    sender_name: str = "",
    cc: Iterable[str] = (),
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """The mail as bytes with CRLF line ends. `headers` replace those made here; an empty value leaves one out."""
    message = EmailMessage(policy=_POLICY)
    _put_content(message, content)
    domain = sender.partition("@")[2] or "localhost"
    fields = {
        "From": formataddr((sender_name, sender)),
        "To": ", ".join(to),
        "Cc": ", ".join(cc),
        "Subject": subject,
        "Date": formatdate(localtime=True),
        "Message-ID": make_msgid(domain=domain),
    }
    for name, value in {**fields, **(headers or {})}.items():
        if value:
            message[name] = value
    return message.as_bytes()


def _put_content(message: EmailMessage, content: Content) -> None:
    message.set_content(content.text, cte="quoted-printable")
    if content.html is not None:
        message.add_alternative(content.html, subtype="html", cte="quoted-printable")
        page = message.get_body(("html",))
        assert isinstance(page, EmailMessage)
        for image in content.inline:
            page.add_related(
                image.content, *_kind(image), cid=f"<{image.cid}>", filename=image.name, disposition="inline"
            )
    for file in content.attachments:
        message.add_attachment(file.content, *_kind(file), filename=file.name)


def _kind(file: Attachment) -> tuple[str, str]:
    main, _, sub = file.type.partition("/")
    return (main, sub) if sub and main not in ("multipart", "message") else ("application", "octet-stream")
