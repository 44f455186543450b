"""The office's hours: when people may be reminded of something. Pure."""

from datetime import date, datetime, timedelta

from core.office import Office


def is_open(office: Office, at: datetime) -> bool:
    """Whether the office is open at this moment, in its own time zone."""
    local = at.astimezone(office.timezone)
    return _works(office, local.date()) and office.opens <= local.time() < office.closes


def next_open(office: Office, at: datetime) -> datetime:
    """This moment when the office is open, else the next at which it opens; in the office's time zone, summer and winter."""
    if is_open(office, at):
        return at
    local = at.astimezone(office.timezone)
    day = local.date() if local.time() < office.opens else local.date() + timedelta(days=1)
    while not _works(office, day):
        day += timedelta(days=1)
    return datetime.combine(day, office.opens, tzinfo=office.timezone)


def _works(office: Office, day: date) -> bool:
    """An office that never works has only itself to blame; it is taken to work every day."""
    return day.weekday() in office.weekdays or not office.weekdays
