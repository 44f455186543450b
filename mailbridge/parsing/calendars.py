"""Calendar parts (RFC 5545, 5546): what is asked or answered, about which event.

Only the lines of the first event are read, and no rule or time zone in them is worked out: those may cost any time.
"""

from dataclasses import dataclass
from datetime import date, datetime

from icalendar.parser import Contentline, Contentlines
from icalendar.prop import vDDDTypes

from mailbridge.parsing import charsets, words
from mailbridge.parsing.values import IncomingMail, MailPart

_SIZE = 200_000
_LINES = 2_000
_ANSWERS = ("REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH")
_EVENTS = ("VEVENT", "VTODO")


@dataclass(frozen=True, slots=True)
class Event:
    """What a calendar part says. `begin` and `end` are as written, with the `zone` that they are in ("" when untold).

    `answer` is the PARTSTAT of the first attendee in lower case, such as "accepted".
    """

    method: str = ""
    title: str = ""
    place: str = ""
    begin: date | datetime | None = None
    end: date | datetime | None = None
    zone: str = ""
    comment: str = ""
    answer: str = ""

    @property
    def is_answer(self) -> bool:
        """Whether it answers an invitation."""
        return self.method in _ANSWERS

    def line(self) -> str:
        """The event in one line that needs no language: title, time, place."""
        return ", ".join(said for said in (self.title, self._time(), self.place) if said)

    def _time(self) -> str:
        if self.begin is None:
            return ""
        said = f"{self.begin:%d-%m-%Y}"
        if isinstance(self.begin, datetime):
            said += f" {self.begin:%H:%M}"
            if isinstance(self.end, datetime):
                same_day = self.end.date() == self.begin.date()
                said += f"–{self.end:%H:%M}" if same_day else f" – {self.end:%d-%m-%Y %H:%M}"
            said += f" ({self.zone})" if self.zone else ""
        return said


def is_calendar(part: MailPart) -> bool:
    """Whether the part is a calendar, by its type or its name."""
    return "calendar" in part.media_type or part.media_type == "application/ics" or part.name.lower().endswith(".ics")


def event_of(part: MailPart) -> Event:
    """The first event of a calendar part; empty where nothing can be read. Never raises."""
    method = (part.parameter("method") or "").strip().upper()
    text = charsets.decode(part.content[:_SIZE], part.parameter("charset"))
    values: dict[str, tuple[str, dict[str, str]]] = {}
    inside: list[str] = []
    for name, parameters, value in _lines(text):
        if name == "BEGIN":
            inside.append(value.upper())
        elif name == "END":
            if inside and inside.pop() in _EVENTS:
                break
        elif name == "METHOD" and len(inside) <= 1:
            method = value.strip().upper()
        elif inside and inside[-1] in _EVENTS:
            values.setdefault(name, (value, parameters))
    return _event(method, values)


def summary(mail: IncomingMail) -> str:
    """The events that a mail invites to, a line each."""
    parts = [part for part in (*mail.calendars, *mail.attachments) if is_calendar(part)]
    lines = (event.line() for part in parts[:5] if not (event := event_of(part)).is_answer)
    return "\n".join(dict.fromkeys(line for line in lines if line))


def _lines(text: str) -> list[tuple[str, dict[str, str], str]]:
    found = []
    for line in _unfolded(text)[:_LINES]:
        try:
            name, parameters, value = line.parts()
        except (ValueError, IndexError, KeyError):
            continue
        found.append((str(name).upper(), {str(key).upper(): str(parameters[key]) for key in parameters}, str(value)))
    return found


def _unfolded(text: str) -> list[Contentline]:
    try:
        return [line for line in Contentlines.from_ical(text) if line]  # type: ignore[no-untyped-call]  # icalendar's
    except (ValueError, UnicodeError):
        return []


def _event(method: str, values: dict[str, tuple[str, dict[str, str]]]) -> Event:
    nothing: tuple[str, dict[str, str]] = ("", {})
    value, parameters = values.get("DTSTART", nothing)
    begin = _moment(value)
    return Event(
        method=method,
        title=words.one_line(values.get("SUMMARY", nothing)[0], 200),
        place=words.one_line(values.get("LOCATION", nothing)[0], 200),
        begin=begin,
        end=_moment(values.get("DTEND", nothing)[0]),
        zone="UTC" if value.strip().upper().endswith("Z") else words.one_line(parameters.get("TZID", ""), 60),
        comment=values.get("COMMENT", nothing)[0].strip()[:10_000],
        answer=values.get("ATTENDEE", nothing)[1].get("PARTSTAT", "").lower(),
    )


def _moment(value: str) -> date | datetime | None:
    """A date or a moment, without its zone."""
    try:
        found = vDDDTypes.from_ical(value.strip().rstrip("Zz")[:20])  # type: ignore[no-untyped-call]  # icalendar's
    except (ValueError, OverflowError):
        return None
    return found if isinstance(found, date) else None
