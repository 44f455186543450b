"""Adapters between the product's reading of mails and the scoring scripts of the mail corpus."""

from mailbridge.bounces import Action, failures
from mailbridge.parsing import IncomingMail, read_mail
from mailbridge.replies import attachments_of, reply_of
from mailbridge.rules import Kind
from mailbridge.rules import classify as classified
from mailbridge.sender import MICROSOFT, authenticated
from mailbridge.sender.results import read_results

_FORGED = ("misleading-name", "dmarc-fail")


def reply_text(raw: bytes) -> str:
    """The text that the product would keep of a mail."""
    return reply_of(read_mail(raw)).text


def classify(raw: bytes) -> dict[str, object]:
    """What the product takes a mail for, in the words of the corpus: kind, text, attachments, addresses."""
    mail = read_mail(raw)
    found = classified(mail, frozenset())
    reply = reply_of(mail)
    addresses: list[str | None] = []
    if found.kind in (Kind.BOUNCE, Kind.BOUNCE_TEMPORARY):
        addresses = [
            bounce.address for bounce in failures(mail) if bounce.address and bounce.action is not Action.DELIVERED
        ]
    return {
        "kind": found.kind.value if found.kind.machine or not _forged(mail) else "spoof",
        "rule": found.rule,
        "text": reply.text,
        "attachments": [part.name for part in attachments_of(mail, reply)],
        "addresses": addresses,
    }


def _forged(mail: IncomingMail) -> bool:
    """Whether the server that received the mail says that the author is somebody else."""
    headers = mail.fields.all("authentication-results")
    server = (read_results(headers[0]).server or MICROSOFT) if headers else "none.invalid"
    return authenticated(mail, server).reason in _FORGED
