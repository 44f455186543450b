"""Telegram on one machine: a Bot API server as strict as the real one, and the people who use it.

`TelegramServer` is the door: bots reach it over HTTP, tests hold a `Phone` in their hands, the page uses `control`.
Everything keeps to the public Bot API documentation. Nothing here draws the page (that is `sandbox.page`), and nothing
here knows the product.
"""

from sandbox.telegram.calls import ApiCall
from sandbox.telegram.chat_view import Button, ChatFile, ChatMessage, Toast
from sandbox.telegram.conversation import Conversation, NoSuchButton, Tap, Unwilling
from sandbox.telegram.events import Event
from sandbox.telegram.faults import Fault, FaultKind
from sandbox.telegram.limits import Limits
from sandbox.telegram.outgoing import Document, Photo
from sandbox.telegram.people import Group, Phone
from sandbox.telegram.server import TelegramServer
from sandbox.telegram.world import Bot

__all__ = [
    "ApiCall",
    "Bot",
    "Button",
    "ChatFile",
    "ChatMessage",
    "Conversation",
    "Document",
    "Event",
    "Fault",
    "FaultKind",
    "Group",
    "Limits",
    "NoSuchButton",
    "Phone",
    "Photo",
    "Tap",
    "TelegramServer",
    "Toast",
    "Unwilling",
]
