"""Sends updates to the bot's webhook: in order within a queue, again and again until it answers 2xx."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.sandbox.updates import Updates, Waiting
    from bot.sandbox.world import Json

_FIRST_DELAY_SECONDS = 2.0
_LONGEST_RETRY_AFTER_SECONDS = 3600.0


class WebhookSender:
    """One delivery in flight per queue, at most `max_connections` in all."""

    def __init__(self, updates: Updates, execute: Callable[[Json], Awaitable[None]]) -> None:
        self._updates = updates
        self._execute = execute
        self._settings = updates.world.settings
        self._session: aiohttp.ClientSession | None = None
        self._queues: dict[str, asyncio.Task[None]] = {}
        self._connections = asyncio.Semaphore(40)

    def restart(self) -> None:
        """Forget deliveries under way and begin with the webhook as it is set now."""
        self._cancel()
        self._connections = asyncio.Semaphore(self._updates.webhook.max_connections)
        self.wake()

    def wake(self) -> None:
        """Begin to deliver whatever waits in queues that stand still."""
        if not self._updates.webhook.url:
            return
        for queue in {each.queue for each in self._updates.waiting.values()} - self._queues.keys():
            task = asyncio.get_running_loop().create_task(self._deliver(queue))
            self._queues[queue] = task
            task.add_done_callback(partial(self._ended, queue))

    async def close(self) -> None:
        """Stop delivering; what was not confirmed stays."""
        tasks = self._cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _cancel(self) -> list[asyncio.Task[None]]:
        tasks = list(self._queues.values())
        self._queues = {}
        for task in tasks:
            task.cancel()
        return tasks

    def _ended(self, queue: str, done: asyncio.Task[None]) -> None:
        if self._queues.get(queue) is not done:
            return
        del self._queues[queue]
        if not done.cancelled():
            done.result()
        self.wake()  # an update may have come between the queue's last look and its end

    async def _deliver(self, queue: str) -> None:
        while (head := self._head(queue)) is not None:
            delay_seconds = 0.0
            while (
                head.order in self._updates.waiting
                and (wait := await self._try(head, delay_seconds)) is not None
            ):
                await asyncio.sleep(self._settings.real(wait))
                delay_seconds = max(_FIRST_DELAY_SECONDS, delay_seconds * 2)
                self._updates.drop_expired()

    def _head(self, queue: str) -> Waiting | None:
        self._updates.drop_expired()
        return next((each for each in self._updates.waiting.values() if each.queue == queue), None)

    async def _try(self, head: Waiting, delay_seconds: float) -> float | None:
        """Send one update; return the seconds to wait before the next try, or None when it was taken."""
        self._updates.world.file.commit()
        try:
            async with self._connections, self._post(head) as answer:
                if answer.ok:
                    self._updates.drop(head)
                    await self._reply(await answer.read())
                    return None
                self._note(f"Wrong response from the webhook: {answer.status} {answer.reason}")
                asked = _retry_after(answer.headers.get("Retry-After", ""))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._note(f"Connection failed: {type(error).__name__}")
            asked = 0.0
        return max(asked, min(delay_seconds, self._settings.webhook_delay_cap_seconds))

    def _post(self, head: Waiting) -> aiohttp.client._RequestContextManager:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self._settings.webhook_answer_seconds)
            self._session = aiohttp.ClientSession(timeout=timeout)
        webhook = self._updates.webhook
        headers = {"Content-Type": "application/json"}
        if webhook.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = webhook.secret_token
        body = head.body if isinstance(head.body, str) else json.dumps(head.body)
        return self._session.post(webhook.url, data=body.encode(), headers=headers, allow_redirects=False)

    async def _reply(self, body: bytes) -> None:
        try:
            call = json.loads(body)
        except ValueError:
            return
        if isinstance(call, dict) and isinstance(call.get("method"), str):
            await self._execute(call)

    def _note(self, words: str) -> None:
        webhook = self._updates.webhook
        webhook.last_error_date, webhook.last_error_message = int(self._updates.world.now()), words
        self._updates.save_webhook()


def _retry_after(header: str) -> float:
    return min(float(header), _LONGEST_RETRY_AFTER_SECONDS) if header.isdigit() else 0.0
