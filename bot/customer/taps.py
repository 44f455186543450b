"""Which verb of a button is whose."""

from collections.abc import Awaitable, Callable
from typing import Final

from bot.answers import Answer
from bot.callbacks import Callback, Verb
from bot.customer import about, details, documents, dossiers, drafts, home, messages
from bot.customer.visit import Visit

Handle = Callable[[Visit, Callback], Awaitable[list[Answer]]]

TAPS: Final[dict[Verb, Handle]] = {
    Verb.HOME: home.show,
    Verb.ACTIONS: home.actions,
    Verb.DOSSIERS: dossiers.listing,
    Verb.DOSSIER: dossiers.opened,
    Verb.PROGRESS: dossiers.progress,
    Verb.DOCUMENTS: documents.listing,
    Verb.DOWNLOAD: documents.download,
    Verb.MESSAGES: messages.listing,
    Verb.MESSAGE: messages.opened,
    Verb.ATTACHMENT: documents.attachment,
    Verb.REPLY: drafts.reply,
    Verb.NEW_MESSAGE: drafts.begin,
    Verb.DRAFT: drafts.show,
    Verb.DRAFT_SUBJECT: drafts.ask_subject,
    Verb.DRAFT_DOSSIER: drafts.dossier,
    Verb.DRAFT_CHOOSE: drafts.choose,
    Verb.DRAFT_REMOVE: drafts.remove,
    Verb.DRAFT_KEEP: drafts.keep,
    Verb.DRAFT_DROP: drafts.drop,
    Verb.DRAFT_CANCEL: drafts.cancel,
    Verb.DRAFT_SEND: drafts.send,
    Verb.DETAILS: details.show,
    Verb.LANGUAGE: details.language,
    Verb.NOTIFICATIONS: details.notifications,
    Verb.WANT: details.want,
    Verb.UNLINK: details.log_out,
    Verb.HELP: about.show_help,
}
"""What a linked person's tap does. The keypad's verbs are not here: a linked chat has no use for them (stale)."""
