"""The office's feed: applied once, whatever the order of days, with errors that name line and field (DOS-9)."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import texts
from core.accounts import accounts
from core.actor import OFFICE, Actor, ActorKind, Channel, Language
from core.audit.models import AuditEntry
from core.database import Sessions, transaction
from core.deliveries.models import Delivery
from core.documents import documents, feed
from core.documents.models import Document, Shelf
from core.dossiers import dossiers
from core.files.content import Content
from core.files.store import FileStore
from core.people import addresses, persons
from core.portal import card
from core.staff import members
from tests.core.dossiers.situation import customer, deliveries

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLE = DOCS / "feed.example.jsonl"
BY_FEED = Actor(kind=ActorKind.OFFICE, id=0, channel=Channel.FEED)


def example() -> list[str]:
    return EXAMPLE.read_text("utf-8").splitlines()


def line(**fields: Any) -> feed.Line:
    return feed.read_line(json.dumps(fields))


async def run(sessions: Sessions, lines: list[str], store: FileStore) -> list[bool]:
    """A feed as the edge runs it: the bytes first, then every line in one transaction."""
    parsed = list(feed.read(lines))
    needed = [file for _, each in parsed for file in feed.files_needed(each)]
    stored = {file.sha256: await store.put((DOCS / file.path).read_bytes()) for file in needed}
    async with transaction(sessions) as session:
        return [await feed.apply(session, each, actor=BY_FEED, number=n, files=stored) for n, each in parsed]


async def counted(session: AsyncSession) -> tuple[int, ...]:
    tables = (Document, Delivery, AuditEntry)
    return tuple([await session.scalar(select(func.count()).select_from(table)) or 0 for table in tables])


def test_the_published_schema_is_that_of_the_models() -> None:
    assert json.loads((DOCS / "feed.schema.json").read_text("utf-8")) == feed.json_schema()


async def test_the_example_makes_an_office(sessions: Sessions, files: FileStore) -> None:
    assert all(await run(sessions, example(), files))
    async with transaction(sessions) as session:
        sanne = await persons.by_external_key(session, "P-1")
        assert sanne is not None
        dossier = await dossiers.by_number(session, customer(sanne), "2026-0012")
        shown = await card.dossier_card(session, customer(sanne), dossier.id)
        assert (shown.handler, shown.account, shown.done, shown.steps) == (
            "mr. Hanneke Bakker",
            "Familie De Vries",
            3,
            5,
        )
        assert {name: tab.count for name, tab in shown.tabs.items()} == {
            "correspondence": 1,
            "documents": 1,
            "supplied": 0,
            "messages": 0,
        }
        assert [each.values["document_name"] for each in await deliveries(session)] == [
            "Concept akte van levering.pdf",
            "Concept akte van levering.pdf",
        ]
        old = await dossiers.by_number(session, OFFICE, "2025-0871")
        assert old.closed_at is not None


async def test_the_same_feed_twice_changes_nothing_and_sends_nothing(sessions: Sessions, files: FileStore) -> None:
    await run(sessions, example(), files)
    async with transaction(sessions) as session:
        before = await counted(session)
    assert not any(await run(sessions, example(), files))
    async with transaction(sessions) as session:
        assert await counted(session) == before


async def test_what_was_changed_in_the_portal_is_not_put_back(sessions: Sessions, files: FileStore) -> None:
    await run(sessions, example(), files)
    async with transaction(sessions) as session:
        tom = await persons.by_external_key(session, "P-2")
        assert tom is not None
        await persons.set_language(session, tom, Language.NL, OFFICE)
        dossier = await dossiers.by_number(session, OFFICE, "2026-0012")
        await dossiers.remove_participant(session, dossier, tom, OFFICE)
    assert not any(await run(sessions, example(), files))
    async with transaction(sessions) as session:
        assert (await persons.by_id(session, tom.id)).language == Language.NL  # type: ignore[union-attr]  # is there
        assert [each.name for each in await dossiers.participants(session, dossier.id)] == ["Sanne de Vries"]


async def test_a_changed_line_changes_only_what_it_says(sessions: Sessions, files: FileStore) -> None:
    await run(sessions, example(), files)
    changed = [
        {"type": "account", "number": "K-1001", "name": "Familie De Vries-Smit", "kind": "private"},
        {"type": "person", "key": "P-1", "name": "Sanne Smit", "email": "Sanne@Smit.example"},
        {"type": "membership", "account": "K-1001", "person": "P-2", "role": "administrator"},
        {"type": "staff", "email": "h.bakker@delinde.example", "name": "mr. H. Bakker", "role": "manager"},
        {
            "type": "dossier",
            "number": "2026-0012",
            "account": "K-1001",
            "description": "Levering",
            "status": "Wacht op stukken",
            "handler": "m.visser@delinde.example",
        },
        {"type": "participant", "dossier": "2026-0012", "person": "P-2", "removed": True},
        {"type": "progress", "dossier": "2026-0012", "steps": [{"label": "Klaar", "done": "2026-03-03"}]},
        {"type": "membership", "account": "K-1001", "person": "P-2", "removed": True},
    ]
    assert await run(sessions, [json.dumps(each) for each in changed], files) == [True] * len(changed)
    async with transaction(sessions) as session:
        sanne = await persons.by_external_key(session, "P-1")
        assert sanne is not None
        assert (sanne.name, sanne.email, sanne.mobile) == ("Sanne Smit", "sanne@smit.example", "+31612345678")
        assert (await addresses.of(session, sanne.id))[Channel.EMAIL].value == "sanne@smit.example"
        shown = await card.dossier_card(session, customer(sanne), (await _dossier(session)).id)
        assert (shown.account, shown.handler, shown.status) == (
            "Familie De Vries-Smit",
            "mr. Mark Visser",
            "Wacht op stukken",
        )
        assert (shown.description, shown.done, shown.steps) == ("Levering", 1, 1)
        assert [each.name for each in await dossiers.participants(session, shown.id)] == ["Sanne Smit"]
        bakker = await members.by_email(session, "h.bakker@delinde.example")
        assert bakker is not None
        assert (bakker.name, bakker.role) == ("mr. H. Bakker", "manager")
        account = await accounts.by_number(session, "K-1001")
        assert account is not None
        assert [person.name for _, person in await accounts.members(session, account.id)] == ["Sanne Smit"]


async def test_a_document_can_have_a_new_version_another_name_and_be_withdrawn(
    sessions: Sessions, files: FileStore
) -> None:
    await run(sessions, example(), files)
    given = json.loads(example()[-1])
    newer = Content("b" * 64, 99, "application/pdf")
    async with transaction(sessions) as session:
        await feed.apply(session, line(**given | {"name": "Akte.pdf", "confidential": True}), actor=BY_FEED)
        [row], _ = await _shelf(session)
        assert (row.name, row.confidential, row.size) == ("Akte.pdf", True, 719)
        told = len(await deliveries(session))
        for until in (date(2027, 1, 31), None):
            assert await feed.apply(session, line(**given | {"expires_on": until and str(until)}), actor=BY_FEED)
            [row], _ = await _shelf(session)
            assert row.expires_on == until
        assert len(await deliveries(session)) == told
        version = line(**given | {"sha256": newer.sha256})
        assert await feed.apply(session, version, actor=BY_FEED, files={newer.sha256: newer})
        [row], total = await _shelf(session)
        assert (row.size, total) == (99, 1)
        assert len(await deliveries(session)) == told + 2
        withdrawn = line(**given | {"withdrawn": True})
        assert feed.files_needed(withdrawn) == ()
        assert await feed.apply(session, withdrawn, actor=BY_FEED)
        assert await _shelf(session) == ([], 0)


async def _dossier(session: AsyncSession) -> Any:
    return await dossiers.by_number(session, OFFICE, "2026-0012")


async def _shelf(session: AsyncSession) -> tuple[list[documents.DocumentRow], int]:
    dossier = await _dossier(session)
    return await documents.page(session, OFFICE, dossier.id, shelf=Shelf.DOCUMENTS, offset=0, limit=9)


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        ("{nonsense", "feed.not_json", ""),
        ("[]", "feed.invalid", "type"),
        ('{"type": "dosier"}', "feed.invalid", "type"),
        ('{"type": "account", "number": "K", "name": "", "kind": "private"}', "feed.invalid", "name"),
        ('{"type": "account", "number": "K", "name": "N", "kind": "prive"}', "feed.invalid", "kind"),
        ('{"type": "account", "number": "K", "name": "N", "kind": "private", "x": 1}', "feed.invalid", "x"),
        (
            '{"type": "progress", "dossier": "D", "steps": [{"label": "a"}, {"label": "b", "done": "gisteren"}]}',
            "feed.invalid",
            "steps.1.done.date",
        ),
        (
            '{"type": "document", "key": "k", "dossier": "D", "shelf": "documents", "name": "n", "file": "../../etc/passwd", "sha256": "%s"}'
            % ("a" * 64),
            "feed.invalid",
            "file",
        ),
    ],
)
def test_a_wrong_line_is_named_with_its_field(text: str, code: str, field: str) -> None:
    good = '{"type": "participant", "dossier": "D", "person": "P"}'
    with pytest.raises(feed.FeedError) as wrong:
        list(feed.read(["\ufeff" + good, "", "  ", text]))
    assert (wrong.value.code, wrong.value.line, wrong.value.field) == (code, 4, field)
    for language in Language:
        assert "4" in texts.refusal(language, wrong.value)


@pytest.mark.parametrize("path", ["/etc/passwd", "a/../b", "C:/a", "a\\b", "~/a", "..", "."])
def test_a_file_is_below_the_folder_of_the_feed(path: str) -> None:
    given = json.loads(example()[-1]) | {"file": path}
    with pytest.raises(feed.FeedError):
        line(**given)


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"type": "membership", "account": "K-9", "person": "P-1"}, "feed.unknown", "account"),
        ({"type": "participant", "dossier": "2026-0012", "person": "P-9"}, "feed.unknown", "person"),
        ({"type": "progress", "dossier": "D-9", "steps": []}, "feed.unknown", "dossier"),
        (
            {
                "type": "dossier",
                "number": "D",
                "account": "K-1001",
                "description": "d",
                "status": "s",
                "handler": "x@y.example",
            },
            "feed.unknown",
            "handler",
        ),
        (
            {"type": "account", "number": "K-5", "name": "N", "kind": "company", "framework": "K-9"},
            "feed.unknown",
            "framework",
        ),
        ({"type": "person", "key": "P-9", "name": "N", "email": "geen adres"}, "feed.refused", "email"),
        (
            {"type": "person", "key": "P-9", "name": "N", "email": "n@n.example", "mobile": "12"},
            "feed.refused",
            "mobile",
        ),
        ({"type": "person", "key": "P-1", "name": "N", "email": "tom@devries.example"}, "feed.refused", "email"),
        ({"type": "membership", "account": "K-1001", "person": "P-1", "removed": True}, "feed.refused", "role"),
        (
            {"type": "dossier", "number": "2026-0012", "account": "K-2000", "description": "d", "status": "s"},
            "feed.invalid",
            "account",
        ),
        (json.loads(example()[-1]) | {"key": "DMS-9"}, "feed.file_missing", "file"),
    ],
)
async def test_what_can_not_be_applied_is_named(
    sessions: Sessions, files: FileStore, fields: dict[str, Any], code: str, field: str
) -> None:
    await run(sessions, example(), files)
    async with transaction(sessions) as session:
        with pytest.raises(feed.FeedError) as wrong:
            await feed.apply(session, line(**fields), actor=BY_FEED, number=7)
        assert (wrong.value.code, wrong.value.line, wrong.value.field) == (code, 7, field)
        for language in Language:
            assert "7" in texts.refusal(language, wrong.value)


async def test_bytes_that_are_not_what_the_line_says_are_refused(sessions: Sessions, files: FileStore) -> None:
    await run(sessions, example()[:-1], files)
    given = line(**json.loads(example()[-1]))
    [needed] = feed.files_needed(given)
    async with transaction(sessions) as session:
        with pytest.raises(feed.FeedError) as wrong:
            await feed.apply(
                session, given, actor=BY_FEED, number=3, files={needed.sha256: Content("c" * 64, 1, "text/plain")}
            )
        assert (wrong.value.code, wrong.value.field) == ("feed.file_differs", "sha256")


async def test_somebody_known_by_mail_gets_the_offices_key(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        anna = await persons.create(
            session, name="Anna", email="anna@klant.example", language=Language.NL, actor=OFFICE
        )
        given = line(type="person", key="P-7", name="Anna", email="ANNA@klant.example")
        await feed.apply(session, given, actor=BY_FEED)
        found = await persons.by_external_key(session, "P-7")
        assert found is not None
        assert found.id == anna.id
        await persons.remove(session, found, OFFICE)
        again = line(type="person", key="P-7", name="Anna B", email="anna@klant.example")
        with pytest.raises(feed.FeedError) as wrong:
            await feed.apply(session, again, actor=BY_FEED)
        assert wrong.value.field == "key"
