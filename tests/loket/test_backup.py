"""Backup and restore are commands, and they are tried (OPS-5)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.town import pdf
from tests.loket.conftest import Desk
from tests.loket.test_cli import an_office


@pytest.mark.rule("OPS-5")
def test_an_office_is_put_back_from_its_backup(desk: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    an_office(desk)
    paper = tmp_path / "Conceptakte.pdf"
    paper.write_bytes(pdf())
    desk.does("document", "publish", "2026-1", str(paper))
    desk.does("backup", str(tmp_path / "backup"))
    assert "isn't empty" in desk.refuses("backup", str(tmp_path / "backup"))

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    settings = desk.settings.read_text(encoding="utf-8").replace(str(tmp_path / "data"), str(elsewhere / "data"))
    other = Desk(elsewhere / "loket.toml")
    other.settings.write_text(_other_database(settings, elsewhere, request), encoding="utf-8")
    other.does("restore", str(tmp_path / "backup"))

    assert [row["number"] for row in other.rows("dossier", "list")] == ["2026-1"]
    assert [row["name"] for row in other.rows("document", "list", "2026-1")] == ["Conceptakte.pdf"]
    assert "whole" in other.does("audit", "verify")
    assert (elsewhere / "data" / "secret.key").read_text() == (tmp_path / "data" / "secret.key").read_text()
    stored = [path for path in (elsewhere / "data" / "files").rglob("*") if path.is_file()]
    assert paper.read_bytes() in [path.read_bytes() for path in stored]


def _other_database(settings: str, folder: Path, request: pytest.FixtureRequest) -> str:
    """The same settings with another, empty database."""
    url = settings.split('url = "')[1].split('"')[0]
    if url.startswith("sqlite"):
        return settings.replace(url, f"sqlite:///{folder / 'restored.db'}")
    make: Callable[[str], str] = request.getfixturevalue("another_postgres")
    return settings.replace(url, make("restored"))


@pytest.mark.rule("OPS-5")
def test_a_restore_never_overwrites(tmp_path: Path, new_desk: Callable[[str], Desk]) -> None:
    desk = new_desk(f"sqlite:///{tmp_path / 'loket.db'}")
    desk.does("backup", str(tmp_path / "backup"))
    assert "never overwrites" in desk.refuses("restore", str(tmp_path / "backup"))
