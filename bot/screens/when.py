"""Days and moments as people say them: today and yesterday by name, this year without the year."""

from datetime import date, datetime, timedelta

from babel.dates import format_date, format_time

from bot.screens.screen import Look
from core import clock


def moment(look: Look, at: datetime) -> str:
    """ "vandaag 14:05", "gisteren 9:30", "3 juli 14:05", "3 juli 2025 14:05", in the office's time zone."""
    time = format_time(at, "H:mm", tzinfo=look.office.timezone, locale=str(look.language))
    return f"{day(look, at)} {time}"


def day(look: Look, at: datetime | date) -> str:
    """ "vandaag", "gisteren", "3 juli", "3 juli 2025"."""
    now = clock.now().astimezone(look.office.timezone).date()
    that = at.astimezone(look.office.timezone).date() if isinstance(at, datetime) else at
    if that == now:
        return look.label("when.today")
    if that == now - timedelta(days=1):
        return look.label("when.yesterday")
    return format_date(that, "d MMMM" if that.year == now.year else "d MMMM y", locale=str(look.language))
