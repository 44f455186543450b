"""Fuzzes all that reads mails: `python -m benchmarks.fuzz --minutes 10`, and the same with `--atheris`.

Mutates the mails of `fuzz_seeds`, by chance or, with atheris, led by coverage. An exception or an input that takes over a
second is kept in `--keep` and makes the exit code 1.
"""

import argparse
import importlib
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fuzz_seeds import LONGEST_SEED, seeds

SLOW = 1.0
"""Seconds of processor time that one mail may take."""

LED_SEED = 20_000
"""Bytes of the longest seed when coverage leads: it learns from many small mails."""

PIECES = (
    b"\r\n", b"\r\n\r\n", b"\n", b"\r", b"--b\r\n", b"--b--\r\n", b"\0", b"\xff" * 4, b"\x80", b"=?utf-8?B?", b"?=", b"(", b")",
    b"<", b">", b'"', b"\\", b"@", b",", b";", b"=", b":", b"> ", b"<div>" * 50, b"</div>", b"<blockquote>", b"<!--", b"<style>",
    b"<b>" * 30, b"&#", b"Content-Type: multipart/mixed; boundary=b\r\n", b"Content-Type: message/rfc822\r\n\r\n", b" " * 500,
    b"Content-Transfer-Encoding: base64\r\n", b"From: a@b.example\r\n", b"Van: x\nAan: y\n", b"-- \r\n", b"a@b.example, " * 40,
    b"Op 3 mei 2026 om 10:11 schreef ", b"received:\n", b">\n", b"#intern\n", b"wrote:\n", b"begin 644 x\r\n", b"\nend\n", b"-----BEGIN PGP SIGNED MESSAGE-----\n",
    b"-----BEGIN PGP SIGNATURE-----\n", b"BEGIN:VEVENT\r\n", b"\xe2\x80\xae", b"charset=utf-7", b"charset=utf-16", b"a" * 3_000,
)  # fmt: skip


@dataclass(slots=True)
class Findings:
    """What a run found. `slowest` in seconds of processor time."""

    keep: Path
    go_through: Callable[[bytes], object]
    inputs: int = 0
    slowest: float = 0.0
    finds: dict[str, Path] = field(default_factory=dict)

    def tried(self, raw: bytes) -> None:
        """Go through one input and keep it if it fails; of one cause only the first."""
        self.inputs += 1
        began = time.process_time()
        cause = ""
        try:
            self.go_through(raw)
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
                out[at:at] = chance.choice(PIECES) * chance.choice((1, 1, 1, 20, 5_000))
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


def by_coverage(findings: Findings, seconds: float) -> None:
    """The same led by coverage. Doesn't return: libFuzzer never hands back, so this ends the process, with its exit code."""
    atheris = importlib.import_module("atheris")
    folder = Path(tempfile.mkdtemp(prefix="fuzz-seeds-"))
    for number, raw in enumerate(seeds()):
        if len(raw) <= LED_SEED:
            (folder / str(number)).write_bytes(raw)
    until = time.monotonic() + seconds

    def tried(raw: bytes) -> None:
        findings.tried(bytes(raw))
        if time.monotonic() > until:
            print(findings.told(), flush=True)
            shutil.rmtree(folder)
            os._exit(1 if findings.finds else 0)

    atheris.Setup([sys.argv[0], f"-max_len={2 * LED_SEED}", "-rss_limit_mb=4096", str(folder)], tried)
    atheris.Fuzz()


def _target(*, led: bool) -> Callable[[bytes], object]:
    """What is fuzzed; atheris must see it being imported. SystemExit without atheris."""
    if not led:
        return importlib.import_module("benchmarks.reading").go_through  # type: ignore[no-any-return]  # a module's own
    try:
        atheris = importlib.import_module("atheris")
    except ImportError:
        sys.exit("atheris isn't installed: it comes with the development extras on Linux.")
    with atheris.instrument_imports(include=["mailbridge"]):
        return importlib.import_module("benchmarks.reading").go_through  # type: ignore[no-any-return]  # as said


def main() -> int:
    """Run and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--atheris", action="store_true", help="led by coverage")
    parser.add_argument("--seed", type=int, default=0, help="of the chance; 0 takes the clock")
    parser.add_argument("--keep", type=Path, default=None, help="folder for what was found")
    given = parser.parse_args()
    findings = Findings(given.keep or Path(tempfile.mkdtemp(prefix="fuzz-finds-")), _target(led=given.atheris))
    findings.keep.mkdir(parents=True, exist_ok=True)
    seed = given.seed or time.time_ns() % 1_000_000
    print(f"seed {seed}, finds go to {findings.keep}", flush=True)
    if given.atheris:
        by_coverage(findings, given.minutes * 60)
    by_chance(findings, given.minutes * 60, seed)
    print(findings.told())
    return 1 if findings.finds else 0


if __name__ == "__main__":
    sys.exit(main())
