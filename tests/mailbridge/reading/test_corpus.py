"""The corpus of real mails, where it is at hand: the targets that the reading of mails must meet."""

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks import corpus

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the mail corpus is not beside this checkout")

_DROPPED = {
    "auto-reply",
    "bounce",
    "bounce-temporary",
    "dsn-success",
    "mdn",
    "complaint",
    "challenge",
    "loop",
    "list",
    "calendar-reply",
}
_PEOPLE = {"reply", "forward", "empty", "malformed", "malformed-part", "tnef", "signed", "encrypted"}


def scorer(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"score_{name}", CORPUS / name / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def test_replies() -> None:
    score = scorer("replies")
    results: list[tuple[str, dict[str, object]]] = []
    for row in rows(CORPUS / "replies" / "cases.jsonl"):
        raw = (CORPUS / "replies" / str(row["path"])).read_bytes()
        raw = raw if row["input_kind"] == "eml" else score.wrap(raw.decode("utf-8", "replace"))
        results.append((str(row["lang"]), score.judge(row, corpus.reply_text(raw))))
    for chosen, most_lost in ((results, 0.01), ([one for one in results if one[0] == "nl"], 0.0)):
        exact = [bool(result["exact"]) for _, result in chosen if result["exact"] is not None]
        assert share(sum(bool(result["loss"]) for _, result in chosen), len(chosen)) <= most_lost
        assert share(sum(exact), len(exact)) >= 0.9


def test_mails() -> None:
    wrong: list[tuple[object, object, object]] = []
    accepted = machines = addressed = found = 0
    for row in rows(CORPUS / "mails" / "expect.jsonl"):
        raw = (CORPUS / "mails" / str(row["file"])).read_bytes()
        seen = corpus.classify(raw)
        kind, expected = seen["kind"], row["kind"]
        if expected in _PEOPLE and kind in _DROPPED:
            wrong.append((row["file"], expected, kind))
        if expected == "spoof" and kind not in ("spoof", "reject"):
            wrong.append((row["file"], expected, kind))
        if expected not in _PEOPLE | {"spoof", "reject"}:
            machines += 1
            accepted += kind not in _DROPPED | {"reject"}
        if wanted := row.get("addresses_permanent"):
            assert isinstance(wanted, list)
            assert isinstance(seen["addresses"], list)
            addressed += 1
            found += {one.lower() for one in wanted} <= {one.lower() for one in seen["addresses"]}
    assert wrong == []
    assert share(accepted, machines) <= 0.02
    assert share(found, addressed) >= 0.95
