"""Sending files: one at a time, as albums, by upload or by `file_id` (Bot API, "Sending files")."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.telegram import files, limits
from sandbox.telegram.entities import Json
from sandbox.telegram.errors import bad, too_large
from sandbox.telegram.files import KeptFile
from sandbox.telegram.methods import content
from sandbox.telegram.methods.call import Call
from sandbox.telegram.methods.sending import deliver, envelope
from sandbox.telegram.parameters import Parameters, Upload
from sandbox.telegram.state import State

KINDS = {
    "sendphoto": "photo",
    "senddocument": "document",
    "sendvideo": "video",
    "sendvoice": "voice",
    "sendaudio": "audio",
    "sendanimation": "animation",
    "sendvideonote": "video_note",
}
_ALBUM_KINDS = frozenset({"photo", "video", "document", "audio"})
_NUMBERS = {
    "video": ("width", "height", "duration"),
    "animation": ("width", "height", "duration"),
    "voice": ("duration",),
    "audio": ("duration",),
    "video_note": ("length", "duration"),
}


def send_file(call: Call) -> Json:
    """sendPhoto, sendDocument, sendVideo, sendVoice, sendAudio, sendAnimation, sendVideoNote."""
    kind = KINDS[call.method]
    caption = {} if kind == "video_note" else content.caption(call.params)
    kept = _obtain(call, kind, call.params.values.get(kind))
    body = file_body(kept, call.params) | caption
    return call.state.shown(deliver(call, envelope(call), body))


def send_media_group(call: Call) -> list[Json]:
    """sendMediaGroup."""
    items = call.params.array("media", "can't parse media JSON object")
    if items is None or len(items) not in limits.ALBUM_SIZES:
        raise bad("media group must include 2-10 items")
    kinds = {item.get("type") if isinstance(item, dict) else None for item in items}
    if not kinds <= _ALBUM_KINDS:
        raise bad("can't parse media: type of media group item is invalid")
    for alone in ("document", "audio"):
        if alone in kinds and len(kinds) > 1:
            raise bad(f"{alone} can't be mixed with other media types")
    bodies = [input_media(call, item) for item in items]
    to = envelope(call, messages=len(bodies))
    album = {"media_group_id": str(secrets.randbelow(10**17) + 10**17)}
    return [call.state.shown(deliver(call, to, album | body)) for body in bodies]


def input_media(call: Call, item: Json) -> Json:
    """What an InputMedia object puts into a message (without what the envelope adds)."""
    kind = item.get("type")
    if not isinstance(kind, str) or kind not in KINDS.values():
        raise bad("can't parse InputMedia: type is invalid")
    own = Parameters(item)
    caption = content.caption(own)
    return file_body(_obtain(call, kind, item.get("media")), own) | caption


def get_file(call: Call) -> Json:
    """getFile: at most 20 MB."""
    kept = call.state.files.get(call.params.text("file_id"))
    if kept is None:
        raise bad("wrong file_id or the file is temporarily unavailable")
    if kept.size > limits.DOWNLOAD_BYTES:
        raise bad("file is too big")
    return {
        "file_id": kept.file_id,
        "file_unique_id": kept.unique_id,
        "file_size": kept.size,
        "file_path": kept.path,
    }


def file_body(kept: KeptFile, params: Parameters) -> Json:
    """The message field of one file, `has_media_spoiler` included."""
    body: Json = {}
    if kept.kind == "photo":
        body["photo"] = files.photo_sizes(kept)
    else:
        described = files.described(kept)
        described.update({name: params.integer(name) for name in _NUMBERS.get(kept.kind, ())})
        for name in ("title", "performer"):
            if kept.kind == "audio" and params.has(name):
                described[name] = params.text(name)
        body[kept.kind] = described
        if kept.kind == "animation":
            body["document"] = files.described(kept)
    if params.boolean("has_spoiler") and kept.kind in ("photo", "video", "animation"):
        body["has_media_spoiler"] = True
    return body


def _obtain(call: Call, kind: str, given: Any) -> KeptFile:
    if isinstance(given, str) and given.startswith("attach://"):
        given = call.params.upload(given)
        if given is None:
            raise bad("can't find the file that attach:// names")
    if isinstance(given, Upload):
        return _uploaded(call.state, kind, given)
    if not given or not isinstance(given, str):
        raise bad(f"there is no {kind} in the request")
    return _known(call.state, kind, given)


def _uploaded(state: State, kind: str, upload: Upload) -> KeptFile:
    if not upload.content:
        raise bad("file must be non-empty")
    if len(upload.content) > limits.UPLOAD_BYTES:
        raise too_large()
    if kind == "photo":
        files.check_photo(upload.content)
        return state.files.keep(kind, upload.content)
    mime = None if upload.mime == "application/octet-stream" else upload.mime
    return state.files.keep(kind, upload.content, name=upload.name, mime=mime)


def _known(state: State, kind: str, file_id: str) -> KeptFile:
    if file_id.startswith(("http://", "https://")):
        raise bad("failed to get HTTP URL content")
    kept = state.files.get(file_id)
    if kept is None:
        raise bad("wrong file identifier/HTTP URL specified")
    if kept.kind != kind:
        raise bad(f"can't use file of type {kept.kind.title()} as {kind.title()}")
    return kept
