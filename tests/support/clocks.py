"""A clock that a test moves by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from core import clock


class HandClock:
    """Stands still until `forward` moves it."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at or datetime(2026, 7, 3, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)


def stop_clock(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    """From now on in this test `clock.now()` tells what the returned clock says."""
    hand = HandClock()
    monkeypatch.setattr(clock, "now", hand)
    return hand
