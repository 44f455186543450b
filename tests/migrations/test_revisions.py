"""The history: models equal migrations on both databases; up, down and up again; what the database refuses is there too."""

import asyncio
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, text

import migrations
from core.database import open_database
from migrations.drafting import difference
from migrations.schema import GUARDS, metadata


def ask(url: str, question: Callable[[Connection], Any]) -> Any:
    """Ask a database something on a connection, outside any running loop."""

    async def asking() -> Any:
        engine, _ = open_database(url)
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(question)
        finally:
            await engine.dispose()

    return asyncio.run(asking())


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def missing(connection: Connection) -> list[Any]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*expression-based index")
        return difference(connection)


def indexes(connection: Connection) -> set[str]:
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite_%'",
        "postgresql": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
    }
    return set(connection.scalars(text(catalogue[connection.dialect.name])))


def triggers(connection: Connection) -> set[str]:
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    return set(connection.scalars(text(catalogue[connection.dialect.name])))


def functions(connection: Connection) -> int:
    if connection.dialect.name == "sqlite":
        return 0
    count = "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    return connection.scalar(text(count)) or 0


def test_models_equal_migrations(bare_url: str) -> None:
    migrations.upgrade(bare_url)
    assert ask(bare_url, migrations.current) == migrations.head()
    assert ask(bare_url, tables) == set(metadata.tables)
    assert ask(bare_url, missing) == []


def test_every_index_of_the_models_is_there(bare_url: str) -> None:
    migrations.upgrade(bare_url)
    expected = {str(index.name) for table in metadata.tables.values() for index in table.indexes}
    assert expected <= ask(bare_url, indexes)


def test_what_the_database_refuses_is_there(bare_url: str) -> None:
    migrations.upgrade(bare_url)
    found = ask(bare_url, triggers)
    dialect = "sqlite" if bare_url.startswith("sqlite") else "postgresql"
    made = [one for guard in GUARDS for one in guard.CREATE[dialect] if "CREATE TRIGGER" in one]
    assert len(made) >= 3
    assert {one.split("CREATE TRIGGER ")[1].split()[0] for one in made} == found


def test_up_down_and_up_again(bare_url: str) -> None:
    assert ask(bare_url, migrations.current) is None
    migrations.upgrade(bare_url)
    migrations.upgrade(bare_url)
    migrations.downgrade(bare_url)
    assert ask(bare_url, migrations.current) is None
    assert ask(bare_url, tables) == set()
    assert ask(bare_url, functions) == 0
    migrations.upgrade(bare_url)
    assert ask(bare_url, missing) == []


async def test_upgrading_while_a_loop_runs(tmp_path: Any, postgres_server: str) -> None:
    from tests.support import databases

    for url in (f"sqlite:///{tmp_path / 'a.db'}", await databases.create_database(postgres_server, "bare_loop")):
        migrations.upgrade(url)
        engine, _ = open_database(url)
        async with engine.connect() as connection:
            assert await connection.run_sync(migrations.current) == migrations.head()
        await engine.dispose()


def test_a_step_that_fails_leaves_nothing(bare_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import op

    create_index = op.create_index

    def failing(name: str | None, table: str, columns: list[Any], **options: Any) -> None:
        if table == "receipts":
            raise RuntimeError("half-way")
        create_index(name, table, columns, **options)

    with monkeypatch.context() as patch:
        patch.setattr(op, "create_index", failing)
        with pytest.raises(RuntimeError, match="half-way"):
            migrations.upgrade(bare_url)
    assert ask(bare_url, tables) == set()
    migrations.upgrade(bare_url)
    assert ask(bare_url, missing) == []
