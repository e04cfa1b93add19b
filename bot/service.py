"""The running bot: takes updates in, handles them lane by lane, sends what is to be said."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from dataclasses import dataclass, field
from functools import partial

from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, TelegramError
from telegram.request import BaseRequest

from bot.arrivals import UPDATE_KINDS, Arrival, ArrivalState
from bot.desk import House
from bot.dispatch import Answer, count_failure, handle
from bot.errands import Errands
from bot.intake import Accepted, poll, webhook_app
from bot.menus import publish_commands
from bot.relay import Relay
from core.ports import Books, Store

log = logging.getLogger(__name__)

ANSWER_EMPTY_AFTER_SECONDS = 1.0


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
    _lanes: dict[str, deque[Arrival]] = field(default_factory=dict)
    _lane_tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self, stop: asyncio.Event) -> None:
        """Run until *stop* is set, or until one of the parts fails; then that is raised."""
        await publish_commands(self.bot, self.house)
        self.take_in(await self.store.run(_left_over))
        parts = [
            asyncio.create_task(self._take_updates(), name="intake"),
            asyncio.create_task(self.relay.run(), name="relay"),
            asyncio.create_task(self.errands.run(), name="errands"),
        ]
        stopped = asyncio.create_task(stop.wait(), name="stop")
        try:
            await asyncio.wait([*parts, stopped], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*parts, stopped, *self._lane_tasks):
                task.cancel()
            ended = await asyncio.gather(*parts, stopped, *self._lane_tasks, return_exceptions=True)
        for each in ended:
            if isinstance(each, Exception):
                raise each

    def take_in(self, arrivals: list[Arrival]) -> None:
        """Hand stored updates to their lanes: each lane in order, lanes beside each other."""
        for arrival in arrivals:
            waiting = self._lanes.get(arrival.lane)
            if waiting is not None:
                waiting.append(arrival)
                continue
            self._lanes[arrival.lane] = deque([arrival])
            task = asyncio.create_task(self._work_lane(arrival.lane))
            self._lane_tasks.add(task)
            task.add_done_callback(self._lane_tasks.discard)

    @property
    def idle(self) -> bool:
        """Whether everything that came in is handled and everything due is said and done."""
        return not self._lanes and not self._lane_tasks and self.relay.idle and self.errands.idle

    async def _take_updates(self) -> None:
        settings = self.house.settings
        accepted: Accepted = self.take_in
        if not settings.webhook_url or not settings.webhook_secret:
            await self.bot.delete_webhook(drop_pending_updates=False)
            await poll(self.bot, self.updates, self.store, accepted)
            return
        secret = settings.webhook_secret.reveal()
        runner = web.AppRunner(webhook_app(secret, self.store, accepted), access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, settings.listen.host, settings.listen.port).start()
            await self.bot.set_webhook(
                settings.webhook_url, secret_token=secret, allowed_updates=UPDATE_KINDS, max_connections=40
            )
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _work_lane(self, lane: str) -> None:
        waiting = self._lanes[lane]
        while waiting:
            await self._handle(waiting.popleft())
            self.relay.wake()
            self.errands.wake()
        del self._lanes[lane]

    async def _handle(self, arrival: Arrival) -> None:
        """Handle one update; one that fails is tried again, and set aside after the third time."""
        set_aside = False
        while not set_aside:
            try:
                await self._answer(await self._handle_once(arrival))
            except Exception as error:
                log.exception("arrival_failed uid=%s", arrival.uid)
                set_aside = await self.store.run(
                    partial(
                        count_failure, house=self.house, arrival_id=arrival.id, error=type(error).__name__
                    )
                )
            else:
                return

    async def _handle_once(self, arrival: Arrival) -> Answer:
        """Handle an update; a tap that takes long is answered with nothing meanwhile."""
        work = partial(handle, house=self.house, bot=self.bot, arrival_id=arrival.id)
        handling = asyncio.ensure_future(self.store.run(work))
        done, _ = await asyncio.wait({handling}, timeout=ANSWER_EMPTY_AFTER_SECONDS)
        if not done:
            await self._answer(Answer(query_id=_query_id(arrival)))
        return await handling

    async def _answer(self, answer: Answer) -> None:
        """Answer a tap or a payer, outside every queue and limit; a late answer is no harm."""
        try:
            if answer.checkout_id:
                await self.bot.answer_pre_checkout_query(
                    answer.checkout_id, ok=not answer.text, error_message=answer.text or None
                )
            elif answer.query_id:
                await self.bot.answer_callback_query(
                    answer.query_id, answer.text or None, show_alert=answer.alert
                )
        except BadRequest as error:
            log.info("answer_too_late why=%s", error.message)
        except TelegramError as error:
            log.warning("answer_failed error=%s", type(error).__name__)


def _query_id(arrival: Arrival) -> str:
    query = json.loads(arrival.body).get("callback_query", {})
    return str(query.get("id", "")) if isinstance(query, dict) else ""


async def _left_over(books: Books) -> list[Arrival]:
    return await books.find(Arrival, state=ArrivalState.NEW)
