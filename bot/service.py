"""The running bot: takes updates in, handles them lane by lane, sends what is to be said."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from aiohttp import web
from telegram import Bot
from telegram.request import BaseRequest

from bot.desk import House
from bot.dispatch import count_failure, handle
from bot.errands.runner import Errands
from bot.notices import Notices
from bot.telegram.answers import Answers
from bot.telegram.arrivals import UPDATE_KINDS, Arrival
from bot.telegram.commands import publish_commands
from bot.telegram.intake import Inbox, plain_app, poll, webhook_app
from bot.telegram.kept import left_over
from bot.telegram.relay import Relay
from core.ports import Store

log = logging.getLogger(__name__)

LAST_SECONDS = 3
"""How long what is being handled may take once the bot has been told to stop."""


@dataclass(slots=True)
class Service:
    """One bot, from the first update to the last."""

    store: Store
    bot: Bot
    updates: BaseRequest
    """Fetches updates, on connections of its own."""
    house: House
    relay: Relay
    errands: Errands
    answers: Answers = field(init=False)
    _lanes: dict[str, deque[Arrival]] = field(default_factory=dict)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _running: Callable[[], None] = lambda: None
    _parts: asyncio.TaskGroup = field(default_factory=asyncio.TaskGroup)

    def __post_init__(self) -> None:
        self.answers = Answers(self.bot, self.house)

    async def run(self, stop: asyncio.Event, running: Callable[[], None] = lambda: None) -> None:
        """Run until *stop* is set, or until one of the parts fails; then that is raised.

        *running* is called once updates are taken in, and notices where there are routes for them.
        """
        self._running = running
        await publish_commands(self.bot, self.house)
        try:
            async with asyncio.TaskGroup() as self._parts:
                await self._run_parts(stop)
        except BaseExceptionGroup as failed:
            raise _first(failed) from None
        finally:
            await self.answers.close()

    async def _run_parts(self, stop: asyncio.Event) -> None:
        """Run the parts until *stop*: then nothing new is taken in, and what was begun is ended."""
        self.take_in(await self.store.run(left_over))
        relay = self._parts.create_task(self.relay.run(), name="relay")
        errands = self._parts.create_task(self.errands.run(), name="errands")
        intake = self._parts.create_task(self._take_updates(), name="intake")
        await stop.wait()
        intake.cancel()
        await asyncio.wait({intake})
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=LAST_SECONDS)
        for task in (relay, errands, *self._tasks.values()):
            task.cancel()

    def take_in(self, arrivals: list[Arrival]) -> None:
        """Hand stored updates to their lanes: each lane in order, lanes beside each other."""
        for arrival in arrivals:
            self.answers.expect(arrival)
            waiting = self._lanes.setdefault(arrival.lane, deque())
            waiting.append(arrival)
            if arrival.lane not in self._tasks:
                self._tasks[arrival.lane] = self._parts.create_task(self._work_lane(arrival.lane))

    @property
    def idle(self) -> bool:
        """Whether everything that came in is handled and everything due is said and done."""
        return not self._tasks and self.answers.idle and self.relay.idle and self.errands.idle

    async def _take_updates(self) -> None:
        """Take updates in, by webhook or by asking for them, and the notices of gateways."""
        settings = self.house.settings
        inbox = Inbox(self.store, f"telegram:{self.bot.id}", self.take_in)
        secret = settings.webhook_secret.reveal() if settings.webhook_url and settings.webhook_secret else ""
        if not secret and not settings.public_url:
            await self._poll(inbox)
            return
        app = webhook_app(secret, inbox) if secret else plain_app()
        self._notices().add_to(app)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, settings.listen.host, settings.listen.port).start()
            if settings.webhook_url and secret:
                await self._set_webhook(settings.webhook_url, secret)
            else:
                await self._poll(inbox)
        finally:
            await runner.cleanup()

    async def _poll(self, inbox: Inbox) -> None:
        await self.bot.delete_webhook(drop_pending_updates=False)
        self._running()
        await poll(self.bot, self.updates, inbox)

    async def _set_webhook(self, url: str, secret: str) -> None:
        await self.bot.set_webhook(url, secret_token=secret, allowed_updates=UPDATE_KINDS, max_connections=40)
        self._running()
        await asyncio.Event().wait()

    def _notices(self) -> Notices:
        per_second = self.house.settings.notices_per_second
        clock = self.errands.work.clock
        return Notices(self.store, self.house.gateways, clock, per_second, self.errands.wake)

    async def _work_lane(self, lane: str) -> None:
        waiting = self._lanes[lane]
        try:
            while waiting:
                await self._handle(waiting.popleft())
                self.relay.wake()
                self.errands.wake()
        finally:
            del self._lanes[lane], self._tasks[lane]

    async def _handle(self, arrival: Arrival) -> None:
        """Handle one update; one that fails is tried again, and set aside after the third time."""
        work = partial(handle, house=self.house, bot=self.bot, arrival_id=arrival.id)
        set_aside = False
        while not set_aside:
            try:
                self.answers.give(arrival.id, await self.store.run(work))
            except Exception as error:
                log.exception("arrival_failed uid=%s", arrival.uid)
                failure = partial(
                    count_failure, house=self.house, arrival_id=arrival.id, error=type(error).__name__
                )
                set_aside = await self.store.run(failure)
            else:
                return
        self.answers.give_broken(arrival.id)


def _first(failed: BaseException) -> BaseException:
    """Return the first of the errors that a group holds."""
    while isinstance(failed, BaseExceptionGroup):
        failed = failed.exceptions[0]
    return failed
