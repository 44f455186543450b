"""Signs of mails that people wrote, and of mails that can't be put to anyone's name."""

import re

from mailbridge.parsing import IncomingMail, markup
from mailbridge.replies.heads import is_forward as is_forward_line

_FORWARDED = re.compile(r"\s*(?:fwd?|doorst|doorgestuurd|dst|wg)\s*:", re.IGNORECASE)


def is_no_mail(mail: IncomingMail) -> bool:
    """Bytes without a single header that mails have."""
    return "not-a-mail" in mail.problems


def has_no_author(mail: IncomingMail) -> bool:
    """No From, more than one, or one that mail programs read differently."""
    return mail.from_ is None


def is_encrypted(mail: IncomingMail) -> bool:
    """S/MIME or PGP: nobody here can read it."""
    return "encrypted" in mail.problems


def is_forward(mail: IncomingMail) -> bool:
    """The sender passes another mail on."""
    return _FORWARDED.match(mail.subject) is not None


def is_empty(mail: IncomingMail) -> bool:
    """Nothing written and nothing attached; a mail of quotes alone counts as empty too."""
    if mail.attachments or mail.calendars:
        return False
    text = mail.text or ""
    if text.strip():
        lines = [line for line in text.split("\n") if line.strip()]
        return all(line.startswith(">") for line in lines) and not any(map(is_forward_line, lines))
    return not markup.to_text(mail.html or "").strip()
