"""The `[office]` table of the settings, and the value that core and the channels get of it."""

import re
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

from core.actor import Language
from core.office import Office, UploadPolicy
from core.people.detail_fields import Field as Detail

MB = 1024 * 1024


class Weekday(StrEnum):
    """The days as they are written in the settings, in order."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WORKING_DAYS = tuple(Weekday)[:5]


class OfficeSettings(BaseModel):
    """What customers see of the office, and its policies. Sizes in MB, periods in days."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="Kantoor", min_length=1, max_length=100)
    email: str = ""
    phone: str = ""
    address: str = ""
    hours: str = ""
    website: str = ""
    manual: str = ""
    logo: Path | None = None
    timezone: str = "Europe/Amsterdam"
    language: Language = Language.NL
    opens: time = time(9, 0)
    closes: time = time(17, 0)
    status_in_progress: str = "In behandeling"
    upload_policy: UploadPolicy = UploadPolicy.FREE
    upload_limit_mb: int = Field(default=20, ge=1, le=2000)
    mail_limit_mb: int = Field(default=25, ge=1, le=100)
    invitation_days: int = Field(default=14, ge=1, le=365)
    reply_token_days: int = Field(default=90, ge=1, le=3650)
    consequences: dict[Detail, dict[Language, str]] = {}
    required_details: frozenset[Detail] = frozenset()
    replaced_codes_on: date | None = None
    replaced_codes_pattern: str = ""
    weekdays: tuple[Weekday, ...] = Field(default=WORKING_DAYS, min_length=1)
    batch_seconds: int = Field(default=60, ge=0, le=3600)
    remind_after_days: int = Field(default=3, ge=0, le=60)

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{value} is no time zone (an example: Europe/Amsterdam)") from error
        return value

    @field_validator("consequences")
    @classmethod
    def _in_every_language(cls, value: dict[Detail, dict[Language, str]]) -> dict[Detail, dict[Language, str]]:
        for detail, texts in value.items():
            absent = [language.value for language in Language if not texts.get(language, "").strip()]
            if absent:
                raise ValueError(f"{detail.value} has no text in {' and '.join(absent)}")
        return value

    @field_validator("replaced_codes_pattern")
    @classmethod
    def _is_a_pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"{value} is no regular expression: {error}") from error
        return value

    def office(self) -> Office:
        """The value that the rest of the product works with."""
        return Office(
            name=self.name,
            email=self.email,
            phone=self.phone,
            address=self.address,
            hours=self.hours,
            website=self.website,
            manual=self.manual,
            logo=str(self.logo or ""),
            timezone=ZoneInfo(self.timezone),
            language=self.language,
            opens=self.opens,
            closes=self.closes,
            status_in_progress=self.status_in_progress,
            upload_policy=self.upload_policy,
            upload_limit=self.upload_limit_mb * MB,
            mail_limit=self.mail_limit_mb * MB,
            invitation_days=self.invitation_days,
            reply_token_days=self.reply_token_days,
            consequences={detail.value: dict(texts) for detail, texts in self.consequences.items()},
            required_details=frozenset(detail.value for detail in self.required_details),
            replaced_codes_on=self.replaced_codes_on,
            replaced_codes_pattern=self.replaced_codes_pattern,
            weekdays=tuple(sorted({tuple(Weekday).index(day) for day in self.weekdays})),
            batch_seconds=self.batch_seconds,
            remind_after_days=self.remind_after_days,
        )
