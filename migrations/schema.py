"""Every table of every room, for migrations and for the test that models equal migrations."""

import pkgutil
from importlib import import_module
from importlib.util import find_spec

import core
from core.accounts import guards as accounts_guards
from core.audit import guards as audit_guards
from core.database import Base

ROOMS = tuple(
    import_module(f"core.{room.name}.models")
    for room in pkgutil.iter_modules(core.__path__)
    if room.ispkg and find_spec(f"core.{room.name}.models")
)
"""The models of each room that has tables: found, so that none is forgotten."""

metadata = Base.metadata

GUARDS = (accounts_guards, audit_guards)
"""What the database itself refuses: each has `CREATE` and `DROP`, statements by the name of the dialect."""
