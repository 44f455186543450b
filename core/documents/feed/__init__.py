"""The office's feed (DOS-9): JSON Lines from the office's own system, one thing a line, applied once.

`read` checks a file, `files_needed` says which bytes must be stored first, `apply` applies one line in the caller's transaction.
The same line twice changes nothing and tells nobody; what was changed in the portal since then is not put back.
Not here: opening files and folders, which the edge does.
"""

from core.documents.feed.applying import apply, is_new
from core.documents.feed.errors import FeedError
from core.documents.feed.lines import FeedFile, Line, files_needed, json_schema
from core.documents.feed.reading import read, read_line

__all__ = ["FeedError", "FeedFile", "Line", "apply", "files_needed", "is_new", "json_schema", "read", "read_line"]
