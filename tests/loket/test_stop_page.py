"""The click that stops news (RFC 8058), from the headers of a real mail to the server that runs beside the workers."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import FormData
from structlog.testing import capture_logs

from core.actor import OFFICE, Language
from core.database import Sessions, reading, transaction
from core.notifications import tell
from core.people import persons, preferences
from core.people.preferences import CHANNELS, News
from loket import running, unsubscribing
from loket.running import Part, run_parts
from loket.settings import read_settings
from loket.wiring import Product, open_product
from sandbox.mail import Mail, Mailbox, MailServer
from tests.support.mail_servers import free_ports
from tests.support.waiting import until

PORTAL, PASSWORD = "portaal@kantoor.example", "a password of the tests"
ONE_CLICK = b"List-Unsubscribe=One-Click"
SETTINGS = """
data = "{data}"
[office]
name = "Kantoor <De Proef>"
[database]
url = "{url}"
[mail]
address = "{portal}"
authserv_id = "mx.kantoor.example"
[mail.imap]
host = "127.0.0.1"
port = {imap}
user = "{portal}"
password = "{password}"
tls = "none"
[mail.smtp]
host = "127.0.0.1"
port = {smtp}
user = "{portal}"
password = "{password}"
tls = "none"
[http]
port = {http}
web = "http://127.0.0.1:{http}"
"""


@dataclass(frozen=True, slots=True)
class Office:
    """The product at work, the mailboxes of Anna (Dutch) and Bram (English), and a browser."""

    product: Product
    boxes: dict[str, Mailbox]
    ids: dict[str, int]
    browser: aiohttp.ClientSession

    async def news(self, who: str, subject: str) -> Mail:
        """News that somebody gets."""
        assert await self.tell(who, subject)
        return await self.boxes[who].wait(lambda mail: mail.subject == subject)

    async def tell(self, who: str, subject: str) -> list[Any]:
        """What is queued when the office has news."""
        async with transaction(self.product.sessions) as session:
            values = {"subject": subject, "text": "Tot ziens."}
            return list(await tell.person(session, self.ids[who], news=News.NEWS, kind="news", values=values))

    async def wants_news(self, who: str) -> bool:
        """Whether somebody still wants news, over any channel."""
        async with reading(self.product.sessions) as session:
            cells = await preferences.matrix(session, self.ids[who])
        assert cells[News.MESSAGE, CHANNELS[0]] and cells[News.MESSAGE, CHANNELS[1]]
        return any(cells[News.NEWS, channel] for channel in CHANNELS)

    async def click(self, address: str, data: Any = ONE_CLICK, **more: Any) -> tuple[int, str]:
        """What a mail program does when its button is pressed."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if isinstance(data, bytes) else {}
        async with self.browser.post(address, data=data, headers=headers, **more) as answer:
            return answer.status, await answer.text()

    async def look(self, address: str, **headers: str) -> str:
        """The page behind the link."""
        async with self.browser.get(address, headers=headers) as answer:
            assert answer.status == 200
            assert answer.headers["Cache-Control"] == "no-store"
            return await answer.text()


@asynccontextmanager
async def at_work(folder: Path, url: str) -> AsyncIterator[Office]:
    [http] = free_ports(1)
    async with MailServer(None, "kantoor.example") as mail, aiohttp.ClientSession() as browser:
        mail.add_mailbox(PORTAL, PASSWORD, catch_plus=True)
        boxes = {name: mail.add_mailbox(f"{name}@post.example", PASSWORD) for name in ("anna", "bram")}
        ports = {"imap": mail.imap_port, "smtp": mail.smtp_port, "http": http}
        file = folder / "loket.toml"
        file.write_text(
            SETTINGS.format(data=folder / "data", url=url, portal=PORTAL, password=PASSWORD, **ports), encoding="utf-8"
        )
        settings = read_settings(file)
        async with open_product(settings, migrated=False) as product:
            async with transaction(product.sessions) as session:
                ids = {
                    name: (
                        await persons.create(
                            session, name=name, email=f"{name}@post.example", language=language, actor=OFFICE
                        )
                    ).id
                    for name, language in (("anna", Language.NL), ("bram", Language.EN))
                }
            stop = asyncio.Event()
            async with asyncio.TaskGroup() as group:
                group.create_task(run_parts(product, frozenset({Part.WORKER}), stop))
                try:
                    await until(lambda: _answers(browser, http))
                    yield Office(product, boxes, ids, browser)
                finally:
                    stop.set()


async def _answers(browser: aiohttp.ClientSession, port: int) -> bool:
    try:
        async with browser.get(f"http://127.0.0.1:{port}/health") as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


