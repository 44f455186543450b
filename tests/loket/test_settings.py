"""Settings: a mistake is named, with what was probably meant."""

from pathlib import Path

import pytest

from core.errors import Misconfigured
from loket.settings import read_settings
from tests.loket.conftest import Desk


def written(folder: Path, text: str) -> Path:
    path = folder / "loket.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[telegram]\ntokn = "x"', ["telegram.tokn", "telegram.token"]),
        ('[ofice]\nname = "x"', ["ofice", "office"]),
        ('[mail.imap]\nport = "abc"', ["mail.imap.port", "integer"]),
        ("[mail.imap]\nport = 70000", ["mail.imap.port", "65535"]),
        ('[office]\ntimezone = "Mars/Base"', ["office.timezone", "Europe/Amsterdam"]),
        ('[mail.smtp]\ntls = "ssl"', ["mail.smtp.tls", "starttls"]),
        ('[telegram]\nmode = "push"', ["telegram.mode", "webhook"]),
        ("[office\nname = 1", ["loket.toml", "TOML"]),
        ('[http]\nweb = "portaal.example"', ["http.web", "https://portaal.kantoor.nl"]),
        ('[http]\nweb = "http://portaal.example"', ["http.web", "must begin with https://"]),
        ('[http]\nweb = "https://portaal.example/?a=b"', ["http.web"]),
        ('[http]\nweb = "https://portaal.example>,<mailto:x"', ["http.web"]),
        ('[mail.oauth]\nclient_id = "x"', ["mail.oauth", "token_url"]),
        ('[mail.oauth]\ntoken_url = "http://t.example"\nclient_id = "x"', ["mail.oauth.token_url", "https://"]),
        ('[mail.oauth]\ntoken_url = "https://t.example"\nclient_id = "x"', ["mail.oauth", "client_secret"]),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, named: list[str]) -> None:
    with pytest.raises(Misconfigured) as mistake:
        read_settings(written(tmp_path, text))
    for part in named:
        assert part in str(mistake.value)


def test_a_mistake_ends_the_program_with_its_sentence(tmp_path: Path) -> None:
    said = Desk(written(tmp_path, '[telegram]\ntokn = "geheim-token"')).refuses("staff", "list")
    assert "telegram.tokn" in said
    assert "geheim-token" not in said


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOKET_MAIL__IMAP__PORT", "143")
    monkeypatch.setenv("LOKET_OFFICE__NAME", "Uit de omgeving")
    settings = read_settings(written(tmp_path, '[office]\nname = "Uit het bestand"\n[mail.imap]\nport = 993'))
    assert settings.office.name == "Uit de omgeving"
    assert settings.mail.imap.port == 143


def test_secrets_do_not_show(tmp_path: Path) -> None:
    oauth = '[mail.oauth]\ntoken_url = "https://t.example"\nclient_id = "x"\nclient_secret = "geheim"\n'
    settings = read_settings(
        written(tmp_path, oauth + '[telegram]\ntoken = "1:geheim"\n[keys]\nsecrets = ["sleutel-1"]')
    )
    assert "geheim" not in repr(settings)
    assert "sleutel-1" not in repr(settings)


def test_the_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="doesn't exist"):
        read_settings(tmp_path / "nowhere.toml")
