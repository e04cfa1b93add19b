"""Bot API methods that send and fetch files."""

from __future__ import annotations

import secrets
import struct
from typing import TYPE_CHECKING, Any

from bot.sandbox.api_messages import caption_of, send
from bot.sandbox.errors import bad_request
from bot.sandbox.keyboards import checked_markup

if TYPE_CHECKING:
    from bot.sandbox.parts import Parts
    from bot.sandbox.wire import Call, Upload
    from bot.sandbox.world import Json

_LARGEST_FILE_BYTES = 50 * 1024 * 1024
_LARGEST_PHOTO_BYTES = 10 * 1024 * 1024
_LARGEST_DOWNLOAD_BYTES = 20 * 1024 * 1024


def send_document(parts: Parts, call: Call) -> Json:
    """Send a file, uploaded or known by its file_id."""
    return send(parts, call, _document(parts, call), checked_markup(call.json("reply_markup")))


def send_photo(parts: Parts, call: Call) -> Json:
    """Send a picture, uploaded or known by its file_id."""
    return send(parts, call, _photo(parts, call), checked_markup(call.json("reply_markup")))


def get_file(parts: Parts, call: Call) -> Json:
    """Return where a file can be downloaded."""
    if not call.has("file_id"):
        raise bad_request("file_id not specified")
    file_id = call.text("file_id")
    found = parts.world.file.get("file", file_id)
    if found is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if found["file_size"] > _LARGEST_DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    described = {key: found[key] for key in ("file_id", "file_unique_id", "file_size")}
    return {**described, "file_path": f"files/{file_id}/{found['file_name']}"}


def _document(parts: Parts, call: Call) -> Json:
    upload = _upload(call, "document", _LARGEST_FILE_BYTES)
    if upload is None:
        document = _known_file(parts, call.text("document"), "document")
    else:
        document = keep_document(parts, upload)
    return {"document": document, **caption_of(call)}


def _photo(parts: Parts, call: Call) -> Json:
    upload = _upload(call, "photo", _LARGEST_PHOTO_BYTES)
    sizes = (
        _known_file(parts, call.text("photo"), "photo")
        if upload is None
        else keep_photo(parts, upload.content)
    )
    return {"photo": sizes, **caption_of(call)}


def keep_document(parts: Parts, upload: Upload) -> Json:
    """Store an uploaded file; return the Document."""
    kept = parts.world.keep_file(upload.content, upload.name)
    document = {**kept, "file_name": upload.name, "mime_type": upload.mime_type}
    parts.world.file.put("document", kept["file_id"], document)
    return document


def keep_photo(parts: Parts, content: bytes) -> list[Json]:
    """Store an uploaded picture; return its one PhotoSize."""
    width, height = _picture_size(content)
    kept = parts.world.keep_file(content, f"photo_{secrets.token_hex(4)}.jpg")
    sizes = [{**kept, "width": width, "height": height}]
    parts.world.file.put("photo", kept["file_id"], sizes)
    return sizes


def _upload(call: Call, name: str, largest_bytes: int) -> Upload | None:
    upload = call.upload(name)
    if upload is None:
        return None
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > largest_bytes:
        raise bad_request("file is too big")
    return upload


def _known_file(parts: Parts, file_id: str, kind: str) -> Any:
    if not file_id:
        raise bad_request(f"there is no {kind} in the request")
    if file_id.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    known = parts.world.file.get(kind, file_id)
    if known is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return known


def _picture_size(content: bytes) -> tuple[int, int]:
    if content.startswith(b"\x89PNG\r\n\x1a\n") and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return width, height
    if content.startswith(b"\xff\xd8"):
        return _jpeg_size(content)
    raise bad_request("IMAGE_PROCESS_FAILED")


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    raise bad_request("IMAGE_PROCESS_FAILED")
