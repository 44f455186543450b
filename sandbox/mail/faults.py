"""What can go wrong with mail, on purpose: refusals, bounces, lost answers, slowness and a server that is away."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

_TEXTS = {
    421: "4.3.2 Service not available, try again later",
    450: "4.2.0 Mailbox busy, try again later",
    451: "4.7.1 Greylisted, try again later",
    452: "4.2.2 Mailbox full",
    550: "5.1.1 No such user here",
    552: "5.2.2 Mailbox full",
    554: "5.7.1 Message refused",
}


@dataclass(slots=True)
class Refusal:
    """An answer that is given `times` times instead of "250 OK" (None: until cleared)."""

    address: str | None
    code: int
    text: str
    times: int | None


@dataclass(slots=True)
class MailFaults:
    """The switches. Each takes effect at the next command of a connection.

    `seconds` is how long the server waits before each answer that matters; `is_down` whether it listens at all.
    """

    set_down: Callable[[bool], Awaitable[None]]
    changed: Callable[[], None] = lambda: None
    seconds: float = 0.0
    is_down: bool = False
    to_lose: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    bouncing: dict[str, str] = field(default_factory=dict)

    def refuse(
        self, address: str | None = None, code: int = 550, text: str | None = None, times: int | None = 1
    ) -> None:
        """Answer `code text` to RCPT TO for this address (None: any)."""
        wanted = None if address is None else address.lower()
        self.refusals.append(Refusal(wanted, code, text or _TEXTS.get(code, "Refused"), times))
        self.changed()

    def bounce(self, address: str, text: str = "550 5.1.1 No such user here") -> None:
        """Take mail for this address, and return it as a delivery status notification (RFC 3464)."""
        self.bouncing[address.lower()] = text
        self.changed()

    def lose(self, times: int = 1) -> None:
        """Deliver the next mails, but break the connection before the answer to DATA."""
        self.to_lose = times
        self.changed()

    def slow(self, seconds: float) -> None:
        self.seconds = seconds
        self.changed()

    async def down(self, away: bool = True) -> None:
        """Stop listening (connections are refused, open ones broken) or come back on the same ports."""
        self.is_down = away
        await self.set_down(away)
        self.changed()

    async def clear(self) -> None:
        """Everything works again."""
        self.refusals.clear()
        self.bouncing.clear()
        self.to_lose = 0
        self.seconds = 0.0
        await self.down(False)

    def refusal_for(self, address: str) -> str | None:
        """The answer this address gets instead of OK, and one time less to go."""
        for refusal in self.refusals:
            if refusal.address in (None, address.lower()):
                if refusal.times is not None:
                    refusal.times -= 1
                    if refusal.times <= 0:
                        self.refusals.remove(refusal)
                self.changed()
                return f"{refusal.code} {refusal.text}"
        return None

    def loses_answer(self) -> bool:
        if self.to_lose == 0:
            return False
        self.to_lose -= 1
        self.changed()
        return True

    async def pause(self) -> None:
        if self.seconds:
            await asyncio.sleep(self.seconds)
