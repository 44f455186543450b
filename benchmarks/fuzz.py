"""Fuzzes all that reads mails: `python -m benchmarks.fuzz --minutes 10`.

Mutates the mail corpus when it is at hand, and seeds of its own; with atheris by coverage when that is installed, else by
chance. An exception or an input that takes over a second is kept in `--keep` and makes the exit code 1.
"""

import argparse
import atexit
import email
import importlib
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mailbridge.bounces import failures
from mailbridge.mailbox.taking import header_of, identity_of, sender_of
from mailbridge.parsing import read_mail
from mailbridge.replies import attachments_of, reply_of
from mailbridge.rules import classify
from mailbridge.sender import MICROSOFT, authenticated

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"
LONGEST_SEED = 100_000
SLOW = 1.0
"""Seconds of processor time that one mail may take."""

OWN = (
    (
        b"From: Anna <anna@b.example>\r\nTo: r+x@k.example\r\nSubject: =?utf-8?Q?Re=3A_akte?=\r\nMessage-ID: <1@b.example>\r\n"
        b"Authentication-Results: mx.k.example; dmarc=pass (p=none) header.from=b.example\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n'
        b"<p>Ja</p><div class=gmail_quote>Op 3 mei 2026 om 10:11 schreef <a@k.example>:<blockquote>oud</blockquote></div>\r\n"
        b"--b\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
        b"SUMMARY:x\r\nDTSTART;TZID=Europe/Amsterdam:20260703T100000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n--b--\r\n"
    ),
    (
        b"From: MAILER-DAEMON@b.example\r\nSubject: Undelivered\r\nContent-Type: multipart/report; "
        b"report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nNo such user\r\n--b\r\nContent-Type: "
        b"message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\n"
        b"Action: failed\r\nStatus: 5.1.1\r\n--b--\r\n"
    ),
    (
        b"From: a@b.example\r\nContent-Type: application/pkcs7-mime\r\n\r\n\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
        b"\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x24\x80"
        b"\x04\x07A: b\r\n\r\x04\x03\nJa\0\0\0\0\0\0\x31\x00\0\0\0\0\0\0"
    ),
)
PIECES = (
    b"\r\n", b"\r\n\r\n", b"\n", b"\r", b"--b\r\n", b"--b--\r\n", b"\0", b"\xff" * 4, b"\x80", b"=?utf-8?B?", b"?=", b"(", b")",
    b"<", b">", b'"', b"\\", b"@", b",", b";", b"=", b":", b"> ", b"<div>" * 50, b"</div>", b"<blockquote>", b"<!--", b"<style>",
    b"<b>" * 30, b"&#", b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: message/rfc822\r\n\r\n", b" " * 500,
    b"Content-Transfer-Encoding: base64\r\n", b"From: a@b.example\r\n", b"Van: x\nAan: y\n", b"-- \r\n", b"a@b.example, " * 40,
    b"Op 3 mei 2026 om 10:11 schreef ", b"wrote:\n", b"begin 644 x\r\n", b"\nend\n", b"-----BEGIN PGP SIGNED MESSAGE-----\n",
    b"-----BEGIN PGP SIGNATURE-----\n", b"BEGIN:VEVENT\r\n", b"\xe2\x80\xae", b"charset=utf-7", b"charset=utf-16", b"a" * 3_000,
)  # fmt: skip


def go_through(raw: bytes) -> None:
    """All that is done with the bytes of a mail before anything is asked of the database."""
    head = read_mail(header_of(raw))
    sender_of(head), identity_of(head, "")
    mail = read_mail(raw)
    attachments_of(mail, reply_of(mail))
    classify(mail, frozenset())
    failures(mail)
    for server in ("mx.k.example", MICROSOFT):
        authenticated(mail, server)


