"""A process that orders what it is told to, beside others: `python -m tests.bench.orderer DATABASE_URL`.

Each line that it reads says how many callers order what; it answers with how long each order took.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import perf_counter

from core.order_goods import PlaceOrder
from storage.postgres.store import PostgresStore
from tests.bench.callers import CALLERS, Round, ask
from tests.bench.carts import MINUTES, Carts
from tests.conftest import Clock


@dataclass(frozen=True, slots=True)
class Orderers:
    """Processes that share the books."""

    processes: Sequence[asyncio.subprocess.Process]

    async def order(self, orders: list[PlaceOrder], processes: int) -> Round:
        """Let so many of them do it all together, each with its share of the callers."""
        working = self.processes[:processes]
        began = perf_counter()
        shares = [orders[n::processes] for n in range(processes)]
        callers = CALLERS // processes
        waits = await asyncio.gather(
            *(_tell(each, share, callers) for each, share in zip(working, shares, strict=True))
        )
        return Round(perf_counter() - began, [wait for each in waits for wait in each])


@asynccontextmanager
async def orderers(url: str, number: int) -> AsyncIterator[Orderers]:
    """Start so many processes; they end with this."""
    pipe = asyncio.subprocess.PIPE
    command = [sys.executable, "-m", "tests.bench.orderer", url]
    processes = [
        await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=2**24)
        for _ in range(number)
    ]
    try:
        yield Orderers(processes)
    finally:
        for each in processes:
            assert each.stdin
            each.stdin.close()
            await each.wait()


async def _tell(process: asyncio.subprocess.Process, orders: list[PlaceOrder], callers: int) -> list[float]:
    assert process.stdin
    assert process.stdout
    told = [(each.customer_id, each.draft_id) for each in orders]
    process.stdin.write(json.dumps([callers, told]).encode() + b"\n")
    waits: list[float] = json.loads(await process.stdout.readline())
    return waits


async def main(url: str) -> None:
    store = await PostgresStore.open(url, Clock(), shared=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        callers, told = json.loads(line)
        orders = [PlaceOrder(customer, "EUR", draft, 1, MINUTES) for customer, draft in told]
        done = await ask(Carts(store).jobs(orders), callers)
        sys.stdout.write(json.dumps(done.waits) + "\n")
        sys.stdout.flush()
    await store.close()


if __name__ == "__main__":
    sys.setswitchinterval(0.0005)
    asyncio.run(main(sys.argv[1]))
