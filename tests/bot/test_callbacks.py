"""Callback data: what fits, what is read back, what is stale."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import callbacks
from bot.callbacks import Callback, StaleButton, Verb
from bot.customer.taps import TAPS

ASKED_FIRST = {Verb.CODE, Verb.CODE_RESEND, Verb.CODE_STOP}
"""The keypad of a step-up: its code lets another verb happen."""

LINKING = {Verb.KEYPAD, Verb.RESEND, Verb.NO_MAIL, Verb.STOP_LINKING}


@given(st.sampled_from(Verb), st.lists(st.integers(0, callbacks.LARGEST), max_size=2), st.booleans())
@settings(max_examples=100)
def test_what_is_packed_is_read_back_and_fits(verb: Verb, numbers: list[int], below: bool) -> None:
    data = callbacks.pack(verb, *numbers, below=below)
    assert len(data.encode()) <= 64
    read = callbacks.read(data)
    assert (read.verb, read.below) == (verb, below)
    assert [read.number(position) for position in range(len(numbers))] == numbers


@given(st.text(max_size=64))
@settings(max_examples=300)
def test_any_text_is_a_callback_or_stale(data: str) -> None:
    try:
        read = callbacks.read(data)
    except StaleButton:
        return
    for position in range(3):
        try:
            assert 0 <= read.number(position) <= callbacks.LARGEST
        except StaleButton:
            continue


@pytest.mark.parametrize("data", ["", "1", "2:hom", "0:hom", "1:xyz", "+1:hom", "1++:hom", "hom", ":::"])
def test_other_versions_and_verbs_are_stale(data: str) -> None:
    with pytest.raises(StaleButton):
        callbacks.read(data)


@pytest.mark.parametrize("text", ["-1", "1.5", "٣", " 1", "9223372036854775808", "1e3", "²"])
def test_a_number_is_one_that_a_database_holds(text: str) -> None:
    with pytest.raises(StaleButton):
        Callback(Verb.HOME, (text,)).number(0)


def test_what_does_not_fit_is_a_defect() -> None:
    with pytest.raises(ValueError):
        callbacks.pack(Verb.LANGUAGE, "x" * 60)
    with pytest.raises(ValueError):
        callbacks.pack(Verb.LANGUAGE, "a:b")


def test_every_verb_is_handled_by_somebody() -> None:
    assert set(Verb) == set(TAPS) | LINKING | ASKED_FIRST
