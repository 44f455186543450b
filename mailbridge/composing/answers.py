"""Mails that answer a keyword (MAIL-8)."""

from collections.abc import Callable
from functools import partial

from mailbridge.composing.face import Ask, Notice, Row, Section, Words
from mailbridge.composing.portal import dossier_row

READING = ("status", "dossier", "send", "messages", "read", "seen", "search", "actions")
SETTING = ("details", "correct", "change", "notifications", "language", "stop", "start")
LINKING = ("relink", "unlink")
"""The words of the help, by what they are for; HELP itself ends the list."""


def _help(words: Words) -> Notice:
    """How it works by mail, and the words that are understood."""
    linking = LINKING if words.letter.values.get("linked", True) else LINKING[:1]
    groups = {"help.reading": READING, "help.setting": SETTING, "help.linking": (*linking, "help")}
    return Notice(
        subject=words.say("help.subject", office=words.office.name),
        title=words.say("help.title"),
        paragraphs=(words.say("help.answer"), words.say("help.new"), words.say("help.words")),
        sections=tuple(Section(words.say(title), _explained(words, names)) for title, names in groups.items()),
        asks=tuple(Ask(words.say(f"word.{name}")) for name in ("status", "actions", "details", "notifications")),
        closing=(words.say("refusal.help", phone=words.office.phone, hours=words.hours),),
        is_answer=True,
    )


def _explained(words: Words, names: tuple[str, ...]) -> tuple[Row, ...]:
    return tuple(Row(words.say(f"help.word_{name}"), words.say(f"help.{name}")) for name in names)


def _search(words: Words) -> Notice:
    """The dossiers that hold the words (DOS-3)."""
    values = words.letter.values
    found, total = values["dossiers"], int(values["total"])
    return Notice(
        subject=words.say("search.subject", words=words.of("words")),
        title=words.say("search.title", words=words.of("words")),
        paragraphs=(words.say("search.found", n=total) if total else words.say("search.nothing"),),
        rows=tuple(dossier_row(words, each) for each in found),
        after=(words.say("status.more", n=total - len(found)),) if total > len(found) else (),
        closing=(words.say("status.write"),),
        is_answer=True,
    )


def _details(words: Words) -> Notice:
    """What we know of the reader (DET-1)."""
    values = words.letter.values
    shown = {
        field: words.of(field) or words.say("nothing") for field in ("name", "email", "mobile", "professional_number")
    }
    rows = [Row(words.say(f"field.{field}"), value, (_change(words, field),)) for field, value in shown.items()]
    other = words.say("other_language")
    spoken = Ask(words.say("word.language", language=other.upper()), other)
    rows.append(Row(words.say("field.language"), words.say(f"language.{words.of('language')}"), (spoken,)))
    rows += [
        Row(words.say(f"details.{name}"), words.say("yes" if values[name] else "no"))
        for name in ("two_factor", "linked")
    ]
    rows.append(Row(words.say("details.news"), words.say("yes" if values["news"] else "no")))
    after = () if values["right"] else (words.say("details.right_ask"),)
    return Notice(
        subject=words.say("details.subject", office=words.office.name),
        title=words.say("details.title"),
        paragraphs=(words.say("details.what"),),
        rows=tuple(rows),
        after=after,
        asks=(*((Ask(words.say("word.correct")),) if after else ()), Ask(words.say("word.notifications"))),
        closing=(words.say("details.wrong", phone=words.office.phone),),
        is_answer=True,
    )


def _change(words: Words, field: str) -> Ask:
    """The beginning of the mail that changes a detail; the value is to be written behind it."""
    name = words.say(f"word.field_{field}")
    return Ask(words.say("word.change", field=name) + " ", words.say("details.change"))


def _right(words: Words) -> Notice:
    """Thanks for looking, and what is left of the first steps (DET-9)."""
    steps = words.letter.values["steps"]
    rows = [Row(f"{'✓' if step['done'] else '○'} {_step(words, step['part'])}") for step in steps]
    return Notice(
        subject=words.say("right.subject", office=words.office.name),
        title=words.say("right.title"),
        paragraphs=(words.say("right.what"),),
        listed=words.say("right.steps"),
        rows=tuple(rows),
        is_answer=True,
    )


def _step(words: Words, part: str) -> str:
    return words.say(f"step.{part}")


def _switch(kind: str, words: Words) -> Notice:
    """News is off, or on again."""
    return Notice(
        subject=words.say(f"notice_subject.{kind}", office=words.office.name),
        title=words.say(f"notice_title.{kind}"),
        paragraphs=(words.say(f"notice_what.{kind}", office=words.office.name),),
        closing=(words.say("news.still_come"), words.say("news.meant_otherwise")) if kind == "news_off" else (),
        is_answer=True,
    )


def _relink(words: Words) -> Notice:
    """A new invitation is on its way, and what it does to the old link, if there is one (LINK-9)."""
    linked = words.of("telegram_name")
    return Notice(
        subject=words.say("relink.subject", office=words.office.name),
        title=words.say("relink.title"),
        paragraphs=(words.say("relink.what"),),
        after=(words.say("relink.old", telegram_name=linked) if linked else words.say("relink.none"),),
        closing=(words.say("relink.lost", phone=words.office.phone),) if linked else (),
        answerable=True,
        is_answer=True,
    )


NOTICES: dict[str, Callable[[Words], Notice]] = {
    "help": _help,
    "search": _search,
    "details": _details,
    "details_right": _right,
    "news_off": partial(_switch, "news_off"),
    "news_on": partial(_switch, "news_on"),
    "relink": _relink,
}
