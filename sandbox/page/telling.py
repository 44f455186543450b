"""Turning what the servers tell into happenings for the page."""

from datetime import UTC, datetime
from typing import Any

from sandbox.mail import MailEvent
from sandbox.page.cards import Happening

_SHORT = 160
_CUSTOMERS_OWN = {"message": "message", "edited": "edited_message"}


def from_mail(event: MailEvent) -> Happening:
    """A mail that landed, came back or was refused."""
    return Happening(
        "mail",
        event.kind,
        who=event.mailbox or event.recipient,
        title=event.subject,
        detail=event.sender,
        ok=event.kind == "delivered",
        at=event.at,
        more={"id": event.mail_id, "recipient": event.recipient, "size": event.size, "authentic": event.authentic},
    )


def from_telegram(event: Any) -> Happening | None:
    """A call of the bot, or something a person said; None for what isn't worth a line."""
    if event.kind == "call":
        return _call(event.detail)
    if event.kind in _CUSTOMERS_OWN and not event.detail.by_bot:
        return _said(_CUSTOMERS_OWN[event.kind], event.detail)
    return None


def _call(call: Any) -> Happening | None:
    if call.method == "getUpdates" and call.ok:
        return None
    parameters = dict(call.parameters)
    text = parameters.get("text") or parameters.get("caption") or ""
    return Happening(
        "telegram",
        "call",
        who=call.bot,
        title=call.method,
        detail=call.error or _short(text),
        ok=call.ok,
        at=datetime.fromtimestamp(call.at, UTC),
        more={"parameters": parameters, "number": call.number},
    )


def _said(kind: str, stored: Any) -> Happening:
    body = stored.body
    files = [name for name in ("document", "photo", "video", "voice", "audio", "contact", "location") if name in body]
    text = body.get("text") or body.get("caption") or ""
    return Happening(
        "telegram",
        "update",
        who=str(body.get("from", {}).get("id", "")),
        title=kind,
        detail=_short(" ".join([*(f"[{name}]" for name in files), text])),
        more={"chat": stored.chat.key},
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else f"{line[:_SHORT]}…"
