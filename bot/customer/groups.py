"""Groups: customers' affairs are for a private chat only. Said once a group."""

from bot.answers import Answer, Show, Toast
from bot.customer.visit import Knock
from bot.screens import about
from bot.updates import Reachable, Tap, Words
from core.chats import chats

TOLD = "group.told"
"""What `Chat.expecting` of a group says once it was told."""


async def answer(knock: Knock, event: object) -> list[Answer]:
    """Says once where it does work: when the bot is added, or first spoken to."""
    if isinstance(event, Tap):
        return [Toast(event.query_id, knock.look.label("group.private_only"), alert=True)]
    spoken_to = isinstance(event, Words) or (isinstance(event, Reachable) and event.reachable)
    if not spoken_to or knock.row.expecting == TOLD:
        return []
    await chats.expect(knock.session, knock.chat, TOLD)
    return [Show(about.plain(knock.look, "group.private_only"))]
