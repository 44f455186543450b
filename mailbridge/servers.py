"""How to reach a mail server: the one value that both the mailbox and sending need."""

import ssl
from dataclasses import dataclass, field
from enum import StrEnum

from mailbridge.oauth import AccessTokens


class Protection(StrEnum):
    """How a connection is protected: TLS from the first byte, TLS after STARTTLS (RFC 3207, RFC 9051), or not."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ServerAccess:
    """A server and an account on it. No `user`: no login. `verify` off accepts any certificate (try-outs only).

    With `tokens` it is logged in to by XOAUTH2, without a password.
    """

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Protection = Protection.IMPLICIT
    verify: bool = True
    tokens: AccessTokens | None = field(default=None, repr=False)

    def tls_context(self) -> ssl.SSLContext:
        """What the certificate is judged by: the system's authorities and the host's name, unless `verify` is off."""
        context = ssl.create_default_context()
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context
