"""The ground of all tests: each database test runs on SQLite and on PostgreSQL, on a clean database.

`sessions` and `database_url` are the two databases in turn; `wake`, `keys`, `office` and `files` what most verbs want.
The PostgreSQL cluster is started by the first test that wants one and shared by all workers of the run.
"""

import asyncio
import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from core.crypto import Keys
from core.database import Sessions, Wake, open_database
from core.office import Office
from loket import collecting
from tests.support import databases, postgres

RUN = "LOKET_TEST_RUN"
RUNNER = "LOKET_TEST_RUNNER"


def pytest_configure(config: pytest.Config) -> None:
    """The process that the run began with makes one folder for it; its xdist workers inherit the name."""
    if not hasattr(config, "workerinput"):
        databases.sweep()
        os.environ[RUN] = tempfile.mkdtemp(prefix=f"loket-{os.getpid()}-")
        os.environ[RUNNER] = str(os.getpid())
        Path(os.environ[RUN]).chmod(0o755)


def pytest_collection() -> None:
    """Modules are loaded now, of which nothing is garbage."""
    gc.disable()


def pytest_collection_finish() -> None:
    """What is loaded stays: looking for garbage in it time and again costs more than many a test."""
    collecting.settle_in()
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The same process stops what the run started."""
    if not hasattr(config, "workerinput"):
        folder = Path(os.environ.pop(RUN))
        postgres.stop(folder / "cluster")
        shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The journeys, which mostly wait for processes, among the others instead of in a row: so every worker of the run has some,
    and none is left with them at the end."""
    journeys = [item for item in items if "journeys" in item.path.parts and "mailbridge" not in item.path.parts]
    waiting = set(journeys)
    others = [item for item in items if item not in waiting]
    for place, journey in enumerate(journeys):
        others.insert(place * len(items) // len(journeys), journey)
    items[:] = others


@pytest.fixture(scope="session")
def fast_folder() -> Iterator[Path]:
    """A folder for this worker, in memory where possible."""
    folder = databases.fast_folder(int(os.environ[RUNNER]))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(fast_folder: Path) -> databases.SqliteTemplate:
    """An empty SQLite database with every table."""
    return databases.SqliteTemplate(fast_folder)


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The address of the run's PostgreSQL server, without a database."""
    try:
        return postgres.shared(Path(os.environ[RUN]), guarded=int(os.environ[RUNNER]))
    except postgres.Absent as absent:
        pytest.skip(str(absent))


@pytest.fixture(scope="session")
def postgres_url(postgres_server: str) -> str:
    """This worker's PostgreSQL database, with every table."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    url = asyncio.run(databases.create_database(postgres_server, f"loket_{worker}"))
    asyncio.run(databases.create_tables(url))
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, fast_folder: Path) -> Iterator[str]:
    """The url of an empty database with every table, once for each kind."""
    if request.param == "postgresql":
        yield request.getfixturevalue("postgres_url")
        return
    path = fast_folder / "loket.db"
    yield request.getfixturevalue("sqlite_template").copy(path)
    for left in fast_folder.glob("loket.db*"):
        left.unlink()


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The url of a database without any table, once for each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bare.db'}"
    server: str = request.getfixturevalue("postgres_server")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    return asyncio.run(databases.create_database(server, f"bare_{worker}"))


@pytest.fixture(scope="session")
def opened_databases() -> dict[str, tuple[AsyncEngine, Sessions]]:
    """The engines of this worker by url: each remembers how its statements are written, which takes longer than most tests."""
    return {}


@pytest.fixture
async def sessions(
    database_url: str, opened_databases: dict[str, tuple[AsyncEngine, Sessions]]
) -> AsyncIterator[Sessions]:
    """The door to an empty database: `async with transaction(sessions) as session:`."""
    if database_url not in opened_databases:
        opened_databases[database_url] = open_database(database_url)
    engine, opened = opened_databases[database_url]
    try:
        if engine.dialect.name == "postgresql":
            await databases.empty(engine)
        yield opened
    finally:
        await engine.dispose()


@pytest.fixture
async def wake(sessions: Sessions) -> AsyncIterator[Wake]:
    """Hears of every commit on `sessions`."""
    async with Wake(sessions) as started:
        yield started


@pytest.fixture(scope="session")
def dead_pid() -> int:
    """The id of a process of this machine that is gone."""
    gone = subprocess.Popen([sys.executable, "-S", "-c", ""])
    gone.wait()
    return gone.pid


@pytest.fixture
def keys() -> Keys:
    """The office's secrets, as a test knows them."""
    return Keys(("a secret of the tests",))


@pytest.fixture
def office() -> Office:
    """The sample office, with its defaults."""
    return Office()


@pytest.fixture
async def files(tmp_path: Path) -> object:
    """A store of files in the test's own folder."""
    from core.files.store import FileStore

    return FileStore.open(f"file://{tmp_path / 'files'}")
