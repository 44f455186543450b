"""Every table of every room, for migrations and for the test that models equal migrations."""

import pkgutil
from importlib import import_module

import core
from core.accounts import guards as accounts_guards
from core.audit import guards as audit_guards
from core.database import Base

ROOMS = tuple(
    import_module(f"core.{room.name}.{module.name}")
    for room in pkgutil.iter_modules(core.__path__)
    if room.ispkg
    for module in pkgutil.iter_modules(import_module(f"core.{room.name}").__path__)
    if module.name == "models" or module.name.endswith("_models")
)
"""The models of each room that has tables (`models`, `…_models`): found, so that none is forgotten."""

metadata = Base.metadata

GUARDS = (accounts_guards, audit_guards)
"""What the database itself refuses: each has `CREATE` and `DROP`, statements by the name of the dialect."""
