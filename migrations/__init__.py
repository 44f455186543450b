"""The database's history: Alembic revisions, forward on a database with data, on SQLite and PostgreSQL."""
