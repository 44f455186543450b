""" "Mijn gegevens": who the office says one is, the language, the notifications (DET-1, DET-10, NOTE-1)."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.callbacks import Verb
from bot.saying import lines
from bot.screens.screen import Button, Look, Row, Screen
from core.actor import Channel, Language
from core.people.preferences import News


@dataclass(frozen=True, slots=True)
class Details:
    """What the card shows of a person."""

    name: str
    email: str
    mobile: str | None
    professional_number: str | None
    language: Language


def details(look: Look, person: Details, *, welcome: bool) -> Screen:
    """One's own details; with `welcome` on the first visit of all (LINK-7)."""
    unknown = look.say("details.unknown")
    text = lines(
        *((look.say("details.welcome"), "") if welcome else ()),
        look.say("details.title"),
        "",
        look.say("details.name", name=person.name),
        look.say("details.email", email=person.email),
        look.say("details.mobile", mobile=person.mobile or unknown),
        look.say("details.professional_number", number=person.professional_number)
        if person.professional_number
        else None,
        look.say(f"details.language.{person.language}"),
        "",
        look.say("details.wrong", office=look.office.name),
    )
    other = Language.EN if person.language is Language.NL else Language.NL
    rows = (
        (look.button("details.notifications", Verb.NOTIFICATIONS),),
        (look.button(f"details.speak.{other}", Verb.LANGUAGE, other), look.button("details.unlink", Verb.UNLINK)),
        look.home(),
    )
    return Screen(text, rows)


def notifications(look: Look, matrix: Mapping[tuple[News, Channel], bool]) -> Screen:
    """Per kind of news whether Telegram and email tell it; a tap turns one over."""
    rows: tuple[Row, ...] = tuple(
        tuple(_switch(look, news, channel, on=matrix[news, channel]) for channel in (Channel.TELEGRAM, Channel.EMAIL))
        for news in News
    )
    back = look.home(look.button("home.details", Verb.DETAILS))
    return Screen(look.say("notifications.explained"), (*rows, back))


def _switch(look: Look, news: News, channel: Channel, *, on: bool) -> Button:
    key = "notifications.on" if on else "notifications.off"
    what = look.label(f"notifications.news.{news}")
    where = look.label(f"notifications.channel.{channel}")
    return look.button(key, Verb.WANT, news, channel, 0 if on else 1, what=what, where=where)


def ask_unlink(look: Look) -> Screen:
    """Sure? After this the chat shows nothing any more."""
    sure = look.button("unlink.sure", Verb.UNLINK, 1)
    return Screen(
        look.say("unlink.ask", office=look.office.name), ((sure,), look.home(look.button("home.details", Verb.DETAILS)))
    )


def unlinked(look: Look) -> Screen:
    """The chat is a stranger's again."""
    return Screen(look.say("unlink.done", office=look.office.name))
