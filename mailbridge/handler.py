"""What a mail means: the mail channel's `Handler` of the intake.

Open it, see whether a person wrote it, prove who, and do what they mean; or set it apart. Every way out is a named
outcome, by which the mailbox knows the folder.
"""

from collections.abc import Sequence
from dataclasses import replace

from core.crypto import Keys
from core.database import Session, Sessions, wake
from core.errors import Refused
from core.files.store import FileStore
from core.intake import quarantine
from core.intake.handling import Handled
from core.intake.models import Intake
from core.office import Office
from core.people import persons
from core.people.models import Person
from core.staff import members
from mailbridge import answering, asking, commands, posting, returning, routing, serving
from mailbridge.answering import Reader
from mailbridge.composing import MailSettings
from mailbridge.mailbox.watching import SETTLED
from mailbridge.opening import Opened, open_mail
from mailbridge.routing import Author, FromPerson, FromStaff, FromStranger, NotProven, Ways
from mailbridge.rules import Kind
from mailbridge.tokens import About, Audience


class Told(Refused):
    """A refusal with the author and the mail that it answers, for after the transaction was undone."""

    def __init__(self, refused: Refused, author: FromPerson | FromStaff, opened: Opened) -> None:
        super().__init__(refused.code, **refused.values)
        self.reader = Reader.of(author)
        self.mail = opened.mail


