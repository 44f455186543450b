"""Which Telegram chat: a chat id means something only together with its bot."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ChatKey:
    """One chat of one bot. Both ids are Telegram's, up to 52 bits (Bot API `Chat.id`, `User.id`)."""

    bot_id: int
    chat_id: int

    @property
    def address(self) -> str:
        """How deliveries name this chat: the value of a person's Telegram `Address`."""
        return str(self.chat_id)

    @property
    def place(self) -> str:
        """How a step-up names this chat."""
        return f"{self.bot_id}:{self.chat_id}"
