"""Answers to those who wait with the screen in hand: each tap and each payer gets one, and in time."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import dataclass, field

from telegram import Bot
from telegram.error import BadRequest, TelegramError

from bot.desk import House
from bot.locales import Locale
from bot.telegram.arrivals import Arrival, Waiting, who_waits

log = logging.getLogger(__name__)

TAP_SECONDS = 1.0
PAYER_SECONDS = 8.0
"""Telegram cancels the payment after ten."""
TRIES = 3
TRY_AGAIN_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Answer:
    """What is to be answered right after the commit: a text to a tap, yes or no to a payer."""

    text: str = ""
    alert: bool = False
    may_pay: bool = False


@dataclass(slots=True)
class Answers:
    """Answers outside every queue and limit. Who waits too long is answered before the handling ends."""

    bot: Bot
    house: House
    tap_seconds: float = TAP_SECONDS
    payer_seconds: float = PAYER_SECONDS
    _waiting: dict[int, tuple[Waiting, asyncio.TimerHandle]] = field(default_factory=dict)
    _sending: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def idle(self) -> bool:
        """Whether no answer is on its way."""
        return not self._sending

    def expect(self, arrival: Arrival) -> None:
        """Somebody may wait for what comes of *arrival*."""
        waiting = who_waits(json.loads(arrival.body))
        if waiting is None:
            return
        seconds = self.payer_seconds if waiting.pays else self.tap_seconds
        late = self.broken(waiting) if waiting.pays else Answer()
        timer = asyncio.get_running_loop().call_later(seconds, self.give, arrival.id, late)
        self._waiting[arrival.id] = waiting, timer

    def give(self, arrival_id: int, answer: Answer) -> None:
        """Answer whoever waits for that arrival, unless they have been answered."""
        if arrival_id not in self._waiting:
            return
        waiting, timer = self._waiting.pop(arrival_id)
        timer.cancel()
        task = asyncio.create_task(self._send(waiting, answer))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    def give_broken(self, arrival_id: int) -> None:
        """Say that something went wrong on our side."""
        if arrival_id in self._waiting:
            self.give(arrival_id, self.broken(self._waiting[arrival_id][0]))

    def broken(self, waiting: Waiting) -> Answer:
        """Return the neutral sentence, in the language of the person's phone."""
        locale = Locale.of(waiting.language, self.house.settings.timezone)
        return Answer(locale.plain("refused-broken"), alert=True)

    async def close(self) -> None:
        """Forget who waits; what is being sent has a moment to arrive."""
        for _, timer in self._waiting.values():
            timer.cancel()
        self._waiting.clear()
        if self._sending:
            _, late = await asyncio.wait(self._sending, timeout=TAP_SECONDS)
            for task in late:
                task.cancel()

    async def _send(self, waiting: Waiting, answer: Answer) -> None:
        """Send an answer, again if it may not have arrived; one that is too late is no harm."""
        for _ in range(TRIES):
            try:
                await self._call(waiting, answer)
            except BadRequest as error:
                log.info("answer_refused why=%s", error.message)
                return
            except TelegramError as error:
                log.warning("answer_failed error=%s", type(error).__name__)
                await asyncio.sleep(TRY_AGAIN_SECONDS)
            else:
                return

    async def _call(self, waiting: Waiting, answer: Answer) -> None:
        if not waiting.pays:
            await self.bot.answer_callback_query(
                waiting.query_id, answer.text or None, show_alert=answer.alert
            )
        elif answer.may_pay:
            await self.bot.answer_pre_checkout_query(waiting.query_id, ok=True)
        else:
            why = answer.text or self.broken(waiting).text
            await self.bot.answer_pre_checkout_query(waiting.query_id, ok=False, error_message=why)
