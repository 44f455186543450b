"""The office of the mail journeys on Dovecot and Exim, once on each database."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.actor import Channel
from core.crypto import Keys
from core.database import Sessions, Wake, transaction
from core.deliveries.worker import DeliveryWorker
from core.files.store import FileStore
from core.intake.worker import IntakeWorker
from core.notifications import tell
from core.office import Office
from mailbridge.handler import MailHandler
from mailbridge.mailbox import Mailbox
from mailbridge.sending import SmtpSender
from mailbridge.servers import Protection, ServerAccess
from tests.mailbridge.journeys.scene import PORTAL, SETTINGS, Scene, _people
from tests.mailbridge.servers.boxes import PASSWORD, Box
from tests.mailbridge.servers.wire import Wire
from tests.support.mail_servers import Absent, MailServers

ADDRESSES = {"portal": PORTAL} | {
    name: f"{name}@{domain}.example"
    for domain, names in {"post": ("anna", "bram", "vera", "eva"), "kantoor": ("hugo", "mia")}.items()
    for name in names
}


@dataclass(slots=True)
class RealPost:
    """The office at work by mail, its servers, and the wires that it reaches them by."""

    scene: Scene
    servers: MailServers
    imap: Wire
    smtp: Wire


@pytest.fixture
def servers() -> Iterator[MailServers]:
    """Both servers with everybody's mailbox, running. In a folder that an unprivileged user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="loket-post-"))
    folder.chmod(0o755)
    made = MailServers(folder / "post")
    try:
        for address in ADDRESSES.values():
            made.add(address, PASSWORD)
        try:
            made.start()
        except Absent as absent:
            pytest.skip(str(absent))
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def post(
    servers: MailServers,
    sessions: Sessions,
    wake: Wake,
    files: FileStore,
    keys: Keys,
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[RealPost]:
    """The same office as on the sandbox, over STARTTLS; what it retries, it retries soon."""
    monkeypatch.setattr("mailbridge.mailbox.watching.WAIT", 0.05)
    monkeypatch.setattr("mailbridge.mailbox.watching.FIRST_PAUSE", 0.05)
    monkeypatch.setattr("mailbridge.mailbox.watching.LONGEST_PAUSE", 0.5)
    monkeypatch.setattr("core.deliveries.backoff.pause", lambda *_, **__: 0.3)
    async with Wire(servers.imap_port).laid() as imap, Wire(servers.smtp_port).laid() as smtp:
        scene = await _scene(servers, imap, smtp, sessions, wake, files, keys, office)
        try:
            yield RealPost(scene, servers, imap, smtp)
        finally:
            await scene.sender.close()


async def _scene(
    servers: MailServers, imap: Wire, smtp: Wire, sessions: Sessions, wake: Wake, files: FileStore, keys: Keys, office: Office
) -> Scene:  # fmt: skip
    given = {"sessions": sessions, "files": files, "keys": keys, "office": office, "settings": SETTINGS}
    sender = SmtpSender(_access(smtp), **given)  # type: ignore[arg-type]  # as named
    handler = MailHandler(**given)  # type: ignore[arg-type]  # as named
    async with transaction(sessions) as session:
        people = await _people(session)
    deliveries = DeliveryWorker(
        sessions,
        channel=Channel.EMAIL,
        sender=sender,
        name="test",
        keys=keys,
        wake=wake,
        limits=None,
        on_failed=tell.delivery_failed,
    )
    return Scene(
        sessions=sessions,
        server=servers,  # type: ignore[arg-type]  # not the sandbox's, and nothing here asks it anything
        office=office,
        keys=keys,
        files=files,
        mailbox=Mailbox(_access(imap), sessions=sessions, files=files, wake=wake),
        handler=handler,
        intake=IntakeWorker(sessions, channel=Channel.EMAIL, handler=handler, name="test", wake=wake),
        deliveries=deliveries,
        sender=sender,
        boxes=_boxes(servers),  # type: ignore[arg-type]  # boxes of the real servers
        **people,  # type: ignore[arg-type]  # the people by their names
    )


def _access(wire: Wire) -> ServerAccess:
    return ServerAccess("127.0.0.1", wire.port, PORTAL, PASSWORD, Protection.STARTTLS, verify=False)


def _boxes(servers: MailServers) -> dict[str, Box]:
    return {name: Box(servers, address, name.capitalize()) for name, address in ADDRESSES.items()}