@dataclass(slots=True)
class Findings:
    """What a run found. `slowest` in seconds of processor time."""

    keep: Path
    inputs: int = 0
    slowest: float = 0.0
    finds: dict[str, Path] = field(default_factory=dict)

    def tried(self, raw: bytes) -> None:
        """Go through one input and keep it if it fails; of one cause only the first."""
        self.inputs += 1
        began = time.process_time()
        cause = ""
        try:
            go_through(raw)
        except Exception as error:  # noqa: BLE001  # that is what is looked for
            last = traceback.extract_tb(error.__traceback__)[-1]
            cause = f"{type(error).__name__} {Path(last.filename).name}:{last.lineno}"
        took = time.process_time() - began
        self.slowest = max(self.slowest, took)
        self._keep(cause or (f"slow {took:.0f}s" if took > SLOW else ""), raw)

    def told(self) -> str:
        """The run in one line."""
        return f"{self.inputs} inputs, {len(self.finds)} finds, the slowest {self.slowest:.2f} s of processor time"

    def _keep(self, cause: str, raw: bytes) -> None:
        if cause and cause not in self.finds:
            self.finds[cause] = self.keep / f"find-{len(self.finds)}.eml"
            self.finds[cause].write_bytes(raw)
            print(f"{cause}: {self.finds[cause]}", flush=True)


def seeds() -> list[bytes]:
    """Mails to begin with; every winmail.dat of the corpus also bare, so that its own bytes are changed."""
    found = list(OWN)
    for path in sorted((*CORPUS.glob("mails/*/*.eml"), *CORPUS.glob("replies/**/*.eml"))):
        raw = path.read_bytes()
        if len(raw) <= LONGEST_SEED:
            found.append(raw)
        found.extend(_winmails(raw) if path.parent.name == "tnef" else ())
    return found


def _winmails(raw: bytes) -> Iterator[bytes]:
    for part in email.message_from_bytes(raw).walk():
        content = part.get_payload(decode=True)
        if (
            part.get_content_type() == "application/ms-tnef"
            and isinstance(content, bytes)
            and len(content) < LONGEST_SEED
        ):
            yield b"From: a@b.example\r\nContent-Type: application/ms-tnef\r\n\r\n" + content


def mutated(raw: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """The mail after one to eight changes."""
    out = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8))):
        at = chance.randrange(len(out) + 1)
        stretch = chance.choice((1, 4, 30, 400, 4_000))
        match chance.randrange(8):
            case 0:
                del out[at : at + stretch]
            case 1 | 2:
                out[at:at] = chance.choice(PIECES) * chance.choice((1, 1, 1, 20))
            case 3:
                out[at:at] = out[at : at + stretch] * chance.choice((1, 2, 50))
            case 4:
                out[at : at + 1] = bytes([chance.randrange(256)])
            case 5:
                out[at : at + 4] = chance.randbytes(4)
            case 6:
                other = chance.choice(others)
                begin = chance.randrange(len(other) + 1)
                out[at:at] = other[begin : begin + stretch]
            case _:
                end = out.find(b"\n", at)
                out[at : end if end >= 0 else None] = b""
        del out[4 * LONGEST_SEED :]
    return bytes(out)


def by_chance(findings: Findings, seconds: float, seed: int) -> None:
    """Mutate until the time is over."""
    chance, found = random.Random(seed), seeds()
    for raw in found:
        findings.tried(raw)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        findings.tried(mutated(chance.choice(found), found, chance))


def by_coverage(findings: Findings, seconds: float) -> Callable[[], None] | None:
    """The same led by coverage; None without atheris."""
    try:
        atheris = importlib.import_module("atheris")
    except ImportError:
        return None
    folder = Path(tempfile.mkdtemp(prefix="fuzz-seeds-"))
    for number, raw in enumerate(seeds()):
        (folder / str(number)).write_bytes(raw)
    atheris.instrument_all()
    atheris.Setup([sys.argv[0], str(folder), f"-max_total_time={int(seconds)}"], findings.tried)
    run: Callable[[], None] = atheris.Fuzz
    return run


def main() -> int:
    """Run and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0, help="of the chance; 0 takes the clock")
    parser.add_argument("--keep", type=Path, default=None, help="folder for what was found")
    given = parser.parse_args()
    findings = Findings(given.keep or Path(tempfile.mkdtemp(prefix="fuzz-finds-")))
    findings.keep.mkdir(parents=True, exist_ok=True)
    seed = given.seed or time.time_ns() % 1_000_000
    print(f"seed {seed}, finds go to {findings.keep}", flush=True)
    atexit.register(lambda: print(findings.told()))  # atheris ends the process by itself
    run = by_coverage(findings, given.minutes * 60)
    if run is None:
        by_chance(findings, given.minutes * 60, seed)
    else:
        run()
    return 1 if findings.finds else 0


if __name__ == "__main__":
    sys.exit(main())
