"""How statements reach SQLite: what is quick on the spot, the rest in the connection's thread.

aiosqlite asks its thread four times a query: for a cursor, to execute, to fetch, to close. Each time costs more than what SQLite
does for an indexed query. So here what waits or works long goes to the thread, in one errand: the beginning of a transaction that has
to wait for another process, a commit that waits for the disk, statements for many rows, and a query that turns out to be long.
All else is done where it is asked: within its transaction it waits for nobody.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, cast

import aiosqlite

CHUNK = 64
"""Rows that aiosqlite would fetch at a time where it iterates; nothing here does."""

BUDGET = 80_000
"""Instructions of SQLite's machine that a query may take on the spot, about a millisecond (5,000 rows of an index, looked through for a
word); a longer one begins anew in the thread."""

_PRIMARY = 0xFF
"""The part of SQLite's error codes that says the kind (sqlite.org/rescode.html)."""

_FULL = {"query_only": 0, "synchronous": 2, "wal_autocheckpoint": 1000}
_RELAXED = {"query_only": 0, "synchronous": 1, "wal_autocheckpoint": 0}
_READ_ONLY = {"query_only": 1}
"""What is set for each kind of transaction (sqlite.org/pragma.html). A relaxed one leaves copying the journal, which waits for the
disk, to the next one that waits for it anyway."""

_QUICK = ("INSERT", "UPDATE", "DELETE", "SAVEPOINT", "RELEASE")
"""Statements that are done on the spot; a query is too, within its budget. What changes many rows is cut into batches by who does it."""


def connection(path: str, **options: Any) -> "Connection":
    """A connection to await, with the options of `sqlite3.connect`."""

    def connect() -> sqlite3.Connection:
        opened: sqlite3.Connection = sqlite3.connect(path, **(options | {"check_same_thread": False}))
        return opened

    made = Connection(connect, CHUNK)
    made._thread.daemon = True  # noqa: SLF001  # as SQLAlchemy does: a forgotten connection keeps no process alive
    return made


class Connection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors go to its thread only with what may take long."""

    _sent = _done = 0
    _waits_for_disk = True

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._set = dict(_FULL)

    def cursor(self) -> "Cursor":  # type: ignore[override]  # awaited by SQLAlchemy, where it is entered, in both cases
        """A cursor that costs nothing until it executes."""
        return Cursor(self)

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self._sent += 1
        return await super()._execute(self._counted, fn, *args, **kwargs)  # type: ignore[no-untyped-call]  # aiosqlite has no types here

    def _counted(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return fn(*args, **kwargs)
        finally:
            self._done += 1

    async def begin(self, *, read_only: bool, relaxed: bool) -> None:
        """Begin a transaction; a `relaxed` one may be undone by a power cut. Waits for the writer of another process."""
        self._waits_for_disk = not (read_only or relaxed)
        statement = "BEGIN" if read_only else "BEGIN IMMEDIATE"
        pragmas = _READ_ONLY if read_only else _RELAXED if relaxed else _FULL
        if self._sent != self._done or not self._begun_at_once(statement, pragmas):
            await self._execute(self._begin, statement, pragmas)

    def _begin(self, statement: str, pragmas: dict[str, int]) -> None:
        for name, value in pragmas.items():
            if self._set[name] != value:
                self._conn.execute(f"PRAGMA {name}={value}")
                self._set[name] = value
        self._conn.execute(statement)

    def _begun_at_once(self, statement: str, pragmas: dict[str, int]) -> bool:
        """Whether it began; not when another process has the lock."""
        [(timeout,)] = self._conn.execute("PRAGMA busy_timeout").fetchall()
        self._conn.execute("PRAGMA busy_timeout=0")
        try:
            self._begin(statement, pragmas)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY:
                raise
            return False
        finally:
            self._conn.execute(f"PRAGMA busy_timeout={timeout}")
        return True

    async def run(self, statement: str, parameters: Sequence[Any]) -> "Result":
        """Run one statement to its end. Raises what sqlite3 raises."""
        if self._sent == self._done:  # the thread is idle: nothing that was cancelled is still at work in it
            if statement.startswith(_QUICK):
                return _result(self._conn.execute(statement, parameters))
            if statement.startswith("SELECT") and (found := self._within_budget(statement, parameters)) is not None:
                return found
        return cast("Result", await self._execute(self._whole, statement, parameters))

    async def commit(self) -> None:
        """Commit; on the spot when that waits for no disk."""
        if self._sent == self._done and not self._waits_for_disk:
            self._conn.commit()
        else:
            await super().commit()

    async def rollback(self) -> None:
        """Roll back, if there is anything to roll back: the pool asks it of every connection that comes home."""
        if self._sent != self._done or self._conn.in_transaction:
            await super().rollback()

    def _within_budget(self, statement: str, parameters: Sequence[Any]) -> "Result | None":
        """What a query finds; None when it takes long. To interrupt a query undoes nothing (sqlite.org/c3ref/interrupt.html)."""
        self._conn.set_progress_handler(_stop, BUDGET)
        try:
            return _result(self._conn.execute(statement, parameters))
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            return None
        finally:
            self._conn.set_progress_handler(None, 0)

    def _whole(self, statement: str, parameters: Sequence[Any]) -> "Result":
        return _result(self._conn.execute(statement, parameters))

    async def run_many(self, statement: str, parameters: Sequence[Sequence[Any]]) -> "Result":
        """Run one statement for each of the parameters."""
        return cast("Result", await self._execute(self._whole_many, statement, parameters))

    def _whole_many(self, statement: str, parameters: Sequence[Sequence[Any]]) -> "Result":
        return _result(self._conn.executemany(statement, parameters))


@dataclass(frozen=True, slots=True)
class Result:
    """What a statement gave. As `sqlite3.Cursor` has it (PEP 249)."""

    rows: list[Any]
    description: Any
    rowcount: int
    lastrowid: int | None


def _result(cursor: sqlite3.Cursor) -> Result:
    """All rows first: only then is known how many RETURNING changed; and the cursor closed, so that no lock hangs on it."""
    try:
        description = cursor.description
        rows = cursor.fetchall() if description else []
        return Result(rows, description, cursor.rowcount, cursor.lastrowid)
    finally:
        cursor.close()


def _stop() -> int:
    return 1


class Cursor:
    """What SQLAlchemy's adapter asks of an asynchronous cursor, with the rows already there."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        """Run a statement to its end. Raises what sqlite3 raises."""
        return self._took(await self._connection.run(statement, parameters))

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> Self:
        """Run a statement for each of the parameters."""
        return self._took(await self._connection.run_many(statement, parameters))

    def _took(self, result: Result) -> Self:
        self._rows, self.description = result.rows, result.description
        self.rowcount, self.lastrowid = result.rowcount, result.lastrowid
        return self

    async def fetchone(self) -> Any:
        """The next row; None when there is none."""
        return self._rows.pop(0) if self._rows else None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows."""
        size = size or self.arraysize
        some, self._rows = self._rows[:size], self._rows[size:]
        return some

    async def fetchall(self) -> list[Any]:
        """The rows that are left."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Nothing is open any more."""
        self._rows = []
