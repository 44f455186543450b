"""The verdict on the From address, by the results of the server that received the mail for us."""

from dataclasses import dataclass

import idna

from mailbridge.parsing import IncomingMail
from mailbridge.sender.results import MethodResult, Results, read_results

MICROSOFT = "microsoft"
"""The server name to set for mailboxes at Microsoft 365, whose results carry none."""


@dataclass(frozen=True, slots=True)
class SenderVerdict:
    """Whether the From address may be believed, why, and the domain that was vouched for.

    Reasons: `dmarc-pass`, `dkim-aligned`, `spf-aligned` when passed; else `no-author`, `misleading-name`,
    `not-configured`, `no-results`, `dmarc-fail` or `not-aligned`.
    """

    passed: bool
    reason: str
    domain: str | None = None


def authenticated(mail: IncomingMail, authserv_id: str) -> SenderVerdict:
    """Judge by the top-most Authentication-Results of `authserv_id` alone (RFC 8601, section 5).

    A sender can write such headers too, but only below those of our own server. It passes with DMARC, or with DKIM
    or SPF for the domain of From or one below it.
    """
    author = mail.from_
    if author is None:
        return SenderVerdict(passed=False, reason="no-author")
    if "misleading-from-name" in mail.problems:
        return SenderVerdict(passed=False, reason="misleading-name")
    if not authserv_id.strip():
        return SenderVerdict(passed=False, reason="not-configured")
    results = _own_results(mail, authserv_id.strip().lower().rstrip("."))
    if results is None:
        return SenderVerdict(passed=False, reason="no-results")
    return _judge(results, author.domain)


def _own_results(mail: IncomingMail, authserv_id: str) -> Results | None:
    for value in mail.fields.all("authentication-results")[:50]:
        results = read_results(value)
        if results.server == authserv_id or (results.server is None and authserv_id == MICROSOFT):
            return results
    return None


def _judge(results: Results, domain: str) -> SenderVerdict:
    for dmarc in results.of("dmarc"):
        if dmarc.result == "pass":
            named = _domain(dmarc.properties.get("header.from", domain))
            if _same(named, domain):
                return SenderVerdict(passed=True, reason="dmarc-pass", domain=domain)
            return SenderVerdict(passed=False, reason="not-aligned", domain=named)
        if dmarc.result == "fail":
            return SenderVerdict(passed=False, reason="dmarc-fail", domain=domain)
    for method, properties in (("dkim", ("header.d", "header.i")), ("spf", ("smtp.mailfrom",))):
        for result in results.of(method):
            if result.result == "pass" and _aligned(result, properties, domain):
                return SenderVerdict(passed=True, reason=f"{method}-aligned", domain=domain)
    return SenderVerdict(passed=False, reason="not-aligned")


def _aligned(result: MethodResult, properties: tuple[str, ...], domain: str) -> bool:
    """Whether the domain vouched for is that of From, or below it. A domain above it may be anyone's (github.io)."""
    found = next((result.properties[name] for name in properties if name in result.properties), "")
    vouched = _domain(found)
    return _same(vouched, domain) or _ascii(vouched).endswith("." + _ascii(domain))


def _domain(value: str) -> str:
    return value.rpartition("@")[2].strip(" .").lower()


def _same(one: str, other: str) -> bool:
    return _ascii(one) == _ascii(other)


def _ascii(domain: str) -> str:
    """The domain as in DNS, so that `déboer.example` and its punycode are the same.

    By the same rules as the addresses of persons (RFC 5891): by the older ones `groß.example` would be `gross.example`,
    which is somebody else.
    """
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return domain
