"""A throw-away PostgreSQL cluster from the installed binaries: started once for a test run, gone with it.

Unsafe on purpose (no fsync): nothing in it outlives the run. A guardian shell stops the server and removes its folder when
the process it was started for is gone, however that ended. Only the standard library, so that benchmarks can use it too.
"""

import fcntl
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "loket"
STARTING = 30.0
"""Seconds that the server may take to answer."""

_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "1h",
    "autovacuum_naptime": "10s",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    "jit": "off",
    "log_min_messages": "fatal",
}

_GUARD = """
"$@" &
server=$!
while kill -0 "$GUARDED" 2>/dev/null && kill -0 "$server" 2>/dev/null; do sleep 1; done
kill -QUIT "$server" 2>/dev/null
wait "$server"
rm -rf "$FOLDER"
"""


class Absent(Exception):
    """There is no PostgreSQL to run; the text says why."""


def binaries() -> Path:
    """The folder with `initdb` and `postgres`: from the path, `pg_config`, or where Debian keeps them."""
    for folder in _places():
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise Absent("no PostgreSQL binaries (initdb, postgres) on this machine")


def start(folder: Path, *, durable: bool = False, guarded: int | None = None) -> str:
    """Start a cluster in `folder` (made here) for the process `guarded` (else this one); its address without a database.

    `durable` keeps fsync on, for benchmarks. Raises `Absent`.
    """
    bin_folder, account = binaries(), _account()
    data = folder / "data"
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    data.mkdir(mode=0o700)
    if account is not None:
        os.chown(data, account.pw_uid, account.pw_gid)
    initdb = [
        str(bin_folder / "initdb"),
        "-D",
        str(data),
        "-U",
        USER,
        "--auth=trust",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C",
    ]
    made = subprocess.run([*_as(account), *initdb], cwd="/", capture_output=True, text=True, check=False)
    if made.returncode:
        raise Absent(f"initdb failed: {made.stderr.strip()[-300:]}")
    for _attempt in range(3):
        port = _free_port()
        if _serve(bin_folder, folder, data, port, account, durable=durable, guarded=guarded or os.getpid()):
            return f"postgresql://{USER}@127.0.0.1:{port}"
    raise Absent("PostgreSQL didn't start")


def stop(folder: Path) -> None:
    """Stop the cluster in `folder`, if one runs there, and remove it."""
    pid_file = folder / "data" / "postmaster.pid"
    if pid_file.is_file():
        pid = int(pid_file.read_text().splitlines()[0])
        os.kill(pid, signal.SIGQUIT)
        _wait_until(lambda: not _alive(pid), 10)
    shutil.rmtree(folder, ignore_errors=True)


def shared(folder: Path, *, guarded: int) -> str:
    """The one cluster of a test run, started by whoever asks first (the workers of a run share `folder`)."""
    folder.mkdir(parents=True, exist_ok=True)
    address = folder / "address"
    with _locked(folder / "lock"):
        if not address.is_file():
            try:
                address.write_text(start(folder / "cluster", guarded=guarded))
            except Absent as absent:
                address.write_text(f"absent: {absent}")
    found = address.read_text()
    if found.startswith("absent: "):
        raise Absent(found.removeprefix("absent: "))
    return found


@contextmanager
def temporary(*, durable: bool = True) -> Iterator[str]:
    """A cluster for as long as the block lasts; gives its address without a database."""
    folder = Path(tempfile.mkdtemp(prefix="loket-pg-"))
    folder.chmod(0o755)
    try:
        yield start(folder / "cluster", durable=durable)
    finally:
        stop(folder / "cluster")
        shutil.rmtree(folder, ignore_errors=True)


def _places() -> Iterator[Path]:
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    if config := shutil.which("pg_config"):
        yield Path(subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False).stdout.strip())
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _account() -> pwd.struct_passwd | None:
    """Whom the server runs as: ourselves, unless we are root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Absent("PostgreSQL won't run as root, and there is no user postgres or nobody")


def _as(account: pwd.struct_passwd | None) -> list[str]:
    """What stands before a command to run it as that user."""
    if account is None:
        return []
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]


def _serve(
    bin_folder: Path,
    folder: Path,
    data: Path,
    port: int,
    account: pwd.struct_passwd | None,
    *,
    durable: bool,
    guarded: int,
) -> bool:
    command = [str(bin_folder / "postgres"), "-D", str(data), "-p", str(port)]
    settings = _SETTINGS | ({"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"} if durable else {})
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    guard = subprocess.Popen(
        ["sh", "-c", _GUARD, "guard", *_as(account), *command],
        env=os.environ | {"GUARDED": str(guarded), "FOLDER": str(folder)},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    guard.returncode = 0  # it outlives this process on purpose; nobody waits for it
    return _wait_until(lambda: _answers(data), STARTING)


def _answers(data: Path) -> bool:
    """Whether the server says "ready" in its pid file (its eighth line)."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except (FileNotFoundError, PermissionError):
        return False
    return len(lines) > 7 and lines[7].strip() == "ready"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
