"""The product with a mail server that takes no password, as at Microsoft and Google: set up, checked, and a mail each way."""

from pathlib import Path

import pytest

from loket.demo.office import PORTAL
from tests.journeys.town import PATIENCE, town
from tests.support.token_server import SECRET, token_server

SETTINGS = """
[mail.oauth]
token_url = "{url}"
client_id = "loket"
client_secret = "{secret}"
scope = "https://outlook.office365.com/.default"
"""


@pytest.mark.rule("OPS-3", "MAIL-1", "MAIL-8")
async def test_mail_comes_and_goes_with_access_tokens(
    bare_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for server in ("IMAP", "SMTP"):
        monkeypatch.setenv(f"LOKET_MAIL__{server}__PASSWORD", "")
    given: list[str] = []
    async with token_server() as tokens:
        more = SETTINGS.format(url=tokens.url, secret=SECRET)
        tokens.refuses = "invalid_client"
        async with town(tmp_path, database_url=bare_url, more=more) as place:
            code, out, err = await place.loket_says("check")
            assert code == 1
            assert "invalid_client" in out and "mail.oauth.client_secret" in out
            assert SECRET not in out + err

            def opens(token: str) -> None:
                given.append(token)
                place.world.mail.mailbox(PORTAL).opens_with(*given)

            tokens.refuses, tokens.gives = "", opens
            await place.kill()
            findings = {row["part"]: row for row in await place.listing("check")}
            for part in ("imap", "smtp"):
                assert findings[part]["ok"] and "access token" in findings[part]["detail"], findings[part]
            await place.annas_box.send(PORTAL, "HELP", "")
            await place.annas_box.wait(lambda mail: "HERKOPPEL" in mail.text, timeout=PATIENCE)
        logged = (tmp_path / "product.log").read_text(errors="replace")
    assert not [secret for secret in (SECRET, *given) if secret in logged]
