"""The sample office: its settings, and its dossiers from a feed, as an office would bring its own."""

import json
from pathlib import Path

from loket.feeding import apply_feed
from loket.settings import Settings, read_settings
from loket.wiring import open_product
from sandbox.world import World

SAMPLE = Path(__file__).resolve().parents[1] / "sample"
DOMAIN = "delinde.example"
PORTAL = f"portaal@{DOMAIN}"
PORTAL_PASSWORD = "portaal-proef"  # noqa: S105  # of the sandbox's mailbox, which is reachable from this machine only
TOKEN = "424242:try-out-of-loket"  # noqa: S105  # of the sandbox's bot
BOT = "delinde_bot"


def write_settings(path: Path, world: World, *, data: Path, http_port: int) -> Settings:
    """The settings file of the try-out, as an operator would write one, pointing at the sandbox."""
    mail_server = f"""host = "127.0.0.1"
user = "{PORTAL}"
password = "{PORTAL_PASSWORD}"
tls = "none"
"""
    path.write_text(
        f"""data = {json.dumps(str(data))}

[office]
{(SAMPLE / "office.toml").read_text(encoding="utf-8").strip()}
logo = {json.dumps(str(SAMPLE / "logo.png"))}

[telegram]
token = "{TOKEN}"
api = "{world.telegram.base_url}"

[mail]
address = "{PORTAL}"
authserv_id = "{world.mail.authserv_id}"

[mail.imap]
port = {world.mail.imap_port}
{mail_server}
[mail.smtp]
port = {world.mail.smtp_port}
{mail_server}
[http]
port = {http_port}
""",
        encoding="utf-8",
    )
    return read_settings(path)


async def bring_in_sample(settings: Settings) -> None:
    """The sample's accounts, persons, dossiers and documents; once, because a feed is idempotent."""
    async with open_product(settings) as product:
        outcome = await apply_feed(product, SAMPLE / "feed.jsonl")
    if outcome.wrong:
        raise RuntimeError(f"the sample feed is wrong: {outcome.wrong}")
