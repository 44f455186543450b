"""The second factor as a row: whether a person has one, and whether a code of their app is right. The same step never counts twice.

Callers hold the person (`persons.held`), so that two codes at once come one after the other (STEP-5).
"""

from enum import Enum, auto

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import clock
from core.crypto import Keys
from core.errors import Misconfigured
from core.people import totp
from core.people.security_models import ChatLock, RecoveryCode, TwoFactor


class Verdict(Enum):
    """What a code turned out to be. Used: it was right once, in a step that counted already."""

    RIGHT = auto()
    USED = auto()
    WRONG = auto()


async def of(session: AsyncSession, person_id: int) -> TwoFactor | None:
    """The person's second factor, when it is on."""
    factor = await any_of(session, person_id)
    return factor if factor is not None and factor.confirmed_at is not None else None


async def any_of(session: AsyncSession, person_id: int) -> TwoFactor | None:
    """The person's second factor, also while it is being set up."""
    query = select(TwoFactor).where(TwoFactor.person_id == person_id)
    return (await session.scalars(query.execution_options(populate_existing=True))).one_or_none()


async def accept(session: AsyncSession, factor: TwoFactor, digits: str, *, keys: Keys, reach: int = 1) -> Verdict:
    """Whether these are the digits of the app now; right ones use up their step and tell how its clock drifts."""
    now = clock.now()
    steps = totp.matching_steps(secret_of(factor, keys), digits, at=now, drift=factor.drift, reach=reach)
    unused = [step for step in steps if step > factor.last_step]
    if unused:
        factor.last_step, factor.drift = unused[0], totp.drift_of(unused[0], at=now)
        await session.flush()
        return Verdict.RIGHT
    return Verdict.USED if steps else Verdict.WRONG


def secret_of(factor: TwoFactor, keys: Keys) -> str:
    """The readable secret. Misconfigured when the key that it was encrypted with is no longer among the settings' keys."""
    secret = keys.decrypt(factor.secret)
    if secret is None:
        raise Misconfigured("A secret of 2-step verification can't be read: put the earlier key back in keys.secrets.")
    return secret.decode("ascii")


async def remove(session: AsyncSession, person_id: int) -> None:
    """Nothing of a second factor is left: secret, recovery codes, locked chats."""
    for model in (ChatLock, RecoveryCode, TwoFactor):
        await session.execute(delete(model).where(model.person_id == person_id))
