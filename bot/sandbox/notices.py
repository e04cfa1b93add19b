"""Tells the cashier what happened at the provider, in signed notices, until they are taken."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from bot.sandbox.faults import Faults
    from bot.sandbox.world import Json, World

SIGNATURE_HEADER = "Sandbox-Signature"
_PAUSES_SECONDS = (0.05, 0.2, 1.0, 5.0, 30.0)
_ANSWER_SECONDS = 10.0


@dataclass(slots=True)
class Notices:
    """Notices on their way. A fault on "notice" loses, repeats or delays the next one."""

    world: World
    faults: Faults
    sent: list[Json] = field(default_factory=list)
    """What was tried to be told, each with the answer's status; 0 where there was none."""
    held: list[tuple[str, bytes]] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _session: aiohttp.ClientSession | None = None

    @property
    def waiting(self) -> bool:
        """Whether a notice is on its way; those that are held back do not count."""
        return bool(self._tasks)

    def tell(self, url: str, kind: str, data: Json) -> None:
        """Send a notice, if anybody wants to know."""
        if not url:
            return
        notice = {"id": f"nt_{secrets.token_hex(10)}", "type": kind, "created": int(self.world.now())}
        body = json.dumps({**notice, "data": data}).encode()
        fault = self.faults.take("notice")
        match fault.kind if fault else "":
            case "lose":
                return
            case "delay":
                self.held.append((url, body))
            case "repeat":
                self._start(url, body)
                self._start(url, body)
            case _:
                self._start(url, body)

    def release(self) -> None:
        """Send what was held back, the newest first."""
        while self.held:
            self._start(*self.held.pop())

    async def close(self) -> None:
        """Stop telling."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    def sign(self, body: bytes) -> str:
        """Return the signature of a body as it is sent now."""
        moment = int(self.world.now())
        signed = f"{moment}.".encode() + body
        key = self.world.settings.provider_key.encode()
        return f"t={moment},v1={hmac.new(key, signed, hashlib.sha256).hexdigest()}"

    def _start(self, url: str, body: bytes) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(url, body))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, url: str, body: bytes) -> None:
        for pause in _PAUSES_SECONDS:
            status = await self._post(url, body)
            self.sent.append({"status": status, **json.loads(body)})
            if 200 <= status < 300:
                return
            await asyncio.sleep(pause)

    async def _post(self, url: str, body: bytes) -> int:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS))
        headers = {SIGNATURE_HEADER: self.sign(body), "Content-Type": "application/json"}
        try:
            async with self._session.post(url, data=body, headers=headers) as answer:
                return answer.status
        except (TimeoutError, aiohttp.ClientError):
            return 0
