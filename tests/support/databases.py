"""Empty databases with every table, quickly: a copied file for SQLite, one database a worker for PostgreSQL."""

import asyncio
import os
import shutil
import tempfile
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from core.database import open_database
from migrations.schema import metadata

_EMPTY = """
DO $$
DECLARE
    name text;
    filled boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || name || ')' INTO filled;
        IF filled THEN
            EXECUTE 'DELETE FROM ' || name;
        END IF;
    END LOOP;
    FOR name IN SELECT quote_ident(sequencename) FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
        EXECUTE 'ALTER SEQUENCE ' || name || ' RESTART';
    END LOOP;
END $$;
"""


def fast_folder(run: int) -> Path:
    """A new folder of the run that process `run` began, in memory where the system has one (a durable commit is free there)."""
    return Path(tempfile.mkdtemp(prefix=f"loket-{run}-", dir=_fast_place()))


def sweep() -> None:
    """Remove what runs left behind that were killed."""
    for place in {_fast_place() or Path(tempfile.gettempdir()), Path(tempfile.gettempdir())}:
        for folder in place.glob("loket-*-*"):
            run = folder.name.split("-")[1]
            if run.isdigit() and not _alive(int(run)):
                shutil.rmtree(folder, ignore_errors=True)


def _fast_place() -> Path | None:
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and os.access(memory, os.W_OK) else None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


async def create_tables(url: str) -> None:
    """Every table of every room in the database at `url`."""
    engine, _ = open_database(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
    finally:
        await engine.dispose()


class SqliteTemplate:
    """A file with every table, made once and copied for each test."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        asyncio.run(create_tables(f"sqlite:///{self._template}"))

    def copy(self, path: Path) -> str:
        """A fresh database at `path`; its url."""
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"


async def create_database(server: str, name: str) -> str:
    """An empty database `name` on the server at `server`; its url. One that was left behind is dropped."""
    engine, _ = open_database(f"{server}/postgres")
    try:
        async with engine.connect() as connection:
            outside = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await outside.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            await outside.execute(text(f'CREATE DATABASE "{name}"'))
    finally:
        await engine.dispose()
    return f"{server}/{name}"


async def empty(engine: AsyncEngine) -> None:
    """No row in any table, and every identity starts at 1 again (PostgreSQL)."""
    async with engine.begin() as connection:
        await connection.exec_driver_sql(_EMPTY)
