"""The state of a sandbox as its last run left it."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.telegram.limits import Limits
from sandbox.telegram.state import State
from sandbox.telegram.store import Store
from sandbox.telegram.world import Person, Stored, Topic, restored_chat


def restored(store: Store, limits: Limits, now: Callable[[], float]) -> State:
    """The state that `store` holds; an empty one when it holds nothing."""
    state = State(store, limits, now)
    for owner, _, record in store.all("bot"):
        state.restore_bot(int(owner), record)
    for _, _, record in store.all("person"):
        person = Person(**record)
        state.persons[person.user_id] = person
        state.persons_by_key[person.key] = person
    for owner, _, record in store.all("chat"):
        state.chats[owner] = restored_chat(owner, record)
    for owner, rank, record in store.all("topic"):
        state.chats[owner].topics[rank] = Topic(**record)
    _restore_messages(state)
    for owner, rank, record in store.all("update"):
        state.bots[int(owner)].updates.restore(rank, record)
    for owner, _, record in store.all("counter"):
        state.bots[int(owner)].updates.restore_counter(record["next"])
    for owner, _, record in store.all("query"):
        state.queries[owner] = record
    return state


def _restore_messages(state: State) -> None:
    last: dict[int, int] = {}
    for owner, rank, record in state.store.all("message"):
        chat = state.chats[owner]
        stored = Stored(chat, rank, **record)
        stored.revision = next(state.revisions)
        chat.messages[rank] = stored
        chat.changes[rank] = stored.revision
        if chat.bot_id is not None:
            last[chat.bot_id] = max(last.get(chat.bot_id, 0), rank)
    for bot_id, message_id in last.items():
        state.continue_private_ids(bot_id, message_id)
