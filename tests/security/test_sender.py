"""Domains that look the same to one rule and not to another (MAIL-3)."""

import pytest

from mailbridge.parsing import read_mail
from mailbridge.sender import authenticated

OWN = "mx.vandijk.example"


@pytest.mark.parametrize(
    ("sender", "vouched", "passes"),
    [
        ("anna@groß.example", "gross.example", False),
        ("anna@groß.example", "xn--gro-7ka.example", True),
        ("anna@déboer.example", "xn--dboer-bsa.example", True),
        ("anna@déboer.example", "deboer.example", False),
    ],
)
def test_only_the_same_name_in_dns_vouches(sender: str, vouched: str, *, passes: bool) -> None:
    """`persons.valid_email` keeps groß.example as xn--gro-7ka.example; by older rules it was the domain of somebody else."""
    mail = read_mail(
        f"Authentication-Results: {OWN}; dkim=pass header.d={vouched}\r\nFrom: <{sender}>\r\n\r\nHallo".encode()
    )
    assert authenticated(mail, OWN).passed is passes
