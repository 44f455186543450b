"""Who a mail is from, by the results of our own server alone."""

import pytest

from mailbridge.parsing import read_mail
from mailbridge.sender import MICROSOFT, SenderVerdict, authenticated

OWN = "mx.vandijk.example"


def judge(*results: str, sender: str = "Anna <anna@smit.example>", own: str = OWN) -> SenderVerdict:
    headers = "".join(f"Authentication-Results: {result}\r\n" for result in results)
    return authenticated(read_mail(f"{headers}From: {sender}\r\n\r\nx".encode()), own)


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        (f"{OWN}; dmarc=pass header.from=smit.example", "dmarc-pass"),
        (f"{OWN}; dmarc=pass (p=reject sp=none dis=none) header.from=SMIT.example", "dmarc-pass"),
        (
            f"{OWN}; spf=fail smtp.mailfrom=x.example;\r\n dkim=fail;\r\n dmarc=pass header.from=smit.example",
            "dmarc-pass",
        ),
        (f"{OWN.upper()} 1; dmarc=pass header.from=smit.example", "dmarc-pass"),
        (f"{OWN}; dkim=pass header.d=smit.example header.s=k1", "dkim-aligned"),
        (f"{OWN}; dkim=pass header.i=@mail.smit.example", "dkim-aligned"),
        (f"{OWN}; dkim=fail header.d=smit.example; dkim=pass header.d=smit.example; dmarc=none", "dkim-aligned"),
        (f"{OWN}; spf=pass smtp.mailfrom=anna@smit.example; dkim=none", "spf-aligned"),
        (f'{OWN}; spf=pass smtp.mailfrom="bounce@news.smit.example"', "spf-aligned"),
    ],
)
def test_passes(result: str, reason: str) -> None:
    verdict = judge(result)
    assert (verdict.passed, verdict.reason, verdict.domain) == (True, reason, "smit.example")


@pytest.mark.parametrize(
    ("results", "reason"),
    [
        ((), "no-results"),
        ((f"{OWN}; none",), "not-aligned"),
        ((f"{OWN}; dmarc=fail header.from=smit.example; dkim=pass header.d=smit.example",), "dmarc-fail"),
        ((f"{OWN}; dmarc=pass header.from=evil.example",), "not-aligned"),
        ((f"{OWN}; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example",), "not-aligned"),
        ((f"{OWN}; dkim=pass header.d=evilsmit.example",), "not-aligned"),
        ((f"{OWN}; dkim=pass header.d=example",), "not-aligned"),
        ((f"{OWN}; spf=pass smtp.helo=smit.example",), "not-aligned"),
        ((f"{OWN}; dkim=neutral header.d=smit.example; spf=softfail smtp.mailfrom=smit.example",), "not-aligned"),
        ((f"{OWN}; dmarc=fail", f"{OWN}; dmarc=pass header.from=smit.example"), "dmarc-fail"),
        (("evil.example; dmarc=pass header.from=smit.example",), "no-results"),
        (("dmarc=pass header.from=smit.example",), "no-results"),
        ((f"{OWN}; x=y (dmarc=pass header.from=smit.example)",), "not-aligned"),
        ((f"{OWN}; spf=fail (; dmarc=pass header.from=smit.example",), "not-aligned"),
        ((f'{OWN}; spf=fail reason="; dmarc=pass header.from=smit.example"',), "not-aligned"),
        ((f"{OWN}; dmarc=passing header.from=smit.example",), "not-aligned"),
    ],
)
def test_does_not_pass(results: tuple[str, ...], reason: str) -> None:
    verdict = judge(*results)
    assert (verdict.passed, verdict.reason) == (False, reason)


def test_results_of_others_above_ours_are_passed_over() -> None:
    assert judge("list.example; dmarc=fail", f"{OWN}; dmarc=pass header.from=smit.example").passed


def test_the_form_of_microsoft() -> None:
    result = (
        "spf=pass (sender IP is 192.0.2.1)\r\n smtp.mailfrom=smit.example; dkim=pass (signature was verified)\r\n"
        " header.d=smit.example;dmarc=pass action=none\r\n header.from=smit.example;compauth=pass reason=100"
    )
    assert judge(result, own=MICROSOFT).reason == "dmarc-pass"
    assert judge(result).reason == "no-results"


@pytest.mark.parametrize(
    ("sender", "reason"),
    [
        ("anna@smit.example, eva@evil.example", "no-author"),
        ("anna@smit.example)<eva@evil.example>", "no-author"),
        ('"anna@smit.example" <eva@evil.example>', "misleading-name"),
    ],
)
def test_no_result_helps_an_author_who_plays_tricks(sender: str, reason: str) -> None:
    verdict = judge(f"{OWN}; dmarc=pass header.from=evil.example", sender=sender)
    assert (verdict.passed, verdict.reason) == (False, reason)


def test_without_a_server_set_nobody_is_believed() -> None:
    assert judge("; dmarc=pass header.from=smit.example", own=" ").reason == "not-configured"


def test_a_name_in_punycode_is_the_same_name() -> None:
    verdict = judge(f"{OWN}; dkim=pass header.d=xn--dboer-bsa.example", sender="ján@déboer.example")
    assert verdict.reason == "dkim-aligned"
