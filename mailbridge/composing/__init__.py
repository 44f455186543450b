"""Letters to mails: pure functions from what is told to the bytes that go out.

Here live the values (`Letter`, `MailSettings`), the rendering of the templates, the headers and the MIME tree. Nothing
here reads a file, a database or a setting, or speaks SMTP: that is `mailbridge.sending`. The sentences stand in the
`mail` and `refusals` catalogues, the looks in `mailbridge/templates`.
"""

from mailbridge.composing.enclosures import fitting
from mailbridge.composing.identity import delivery_of
from mailbridge.composing.letters import Enclosure, LeftOut, Letter, MailSettings
from mailbridge.composing.mails import PROVES_READING, STOP_PATH, Mail, compose
from mailbridge.composing.security import MAY_STOP

__all__ = [
    "MAY_STOP",
    "PROVES_READING",
    "STOP_PATH",
    "Enclosure",
    "LeftOut",
    "Letter",
    "Mail",
    "MailSettings",
    "compose",
    "delivery_of",
    "fitting",
]
