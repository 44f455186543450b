"""All that a mail tells of mails that came back."""

import re

from mailbridge.bounces import freeform, reports
from mailbridge.bounces.bounce import Action, Bounce
from mailbridge.parsing import IncomingMail, charsets, read_mail

_ID = re.compile(r"^message-id:\s*<([^<>\s]{1,990})>", re.IGNORECASE | re.MULTILINE)
_ID_IN_TEXT = re.compile(r"message-id:?\s*<([^<>\s]{1,990})>", re.IGNORECASE)
_RETURNED = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")


def failures(mail: IncomingMail) -> tuple[Bounce, ...]:
    """The recipients that a bounce tells of, those that failed first; empty for a report that names nobody.

    Call it for mails that carry the signs of a bounce; for others the answer means nothing.
    """
    message_id = original_message_id(mail)
    found = list(reports.reported(mail, message_id)) or _wrapped(mail)
    if not any(bounce.address for bounce in found):
        found = [*freeform.told(mail, message_id)] if not found else [*_named(mail, found, message_id)]
    order = list(Action)
    return tuple(dict.fromkeys(sorted(found, key=lambda bounce: order.index(bounce.action))))


def _wrapped(mail: IncomingMail) -> list[Bounce]:
    """The report within the report: gateways put the bounce that they got in one of their own."""
    for part in mail.attachments[:5]:
        if part.media_type == "message/rfc822":
            inner = read_mail(part.content)
            if found := list(reports.reported(inner, original_message_id(inner))):
                return found
    return []


def _named(mail: IncomingMail, found: list[Bounce], message_id: str | None) -> list[Bounce]:
    """A report without addresses, completed with the addresses of its text."""
    first = found[0]
    told = [bounce.address for bounce in freeform.told(mail, message_id)]
    return [Bounce(address, first.hard, first.status, message_id, first.action) for address in told]


def original_message_id(mail: IncomingMail) -> str | None:
    """The Message-ID of the mail that came back: from the returned mail or its headers, else from the text."""
    for part in (*mail.reports, *mail.attachments):
        if part.media_type in _RETURNED and (found := _ID.search(charsets.decode(part.content[:100_000], "utf-8"))):
            return found[1]
    if found := _ID_IN_TEXT.search(freeform.readable(mail)):
        return found[1]
    return (mail.in_reply_to or mail.references or (None,))[-1]
