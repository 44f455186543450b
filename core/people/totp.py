"""The arithmetic of an authenticator app (RFC 6238: SHA-1, six digits, steps of 30 seconds), as pure functions."""

import hmac
from datetime import datetime

import pyotp

SECONDS = 30

FARTHEST = 3
"""Steps that an app's clock may be known to be off."""


def new_secret() -> str:
    """160 random bits in 32 characters of base32."""
    return pyotp.random_base32()


def uri(secret: str, *, account: str, issuer: str) -> str:
    """What an authenticator app reads from a QR code (`otpauth://totp/…`); neither name may hold a colon."""
    return pyotp.TOTP(secret).provisioning_uri(
        name=account.replace(":", " "), issuer_name=issuer.replace(":", " ").strip()
    )


def step_at(moment: datetime) -> int:
    """The step that `moment` falls in, counted from 1970."""
    return int(moment.timestamp()) // SECONDS


def digits_of(secret: str, step: int) -> str:
    """The six digits of a step."""
    return pyotp.TOTP(secret).generate_otp(step)


def matching_steps(secret: str, digits: str, *, at: datetime, drift: int = 0, reach: int = 1) -> list[int]:
    """The steps near `at` that have these digits, the nearest first; every candidate is compared, in constant time.

    `reach` steps either way count, and one either way of where this app's clock was before (RFC 6238, 6: `drift`), so
    that a clock that is 40 seconds off keeps working.
    """
    present = step_at(at)
    offsets = sorted({*range(-reach, reach + 1), *range(drift - 1, drift + 2)}, key=abs)
    steps = [present + offset for offset in offsets]
    return [step for step in steps if hmac.compare_digest(digits_of(secret, step).encode(), digits.encode())]


def drift_of(step: int, *, at: datetime) -> int:
    """How far an app's clock is ahead (negative: behind), bounded."""
    return max(-FARTHEST, min(FARTHEST, step - step_at(at)))
