"""Troubles on order: the next calls of a method fail, vanish or crawl."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sandbox.telegram.errors import ApiError, too_many


class FaultKind(StrEnum):
    """What goes wrong. `lost`: carried out, but the connection drops without an answer. `slow`: answered late."""

    TOO_MANY = "429"
    FORBIDDEN = "403"
    INTERNAL = "500"
    BAD_REQUEST = "400"
    LOST = "lost"
    SLOW = "slow"


@dataclass(slots=True)
class Fault:
    """One trouble for the next `times` calls that fit. `method` "*" fits all but getUpdates, "download" a file."""

    id: int
    method: str
    kind: FaultKind
    times: int
    retry_after: int
    seconds: float
    chat_id: int | None
    description: str | None

    def error(self) -> ApiError | None:
        """The answer that the call gets instead; None when it is carried out (`lost`, `slow`)."""
        match self.kind:
            case FaultKind.TOO_MANY:
                return too_many(self.retry_after)
            case FaultKind.FORBIDDEN:
                return ApiError(403, self.description or "Forbidden: bot was blocked by the user")
            case FaultKind.INTERNAL:
                return ApiError(500, self.description or "Internal Server Error")
            case FaultKind.BAD_REQUEST:
                return ApiError(400, self.description or "Bad Request: refused by the sandbox")
            case FaultKind.LOST | FaultKind.SLOW:
                return None


class Faults:
    """The troubles on order, oldest first. `server.faults.add(method="sendMessage", kind="429", times=2)`."""

    def __init__(self) -> None:
        self._faults: dict[int, Fault] = {}
        self._numbers = itertools.count(1)

    def add(
        self,
        *,
        method: str,
        kind: str,
        times: int = 1,
        retry_after: int = 3,
        seconds: float = 1.0,
        chat_id: int | None = None,
        description: str | None = None,
    ) -> Fault:
        """Order a trouble; ValueError when `kind` isn't one of FaultKind or `times` isn't positive."""
        if times < 1:
            raise ValueError("a fault happens at least once")
        number = next(self._numbers)
        fault = Fault(number, method, FaultKind(kind), times, retry_after, seconds, chat_id, description)
        self._faults[number] = fault
        return fault

    def clear(self) -> None:
        """No more troubles."""
        self._faults.clear()

    def remove(self, fault_id: int) -> None:
        """Take back one order; it may be used up already."""
        self._faults.pop(fault_id, None)

    def __iter__(self) -> Iterator[Fault]:
        return iter(tuple(self._faults.values()))

    def take(self, method: str, chat_id: str | None) -> Fault | None:
        """The oldest trouble that fits this call, counted down; None when all is well."""
        if not self._faults:
            return None
        for fault in self._faults.values():
            if _fits(fault, method.lower(), chat_id):
                fault.times -= 1
                if fault.times == 0:
                    del self._faults[fault.id]
                return fault
        return None


def _fits(fault: Fault, method: str, chat_id: str | None) -> bool:
    everything = fault.method == "*" and method not in ("getupdates", "download")
    right_method = everything or fault.method.lower() == method
    return right_method and (fault.chat_id is None or str(fault.chat_id) == chat_id)
