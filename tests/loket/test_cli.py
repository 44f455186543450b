"""The office's side on the command line (STAFF-4): each command by the front door, on both databases."""

import json
from pathlib import Path

import pytest

from tests.journeys.town import pdf
from tests.loket.conftest import Desk

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "feed.example.jsonl"


def an_office(desk: Desk) -> None:
    """A handler, a customer with an account, a dossier that they may see."""
    desk.does("staff", "add", "Eva de Vries", "eva@proef.example", "--role", "manager")
    desk.does("account", "add", "K-1", "Anna Jansen")
    desk.does("person", "add", "Anna Jansen", "Anna@Post.example", "--mobile", "+31612345678")
    desk.does("account", "add-member", "K-1", "anna@post.example")
    desk.does("dossier", "add", "K-1", "2026-1", "Aankoop woning", "--handler", "eva@proef.example")
    desk.does("dossier", "participant", "2026-1", "anna@post.example")


@pytest.mark.rule("STAFF-4", "DOS-9")
def test_an_office_is_set_up_by_hand(desk: Desk) -> None:
    an_office(desk)
    assert [row["email"] for row in desk.rows("staff", "list")] == ["eva@proef.example"]
    assert [(row["name"], row["email"]) for row in desk.rows("person", "list")] == [
        ("Anna Jansen", "anna@post.example")
    ]
    assert [row["number"] for row in desk.rows("account", "list")] == ["K-1"]
    assert [row["role"] for row in desk.rows("account", "members", "K-1")] == ["contract_holder"]
    desk.does("dossier", "progress", "2026-1", "+2026-07-03 Intake", "+Concept", "Ondertekening")
    desk.does("dossier", "status", "2026-1", "Wacht op bank")
    shown = json.loads(desk.does("dossier", "show", "2026-1", "--json"))[0]
    assert shown["participants"] == "anna@post.example"
    assert shown["progress"] == "Intake ✓, Concept ✓, Ondertekening"
    assert shown["status"] == "Wacht op bank"
    desk.does("dossier", "close", "2026-1")
    assert desk.rows("dossier", "list")[0]["closed_at"] is not None


@pytest.mark.rule("STAFF-4", "LINK-1", "LINK-3")
def test_an_invitation_goes_out_and_a_new_one_replaces_it(desk: Desk) -> None:
    an_office(desk)
    first = desk.does("invite", "anna@post.example", "--show-code").split("Code: ")[1].strip()
    second = desk.does("invite", "anna@post.example", "--show-code").split("Code: ")[1].strip()
    assert first != second
    for code in (first, second):
        assert len(code) >= 8
        assert any(sign.isupper() for sign in code)
        assert any(sign.isdigit() for sign in code)
        assert not set(code) & set("O0I1l")
    invitations = desk.rows("invitations")
    assert sorted(row["revoked_at"] is None for row in invitations) == [False, True]
    queued = desk.rows("deliveries", "list", "--state", "queued")
    assert {row["kind"] for row in queued} == {"invitation"}
    assert first not in json.dumps(queued)
    assert second not in json.dumps(queued)


@pytest.mark.rule("STAFF-4", "DOC-1", "DOC-10")
def test_publishing_and_writing_are_told_to_the_participant(desk: Desk, tmp_path: Path) -> None:
    an_office(desk)
    paper = tmp_path / "Conceptakte.pdf"
    paper.write_bytes(pdf())
    desk.does("--as", "eva@proef.example", "document", "publish", "2026-1", str(paper), "--shelf", "correspondence")
    listed = desk.rows("document", "list", "2026-1", "--shelf", "correspondence")
    assert [(row["name"], row["size"]) for row in listed] == [("Conceptakte.pdf", paper.stat().st_size)]
    desk.does(
        "--as", "eva@proef.example", "message", "send", "2026-1", "Welkom", "-", "--attach", str(paper), text="Dag Anna"
    )
    messages = desk.rows("message", "list", "2026-1")
    assert [(row["subject"], row["author"], row["attachments"]) for row in messages] == [("Welkom", "Eva de Vries", 1)]
    kinds = {row["kind"] for row in desk.rows("deliveries", "list")}
    assert {"document_new", "message_new"} <= kinds


@pytest.mark.rule("DOS-9")
def test_the_same_feed_twice_changes_nothing_and_sends_nothing(desk: Desk) -> None:
    first = desk.does("feed", "apply", str(EXAMPLE))
    sent = desk.rows("deliveries", "list", "--limit", "1000")
    assert "0 were wrong" in first
    again = desk.does("feed", "apply", str(EXAMPLE))
    assert again.startswith("0 lines changed something")
    assert desk.rows("deliveries", "list", "--limit", "1000") == sent
    schema = json.loads(desk.does("feed", "schema"))
    assert schema == json.loads((EXAMPLE.parent / "feed.schema.json").read_text(encoding="utf-8"))


