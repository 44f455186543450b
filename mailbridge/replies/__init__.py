"""What the customer wrote: the reply without quoted history, signature and disclaimer.

Here live our own marker, the quoting habits of mail programs (HTML and text, Dutch, English and the languages around)
and the signs of a signature. Pure functions over an `IncomingMail`; who wrote it and where it goes is decided elsewhere.
"""

from mailbridge.replies.markers import MARKERS
from mailbridge.replies.reply import Reply, attachments_of, reply_of

__all__ = ["MARKERS", "Reply", "attachments_of", "reply_of"]
