"""The type of a session, under core's name: the channels may not import SQLAlchemy."""

from typing import Any

Session = Any
