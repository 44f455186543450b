"""Whether the receiving server says who mails are from, seen by the mails that it delivered."""

from collections import Counter
from collections.abc import Iterable

from mailbridge.parsing import IncomingMail
from mailbridge.sender.results import read_results
from mailbridge.sender.verdict import MICROSOFT


def surveyed(mails: Iterable[IncomingMail], authserv_id: str) -> str | None:
    """Advice to the operator by the newest mails of the mailbox, in English; None when all is well or nothing is known.

    A mail without one Authentication-Results of our own server can't be proven; with several, one may be the sender's
    own (RFC 8601, section 5), and only the top-most counts. Mails of the server itself, such as bounces, are left out.
    """
    own = authserv_id.strip().lower().rstrip(".")
    servers = [_servers(mail) for mail in mails if mail.header("return-path") != "<>"]
    if not servers:
        return None
    if not own:
        return f"mail.authserv_id is not set, so every mail is set apart. {_seen(servers)}"
    counts = [names.count(own) for names in servers]
    several, none = sum(count > 1 for count in counts), counts.count(0)
    if none * 2 > len(counts):
        return (
            f"{none} of the newest {len(counts)} mails carry no Authentication-Results of {own}, so they are set apart: "
            f"let the receiving server add it, or set mail.authserv_id to the name that it uses. {_seen(servers)}"
        )
    if several:
        return (
            f"{several} of the newest {len(counts)} mails carry more than one Authentication-Results of {own}, and only the "
            "top-most counts: let the receiving server remove those that come from outside, and put its own in one header."
        )
    return None


def _servers(mail: IncomingMail) -> list[str]:
    """Who wrote the mail's Authentication-Results, top-most first."""
    return [read_results(value).server or MICROSOFT for value in mail.headers("authentication-results")[:50]]


def _seen(servers: list[list[str]]) -> str:
    """Which name stands on top most often: most likely that of the receiving server."""
    top = Counter(names[0] for names in servers if names).most_common(1)
    if not top:
        return "None of them carries such a header at all."
    name, times = top[0]
    return f"The top-most header of {times} of them is by {name}."
