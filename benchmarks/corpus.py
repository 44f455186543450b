"""Adapters between the product's reading of mails and the scoring scripts of the mail corpus."""

from mailbridge.parsing import read_mail
from mailbridge.replies import reply_of


def reply_text(raw: bytes) -> str:
    """The text that the product would keep of a mail."""
    return reply_of(read_mail(raw)).text
