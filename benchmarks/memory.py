"""How much memory a mail of 40 MB takes: `python -m benchmarks.memory`.

Each shape of mail is taken in, read and its files stored in a process of its own, as the product does it; the figure is how
far the peak of that process rises above what it held before, in times the size of the mail. Linux only (VmHWM).
"""

import asyncio
import base64
import json
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from benchmarks.figures import Figure
from core.files.store import FileStore
from core.office import Office
from loket import collecting
from mailbridge.composing import MailSettings
from mailbridge.mailbox import taking
from mailbridge.mailbox.connection import PIECE
from mailbridge.opening import open_mail

SIZE = 40_000_000
MOST = 3.0
"""Times the size of the mail."""

HEAD = b"From: Anna <anna@b.example>\r\nTo: r+x@k.example\r\nSubject: Plan\r\nMessage-ID: <1@b.example>\r\nMIME-Version: 1.0\r\n"
MIXED = (
    HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nZie bijlage.\r\n'
)
SETTINGS = MailSettings(domain="k.example", portal="portaal@k.example", bot="bot", authserv_id="mx.k.example")
BIG_OFFICE = Office(mail_limit=60_000_000, upload_limit=60_000_000)


def _file(kind: bytes, content: bytes) -> bytes:
    return b"--b\r\nContent-Type: " + kind + b"\r\n\r\n" + content + b"\r\n"


def _encoded(kind: bytes, content: bytes) -> bytes:
    return (
        b"--b\r\nContent-Type: " + kind + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(content)
    )


def _winmail(size: int) -> bytes:
    data = struct.pack("<IHBHHI", 0x223E9F78, 1, 2, 0x800F, 6, size) + os.urandom(size) + b"\0\0"
    return _encoded(b"application/ms-tnef; name=winmail.dat", data)


def _signed(size: int) -> bytes:
    """CMS signed data with the mail in one octet string (the structure of RFC 5652, lengths left open)."""
    entity = (
        MIXED.removeprefix(HEAD) + _encoded(b"application/pdf; name=a.pdf", os.urandom(size * 73 // 100)) + b"--b--\r\n"
    )
    octets = b"\x04\x84" + len(entity).to_bytes(4, "big") + entity
    held = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80" + octets + bytes(4)
    data = b"\x30\x80\x02\x01\x01\x31\x00" + held + bytes(2)
    message = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80" + data + bytes(4)
    kind = b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return HEAD + kind + base64.encodebytes(message)


SHAPES: dict[str, Callable[[], bytes]] = {
    "one file in base64": lambda: MIXED + _encoded(b"application/pdf; name=a.pdf", os.urandom(SIZE * 73 // 100)) + b"--b--\r\n",
    "ten files in base64": lambda: MIXED
    + b"".join(_encoded(b"image/jpeg; name=%d.jpg" % n, os.urandom(SIZE * 73 // 1000)) for n in range(10))
    + b"--b--\r\n",
    "one file of raw bytes": lambda: MIXED + _file(b"application/pdf; name=a.pdf", os.urandom(SIZE)) + b"--b--\r\n",
    "winmail.dat": lambda: MIXED + _winmail(SIZE * 73 // 100) + b"--b--\r\n",
    "a file within a signature": lambda: _signed(SIZE * 73 // 100),
    "one file in quoted-printable": lambda: MIXED
    + b"--b\r\nContent-Type: text/csv; name=a.csv\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    + b"Zo=C3=AB;1;2;3;4;5;6;7;8;9;10;11;12=\r\n" * (SIZE // 41)
    + b"\r\n--b--\r\n",
    "nothing but text": lambda: HEAD + b"\r\n" + b"Beste notaris, hierbij nog een regel.\r\n" * (SIZE // 39),
    "nothing but HTML": lambda: HEAD + b"Content-Type: text/html\r\n\r\n" + b"<p>Nog een <b>regel</b>.</p>\r\n" * (SIZE // 30),
    "nothing but lines that look like delimiters": lambda: MIXED + b"--c\r\n" * (SIZE // 5),
}  # fmt: skip


async def measure() -> list[Figure]:
    """A figure for each shape."""
    return [await asyncio.to_thread(_measured, shape) for shape in SHAPES]


def _measured(shape: str) -> Figure:
    """From a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mail.eml"
        size = path.write_bytes(SHAPES[shape]())
        command = [sys.executable, "-m", "benchmarks.memory", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rise = json.loads(done.stdout)["rise"] / size
    return Figure(f"memory for a mail of 40 MB, {shape}", round(rise, 2), "x", f"<= {MOST:.0f}", rise <= MOST)


async def _handled(path: Path) -> int:
    """Bytes by which the peak rises while the mail is taken in and opened; a small one first, so that all is loaded."""
    files = FileStore.open((path.parent / "files").as_uri())
    small = path.with_name("small.eml")
    small.write_bytes(MIXED + _encoded(b"application/pdf; name=a.pdf", b"%PDF-1.4" * 1000) + b"--b--\r\n")
    await _through(small, files)
    collecting.settle_in()  # as the product does when it starts
    before = _peak(reset=True)
    await _through(path, files)
    return _peak() - before


async def _through(path: Path, files: FileStore) -> None:
    with path.open("rb") as file:
        head = file.read(PIECE)
    content = await files.put(_pieces(path))
    taking.stored(1, content, head)
    await open_mail(content.sha256, content.size, files=files, office=BIG_OFFICE, settings=SETTINGS)


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    """As the mailbox gives them."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _peak(*, reset: bool = False) -> int:
    """The most memory that this process held (since the reset), in bytes (proc(5): clear_refs, VmHWM)."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def main() -> int:
    """All shapes, or in a child one mail."""
    if len(sys.argv) > 1:
        print(json.dumps({"rise": asyncio.run(_handled(Path(sys.argv[1])))}))
        return 0
    figures = asyncio.run(measure())
    for figure in figures:
        print(f"{figure.name}: {figure.value} {figure.unit} ({figure.target}) {'' if figure.ok else 'TOO MUCH'}")
    return 0 if all(figure.ok for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
