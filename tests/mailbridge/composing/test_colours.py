"""Every text of a mail can be read, by day and in the dark: contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3)."""

import re

import pytest

from mailbridge.composing.rendering import TEMPLATES

LAYOUT = (TEMPLATES / "layout.mjml").read_text(encoding="utf-8")
DARK = LAYOUT[LAYOUT.index("@media (prefers-color-scheme: dark)") : LAYOUT.index("</mj-style>")]
LIGHT = LAYOUT.replace(DARK, "")
ON_BUTTONS = {"#ffffff"}
TEXTS = re.compile(r"(?<![-\w])color(?:: |=\")(#[0-9a-f]{6})")
GROUNDS = {"light": ("#f1f4f2", "#ffffff", "#edf3f0"), "dark": ("#111614", "#1c2320", "#2a3430")}
"""The page, the card, and the box of a code."""

CODES = {"light": "#10251c", "dark": "#f2f7f4"}
"""What is written in that box."""


@pytest.mark.parametrize(("when", "style"), [("light", LIGHT), ("dark", DARK)])
def test_all_text_stands_out_from_what_it_is_written_on(when: str, style: str) -> None:
    page, card, box = GROUNDS[when]
    assert {page, card, box} <= set(re.findall(r"#[0-9a-f]{6}", style)), "the grounds of the layout are these"
    colours = set(TEXTS.findall(style)) - ON_BUTTONS
    assert len(colours) >= 3
    faint = {(text, ground) for text in colours for ground in (page, card) if contrast(text, ground) < 4.5}
    assert faint == set()
    assert contrast(CODES[when], box) >= 7


def test_a_button_can_be_read() -> None:
    [ground] = re.findall(r'<mj-button background-color="(#[0-9a-f]{6})" color="#ffffff"', LAYOUT)
    assert contrast("#ffffff", ground) >= 4.5


def contrast(one: str, other: str) -> float:
    """How much lighter one colour is than the other, as WCAG counts it: 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
