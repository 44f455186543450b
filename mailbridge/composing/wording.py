"""What each kind of mail says: its subject, who it is from, and the values that its templates show.

The table at the end is complete: a kind that is not in it can't be sent by mail.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import segno

from core import texts
from core.errors import Refused
from core.office import Office
from mailbridge.composing import answers, dossier_news, portal, security, settings_news, staff_news
from mailbridge.composing.face import Face, Notice, Picture, Words
from mailbridge.composing.headers import tagged_subject
from mailbridge.composing.letters import Letter, MailSettings
from mailbridge.replies import MARKERS

QR = "qr"
LOGO = "logo"


def of(letter: Letter, *, office: Office, settings: MailSettings) -> Face:
    """The face of that letter, with what every mail shows. KeyError for a kind that has no mail."""
    face = _face(letter, office, settings)
    logo = _logo(settings.logo)
    pictures = (*face.pictures, logo) if logo else face.pictures
    bot = f"https://t.me/{settings.bot}" if settings.bot else ""
    every = {
        "kind": letter.kind,
        "title": face.subject,
        "address": letter.address,
        "portal": settings.portal,
        "bot": settings.bot,
        "chat": bot if letter.in_telegram else "",
        "to_link": bot,
        "actions": letter.actions,
        "to_person": letter.person_id is not None and letter.kind != "email_code",
        "marker": "",
        "logo": logo is not None,
        "attached": [{"name": e.name, "size": len(e.content)} for e in letter.enclosures],
        "left_out": letter.left_out,
    }
    return Face(face.template, face.subject, every | dict(face.values), pictures, face.sender_name, face.is_answer)


def _face(letter: Letter, office: Office, settings: MailSettings) -> Face:
    words = Words(letter, office)
    if letter.kind in _NOTICES:
        return _noticed(words, _NOTICES[letter.kind](words))
    return _FACES[letter.kind](letter, office, settings)


def _noticed(words: Words, notice: Notice) -> Face:
    marker = MARKERS[words.letter.language] if notice.answerable else ""
    values = {"notice": notice, "greeted": words.of("name") if notice.greets else "", "marker": marker}
    return Face("notice", notice.subject, values, sender_name=notice.sender_name, is_answer=notice.is_answer)


def _invitation(letter: Letter, office: Office, settings: MailSettings) -> Face:
    code = letter.secret["code"]
    link = f"https://t.me/{settings.bot}?start={code}"
    subject = _said(letter, "invitation.subject", office=office.name)
    values = {**letter.values, "code": code, "link": link}
    return Face("invitation", subject, values, (Picture(QR, "png", _qr(link)),))


def _linking_code(letter: Letter, office: Office, _: MailSettings) -> Face:
    subject = _said(letter, "linking_code.subject", office=office.name)
    values = {**letter.values, "code": letter.secret["code"], "marker": MARKERS[letter.language]}
    return Face("linking_code", subject, values)


def _linked(letter: Letter, office: Office, _: MailSettings) -> Face:
    subject = _said(letter, "linked.subject", office=office.name)
    return Face("linked", subject, {**letter.values, "marker": MARKERS[letter.language]})


def _unlinked(letter: Letter, office: Office, _: MailSettings) -> Face:
    return Face("unlinked", _said(letter, "unlinked.subject", office=office.name), letter.values)


def _unlinked_staff(letter: Letter, _: Office, __: MailSettings) -> Face:
    return Face("unlinked_staff", _said(letter, "unlinked_staff.subject", name=letter.values["name"]), letter.values)


def _message(letter: Letter, office: Office, _: MailSettings) -> Face:
    """A message, to a participant or to the handler; it reads as if its author had mailed it."""
    values = letter.values
    subject = tagged_subject(values["subject"], values["dossier_number"], answers=bool(letter.in_reply_to))
    sender = _said(letter, "from_via", author=values["author"], office=office.name)
    shown = {"closed": False, **values, "marker": MARKERS[letter.language]}
    if letter.kind == "message_staff":
        shown["author_line"] = staff_news.author_line(Words(letter, office))
    template = "message_new" if letter.kind == "message_copy" else letter.kind
    return Face(template, subject, shown, sender_name=sender, is_answer=letter.kind == "message_copy")


def _document_new(letter: Letter, _: Office, __: MailSettings) -> Face:
    values = letter.values
    news = _said(letter, "document_new.subject", document=values["document_name"])
    subject = tagged_subject(news, values["dossier_number"], answers=False)
    shown = {"shelf": "documents", "confidential": False, **values, "file_size": values.get("size", 0)}
    return Face("document_new", subject, {**shown, "marker": MARKERS[letter.language]})


def _refusal(letter: Letter, _: Office, __: MailSettings) -> Face:
    """A rule said no: its sentence from the `refusals` catalogue."""
    given = letter.values
    refused = Refused(given["code"], **(given.get("values") or {}))
    values = {
        "sentence": texts.refusal(letter.language, refused),
        "about": given.get("subject") or "",
        "files": refused.values.get("name", "") if refused.code.startswith(("file.", "upload.")) else "",
    }
    return Face("refusal", _answered(letter), values, is_answer=True)


def _unknown_sender(letter: Letter, _: Office, __: MailSettings) -> Face:
    return Face("unknown_sender", _answered(letter), {"about": letter.values.get("subject") or ""}, is_answer=True)


def _dead_letter(letter: Letter, _: Office, __: MailSettings) -> Face:
    if letter.staff_id is not None:
        return Face("dead_letter_staff", _said(letter, "dead_letter_staff.subject"), _whole(letter))
    return Face("dead_letter", _said(letter, "dead_letter.subject"), _whole(letter), is_answer=True)


def _quarantined(letter: Letter, _: Office, __: MailSettings) -> Face:
    values = {"dossier_number": "", "subject": "", **letter.values}
    subject = _said(letter, "quarantined.subject", sender=values["claimed_from"])
    return Face("quarantined", subject, values)


def _said(letter: Letter, key: str, **values: object) -> str:
    return texts.template_of(letter.language, f"mail.{key}").format(**values)


def _answered(letter: Letter) -> str:
    """The subject of an answer to a mail that we could not take as it was."""
    asked = str(letter.values.get("subject") or "")
    bare = asked if asked.lower().startswith("re:") else f"Re: {asked}"
    return bare if asked.strip() else _said(letter, "your_mail")


def _whole(letter: Letter) -> dict[str, Any]:
    return {"subject": "", "sender": "", **letter.values}


def _qr(link: str) -> bytes:
    """The link as a QR code (PNG) with the quiet zone that readers need, also on a dark ground."""
    out = BytesIO()
    segno.make(link, error="m", micro=False).save(out, kind="png", scale=6, border=4, dark="#101614", light="#ffffff")
    return out.getvalue()


def _logo(picture: bytes) -> Picture | None:
    signatures = {b"\x89PNG\r\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF8": "gif"}
    subtype = next((name for start, name in signatures.items() if picture.startswith(start)), None)
    return Picture(LOGO, subtype, picture) if subtype else None


_FACES: dict[str, Callable[[Letter, Office, MailSettings], Face]] = {
    "invitation": _invitation,
    "linking_code": _linking_code,
    "linked": _linked,
    "unlinked": _unlinked,
    "unlinked_staff": _unlinked_staff,
    "message_new": _message,
    "message_copy": _message,
    "message_staff": _message,
    "document_new": _document_new,
    "refusal": _refusal,
    "unknown_sender": _unknown_sender,
    "dead_letter": _dead_letter,
    "quarantined": _quarantined,
}
"""Kinds with a template of their own."""

_NOTICES: dict[str, Callable[[Words], Notice]] = {
    **security.NOTICES,
    **dossier_news.NOTICES,
    **staff_news.NOTICES,
    **answers.NOTICES,
    **portal.NOTICES,
    **settings_news.NOTICES,
}
"""Kinds that say it in the common form."""

KINDS = frozenset(_FACES | _NOTICES)
"""The kinds that can go out by mail."""
