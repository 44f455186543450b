"""The mailboxes for the page, as JSON.

GET  /api/mail                          the mailboxes: address, name, unread
GET  /api/mail/{address}?folder=INBOX   folders, and the mails of one, newest first
GET  /api/mail/{address}/{id}           one mail: text, html (inline images as data:), headers, attachments
GET  /api/mail/{address}/{id}/raw       its bytes
GET  /api/mail/{address}/{id}/files/N   attachment number N
POST /api/mail/{address}/{id}/read      it has been opened
POST /api/mail/{address}/{id}/reply     form: text, style, language, files
POST /api/mail/{address}/send           form: to, subject, text, from (optional, to forge), files
"""

import base64
from email.utils import getaddresses
from typing import Any, get_args
from urllib.parse import quote

from aiohttp import BodyPartReader, web
from multidict import MultiDict

from sandbox.mail import Attachment, Mail, Mailbox, MailServer, attachment
from sandbox.mail.replies import Language, Style

_PREVIEW = 140
_STYLES: dict[str, Style] = {style: style for style in get_args(Style)}
_SAFE_INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp"}


def routes(mail: MailServer) -> list[web.RouteDef]:
    """The routes over one mail server."""
    return MailRoutes(mail).table()


class MailRoutes:
    """Handlers that read and write the mailboxes of one server."""

    def __init__(self, mail: MailServer) -> None:
        self._mail = mail

    def table(self) -> list[web.RouteDef]:
        one = "/api/mail/{address}/{id:[0-9]+}"
        return [
            web.get("/api/mail", self.mailboxes),
            web.get("/api/mail/{address}", self.folder),
            web.post("/api/mail/{address}/send", self.send),
            web.get(one, self.show),
            web.get(one + "/raw", self.raw),
            web.get(one + "/files/{number:[0-9]+}", self.file),
            web.post(one + "/read", self.read),
            web.post(one + "/reply", self.reply),
        ]

    async def mailboxes(self, _: web.Request) -> web.Response:
        return web.json_response(
            [{"address": box.address, "name": box.name, "unread": len(box.unread())} for box in self._mail.mailboxes]
        )

    async def folder(self, request: web.Request) -> web.Response:
        box = self._box(request)
        name = request.query.get("folder", "INBOX")
        unread = box.unread(name) if name in box.folders else set()
        lines = [_line(mail, mail.id in unread) for mail in reversed(box.folder(name))]
        return web.json_response({"address": box.address, "folders": box.folders, "folder": name, "mails": lines})

    async def show(self, request: web.Request) -> web.Response:
        mail = self._one(request)
        return web.json_response(_line(mail, unread=False) | _whole(mail))

    async def raw(self, request: web.Request) -> web.Response:
        return web.Response(body=self._one(request).raw, content_type="text/plain", charset="utf-8")

    async def file(self, request: web.Request) -> web.Response:
        files = self._one(request).attachments
        number = int(request.match_info["number"])
        if number >= len(files):
            raise web.HTTPNotFound
        return download(files[number].name, files[number].content)

    async def read(self, request: web.Request) -> web.Response:
        box, mail = self._box(request), self._one(request)
        box.mark_read(mail.id)
        return web.json_response({"unread": len(box.unread())})

    async def reply(self, request: web.Request) -> web.Response:
        box, mail = self._box(request), self._one(request)
        form, files = await form_of(request)
        style = _STYLES.get(form.get("style", "gmail"))
        if style is None:
            raise web.HTTPBadRequest(text=f"style is one of {', '.join(_STYLES)}")
        language: Language = "en" if form.get("language") == "en" else "nl"
        sent = await box.reply(mail, form.get("text", ""), attachments=files, style=style, language=language)
        return web.json_response({"id": sent.id})

    async def send(self, request: web.Request) -> web.Response:
        form, files = await form_of(request)
        to = [address for _, address in getaddresses([form.get("to", "")]) if "@" in address]
        if not to:
            raise web.HTTPBadRequest(text="to: an address is needed")
        sent = await self._box(request).send(
            to, form.get("subject", ""), form.get("text", ""), attachments=files, from_=form.get("from") or None
        )
        return web.json_response({"id": sent.id})

    def _box(self, request: web.Request) -> Mailbox:
        try:
            return self._mail.mailbox(request.match_info["address"])
        except KeyError:
            raise web.HTTPNotFound from None

    def _one(self, request: web.Request) -> Mail:
        try:
            return self._box(request).find(int(request.match_info["id"]))
        except KeyError:
            raise web.HTTPNotFound from None


def download(name: str, content: bytes) -> web.Response:
    """Bytes that a browser saves and never shows, under their own name (RFC 6266)."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Type": "application/octet-stream",
    }
    return web.Response(body=content, headers=headers)


async def form_of(request: web.Request) -> tuple[MultiDict[str], list[Attachment]]:
    """The fields of a multipart form, and its files (an empty file field is no file)."""
    fields: MultiDict[str] = MultiDict()
    files: list[Attachment] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            continue
        if part.filename:
            files.append(attachment(part.filename, bytes(await part.read()), part.headers.get("Content-Type")))
        else:
            fields.add(part.name or "", await part.text())
    return fields, files


def _line(mail: Mail, unread: bool) -> dict[str, Any]:
    verdict = mail.header("Authentication-Results")
    return {
        "id": mail.id,
        "at": mail.at.isoformat(),
        "sender": mail.sender,
        "sender_name": mail.sender_name,
        "to": list(mail.to),
        "subject": mail.subject,
        "preview": " ".join(mail.text.split())[:_PREVIEW],
        "unread": unread,
        "files": len(mail.attachments),
        "forged": "dmarc=fail" in verdict,
    }


def _whole(mail: Mail) -> dict[str, Any]:
    return {
        "cc": list(mail.cc),
        "text": mail.text,
        "html": _with_images(mail),
        "headers": [list(header) for header in mail.headers],
        "attachments": [{"name": file.name, "type": file.type, "size": len(file.content)} for file in mail.attachments],
        "reply_to": mail.reply_to,
    }


def _with_images(mail: Mail) -> str:
    html = mail.html
    for image in mail.inline:
        if image.type in _SAFE_INLINE:
            data = base64.b64encode(image.content).decode()
            html = html.replace(f"cid:{image.cid}", f"data:{image.type};base64,{data}")
    return html
