"""Every sentence stands in both languages, with the same placeholders, and none is left over."""

import re
import string
from pathlib import Path

import pytest

from core import texts
from core.actor import Language

ROOT = Path(__file__).parents[2]
DOMAINS = sorted(path.stem for path in (ROOT / "locales" / "nl" / "LC_MESSAGES").glob("*.po"))
SOURCES = {
    path: path.read_text(encoding="utf-8")
    for folder in ("bot", "core", "loket", "mailbridge")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in {".py", ".mjml", ".txt"}
}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("domain", DOMAINS)
def test_both_languages_have_the_same_keys(domain: str) -> None:
    assert set(texts.keys(Language.NL, domain)) == set(texts.keys(Language.EN, domain))


@pytest.mark.parametrize("domain", DOMAINS)
def test_both_languages_have_the_same_placeholders(domain: str) -> None:
    dutch, english = (texts.keys(language, domain) for language in (Language.NL, Language.EN))
    different = {
        key: (forms, english[key])
        for key, forms in dutch.items()
        if placeholders(forms[-1]) != placeholders(english[key][-1])
    }
    assert not different


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("domain", DOMAINS)
def test_no_sentence_is_empty_and_each_key_has_its_domain(domain: str, language: Language) -> None:
    for key, forms in texts.keys(language, domain).items():
        assert key.startswith(f"{domain}.")
        assert all(form.strip() for form in forms), key


@pytest.mark.parametrize("domain", DOMAINS)
def test_no_sentence_is_left_over(domain: str) -> None:
    everything = "\n".join(SOURCES.values())
    left = [key for key in texts.keys(Language.NL, domain) if not _named(key, everything)]
    assert left == []


def _named(key: str, code: str) -> bool:
    """Whether the code names the key, whole or with parts of it filled in (`f"tab.{shelf}.plain"`, `"by_" ~ channel`)."""
    first, *steps = key.partition(".")[2].split(".")
    filled = r"\{[^}]+\}"
    pattern = rf"""["'](?:\w+\.)?{re.escape(first)}"""
    for step in steps:
        cuts = [at for at, sign in enumerate(step) if sign == "_"]
        parts = [re.escape(step), filled]
        for at in cuts:
            begin, end = re.escape(step[: at + 1]), re.escape(step[at:])
            parts += [begin + filled, begin + r"""(?=["'])""", filled + end]
        pattern += rf"""(?:\.(?:{"|".join(parts)})|\.(?=["']))"""
    return re.search(pattern + r"""["']""", code) is not None
