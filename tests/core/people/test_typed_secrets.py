"""What should not stay in a chat (STEP-6), and the office's contact card (LINK-8)."""

import pytest

from core.office import Office, contact_card
from core.people import invitations
from core.people.typed_secrets import looks_like_code, looks_like_password


@pytest.mark.parametrize("text", ["123456", " 123 456 ", "123-456", "ACDEF34678", "ACDEF-34678", "acdef 34678"])
def test_codes(text: str) -> None:
    assert looks_like_code(text)


@pytest.mark.parametrize(
    "text", ["12345", "1234567", "2024-0135", "Mijn code is 123456", "ABCDEFGHIJ", "hallo daar", "", "acdef34678"]
)
def test_no_codes(text: str) -> None:
    assert not looks_like_code(text)


def test_every_invitation_code_is_recognised() -> None:
    assert all(looks_like_code(invitations.new_code()) for _ in range(500))


@pytest.mark.parametrize(
    "text",
    [
        "Welkom123!",
        "welkom123!",
        "Welkom01",
        "xK9$mPq2vL",
        "wachtwoord: geheim",
        "mijn ww is hond12",
        "Password = hunter2",
    ],
)
def test_passwords(text: str) -> None:
    assert looks_like_password(text)


@pytest.mark.parametrize(
    "text",
    [
        "D2024/0135", "2024-0135", "NL91ABNA0417164300", "anna1@post.example", "https://kantoor.example/A1b2", "Akte2.pdf",
        "/start ACDEF34678", "+31612345678", "Goedemorgen", "ok", "Wat is mijn wachtwoord?", "Sint-Jansstraat",
        "Ik kom om 10:30, dank u wel!", "#dossier12A", "@loket_bot2B", "",
    ],
)  # fmt: skip
def test_no_passwords(text: str) -> None:
    assert not looks_like_password(text)


def test_the_office_s_card() -> None:
    card = contact_card(Office(name="De Linde; notarissen, Utrecht", website="https://delinde.example"))
    lines = card.split("\r\n")
    assert lines[0] == "BEGIN:VCARD"
    assert lines[-2:] == ["END:VCARD", ""]
    assert r"FN:De Linde\; notarissen\, Utrecht" in lines
    assert "TEL;TYPE=WORK,VOICE:+31 20 123 45 67" in lines
    assert r"ADR;TYPE=WORK:;;Lindelaan 1\, 1234 AB Voorbeeldstad;;;;" in lines
    assert "URL:https://delinde.example" in lines
    assert not any(line.startswith("URL") for line in contact_card(Office()).split("\r\n"))
