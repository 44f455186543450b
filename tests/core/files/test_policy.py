"""What an office takes in (DOC-8)."""

import pytest

from core import texts
from core.actor import Language
from core.errors import Refused
from core.files import policy
from core.files.content import Content

LIMIT = 20 * 1024 * 1024


def content(size: int = 100, media_type: str = "application/pdf") -> Content:
    return Content("0" * 64, size, media_type)


def test_an_ordinary_file_at_the_limit_is_taken() -> None:
    policy.check(content(size=LIMIT), name="akte.pdf", limit=LIMIT)


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (content(size=0), "file.empty"),
        (content(size=LIMIT + 1), "file.too_big"),
        (content(media_type="application/vnd.microsoft.portable-executable"), "file.forbidden"),
        (content(media_type="application/x-elf"), "file.forbidden"),
        (content(media_type="text/x-script"), "file.forbidden"),
        (content(media_type="application/x-msi"), "file.forbidden"),
    ],
)
def test_what_is_refused_is_told_with_its_limit_or_type(file: Content, code: str) -> None:
    with pytest.raises(Refused) as refused:
        policy.check(file, name="akte.pdf", limit=LIMIT)
    assert refused.value.code == code
    for language in Language:
        sentence = texts.refusal(language, refused.value)
        assert {"file.too_big": "20 MB", "file.forbidden": "("}.get(code, "") in sentence


@pytest.mark.parametrize(
    ("limit", "text"), [(LIMIT, "20 MB"), (1024 * 1024, "1 MB"), (50 * 1024, "50 kB"), (10, "1 kB")]
)
def test_a_limit_is_said_as_people_say_it(limit: int, text: str) -> None:
    assert policy.limit_text(limit) == text
