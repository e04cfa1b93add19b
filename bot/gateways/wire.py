"""A provider over HTTP: silent if it does not answer in time, cut off if it says too much."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import ClientError, ClientSession, ClientTimeout
from yarl import URL

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 15
ANSWER_MOST_BYTES = 1 << 20
_CHUNK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, as it came: signatures are over its very bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Wire:
    """Connections to one provider, opened when they are first needed."""

    def __init__(self, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._timeout = ClientTimeout(total=timeout_seconds)
        self._session: ClientSession | None = None

    async def ask(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        most_bytes: int = ANSWER_MOST_BYTES,
    ) -> Answer | None:
        """Return the answer, None where nobody can tell what became of the request. It is sent as it is."""
        if self._session is None:
            self._session = ClientSession(timeout=self._timeout)
        place = url.partition("?")[0]
        try:
            address = URL(url, encoded=True)
            async with self._session.request(
                method, address, headers=headers, data=body, allow_redirects=False
            ) as answer:
                told = bytearray()
                async for chunk in answer.content.iter_chunked(_CHUNK_BYTES):
                    told += chunk
                    if len(told) > most_bytes:
                        log.warning("gateway_too_long url=%s", place)
                        return None
                return Answer(answer.status, answer.headers, bytes(told))
        except (TimeoutError, ClientError, ValueError) as error:
            log.warning("gateway_silent url=%s error=%s", place, type(error).__name__)
            return None

    async def close(self) -> None:
        """Close what connections there are."""
        if self._session:
            await self._session.close()
