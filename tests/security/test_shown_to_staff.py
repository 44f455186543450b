"""What customers and strangers named themselves, on the terminal of the office; and what a feed may reach."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.loket.conftest import Desk
from tests.loket.test_cli import an_office
from tests.security.test_kept_private import new_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = new_desk(tmp_path)
    made.does("migrate")
    return made


def test_a_name_is_shown_as_it_is_and_steers_nothing(desk: Desk) -> None:
    """Square brackets are markup of the tables: a closing one without its beginning once ended the listing."""
    an_office(desk)
    for number, name in (("X-1", "[/red] BV"), ("X-2", "Zaak [bold]2[/bold]"), ("X-3", "\x1b]0;titel\x07\x9b31mRood")):
        desk.does("account", "add", number, name)
    shown = desk.does("account", "list")
    assert "[/red] BV" in shown
    assert "Zaak [bold]2[/bold]" in shown
    assert "\x1b" not in shown
    assert "\x9b" not in shown


def test_a_feed_reaches_no_file_outside_its_folder(desk: Desk, tmp_path: Path) -> None:
    an_office(desk)
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(b"%PDF-1.7\nniet voor klanten\n%%EOF")
    folder = tmp_path / "feed"
    folder.mkdir()
    (folder / "akte.pdf").symlink_to(secret)
    line = {
        "type": "document",
        "key": "D-1",
        "dossier": "2026-1",
        "shelf": "documents",
        "name": "akte.pdf",
        "file": "akte.pdf",
        "sha256": hashlib.sha256(secret.read_bytes()).hexdigest(),
    }
    (folder / "feed.jsonl").write_text(json.dumps(line), encoding="utf-8")
    assert "akte.pdf is not there" in desk.refuses("feed", "apply", str(folder / "feed.jsonl"))
    assert desk.rows("document", "list", "2026-1") == []
