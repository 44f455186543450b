"""Mail bytes to values: `read_mail` and what it returns.

Here live the tolerant, bounded readers of headers, addresses, MIME structure, charsets and HTML. Nothing here knows
what a mail means: who may have sent it is `mailbridge.sender`, what the customer wrote `mailbridge.replies`, whether a
machine wrote it `mailbridge.rules`.
"""

from mailbridge.parsing.limits import Limits
from mailbridge.parsing.reading import read_mail
from mailbridge.parsing.values import Address, IncomingMail, MailPart

__all__ = ["Address", "IncomingMail", "Limits", "MailPart", "read_mail"]
