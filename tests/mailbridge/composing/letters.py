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
_UPLOAD: dict[str, object] = {
    **_CASE,
    "name": "Anna de Vries",
    "upload_request_id": 9,
    "title": "Kopie paspoort",
    "explanation": "De bladzijde met de foto, in kleur.",
    "due_on": "2026-12-01",
    "author": "Mr. J. Bakker",
}
_TASK: dict[str, object] = {
    "dossier_number": "2026-0123",
    "dossier_description": "Aankoop woning Lindelaan 14",
    "title": "Kopie paspoort",
    "explanation": "De bladzijde met de foto, in kleur.",
    "reason": "",
    "due_on": "2026-12-01",
}
_ROW: dict[str, object] = {
    "number": 12,
    "direction": "incoming",
    "author": "Mr. J. Bakker",
    "subject": "Akte van levering",
    "at": AT.isoformat(),
    "unread": True,
    "attachments": 2,
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


_EVENTS: tuple[tuple[str, dict[str, object]], ...] = (
    ("locked_out", {"minutes": 15, "channel": "telegram"}),
    ("recovery_used", {"left": 7}),
    ("recovery_renewed", {}),
    ("two_factor_on", {}),
    ("two_factor_off", {"by": "staff"}),
    ("email_changed", {"old": "anna@oud.example", "new": "anna@post.example", "by": "person"}),
    ("mobile_changed", {"old": None, "new": "+31612345678", "by": "person"}),
    ("details_changed", {"field": "name", "old": "Anna Vries", "new": "Anna de Vries", "by": "office"}),
)

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
    **{
        kind: _to_anna(kind, {"name": "Anna de Vries", "at": AT.isoformat(), **more})
        for kind, more in _EVENTS
    },
    "step_up_code": _to_anna(
        "step_up_code", {"name": "Anna de Vries", "minutes": 5, "act": "document", "channel": "telegram"},
        secret={"code": "482913"},
    ),
    "email_code": _to_anna("email_code", {"name": "Anna de Vries", "minutes": 10}, secret={"code": "482913"}),
    "upload_request_new": _to_anna("upload_request_new", _UPLOAD, dossier_id=12),
    "upload_rejected": _to_anna(
        "upload_rejected", {**_UPLOAD, "file_name": "scan.jpg", "reason": "De achterkant ontbreekt."}, dossier_id=12
    ),
    "upload_accepted": _to_anna("upload_accepted", _UPLOAD, dossier_id=12),
    "upload_withdrawn": _to_anna("upload_withdrawn", _UPLOAD, dossier_id=12),
    "document_expiring": _to_anna(
        "document_expiring",
        {**_CASE, "name": "Anna de Vries", "document_id": 5, "document_name": "Conceptakte.pdf", "shelf": "documents",
         "size": 84_000, "confidential": False, "expires_on": "2026-11-30"},
        dossier_id=12,
    ),
    "digest": _to_anna(
        "digest",
        {"name": "Anna de Vries", "count": 6, "items": [
            {**_CASE, "kind": "document_new", "document_name": "Nota van afrekening.pdf"},
            {**_CASE, "kind": "document_expiring", "document_name": "Conceptakte.pdf", "expires_on": "2026-11-30"},
            {**_CASE, "kind": "upload_withdrawn", "title": "Kopie paspoort"},
            {**_CASE, "kind": "upload_accepted", "title": "Loonstrook"},
            {**_CASE, "kind": "message_new", "subject": "Akte van levering"},
            {**_CASE, "kind": "upload_request_new", "title": "Bankgarantie"}]},
        enclosures=(PDF,),
    ),
    "reminder": _to_anna(
        "reminder",
        {"name": "Anna de Vries", "messages": 1, "documents": 2, "actions": 1, "items": [
            {**_CASE, "kind": "message", "id": 3, "title": "Akte van levering", "confidential": False, "at": AT.isoformat()},
            {**_CASE, "kind": "document", "id": 4, "title": "", "confidential": True, "at": AT.isoformat()},
            {**_CASE, "kind": "upload", "id": 5, "title": "Kopie paspoort", "confidential": False, "at": AT.isoformat()}]},
    ),
    "news": _to_anna(
        "news", {"name": "Anna de Vries", "subject": "Gesloten met Kerst", "text": "Beste klant,\n\nWij zijn gesloten."}
    ),
    "upload_supplied": _to_staff(
        "upload_supplied",
        {**_MESSAGE, "author": "Anna de Vries", "account": "Anna de Vries", "channel": "email", "closed": False,
         "upload_request_id": 9, "title": "Kopie paspoort", "explanation": "De bladzijde met de foto, in kleur.",
         "supplied": [{"supplied_id": 1, "document_id": 6, "name": "paspoort.pdf", "size": 240_000},
                      {"supplied_id": 2, "document_id": 7, "name": "achterkant.jpg", "size": 90_000}]},
        dossier_id=12, message_id=345, thread="dossier-12-345", enclosures=(PDF,),
    ),
    "message_edited_staff": _to_staff(
        "message_edited_staff",
        {**_MESSAGE, "author": "Anna de Vries", "account": "De Vries Beheer B.V.", "channel": "telegram", "closed": True,
         "previous": "De datum is 3 juli.\nGroet", "version": 2, "edited_at": AT.isoformat()},
        dossier_id=12, message_id=345, thread="dossier-12-345",
    ),
    "dossier_assigned": _to_staff(
        "dossier_assigned", {**_CASE, "name": "Mia", "author": "Hugo", "note": "Kun jij dit overnemen?"}, dossier_id=12
    ),
    "staff_done": _to_staff(
        "staff_done",
        {**_CASE, "name": "Hugo", "note": "Bellen na vrijdag.", "done": [
            {"act": "note"}, {"act": "close"}, {"act": "closed_before"}, {"act": "assign", "name": "Mia"},
            {"act": "assigned_before", "name": "Mia"}, {"act": "accept", "name": "paspoort.pdf"},
            {"act": "accept_before", "name": "paspoort.pdf"}, {"act": "reject", "name": "scan.jpg", "reason": "Onscherp."},
            {"act": "reject_before", "name": "scan.jpg"}]},
        dossier_id=12, in_reply_to="<abc@kantoor.example>",
    ),
    "search": _to_anna(
        "search",
        {"name": "Anna de Vries", "words": "lindelaan", "total": 3, "dossiers": [
            {"number": "2026-0123", "description": "Aankoop woning Lindelaan 14", "status": "In behandeling", "unread": 3},
            {"number": "2025-0877", "description": "Testament", "status": "Afgerond", "unread": 0}]},
        in_reply_to="<abc@post.example>",
    ),
    "details": _to_anna(
        "details",
        {"name": "Anna de Vries", "email": "anna@post.example", "mobile": "+31612345678", "professional_number": None,
         "language": "nl", "two_factor": True, "linked": False, "news": True, "right": False},
        in_reply_to="<abc@post.example>",
    ),
    "details_right": _to_anna(
        "details_right",
        {"name": "Anna de Vries", "steps": [{"part": "link", "done": False}, {"part": "details", "done": True}]},
        in_reply_to="<abc@post.example>",
    ),
    "news_off": _to_anna("news_off", {"name": "Anna de Vries"}, in_reply_to="<abc@post.example>"),
    "news_on": _to_anna("news_on", {"name": "Anna de Vries"}, in_reply_to="<abc@post.example>"),
    "relink": _to_anna(
        "relink", {"name": "Anna de Vries", "telegram_name": "Anna 🌷"}, in_reply_to="<abc@post.example>"
    ),
    "dossier": _to_anna(
        "dossier",
        {**_CASE, "name": "Anna de Vries", "status": "In behandeling", "handler": "Mr. J. Bakker", "account": "De Vries BV",
         "closed": False, "done": 2,
         "steps": [{"label": "Koopakte ontvangen", "done_at": AT.isoformat()},
                   {"label": "Kadaster onderzocht", "done_at": AT.isoformat()}, {"label": "Akte gepasseerd", "done_at": None}],
         "documents": [
             {"number": 3, "document_name": "Nota van afrekening.pdf", "size": 84_000, "shelf": "correspondence",
              "at": AT.isoformat(), "unread": True, "confidential": False, "expires_on": None},
             {"number": 2, "document_name": "Volmacht.pdf", "size": 240_000, "shelf": "documents", "at": AT.isoformat(),
              "unread": False, "confidential": True, "expires_on": "2026-12-24"},
             {"number": 1, "document_name": "Koopakte getekend.pdf", "size": 1_240_000, "shelf": "supplied",
              "at": AT.isoformat(), "unread": False, "confidential": False, "expires_on": None}],
         "documents_total": 4, "messages": [_ROW, {**_ROW, "number": 1, "direction": "outgoing", "author": "Anna de Vries"}],
         "messages_total": 12,
         "requests": [_TASK]},
        dossier_id=12, in_reply_to="<abc@post.example>",
    ),
    "messages": _to_anna(
        "messages", {**_CASE, "name": "Anna de Vries", "messages": [_ROW], "total": 61},
        dossier_id=12, in_reply_to="<abc@post.example>",
    ),
    "message_copy": _to_anna(
        "message_copy", _MESSAGE, dossier_id=12, message_id=345, enclosures=(PDF,), in_reply_to="<abc@post.example>"
    ),
    "documents_sent": _to_anna(
        "documents_sent",
        {**_CASE, "name": "Anna de Vries", "sent": ["Nota van afrekening.pdf", "Koopakte.pdf"], "kept": ["Volmacht.pdf"],
         "too_big": ["Bouwtekening.pdf"], "unknown": [17, 18]},
        dossier_id=12, in_reply_to="<abc@post.example>", enclosures=(PDF,),
    ),
    "actions": _to_anna(
        "actions", {"name": "Anna de Vries", "total": 2, "tasks": [_TASK, {**_TASK, "title": "Bankgarantie", "due_on": None,
         "reason": "De achterkant ontbreekt."}]},
        in_reply_to="<abc@post.example>",
    ),
    "which_dossier": _to_anna(
        "which_dossier",
        {"subject": "Foto's van de sleutels", "waiting_id": 77, "asked": {}, "total": 3, "dossiers": [
            {"number": "2026-0123", "description": "Aankoop woning Lindelaan 14"},
            {"number": "2025-0877", "description": "Testament"}]},
        in_reply_to="<abc@post.example>",
    ),
    "change_asked": _to_anna(
        "change_asked",
        {"name": "Anna de Vries", "field": "mobile", "old": None, "new": "+31612345678", "method": "telegram",
         "consequence": "Dit wijzigt niets bij het Kadaster."},
        in_reply_to="<abc@post.example>",
    ),
    "change_email": _to_anna(
        "change_email", {"name": "Anna de Vries", "new": "anna@nieuw.example"}, in_reply_to="<abc@post.example>"
    ),
    "notifications": _to_anna(
        "notifications",
        {"name": "Anna de Vries", "linked": True, "cells": [
            {"news": news, "telegram": True, "email": news != "news"} for news in ("document", "request", "message", "news")]},
        in_reply_to="<abc@post.example>",
    ),
    "language_set": _to_anna("language_set", {"name": "Anna de Vries"}, in_reply_to="<abc@post.example>"),
    "unlinked_before": _to_anna("unlinked_before", {"name": "Anna de Vries"}, in_reply_to="<abc@post.example>"),
    "stop_answered": _to_anna(
        "stop_answered",
        {"name": "Anna de Vries", "telegram_name": "Anna 🌷", "at": AT.isoformat(), "link_id": 8},
        in_reply_to="<abc@post.example>",
    ),
    "help": _to_anna("help", {"name": "Anna de Vries"}, in_reply_to="<abc@post.example>"),
}  # fmt: skip

KINDS = tuple(_LETTERS)
