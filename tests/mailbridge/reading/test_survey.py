"""What an operator is told of a receiving server that doesn't do its part."""

import pytest

from mailbridge.parsing import IncomingMail, read_mail
from mailbridge.sender import MICROSOFT, surveyed

OWN = "mx.vandijk.example"


def mail(*servers: str, path: str = "anna@smit.example") -> IncomingMail:
    headers = "".join(
        f"Authentication-Results: {server}; dmarc=pass header.from=smit.example\r\n" for server in servers
    )
    return read_mail(f"Return-Path: <{path}>\r\n{headers}From: anna@smit.example\r\n\r\nx".encode())


@pytest.mark.parametrize(
    ("mails", "own"),
    [
        ([], OWN),
        ([], ""),
        ([mail(OWN), mail(OWN.upper(), "list.example")], OWN),
        ([mail(OWN), mail(OWN), mail()], f" {OWN}. "),
        ([mail(OWN), mail(path=""), mail(path="")], OWN),
        ([mail("dkim=none")], MICROSOFT),
    ],
)
def test_nothing_to_say(mails: list[IncomingMail], own: str) -> None:
    assert surveyed(mails, own) is None


@pytest.mark.parametrize(
    ("mails", "own", "said"),
    [
        ([mail(), mail()], OWN, "2 of the newest 2 mails carry no Authentication-Results of mx.vandijk.example"),
        ([mail(), mail()], OWN, "None of them carries such a header at all."),
        (
            [mail("mx9.host.example"), mail("mx9.host.example", OWN), mail()],
            OWN,
            "of 2 of them is by mx9.host.example.",
        ),
        ([mail(OWN, OWN), mail(OWN)], OWN, "1 of the newest 2 mails carry more than one"),
        ([mail("mx9.host.example")], " ", "mail.authserv_id is not set"),
        ([mail("mx9.host.example")], "", "by mx9.host.example."),
    ],
)
def test_advice(mails: list[IncomingMail], own: str, said: str) -> None:
    assert said in (surveyed(mails, own) or "")
