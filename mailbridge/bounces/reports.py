"""Delivery reports as RFC 3464 has them: fields per recipient in a message/delivery-status part."""

import re
from collections.abc import Iterator

from mailbridge.bounces.bounce import Action, Bounce, is_hard, status_in
from mailbridge.parsing import IncomingMail, MailPart, addresses, charsets

_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,60}):[ \t]*(.*)")
_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
_RECEIPTS = ("message/disposition-notification", "message/global-disposition-notification")
_RECIPIENTS = 200


def reported(mail: IncomingMail, message_id: str | None) -> Iterator[Bounce]:
    """A bounce for every recipient that the report tells of."""
    for part in mail.reports:
        for fields in _groups(part)[:_RECIPIENTS]:
            if part.media_type in _STATUS_PARTS and (bounce := _bounce(fields, message_id)):
                yield bounce
            elif part.media_type in _RECEIPTS and is_refusal(part):
                named = _address(fields.get("original-recipient", "")) or _address(fields.get("final-recipient", ""))
                yield Bounce(named, hard=False, status=None, original_message_id=message_id)


def is_refusal(part: MailPart) -> bool:
    """Whether a "read receipt" is how a mailbox refused the mail by itself (RFC 5429, section 2.2.1)."""
    fields = {name: value for group in _groups(part) for name, value in group.items()}
    disposition = fields.get("disposition", "").lower()
    return "automatic-action" in disposition and "deleted" in disposition


def _groups(part: MailPart) -> list[dict[str, str]]:
    text = charsets.decode(part.content[:500_000], "utf-8").replace("\r\n", "\n")
    groups: list[dict[str, str]] = []
    fields: dict[str, str] = {}
    name = ""
    for line in [*text.split("\n"), ""]:
        if not line.strip():
            if fields:
                groups.append(fields)
            fields, name = {}, ""
        elif line[:1] in " \t" and name:
            fields[name] = f"{fields[name]} {line.strip()}"[:2_000]
        elif match := _FIELD.match(line):
            name = match[1].lower()
            fields.setdefault(name, match[2].strip())
    return groups


def _bounce(fields: dict[str, str], message_id: str | None) -> Bounce | None:
    if not ("final-recipient" in fields or "original-recipient" in fields or "action" in fields):
        return None
    action = _action(fields)
    status = _status(fields)
    named = ("original-recipient", "final-recipient", "x-actual-recipient")
    address = next((found for name in named if (found := _address(fields.get(name, "")))), None)
    return Bounce(address, is_hard(action, status), status, message_id, action)


def _action(fields: dict[str, str]) -> Action:
    word = (re.findall(r"[a-z]+", fields.get("action", "").lower()) or [""])[0]
    match word:
        case "failed" | "failure":
            return Action.FAILED
        case "delayed":
            return Action.DELAYED
        case "delivered" | "relayed" | "expanded":
            return Action.DELIVERED
        case _:
            return {"2": Action.DELIVERED, "4": Action.DELAYED}.get((_status(fields) or "5")[0], Action.FAILED)


def _status(fields: dict[str, str]) -> str | None:
    """The Status; that of the other server's own words where it says nothing more than "failed" (Exim: always 5.0.0)."""
    found = _STATUS.search(fields.get("status", ""))
    words = fields.get("diagnostic-code", "")
    if found is None or found[1].endswith(".0.0"):
        told = status_in(words)
        if told is not None and (found is None or told[0] == found[1][0]):
            return told
    return found[1] if found else None


def _address(value: str) -> str | None:
    """The address of `rfc822; jan@example.org`; the type may be missing, and the address in angle brackets."""
    found = addresses.addresses_in_text(value.rpartition(";")[2][:500])
    return found[0] if found else None
