"""Codes, the lock and 2-step verification (STEP-1 to STEP-6)."""

from typing import Final

from markupsafe import Markup

from bot import limits
from bot.callbacks import Verb
from bot.saying import lines
from bot.screens.keypad import SHOW, digits, pad
from bot.screens.screen import Button, Look, Row, Screen, pairs
from core import texts
from core.people.locking import IDLE_MINUTES
from core.people.step_up import Act, Method
from core.people.two_factor import Enrolment, TwoFactorState

CAPTION_SECRET: Final = 256
"""CopyTextButton: what fits on the clipboard at once."""


def step_up(look: Look, act: Act, method: Method, entered: str, *, note: str = "") -> Screen:
    """A code is asked before `act`; a locked chat offers no way past it but help."""
    text = lines(
        *((note, "") if note else ()),
        look.say(f"code.title.{_title(act)}"),
        look.say(f"code.act.{act}"),
        "",
        look.say(f"code.method.{method}"),
        look.say("code.how"),
        "",
        digits(look, entered),
    )
    again = ((look.button("code.resend", Verb.CODE_RESEND),),) if method is not Method.TOTP else ()
    way_out = (
        (look.button("button.help", Verb.HELP),)
        if act is Act.UNLOCK
        else look.home(look.button("code.stop", Verb.CODE_STOP))
    )
    return Screen(text, (*pad(Verb.CODE), *again, way_out))


def _title(act: Act) -> str:
    return "unlock" if act is Act.UNLOCK else "confirm"


def locked(look: Look, *, note: str = "") -> Screen:
    """The chat is locked; the next act asks the code."""
    text = lines(*((note, "") if note else ()), look.say("code.locked"))
    rows = ((look.button("code.unlock", Verb.CODE, SHOW),), (look.button("button.help", Verb.HELP),))
    return Screen(text, rows)


def no_lock(look: Look, sentence: str) -> Screen:
    """There is nothing to lock with yet; the way to it."""
    two_factor_button = look.button("details.two_factor", Verb.TWO_FACTOR)
    return Screen(look.say("refused", sentence=sentence), ((two_factor_button,), look.home()))


def done(look: Look) -> Screen:
    """The code was right, and what was asked comes in another message."""
    return Screen(look.say("code.right"), (look.home(),))


def two_factor(look: Look, state: TwoFactorState) -> Screen:
    """2-step verification: what it is, or how it stands and what can be done."""
    back = look.home(look.button("home.details", Verb.DETAILS))
    if not state.on or state.since is None:
        return Screen(look.say("two_factor.off"), ((look.button("two_factor.turn_on", Verb.TWO_FACTOR_ON),), back))
    text = look.say(
        "two_factor.on",
        day=texts.day(look.office, look.language, state.since),
        left=state.recovery_left,
        time=_time(look, state.idle_minutes),
    )
    rows = (
        *pairs(_idle(look, minutes, chosen=minutes == state.idle_minutes) for minutes in IDLE_MINUTES),
        (look.button("two_factor.lock", Verb.LOCK), look.button("two_factor.renew", Verb.RECOVERY)),
        (look.button("two_factor.turn_off", Verb.TWO_FACTOR_OFF),),
        back,
    )
    return Screen(text, rows)


def _idle(look: Look, minutes: int, *, chosen: bool) -> Button:
    key = "two_factor.idle_chosen" if chosen else "two_factor.idle"
    return look.button(key, Verb.IDLE, minutes, time=_time(look, minutes))


def _time(look: Look, minutes: int) -> str:
    """ "30 minuten", "4 uur"."""
    if minutes % 60:
        return look.label("two_factor.minutes", n=minutes)
    return look.label("two_factor.hours", n=minutes // 60)


def qr(look: Look, enrolment: Enrolment) -> Screen:
    """The secret for an app: as a picture to scan, to type, and to copy. It leaves the chat when the keypad comes."""
    copies = [Button(look.label("two_factor.copy_secret"), copy=enrolment.secret)]
    if limits.units(enrolment.uri) <= CAPTION_SECRET:
        copies.append(Button(look.label("two_factor.copy_link"), copy=enrolment.uri))
    rows: tuple[Row, ...] = (
        tuple(copies),
        (look.button("two_factor.enter", Verb.TWO_FACTOR_KEY, SHOW),),
        look.home(look.button("code.stop", Verb.TWO_FACTOR_STOP)),
    )
    spaced = " ".join(enrolment.secret[at : at + 4] for at in range(0, len(enrolment.secret), 4))
    return Screen(look.say("two_factor.qr", secret=spaced), rows, qr=enrolment.uri)


def first_code(look: Look, entered: str, *, note: str = "") -> Screen:
    """The app's first code turns 2-step on."""
    text = lines(
        *((note, "") if note else ()),
        look.say("two_factor.first_code"),
        look.say("code.how"),
        "",
        digits(look, entered),
    )
    again = (look.button("two_factor.qr_again", Verb.TWO_FACTOR_ON),)
    return Screen(text, (*pad(Verb.TWO_FACTOR_KEY), again, look.home(look.button("code.stop", Verb.TWO_FACTOR_STOP))))


def recovery(look: Look, codes: tuple[str, ...]) -> Screen:
    """The recovery codes, once, hidden until tapped."""
    hidden = Markup("\n").join(Markup("<tg-spoiler><code>{}</code></tg-spoiler>").format(code) for code in codes)
    rows = (
        (Button(look.label("two_factor.copy_codes"), copy=" ".join(codes)),),
        (look.button("two_factor.kept", Verb.RECOVERY_KEPT),),
    )
    return Screen(look.say("two_factor.recovery", codes=hidden), rows)
