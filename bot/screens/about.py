"""Help, the version, and the kind words for what a chat with an office has no use for (HOME-4)."""

from markupsafe import Markup

from bot.callbacks import Verb
from bot.saying import lines, say
from bot.screens.keypad import SHOW
from bot.screens.screen import Button, Look, Row, Screen
from core import texts


def help_card(look: Look, *, linked: bool) -> Screen:
    """The office's contact card and hours, the manual, the commands."""
    office, (phone, email, hours) = look.office, reach(look)
    text = lines(
        look.say("help.title", office=office.name),
        phone,
        email,
        look.say("help.address", address=office.address) if office.address else None,
        hours,
        "",
        look.say("help.commands") if linked else look.say("help.commands_stranger"),
    )
    links = tuple(
        Button(look.label(key), url=url)
        for key, url in (("help.manual", office.manual), ("help.website", office.website))
        if url.startswith(("https://", "http://"))
    )
    card = ((look.button("help.contact", Verb.OFFICE_CARD),),) if office.phone else ()
    rows: tuple[Row, ...] = (*card, links) if links else card
    return Screen(text, (*rows, look.home() if linked else _back(look)))


def reach(look: Look) -> tuple[Markup | None, Markup, Markup | None]:
    """The office's phone, email address and hours, a line each; None for what it doesn't say."""
    office, hours = look.office, texts.hours(look.office, look.language)
    return (
        look.say("help.phone", phone=office.phone) if office.phone else None,
        look.say("help.email", email=office.email),
        look.say("help.hours", hours=hours) if hours else None,
    )


def version(look: Look, number: str, *, linked: bool) -> Screen:
    """The office's name and the version that runs."""
    back = look.home() if linked else _back(look)
    return Screen(look.say("version", office=look.office.name, number=number), (back,))


def whats_new(look: Look, text: str) -> Screen:
    """Once after an upgrade: what is new."""
    return Screen(look.say("whats_new", text=text), (look.home(),))


def with_home(look: Look, key: str, *before: Button, **values: str) -> Screen:
    """One sentence and the way home, after what else leads on."""
    return Screen(say(look.language, key, n=None, **values), (look.home(*before),))


def refused(look: Look, sentence: str) -> Screen:
    """A refusal that answers something typed, with the way home."""
    return Screen(look.say("refused", sentence=sentence), (look.home(look.button("button.help", Verb.HELP)),))


def plain(look: Look, key: str, **values: str) -> Screen:
    """One sentence without buttons: for strangers and groups."""
    return Screen(say(look.language, key, n=None, **values))


def plain_counted(look: Look, key: str, n: int) -> Screen:
    """One sentence with a number in it, without buttons."""
    return Screen(look.say(key, n=n))


def sentence_only(look: Look, sentence: str) -> Screen:
    """A refusal to a stranger: help, and back to where they are on the way."""
    return Screen(look.say("refused", sentence=sentence), ((look.button("button.help", Verb.HELP), *_back(look)),))


def _back(look: Look) -> Row:
    """For a stranger: where they are on the way to being linked."""
    return (look.button("link.back", Verb.KEYPAD, SHOW),)
