"""When errands are done, and how many at once: what is due first goes first, calls have room of their own."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from bot.desk import RECONCILE, House
from bot.errands import WORK
from bot.errands.reconcile import RECONCILE_ALL, until_morning
from bot.errands.timers import FORGET_BODIES
from bot.errands.work import Work, interrupted
from core.errand import (
    APPLY_FACT,
    ASK_CHARGE,
    ASK_REFUND,
    END_VISIT,
    ESCALATE_CASE,
    EXPIRE_ORDER,
    EXPIRE_TOP_UP,
    IDENTIFY_PAYER,
    KEEP_HOURS,
    LAPSE_GIFT,
    LAPSE_PROPOSAL,
    OPEN_BINDING,
    OPEN_CHARGE,
    RESCUE_REFUND,
    RESOLVE_STRAY,
    SEND_REFUND,
    SETTLE_PROMISE,
    WATCH_VISIT,
    Errand,
    ErrandState,
    send_on,
)
from core.ports import Books, NoneOf

log = logging.getLogger(__name__)

AT_ONCE = 8
CALLS_AT_ONCE = 64
OWED = (
    SEND_REFUND, ASK_REFUND, RESCUE_REFUND, EXPIRE_ORDER, OPEN_CHARGE, ASK_CHARGE, EXPIRE_TOP_UP, APPLY_FACT,
    RECONCILE, SETTLE_PROMISE, RESOLVE_STRAY, WATCH_VISIT, KEEP_HOURS, END_VISIT, ESCALATE_CASE, LAPSE_GIFT,
    LAPSE_PROPOSAL,
)  # fmt: skip
"""What is never given up for good: after a restart it is tried again."""
CALLS = (
    OPEN_CHARGE, ASK_CHARGE, OPEN_BINDING, APPLY_FACT, IDENTIFY_PAYER, SEND_REFUND, ASK_REFUND,
    RESCUE_REFUND, RESOLVE_STRAY, RECONCILE,
)  # fmt: skip
"""What waits for gateways most of its time. It has room of its own, and much of it: a provider that is silent
holds up neither what is ours to do nor the other providers.
"""


@dataclass(slots=True)
class Errands:
    """Does what is due; `wake` it when there is more to do."""

    work: Work
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _busy: dict[int, Errand] = field(default_factory=dict)
    _resting: bool = False

    def wake(self) -> None:
        self._woken.set()

    @property
    def idle(self) -> bool:
        """Whether nothing is being done at this moment."""
        return self._resting and not self._busy and not self._woken.is_set()

    async def run(self) -> None:
        """Do errands until cancelled; those that a crash interrupted come first."""
        await self.work.store.run(partial(_resume, house=self.work.house))
        try:
            async with asyncio.TaskGroup() as attempts:
                while True:
                    self._woken.clear()
                    until = await self._start_what_is_due(attempts)
                    self._resting = True
                    await self.work.clock.wait(self._woken, until)
                    self._resting = False
        finally:
            await self.work.artist.go_home()

    async def _start_what_is_due(self, attempts: asyncio.TaskGroup) -> datetime | None:
        """Start what is due, as far as there is room; return when to look again, None for when woken."""
        now = self.work.clock.now()
        while room := self._room():
            found = await self.work.store.run(partial(_next, busy=(*self._busy,), room=room))
            for errand in found:
                if errand.due_at > now:
                    return errand.due_at
                if not self._has_room(errand.kind):
                    break  # look again for the others
                self._busy[errand.id] = errand
                attempts.create_task(self._attempt(errand))
            else:
                if len(found) <= AT_ONCE:
                    return None
        return None  # the first that ends wakes us

    def _has_room(self, kind: str) -> bool:
        is_call = kind in CALLS
        busy = [each for each in self._busy.values() if (each.kind in CALLS) is is_call]
        return len(busy) < (CALLS_AT_ONCE if is_call else AT_ONCE)

    def _room(self) -> dict[str, Any]:
        """Return of which kinds more can be started, as a condition; nothing if of none."""
        calls, others = self._has_room(OPEN_CHARGE), self._has_room(EXPIRE_ORDER)
        if calls and others:
            return {"state": ErrandState.WAITING}
        if calls or others:
            return {"state": ErrandState.WAITING, "kind": CALLS if calls else NoneOf(CALLS)}
        return {}

    async def _attempt(self, errand: Errand) -> None:
        """Do one errand; what fails is tried again, ever more slowly, and then given up and seen."""
        try:
            await WORK[errand.kind](self.work, errand)
        except Exception:
            log.exception("errand_failed kind=%s id=%s", errand.kind, errand.id)
            await self.work.try_later(errand)
        finally:
            del self._busy[errand.id]
            self.wake()
            self.work.told()


async def _next(books: Books, busy: tuple[int, ...], room: dict[str, Any]) -> list[Errand]:
    """Return the errands that are due first, or will be, of those that there is *room* for."""
    return await books.find(Errand, by="due_at", most=AT_ONCE + 1, id=NoneOf(busy), **room)


async def _resume(books: Books, house: House) -> None:
    """Take up what a restart interrupted, and what was given up although somebody is owed it."""
    for errand in await books.find(Errand, state=ErrandState.STARTED):
        await books.save(replace(interrupted(errand), state=ErrandState.WAITING))
    for errand in await books.find(Errand, state=ErrandState.WAITING, kind=(ASK_CHARGE, ASK_REFUND)):
        await books.save(replace(errand, due_at=min(errand.due_at, books.now)))  # nobody could tell us
    for errand in await books.find(Errand, state=ErrandState.FAILED, kind=OWED):
        await books.save(replace(errand, state=ErrandState.WAITING, attempts=0, due_at=books.now))
    if not await books.find(Errand, state=ErrandState.WAITING, kind=FORGET_BODIES, most=1):
        await send_on(books, FORGET_BODIES, 0)
    if not await books.find(Errand, state=ErrandState.WAITING, kind=RECONCILE_ALL, most=1):
        await until_morning(books, house)
