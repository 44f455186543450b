"""Addresses: one way to read them, or none."""

import pytest

from mailbridge.parsing import addresses, read_mail
from mailbridge.parsing.values import Address


def author(value: str) -> Address | None:
    return read_mail(f"From: {value}\r\n\r\nx".encode()).from_


@pytest.mark.parametrize(
    ("value", "address", "name"),
    [
        ("anna@smit.example", "anna@smit.example", ""),
        ("Anna Smit <Anna.Smit@SMIT.Example>", "Anna.Smit@smit.example", "Anna Smit"),
        ('"Smit, Anna (Zaandam)" <anna@smit.example>', "anna@smit.example", "Smit, Anna (Zaandam)"),
        ("=?utf-8?Q?Zo=C3=AB?= <zoe@smit.example>", "zoe@smit.example", "Zoë"),
        ("anna@smit.example (Anna Smit)", "anna@smit.example", "Anna Smit"),
        ("Anna Smit (thuis) <anna@smit.example>", "anna@smit.example", "Anna Smit"),
        ("<anna+portaal@smit.example>", "anna+portaal@smit.example", ""),
        ("ján@déboer.example", "ján@déboer.example", ""),
        ("anna.o'neill@smit.example.", "anna.o'neill@smit.example", ""),
    ],
)
def test_the_author(value: str, address: str, name: str) -> None:
    found = author(value)
    assert found is not None
    assert (found.addr_spec, found.name) == (address, name)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Anna Smit",
        "anna@smit.example, eva@evil.example",
        "anna@smit.example; eva@evil.example",
        "anna@smit.example)<eva@evil.example>",
        "anna@smit.example(<eva@evil.example>",
        '"anna@smit.example"@evil.example',
        "<anna@smit.example><eva@evil.example>",
        "<anna@smit.example> eva@evil.example",
        "Anna <anna@smit.example> <eva@evil.example>",
        "<@evil.example:anna@smit.example>",
        "anna@smit.example <eva@evil.example",
        '"Anna <anna@smit.example>',
        "anna @smit.example",
        "anna@smit.example\x00@evil.example",
        "anna@@smit.example",
        "anna@smit..example",
        "anna@-smit.example",
        "a" * 65 + "@smit.example",
        "undisclosed-recipients:;",
        "<>",
        "(" * 50_000,
        '"\\' * 40_000 + "<anna@smit.example>",
    ],
)
def test_what_can_be_read_in_two_ways_is_nobody(value: str) -> None:
    assert author(value) is None


def test_two_from_headers_are_nobody() -> None:
    found = read_mail(b"From: eva@evil.example\r\nFrom: anna@smit.example\r\n\r\nx")
    assert found.from_ is None
    assert "ambiguous-from" in found.problems


@pytest.mark.parametrize(
    ("value", "misleading"),
    [
        ('"anna@smit.example" <eva@evil.example>', True),
        ("=?utf-8?Q?anna=40smit.example?= <eva@evil.example>", True),
        ('"anna@smit.example" <Anna@smit.example>', False),
        ("Anna <anna@smit.example>", False),
    ],
)
def test_a_name_that_shows_another_address(value: str, misleading: bool) -> None:
    found = author(value)
    assert found is not None
    assert addresses.names_another(found) is misleading


def test_lists_groups_and_rubbish() -> None:
    value = 'Team: "A, B" <a@x.example>, b@x.example; , kapot@, (c) c@x.example, <d@x.example>'
    assert [one.addr_spec for one in addresses.read_addresses(value)] == [
        "a@x.example",
        "b@x.example",
        "c@x.example",
        "d@x.example",
    ]