@pytest.mark.rule("DOS-9")
def test_a_wrong_line_of_a_feed_is_named_and_harms_no_other(desk: Desk, tmp_path: Path) -> None:
    feed = tmp_path / "feed.jsonl"
    feed.write_text(
        '{"type": "account", "number": "K-1", "name": "Anna", "kind": "private"}\n'
        '{"type": "account", "number": "K-2", "name": "Bert", "kind": "privat"}\n'
        "dit is geen JSON\n"
        '{"type": "account", "number": "K-3", "name": "Cor", "kind": "private"}\n',
        encoding="utf-8",
    )
    said = desk.says("feed", "apply", str(feed))
    assert said.code == 1
    assert "2" in said.err
    assert "kind" in said.err
    assert "2 were wrong" in said.out
    assert [row["number"] for row in desk.rows("account", "list")] == ["K-1", "K-3"]


@pytest.mark.rule("STAFF-4")
def test_refusals_say_what_to_do(desk: Desk, tmp_path: Path) -> None:
    an_office(desk)
    empty = tmp_path / "leeg.pdf"
    empty.write_bytes(b"")
    virus = tmp_path / "factuur.pdf"
    virus.write_bytes(b"MZ\x90\x00" + b"\0" * 200)
    assert "anna@post.example" in desk.refuses("person", "add", "Een ander", "anna@post.example")
    assert "nobody@x.example" in desk.refuses("invite", "nobody@x.example")
    assert "K-9" in desk.refuses("dossier", "add", "K-9", "2026-2", "x")
    assert desk.refuses("dossier", "show", "2026-9")
    assert "empty" in desk.refuses("document", "publish", "2026-1", str(empty))
    assert "do not take this kind" in desk.refuses("document", "publish", "2026-1", str(virus))
    assert "--as" in desk.refuses("message", "send", "2026-1", "Onderwerp", "tekst")
    assert "zz@proef.example" in desk.refuses("--as", "zz@proef.example", "dossier", "list")
    assert desk.refuses("deliveries", "retry", "999")
    assert desk.refuses("intake", "retry", "999")
    assert desk.refuses("quarantine", "accept", "999")


@pytest.mark.rule("OPS-2")
def test_the_audit_log_shows_who_did_what_and_that_it_is_whole(desk: Desk) -> None:
    an_office(desk)
    assert "whole" in desk.does("audit", "verify")
    acts = [row["act"] for row in desk.rows("audit", "list", "--limit", "100")]
    assert any(act.startswith("person.") for act in acts)
    assert any(act.startswith("dossier.") for act in acts)


def rules_table() -> list[list[str]]:
    """The table under TEAM in docs/rules.md: a row an act, a cell a role."""
    lines = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("| act | contract holder |"))
    rows: list[list[str]] = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            return rows
        rows.append([cell.strip() for cell in line.strip("|").split("|")][1:])
    return rows


@pytest.mark.rule("TEAM-1")
def test_what_each_role_may_do_is_the_table_of_the_rules(desk: Desk) -> None:
    roles = ["contract_holder", "main_administrator", "administrator", "user", "product_access"]
    word = {"yes": "yes", "–": "no", "their product only": "own_product"}
    shown = desk.rows("account", "permissions")
    wanted = rules_table()
    assert len(shown) == len(wanted) == 14
    for row, cells in zip(shown, wanted, strict=True):
        assert [row[role] for role in roles] == [word[cell] for cell in cells], row["act"]


@pytest.mark.rule("TEAM-1", "TEAM-2")
def test_roles_are_kept_to(desk: Desk) -> None:
    an_office(desk)
    desk.does("person", "add", "Bert", "bert@post.example")
    desk.does("account", "add-member", "K-1", "bert@post.example", "--role", "product_access")
    assert desk.refuses("dossier", "participant", "2026-1", "bert@post.example"), "product access sees no dossiers"
    desk.does("person", "add", "Cor", "cor@post.example")
    assert desk.refuses("account", "add-member", "K-1", "cor@post.example", "--role", "contract_holder"), "there is one"
    assert desk.refuses("account", "add-member", "K-1", "cor@post.example", "--role", "main_administrator"), (
        "no framework"
    )
    desk.does("account", "add-member", "K-1", "cor@post.example")
    roles = {row["email"]: row["role"] for row in desk.rows("account", "members", "K-1")}
    assert roles == {
        "anna@post.example": "contract_holder",
        "bert@post.example": "product_access",
        "cor@post.example": "user",
    }


@pytest.mark.rule("LINK-11")
def test_an_address_is_one_persons_whatever_the_capitals(desk: Desk) -> None:
    an_office(desk)
    assert desk.rows("person", "list")[0]["email_proven_at"] is None
    for spelling in ("anna@post.example", "ANNA@POST.EXAMPLE", " Anna@Post.Example "):
        assert "anna@post.example" in desk.refuses("person", "add", "Een ander", spelling).lower()
    assert desk.refuses("person", "add", "Geen adres", "anna@@post")
    assert len(desk.rows("person", "list")) == 1


def test_a_contract_holder_stays(desk: Desk) -> None:
    an_office(desk)
    assert desk.refuses("person", "remove", "anna@post.example", "--yes")
    assert desk.rows("person", "list")[0]["removed_at"] is None
