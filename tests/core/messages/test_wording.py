"""Counting and cutting as people count (MSG-4, MSG-5)."""

import pytest

from core.messages import wording

FULL = "a" * wording.TELEGRAM_PART


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([], ""),
        (["Dag"], "Dag"),
        (["Dag", "en tot ziens"], "Dag\nen tot ziens"),
        ([FULL, "bcd"], FULL + "bcd"),
        ([FULL, FULL, "b", "c"], FULL + FULL + "b\nc"),
        (["\N{GRINNING FACE}" * 2048, "b"], "\N{GRINNING FACE}" * 2048 + "b"),
        (["\N{GRINNING FACE}" * 2047, "b"], "\N{GRINNING FACE}" * 2047 + "\nb"),
        (["  regel 1\r\nregel 2  ", " "], "regel 1\nregel 2"),
    ],
)
def test_parts_become_one_text(parts: list[str], text: str) -> None:
    assert wording.joined(parts) == text


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("e\u0301e\u0301n", "één"),
        (" a\r\nb\rc ", "a\nb\nc"),
        ("a\x00b\ud800c", "abc"),
    ],
)
def test_a_text_is_kept_in_one_form(text: str, cleaned: str) -> None:
    assert wording.clean(text) == cleaned


@pytest.mark.parametrize(
    ("original", "answer"),
    [("Akte", "Re: Akte"), ("Re: Akte", "Re: Akte"), ("ANTW: Akte", "ANTW: Akte"), ("Rechten", "Re: Rechten")],
)
def test_an_answer_has_one_re(original: str, answer: str) -> None:
    assert wording.reply_subject(original) == answer


def test_a_subject_is_one_line_of_at_most_250_characters() -> None:
    assert wording.subject(" Akte\r\nBcc: x@y.example ") == "Akte Bcc: x@y.example"
    assert len(wording.reply_subject("x" * 250)) == wording.SUBJECT_LIMIT
