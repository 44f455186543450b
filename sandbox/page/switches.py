"""The troubles that can be switched on from the page; each stays until it is switched off."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from sandbox.mail import MailServer
from sandbox.page.cards import Words

_FOR_LONG = 1_000_000
_SLOW_SECONDS = 4.0


class Telegram(Protocol):
    """What is needed of `sandbox.telegram.TelegramServer`."""

    @property
    def faults(self) -> "TelegramFaults":
        """The troubles on order."""

    async def pause(self) -> None:
        """Be unreachable."""

    async def resume(self) -> None:
        """Be reachable again, at the same address."""


class TelegramFaults(Protocol):
    """`sandbox.telegram.TelegramServer.faults`."""

    def add(self, *, method: str, kind: str, times: int, retry_after: int = 3, seconds: float = 1.0) -> Any:
        """Order a trouble; the result has an `id`."""

    def remove(self, fault_id: int) -> None:
        """Take it back."""


@dataclass(frozen=True, slots=True)
class Switch:
    """One trouble. `set` turns it on or off, `is_on` tells which."""

    id: str
    label: Words
    help: Words
    set: Callable[[bool], Awaitable[None]]
    is_on: Callable[[], bool]

    def as_json(self) -> dict[str, Any]:
        return {"id": self.id, "label": self.label, "help": self.help, "on": self.is_on()}


def switches(mail: MailServer, telegram: Telegram) -> list[Switch]:
    """Every switch, in the order in which the page shows them."""
    return [*_telegram_switches(telegram), *_mail_switches(mail)]


_TELEGRAM: list[tuple[str, str, Words, Words]] = [
    (
        "slow",
        "telegram_slow",
        {"nl": "Telegram is traag", "en": "Telegram is slow"},
        {"nl": "Elk antwoord komt 4 seconden later.", "en": "Every answer comes 4 seconds later."},
    ),
    (
        "429",
        "telegram_429",
        {"nl": "Telegram: te veel berichten (429)", "en": "Telegram: too many requests (429)"},
        {"nl": "Elke aanroep moet 5 seconden wachten.", "en": "Every call must wait for 5 seconds."},
    ),
    (
        "500",
        "telegram_500",
        {"nl": "Telegram hapert (500)", "en": "Telegram stumbles (500)"},
        {"nl": "Elke aanroep mislukt.", "en": "Every call fails."},
    ),
    (
        "lost",
        "telegram_lost",
        {"nl": "Antwoorden van Telegram raken zoek", "en": "Telegram's answers get lost"},
        {
            "nl": "De aanroep wordt uitgevoerd, maar het antwoord komt nooit aan.",
            "en": "The call is carried out, but its answer never arrives.",
        },
    ),
]


def _telegram_switches(telegram: Telegram) -> list[Switch]:
    return [_away(telegram), *(_telegram_switch(telegram.faults, *row) for row in _TELEGRAM)]


def _away(telegram: Telegram) -> Switch:
    away: list[bool] = []

    async def turn(on: bool) -> None:
        if on and not away:
            away.append(True)
            await telegram.pause()
        elif not on and away:
            away.clear()
            await telegram.resume()

    return Switch(
        "telegram_down",
        {"nl": "Telegram is onbereikbaar", "en": "Telegram is unreachable"},
        {"nl": "De Bot API weigert elke verbinding.", "en": "The Bot API refuses every connection."},
        turn,
        lambda: bool(away),
    )


def _telegram_switch(faults: TelegramFaults, kind: str, switch_id: str, label: Words, words: Words) -> Switch:
    ordered: list[int] = []

    async def turn(on: bool) -> None:
        while ordered:
            faults.remove(ordered.pop())
        if on:
            fault = faults.add(method="*", kind=kind, times=_FOR_LONG, retry_after=5, seconds=_SLOW_SECONDS)
            ordered.append(fault.id)

    return Switch(switch_id, label, words, turn, lambda: bool(ordered))


def _mail_switches(mail: MailServer) -> list[Switch]:
    faults = mail.faults

    async def refuse(on: bool) -> None:
        faults.refusals.clear()
        if on:
            faults.refuse(code=451, times=None)

    async def lose(on: bool) -> None:
        faults.lose(_FOR_LONG if on else 0)

    async def slow(on: bool) -> None:
        faults.slow(_SLOW_SECONDS if on else 0.0)

    return [
        Switch(
            "mail_down",
            {"nl": "De mailserver is weg", "en": "The mail server is away"},
            {"nl": "IMAP en SMTP weigeren elke verbinding.", "en": "IMAP and SMTP refuse every connection."},
            faults.down,
            lambda: faults.is_down,
        ),
        Switch(
            "mail_refuse",
            {"nl": "Mail wordt uitgesteld (451)", "en": "Mail is put off (451)"},
            {"nl": "Elke ontvanger zegt: later opnieuw.", "en": "Every recipient says: try again later."},
            refuse,
            lambda: bool(faults.refusals),
        ),
        Switch(
            "mail_lost",
            {"nl": "Antwoorden van SMTP raken zoek", "en": "SMTP's answers get lost"},
            {
                "nl": "De mail komt aan, maar de verbinding breekt voor het antwoord.",
                "en": "The mail arrives, but the connection breaks before the answer.",
            },
            lose,
            lambda: faults.to_lose > 0,
        ),
        Switch(
            "mail_slow",
            {"nl": "De mailserver is traag", "en": "The mail server is slow"},
            {"nl": "Elke stap duurt 4 seconden.", "en": "Every step takes 4 seconds."},
            slow,
            lambda: faults.seconds > 0,
        ),
    ]
