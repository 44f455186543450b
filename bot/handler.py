"""One Telegram update in three steps (core.intake.handling.Handler): fetch, handle, answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from typing import Any

from aiogram import Bot
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from aiohttp import ClientError

from bot import callbacks, fetching, updates
from bot.answers import Answer, Show, Toast, packed, unpacked
from bot.callbacks import StaleButton, Verb
from bot.customer import desk, groups, home
from bot.customer import step_up as asking
from bot.customer.errands import Errand
from bot.customer.visit import Desk, Knock, Visit, at_the_bottom
from bot.fetching import Fetched
from bot.forgetting import forget
from bot.messenger import Messenger
from bot.saying import refusal
from bot.screens import about
from bot.updates import Brought, Event, Origin, Tap
from core.actor import Language
from core.crypto import Keys
from core.database import Session, Sessions, reading
from core.deliveries.sending import Temporary
from core.errors import Refused
from core.files.content import Content
from core.files.store import FileStore
from core.intake.handling import Handled
from core.intake.models import Intake
from core.messages import drafts
from core.office import Office
from core.people import links, step_up
from core.people.chat_key import ChatKey
from core.portal import caller, tasks

UNKNOWN = frozenset({"dossier.unknown", "document.unknown", "message.unknown", "draft.unknown", "upload.unknown"})
"""Refusals of a button whose thing is not there (any more, or for them): followed by a fresh home card."""


@dataclass(frozen=True, slots=True)
class _Given:
    """What was fetched: files by message id, and the full text of an over-long draft."""

    files: Mapping[int, Fetched] = field(default_factory=dict)
    full_text: Content | None = None


class CustomerHandler:
    """Understands the updates of customers' chats. `version` is the product's own, unless given."""

    def __init__(
        self, bot: Bot, sessions: Sessions, files: FileStore, *, office: Office, keys: Keys, version: str = ""
    ) -> None:
        self._bot = bot
        self._sessions = sessions
        self._files = files
        self._desk = Desk(office=office, keys=keys, version=version or metadata.version("loket"))
        self._messenger = Messenger(bot, sessions)

    async def fetch(self, items: Sequence[Intake]) -> _Given:
        """The files of the messages, and what must be stored before a draft can be sent. Raises Temporary."""
        origin, events = _read(items)
        try:
            files = [file for file in map(updates.file_of, events) if file is not None]
            found = await self._files_of(files, origin)
        except TelegramRetryAfter as error:
            raise Temporary("Telegram asks to wait", float(error.retry_after)) from error
        except (TelegramNetworkError, TelegramServerError, ClientError, TimeoutError) as error:
            raise Temporary(f"Telegram can't be reached: {type(error).__name__}") from error
        return _Given(found, await self._full_text(items, events[0]))

    async def handle(self, session: Session, items: Sequence[Intake], fetched: _Given) -> Handled:
        """The answers to one update, or to one album."""
        origin, events = _read(items)
        if not origin.chat_id:
            return Handled([], outcome=f"ignored {_kind(events[0])}"[:60])
        knock = await self._knock(session, items[0], origin, events[0])
        if isinstance(knock, Visit):
            errand = Errand(knock.source, tuple(item.payload for item in items), fetched.files, fetched.full_text)
            knock = replace(knock, errand=errand, full_text=fetched.full_text)
        answers = await _serve(knock, origin, events, fetched)
        forget(items, events, answers, stranger=not isinstance(knock, Visit))
        return Handled(self._packed(answers, events[0]), outcome=_kind(events[0]))

    async def refused(self, session: Session, items: Sequence[Intake], refused: Refused) -> Handled:
        """A tap is refused in a box, a text in a message; what isn't there any more brings a fresh home card."""
        origin, events = _read(items)
        knock = await self._knock(session, items[0], origin, events[0])
        if isinstance(knock, Visit):
            knock = replace(knock, errand=Errand(knock.source, tuple(item.payload for item in items)))
        answers = await _told(knock, events[0], refused)
        forget(items, events, answers, stranger=not isinstance(knock, Visit))
        return Handled(self._packed(answers, events[0]), outcome=f"refused {refused.code}"[:60])

    async def give_up(self, session: Session, items: Sequence[Intake], error_id: str) -> Handled:
        """The sender is told once, with the number to ask about."""
        origin, events = _read(items)
        if not origin.private:
            return Handled([], outcome="dead")
        knock = await self._knock(session, items[0], origin, events[0])
        sorry = Show(about.plain(knock.look, "fallback.failed", error_id=error_id))
        return Handled(self._packed([sorry], events[0]), outcome="dead")

    async def answer(self, items: Sequence[Intake], answers: Sequence[dict[str, Any]]) -> None:
        """Carries the answers out."""
        chat = ChatKey(self._bot.id, updates.origin_of(items[0].payload).chat_id)
        await self._messenger.carry_out(chat, unpacked(answers, self._desk.keys))

    def _packed(self, answers: list[Answer], event: Event) -> list[dict[str, Any]]:
        return packed(_answered(answers, event), self._desk.keys)

    async def _files_of(self, brought: Sequence[Brought], origin: Origin) -> dict[int, Fetched]:
        office, language = self._desk.office, self._language(origin)
        return await fetching.fetch_all(self._bot, self._files, brought, office=office, language=language)

    async def _full_text(self, items: Sequence[Intake], event: Event) -> Content | None:
        """The bytes of an over-long draft, stored before the transaction that sends it (MSG-5)."""
        if not isinstance(event, Tap) or _verb(event) is not Verb.DRAFT_SEND:
            return None
        chat = ChatKey(self._bot.id, updates.origin_of(items[0].payload).chat_id)
        async with reading(self._sessions) as session:
            person = await links.person_of(session, chat)
            limit = self._desk.office.message_limit
            draft = await drafts.current(session, person.id, limit=limit) if person else None
        if draft is None or not draft.over:
            return None
        return await self._files.put(drafts.full_text(draft).encode())

    async def _knock(self, session: Session, item: Intake, origin: Origin, event: Event) -> Knock:
        """Who is there: a visit of a linked person, or a stranger's knock."""
        chat = ChatKey(self._bot.id, origin.chat_id)
        who = await caller.of(session, chat, language=self._language(origin))
        tap = event if isinstance(event, Tap) else None
        values: dict[str, Any] = {
            "session": session,
            "desk": self._desk,
            "chat": chat,
            "row": who.chat,
            "origin": origin,
            "source": f"{item.source}:{item.key}",
            "tap": tap,
            "below": tap is not None and tap.data.startswith(f"{callbacks.VERSION}+"),
        }
        if who.person is None or not origin.private:
            return Knock(**values)
        actions = await tasks.count(session, who.person.id)
        return Visit(**values, person=who.person, actions=actions, lock=who.lock, stepped_up=who.stepped_up)

    def _language(self, origin: Origin) -> Language:
        """What Telegram speaks with this person, as far as we speak it."""
        spoken = origin.language_code.partition("-")[0].lower()
        return Language(spoken) if spoken in set(Language) else self._desk.office.language


