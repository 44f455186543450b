"""People find their dossiers however they type (DOS-3)."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.actor import OFFICE
from core.database import Sessions, transaction
from core.dossiers import dossiers, searching
from core.portal import home
from tests.core.dossiers.situation import customer, opened, situation, worker


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Café Zürich", "cafe zurich"),
        ("SÃO PAULO", "sao paulo"),
        ("IJsselstraße", "ijsselstrasse"),
        ("Søren Łódź", "soren lodz"),
        ("ﬁnanciële ｆｕｌｌ", "financiele full"),
        ("Ελλάδα", "ελλαδα"),
    ],
)
def test_capitals_and_accents_fall_away(typed: str, plain: str) -> None:
    assert searching.folded(typed) == plain


@given(st.text())
def test_whatever_is_typed_folds_once_and_for_all(text: str) -> None:
    once = searching.folded(text)
    assert searching.folded(once) == once


@given(st.text(max_size=60), st.text(max_size=200))
def test_a_dossier_is_found_by_each_word_of_its_own(number: str, description: str) -> None:
    found_by = searching.searchable(number, description)
    assume(len(found_by.encode()) < searching.MOST_BYTES - 4)
    assert all(word in found_by for word in searching.folded(f"{number} {description}").split())


def test_what_a_dossier_is_found_by_fits_in_an_index() -> None:
    assert len(searching.searchable("ﷺ" * 60, " ".join(f"ﷺ{n}" for n in range(200))).encode()) <= searching.MOST_BYTES
    words = " ".join(f"日{n:03}" for n in range(99))
    assert searching.searchable("2026", words).endswith("日098")


def test_a_question_is_bounded_and_its_signs_are_plain() -> None:
    assert searching.patterns("50% a_b a/b") == ("%50/%%", "%a/_b%", "%a//b%")
    assert searching.patterns("akte AKTE") == ("%akte%",)
    assert len(searching.patterns(" ".join(str(n) for n in range(1000)))) == searching.MOST_WORDS


async def test_the_list_and_the_office_find_the_same(sessions: Sessions) -> None:
    async with transaction(sessions) as session:
        here = await situation(session)
        cafe = await opened(session, here.account, "BV/2026.0777", handler=here.hugo)
        await dossiers.set_description(session, cafe, "Overdracht Café Zürich, 50% aandelen", OFFICE)
        await dossiers.add_participant(session, cafe, here.anna, OFFICE)
        for words in ("cafe zurich", "CAFÉ", "bv20260777", "2026.0777", "zürich bv", "50%", "overdr aandelen"):
            rows, total = await home.dossiers_page(session, here.anna.id, offset=0, limit=8, words=words)
            assert ([row.id for row in rows], total) == ([cafe.id], 1), words
            listed = await dossiers.listing(session, worker(here.hugo), words=words)
            assert [each.id for each in listed] == [cafe.id], words
        for words in ("levering zurich", "5_%", "20260778"):
            assert await home.dossiers_page(session, here.anna.id, offset=0, limit=8, words=words) == ([], 0), words
        assert await home.dossiers_page(session, here.bram.id, offset=0, limit=8, words="cafe") == ([], 0)
        assert await dossiers.listing(session, customer(here.bram), words="cafe") == []
