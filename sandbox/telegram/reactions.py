"""The emoji that a bot may react with (Bot API, ReactionTypeEmoji); any other gets REACTION_INVALID."""

from __future__ import annotations

_ALLOWED = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 "
    "💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ "
    "🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 "
    "👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 "
    "🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡 "
)
_VARIATION = "\ufe0f"  # apps add it to ask for the coloured picture; Telegram's list does without
ALLOWED = frozenset(_ALLOWED.split())


def allowed(emoji: object) -> bool:
    """Whether a bot may react with it."""
    return isinstance(emoji, str) and emoji.replace(_VARIATION, "") in ALLOWED
