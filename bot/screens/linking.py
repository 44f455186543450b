"""The way from a stranger's chat to a linked one (LINK-4, 5, 8, 10). Nothing here says whether an address is known."""

from bot.callbacks import Verb
from bot.saying import lines
from bot.screens import about
from bot.screens.keypad import SHOW, digits, pad
from bot.screens.screen import Button, Look, Screen


def how_to_link(look: Look) -> Screen:
    """What a stranger is told, whatever they type or tap."""
    return Screen(look.say("link.how", office=look.office.name), ((_help(look),),))


def ask_email(look: Look, *, invited: bool, note: str = "") -> Screen:
    """The address, after the code or without one; `note` says what was wrong with what was typed."""
    key = "link.ask_email_invited" if invited else "link.ask_email"
    text = lines(*((note, "") if note else ()), look.say(key, office=look.office.name))
    return Screen(text, ((_help(look), _stop(look)),))


def keypad(look: Look, entered: str, *, note: str = "") -> Screen:
    """Six digits, by thumb or typed. Word for word the same for a known and an unknown address."""
    text = lines(
        *((note, "") if note else ()),
        look.say("link.keypad", office=look.office.name),
        "",
        digits(look, entered),
    )
    below = ((look.button("link.no_mail", Verb.NO_MAIL),), (look.button("link.resend", Verb.RESEND), _stop(look)))
    return Screen(text, (*pad(Verb.KEYPAD), *below))


def no_mail(look: Look) -> Screen:
    """ "Geen mail ontvangen?": look in the spam, send again, or call the office."""
    office = look.office
    text = lines(look.say("link.no_mail_help", office=office.name), *about.reach(look))
    again = (look.button("link.resend", Verb.RESEND), look.button("link.back_to_code", Verb.KEYPAD, SHOW))
    card = ((look.button("help.contact", Verb.OFFICE_CARD),),) if office.phone else ()
    return Screen(text, (again, *card, (_stop(look),)))


def linked(look: Look, name: str) -> Screen:
    """The confirmation that stays in the chat; the details follow by themselves (LINK-7)."""
    return Screen(look.say("link.done", name=name, office=look.office.name))


def stopped(look: Look) -> Screen:
    """The person stopped half-way."""
    return Screen(look.say("link.stopped", office=look.office.name), ((_help(look),),))


def _help(look: Look) -> Button:
    return look.button("button.help", Verb.HELP)


def _stop(look: Look) -> Button:
    return look.button("link.stop", Verb.STOP_LINKING)
