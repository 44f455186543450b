"""What Telegram shows of the bot before anybody speaks: commands per scope and language, description, short description."""

from aiogram import Bot
from aiogram.methods import SetChatMenuButton, SetMyCommands, SetMyDescription, SetMyShortDescription
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeDefault, MenuButtonCommands

from bot import limits
from bot.customer.commands import MENU
from bot.saying import label
from core.actor import Language
from core.database import forbid_network_in_transaction
from core.office import Office

DESCRIPTION = 512
"""setMyDescription: 0-512 characters."""

SHORT_DESCRIPTION = 120
"""setMyShortDescription: 0-120 characters."""


async def introduce(bot: Bot, office: Office) -> None:
    """Sets commands and descriptions, for everybody in the office's language and per language that we speak. Repeatable."""
    forbid_network_in_transaction()
    await bot(SetMyCommands(commands=[], scope=BotCommandScopeDefault()))
    for language, code in [(office.language, None), *((language, str(language)) for language in Language)]:
        scope = BotCommandScopeAllPrivateChats()
        await bot(SetMyCommands(commands=commands(language), scope=scope, language_code=code))
        about = limits.clipped(label(language, "profile.description", office=office.name), DESCRIPTION)
        await bot(SetMyDescription(description=about, language_code=code))
        short = limits.clipped(label(language, "profile.short", office=office.name), SHORT_DESCRIPTION)
        await bot(SetMyShortDescription(short_description=short, language_code=code))
    await bot(SetChatMenuButton(menu_button=MenuButtonCommands()))


def commands(language: Language) -> list[BotCommand]:
    """The menu of a private chat, in one language."""
    return [
        BotCommand(command=names[language], description=label(language, f"command.{key}"))
        for key, names in MENU.items()
    ]
