"""What core's deliveries say in a chat: something is new, with the button to act and no content (NOTE-2)."""

from collections.abc import Mapping
from typing import Any

from bot import limits
from bot.callbacks import Verb, pack
from bot.saying import label, lines, say
from bot.screens.screen import Button, Screen
from core import texts
from core.actor import Language


def message_new(language: Language, values: Mapping[str, Any]) -> Screen:
    """A new message in a dossier: who, which subject, how many files; the text only once it is opened."""
    files = values.get("attachments") or []
    text = lines(
        say(
            language,
            "notice.message",
            number=values["dossier_number"],
            description=limits.clipped(str(values["dossier_description"]), 200),
        ),
        say(language, "notice.message_from", author=values["author"]),
        say(language, "notice.message_subject", subject=values["subject"]),
        say(language, "notice.message_files", n=len(files)) if files else None,
    )
    open_it = Button(label(language, "notice.open"), pack(Verb.MESSAGE, values["message_id"], 0, below=True))
    reply = Button(label(language, "message.reply"), pack(Verb.REPLY, values["message_id"], below=True))
    return Screen(text, ((open_it, reply),))


def document_new(language: Language, values: Mapping[str, Any]) -> Screen:
    """A new document on a shelf; nothing of its content, not even the name when it is confidential."""
    confidential = bool(values.get("confidential"))
    name = say(language, "notice.confidential") if confidential else limits.clipped(values["document_name"], 200)
    text = say(
        language,
        "notice.document",
        number=values["dossier_number"],
        description=limits.clipped(str(values["dossier_description"]), 200),
        shelf=say(language, f"shelf.{values['shelf']}"),
        name=name,
        size=texts.size(language, int(values.get("size") or 0)),
    )
    get = Button(label(language, "notice.download"), pack(Verb.DOWNLOAD, values["document_id"], below=True))
    dossier = Button(label(language, "button.open_dossier"), pack(Verb.DOSSIER, values["dossier_id"], below=True))
    return Screen(text, ((get, dossier),))


def file_too_big(language: Language, name: str, size: int) -> Screen:
    """A file that Telegram doesn't carry: where to get it instead."""
    return Screen(say(language, "notice.file_too_big", name=name, size=texts.size(language, size)))
