"""How the sandbox says no.

SandboxError
├── Refused        a Bot API method was refused, in Telegram's words
├── NotPossible    what a person tried cannot be done in a chat
│   └── NotThere   what was named does not exist
└── ProviderError  the payment provider refused
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

REASONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
    500: "Internal Server Error",
}


class SandboxError(Exception):
    """Anything the sandbox refuses."""


@dataclass(eq=False)
class Refused(SandboxError):
    """A Bot API method was refused; *description* is Telegram's sentence."""

    status: int
    description: str
    parameters: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.description


@dataclass(eq=False)
class NotPossible(SandboxError):
    """What a person tried cannot be done in a chat."""

    why: str

    def __str__(self) -> str:
        return self.why


@dataclass(eq=False)
class NotThere(NotPossible):
    """What was named does not exist."""


@dataclass(eq=False)
class ProviderError(SandboxError):
    """The payment provider refused, with a code that programs can read."""

    status: int
    code: str
    message: str


def bad_request(words: str) -> Refused:
    """Refuse with 400 the way Telegram words it: first letter small, unless it is a CODE."""
    if len(words) > 1 and words[0].isupper() and words[1].islower():
        words = words[0].lower() + words[1:]
    return Refused(400, f"Bad Request: {words}")


def forbidden(words: str) -> Refused:
    """Refuse with 403."""
    return Refused(403, f"Forbidden: {words}")


def conflict(words: str) -> Refused:
    """Refuse with 409."""
    return Refused(409, f"Conflict: {words}")


def too_many_requests(retry_after_seconds: int) -> Refused:
    """Refuse with 429 and the time to wait."""
    words = f"Too Many Requests: retry after {retry_after_seconds}"
    return Refused(429, words, {"retry_after": retry_after_seconds})


def query_is_too_old() -> Refused:
    """Refuse an answer to a query that was answered, has expired or never was."""
    return bad_request("query is too old and response timeout expired or query ID is invalid")
