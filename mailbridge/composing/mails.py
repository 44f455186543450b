"""A letter becomes a mail: its face, its headers, its parts."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from core.crypto import Keys
from core.office import Office
from mailbridge.composing import identity, wording
from mailbridge.composing.face import Face, Picture
from mailbridge.composing.headers import header_text, ids_header, mailbox
from mailbridge.composing.letters import Enclosure, Letter, MailSettings
from mailbridge.composing.rendering import render
from mailbridge.composing.security import MAY_STOP
from mailbridge.tokens import About, Audience, ReplyToken, bounce_address, expiry, reply_address

NEWS = frozenset({"news"})
"""What may be stopped by itself: it says how in its headers (RFC 2369, NOTE-5). Other mails are about somebody's own dossier."""


PROVES_READING = frozenset({"document_new", "document_expiring", "digest", "reminder"})
"""News of which an answer can prove that it was read (DOC-4)."""

STOP_PATH = "/news/stop/"
"""Where our HTTP server takes the click (POST), followed by the token of the address that stops news."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What is handed to SMTP: the envelope and the bytes. `message_id` is with its angle brackets."""

    sender: str
    recipient: str
    message_id: str
    content: bytes


def compose(letter: Letter, *, office: Office, settings: MailSettings, keys: Keys) -> Mail:
    """The mail for a letter: text and HTML, pictures inline, files attached, and headers that make answers find back.

    Date, boundaries and the expiry of the reply address follow the attempt; the Message-ID follows the delivery, so a
    repeated attempt is the same mail. KeyError when the letter lacks a value of its kind.
    """
    answers_to = _reply_to(letter, office, settings, keys)
    face = wording.of(letter, office=office, settings=settings)
    rendered = render(face.template, letter.language, office, {**face.values, "answers_to": answers_to})
    policy = SMTP if letter.address.isascii() and settings.portal.isascii() else SMTPUTF8
    message = EmailMessage(policy)
    for name, value in _headers(letter, face, office, settings).items():
        message[name] = value
    message["Reply-To"] = mailbox(office.name, answers_to)
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    _show_pictures(message, face.pictures)
    for enclosure in letter.enclosures:
        _enclose(message, enclosure)
    message["Content-Language"] = letter.language
    ids = _ids(letter, settings, keys)
    ahead = ids | _unsubscribing(letter, office, settings, keys)
    return Mail(
        sender=bounce_address(letter.delivery_id, keys=keys, domain=settings.domain, local=settings.bounce_local),
        recipient=letter.address,
        message_id=ids["Message-ID"][0],
        content=b"".join(ids_header(name, found) for name, found in ahead.items()) + message.as_bytes(),
    )


def _reply_to(letter: Letter, office: Office, settings: MailSettings, keys: Keys) -> str:
    """The reader's own reply address; the portal's for somebody that we don't know, or whose address is not proven yet."""
    if letter.kind == "email_code":
        return settings.portal
    if letter.person_id is not None:
        audience, reader = Audience.PERSON, letter.person_id
    elif letter.staff_id is not None:
        audience, reader = Audience.STAFF, letter.staff_id
    else:
        return settings.portal
    about = About.LINKED if letter.kind in MAY_STOP else About.ANYTHING
    if "waiting_id" in letter.values:
        about = About.WHICH
    elif letter.kind in PROVES_READING:
        about = About.TOLD
    return _address(letter, audience, reader, about, office, settings, keys)


def _address(
    letter: Letter, audience: Audience, reader: int, about: About, office: Office, settings: MailSettings, keys: Keys
) -> str:
    last_day = expiry(office.reply_token_days, today=letter.attempt_at.date())
    token = ReplyToken(audience, reader, letter.dossier_id or 0, _answered_thing(letter, about), last_day, about)
    return reply_address(token, keys=keys, domain=settings.domain, local=settings.reply_local)


def _answered_thing(letter: Letter, about: About) -> int:
    """The number of what an answer is about: a message, or what the kind of answer says."""
    match about:
        case About.WHICH:
            return int(letter.values["waiting_id"])
        case About.LINKED:
            return int(letter.values.get("link_id") or 0)
        case About.TOLD:
            return letter.delivery_id
        case _:
            return letter.message_id or 0


def _headers(letter: Letter, face: Face, office: Office, settings: MailSettings) -> dict[str, str]:
    return {
        "From": mailbox(face.sender_name or office.name, settings.portal),
        "To": mailbox("", letter.address),
        "Subject": header_text(face.subject),
        "Date": format_datetime(letter.attempt_at),
        "Auto-Submitted": "auto-replied" if letter.in_reply_to and face.is_answer else "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply, RN, NRN",
    }


def _unsubscribing(letter: Letter, office: Office, settings: MailSettings, keys: Keys) -> dict[str, list[str]]:
    """How the reader's mail program stops news: by a mail (RFC 2369), and by a click where we have a web address (RFC 8058).

    An address of its own says so, whatever the program writes in that mail.
    """
    if letter.kind not in NEWS or letter.person_id is None:
        return {}
    stop = _address(letter, Audience.PERSON, letter.person_id, About.NEWS, office, settings, keys)
    by_mail = f"<mailto:{stop}?subject=STOP>"
    listed = {"List-Id": [f"<news.{settings.domain}>"]}
    if not settings.web:
        return {**listed, "List-Unsubscribe": [by_mail]}
    token = stop.rpartition("@")[0].partition("+")[2]
    by_click = f"<{settings.web.rstrip('/')}{STOP_PATH}{token}>,"
    return {
        **listed,
        "List-Unsubscribe": [by_click, by_mail],
        "List-Unsubscribe-Post": ["List-Unsubscribe=One-Click"],
    }


def _ids(letter: Letter, settings: MailSettings, keys: Keys) -> dict[str, list[str]]:
    """Its own id, and what it follows: the root of the conversation, then the mail that is answered (RFC 5322, 3.6.4)."""
    root = identity.thread_root(letter.thread, keys=keys, domain=settings.domain) if letter.thread else None
    chain = [known for known in (root, _message_id_only(letter.in_reply_to)) if known]
    own = {"Message-ID": [identity.message_id(letter.delivery_id, keys=keys, domain=settings.domain)]}
    return own | ({"In-Reply-To": chain[-1:], "References": chain} if chain else {})


def _message_id_only(given: str | None) -> str | None:
    """The Message-ID of somebody else's mail, if it can stand in a header as it is."""
    bare = "" if given is None else given.strip().strip("<>")
    fits = bare.isascii() and bare.isprintable() and 0 < len(bare) <= 500 and not set(bare) & set("<> \t")
    return f"<{bare}>" if fits else None


def _show_pictures(message: EmailMessage, pictures: tuple[Picture, ...]) -> None:
    """The pictures that the HTML shows, within the mail (multipart/related, RFC 2387)."""
    html = message.get_body(("html",))
    if html is None:
        return
    for picture in pictures:
        html.add_related(
            picture.content,
            "image",
            picture.subtype,
            cid=f"<{picture.content_id}>",
            disposition="inline",
            filename=f"{picture.content_id}.{picture.subtype}",
        )


def _enclose(message: EmailMessage, enclosure: Enclosure) -> None:
    main, _, sub = enclosure.media_type.partition("/")
    if main not in {"application", "audio", "font", "image", "text", "video"} or not sub.replace("-", "").isascii():
        main, sub = "application", "octet-stream"
    message.add_attachment(enclosure.content, main, sub, filename=header_text(enclosure.name))
