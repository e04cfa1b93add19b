"""The hash chain over the transfers, made just behind them and in the order of their numbers."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

import asyncpg

from storage.books import FIRST_SEAL, seal
from storage.postgres.connection import LOCK, SEALING

log = logging.getLogger(__name__)

BATCH = 1000
AGAIN_SECONDS = 0.05
"""How long to wait for transactions that may still bring a smaller number."""
LAST_AGAIN_SECONDS = 0.005
LATER_SECONDS = 5


@dataclass(frozen=True, slots=True)
class _Horizon:
    """Up to *number*, all transfers there will ever be are committed once every transaction before
    *transaction* has ended.
    """

    number: int
    transaction: int


class Sealer:
    """Seals what has been posted. It may lag behind; what it has not reached is the tail.

    A number is given before its transaction commits, so a smaller one may still be on its way. Nothing is
    sealed before every transaction that could bring one has ended; those that were rolled back leave holes.
    """

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._woken = asyncio.Event()
        self._woken.set()  # the last process may have left a tail
        self._horizon = _Horizon(0, 0)
        self._task = asyncio.create_task(self._run(), name="sealer")

    def wake(self) -> None:
        """Say that transfers were committed."""
        self._woken.set()

    async def close(self) -> None:
        """Seal what is left, as far as others let us."""
        self._task.cancel()
        await asyncio.wait({self._task})
        try:
            async with asyncio.timeout(LATER_SECONDS):
                await self._seal_all(LAST_AGAIN_SECONDS)
        except Exception:
            log.exception("sealing_failed")

    async def _run(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self._seal_all(AGAIN_SECONDS)
            except Exception:
                log.exception("sealing_failed")
                await asyncio.sleep(LATER_SECONDS)
                self._woken.set()

    async def _seal_all(self, again_seconds: float) -> None:
        while await self.seal_some():  # noqa: ASYNC110
            await asyncio.sleep(again_seconds)

    async def seal_some(self) -> bool:
        """Seal up to the horizon, then look for the next one; return whether there is more to do."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(f"SELECT pg_advisory_xact_lock({LOCK}, {SEALING})")
            oldest = await connection.fetchval(_OLDEST)
            reached = oldest >= self._horizon.transaction
            sealed = await self._seal(connection, self._horizon.number if reached else 0)
            # This order: whoever has drawn a number by now has begun before the transaction that we read.
            number = await connection.fetchval("SELECT last_value FROM transfer_id_seq WHERE is_called") or 0
            transaction = await connection.fetchval(_NEXT)
        if reached:
            self._horizon = _Horizon(number, transaction)
        return sealed < await self._last_committed()

    async def _seal(self, connection: asyncpg.Connection, until: int) -> int:
        """Seal what is committed up to number *until*; return the last number that is sealed."""
        last = await connection.fetchrow(
            "SELECT transfer_id, hash FROM seal ORDER BY transfer_id DESC LIMIT 1"
        )
        number, before = last or (0, FIRST_SEAL)
        numbers: list[int] = []
        hashes: list[str] = []
        for row in await connection.fetch(_UNSEALED, number, until, BATCH):
            before = seal(before, tuple(row))
            numbers.append(row["id"])
            hashes.append(before)
        if not numbers:
            return int(number)
        await connection.execute(_SEAL, numbers, hashes)
        return numbers[-1]

    async def _last_committed(self) -> int:
        return int(await self._pool.fetchval("SELECT coalesce(max(id), 0) FROM transfer"))


_UNSEALED = """
SELECT id, key, kind, debit_id, credit_id, amount, currency, reverses_id, made_at FROM transfer
WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3
"""

_SEAL = "INSERT INTO seal (transfer_id, hash) SELECT * FROM unnest($1::bigint[], $2::text[])"

_OLDEST = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
"""The oldest transaction that has not ended."""
_NEXT = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
"""The first transaction that has not begun."""
