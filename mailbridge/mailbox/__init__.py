"""The mailbox of the portal: IMAP, where INBOX is the queue.

Here live the connection, taking mails in (bytes into the file store, a row for the intake) and moving what is handled to
Processed, Rejected or Failed. What a mail means is `mailbridge.handler`. Nothing here relies on \\Seen, keywords or
CONDSTORE; what was taken in stands in the database.
"""

from mailbridge.mailbox.folders import Folder
from mailbridge.mailbox.watching import Mailbox

__all__ = ["Folder", "Mailbox"]
