"""The database's history: Alembic revisions, forward on a database with data, on SQLite and PostgreSQL.

`revisions` brings a database up or down and says where it stands; `versions/` holds the steps; `schema` every table as the
models say it is now. A new step: `python -m migrations.drafting "what it does"` writes a draft from the difference, to be read and
corrected. Until the first release the one initial step is drawn anew with `python -m migrations.drafting --initial`.
"""

from migrations.revisions import current, downgrade, head, upgrade

__all__ = ["current", "downgrade", "head", "upgrade"]
