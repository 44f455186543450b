"""What lies on the disk of the office's machine: its owner's only, and a key that is whole."""

import shutil
import stat
import sys
import traceback
from pathlib import Path

import pytest
from sqlalchemy import text

from core.crypto import new_secret
from core.database import open_database, transaction
from core.errors import Misconfigured
from loket import backups, wiring
from loket.settings import Settings, read_settings
from tests.loket.conftest import OFFICE, Desk
from tests.loket.test_cli import an_office


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def new_desk(folder: Path) -> Desk:
    settings = folder / "loket.toml"
    settings.write_text(
        OFFICE.format(data=folder / "data", url="").replace('[database]\nurl = ""\n', ""), encoding="utf-8"
    )
    return Desk(settings)


def test_nobody_else_reads_the_data_or_a_backup(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    desk.does("migrate")
    an_office(desk)
    assert rights(tmp_path / "data") == 0o700
    assert {rights(path) for path in (tmp_path / "data").glob("loket.db*")} == {0o600}
    assert rights(tmp_path / "data" / "secret.key") == 0o600

    (tmp_path / "backup").mkdir(mode=0o755)
    desk.does("backup", str(tmp_path / "backup"))
    assert rights(tmp_path / "backup") == 0o700

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = new_desk(elsewhere)
    other.does("restore", str(tmp_path / "backup"))
    assert rights(elsewhere / "data") == 0o700
    assert rights(elsewhere / "data" / "loket.db") == 0o600
    assert rights(elsewhere / "data" / "secret.key") == 0o600


def test_a_database_elsewhere_is_its_owners_only_too(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    desk = new_desk(tmp_path)
    with desk.settings.open("a", encoding="utf-8") as file:
        file.write(f'[database]\nurl = "sqlite:///{tmp_path / "apart.db"}"\n')
    desk.does("migrate")
    assert rights(tmp_path / "apart.db") == 0o600


@pytest.mark.parametrize("left", ["", "\n", "half"])
def test_a_key_that_is_not_whole_is_never_used(tmp_path: Path, left: str) -> None:
    """A full disk or a crash once left it so: everybody could sign with an empty key."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "secret.key").write_text(left, encoding="ascii")
    desk = new_desk(tmp_path)
    desk.does("migrate")
    assert "secret.key is not whole" in desk.refuses("person", "list")
    assert (tmp_path / "data" / "secret.key").read_text(encoding="ascii") == left


def test_two_processes_that_start_at_once_have_the_same_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one comes at the worst moment: while the first is about to write."""
    settings, others = read(tmp_path), []

    def interrupted() -> str:
        monkeypatch.undo()
        others.append(wiring.office_keys(settings))
        return new_secret()

    monkeypatch.setattr(wiring, "new_secret", interrupted)
    mine = wiring.office_keys(settings)
    assert [mine] == others
    assert mine.secrets == ((settings.data / "secret.key").read_text(encoding="ascii"),)
    assert [path.name for path in settings.data.iterdir()] == ["secret.key"]


@pytest.mark.parametrize("given", ["", "   ", "kort"])
def test_a_secret_that_can_be_guessed_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(Misconfigured, match=r"keys\.secrets is too short"):
        wiring.office_keys(read(tmp_path, keys={"secrets": ["a secret that is long enough", given]}))


def test_a_password_is_no_argument_of_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every user of the machine can list the arguments of every program."""
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "loket.dump").write_bytes(b"")
    program = tmp_path / "program"
    program.write_text(
        f'#!{sys.executable}\nimport os, sys\nwith open("{tmp_path / "ran"}", "a") as file:\n'
        '    print(*sys.argv[1:], "|", os.environ.get("PGPASSWORD"), file=file)\n',
        encoding="utf-8",
    )
    program.chmod(0o700)
    monkeypatch.setattr(shutil, "which", lambda _: str(program))
    settings = read(tmp_path, database={"url": "postgresql://loket:geh%40im@db.example:5433/portaal?sslmode=require"})
    backups.backup(settings, tmp_path / "new")
    backups.restore(settings, tmp_path / "backup")
    ran = (tmp_path / "ran").read_text(encoding="utf-8").splitlines()
    assert [line.split("|")[1].strip() for line in ran] == ["geh@im", "geh@im"]
    assert all("postgresql://loket@db.example:5433/portaal?sslmode=require" in line for line in ran)
    assert "geh%40im" not in str(ran)


async def test_errors_of_the_database_do_not_tell_what_people_wrote(database_url: str) -> None:
    engine, sessions = open_database(database_url)
    written = {"said": "mijn geheim"}
    try:
        with pytest.raises(Exception, match="nowhere") as failed:  # each database has its own
            async with transaction(sessions) as session:
                await session.execute(text("INSERT INTO nowhere VALUES (:said)"), written)
        told = "".join(traceback.format_exception(failed.value))
        assert "nowhere" in told
        assert written["said"] not in told
    finally:
        await engine.dispose()


def read(folder: Path, **more: object) -> Settings:
    (folder / "data").mkdir(exist_ok=True)
    return read_settings(None, data=folder / "data", **more)
