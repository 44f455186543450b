"""What core's deliveries say in a chat: something is new, with the button to act and no content (NOTE-2)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from markupsafe import Markup

from bot import limits
from bot.callbacks import Verb, pack
from bot.saying import label, lines, say
from bot.screens.screen import Button, Row, Screen
from core import texts
from core.actor import Language
from core.office import Office

Values = Mapping[str, Any]

EXPLAINED: Final = frozenset({"upload_request_new", "upload_rejected"})
"""Kinds that say again what exactly is asked."""

DIGEST_LINES: Final = 8
"""Pieces of news that a digest names; the rest it counts."""


def notice(language: Language, kind: str, values: Values, secret: Values) -> Screen | None:
    """What a delivery of this kind says; None for a kind that Telegram has no words for."""
    match kind:
        case "message_new":
            return message_new(language, values)
        case "document_new" | "document_expiring":
            return document(language, kind, values)
        case "upload_request_new" | "upload_rejected" | "upload_accepted" | "upload_withdrawn":
            return upload(language, kind, values)
        case "digest" | "reminder":
            return together(language, kind, values)
        case "unlinked_here":
            return Screen(say(language, "notice.unlinked_here"))
        case "step_up_code":
            return Screen(say(language, "notice.step_up_code", code=secret["code"], minutes=values["minutes"]))
        case _:
            return None


def message_new(language: Language, values: Values) -> Screen:
    """A new message in a dossier: who, which subject, how many files; the text only once it is opened."""
    files = values.get("attachments") or []
    text = lines(
        say(language, "notice.message", **_dossier(values)),
        say(language, "notice.message_from", author=values["author"]),
        say(language, "notice.message_subject", subject=values["subject"]),
        say(language, "notice.message_files", n=len(files)) if files else None,
    )
    open_it = Button(label(language, "notice.open"), pack(Verb.MESSAGE, values["message_id"], 0, below=True))
    reply = Button(label(language, "message.reply"), pack(Verb.REPLY, values["message_id"], below=True))
    return Screen(text, ((open_it, reply),))


def document(language: Language, kind: str, values: Values) -> Screen:
    """A document that is new, or that will go soon; not even its name when it is confidential."""
    text = say(
        language,
        f"notice.{kind}",
        **_dossier(values),
        shelf=say(language, f"shelf.{values['shelf']}"),
        name=_document_name(language, values),
        size=texts.size(language, int(values.get("size") or 0)),
        day=_day(language, values.get("expires_on")),
    )
    get = Button(label(language, "notice.download"), pack(Verb.DOWNLOAD, values["document_id"], below=True))
    return Screen(text, ((get, _open_dossier(language, values)),))


def upload(language: Language, kind: str, values: Values) -> Screen:
    """The office asks for a file, asks again, or has what it wants, or wants it no longer."""
    asks = kind not in {"upload_accepted", "upload_withdrawn"}
    text = lines(
        say(language, f"notice.{kind}", **_dossier(values), title=values["title"]),
        say(language, "notice.explanation", text=limits.clipped(values["explanation"], 500))
        if values.get("explanation") and kind in EXPLAINED
        else None,
        say(language, "notice.reason", reason=limits.clipped(values["reason"], 500)) if values.get("reason") else None,
        say(language, "notice.due", day=_day(language, values["due_on"])) if asks and values.get("due_on") else None,
    )
    dossier = _open_dossier(language, values)
    if not asks:
        return Screen(text, ((dossier,),))
    send = Button(label(language, "task.send_file"), pack(Verb.SUPPLY, values["upload_request_id"], below=True))
    return Screen(text, ((send, dossier),))


def together(language: Language, kind: str, values: Values) -> Screen:
    """Several pieces of news at once, or what still waits: a line each, and the way there."""
    items = values.get("items") or []
    shown = [_line(language, item) for item in items[:DIGEST_LINES]]
    more = int(values.get("count") or len(items)) - len(shown) if kind == "digest" else len(items) - len(shown)
    text = lines(
        say(language, f"notice.{kind}"),
        *shown,
        say(language, "notice.more", n=more) if more > 0 else None,
    )
    home = Button(label(language, "notice.home"), pack(Verb.HOME, below=True))
    there = _where_it_is(language, items)
    return Screen(text, (there, (home,)) if there else ((home,),))


def _where_it_is(language: Language, items: Sequence[Values]) -> Row:
    """What is to be read, and what is to be done, a tap away."""
    kinds = {_room(item) for item in items}
    read = (Button(label(language, "notice.news"), pack(Verb.UNREAD, 0, below=True)),)
    act = (Button(label(language, "notice.actions"), pack(Verb.ACTIONS, 0, below=True)),)
    return (*(read if kinds - {"upload", *OVER} else ()), *(act if "upload" in kinds else ()))


def _room(item: Values) -> str:
    """ "message" of "message_new", and so on; "accepted" or "withdrawn" of an upload request that asks nothing more."""
    first, _, rest = str(item["kind"]).partition("_")
    return rest if first == "upload" and rest in OVER else first


OVER: Final = frozenset({"accepted", "withdrawn"})
"""What became of an upload request that is nobody's task any more."""


def _line(language: Language, item: Values) -> Markup:
    kind = _room(item)
    what = item.get("title") or item.get("subject") or ""
    if kind == "document":
        what = item.get("title") or _document_name(language, item)
    if item.get("confidential"):
        what = say(language, "notice.confidential")
    return say(
        language,
        f"notice.line.{kind}" if kind in LINES else "notice.line.other",
        number=item.get("dossier_number") or "",
        what=what if isinstance(what, Markup) else limits.clipped(str(what), 80),
    )


LINES: Final = frozenset({"message", "document", "upload", *OVER})


def _dossier(values: Values) -> dict[str, Any]:
    description = limits.clipped(str(values["dossier_description"]), 200)
    return {"number": values["dossier_number"], "description": description}


def _open_dossier(language: Language, values: Values) -> Button:
    return Button(label(language, "button.open_dossier"), pack(Verb.DOSSIER, values["dossier_id"], below=True))


def _document_name(language: Language, values: Values) -> str | Markup:
    if values.get("confidential"):
        return say(language, "notice.confidential")
    return limits.clipped(str(values.get("document_name") or ""), 200)


def _day(language: Language, text: object) -> str:
    """An ISO date as people read it."""
    return texts.day(Office(), language, date.fromisoformat(str(text))) if text else ""


def file_too_big(language: Language, name: str, size: int) -> Screen:
    """A file that Telegram doesn't carry: where to get it instead."""
    return Screen(say(language, "notice.file_too_big", name=name, size=texts.size(language, size)))
