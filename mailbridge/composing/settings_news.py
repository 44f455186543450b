"""Mails about what the reader changes by mail: a detail and its code, notifications, the language, the link (DET-2, NOTE-1)."""

from collections.abc import Callable
from typing import Any

from mailbridge.composing.face import Ask, Notice, Row, Words


def _change_asked(words: Words) -> Notice:
    """Old → new, what it means, and where the code is; the answer is the code (DET-2, DET-6, STEP-1)."""
    name = words.say(f"field.{words.of('field')}")
    old, new = (words.of(side) or words.say("nothing") for side in ("old", "new"))
    means = (words.of("consequence"),) if words.of("consequence") else ()
    return Notice(
        subject=words.say("change.subject", field=name),
        title=words.say("change.title", field=name),
        paragraphs=(words.say("change.what"),),
        said=words.say("change.old_new", old=old, new=new),
        after=(*means, words.say(f"change.code_{words.of('method')}")),
        closing=(words.say("change.not_you", phone=words.office.phone),),
        answerable=True,
        is_answer=True,
    )


def _change_email(words: Words) -> Notice:
    """A code went to the new address; until it comes back the old one counts (DET-3)."""
    return Notice(
        subject=words.say("change.email_subject"),
        title=words.say("change.email_title"),
        paragraphs=(words.say("change.email_what", new=words.of("new")), words.say("change.email_how")),
        closing=(words.say("change.not_you", phone=words.office.phone),),
        answerable=True,
        is_answer=True,
    )


def _notifications(words: Words) -> Notice:
    """Which news comes where, and the words that turn each over (NOTE-1)."""
    values = words.letter.values
    return Notice(
        subject=words.say("notifications.subject", office=words.office.name),
        title=words.say("notifications.title"),
        paragraphs=(words.say("notifications.what" if values["linked"] else "notifications.what_unlinked"),),
        rows=tuple(_cells(words, cell) for cell in values["cells"]),
        closing=(words.say("notifications.always"),),
        is_answer=True,
    )


def _cells(words: Words, cell: dict[str, Any]) -> Row:
    news = words.say(f"news_kind.{cell['news']}")
    told, asks = [], []
    for channel in ("telegram", "email"):
        name = words.say(f"channel.{channel}")
        told.append(f"{name}: {words.say('on' if cell[channel] else 'off')}")
        other = "off" if cell[channel] else "on"
        said = words.say("word.switch", news=news.lower(), channel=name.lower(), turned=words.say(other))
        asks.append(Ask(said, words.say(f"turn.{other}", channel=name)))
    return Row(news, " · ".join(told), tuple(asks))


def _said(kind: str) -> Callable[[Words], Notice]:
    """A title and one sentence."""

    def notice(words: Words) -> Notice:
        return Notice(
            subject=words.say(f"notice_subject.{kind}", office=words.office.name),
            title=words.say(f"notice_title.{kind}"),
            paragraphs=(words.say(f"notice_what.{kind}", office=words.office.name),),
            asks=(Ask(words.say("word.details")),),
            is_answer=True,
        )

    return notice


NOTICES: dict[str, Callable[[Words], Notice]] = {
    "change_asked": _change_asked,
    "change_email": _change_email,
    "notifications": _notifications,
    "language_set": _said("language_set"),
    "unlinked_before": _said("unlinked_before"),
}
