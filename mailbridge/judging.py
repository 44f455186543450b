"""What a staff member's answer says of supplied files: `#akkoord`, `#afgekeurd` and the reason (DOC-7)."""

import re
from collections.abc import Sequence
from typing import Any

from core.database import Session
from core.documents import upload_requests
from core.documents.models import Decision
from core.documents.upload_requests import SuppliedRow
from core.errors import Refused
from core.office import Office
from mailbridge.routing import FromStaff

_AND = re.compile(r"\s*(?:,|\+|&|\ben\b|\band\b)\s*|\s+", re.IGNORECASE)
_NUMBERED = re.compile(r"\d{1,3}(?:(?:\s*(?:,|\+|&|\ben\b|\band\b)\s*|\s+)\d{1,3})*", re.IGNORECASE)


async def supplied(session: Session, author: FromStaff) -> list[SuppliedRow]:
    """The files that came with the message that is answered, as its mail numbers them. Refused: `mail.nothing_supplied`."""
    found = await upload_requests.files_with(session, author.actor, author.message_id) if author.message_id else []
    if not found:
        raise Refused("mail.nothing_supplied")
    return found


async def accept(session: Session, rest: str, author: FromStaff, *, office: Office) -> list[dict[str, Any]]:
    """Accept the files that `rest` names, or all that wait for a decision; what was done, a file each.

    Refused: `mail.nothing_supplied`, `mail.which_file` (files), `upload.decided`.
    """
    files = await supplied(session, author)
    done = []
    for row in _waiting(_named(rest, files) or _all(rest, files), Decision.ACCEPTED):
        file = await upload_requests.supplied(session, author.actor, row.id)
        changed = await upload_requests.accept(session, file, author.actor, office=office)
        done.append({"act": "accept" if changed else "accept_before", "name": row.name})
    return done


async def reject(session: Session, rest: str, author: FromStaff, *, office: Office) -> list[dict[str, Any]]:
    """Reject the files before the colon, or all that wait for a decision, with the reason that stands behind the order.

    Refused: `mail.nothing_supplied`, `mail.which_file` (files), `mail.reason_missing`, `upload.decided`.
    """
    files = await supplied(session, author)
    before, colon, after = rest.partition(":")
    chosen = _named(before, files) if colon else []
    reason = " ".join((after if chosen else rest).split())
    if len(files) > 1 and not chosen and _NUMBERED.match(reason):
        raise Refused("mail.which_file", files=_list(files))
    if not reason:
        raise Refused("mail.reason_missing")
    done = []
    for row in _waiting(chosen or files, Decision.REJECTED):
        file = await upload_requests.supplied(session, author.actor, row.id)
        changed = await upload_requests.reject(session, file, reason, author.actor, office=office)
        done.append({"act": "reject" if changed else "reject_before", "name": row.name, "reason": reason[:500]})
    return done


async def remark(session: Session, rest: str, author: FromStaff) -> str:
    """What stands behind `#akkoord` and names no file: for the office. Refused: `mail.nothing_supplied`."""
    return "" if _named(rest, await supplied(session, author)) else rest


def _all(rest: str, files: Sequence[SuppliedRow]) -> list[SuppliedRow]:
    """Every file; where there are several, only when nothing behind the order may mean one of them."""
    if rest and len(files) > 1:
        raise Refused("mail.which_file", files=_list(files))
    return list(files)


def _waiting(chosen: Sequence[SuppliedRow], decision: Decision) -> list[SuppliedRow]:
    """Those without a decision; else those that were decided so before; else all, which then refuse."""
    waiting = [row for row in chosen if row.decision is None]
    return waiting or [row for row in chosen if row.decision == decision] or list(chosen)


def _named(text: str, files: Sequence[SuppliedRow]) -> list[SuppliedRow]:
    """The files with these numbers, from 1, or the one of this name; none when the text is something else."""
    wanted = text.strip().strip(".:")
    if _NUMBERED.fullmatch(wanted):
        numbers = {int(number) for number in _AND.split(wanted) if number}
        return [files[number - 1] for number in sorted(numbers)] if numbers <= set(range(1, len(files) + 1)) else []
    return [row for row in files if row.name.casefold() == wanted.casefold()]


def _list(files: Sequence[SuppliedRow]) -> str:
    return ", ".join(f"{number}. {row.name}" for number, row in enumerate(files, start=1))
