"""The one door to the database, the base of all models, and the types that SQLite and PostgreSQL share.

No table stands here: those live in the rooms of core. `migrations.schema` imports every room's models, for migrations.
"""

from sqlalchemy.ext.asyncio import AsyncSession as Session

from core.database.base import Base, Identity, Moment
from core.database.engine import Sessions, is_sqlite, open_database
from core.database.once import insert_once
from core.database.transactions import NestedTransaction, forbid_network_in_transaction, reading, transaction
from core.database.wake import Wake

__all__ = [
    "Base",
    "Identity",
    "Moment",
    "NestedTransaction",
    "Session",
    "Sessions",
    "Wake",
    "forbid_network_in_transaction",
    "insert_once",
    "is_sqlite",
    "open_database",
    "reading",
    "transaction",
]
