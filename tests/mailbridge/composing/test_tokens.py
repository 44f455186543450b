"""Reply and bounce addresses: bound, signed, short, and never an error on what strangers send."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.crypto import Keys
from mailbridge.tokens import (
    About,
    Audience,
    ReplyToken,
    bounce_address,
    expiry,
    read_bounce,
    read_token,
    reply_address,
)

KEYS = Keys(("first secret of the tests",))
DOMAIN = "kantoor.example"
TODAY = date(2026, 11, 23)
TOKEN = ReplyToken(Audience.PERSON, 7, 12, 345, TODAY + timedelta(days=90))
ids = st.integers(min_value=0, max_value=2**48)


@given(st.sampled_from(Audience), st.sampled_from(About), ids, ids, ids)
def test_what_goes_in_comes_out_of_any_case(
    audience: Audience, about: About, reader: int, dossier: int, message: int
) -> None:
    token = ReplyToken(audience, reader, dossier, message, TODAY, about)
    address = reply_address(token, keys=KEYS, domain=DOMAIN)
    assert len(address.rpartition("@")[0]) <= 64
    assert read_token([address.upper()], keys=KEYS, domain=DOMAIN, today=TODAY) == token


def test_a_token_expires_after_its_last_day() -> None:
    address = reply_address(TOKEN, keys=KEYS, domain=DOMAIN)
    on_the_day = read_token([address], keys=KEYS, domain=DOMAIN, today=TOKEN.expires)
    a_day_later = read_token([address], keys=KEYS, domain=DOMAIN, today=TOKEN.expires + timedelta(days=1))
    assert on_the_day is not None and not on_the_day.expired
    assert a_day_later is not None and a_day_later.expired


def test_every_changed_character_breaks_it() -> None:
    local, _, domain = reply_address(TOKEN, keys=KEYS, domain=DOMAIN).partition("@")
    for place in range(2, len(local) - 1):
        other = "a" if local[place] != "a" else "b"
        forged = f"{local[:place]}{other}{local[place + 1 :]}@{domain}"
        assert read_token([forged], keys=KEYS, domain=DOMAIN, today=TODAY) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "r+@kantoor.example",
        "r+!!!@kantoor.example",
        "r+aaaa@kantoor.example",
        "r+é@kantoor.example",
        "x" * 9999,
    ],
)
def test_what_is_no_token_is_none(address: str) -> None:
    assert read_token([address], keys=KEYS, domain=DOMAIN) is None
    assert read_bounce([address], keys=KEYS, domain=DOMAIN) is None


def test_a_token_of_another_domain_or_other_keys_is_none() -> None:
    address = reply_address(TOKEN, keys=KEYS, domain=DOMAIN)
    assert read_token([address], keys=KEYS, domain="elders.example", today=TODAY) is None
    assert read_token([address], keys=Keys(("another",)), domain=DOMAIN, today=TODAY) is None


def test_a_token_survives_a_new_key() -> None:
    address = reply_address(TOKEN, keys=KEYS, domain=DOMAIN)
    rotated = Keys(("second secret", *KEYS.secrets))
    assert read_token(["iemand@elders.example", address], keys=rotated, domain=DOMAIN, today=TODAY) == TOKEN


def test_a_bounce_address_is_no_reply_address() -> None:
    bounce = bounce_address(99, keys=KEYS, domain=DOMAIN)
    assert read_bounce([bounce.upper()], keys=KEYS, domain=DOMAIN) == 99
    disguised = bounce.replace("b+", "r+")
    assert read_token([disguised], keys=KEYS, domain=DOMAIN) is None
    assert read_bounce([reply_address(TOKEN, keys=KEYS, domain=DOMAIN)], keys=KEYS, domain=DOMAIN) is None


def test_numbers_too_large_for_a_local_part_are_refused() -> None:
    huge = ReplyToken(Audience.STAFF, 2**63, 2**63, 2**63, TODAY)
    with pytest.raises(ValueError, match="too large"):
        reply_address(huge, keys=KEYS, domain=DOMAIN)


def test_expiry_counts_from_today() -> None:
    assert expiry(90, today=TODAY) == date(2027, 2, 21)
