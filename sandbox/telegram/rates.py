"""How fast a bot may send: buckets that fill with time, over all and per chat. Off where Limits gives no rate."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sandbox.telegram.errors import too_many
from sandbox.telegram.limits import Limits

_SWEEP_AT = 50_000


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


class Rates:
    """The buckets of one bot. A refused send takes nothing out of any."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._overall = _Bucket(limits.overall_per_second or 0.0, 0.0)
        self._chats: dict[str, _Bucket] = {}

    def spend(self, chat: str, *, messages: int, now: float, group: bool, answering: bool) -> None:
        """Count `messages` to `chat`, or raise 429 with the whole seconds until they would fit.

        `answering`: the person wrote or tapped just now, so it isn't bulk.
        """
        limits = self._limits
        buckets = []
        if limits.overall_per_second is not None and not answering:
            buckets.append((self._overall, limits.overall_per_second, limits.overall_per_second))
        if group and limits.group_per_minute is not None:
            buckets.append((self._chat(chat, limits.group_per_minute), limits.group_per_minute / 60, 20.0))
        elif limits.chat_per_second is not None:
            burst = float(limits.chat_burst)
            buckets.append((self._chat(chat, burst), limits.chat_per_second, burst))
        _spend(buckets, messages, now)

    def _chat(self, chat: str, full: float) -> _Bucket:
        if len(self._chats) > _SWEEP_AT:
            self._chats.clear()
        return self._chats.setdefault(chat, _Bucket(full, 0.0))


def _spend(buckets: list[tuple[_Bucket, float, float]], messages: int, now: float) -> None:
    wait = 0.0
    for bucket, rate, full in buckets:
        bucket.level = min(full, bucket.level + (now - bucket.at) * rate) if bucket.at else full
        bucket.at = now
        wanted = min(float(messages), full)  # an album larger than the burst waits for a full bucket
        if bucket.level < wanted:
            wait = max(wait, (wanted - bucket.level) / rate)
    if wait > 0:
        raise too_many(max(1, math.ceil(wait)))
    for bucket, _, _ in buckets:
        bucket.level -= messages
