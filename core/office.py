"""The office that runs the portal: its name, texts, hours and policies, as one immutable value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.actor import Language


class UploadPolicy(StrEnum):
    """Whether customers may supply files unasked (DOC-6)."""

    FREE = "free"
    ON_REQUEST = "on_request"


@dataclass(frozen=True, slots=True)
class Office:
    """What customers see of the office, and the limits that it sets. Sizes are in bytes, periods in days or seconds.

    `consequences` says per detail (`people.details.Field`) what changing it means (DET-6); `required_details` names those that
    can't be emptied, beside name and email address. `replaced_codes_on` is when an old portal was replaced, and
    `replaced_codes_pattern` the form of its login codes (LINK-2). `weekdays` are those on which the office is open from `opens`
    to `closes`, Monday is 0. News for one person within `batch_seconds` goes together (NOTE-3; 0: each at once); what waits
    longer than `remind_after_days` is reminded of (0: never).
    """

    name: str = "Notariskantoor De Linde"
    email: str = "info@kantoor.example"
    phone: str = "+31 20 123 45 67"
    address: str = "Lindelaan 1, 1234 AB Voorbeeldstad"
    hours: str = "ma-vr 9:00-17:00"
    website: str = ""
    manual: str = ""
    logo: str = ""
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Amsterdam"))
    language: Language = Language.NL
    opens: time = time(9, 0)
    closes: time = time(17, 0)
    status_in_progress: str = "In behandeling"
    upload_policy: UploadPolicy = UploadPolicy.FREE
    upload_limit: int = 20 * 1024 * 1024
    mail_limit: int = 25 * 1024 * 1024
    invitation_days: int = 14
    reply_token_days: int = 90
    message_limit: int = 4000
    consequences: Mapping[str, Mapping[Language, str]] = field(default_factory=dict)
    required_details: frozenset[str] = frozenset()
    replaced_codes_on: date | None = None
    replaced_codes_pattern: str = ""
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    batch_seconds: int = 0
    remind_after_days: int = 3


def contact_card(office: Office) -> str:
    """The office as a vCard 3.0 (RFC 2426): for Telegram's contacts and for mail."""
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"N:{_escaped(office.name)};;;;",
        f"FN:{_escaped(office.name)}",
        f"ORG:{_escaped(office.name)}",
    ]
    given = (
        ("TEL;TYPE=WORK,VOICE", office.phone),
        ("EMAIL;TYPE=INTERNET", office.email),
        ("ADR;TYPE=WORK", office.address),
        ("URL", office.website),
        ("NOTE", office.hours),
    )
    for name, value in given:
        if value:
            lines.append(f"{name}:;;{_escaped(value)};;;;" if name.startswith("ADR") else f"{name}:{_escaped(value)}")
    return "\r\n".join([*lines, "END:VCARD", ""])


def _escaped(value: str) -> str:
    """A value on one line (RFC 2426, 2.4.2)."""
    plain = " ".join(value.split())
    return plain.replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
