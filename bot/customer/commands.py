"""The commands of a linked chat, in both languages; each works in either."""

from collections.abc import Awaitable, Callable
from typing import Final

from bot.answers import Answer
from bot.callbacks import Verb
from bot.customer import about, actions, details, dossiers, drafts, finding, home, news, two_factor
from bot.customer.visit import Visit, at_the_bottom, shown
from bot.saying import refusal
from bot.screens import about as screens
from core.actor import Language
from core.people import linking

Command = Callable[[Visit, str], Awaitable[list[Answer]]]

NL, EN = Language.NL, Language.EN
MENU: Final = {
    "home": {NL: "home", EN: "home"},
    "dossiers": {NL: "dossiers", EN: "dossiers"},
    "search": {NL: "zoek", EN: "search"},
    "actions": {NL: "acties", EN: "actions"},
    "new": {NL: "nieuw", EN: "new"},
    "details": {NL: "gegevens", EN: "details"},
    "help": {NL: "help", EN: "help"},
    "version": {NL: "versie", EN: "version"},
    "lock": {NL: "vergrendel", EN: "lock"},
    "relink": {NL: "herkoppel", EN: "relink"},
    "logout": {NL: "uitloggen", EN: "logout"},
}
"""The names by key of the catalogue (`bot.command.<key>`)."""


def split(text: str) -> tuple[str, str] | None:
    """("zoek", "Lindelaan 12") of "/zoek@loket_bot Lindelaan 12"; None for what is no command."""
    if not text.startswith("/"):
        return None
    name, _, rest = text[1:].partition(" ")
    return name.partition("@")[0].strip().lower(), rest.strip()


async def run(visit: Visit, name: str, rest: str) -> list[Answer]:
    """Carries out a command; an unknown one is told about /help."""
    command = _COMMANDS.get(_KEYS.get(name, name))
    if command is None:
        help_button = visit.look.button("button.help", Verb.HELP)
        return [shown(visit, screens.with_home(visit.look, "fallback.command", help_button))]
    return await command(visit, rest)


async def _start(visit: Visit, rest: str) -> list[Answer]:
    """Home; somebody's code in a linked chat is told that the chat is linked already."""
    if not rest:
        return await home.show(visit)
    outcome = await linking.give_code(visit.session, visit.chat, rest, keys=visit.desk.keys, office=visit.desk.office)
    if outcome.refused is None:
        return await home.show(visit)
    sentence = refusal(visit.look.language, outcome.refused)
    return [at_the_bottom(visit, screens.refused(visit.look, sentence))]


async def _home(visit: Visit, _: str) -> list[Answer]:
    return await home.show(visit)


async def _dossiers(visit: Visit, _: str) -> list[Answer]:
    return await dossiers.listing(visit)


async def _search(visit: Visit, rest: str) -> list[Answer]:
    return await finding.search(visit, rest) if rest else await finding.ask(visit)


async def _actions(visit: Visit, _: str) -> list[Answer]:
    return await actions.listing(visit)


async def _stop(visit: Visit, _: str) -> list[Answer]:
    return await news.stop(visit)


async def _new(visit: Visit, _: str) -> list[Answer]:
    return await drafts.begin(visit)


async def _details(visit: Visit, _: str) -> list[Answer]:
    return await details.show(visit)


async def _help(visit: Visit, _: str) -> list[Answer]:
    return await about.show_help(visit)


async def _version(visit: Visit, _: str) -> list[Answer]:
    return await about.version(visit)


async def _lock(visit: Visit, _: str) -> list[Answer]:
    return await two_factor.lock(visit)


async def _relink(visit: Visit, _: str) -> list[Answer]:
    """This chat is linked; it is the new telephone that must ask (LINK-9)."""
    return [shown(visit, screens.with_home(visit.look, "link.relink_elsewhere"))]


async def _log_out(visit: Visit, _: str) -> list[Answer]:
    return await details.log_out(visit)


_KEYS: Final = {name: key for key, names in MENU.items() for name in names.values()}
_COMMANDS: Final[dict[str, Command]] = {
    "start": _start,
    "home": _home,
    "dossiers": _dossiers,
    "search": _search,
    "actions": _actions,
    "stop": _stop,
    "new": _new,
    "details": _details,
    "help": _help,
    "version": _version,
    "lock": _lock,
    "relink": _relink,
    "logout": _log_out,
}
