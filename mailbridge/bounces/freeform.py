"""Bounces in a server's own words, in any of the languages that servers speak.

Only mails that carry other signs of a bounce are read this way, so a generous reading does no harm here.
"""

import re
from collections.abc import Iterator

from mailbridge.bounces.bounce import Action, Bounce, is_hard, status_in
from mailbridge.parsing import IncomingMail, addresses, markup

_ORIGINAL = re.compile(
    r"^[ \t\r\f\v\xa0>*#=_-]{0,200}(?:"
    r"(?:original|returned|transcript|header|text|copy|start|begin|below|here|unsent|message header)\b.{0,60}"
    r"\b(?:message|mail|header|headers|follows|session)|"
    r"(?:the |your )?(?:original|returned|undelivered) (?:message|mail)|received:|return-path:|"
    r"oorspronkelijk bericht|hieronder .{0,30}bericht|this is a copy of the message|"
    r"this is the body of the message|--- enclosed|.{0,20}forwarded message)",
    re.IGNORECASE | re.MULTILINE,
)
_TEMPORARY = re.compile(
    r"\bdelayed\b|will (?:be retried|continue|keep trying|retry)|still being retried|warning only|"
    r"temporar(?:y|ily) (?:fail|defer|unavail|undeliver)|not yet (?:been )?(?:received|delivered)|vertraagd|"
    r"wordt (?:opnieuw|nogmaals) geprobeerd|tijdelijk|"
    r"(?:delivery|message) .{0,40}(?:delay|deferred)|has been queued",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"permanent|giving up|given up|not going to try again|could not be delivered to|undeliver|fatal error|"
    r"\b5\d\d[ -]|\b5\.\d\.\d|returned|definitief|onbestelbaar",
    re.IGNORECASE,
)
_SENDER = re.compile(r"\s*(?:from|sender|reply-to|van|message-?id|references|errors-to)\s*:", re.IGNORECASE)
_COMPLAINT = re.compile(
    r"<\S+@\S+>\s*[:.(]|\b[45]\d\d\b|\b[45]\.\d\.\d|unknown|not found|no such|fail|undeliver|could ?n[o']t|did not|unable|"
    r"reject|refus|recipient|quota|full|invalid|mislukt|niet (?:worden )?(?:bezorg|aflever)|onbekend|geadresseerde",
    re.IGNORECASE,
)
_SERVERS = ("postmaster", "mailer-daemon", "mailerdaemon", "abuse", "helpdesk", "mail-daemon")
_LONGEST = 20_000


def told(mail: IncomingMail, message_id: str | None) -> Iterator[Bounce]:
    """A bounce for every address that the server's text complains about; one without address when it names none."""
    text = readable(mail)
    head = _before_original(text)
    status = status_in(head)
    action = action_of(mail.subject, head)
    found: list[str | None] = [*(_failed_addresses(mail, head) or _failed_addresses(mail, text))]
    for address in found[:50] or [None]:
        yield Bounce(address, is_hard(action, status), status, message_id, action)


def readable(mail: IncomingMail) -> str:
    """The text of the mail, from its HTML when there is no other."""
    return (mail.text or markup.to_text((mail.html or "")[:200_000]))[:_LONGEST]


def action_of(subject: str, text: str) -> Action:
    """Whether the server has given up or goes on trying."""
    if _TEMPORARY.search(subject):
        return Action.DELAYED
    if _FINAL.search(subject) or (_FINAL.search(text) and not _TEMPORARY.search(text)):
        return Action.FAILED
    if _TEMPORARY.search(text):
        return Action.DELAYED
    return Action.FAILED


def _before_original(text: str) -> str:
    """The text above the mail that came back: above the first line that announces one and stands below an address."""
    looked = 0
    for found in _ORIGINAL.finditer(text, 1):
        if addresses.addresses_in_text(text[looked : found.start()]):
            return text[: found.start()]
        looked = found.start()
    return text


def _failed_addresses(mail: IncomingMail, text: str) -> list[str]:
    """Addresses that are neither ours nor the server's; those that stand near a complaint come first."""
    ours = {address.addr_spec.lower() for address in (*mail.to, *mail.cc, *filter(None, [mail.from_]))}
    failed = [
        address for value in mail.headers("x-failed-recipients") for address in addresses.addresses_in_text(value)
    ]
    near: list[str] = []
    others: list[str] = []
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if not _SENDER.match(line):
            complains = _COMPLAINT.search(" ".join(lines[max(0, index - 2) : index + 2])[:1_000])
            (near if complains else others).extend(addresses.addresses_in_text(line[:2_000]))
    found = dict.fromkeys([*failed, *near, *others])
    return [one for one in found if one.lower() not in ours and one.partition("@")[0].lower() not in _SERVERS]
