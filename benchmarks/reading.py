"""All that is done with the bytes of a mail, as one function that can be fuzzed."""

from mailbridge.bounces import failures
from mailbridge.mailbox.taking import header_of, identity_of, sender_of
from mailbridge.parsing import read_mail
from mailbridge.replies import attachments_of, reply_of
from mailbridge.rules import classify
from mailbridge.sender import MICROSOFT, authenticated


def go_through(raw: bytes) -> None:
    """All that is done with the bytes of a mail before anything is asked of the database."""
    head = read_mail(header_of(raw))
    sender_of(head), identity_of(head, "")
    mail = read_mail(raw)
    attachments_of(mail, reply_of(mail))
    classify(mail, frozenset())
    failures(mail)
    for server in ("mx.k.example", MICROSOFT):
        authenticated(mail, server)
