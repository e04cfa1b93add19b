"""Plain transfers, of which many share one call and one commit.

Those that wait while a commit is under way go into the next one; there is no timer. None is answered
before its commit.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from core.errors import KeyReused, Refusal
from core.ledger import Transfer
from core.outcome import fingerprint, read
from core.transfer import check_transfer, make_transfer
from storage.books import turn
from storage.postgres.books import named
from storage.rows import to_column

log = logging.getLogger(__name__)

BATCH = 256
"""How many share a commit at most."""


@dataclass(slots=True, eq=False)  # not frozen: that takes three times as long to make
class _Item:
    key: str
    transfer: Transfer
    request: str
    answer: asyncio.Future[int]


class Poster:
    """Makes transfers with `post_many`; where a whole batch fails, each is made by itself."""

    def __init__(
        self,
        call: Callable[..., Awaitable[tuple[list[str | None], list[str]]]],
        alone: Callable[[str, Transfer], Awaitable[int]],
        now: Callable[[], datetime],
    ) -> None:
        """*call* asks `post_many` and commits; *alone* runs `make_transfer` as a command."""
        self._call = call
        self._alone = alone
        self._now = now
        self._waiting: list[_Item] = []
        self._writing: asyncio.Task[None] | None = None

    async def post(self, key: str, transfer: Transfer) -> int:
        check_transfer(transfer)
        if not (transfer.debit.is_of_the_chart and transfer.credit.is_of_the_chart):
            return await self._alone(key, transfer)  # which is refused, and that is kept under its key
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Item(key, transfer, fingerprint(make_transfer, transfer), answer))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write(), name="poster")
        return await answer

    async def finish(self) -> None:
        """Wait until all that was asked for is answered."""
        if self._writing is not None:
            await asyncio.wait({self._writing})

    async def _write(self) -> None:
        while self._waiting:
            batch = self._take()
            try:
                await self._commit(batch)
            except Exception as error:
                _fail(batch, error)
        self._writing = None

    def _take(self) -> list[_Item]:
        """Return what waits, in order; where a key comes twice, its second time is in a later batch."""
        batch: dict[str, _Item] = {}
        later: list[_Item] = []
        for item in self._waiting:
            if len(batch) < BATCH and item.key not in batch:
                batch[item.key] = item
            else:
                later.append(item)
        self._waiting = later
        return list(batch.values())

    async def _commit(self, batch: list[_Item]) -> None:
        try:
            known, results = await self._call(*_arguments(batch, self._now()))
        except asyncpg.PostgresError as error:
            log.info("posting_one_by_one why=%s", type(error).__name__)
            await asyncio.gather(*(self._commit_alone(item) for item in batch))
            return
        for item, request, result in zip(batch, known, results, strict=True):
            _answer(item, request or item.request, result)

    async def _commit_alone(self, item: _Item) -> None:
        try:
            number = await self._alone(item.key, item.transfer)
        except Exception as error:
            _fail([item], error)
        else:
            _give(item, number)


def _arguments(batch: list[_Item], now: datetime) -> tuple[object, ...]:
    """Return what `post_many` takes."""
    accounts = sorted(
        {each for item in batch for each in (item.transfer.debit, item.transfer.credit)}, key=turn
    )
    places = {account: place for place, account in enumerate(accounts, start=1)}
    transfers = [item.transfer for item in batch]
    return (
        *named(accounts),
        [item.key for item in batch],
        [item.request for item in batch],
        [each.kind for each in transfers],
        [places[each.debit] for each in transfers],
        [places[each.credit] for each in transfers],
        [each.amount.minor for each in transfers],
        [each.reverses for each in transfers],
        to_column(now),
    )


def _answer(item: _Item, request: str, result: str) -> None:
    """Give what the books keep under the item's key, which may be the outcome of another request."""
    if request != item.request:
        _fail([item], KeyReused())
        return
    try:
        number = read(result)
    except Refusal as refusal:
        _fail([item], refusal)
    else:
        assert isinstance(number, int)
        _give(item, number)


def _give(item: _Item, number: int) -> None:
    if not item.answer.done():  # a caller who is cancelled cancels their own waiting only
        item.answer.set_result(number)


def _fail(batch: list[_Item], error: Exception) -> None:
    for item in batch:
        if not item.answer.done():
            item.answer.set_exception(error)


POST_MANY = "SELECT known, results FROM post_many($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
