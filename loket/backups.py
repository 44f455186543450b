"""Backup and restore (OPS-5): the database first, then the files, which are written once and so can only be more than enough.

A backup is a folder: `loket.db` or `loket.dump`, `files/`, `secret.key` when the product made the key itself.
Files on S3 are not copied: the bucket's own versioning is their backup, and the command says so.
"""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL, make_url

from core.database.private import keep_private
from core.errors import Misconfigured
from loket.settings import Settings


def backup(settings: Settings, target: Path) -> list[str]:
    """Write a backup into the empty or new folder `target`, while the product runs; says what was written."""
    if target.exists() and any(target.iterdir()):
        raise Misconfigured(f"{target} isn't empty. Name a new folder for each backup.")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.chmod(0o700)
    said = [_dump(make_url(settings.database_url), target)]
    said.append(_copy_files(settings, target))
    key = settings.data / "secret.key"
    if key.is_file():
        shutil.copy2(key, target / key.name)
        said.append("the key: keep this backup as safe as the portal itself")
    return said


def restore(settings: Settings, source: Path) -> list[str]:
    """Put a backup back where the settings point. Refuses when something stands there already."""
    url = make_url(settings.database_url)
    said = [_load(url, source)]
    if (source / "files").is_dir():
        where = _local_files(settings)
        if where is None:
            raise Misconfigured(
                "The backup holds files, but the settings store files elsewhere. Copy files/ there yourself."
            )
        shutil.copytree(source / "files", where, dirs_exist_ok=True)
        said.append("the files")
    if (source / "secret.key").is_file():
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy2(source / "secret.key", settings.data / "secret.key")
        said.append("the key")
    return said


def _dump(url: URL, target: Path) -> str:
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(url.database))) as live, closing(sqlite3.connect(target / "loket.db")) as copy:
            live.backup(copy)
        return "the database (SQLite)"
    _run("pg_dump", ["--format=custom", f"--file={target / 'loket.dump'}", _libpq(url)], password=url.password)
    return "the database (pg_dump)"


def _load(url: URL, source: Path) -> str:
    if url.get_backend_name() == "sqlite":
        path = Path(str(url.database))
        if path.exists():
            raise Misconfigured(f"{path} exists already. Move it away first: a restore never overwrites.")
        if not (source / "loket.db").is_file():
            raise Misconfigured(f"There is no loket.db in {source}, but the settings use SQLite.")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        keep_private(url)
        shutil.copyfile(source / "loket.db", path)
        return "the database (SQLite)"
    if not (source / "loket.dump").is_file():
        raise Misconfigured(f"There is no loket.dump in {source}, but the settings use PostgreSQL.")
    arguments = ["--exit-on-error", "--no-owner", f"--dbname={_libpq(url)}", str(source / "loket.dump")]
    _run("pg_restore", arguments, password=url.password)
    return "the database (pg_restore)"


def _copy_files(settings: Settings, target: Path) -> str:
    where = _local_files(settings)
    if where is None:
        return "not the files: they are on S3, whose versioning is their backup"
    if where.is_dir():
        shutil.copytree(where, target / "files")
    return "the files"


def _local_files(settings: Settings) -> Path | None:
    url = settings.storage_url
    return Path(url.removeprefix("file://")) if url.startswith("file://") else None


def _libpq(url: URL) -> str:
    """The address without its password: every user of the machine can read the arguments of a program."""
    bare = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return bare.render_as_string(hide_password=False)


def _run(program: str, arguments: Sequence[str], *, password: str | None) -> None:
    path = shutil.which(program)
    if path is None:
        raise Misconfigured(
            f"{program} isn't installed here. Install PostgreSQL's client programs (postgresql-client)."
        )

    async def running() -> tuple[int | None, bytes]:
        secret = {"PGPASSWORD": password} if password else {}
        process = await asyncio.create_subprocess_exec(
            path, *arguments, stderr=asyncio.subprocess.PIPE, env=os.environ | secret
        )
        _, said = await process.communicate()
        return process.returncode, said

    code, said = asyncio.run(running())
    if code:
        raise Misconfigured(f"{program} failed: {said.decode(errors='replace').strip()}")
