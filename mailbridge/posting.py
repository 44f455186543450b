"""A proven mail becomes a message, through the same verb as from any other channel."""

from collections.abc import Iterable

from core.actor import Actor, Channel
from core.database import Session
from core.dossiers.models import Dossier
from core.errors import Refused
from core.files import files as stored_files
from core.files.models import StoredFile
from core.intake.models import Intake
from core.messages import messages
from core.messages.models import Message
from core.office import Office
from core.people import addresses
from mailbridge import answering, instructing, routing
from mailbridge.answering import Reader
from mailbridge.composing.headers import plain_subject
from mailbridge.opening import Opened
from mailbridge.routing import FromPerson, FromStaff
from mailbridge.rules import Kind

UNASKED = "upload.on_request"
"""Files came that nobody asked for, where the office wants that (DOC-6)."""


async def from_person(session: Session, item: Intake, opened: Opened, author: FromPerson, *, office: Office) -> Message:
    """A message of a customer, with what follows from it told to them: refused files, text too long, dossier closed.

    Refused when nothing of the mail can be kept, or nothing tells its dossier.
    """
    dossier = await routing.dossier_of(session, author, opened.mail)
    _refuse_nothing(opened)
    if not author.reachable:
        await addresses.mark_reachable(session, channel=Channel.EMAIL, value=author.person.email)
    message = await _post(session, item, opened, author, dossier, office)
    for notice in _notices(opened, message, dossier, office):
        await answering.refuse(session, Reader.of(author), opened.mail, notice, office=office)
    return message


async def from_staff(session: Session, item: Intake, opened: Opened, author: FromStaff, *, office: Office) -> str:
    """What a staff member's mail is: orders on its first lines, else a message to the customers (STAFF-2). Which it was.

    Refused `mail.staff_command` for a first line that only looks like an order, and what `instructing.carry_out` refuses.
    """
    dossier = await routing.dossier_of(session, author, opened.mail)
    if opened.too_big is not None:
        raise opened.too_big
    orders = instructing.orders_of(opened.reply.text)
    if orders is not None:
        files, source = await _attached(session, opened, author.actor), f"mail-{item.id}"
        await instructing.carry_out(
            session, orders, dossier, author, opened.mail, files=files, source=source, office=office
        )
        notices = _by_reason(opened.refused)
    else:
        _refuse_nothing(opened)
        message = await _post(session, item, opened, author, dossier, office)
        notices = _notices(opened, message, dossier, office)
    for notice in notices:
        if notice.code != "dossier.closed_kept":
            await answering.refuse(session, Reader.of(author), opened.mail, notice, office=office)
    return "message" if orders is None else "orders"


def _refuse_nothing(opened: Opened) -> None:
    """A mail without anything to keep is refused, by its first refused file if that was all it had."""
    if opened.too_big is not None:
        raise opened.too_big
    if opened.what.kind is Kind.ENCRYPTED:
        raise Refused("mail.encrypted")
    if opened.reply.text.strip() or opened.files:
        return
    raise _by_reason(opened.refused)[0] if opened.refused else Refused("mail.empty")


async def _post(
    session: Session, item: Intake, opened: Opened, author: FromPerson | FromStaff, dossier: Dossier, office: Office
) -> Message:
    actor = author.actor
    try:
        return await messages.post(
            session,
            dossier,
            actor=actor,
            subject=await _subject(session, opened, author, dossier),
            text=opened.reply.text,
            files=await _attached(session, opened, actor),
            reply_to=author.message_id or None,
            source=f"mail-{item.id}",
            cut=opened.reply.cut,
            raw_file_id=item.file_id,
            email_message_id=opened.mail.message_id,
            office=office,
            full_text_file=await _full_text(session, opened, actor),
        )
    except Refused as refused:
        if refused.code == UNASKED:
            raise Refused(UNASKED, name=", ".join(name for _, name in opened.files)) from refused
        raise


async def _attached(session: Session, opened: Opened, actor: Actor) -> list[tuple[StoredFile, str]]:
    return [
        (await stored_files.record(session, content, name=name, actor=actor), name) for content, name in opened.files
    ]


async def _full_text(session: Session, opened: Opened, actor: Actor) -> StoredFile | None:
    if opened.full_text is None:
        return None
    return await stored_files.record(session, opened.full_text, name="volledige-tekst.txt", actor=actor)


async def _subject(session: Session, opened: Opened, author: FromPerson | FromStaff, dossier: Dossier) -> str:
    """The subject as its author meant it; empty when it is that of the message that is answered."""
    given = plain_subject(opened.mail.subject, dossier.number)
    original = await session.get(Message, author.message_id) if author.message_id else None
    if original is not None and given.casefold() == plain_subject(original.subject, dossier.number).casefold():
        return ""
    return given


def _notices(opened: Opened, message: Message, dossier: Dossier, office: Office) -> list[Refused]:
    """What the author should know although the message is kept."""
    notices = _by_reason(opened.refused)
    if opened.full_text is not None:
        notices.append(Refused("message.too_long_kept", limit=office.message_limit))
    if message.refused_files:
        notices.append(Refused(UNASKED, name=", ".join(message.refused_files)))
    if message.after_closing:
        notices.append(Refused("dossier.closed_kept", number=dossier.number))
    return notices


def _by_reason(refused: Iterable[Refused]) -> list[Refused]:
    """Refused files, those of one reason together."""
    together: dict[str, Refused] = {}
    for each in refused:
        before = together.get(each.code)
        names = [str(known.values["name"]) for known in (before, each) if known is not None and "name" in known.values]
        together[each.code] = Refused(each.code, **(each.values | {"name": ", ".join(names)}))
    return list(together.values())