@pytest.fixture
async def office(database_url: str, sessions: Sessions, tmp_path: Path) -> AsyncIterator[Office]:
    """On each database, which `sessions` has emptied."""
    async with at_work(tmp_path, database_url) as opened:
        yield opened


def link_of(mail: Mail) -> str:
    """The address that a mail program posts to; RFC 8058 wants both headers."""
    assert mail.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    [address] = re.findall(r"<(http[^>]+)>", mail.header("List-Unsubscribe"))
    assert "<mailto:" in mail.header("List-Unsubscribe")
    return str(address)


@pytest.mark.rule("NOTE-5")
async def test_one_click_stops_news_of_its_reader_and_looking_stops_nothing(office: Office) -> None:
    link = link_of(await office.news("anna", "Gesloten met Kerst"))
    page = await office.look(link)
    assert "Geen nieuws meer van Kantoor &lt;De Proef&gt;?" in page and '<html lang="nl">' in page
    async with office.browser.head(link) as answer:
        assert answer.status == 200
    assert await office.wants_news("anna")

    status, told = await office.click(link)
    assert status == 200 and "U krijgt geen nieuws meer" in told
    assert not await office.wants_news("anna") and await office.wants_news("bram")
    assert await office.tell("anna", "Dit komt niet") == []
    assert (await office.click(link))[0] == 200
    assert "No more news from" in await office.look(link_of(await office.news("bram", "Closed at Christmas")))


@pytest.mark.rule("NOTE-5")
async def test_the_button_of_the_page_does_what_the_mail_program_does(office: Office) -> None:
    link = link_of(await office.news("bram", "Closed at Christmas"))
    [name, value] = re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', await office.look(link))[0]
    assert "You get no more news" in (await office.click(link, {name: value}))[1]
    assert not await office.wants_news("bram")


@pytest.mark.rule("NOTE-5")
async def test_a_mail_program_may_send_a_form_in_parts(office: Office) -> None:
    form = FormData(default_to_multipart=True)
    form.add_field("List-Unsubscribe", "One-Click")
    assert (await office.click(link_of(await office.news("anna", "Nieuws")), form))[0] == 200
    assert not await office.wants_news("anna")


async def test_a_token_that_is_not_ours_gets_the_same_words_and_stops_nothing(office: Office) -> None:
    mail = await office.news("anna", "Nieuws")
    link = link_of(mail)
    begin, _, token = link.rpartition("/")
    answers_to = mail.reply_to.partition("+")[2].partition("@")[0]
    for other in (
        f"{'a' if token[9] != 'a' else 'b'}".join((token[:9], token[10:])),
        answers_to,
        "x",
        "%00",
        "%F0%9F%98%80",
        "a" * 3000,
    ):
        assert await office.look(f"{begin}/{other}", **{"Accept-Language": "fr, nl;q=0.5"}) == await office.look(link)
        status, told = await office.click(f"{begin}/{other}")
        assert status == 200 and "U krijgt geen nieuws meer" in told
    assert "No more news" in await office.look(f"{begin}/x", **{"Accept-Language": "en-GB"})
    assert await office.wants_news("anna")
    assert (await office.click(f"{begin}/"))[0] == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"List-Unsubscribe=No", 400), (b"List-Unsubscribe=One-Click&x=y", 400), (b"x" * 5000, 413)],
)
async def test_another_body_stops_nothing(office: Office, body: bytes, status: int) -> None:
    link = link_of(await office.news("anna", "Nieuws"))
    assert (await office.click(link, body))[0] == status
    assert await office.wants_news("anna")


async def test_who_clicks_on_and_on_is_asked_to_wait_and_others_are_not(office: Office) -> None:
    anna, bram = [link_of(await office.news(who, "Nieuws")) for who in ("anna", "bram")]
    answers = [(await office.click(anna))[0] for _ in range(2 * unsubscribing.A_MINUTE + 1)]
    assert answers[0] == 200 and 429 in answers
    assert (await office.click(bram))[0] == 200


async def test_the_token_is_in_no_log(office: Office, capfd: pytest.CaptureFixture[str]) -> None:
    link = link_of(await office.news("anna", "Nieuws"))
    with capture_logs() as logged:
        await office.look(link)
        await office.click(link)
    assert logged
    assert link.rpartition("/")[2] not in f"{logged}{capfd.readouterr()}"


@pytest.mark.parametrize("part", list(Part))
async def test_every_process_with_a_port_serves_it(office: Office, part: Part) -> None:
    assert "http" in await running._loops(office.product, None, frozenset({part}))
