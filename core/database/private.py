"""A database in a file holds what people wrote: no other user of the machine may read it."""

import os
from contextlib import suppress

from sqlalchemy.engine import URL

OWNER_ONLY = 0o600


def keep_private(url: URL) -> None:
    """Makes the file of a new SQLite database for its owner only; its journals get the same rights from SQLite itself.

    One that stands there keeps the rights that it has. What can't be made is left to the connection to report.
    """
    path = url.database
    if url.get_backend_name() != "sqlite" or not path or path == ":memory:" or path.startswith("file:"):
        return
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
