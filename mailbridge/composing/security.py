"""Mails about codes, the second factor and changed details: always sent, and each says what to do when it wasn't you."""

from collections.abc import Callable
from functools import partial
from typing import Any

from mailbridge.composing.face import Notice, Words

MAY_STOP = frozenset(
    {
        "linking_code",
        "linked",
        "step_up_code",
        "locked_out",
        "recovery_used",
        "recovery_renewed",
        "two_factor_on",
        "two_factor_off",
        "email_changed",
        "mobile_changed",
        "details_changed",
        "relink",
        "stop_answered",
    }
)
"""Mails to proven addresses to which the answer STOP cuts the link to Telegram, since somebody else may sit there (LINK-6)."""


def _code(kind: str, words: Words) -> Notice:
    """Six digits, good for some minutes. A new address may be somebody else's: no name goes there."""
    act = words.say(f"act.{words.of('act')}") if words.of("act") else ""
    told = "step_up_code_email" if (kind, words.of("channel")) == ("step_up_code", "email") else kind
    return Notice(
        subject=words.say(f"notice_subject.{kind}", office=words.office.name),
        title=words.say(f"notice_title.{kind}"),
        paragraphs=(words.say(f"notice_what.{told}", act=act, office=words.office.name),),
        digits=str(words.letter.secret["code"]),
        after=(words.say("linking_code.valid", minutes=words.of("minutes")),),
        closing=(words.say(f"notice_closing.{told}", phone=words.office.phone),),
        answerable=kind in MAY_STOP,
        greets=kind in MAY_STOP,
    )


def _event(kind: str, words: Words) -> Notice:
    """Something happened that concerns security."""
    told: dict[str, Any] = {name: words.of(name) for name in ("minutes", "left")}
    what = words.say(f"notice_what.{kind}", at=words.moment("at"), by=_by(words), office=words.office.name, **told)
    return Notice(
        subject=words.say(f"notice_subject.{kind}", office=words.office.name),
        title=words.say(f"notice_title.{kind}"),
        paragraphs=(what,),
        after=(_otherwise(words),),
        answerable=True,
    )


def _stop_answered(words: Words) -> Notice:
    """STOP came for a link that is gone; what is linked now, which STOP to this mail cuts (LINK-6)."""
    linked = words.of("telegram_name")
    said = ("standing", "gone")[not linked]
    at = words.moment("at") if linked else ""
    return Notice(
        subject=words.say("stop_answered.subject"),
        title=words.say("stop_answered.title"),
        paragraphs=(
            words.say("stop_answered.what"),
            words.say(f"stop_answered.{said}", telegram_name=linked, at=at, phone=words.office.phone),
        ),
        answerable=bool(linked),
        is_answer=True,
    )


def _changed(field: str | None, words: Words) -> Notice:
    """A detail has another value now; both values are named."""
    name = words.say(f"field.{field or words.of('field')}")
    old, new = (words.of(side) or words.say("nothing") for side in ("old", "new"))
    return Notice(
        subject=words.say("notice_subject.details_changed", field=name, office=words.office.name),
        title=words.say("notice_title.details_changed", field=name),
        paragraphs=(words.say("notice_what.details_changed", at=words.moment("at"), by=_by(words)),),
        said=words.say("old_new", old=old, new=new),
        after=(_otherwise(words),),
        answerable=True,
    )


def _by(words: Words) -> str:
    return words.say("by.person" if _by_reader(words) else "by.office", office=words.office.name)


def _otherwise(words: Words) -> str:
    """What to do when the reader did not do this, or did not ask the office for it."""
    return words.say("not_you" if _by_reader(words) else "not_asked", phone=words.office.phone)


def _by_reader(words: Words) -> bool:
    return words.of("by") in {"", "person"}


Maker = Callable[[Words], Notice]

NOTICES: dict[str, Maker] = {
    "step_up_code": partial(_code, "step_up_code"),
    "email_code": partial(_code, "email_code"),
    "locked_out": partial(_event, "locked_out"),
    "recovery_used": partial(_event, "recovery_used"),
    "recovery_renewed": partial(_event, "recovery_renewed"),
    "two_factor_on": partial(_event, "two_factor_on"),
    "two_factor_off": partial(_event, "two_factor_off"),
    "stop_answered": _stop_answered,
    "email_changed": partial(_changed, "email"),
    "mobile_changed": partial(_changed, "mobile"),
    "details_changed": partial(_changed, None),
}
