"""All that is done with the bytes of a mail before anything is asked of the database, as one function that can be fuzzed."""

from contextlib import suppress
from datetime import date

from core.crypto import Keys
from core.errors import Refused
from mailbridge.bounces import failures
from mailbridge.commands import code_of, command_of, says_stop
from mailbridge.composing import MailSettings
from mailbridge.instructing import orders_of
from mailbridge.mailbox.taking import header_of, identity_of, sender_of
from mailbridge.opening import _read
from mailbridge.parsing import read_mail
from mailbridge.replies import attachments_of
from mailbridge.routing import Ways, token_of
from mailbridge.sender import MICROSOFT, authenticated

SETTINGS = MailSettings(domain="k.example", portal="portaal@k.example", authserv_id="mx.k.example")
WAYS = Ways(Keys(("a secret of the fuzzer",)), SETTINGS, date(2026, 1, 1))


def go_through(raw: bytes) -> None:
    """Take in, read, judge and understand a mail; a refusal is an answer too."""
    head = read_mail(header_of(raw))
    sender_of(head), identity_of(head, "")
    opened = _read(raw, SETTINGS)
    attachments_of(opened.mail, opened.reply)
    failures(opened.mail)
    token_of(opened.mail, WAYS)
    authenticated(opened.mail, MICROSOFT)
    command_of(opened), code_of(opened), says_stop(opened)
    with suppress(Refused):
        orders_of(opened.reply.text)
