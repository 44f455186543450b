"""Hashing, encrypting and signing with the office's keys. Nothing here is invented: HMAC-SHA256 and Fernet.

Codes and tokens are kept only as keyed hashes, so a copied database opens nothing. What must be readable again (the text of
a mail that carries a code, until it is sent) is encrypted. Keys can be rotated: the first one writes, all of them read.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def _derive(secret: str, purpose: str) -> bytes:
    """32 bytes for one purpose out of a secret of any length (RFC 5869)."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret.encode())


@dataclass(frozen=True, slots=True)
class Keys:
    """The office's secrets, newest first; the first one writes, all of them read."""

    secrets: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Keys({len(self.secrets)} kept out of sight)"

    def hashed(self, value: str, *, purpose: str) -> str:
        """The keyed hash of a code or token, in 64 hex digits; the same input gives the same hash."""
        return self._mac(self.secrets[0], value.encode(), purpose).hex()

    def hashes(self, value: str, *, purpose: str) -> tuple[str, ...]:
        """What `hashed` may have given under each key, newest first: for looking up after a rotation."""
        return tuple(self._mac(secret, value.encode(), purpose).hex() for secret in self.secrets)

    def matches(self, value: str, kept: str, *, purpose: str) -> bool:
        """Whether `kept` is the hash of `value`, compared in constant time."""
        found = False
        for digest in self.hashes(value, purpose=purpose):
            found |= hmac.compare_digest(digest, kept)
        return found

    def signature(self, data: bytes, *, purpose: str, length: int = 10) -> bytes:
        """The first `length` bytes of the HMAC of `data`."""
        return self._mac(self.secrets[0], data, purpose)[:length]

    def signed(self, data: bytes, signature: bytes, *, purpose: str) -> bool:
        """Whether one of the keys made `signature`, compared in constant time."""
        found = False
        for secret in self.secrets:
            found |= hmac.compare_digest(self._mac(secret, data, purpose)[: len(signature)], signature)
        return found and len(signature) >= 8

    def encrypt(self, data: bytes) -> bytes:
        """`data` encrypted and authenticated (Fernet)."""
        return self._fernet().encrypt(data)

    def decrypt(self, data: bytes) -> bytes | None:
        """What `encrypt` was given, or None when no key opens it."""
        try:
            return self._fernet().decrypt(data)
        except InvalidToken:
            return None

    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(s, "encrypt"))) for s in self.secrets])

    @staticmethod
    def _mac(secret: str, data: bytes, purpose: str) -> bytes:
        return hmac.digest(_derive(secret, purpose), data, hashlib.sha256)


def new_secret() -> str:
    """A fresh key for the settings: 43 characters, 256 bits."""
    return secrets.token_urlsafe(32)


def random_digits(length: int = 6) -> str:
    """A uniformly random code of `length` digits."""
    return f"{secrets.randbelow(10**length):0{length}d}"
