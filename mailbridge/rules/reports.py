"""Signs of reports: bounces, read receipts, complaints."""

import re

from mailbridge.bounces import freeform, is_refusal
from mailbridge.parsing import IncomingMail, addresses
from mailbridge.parsing.parameters import media_type

_SERVERS = re.compile(
    r"mailer-?daemon|postmaster|mail[ _.-]?(?:delivery|administrator|adm|service)|delivery[ _.-]?(?:subsystem|system|"
    r"service|status)|mail[ _.-]?system|mdaemon|smtp[ _.-]?(?:server|mail|service)|autonotify|mdeliver",
    re.IGNORECASE,
)
_ANSWERED = re.compile(r"\s*(?:re|aw|antw|sv|fwd?|doorst)\s*:", re.IGNORECASE)
_SUBJECT = re.compile(
    r"undeliver(?:ed|able)|undelivered|(?:mail|message|delivery|returned).{0,40}(?:fail|error|problem|not delivered)|"
    r"fail(?:ure|ed).{0,20}(?:deliver|notice|mail|notification)|delivery (?:report|status|notification|failure|delayed)|"
    r"returned (?:mail|to sender|message|email)|mail (?:could not|not) be? ?deliver|non[- ]?deliver|"
    r"(?:message|mail|delivery).{0,20}(?:delayed|warning|deferred)|warning: (?:message|could not)|"
    r"onbestelbaar|niet (?:bezorgd|afgeleverd|besteld)|bezorging.{0,20}(?:mislukt|vertraagd)|"
    r"kan (?:bericht )?niet (?:worden )?(?:bezorg|aflever)|bericht (?:geweigerd|vertraagd)|"
    r"unzustellbar|zustellung.{0,30}fehl|non remis|échec de (?:la )?remise|user unknown|unknown user|bounce",
    re.IGNORECASE,
)
_TEXT = re.compile(
    r"undeliver|could ?n[o']t (?:be )?(?:deliver|send|sent|transmit)|(?:not|never) (?:be |been )?deliver|"
    r"unable to (?:deliver|send)|unknown (?:user|recipient|address|local)|user (?:is )?(?:unknown|not found|does)|"
    r"(?:delivery|recipients?|address(?:es)?|transmission).{0,80}(?:fail|error|not receive|reject|refus|problem)|"
    r"fail(?:ed|ure)?.{0,80}(?:deliver|recipient|address)|permanent.{0,20}(?:error|fail)|mailbox.{0,40}(?:full|unavail|"
    r"not found|disabled|exceed)|over ?quota|no such (?:user|recipient|address)|returned (?:mail|message)|"
    r"(?:did|does) not (?:reach|receive|exist)|niet (?:worden )?(?:bezorgd|afgeleverd)|bezorging.{0,60}mislukt|"
    r"onbekende (?:gebruiker|geadresseerde)|mailbox (?:is )?vol|\b5[05]\d[ -]|\b[45]\.\d\.\d\b|not accept|"
    r"still awaiting|delayed|nicht zugestellt",
    re.IGNORECASE,
)


def is_refused(mail: IncomingMail) -> bool:
    """A mailbox that refuses by its owner's rules, in the form of a read receipt (RFC 5429)."""
    return any(part.media_type.endswith("disposition-notification") and is_refusal(part) for part in mail.reports)


def is_read_receipt(mail: IncomingMail) -> bool:
    """RFC 8098."""
    return _reports(mail, "disposition-notification") or _has(mail, "disposition-notification")


def is_complaint(mail: IncomingMail) -> bool:
    """RFC 5965: a recipient pressed "spam"."""
    return _reports(mail, "feedback-report") or _has(mail, "message/feedback-report")


def is_delivery_report(mail: IncomingMail) -> bool:
    """RFC 3464, and the header that Exim adds."""
    return (
        _reports(mail, "delivery-status")
        or _has(mail, "delivery-status")
        or mail.header("x-failed-recipients") is not None
    )


def is_undelivered(mail: IncomingMail) -> bool:
    """A server that says in free form that it could not deliver: two signs out of sender, subject and text."""
    author = " ".join(mail.fields.all("from"))[:500]
    server = _SERVERS.search(author) is not None or mail.header("return-path") == "<>"
    subject = _SUBJECT.search(mail.subject) is not None
    if not (server or subject) or (not server and mail.in_reply_to and _ANSWERED.match(mail.subject)):
        return False
    text = freeform.readable(mail)[:5_000]
    said = _TEXT.search(text) is not None
    returned = any(part.media_type == "message/rfc822" for part in mail.attachments)
    if server:
        unattended = mail.header("return-path") == "<>" or mail.header("precedence") is not None
        return (subject or said or (returned and unattended)) and not _is_auto_reply(mail)
    return subject and said and (returned or bool(addresses.addresses_in_text(text)))


def _is_auto_reply(mail: IncomingMail) -> bool:
    """Vacation notes come with an empty return path too."""
    return (mail.header("auto-submitted") or "").lower().startswith("auto-replied") and not _SUBJECT.search(
        mail.subject
    )


def _reports(mail: IncomingMail, kind: str) -> bool:
    found = media_type(mail.fields.first("content-type"))
    return found.value == "multipart/report" and found.parameters.get("report-type", "").lower().endswith(kind)


def _has(mail: IncomingMail, kind: str) -> bool:
    return any(part.media_type.endswith(kind) for part in mail.reports)