class MailHandler:
    """Handles the mails that the mailbox took in (`core.intake.handling.Handler`). It answers by deliveries only."""

    def __init__(
        self, *, sessions: Sessions, files: FileStore, keys: Keys, office: Office, settings: MailSettings
    ) -> None:
        self._sessions = sessions
        self._files = files
        self._keys = keys
        self._office = office
        self._settings = settings

    async def fetch(self, items: Sequence[Intake]) -> Opened:
        """The mail, read, with its attachments stored."""
        payload = items[0].payload
        return await open_mail(
            payload["sha256"], payload["size"], files=self._files, office=self._office, settings=self._settings
        )

    async def handle(self, session: Session, items: Sequence[Intake], fetched: Opened) -> Handled:
        """Everything that the mail means. A rule that forbids it is told to an author who is proven, and to no one else."""
        item = items[0]
        wake.mark(session, SETTLED)
        if (tired := await self._unsubscribing(session, fetched)) is not None:
            await serving.unsubscribe(session, item, tired, fetched.mail)
            return Handled(outcome="news_off")
        if fetched.what.kind.machine:
            return Handled(outcome=await self._machine(session, fetched))
        author = await self._author(session, item, fetched)
        return Handled(outcome=await self._do(session, item, fetched, author))

    async def answer(self, items: Sequence[Intake], answers: Sequence[dict[str, object]]) -> None:
        """Nothing: what a mail is answered with is a delivery."""

    async def refused(self, session: Session, items: Sequence[Intake], refused: Refused) -> Handled:
        """Tell the author of these items."""
        wake.mark(session, SETTLED)
        if isinstance(refused, Told):
            reader, waits = refused.reader, refused.reader.waiting_id or items[0].id
            await answering.refuse(session, reader, refused.mail, refused, office=self._office, waiting_id=waits)
        return Handled(outcome=f"refused {refused.code}")

    async def give_up(self, session: Session, items: Sequence[Intake], error_id: str) -> Handled:
        """Tell the office, and the sender when it is somebody we know and not a machine."""
        item = items[0]
        wake.mark(session, SETTLED)
        known = None if item.payload.get("machine") else await persons.by_email(session, item.sender)
        reader = known or (None if item.payload.get("machine") else await members.by_email(session, item.sender))
        await answering.tell_dead(
            session, item.id, error_id=error_id, sender=item.sender, reader=reader, office=self._office
        )
        return Handled(outcome="dead")

    async def _machine(self, session: Session, opened: Opened) -> str:
        """Never a message and never answered (MAIL-6)."""
        what = opened.what
        if what.kind in {Kind.BOUNCE, Kind.BOUNCE_TEMPORARY}:
            if what.kind is Kind.BOUNCE_TEMPORARY:
                return "bounce, delayed"
            return await returning.came_back(
                session, opened.mail, what.bounce, keys=self._keys, domain=self._settings.domain
            )
        return f"ignored {what.kind}"

    async def _author(self, session: Session, item: Intake, opened: Opened) -> Author:
        stopped = await self._stopped(session, opened)
        if stopped is not None:
            return stopped
        accepted = bool(item.payload.get("accepted"))
        try:
            author = await routing.author_of(session, opened.mail, opened.verdict, self._ways, accepted=accepted)
        except Refused as refused:
            raise await self._told(session, refused, opened) from refused
        chosen = int(item.payload.get("dossier_id") or 0)
        return replace(author, dossier_id=chosen, waiting_id=0) if chosen and isinstance(author, FromPerson) else author

    async def _unsubscribing(self, session: Session, opened: Opened) -> Person | None:
        """The person whose mail program answers the List-Unsubscribe of our news, often by a machine (NOTE-5).

        The signed address is enough: it is made for nothing else, and stopping news is the safe side.
        """
        token = routing.token_of(opened.mail, self._ways)
        if token is None or token.about is not About.NEWS or token.audience is not Audience.PERSON:
            return None
        if opened.what.kind in {Kind.BOUNCE, Kind.BOUNCE_TEMPORARY, Kind.LOOP}:
            return None
        person = await persons.by_id(session, token.reader_id)
        return person if person is not None and person.removed_at is None else None

    async def _stopped(self, session: Session, opened: Opened) -> FromPerson | None:
        """The person who answered STOP to the confirmation of a link.

        The signed address is enough here, without From and authentication: whoever can read that mailbox may undo a link,
        and undoing one is the safe side (LINK-6).
        """
        token = routing.token_of(opened.mail, self._ways)
        if token is None or token.about is not About.LINKED or token.audience is not Audience.PERSON:
            return None
        if not commands.says_stop(opened):
            return None
        person = await persons.by_id(session, token.reader_id)
        return routing.by_token(person, token) if person and person.removed_at is None else None

    async def _told(self, session: Session, refused: Refused, opened: Opened) -> Refused:
        """Only an expired token is refused while the author is sought; its reader is proven by then."""
        token = routing.token_of(opened.mail, self._ways)
        if token is None:
            return refused
        if token.audience is Audience.PERSON:
            person = await persons.by_id(session, token.reader_id)
            return Told(refused, FromPerson(person), opened) if person else refused
        member = await members.by_id(session, token.reader_id)
        return Told(refused, FromStaff(member), opened) if member else refused

    async def _do(self, session: Session, item: Intake, opened: Opened, author: Author) -> str:
        match author:
            case FromPerson():
                return await self._for_person(session, item, opened, author)
            case FromStaff():
                return await self._for_staff(session, item, opened, author)
            case NotProven():
                return await self._set_aside(session, item, opened, author)
            case FromStranger():
                return await self._stranger(session, item, opened)

    async def _for_person(self, session: Session, item: Intake, opened: Opened, author: FromPerson) -> str:
        try:
            if author.about is About.LINKED and commands.says_stop(opened):
                undone = await serving.stop_link(session, item, author, opened.mail, self._ways, office=self._office)
                return "unlinked" if undone else "unlinked before"
            asked = await asking.done(session, item, opened, author, keys=self._keys, office=self._office)
            if isinstance(asked, str):
                return asked
            await posting.from_person(session, item, opened, asked, office=self._office)
        except Refused as refused:
            raise Told(refused, author, opened) from refused
        return "message"

    async def _for_staff(self, session: Session, item: Intake, opened: Opened, author: FromStaff) -> str:
        try:
            return await posting.from_staff(session, item, opened, author, office=self._office)
        except Refused as refused:
            raise Told(refused, author, opened) from refused

    async def _set_aside(self, session: Session, item: Intake, opened: Opened, author: NotProven) -> str:
        quarantined = await quarantine.set_aside(
            session,
            item,
            reason=author.reason,
            claimed_from=item.sender,
            dossier_id=author.dossier_id,
            person_id=author.person_id,
        )
        await answering.tell_quarantined(session, quarantined, opened.mail, office=self._office)
        return f"quarantined {author.reason}"

    async def _stranger(self, session: Session, item: Intake, opened: Opened) -> str:
        """Kept for staff; answered politely, unless the address is forged or there is none (RFC 3834: no backscatter)."""
        await quarantine.set_aside(session, item, reason=routing.UNKNOWN, claimed_from=item.sender)
        if opened.verdict.passed:
            await answering.greet_stranger(session, opened.mail, office=self._office)
        return "unknown sender"

    @property
    def _ways(self) -> Ways:
        return Ways(self._keys, self._settings, answering.today(self._office))
