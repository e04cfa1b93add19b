"""How calls reach the Bot API: python-telegram-bot's request class on aiohttp's client.

TelegramError
└── NetworkError        the outcome is unknown: the call may have taken effect
    ├── TimedOut        no answer in time, likewise unknown
    └── NotSent         the call surely did not leave this machine, and may be repeated

A Bot API address carries the bot's token, so no error of this module shows one or has one among its causes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest
from yarl import URL

if TYPE_CHECKING:
    from telegram.request import RequestData

CONNECTIONS_MAX = 256


class NotSent(NetworkError):
    """The call surely did not reach the server, so that repeating it repeats nothing."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the steps of one call may take; None waits without end."""

    pool_seconds: float | None = 1.0
    connect_seconds: float | None = 5.0
    write_seconds: float | None = 5.0
    read_seconds: float | None = 5.0
    media_seconds: float | None = 20.0
    """For sending and fetching files, instead of write_seconds."""


class AiohttpRequest(BaseRequest):
    """Sends each call once over a pool of its own; nothing is retried or redirected here."""

    __slots__ = ("_connections_max", "_patience", "_session")

    def __init__(self, patience: Patience | None = None, connections_max: int = CONNECTIONS_MAX) -> None:
        self._patience = patience or Patience()
        self._connections_max = connections_max
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        """The seconds to wait for an answer when a call names none of its own."""
        return self._patience.read_seconds

    async def initialize(self) -> None:
        """Open the pool; a second call changes nothing."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections_max),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close the pool; a second call changes nothing."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Return the answer's status and body, or raise what the module's tree of errors says."""
        moves_files = method == "GET" or (request_data is not None and request_data.contains_files)
        usual = self._patience
        limits = _limit_steps(
            pool=_choose(pool_timeout, usual.pool_seconds),
            connect=_choose(connect_timeout, usual.connect_seconds),
            write=_choose(write_timeout, usual.media_seconds if moves_files else usual.write_seconds),
            read=_choose(read_timeout, usual.read_seconds),
        )
        answer = await self._exchange(method, url, _encode(request_data), limits)
        if isinstance(answer, TelegramError):
            raise answer  # here, outside of any except block, so that it carries no cause
        return answer

    async def _exchange(
        self, method: str, url: str, body: aiohttp.FormData | None, limits: aiohttp.ClientTimeout
    ) -> tuple[int, bytes] | TelegramError:
        """Return the answer, or the error that stands for what went wrong."""
        if self._session is None:
            raise RuntimeError("the request class was not initialized")
        try:
            async with self._session.request(
                method, url, data=body, timeout=limits, allow_redirects=False
            ) as response:
                return response.status, _hide_token(url, response.status, await response.read())
        except Exception as error:  # of whatever kind: python-telegram-bot would quote it, address and all
            return _translate(error, url)


def _choose(asked: object, usual: float | None) -> float | None:
    """Return the seconds that the caller asked for, the usual ones if it left them open."""
    return asked if asked is None or isinstance(asked, (int, float)) else usual


def _limit_steps(
    *, pool: float | None, connect: float | None, write: float | None, read: float | None
) -> aiohttp.ClientTimeout:
    # aiohttp has no time limit for writing; the limit for the whole call stands in for it.
    return aiohttp.ClientTimeout(
        total=_add(pool, connect, write, read),
        connect=_add(pool, connect),
        sock_connect=connect,
        sock_read=read,
    )


def _add(*seconds: float | None) -> float | None:
    known = [step for step in seconds if step is not None]
    return sum(known) if len(known) == len(seconds) else None


def _encode(request_data: RequestData | None) -> aiohttp.FormData | None:
    """Return the parameters as a form, in several parts if there are files among them."""
    if request_data is None:
        return None
    form = aiohttp.FormData(quote_fields=False, charset="utf-8")
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime_type) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=mime_type)
    return form


_BEFORE_SENDING = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)
_TOKEN = re.compile(r"/bot([^/]+)/")


def _translate(error: Exception, url: str) -> TelegramError:
    """Return what *error* means for the caller: surely not sent, or outcome unknown."""
    kind = type(error).__name__
    if isinstance(error, _BEFORE_SENDING):
        return NotSent(f"no connection to {_name_host(url)}: {kind}")
    if isinstance(error, TimeoutError):
        return TimedOut(f"no answer from {_name_host(url)} in time: {kind}")
    return NetworkError(f"no whole answer from {_name_host(url)}: {kind}")


def _name_host(url: str) -> str:
    try:
        return URL(url).host or "an address without a host"
    except ValueError:
        return "an unreadable address"


def _hide_token(url: str, status: int, body: bytes) -> bytes:
    """Return *body* without the token: servers quote the path in error pages, and those are logged."""
    found = _TOKEN.search(url)
    if found is None or status < 300:
        return body
    return body.replace(found[1].encode(), "•••".encode())
