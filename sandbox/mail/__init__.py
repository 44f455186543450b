"""A mail world on one machine: a server that speaks real IMAP and SMTP, and the people who have mailboxes on it.

Here live the server, its store, what a receiving server writes on top of a mail, and how people's mail clients
answer. Not here: anything that knows the product, and the page that shows mailboxes (`sandbox.page`).
"""

from sandbox.mail.faults import MailFaults
from sandbox.mail.mailbox import Mailbox, NoMail
from sandbox.mail.reading import Attachment, Mail, read
from sandbox.mail.server import MailEvent, MailServer
from sandbox.mail.writing import attachment

__all__ = [
    "Attachment",
    "Mail",
    "MailEvent",
    "MailFaults",
    "MailServer",
    "Mailbox",
    "NoMail",
    "attachment",
    "read",
]
