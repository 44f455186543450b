"""Every refusal of these rooms has its sentence in both languages, and is given every value that the sentence names."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import texts
from core.actor import Language
from core.errors import Refused

CORE = Path(texts.__file__).parent
ROOMS = ("people", "staff", "accounts", "chats", "schedule")


def _refusals() -> Iterator[tuple[str, frozenset[str]]]:
    """The code and the names of the values of each `Refused(...)` in the source."""
    for room in ROOMS:
        for path in sorted((CORE / room).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused":
                    code = node.args[0]
                    assert isinstance(code, ast.Constant), f"{path.name}: a code is written out"
                    yield str(code.value), frozenset(keyword.arg or "" for keyword in node.keywords)


REFUSALS = sorted(set(_refusals()), key=lambda refusal: (refusal[0], sorted(refusal[1])))


def test_the_source_was_read() -> None:
    assert {"link.digits_wrong", "email.taken", "membership.contract_holder_stays"} <= {code for code, _ in REFUSALS}


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize(("code", "values"), REFUSALS)
def test_each_has_its_sentence(language: Language, code: str, values: frozenset[str]) -> None:
    sentence = texts.template_of(language, Refused(code).key)
    named = {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
    assert named <= values
