"""What holds for every command: it explains itself, its listings are data too, and what can't be is said in a sentence."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from loket.cli.main import app
from tests.journeys.town import pdf
from tests.loket.conftest import Desk
from tests.loket.test_cli import an_office

PAST_ALL = str(2**63)
"""A number that no row of a database can have."""


def commands(at: Any, name: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command under `at`, with the words that call it."""
    for word, below in getattr(at, "commands", {}).items():
        yield from commands(below, (*name, word))
    if not hasattr(at, "commands"):
        yield " ".join(name), at


COMMANDS = dict(commands(get_command(app)))

LISTINGS = (
    "account list",
    "account members",
    "account permissions",
    "audit list",
    "check",
    "deliveries list",
    "document list",
    "dossier list",
    "dossier show",
    "intake list",
    "invitations",
    "message list",
    "message show",
    "note list",
    "person list",
    "person notifications",
    "person unreachable",
    "planned",
    "quarantine list",
    "quarantine show",
    "staff list",
    "upload files",
    "upload list",
)

NUMBERED = (
    ("upload", "files"),
    ("upload", "accept"),
    ("upload", "reject"),
    ("upload", "withdraw"),
    ("message", "show"),
    ("document", "set-expiry"),
    ("document", "withdraw"),
    ("document", "download"),
    ("note", "download"),
    ("deliveries", "retry"),
    ("deliveries", "cancel"),
    ("intake", "retry"),
    ("quarantine", "show"),
    ("quarantine", "accept"),
    ("quarantine", "reject"),
)
MORE = {"reject": ("Onscherp.",), "set-expiry": ("never",)}
"""What a command wants behind the number."""


def test_every_command_and_all_that_can_be_given_to_it_is_explained() -> None:
    assert len(COMMANDS) > 60
    silent = [
        f"{name}: {given.name}"
        for name, command in COMMANDS.items()
        for given in command.params
        if given.name != "help" and not getattr(given, "help", "")
    ]
    assert silent == []
    assert [name for name, command in COMMANDS.items() if not command.help] == []


@pytest.mark.rule("STAFF-4")
def test_every_listing_is_data_too() -> None:
    as_data = sorted(
        name for name, command in COMMANDS.items() if any("--json" in each.opts for each in command.params)
    )
    assert as_data == sorted(LISTINGS)
    assert {name for name in COMMANDS if name.endswith(" list")} <= set(as_data)


@pytest.mark.parametrize("command", NUMBERED, ids=" ".join)
def test_a_number_that_nothing_can_have_is_refused(desk_without_office: Desk, command: tuple[str, ...]) -> None:
    more = () if command[0] == "quarantine" else MORE.get(command[1], ())
    for number in (PAST_ALL, "0"):
        said = desk_without_office.says(*command, number, *more)
        assert said.code == 2 and "Invalid value for" in said.err
    assert desk_without_office.refuses(*command, str(2**63 - 1), *more)


@pytest.mark.parametrize(
    "command",
    [("note", "add", "2026-1", "-"), ("--as", "eva@proef.example", "message", "send", "2026-1", "Vraag", "-"),
     ("invite-many", "-")],
    ids=lambda words: " ".join(words[-5:]),
)  # fmt: skip
def test_what_comes_by_standard_input_is_utf_8_or_refused_in_a_sentence(desk: Desk, command: tuple[str, ...]) -> None:
    an_office(desk)
    said = desk.says(*command, text="Café om één uur".encode("cp1252"))
    assert said.code == 1 and "UTF-8" in said.err and "Traceback" not in said.err + said.out
    assert desk.rows("deliveries", "list") == [] and desk.rows("note", "list", "2026-1") == []


@pytest.mark.rule("STAFF-4")
def test_standard_input_as_windows_writes_it_is_understood(desk: Desk) -> None:
    an_office(desk)
    desk.does("note", "add", "2026-1", "-", text="Café om één uur\r\nGroet".encode("utf-8-sig"))
    assert desk.rows("note", "list", "2026-1")[0]["text"] == "Café om één uur\nGroet"


@pytest.fixture(scope="module")
def desk_without_office(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A desk where nothing stands; nothing in it changes."""
    folder = tmp_path_factory.mktemp("desk")
    settings = folder / "loket.toml"
    settings.write_text(
        f'data = "{folder / "data"}"\n[office]\nname = "Proef"\nemail = "info@proef.example"\n'
        '[telegram]\ntoken = "77:proef"\n[log]\nlevel = "error"\n',
        encoding="utf-8",
    )
    desk = Desk(settings)
    desk.does("migrate")
    return desk


@pytest.mark.rule("OPS-2")
def test_a_subject_that_nothing_can_have_is_refused(desk: Desk) -> None:
    assert "person:12" in desk.refuses("audit", "list", "--about", f"person:{PAST_ALL}")
    assert "person:12" in desk.refuses("audit", "list", "--about", "person:anna")
    assert desk.rows("audit", "list", "--about", "person:12") == []


@pytest.mark.rule("DOC-7", "STAFF-4")
def test_nothing_is_asked_for_a_day_that_is_over(desk: Desk) -> None:
    an_office(desk)
    assert "2020-01-31" in desk.refuses("upload", "ask", "2026-1", "Paspoort", "--due", "2020-01-31")
    assert desk.rows("upload", "list") == []
    assert not any(row["kind"] == "upload_request_new" for row in desk.rows("deliveries", "list"))


def test_a_document_is_not_saved_where_it_can_not_be(desk: Desk, tmp_path: Path) -> None:
    an_office(desk)
    akte = tmp_path / "akte.pdf"
    akte.write_bytes(pdf("akte"))
    desk.does("document", "publish", "2026-1", str(akte))
    number = str(desk.rows("document", "list", "2026-1")[0]["id"])
    assert "can't be written" in desk.refuses("document", "download", number, str(tmp_path / "nergens" / "akte.pdf"))
    assert "there already" in desk.refuses("document", "download", number, str(akte))
    desk.does("document", "download", number, str(tmp_path / "kopie.pdf"))
    assert (tmp_path / "kopie.pdf").read_bytes() == akte.read_bytes()


@pytest.mark.rule("STAFF-4")
def test_what_changes_nothing_or_names_nobody_says_so(desk: Desk) -> None:
    an_office(desk)
    assert "nothing changed" not in desk.does("dossier", "close", "2026-1")
    assert "nothing changed" in desk.does("dossier", "close", "2026-1")
    assert "Nobody was named" in desk.refuses("invite-many", "-")
    before = desk.rows("dossier", "show", "2026-1")[0]["progress"]
    assert "label" in desk.refuses("dossier", "progress", "2026-1", "Intake", "+")
    assert desk.rows("dossier", "show", "2026-1")[0]["progress"] == before
