"""News that is stopped by the mail program's own button, with the product as an office runs it."""

import re
from pathlib import Path

import aiohttp
import pytest

from core.database import open_database, transaction
from core.notifications import tell
from core.people import persons
from core.people.preferences import News
from loket.settings import read_settings
from tests.journeys.town import PATIENCE, Town, free_port, town


async def tell_anna(settings_file: Path, email: str, subject: str) -> int:
    """News of the office for somebody; how many deliveries that makes."""
    engine, sessions = open_database(read_settings(settings_file).database_url)
    try:
        async with transaction(sessions) as session:
            person = await persons.by_email(session, email)
            assert person is not None
            values = {"subject": subject, "text": "Tot ziens."}
            return len(await tell.person(session, person.id, news=News.NEWS, kind="news", values=values))
    finally:
        await engine.dispose()


@pytest.mark.rule("NOTE-5")
async def test_a_click_in_the_mail_program_stops_news(bare_url: str, tmp_path: Path) -> None:
    port = free_port()
    web = f"http://127.0.0.1:{port}"
    async with town(tmp_path, database_url=bare_url, http_port=port, more=f'web = "{web}"\n') as place:
        link = await _link_in_news(place)
        async with aiohttp.ClientSession() as client:
            async with client.get(link) as looked:
                assert (looked.status, "<button" in await looked.text()) == (200, True)
            assert await tell_anna(place.settings_file, place.annas_box.address, "Weer open") == 1
            async with client.post(link, data={"List-Unsubscribe": "One-Click"}) as clicked:
                assert (clicked.status, "geen nieuws meer" in await clicked.text()) == (200, True)
        assert await tell_anna(place.settings_file, place.annas_box.address, "Dit komt niet") == 0
        findings = {row["part"]: row for row in await place.listing("check")}
        assert findings["web"]["ok"], findings["web"]


async def _link_in_news(place: Town) -> str:
    assert await tell_anna(place.settings_file, place.annas_box.address, "Gesloten met Kerst") == 1
    mail = await place.annas_box.wait(lambda mail: mail.subject == "Gesloten met Kerst", timeout=PATIENCE)
    assert mail.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    return str(re.findall(r"<(http[^>]+)>", mail.header("List-Unsubscribe"))[0])
