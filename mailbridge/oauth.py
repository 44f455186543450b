"""Access tokens for mail servers that take no password: OAuth 2.0 (RFC 6749), handed over as XOAUTH2 where one logs in.

Here lives how a token is asked for and how long it is kept. Who logs in with it: `mailbox.connection` and `sending`. It
blocks, because IMAP does: from a coroutine it is called in a thread.
"""

import http.client
import json
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field

TIMEOUT = 15.0
EARLY = 300.0
"""Seconds before the end of a token's life from which another one is asked for; at most half its life."""

FRESH = 60.0
"""Seconds during which a token that is refused is not the trouble: another one would be refused too."""

PAUSE = 20.0
"""Seconds after a failure in which the token server isn't asked again, however many mails want to go out."""

_ANSWER_LIMIT = 256 * 1024
_UNSAID_LIFE = 600.0
_CODE = re.compile(r"[a-z_]{1,40}")
_MICROSOFTS_CODE = re.compile(r"AADSTS\d{4,9}")


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token is asked with: the `refresh_token` (RFC 6749, section 6), or without one the client's own credentials (4.4)."""

    token_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    scope: str = ""

    def form(self) -> dict[str, str]:
        """The request's fields; those that are empty are left out."""
        kind = "refresh_token" if self.refresh_token else "client_credentials"
        fields = {
            "grant_type": kind,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "refresh_token": self.refresh_token,
            "scope": self.scope,
        }
        return {name: value for name, value in fields.items() if value}


class NoToken(Exception):
    """The token server gave no token. `code` is its error code (RFC 6749, 5.2), or empty; no text of its answer is kept."""

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.reason, self.code = reason, code


@dataclass(frozen=True, slots=True)
class _Token:
    text: str = field(repr=False)
    since: float
    until: float


class AccessTokens:
    """The token of one account, from any thread: fetched when wanted, and kept until shortly before it ends."""

    def __init__(self, grant: Grant, *, now: Callable[[], float] = time.monotonic) -> None:
        self._grant = grant
        self._now = now
        self._lock = threading.Lock()
        self._token: _Token | None = None
        self._failed: tuple[float, NoToken] | None = None

    def current(self) -> str:
        """A token that works as far as we know. Raises NoToken."""
        with self._lock:
            if self._token is None or self._now() >= self._token.until:
                self._token = self._fetched()
            return self._token.text

    def instead_of(self, refused: str) -> str | None:
        """Another token when a server refuses this one; None when it was fetched just now. Raises NoToken."""
        with self._lock:
            if self._token is not None and self._token.text == refused:
                if self._now() - self._token.since < FRESH:
                    return None
                self._token = None
        return self.current()

    def _fetched(self) -> _Token:
        at = self._now()
        if self._failed is not None and at - self._failed[0] < PAUSE:
            raise NoToken(self._failed[1].reason, self._failed[1].code)
        try:
            text, life = _ask(self._grant)
        except NoToken as error:
            self._failed = (at, error)
            raise
        self._failed = None
        return _Token(text, at, at + max(life - EARLY, life / 2))


def _ask(grant: Grant) -> tuple[str, float]:
    """A new token and the seconds that it lives."""
    data = urllib.parse.urlencode(grant.form()).encode("ascii")
    asked = urllib.request.Request(grant.token_url, data, {"Accept": "application/json"})  # noqa: S310  # https, by the settings
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT) as answer:  # noqa: S310  # as said
            body = answer.read(_ANSWER_LIMIT)
    except urllib.error.HTTPError as error:
        with error:
            raise _refused(error.code, error.read(_ANSWER_LIMIT)) from None
    except (OSError, http.client.HTTPException) as error:
        raise NoToken(f"the token server can't be reached ({type(error).__name__})") from None
    return _read(body)


def _read(body: bytes) -> tuple[str, float]:
    found = _json(body)
    token = found.get("access_token")
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable() or " " in token:
        raise NoToken("the token server's answer holds no access token")
    try:
        life = float(found.get("expires_in") or _UNSAID_LIFE)  # type: ignore[arg-type]  # what is no number raises
    except (TypeError, ValueError):
        life = _UNSAID_LIFE
    return token, life


def _refused(status: int, body: bytes) -> NoToken:
    found = _json(body)
    code = str(found.get("error", ""))
    code = code if _CODE.fullmatch(code) else ""
    more = _MICROSOFTS_CODE.search(str(found.get("error_description", "")))
    said = " ".join(part for part in (f"HTTP {status}", code, more[0] if more else "") if part)
    return NoToken(f"the token server refuses ({said})", code)


def _json(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
