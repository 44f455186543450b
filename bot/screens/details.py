""" "Mijn gegevens": who the office says one is, the language, the notifications (DET-1, DET-10, NOTE-1)."""

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

from bot.callbacks import Verb
from bot.saying import lines
from bot.screens.keypad import SHOW
from bot.screens.screen import Button, Look, Row, Screen, pairs
from core.actor import Channel, Language
from core.people.details import Details, Field
from core.people.onboarding import Part, State, Step
from core.people.preferences import News

EDITABLE: Final = (Field.NAME, Field.EMAIL, Field.MOBILE, Field.PROFESSIONAL_NUMBER)
"""What the card can change by typing; the language has its own button."""

ICONS: Final = {News.DOCUMENT: "📄", News.REQUEST: "📥", News.MESSAGE: "✉️", News.NEWS: "📣"}
"""A sign for each kind of news, as in what tells of it: two switches fit beside one another on a telephone."""


def details(
    look: Look, person: Details, *, welcome: bool, to_check: bool = False, note: str = "", manages: bool = False
) -> Screen:
    """One's own details, each with its way to change it; with `welcome` on the first visit of all (LINK-7).

    `to_check`: nobody said yet that they are right, [Klopt] does. `manages`: the person manages extra accounts.
    """
    text = lines(
        *((note, "") if note else ()),
        *((look.say("details.welcome"), "") if welcome else ()),
        look.say("details.title"),
        "",
        *_values(look, person),
        "",
        look.say("details.change"),
    )
    rows = (
        *(((look.button("details.right", Verb.DETAILS_RIGHT),),) if to_check else ()),
        *(((look.button("editing.enter_code", Verb.EMAIL_KEY, SHOW),),) if person.new_email else ()),
        *pairs(look.button(f"editing.field.{field}", Verb.DETAIL, field) for field in EDITABLE),
        (look.button("details.notifications", Verb.NOTIFICATIONS), look.button("details.two_factor", Verb.TWO_FACTOR)),
        (_other_language(look, person), look.button("details.unlink", Verb.UNLINK)),
        *(((look.button("members.open", Verb.MEMBERS),),) if manages else ()),
        *(((look.button("checklist.open", Verb.CHECKLIST),),) if to_check else ()),
        look.home(),
    )
    return Screen(text, rows)


def _values(look: Look, person: Details) -> tuple[Markup, ...]:
    unknown = look.say("details.unknown")
    proven = "details.mobile_proven" if person.mobile_proven else "details.mobile"
    moving = (look.say("details.new_email", email=person.new_email),) if person.new_email else ()
    return (
        look.say("details.name", name=person.name),
        look.say("details.email", email=person.email),
        *moving,
        look.say(proven, mobile=person.mobile or unknown),
        look.say("details.professional_number", number=person.professional_number or unknown),
        look.say(f"details.language.{person.language}"),
        look.say("details.two_factor_on" if person.two_factor else "details.two_factor_off"),
    )


def _other_language(look: Look, person: Details) -> Button:
    other = Language.EN if person.language is Language.NL else Language.NL
    return look.button(f"details.speak.{other}", Verb.LANGUAGE, other)


def checklist(look: Look, steps: Sequence[Step]) -> Screen:
    """The onboarding checklist: done, open, or for later (DET-9)."""
    text = lines(
        look.say("checklist.title"),
        "",
        *(look.say(f"checklist.state.{step.state}", part=look.say(f"checklist.part.{step.part}")) for step in steps),
    )
    open_one = any(step.part is Part.DETAILS and step.state is State.OPEN for step in steps)
    rows = ((look.button("checklist.check_details", Verb.DETAILS),),) if open_one else ()
    return Screen(text, (*rows, look.home(look.button("home.details", Verb.DETAILS))))


def notifications(look: Look, matrix: Mapping[tuple[News, Channel], bool]) -> Screen:
    """Per kind of news whether Telegram and email tell it, in words; a tap turns one over."""
    rows: tuple[Row, ...] = tuple(
        tuple(_switch(look, news, channel, on=matrix[news, channel]) for channel in (Channel.TELEGRAM, Channel.EMAIL))
        for news in News
    )
    back = look.home(look.button("home.details", Verb.DETAILS))
    told = [_told(look, news, matrix[news, Channel.TELEGRAM], matrix[news, Channel.EMAIL]) for news in News]
    text = lines(look.say("notifications.explained"), "", *told, "", look.say("notifications.always"))
    return Screen(text, (*rows, back))


def _told(look: Look, news: News, telegram: bool, email: bool) -> Markup:
    where = {(True, True): "both", (True, False): "telegram", (False, True): "email", (False, False): "nowhere"}
    how = look.say(f"notifications.by.{where[telegram, email]}")
    return look.say("notifications.entry", icon=ICONS[news], what=look.say(f"notifications.news.{news}"), how=how)


def _switch(look: Look, news: News, channel: Channel, *, on: bool) -> Button:
    key = "notifications.on" if on else "notifications.off"
    where = look.label(f"notifications.channel.{channel}")
    return look.button(key, Verb.WANT, news, channel, 0 if on else 1, icon=ICONS[news], where=where)


def news(look: Look, *, wanted: bool) -> Screen:
    """News is off or on again (NOTE-5)."""
    other = look.button("news.off" if wanted else "news.on", Verb.NEWS, 0 if wanted else 1)
    matrix = look.button("details.notifications", Verb.NOTIFICATIONS)
    return Screen(look.say("news.is_on" if wanted else "news.is_off"), ((other, matrix), look.home()))


def ask_unlink(look: Look) -> Screen:
    """Sure? After this the chat shows nothing any more."""
    sure = look.button("unlink.sure", Verb.UNLINK, 1)
    return Screen(
        look.say("unlink.ask", office=look.office.name), ((sure,), look.home(look.button("home.details", Verb.DETAILS)))
    )


def unlinked(look: Look) -> Screen:
    """The chat is a stranger's again."""
    return Screen(look.say("unlink.done", office=look.office.name))
