"""The table of rules, in order."""

from collections.abc import Callable, Container

from mailbridge.bounces import Action, failures
from mailbridge.parsing import IncomingMail
from mailbridge.rules import machines, people, reports
from mailbridge.rules.kinds import Classification, Kind

Test = Callable[[IncomingMail], bool]

RULES: tuple[tuple[str, Kind, Test], ...] = (
    # Reports say in their structure what they are (RFC 6522, 8098, 5965, 3464), so they come first.
    ("not-a-mail", Kind.REJECT, people.is_no_mail),
    ("refused-by-mailbox", Kind.BOUNCE, reports.is_refused),
    ("read-receipt", Kind.MDN, reports.is_read_receipt),
    ("complaint", Kind.COMPLAINT, reports.is_complaint),
    ("delivery-report", Kind.BOUNCE, reports.is_delivery_report),
    # A server's own words, before its Auto-Submitted makes an auto-reply of it.
    ("server-says-undelivered", Kind.BOUNCE, reports.is_undelivered),
    ("calendar-answer", Kind.CALENDAR_REPLY, machines.is_calendar_answer),
    ("loop-header", Kind.LOOP, machines.is_loop),
    ("too-many-hops", Kind.LOOP, machines.has_too_many_hops),
    # Wants a person to prove to be one; answering it helps nobody.
    ("challenge", Kind.CHALLENGE, machines.is_challenge),
    ("auto-submitted", Kind.AUTO_REPLY, machines.is_auto_submitted),
    ("auto-reply-header", Kind.AUTO_REPLY, machines.has_auto_reply_header),
    ("auto-reply-subject", Kind.AUTO_REPLY, machines.has_auto_reply_subject),
    ("recall", Kind.AUTO_REPLY, machines.is_recall),
    ("mailing-list", Kind.LIST, machines.is_list),
    ("no-reply-address", Kind.AUTO_REPLY, machines.is_from_nobody),
    # From here on people.
    ("no-author", Kind.REJECT, people.has_no_author),
    ("encrypted", Kind.ENCRYPTED, people.is_encrypted),
    ("forward", Kind.FORWARD, people.is_forward),
    ("empty", Kind.EMPTY, people.is_empty),
)


def classify(mail: IncomingMail, own_addresses: Container[str]) -> Classification:
    """Classify by the first rule that matches; a mail from one of `own_addresses` (in lower case) is a loop."""
    if mail.from_ and mail.from_.addr_spec.lower() in own_addresses:
        return Classification(Kind.LOOP, "own-address")
    for name, kind, test in RULES:
        if test(mail):
            return _bounced(mail, name) if kind is Kind.BOUNCE else Classification(kind, name)
    return Classification(Kind.REPLY, "person")


def _bounced(mail: IncomingMail, rule: str) -> Classification:
    found = failures(mail)
    first = found[0] if found else None
    match first.action if first else Action.FAILED:
        case Action.FAILED:
            return Classification(Kind.BOUNCE, rule, first)
        case Action.DELAYED:
            return Classification(Kind.BOUNCE_TEMPORARY, rule, first)
        case Action.DELIVERED:
            return Classification(Kind.DSN_SUCCESS, rule, first)
