"""The office that runs the portal: its name, texts, hours and policies, as one immutable value."""

from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.actor import Language


class UploadPolicy(StrEnum):
    """Whether customers may supply files unasked (DOC-6)."""

    FREE = "free"
    ON_REQUEST = "on_request"


@dataclass(frozen=True, slots=True)
class Office:
    """What customers see of the office, and the limits that it sets. Sizes are in bytes, periods in days or seconds."""

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
