"""When people may be reminded: the office's hours by the office's clock (NOTE-3)."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from core.notifications.hours import is_open, next_open
from core.office import Office

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-07-03T10:00", "2026-07-03T10:00"),
        ("2026-07-03T08:59", "2026-07-03T09:00"),
        ("2026-07-03T17:00", "2026-07-06T09:00"),
        ("2026-07-04T12:00", "2026-07-06T09:00"),
        ("2026-07-06T00:00", "2026-07-06T09:00"),
        ("2026-03-27T20:00", "2026-03-30T09:00"),
        ("2026-10-23T20:00", "2026-10-26T09:00"),
    ],
)
def test_the_next_moment_that_the_office_is_open(at: str, opens: str) -> None:
    found = next_open(Office(), local(at).astimezone(UTC))
    assert found == local(opens)
    assert is_open(Office(), found)


def test_the_office_chooses_its_days() -> None:
    on_saturday = Office(weekdays=(5,), opens=time(10), closes=time(12))
    assert next_open(on_saturday, local("2026-07-03T11:00")) == local("2026-07-04T10:00")
    assert next_open(on_saturday, local("2026-07-04T12:00")) == local("2026-07-11T10:00")
    always = Office(weekdays=())
    assert next_open(always, local("2026-07-04T18:00")) == local("2026-07-05T09:00")
