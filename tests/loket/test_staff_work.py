"""What staff do from day to day, on the command line (STAFF-4): each command by the front door, on both databases."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from typer.testing import CliRunner

from core.actor import OFFICE, Actor, ActorKind, Channel
from core.crypto import Keys
from core.database import open_database, transaction
from core.documents import expiry
from core.dossiers import dossiers
from core.files import files as stored
from core.files.store import FileStore
from core.intake import quarantine, store
from core.messages import messages, notes
from core.office import Office
from core.people import addresses, linking, persons
from core.people.chat_key import ChatKey
from loket.cli.main import app
from loket.settings import read_settings
from tests.journeys.town import pdf
from tests.loket.conftest import Desk
from tests.loket.test_cli import an_office

EVA = ("--as", "eva@proef.example")


def behind(desk: Desk, act: Callable[[AsyncSession], Awaitable[None]]) -> None:
    """What happens meanwhile in the rest of the product."""

    async def work() -> None:
        engine, sessions = open_database(read_settings(desk.settings).database_url)
        try:
            async with transaction(sessions) as session:
                await act(session)
        finally:
            await engine.dispose()

    asyncio.run(work())


def store_of(desk: Desk) -> FileStore:
    return FileStore.open(read_settings(desk.settings).storage_url)


def supplies(desk: Desk, *names: str) -> None:
    """Anna sends files, as the channels have it done."""
    contents = [asyncio.run(store_of(desk).put(pdf(name))) for name in names]

    async def act(session: AsyncSession) -> None:
        anna = await persons.by_email(session, "anna@post.example")
        assert anna is not None
        actor = Actor(ActorKind.PERSON, anna.id, Channel.EMAIL)
        dossier = await dossiers.by_number(session, actor, "2026-1")
        files = [
            (await stored.record(session, content, name=name, actor=actor), name)
            for content, name in zip(contents, names, strict=True)
        ]
        await messages.post(
            session, dossier, actor=actor, subject="Hierbij", text="", files=files, office=Office(batch_seconds=0)
        )

    behind(desk, act)


def kinds(desk: Desk) -> list[str]:
    return [row["kind"] for row in desk.rows("deliveries", "list", "--limit", "1000")]


@pytest.mark.rule("DOC-7", "STAFF-4")
def test_files_are_asked_looked_at_rejected_accepted_and_withdrawn(desk: Desk, tmp_path: Path) -> None:
    an_office(desk)
    said = desk.does(
        *EVA, "upload", "ask", "2026-1", "Kopie paspoort", "--explanation", "In kleur.", "--due", "2027-01-31"
    )
    assert "Kopie paspoort" in said
    [asked] = desk.rows("upload", "list", "2026-1")
    assert (asked["title"], asked["state"], asked["due_on"], asked["files"]) == (
        "Kopie paspoort",
        "open",
        "2027-01-31",
        0,
    )
    assert "upload_request_new" in kinds(desk)
    supplies(desk, "voor.pdf", "achter.pdf")
    [waiting] = desk.rows("upload", "list", "--state", "supplied")
    assert (waiting["id"], waiting["files"], waiting["to_decide"]) == (asked["id"], 2, 2)
    front, back = desk.rows("upload", "files", str(asked["id"]))
    desk.does(*EVA, "document", "download", str(front["document_id"]), str(tmp_path))
    assert (tmp_path / "voor.pdf").read_bytes() == pdf("voor.pdf")
    assert "there already" in desk.refuses("document", "download", str(front["document_id"]), str(tmp_path))
    assert desk.refuses("upload", "reject", str(back["id"]), " ")
    desk.does(*EVA, "upload", "reject", str(back["id"]), "De achterkant is onleesbaar.")
    assert "upload_rejected" in kinds(desk)
    assert desk.rows("upload", "list", "--state", "open")[0]["id"] == asked["id"], "an action again"
    assert desk.refuses("upload", "accept", str(back["id"])), "it was decided on"
    supplies(desk, "achter2.pdf")
    again = desk.rows("upload", "files", str(asked["id"]))[-1]
    desk.does(*EVA, "upload", "accept", str(front["id"]), str(again["id"]))
    assert desk.rows("upload", "list")[0]["state"] == "done"
    assert "upload_accepted" in kinds(desk)
    decided = [(row["decision"], row["reason"]) for row in desk.rows("upload", "files", str(asked["id"]))]
    assert decided == [("accepted", ""), ("rejected", "De achterkant is onleesbaar."), ("accepted", "")]
    desk.does("upload", "ask", "2026-1", "Loonstrook", "--person", "anna@post.example")
    [open_one] = desk.rows("upload", "list", "--state", "open")
    assert open_one["person"] == "anna@post.example"
    desk.does("upload", "withdraw", str(open_one["id"]))
    assert "nothing changed" in desk.does("upload", "withdraw", str(open_one["id"]))
    assert "upload_withdrawn" in kinds(desk)


@pytest.mark.rule("DOC-7")
def test_what_can_not_be_asked_or_decided_is_said_in_one_sentence(desk: Desk) -> None:
    an_office(desk)
    desk.does("person", "add", "Bert", "bert@post.example")
    assert "Bert" in desk.refuses("upload", "ask", "2026-1", "Paspoort", "--person", "bert@post.example")
    assert desk.refuses("upload", "ask", "2026-9", "Paspoort")
    assert desk.refuses("upload", "ask", "2026-1", "  ")
    for command in (("files", "9"), ("accept", "9"), ("reject", "9", "Onscherp"), ("withdraw", "9")):
        assert desk.refuses("upload", *command)
    desk.does("staff", "add", "Otto", "otto@proef.example")
    desk.does("upload", "ask", "2026-1", "Paspoort")
    assert desk.rows("--as", "otto@proef.example", "upload", "list") == [], "a handler sees their own dossiers"
    assert desk.refuses("--as", "otto@proef.example", "upload", "files", "1")


@pytest.mark.rule("DOC-11", "DOC-9")
def test_a_document_has_a_last_day_and_is_withdrawn(desk: Desk, tmp_path: Path) -> None:
    an_office(desk)
    paper = tmp_path / "Concept.pdf"
    paper.write_bytes(pdf())
    day = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
    desk.does("document", "publish", "2026-1", str(paper), "--confidential", "--expires", day)
    [row] = desk.rows("document", "list", "2026-1")
    assert (row["confidential"], row["expires_on"]) == (True, day)
    desk.does("document", "set-expiry", str(row["id"]), "never")
    assert desk.rows("document", "list", "2026-1")[0]["expires_on"] is None
    desk.does("document", "set-expiry", str(row["id"]), "2030-12-31")
    assert desk.rows("document", "list", "2026-1")[0]["expires_on"] == "2030-12-31"
    assert "2026-12-31" in desk.refuses("document", "set-expiry", str(row["id"]), "morgen")
    assert desk.refuses("document", "set-expiry", "99", "never")
    desk.does("document", "withdraw", str(row["id"]))
    assert desk.rows("document", "list", "2026-1") == []


@pytest.mark.rule("DOC-11")
def test_nobody_is_warned_any_more_about_a_document_that_was_withdrawn(desk: Desk, tmp_path: Path) -> None:
    an_office(desk)
    today = datetime.now(UTC).date()
    for name in ("Blijft.pdf", "Fout.pdf"):
        (tmp_path / name).write_bytes(pdf(name))
        day = f"{today + timedelta(days=3):%Y-%m-%d}"
        desk.does("document", "publish", "2026-1", str(tmp_path / name), "--expires", day)

    async def morning(session: AsyncSession) -> None:
        await expiry.warn(session, Office(batch_seconds=0), today)

    behind(desk, morning)
    wrong = next(row["id"] for row in desk.rows("document", "list", "2026-1") if row["name"] == "Fout.pdf")
    assert [row["state"] for row in _warnings(desk)] == ["queued"] * 2
    desk.does("document", "withdraw", str(wrong))
    assert [row["state"] for row in _warnings(desk)] == ["queued", "cancelled"]


def _warnings(desk: Desk) -> list[dict[str, Any]]:
    rows = desk.rows("deliveries", "list", "--limit", "1000")
    return sorted((row for row in rows if row["kind"] == "document_expiring"), key=lambda row: int(row["id"]))


@pytest.mark.rule("STAFF-4")
def test_notes_are_kept_and_shown_to_staff(desk: Desk) -> None:
    an_office(desk)
    desk.does(*EVA, "note", "add", "2026-1", "Belt liever niet.")
    desk.does("note", "add", "2026-1", "-", text="Van het kantoor.\n")
    notes = desk.rows("note", "list", "2026-1")
    assert [(row["author"], row["text"]) for row in notes] == [
        ("", "Van het kantoor."),
        ("Eva de Vries", "Belt liever niet."),
    ]
    shown = json.loads(desk.does("dossier", "show", "2026-1", "--json"))[0]
    assert shown["notes"] == "Van het kantoor.\nBelt liever niet."
    assert shown["handler"] == "eva@proef.example"
    assert desk.refuses("note", "add", "2026-1", " ")
    assert kinds(desk) == [], "no customer hears of it"


@pytest.mark.rule("STAFF-4")
def test_the_files_of_a_note_are_saved_for_who_may_see_its_dossier(desk: Desk, tmp_path: Path) -> None:
    """They came along with a mail that began with `#intern`."""
    an_office(desk)
    for names in (("scan.pdf", "../scan.pdf"), ("brief.pdf",), ()):
        _noted(desk, *names)
    none, one, two = (str(row["id"]) for row in desk.rows("note", "list", "2026-1"))
    said = desk.does(*EVA, "note", "download", two, str(tmp_path))
    assert said.count("Saved: ") == 2
    saved = {path.name: path.read_bytes() for path in tmp_path.glob("*.pdf")}
    assert list(saved.values()).count(pdf("scan.pdf")) == 1 and list(saved.values()).count(pdf("../scan.pdf")) == 1
    assert "there already" in desk.refuses("note", "download", two, str(tmp_path))
    assert "folder" in desk.refuses("note", "download", two, str(tmp_path / "beide.pdf"))
    desk.does("note", "download", one, str(tmp_path / "hernoemd.pdf"))
    assert (tmp_path / "hernoemd.pdf").read_bytes() == pdf("brief.pdf")
    assert "no files" in desk.refuses("note", "download", none, str(tmp_path))
    assert [row["actor"] for row in desk.rows("audit", "list", "--act", "note.downloaded")][-1]
    desk.does("staff", "add", "Otto", "otto@proef.example")
    assert "no access" in desk.refuses("--as", "otto@proef.example", "note", "download", one, str(tmp_path))


def _noted(desk: Desk, *names: str) -> None:
    contents = [asyncio.run(store_of(desk).put(pdf(name))) for name in names]

    async def act(session: AsyncSession) -> None:
        dossier = await dossiers.by_number(session, OFFICE, "2026-1")
        files = [
            (await stored.record(session, content, name=name, actor=OFFICE), name)
            for content, name in zip(contents, names, strict=True)
        ]
        await notes.add(session, dossier, actor=OFFICE, text="Zie de bijlage.", files=files)

    behind(desk, act)


@pytest.mark.rule("STAFF-4", "DOS-9")
def test_a_dossier_is_described_handed_over_closed_and_opened_again(desk: Desk) -> None:
    an_office(desk)
    desk.does("dossier", "describe", "2026-1", "Aankoop appartement")
    desk.does("dossier", "handler", "2026-1", "")
    desk.does("dossier", "close", "2026-1")
    [closed] = desk.rows("dossier", "list")
    assert closed["description"] == "Aankoop appartement"
    assert closed["closed_at"] is not None
    desk.does("dossier", "reopen", "2026-1")
    assert "nothing changed" in desk.does("dossier", "reopen", "2026-1")
    assert desk.rows("dossier", "list")[0]["closed_at"] is None
    assert json.loads(desk.does("dossier", "show", "2026-1", "--json"))[0]["handler"] == ""


@pytest.mark.rule("STAFF-4", "MSG-1")
def test_a_message_is_read_whole_and_that_is_logged(desk: Desk) -> None:
    an_office(desk)
    supplies(desk, "foto.pdf")
    [row] = desk.rows("message", "list", "2026-1")
    [shown] = desk.rows("message", "show", str(row["id"]))
    assert (shown["subject"], shown["attachments"], shown["channel"]) == ("Hierbij", "foto.pdf", "email")
    assert "Hierbij" in desk.does(*EVA, "message", "show", str(row["id"]))
    assert desk.rows("audit", "list", "--act", "message.read")
    assert desk.refuses("message", "show", "999")


@pytest.mark.rule("LINK-2", "LINK-8")
def test_invitations_are_planned_for_many_and_taken_back(desk: Desk) -> None:
    an_office(desk)
    desk.does("person", "add", "Bert", "bert@post.example")
    desk.does("invite-many", "-", "--at", "2031-01-02 09:00", text="anna@post.example\nbert@post.example\n")
    planned = desk.rows("planned")
    assert sorted(row["email"] for row in planned) == ["anna@post.example", "bert@post.example"]
    assert {row["due_at"][:10] for row in planned} == {"2031-01-02"}
    desk.does("uninvite", "anna@post.example")
    assert [row["email"] for row in desk.rows("planned")] == ["bert@post.example"]
    desk.does("invite", "anna@post.example")
    desk.does("uninvite", "anna@post.example")
    assert desk.rows("invitations")[0]["revoked_at"] is not None
    assert "nothing changed" in desk.does("uninvite", "anna@post.example")
    assert "nobody@post.example" in desk.refuses("invite-many", "anna@post.example", "nobody@post.example")


@pytest.mark.rule("LINK-14", "LINK-11")
def test_a_persons_details_are_corrected(desk: Desk) -> None:
    an_office(desk)
    desk.does("person", "change", "anna@post.example", "--name", "Anna de Wit", "--mobile", "06 11112222")
    desk.does("person", "change", "anna@post.example", "--language", "en", "--new-email", "Anna@Nieuw.example")
    [row] = desk.rows("person", "list")
    assert (row["name"], row["email"], row["language"]) == ("Anna de Wit", "anna@nieuw.example", "en")
    assert {"details_changed", "mobile_changed"} <= set(kinds(desk))
    assert "email_changed" not in kinds(desk), "the earlier address was never proven: it may be a stranger's"
    desk.does("person", "add", "Bert", "bert@post.example")
    assert "anna@nieuw.example" in desk.refuses(
        "person", "change", "bert@post.example", "--new-email", "ANNA@nieuw.example"
    )
    assert desk.refuses("person", "change", "bert@post.example", "--mobile", "nul zes")
    assert "--name" in desk.refuses("person", "change", "bert@post.example")


@pytest.mark.rule("NOTE-4", "NOTE-1")
def test_staff_see_who_can_not_be_reached_and_try_again(desk: Desk) -> None:
    an_office(desk)
    assert desk.rows("person", "unreachable") == []

    async def bounced(session: AsyncSession) -> None:
        await addresses.mark_unreachable(
            session, channel=Channel.EMAIL, value="anna@post.example", reason="bounced 5.1.1"
        )

    behind(desk, bounced)
    [row] = desk.rows("person", "unreachable")
    assert (row["email"], row["channel"], row["reason"]) == ("anna@post.example", "email", "bounced 5.1.1")
    assert "used again" in desk.does("person", "reachable", "anna@post.example", "email")
    assert desk.rows("person", "unreachable") == []
    assert "nothing changed" in desk.does("person", "reachable", "anna@post.example", "telegram")
    desk.does("person", "notify", "anna@post.example", "message", "email", "--off")
    matrix = {
        row["news"]: (row["telegram"], row["email"])
        for row in desk.rows("person", "notifications", "anna@post.example")
    }
    assert matrix["message"] == (True, False)
    assert matrix["news"] == (True, True)


@pytest.mark.rule("LINK-15")
def test_staff_see_who_was_guessing_codes(desk: Desk) -> None:
    an_office(desk)

    async def guesses(session: AsyncSession) -> None:
        for number in range(5):
            await linking.give_code(
                session, ChatKey(77, 4711), f"ACDEFHJ{number}34", keys=Keys(("a secret of the tests",))
            )

    behind(desk, guesses)
    [row] = desk.rows("audit", "list", "--act", "link.guessing_stopped")
    assert row["subject"] == "chat:4711"
    assert desk.rows("audit", "list", "--about", "chat:4711") == [row]
    assert "person:12" in desk.refuses("audit", "list", "--about", "anna")


@pytest.mark.rule("TEAM-6", "STAFF-5")
def test_roles_of_members_and_of_staff_change_and_end(desk: Desk) -> None:
    an_office(desk)
    desk.does("person", "add", "Bert", "bert@post.example")
    desk.does("account", "add-member", "K-1", "bert@post.example")
    desk.does("dossier", "participant", "2026-1", "bert@post.example")
    desk.does("account", "role", "K-1", "bert@post.example", "administrator")
    assert {row["role"] for row in desk.rows("account", "members", "K-1")} == {"contract_holder", "administrator"}
    desk.does("account", "remove-member", "K-1", "bert@post.example")
    assert json.loads(desk.does("dossier", "show", "2026-1", "--json"))[0]["participants"] == "anna@post.example"
    assert "bert@post.example" in desk.refuses("account", "role", "K-1", "bert@post.example", "user")
    assert desk.refuses("account", "remove-member", "K-1", "anna@post.example"), "the contract holder stays"
    desk.does("staff", "add", "Otto", "otto@proef.example")
    desk.does("staff", "role", "otto@proef.example", "administrator")
    desk.does("staff", "remove", "otto@proef.example", "--yes")
    assert [row["email"] for row in desk.rows("staff", "list")] == ["eva@proef.example"]
    assert desk.refuses("staff", "role", "otto@proef.example", "handler")


@pytest.mark.rule("MAIL-3", "STAFF-4")
def test_a_quarantined_mail_is_read_before_it_is_decided_on(desk: Desk) -> None:
    an_office(desk)
    raw = b"From: Anna <anna@post.example>\r\nSubject: Nieuw rekeningnummer\r\n\r\nMaak het over naar mij.\x1b[2J\r\n"
    content = asyncio.run(store_of(desk).put(raw))

    async def set_aside(session: AsyncSession) -> None:
        item = await store.take_in(
            session,
            channel=Channel.EMAIL,
            source="mailbox:portal",
            key="1:1",
            sender="anna@post.example",
            payload={"uid": 1, "sha256": content.sha256, "size": content.size, "machine": False},
        )
        assert item is not None
        await quarantine.set_aside(session, item, reason="unauthenticated", claimed_from="anna@post.example")

    behind(desk, set_aside)
    [row] = desk.rows("quarantine", "list")
    [shown] = desk.rows("quarantine", "show", str(row["id"]))
    assert (shown["subject"], shown["claimed_from"]) == ("Nieuw rekeningnummer", "Anna <anna@post.example>")
    table = desk.does("quarantine", "show", str(row["id"]))
    assert "Maak het over naar mij." in table
    assert "\x1b" not in table
    assert len(desk.rows("audit", "list", "--act", "quarantine.read")) == 2
    assert desk.refuses("quarantine", "show", "99")


def commands(group: Any, *path: str) -> list[tuple[str, ...]]:
    """Every command of the command line, as the words that call it."""
    found: list[tuple[str, ...]] = []
    for name, command in group.commands.items():
        found += commands(command, *path, name) if hasattr(command, "commands") else [(*path, name)]
    return found


@pytest.mark.rule("STAFF-4")
def test_every_command_explains_itself_and_every_listing_speaks_json() -> None:
    from typer.main import get_command

    every = commands(get_command(app))
    assert len(every) > 60
    for words in every:
        shown = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": "200"})
        assert shown.exit_code == 0
        explained = [line for line in shown.stdout.splitlines() if line.strip() and "Usage" not in line]
        assert explained[0].strip().endswith((".", ":")) or "." in explained[0], words
        if words[-1] in {
            "list",
            "show",
            "files",
            "members",
            "permissions",
            "notifications",
            "unreachable",
            "planned",
            "invitations",
        }:
            assert "--json" in shown.stdout, words
