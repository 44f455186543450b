"""The command line, called as a program calls it, in an office of its own on each database."""

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from loket.cli.main import app
from tests.support import databases


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Desk:
    """An office's settings file and the command line that works with it."""

    settings: Path

    def says(self, *arguments: str, text: str | bytes | None = None) -> Said:
        """Run a command."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LOKET_")}
        result = CliRunner().invoke(
            app, ["--settings", str(self.settings), *arguments], input=text, env=environment | {"COLUMNS": "200"}
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Said(result.exit_code, result.stdout, result.stderr)

    def does(self, *arguments: str, text: str | bytes | None = None) -> str:
        """What a command prints that must succeed."""
        said = self.says(*arguments, text=text)
        assert said.code == 0, said
        return said.out

    def refuses(self, *arguments: str) -> str:
        """The sentence of a command that must be refused."""
        said = self.says(*arguments)
        assert said.code == 1, said
        assert "Traceback" not in said.err
        return " ".join(said.err.split())

    def rows(self, *arguments: str) -> list[dict[str, Any]]:
        """A listing as data."""
        listed: list[dict[str, Any]] = json.loads(self.does(*arguments, "--json"))
        return listed


OFFICE = """
data = "{data}"
[office]
name = "Kantoor De Proef"
email = "info@proef.example"
[telegram]
token = "77:proef"
[database]
url = "{url}"
[log]
level = "error"
"""


@pytest.fixture
def new_desk(tmp_path: Path) -> Callable[[str], Desk]:
    """Makes a desk on the database at a url, brought up to date."""

    def make(url: str) -> Desk:
        settings = tmp_path / "loket.toml"
        settings.write_text(OFFICE.format(data=tmp_path / "data", url=url), encoding="utf-8")
        desk = Desk(settings)
        desk.does("migrate")
        return desk

    return make


@pytest.fixture
def desk(bare_url: str, new_desk: Callable[[str], Desk]) -> Desk:
    """A desk on each database."""
    return new_desk(bare_url)


@pytest.fixture
def another_postgres(postgres_server: str) -> Callable[[str], str]:
    """Makes an empty database beside the test's own."""

    def make(name: str) -> str:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        return asyncio.run(databases.create_database(postgres_server, f"{name}_{worker}"))

    return make
