"""Each mail is handled once, whatever happens to the connection, the server or the numbering (MAIL-10)."""

import asyncio
import imaplib
import ssl

import pytest

from mailbridge.mailbox import Folder
from sandbox.mail import attachment
from tests.mailbridge.journeys.scene import PORTAL
from tests.mailbridge.servers import looking
from tests.mailbridge.servers.boxes import PASSWORD
from tests.mailbridge.servers.conftest import RealPost
from tests.support.waiting import until


@pytest.mark.rule("MAIL-9", "MAIL-10")
async def test_a_connection_that_is_cut_in_the_middle_of_fetching_costs_nothing(post: RealPost) -> None:
    scene = post.scene
    await scene.box("anna").send(
        PORTAL, "Groot", "Zie bijlage.", attachments=[attachment("plan.bin", bytes(3_000_000))]
    )
    await until(lambda: len(scene.box("portal").mails) == 1)
    post.imap.down = 1_500_000
    async with scene.at_work():
        await scene.box("anna").send(PORTAL, "Klein", "Komt daarna.")
        await looking.until_written(scene, "Zie bijlage.", "Komt daarna.")
        await scene.moved(Folder.PROCESSED, 2)
    assert post.imap.cuts == 1 and post.imap.connections >= 2
    [first, _] = await scene.written()
    assert [file.size for file in first.attachments] == [3_000_000]


@pytest.mark.rule("MAIL-10")
async def test_a_restart_of_the_servers_loses_and_doubles_nothing(post: RealPost) -> None:
    scene = post.scene
    async with scene.at_work():
        letter = await scene.letter_from_hugo()
        await scene.box("anna").reply(letter, "Voor de herstart.")
        await looking.until_written(scene, "Voor de herstart.")
        post.servers.stop()
        await until(lambda: not scene.mailbox.connected, seconds=looking.LATER)
        await scene.write("Tijdens de herstart.", subject="Storing")
        post.servers.start()
        during = await scene.box("anna").wait(lambda mail: "Tijdens de herstart." in mail.text)
        await scene.box("anna").reply(during, "Na de herstart.")
        await looking.until_written(scene, "Voor de herstart.", "Na de herstart.")
        await scene.moved(Folder.PROCESSED, 2)
        await until(lambda: len(looking.ids(scene, "hugo")) == 2, seconds=looking.LATER)
    assert len(await scene.items()) == 2
    assert len(looking.ids(scene, "anna")) == 2


@pytest.mark.rule("MAIL-10")
async def test_a_new_numbering_while_mails_wait_changes_nothing(post: RealPost) -> None:
    scene = post.scene
    await scene.box("anna").send(PORTAL, "Eerste", "Eén keer.")
    await until(lambda: len(scene.box("portal").mails) == 1)
    await scene.mailbox.drain()
    post.servers.doveadm("mailbox", "update", "-u", PORTAL, "--uid-validity", "99", "INBOX")
    async with scene.at_work():
        await looking.until_written(scene, "Eén keer.")
        await scene.moved(Folder.PROCESSED)
        post.servers.doveadm("mailbox", "update", "-u", PORTAL, "--uid-validity", "100", "INBOX")
        await scene.box("anna").send(PORTAL, "Tweede", "En nog een.")
        await looking.until_written(scene, "Eén keer.", "En nog een.")
        await scene.moved(Folder.PROCESSED, 2)
        await until(lambda: len(looking.ids(scene, "hugo")) == 2, seconds=looking.LATER)
    assert len(scene.box("hugo").mails) == 2


@pytest.mark.rule("MAIL-10")
async def test_somebody_else_who_reads_the_mailbox_hides_nothing(post: RealPost) -> None:
    scene = post.scene
    await scene.box("anna").send(PORTAL, "Gelezen", "Toch aangekomen.")
    await until(lambda: len(scene.box("portal").mails) == 1)
    assert await asyncio.to_thread(_read_all, post.servers.imap_port) == 1
    async with scene.at_work():
        await looking.until_written(scene, "Toch aangekomen.")
        await scene.box("hugo").wait(lambda mail: "Toch aangekomen." in mail.text)
        await scene.moved(Folder.PROCESSED)


def _read_all(port: int) -> int:
    """Read the portal's INBOX as a curious person would, which marks everything as seen; how many there were."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    client = imaplib.IMAP4("127.0.0.1", port, 20)
    client.starttls(context)
    client.login(PORTAL, PASSWORD)
    client.select("INBOX")
    _, found = client.uid("SEARCH", "UNSEEN")
    numbers = found[0].split()
    for number in numbers:
        client.uid("FETCH", number, "(BODY[])")
    _, left = client.uid("SEARCH", "UNSEEN")
    assert left[0] == b""
    client.logout()
    return len(numbers)