async def _serve(knock: Knock, origin: Origin, events: Sequence[Event], fetched: _Given) -> list[Answer]:
    if not origin.private:
        return await groups.answer(knock, events[0])
    if not isinstance(knock, Visit):
        return await desk.turn_away(knock, events)
    return await desk.serve(knock, events, fetched.files)


async def _told(knock: Knock, event: Event, refused: Refused) -> list[Answer]:
    if refused.code == asking.NEEDED and isinstance(knock, Visit) and knock.errand is not None:
        try:
            async with knock.session.begin_nested():
                act = step_up.Act(str(refused.values["act"]))
                return await asking.ask(knock, act, [knock.errand])
        except Refused as why_not:
            refused = why_not
            await knock.session.refresh(knock.row)
    sentence = refusal(knock.look.language, refused)
    again = await home.afresh(knock) if isinstance(knock, Visit) and refused.code in UNKNOWN else []
    if isinstance(event, Tap):
        return [Toast(event.query_id, sentence, alert=True), *again]
    if isinstance(knock, Visit):
        return [at_the_bottom(knock, about.refused(knock.look, sentence))]
    return [Show(about.sentence_only(knock.look, sentence))]


def _answered(answers: list[Answer], event: Event) -> list[Answer]:
    """Every tap is answered, so that the button stops waiting; what was no tap has nothing to answer."""
    answers = [answer for answer in answers if not (isinstance(answer, Toast) and not answer.query_id)]
    if isinstance(event, Tap) and not any(isinstance(answer, Toast) for answer in answers):
        return [Toast(event.query_id), *answers]
    return answers


def _read(items: Sequence[Intake]) -> tuple[Origin, list[Event]]:
    return updates.origin_of(items[0].payload), [updates.event_of(item.payload) for item in items]


def _verb(tap: Tap) -> Verb | None:
    try:
        return callbacks.read(tap.data).verb
    except StaleButton:
        return None


def _kind(event: Event) -> str:
    """A word for the ledger; never what was said."""
    match event:
        case Tap():
            return f"tap {_verb(event) or 'stale'}"
        case Brought(kind=kind) | updates.Odd(kind=kind):
            return kind[:60]
        case _:
            return type(event).__name__.lower()
