"""HTML into entities and back: the documented tags, UTF-16 offsets, and Telegram's words for what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.telegram import html_in, html_out
from sandbox.telegram.entities import Formatted, tidy, utf16_length, with_detected
from sandbox.telegram.errors import ApiError


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("plain", "plain", []),
        ("a &lt;b&gt; &amp;&quot;&#233;&nbsp;", 'a <b> &"é&nbsp;', []),
        ("<b>x</b>", "x", [{"offset": 0, "length": 1, "type": "bold"}]),
        ("<STRONG>x</STRONG>", "x", [{"offset": 0, "length": 1, "type": "bold"}]),
        ("😀<i>é</i>", "😀é", [{"offset": 2, "length": 1, "type": "italic"}]),
        ("<b></b>x", "x", []),
        (
            "<b>a<i>b</i></b>",
            "ab",
            [{"offset": 0, "length": 2, "type": "bold"}, {"offset": 1, "length": 1, "type": "italic"}],
        ),
        (
            '<a href="https://x.example/?a=1&amp;b=2">hier</a>',
            "hier",
            [{"offset": 0, "length": 4, "type": "text_link", "url": "https://x.example/?a=1&b=2"}],
        ),
        ('<span class="tg-spoiler">s</span>', "s", [{"offset": 0, "length": 1, "type": "spoiler"}]),
        ("<tg-spoiler>s</tg-spoiler>", "s", [{"offset": 0, "length": 1, "type": "spoiler"}]),
        (
            '<pre><code class="language-python">x</code></pre>',
            "x",
            [{"offset": 0, "length": 1, "type": "pre", "language": "python"}],
        ),
        ("<blockquote expandable>q</blockquote>", "q", [{"offset": 0, "length": 1, "type": "expandable_blockquote"}]),
    ],
)
def test_reads_html(html: str, text: str, entities: list[dict[str, Any]]) -> None:
    assert html_in.parse(html) == Formatted(text, entities)


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 2'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ('<a href="x', 'Unclosed start tag "a" at byte offset 0'),
        ("<a =>x</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_refuses_broken_html_in_telegrams_words(html: str, words: str) -> None:
    with pytest.raises(ApiError) as refusal:
        html_in.parse(html)
    assert refusal.value.description == f"Bad Request: can't parse entities: {words}"


def test_counts_as_telegram_counts() -> None:
    assert [utf16_length(text) for text in ("abc", "é", "😀", "👨‍👩‍👧")] == [3, 1, 2, 8]


def test_white_space_goes_and_entities_move_along() -> None:
    parsed = html_in.parse("  \n<b>x y</b>  ")
    assert tidy(parsed) == Formatted("x y", [{"offset": 0, "length": 3, "type": "bold"}])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start abc", [("bot_command", 0, 6)]),
        ("mail anna@post.example nu", [("email", 5, 17)]),
        ("😀 zie https://x.example/a.", [("url", 7, 19)]),
        ("@annaj #dossier", [("mention", 0, 6), ("hashtag", 7, 8)]),
        ("1/2 en a/b", []),
    ],
)
def test_finds_what_is_clickable(text: str, found: list[tuple[str, int, int]]) -> None:
    entities = with_detected(Formatted(text)).entities
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in entities] == found


@pytest.mark.parametrize(
    "html",
    [
        "<b>a<i>b</i></b>c",
        "😀<tg-spoiler>é &lt;script&gt;</tg-spoiler>",
        '<a href="https://x.example/?a=1&amp;b=&quot;">x</a>',
        "<blockquote expandable>q</blockquote>",
    ],
)
def test_html_survives_the_round_trip(html: str) -> None:
    parsed = html_in.parse(html)
    assert html_out.render(parsed.text, parsed.entities) == html


def test_overlapping_entities_nest() -> None:
    entities = [{"type": "bold", "offset": 0, "length": 2}, {"type": "italic", "offset": 1, "length": 2}]
    assert html_out.render("abc", entities) == "<b>a<i>b</i></b><i>c</i>"
