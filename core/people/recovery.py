"""Recovery codes: eight at a time, shown once, each opens once, and a mail says so (STEP-2, STEP-4)."""

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.crypto import Keys
from core.people import invitations
from core.people.keypad import bare
from core.people.security_models import RecoveryCode

COUNT = 8
_PURPOSE = "recovery"


async def renew(session: AsyncSession, person_id: int, *, keys: Keys) -> tuple[str, ...]:
    """Eight fresh codes, as they are shown ("XXXXX-XXXXX"); earlier ones stop working. Readable here and never again."""
    await session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = tuple(invitations.new_code() for _ in range(COUNT))
    session.add_all(
        RecoveryCode(person_id=person_id, code_hash=keys.hashed(_bound(person_id, code), purpose=_PURPOSE))
        for code in codes
    )
    await session.flush()
    return tuple(f"{code[:5]}-{code[5:]}" for code in codes)


async def use(session: AsyncSession, person_id: int, code: str, *, keys: Keys) -> bool:
    """Use a code up; False when it is none of this person's, or was used before, however close together they came."""
    hashes = keys.hashes(_bound(person_id, bare(code).upper()), purpose=_PURPOSE)
    change = update(RecoveryCode).where(RecoveryCode.person_id == person_id, RecoveryCode.code_hash.in_(hashes))
    used = await session.execute(
        change.where(RecoveryCode.used_at.is_(None)).values(used_at=clock.now()).returning(RecoveryCode.id)
    )
    return used.first() is not None


async def left(session: AsyncSession, person_id: int) -> int:
    """How many still open."""
    query = select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return await session.scalar(query) or 0


def has_form(code: str) -> bool:
    """Whether this could be a recovery code, however it is spaced and capitalised."""
    plain = bare(code).upper()
    return len(plain) == invitations.LENGTH and set(plain) <= set(invitations.CAPITALS + invitations.DIGITS)


def _bound(person_id: int, code: str) -> str:
    """A code belongs to one person: the same characters hash differently for another."""
    return f"{person_id}:{code}"
