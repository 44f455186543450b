"""How long to wait before a delivery is tried again. Pure."""

from core.actor import Channel

_SECONDS = {
    Channel.TELEGRAM: (2, 5, 15, 60, 180, 600, 900),
    Channel.EMAIL: (60, 180, 600, 1200, 2400, 3600),
}
"""After the first, second, ... failure; the last one again and again. Mail is slower: greylisting wants minutes (RFC 6647, 5.)."""

JITTER = 0.2
"""The part by which a pause is stretched or shortened at random, so that what failed together doesn't come back together."""


def pause(channel: Channel, attempts: int, *, chance: float) -> float:
    """Seconds until the next try after `attempts` failures (at least 1). `chance` is random, from 0 up to 1."""
    steps = _SECONDS[Channel(channel)]
    step = steps[min(max(attempts, 1), len(steps)) - 1]
    return step * (1 - JITTER + 2 * JITTER * chance)
