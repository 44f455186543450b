"""The papers say what is so."""

import os
import re
from pathlib import Path

import pytest

from loket.channels import server_access
from loket.settings import read_settings
from tests.support.rules import known_rules, marked_rules

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"


def test_every_marked_rule_exists() -> None:
    assert set(marked_rules()) <= set(known_rules())


def test_the_rules_are_those_of_the_customer() -> None:
    if not (SHARED / "RULES.md").is_file():
        pytest.skip("the customer's rules are not beside this checkout")
    assert (ROOT / "docs" / "rules.md").read_text() == (SHARED / "RULES.md").read_text()


def test_the_settings_in_the_manual_are_settings(tmp_path: Path) -> None:
    manual = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    file = tmp_path / "loket.toml"
    whole, microsoft, google = re.findall(r"```toml\n(.*?)```", manual, re.DOTALL)
    for example in (google, microsoft, whole):
        file.write_text(example.replace("…", "x"), encoding="utf-8")
        settings = read_settings(file)
        by_token = server_access(settings.mail.imap, settings.mail.oauth).tokens is not None
        assert by_token is (example != whole)
    assert settings.office.name == "Notariskantoor De Linde"


@pytest.mark.parametrize(
    "paper", sorted(path.relative_to(ROOT).as_posix() for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
)
def test_links_lead_somewhere(paper: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)", (ROOT / paper).read_text(encoding="utf-8")):
        if "://" not in target:
            assert (ROOT / paper).parent.joinpath(target).exists(), f"{paper} points to {target}"


def test_the_lock_records_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert "--index-url" not in lock


def test_ci_runs_what_a_developer_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text(encoding="utf-8")
