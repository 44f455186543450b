"""`make bench`: every figure, as a table and as a list of `{name, value, unit, target, ok}`.

`python -m benchmarks [--only NAME …] [--json FILE]`; 1 when a figure misses its target.
"""

import argparse
import asyncio
import importlib
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure
from migrations import upgrade
from tests.support import databases, postgres

ON_EACH_DATABASE = ("deliveries", "taps", "scale", "album", "mail_in")
"""Modules with `async measure(database_url)`: an empty, migrated database each."""

ONCE = ("replies", "memory")
"""Modules with `async measure()`."""

LONG = ("backlog",)
"""The same, but they take minutes: only when they are asked for by name."""


def main() -> int:
    """Measure what is asked for, print it, write it."""
    asked = _arguments()
    figures: list[Figure] = []
    for name in asked.only or ON_EACH_DATABASE + ONCE:
        figures += _measured(name)
    _print(figures)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=2) + "\n", encoding="utf-8")
    return 0 if all(figure.ok for figure in figures) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=ON_EACH_DATABASE + ONCE + LONG, help="may be given again")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def _measured(name: str) -> list[Figure]:
    module = importlib.import_module(f"benchmarks.{name}")
    if name in ONCE + LONG:
        return list(asyncio.run(module.measure()))
    figures: list[Figure] = []
    for url in _databases():
        upgrade(url)
        figures += asyncio.run(module.measure(url))
    return figures


def _databases() -> Iterator[str]:
    """An empty SQLite file, then an empty database of a PostgreSQL server that flushes each commit."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/loket.db"
    try:
        with _server() as server:
            yield asyncio.run(databases.create_database(server, "loket"))
    except postgres.Absent as absent:
        print(f"not measured on PostgreSQL: {absent}", file=sys.stderr)


@contextmanager
def _server() -> Iterator[str]:
    with postgres.temporary(durable=True) as server:
        yield server


def _print(figures: list[Figure]) -> None:
    table = Table("figure", "value", "unit", "target", "ok")
    for figure in figures:
        table.add_row(figure.name, f"{figure.value:,}", figure.unit, figure.target, "✓" if figure.ok else "✗")
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
