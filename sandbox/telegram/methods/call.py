"""One call of one method by one bot."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.telegram.parameters import Parameters
from sandbox.telegram.state import State
from sandbox.telegram.world import Bot, Chat


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls (`bot`), what (`method`, lower case), with which parameters, on which state."""

    state: State
    bot: Bot
    method: str
    params: Parameters

    def chat(self) -> Chat:
        """The chat of `chat_id` that the bot may reach; 400 or 403 otherwise."""
        return self.state.reachable(self.bot, self.params.text("chat_id"))
