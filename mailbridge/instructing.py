"""What a staff member's mail orders on its first lines, and doing it (STAFF-2, DOC-7).

Whatever stands below such a line is for the office: it becomes a note and never goes to the customer. Only the reason on
the line of a rejection is the customer's to read.
"""

import re
from collections import deque
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, assert_never

from core.database import Session
from core.dossiers import dossiers
from core.dossiers.models import Dossier
from core.errors import Refused
from core.files.models import StoredFile
from core.messages import notes
from core.notifications import tell
from core.office import Office
from core.staff import members
from core.staff.models import StaffMember
from mailbridge import judging
from mailbridge.parsing import IncomingMail
from mailbridge.routing import FromStaff

_LINE = re.compile(r"\s*#\s?([a-z]{2,20})\b[ \t:]*(.*)", re.IGNORECASE | re.DOTALL)


class Order(StrEnum):
    """What staff can order by mail."""

    NOTE = "note"
    CLOSE = "close"
    ASSIGN = "assign"
    ACCEPT = "accept"
    REJECT = "reject"


_WORDS = {
    "intern": Order.NOTE,
    "internal": Order.NOTE,
    "notitie": Order.NOTE,
    "note": Order.NOTE,
    "sluit": Order.CLOSE,
    "sluiten": Order.CLOSE,
    "close": Order.CLOSE,
    "wijs": Order.ASSIGN,
    "assign": Order.ASSIGN,
    "akkoord": Order.ACCEPT,
    "goedgekeurd": Order.ACCEPT,
    "ok": Order.ACCEPT,
    "accept": Order.ACCEPT,
    "accepted": Order.ACCEPT,
    "approved": Order.ACCEPT,
    "afgekeurd": Order.REJECT,
    "afkeuren": Order.REJECT,
    "afwijzen": Order.REJECT,
    "reject": Order.REJECT,
    "rejected": Order.REJECT,
}

_BETWEEN = ",;.-–— "
"""What people put between an order and what stands behind it."""

_FOR_THE_OFFICE = frozenset({Order.NOTE, Order.CLOSE})
"""Orders that take nothing behind them: what stands there is a note."""


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders of a mail, in their order, each with what stands behind it; and the text below them."""

    given: tuple[tuple[Order, str], ...]
    text: str


def orders_of(text: str) -> Orders | None:
    """The orders on the first lines; None for a mail without any. Refused("mail.staff_command") for a line that looks
    like one and isn't: what follows it may not be meant for the customer."""
    lines = deque(text.strip().split("\n"))
    given: list[tuple[Order, str]] = []
    while lines and (found := _LINE.fullmatch(lines[0])):
        order = _WORDS.get(found[1].lower())
        if order is None:
            raise Refused("mail.staff_command", word=found[1][:40])
        given.append((order, found[2].strip().lstrip(_BETWEEN)))
        lines.popleft()
        while lines and not lines[0].strip():
            lines.popleft()
    if not given:
        return None
    behind = [rest for order, rest in given if order in _FOR_THE_OFFICE and rest]
    return Orders(tuple(given), "\n".join([*behind, *lines]).strip())


async def carry_out(
    session: Session,
    orders: Orders,
    dossier: Dossier,
    author: FromStaff,
    mail: IncomingMail,
    *,
    files: list[tuple[StoredFile, str]],
    source: str,
    office: Office,
) -> None:
    """Do what is ordered, keep the rest as a note, and tell the author what was done. Nothing is done when one part can't
    be: Refused `mail.staff_unknown`, `mail.assign_whom`, `staff.ambiguous`, `message.empty` (a note without text), and those
    of `judging`."""
    done: list[dict[str, Any]] = []
    heir: StaffMember | None = None
    orders = await _with_remarks(session, orders, author)
    if orders.text or files or any(order is Order.NOTE for order, _ in orders.given):
        await notes.add(session, dossier, actor=author.actor, text=orders.text, files=files, source=source)
        done.append({"act": "note"})
    for order, rest in orders.given:
        match order:
            case Order.NOTE:
                pass
            case Order.CLOSE:
                closed = await dossiers.close(session, dossier, author.actor)
                done.append({"act": "close" if closed else "closed_before"})
            case Order.ASSIGN:
                heir = await _named(session, rest)
                changed = await dossiers.set_handler(session, dossier, heir, author.actor)
                done.append({"act": "assign" if changed else "assigned_before", "name": heir.name})
                heir = heir if changed else None
            case Order.ACCEPT:
                done += await judging.accept(session, rest, author, office=office)
            case Order.REJECT:
                done += await judging.reject(session, rest, author, office=office)
            case _:
                assert_never(order)
    await _tell(session, "staff_done", author.member, dossier, author, orders, {"done": done}, mail=mail, source=source)
    if heir is not None and heir.id != author.member.id:
        named = {"author": author.member.name}
        await _tell(session, "dossier_assigned", heir, dossier, author, orders, named, mail=None, source=source)


async def _with_remarks(session: Session, orders: Orders, author: FromStaff) -> Orders:
    """The same, with what stands behind `#akkoord` and is no file among what is noted."""
    said = [rest for order, rest in orders.given if order is Order.ACCEPT and rest]
    remarks = [await judging.remark(session, rest, author) for rest in said]
    return replace(orders, text="\n".join(filter(None, [*remarks, orders.text])))


async def _tell(
    session: Session,
    kind: str,
    member: StaffMember,
    dossier: Dossier,
    author: FromStaff,
    orders: Orders,
    more: dict[str, Any],
    *,
    mail: IncomingMail | None,
    source: str,
) -> None:
    values = {
        "dossier_id": dossier.id,
        "dossier_number": dossier.number,
        "dossier_description": dossier.description,
        "note": orders.text,
        **more,
    }
    await tell.staff(
        session,
        member,
        kind=kind,
        values=values,
        dossier_id=dossier.id,
        message_id=author.message_id or None,
        in_reply_to=mail.message_id if mail else None,
        key=f"{kind}-{source}",
    )


async def _named(session: Session, name: str) -> StaffMember:
    """The colleague by whole name, by address, or by the one name that begins so."""
    wanted = " ".join(name.split()).strip("@<>\"'“”,.")
    if not wanted:
        raise Refused("mail.assign_whom", members=await _everybody(session))
    found = await members.by_name(session, wanted) or await members.by_email(session, wanted)
    if found is not None:
        return found
    words = wanted.casefold().split()
    like = [each for each in await members.listing(session) if set(words) <= set(each.name.casefold().split())]
    if len(like) > 1:
        raise Refused("staff.ambiguous", name=wanted)
    if not like:
        raise Refused("mail.staff_unknown", name=wanted[:100], members=await _everybody(session))
    return like[0]


async def _everybody(session: Session) -> str:
    return ", ".join(member.name for member in (await members.listing(session))[:50])
