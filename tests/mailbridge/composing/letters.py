"""One letter of every kind, as core would hand it over."""

from dataclasses import replace
from datetime import UTC, datetime

from core.actor import Language
from core.crypto import Keys
from core.office import Office
from mailbridge.composing import Enclosure, LeftOut, Letter, MailSettings

KEYS = Keys(("a secret for the tests of composing",))
OFFICE = Office(manual="https://kantoor.example/handleiding.pdf")
SETTINGS = MailSettings(
    domain="kantoor.example", portal="portaal@kantoor.example", bot="lindebot", authserv_id="mx.kantoor.example"
)
AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
EXPIRES = datetime(2026, 12, 7, 9, 30, tzinfo=UTC)

_CASE = {
    "dossier_id": 12,
    "dossier_number": "2026-0123",
    "dossier_description": "Aankoop woning Lindelaan 14",
}
_MESSAGE = {
    **_CASE,
    "name": "Anna de Vries",
    "message_id": 345,
    "subject": "Akte van levering",
    "text": "Beste Anna,\n\nDe akte is klaar. Wilt u deze drie dingen nakijken:\n- uw naam\n- de prijs\n- de datum\n\nMet groet,\nMr. J. Bakker",
    "author": "Mr. J. Bakker",
    "sent_at": AT.isoformat(),
    "attachments": [{"name": "Akte.pdf", "size": 120_000}],
}
PDF = Enclosure("Akte van levering.pdf", "application/pdf", b"%PDF-1.7 an example")


def letter(kind: str, language: Language = Language.NL) -> Letter:
    """The example of that kind. KeyError when there is none: then a kind lacks its tests."""
    return replace(_LETTERS[kind], language=language)


def _to_anna(kind: str, values: dict[str, object], **more: object) -> Letter:
    return replace(
        Letter(
            delivery_id=99, kind=kind, address="anna@post.example", language=Language.NL, values=values,
            attempt_at=AT, person_id=7, actions=2,
        ),
        **more,  # type: ignore[arg-type]  # the fields of Letter
    )  # fmt: skip


def _to_staff(kind: str, values: dict[str, object], **more: object) -> Letter:
    bakker = {"address": "bakker@kantoor.example", "person_id": None, "staff_id": 3, "actions": None}
    return _to_anna(kind, values, **(bakker | more))


_LETTERS = {
    "invitation": _to_anna(
        "invitation", {"name": "Anna de Vries", "expires_at": EXPIRES.isoformat()}, secret={"code": "Kf7mPq2wXz"}
    ),
    "linking_code": _to_anna("linking_code", {"name": "Anna de Vries", "minutes": 10}, secret={"code": "482913"}),
    "linked": _to_anna("linked", {"name": "Anna de Vries", "telegram_name": "Anna 🌷", "at": AT.isoformat()}),
    "unlinked": _to_anna(
        "unlinked", {"name": "Anna de Vries", "telegram_name": "Anna 🌷", "at": AT.isoformat(), "by": "person"}
    ),
    "unlinked_staff": _to_staff(
        "unlinked_staff",
        {"name": "Anna de Vries", "email": "anna@post.example", "telegram_name": "Anna 🌷", "at": AT.isoformat()},
    ),
    "message_new": _to_anna(
        "message_new", _MESSAGE, dossier_id=12, message_id=345, thread="dossier-12-345", enclosures=(PDF,),
        left_out=(LeftOut("Bouwtekening.pdf", 31_000_000),),
    ),
    "message_staff": _to_staff(
        "message_staff",
        {**_MESSAGE, "author": "Anna de Vries", "account": "De Vries Beheer B.V.", "channel": "telegram"},
        dossier_id=12, message_id=345, thread="dossier-12-345", in_reply_to="<abc@post.example>", enclosures=(PDF,),
    ),
    "document_new": _to_anna(
        "document_new",
        {**_CASE, "name": "Anna de Vries", "document_id": 5, "document_name": "Nota van afrekening.pdf",
         "shelf": "correspondence", "size": 84_000, "confidential": False},
        dossier_id=12,
    ),
    "refusal": _to_anna(
        "refusal",
        {"code": "file.too_big", "values": {"name": "film.mov", "limit": "20 MB"}, "subject": "Foto's"},
        in_reply_to="<abc@post.example>",
    ),
    "unknown_sender": _to_anna(
        "unknown_sender", {"subject": "Een vraag"}, person_id=None, actions=None, in_reply_to="<abc@post.example>"
    ),
    "dead_letter": _to_anna("dead_letter", {"error_id": "K7M2PQ9X", "subject": "Een vraag"}),
    "quarantined": _to_staff(
        "quarantined",
        {"quarantined_id": 4, "reason": "unauthenticated", "claimed_from": "anna@post.example",
         "subject": "Re: Akte van levering", "dossier_number": "2026-0123"},
    ),
    "status": _to_anna(
        "status",
        {"name": "Anna de Vries", "in_progress": 1, "total": 3, "actions": 2, "unread": 4,
         "dossiers": [
             {"number": "2026-0123", "description": "Aankoop woning Lindelaan 14", "status": "In behandeling", "unread": 3},
             {"number": "2025-0877", "description": "Testament", "status": "Afgerond", "unread": 1}]},
        in_reply_to="<abc@post.example>",
    ),
    "help": _to_anna("help", {"name": "Anna de Vries"}, in_reply_to="<abc@post.example>"),
}  # fmt: skip

KINDS = tuple(_LETTERS)
