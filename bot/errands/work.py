"""What an errand is done with, how its effect is kept, and what becomes of one that fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from telegram import Bot

from bot.artist import Artist
from bot.clock import Clock
from bot.desk import House
from bot.tell import tell_all
from bot.tell.readers import tell_admins
from core.errand import ASK_CHARGE, ASK_REFUND, IDENTIFY_PAYER, OPEN_CHARGE, SEND_REFUND, Errand, ErrandState
from core.ports import Books, Store
from core.reports import Reports

T = TypeVar("T")

ATTEMPTS = 5
RETRY_SECONDS = (2, 10, 60, 300)

Doing = Callable[[Books], Awaitable[Any]]


@dataclass(slots=True)
class Work:
    """What errands are done with, the same for all."""

    store: Store
    bot: Bot
    house: House
    reports: Reports
    clock: Clock
    told: Callable[[], None]
    """Called when something was wanted said."""
    artist: Artist = field(default_factory=Artist)

    async def finish(self, errand: Errand, work: Doing) -> None:
        """Do *work*, tell what came of it and mark the errand done, in one transaction."""

        async def finish(books: Books) -> None:
            await work(books)
            await books.save(replace(errand, state=ErrandState.DONE))

        await self.do_and_tell(finish)

    async def do_and_tell(self, work: Callable[[Books], Awaitable[T]]) -> T:
        """Do *work* and tell what came of it, in one transaction."""

        async def do(books: Books) -> T:
            done = await work(books)
            await tell_all(books, self.house)
            return done

        return await self.store.run(do)

    async def command(self, errand: Errand, command: Callable[[Books, T], Awaitable[int]], ask: T) -> None:
        await self.finish(errand, lambda books: books.once(f"errand:{errand.id}", command, ask))

    async def try_later(self, errand: Errand) -> None:
        await self.store.run(partial(_try_later, house=self.house, errand_id=errand.id))


def interrupted(errand: Errand) -> Errand:
    """What may have been sent is asked about, never sent blind; all else is done again."""
    if errand.kind == SEND_REFUND:
        return replace(errand, kind=ASK_REFUND)
    if errand.kind == OPEN_CHARGE:
        return replace(errand, kind=ASK_CHARGE, body="0")
    return errand


async def _try_later(books: Books, house: House, errand_id: int) -> None:
    """Put an errand off; after the last attempt give it up, and let the admins see it."""
    found = await books.get(Errand, errand_id)
    assert found is not None
    errand = interrupted(found) if found.state is ErrandState.STARTED else found
    attempts = errand.attempts + 1
    wait = timedelta(seconds=RETRY_SECONDS[min(attempts, len(RETRY_SECONDS)) - 1])
    state = ErrandState.WAITING if attempts < ATTEMPTS else ErrandState.FAILED
    await books.save(replace(errand, attempts=attempts, state=state, due_at=books.now + wait))
    if state is ErrandState.FAILED and errand.kind != IDENTIFY_PAYER:
        await tell_admins(books, house, "admin-errand-failed", kind=errand.kind, number=str(errand.id))
