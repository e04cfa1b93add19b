"""Reads one Bot API request, however its parameters were sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp.multipart import BodyPartReader

from bot.sandbox.errors import Refused, bad_request

if TYPE_CHECKING:
    from aiohttp import web

_TRUE = {"true", "yes", "1"}
_JSON = {
    "allowed_updates",
    "caption_entities",
    "commands",
    "entities",
    "link_preview_options",
    "prices",
    "reply_markup",
    "reply_parameters",
    "scope",
    "suggested_tip_amounts",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came along with a request."""

    name: str
    mime_type: str
    content: bytes


@dataclass(slots=True)
class Call:
    """One Bot API request: a method and what was given; values may be JSON or text that holds JSON."""

    method: str
    given: dict[str, Any] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether a parameter was given and is not empty."""
        return self.given.get(name) not in (None, "")

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter as text."""
        value = self.given.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            raise bad_request(f'field "{name}" must be of type String')
        return value

    def integer(self, name: str, default: int | None = None) -> int:
        """Return a parameter as a whole number."""
        value = self.given.get(name)
        if value in (None, "") and default is not None:
            return default
        try:
            return int(str(value))
        except ValueError:
            raise bad_request(
                f"{name} is empty" if value in (None, "") else f"{name} is not a valid Integer"
            ) from None

    def boolean(self, name: str) -> bool:
        """Return a parameter as yes or no; what is not plainly true is no, as with Telegram."""
        return str(self.given.get(name, "")).lower() in _TRUE

    def json(self, name: str) -> Any:
        """Return a parameter as JSON, None if it was not given."""
        value = self.given.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def upload(self, name: str) -> Upload | None:
        """Return the file given as this parameter, directly or as attach://."""
        value = self.given.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            return self.uploads.get(value.removeprefix("attach://"))
        return self.uploads.get(name)

    def decoded(self) -> dict[str, Any]:
        """Return the parameters as values, for observers; an upload shows as its file's name."""
        values = {name: self.json(name) if name in _JSON else value for name, value in self.given.items()}
        return values | {
            name: upload.name for name, upload in self.uploads.items() if name not in _named(values)
        }


async def read_call(request: web.Request) -> Call:
    """Read method and parameters from query and body."""
    call = Call(request.match_info["method"], dict(request.query))
    if request.content_type == "application/json" and request.can_read_body:
        call.given.update(await _json_body(request))
    elif request.content_type == "application/x-www-form-urlencoded":
        form = await request.post()
        call.given.update({name: str(value) for name, value in form.items()})
    elif request.content_type == "multipart/form-data":
        await _read_parts(request, call)
    return call


async def _json_body(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.read())
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(body, dict):
        raise bad_request("can't parse JSON object")
    return body


async def _read_parts(request: web.Request, call: Call) -> None:
    reader = await request.multipart()
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise Refused(400, "Bad Request: can't parse multipart body")
        content = bytes(await part.read(decode=True))
        if part.filename is None:
            call.given[part.name] = content.decode()
        else:
            mime_type = part.headers.get("Content-Type", "application/octet-stream")
            call.uploads[part.name] = Upload(part.filename, mime_type, content)


def _named(values: dict[str, Any]) -> set[str]:
    texts = [value for value in values.values() if isinstance(value, str)]
    return {text.removeprefix("attach://") for text in texts if text.startswith("attach://")}
