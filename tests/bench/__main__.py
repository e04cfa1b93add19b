"""Measure everything: `python -m tests.bench`, or `python -m tests.bench --long`.

`--only postgres` measures that part alone, and keeps nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from storage.database import Database, open_database
from storage.migrate import migrate
from storage.postgres.store import PostgresStore
from storage.sqlite import Writer
from tests.bench.callers import Round, ask, typical
from tests.bench.carts import Carts
from tests.bench.figure import Figure, compared, grown, keep, limited, reached, show
from tests.bench.moves import MERCHANTS, Moves, Rival, bytes_of
from tests.bench.orderer import orderers
from tests.conftest import Clock
from tests.postgres import PostgresServer, start
from tests.storage.bulk import BANK, make_large_books

RESULT = Path("build") / "bench.json"
SEED = 2026
PARTS = ("sqlite", "postgres", "growth", "memory")


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    rounds: int
    moves: int
    orders: int
    small_entries: int
    large_entries: int
    commands: int


SHORT = Size(5, 4_000, 1_200, 10_000, 1_000_000, 100_000)
LONG = Size(15, 8_000, 2_400, 10_000, 10_000_000, 1_000_000)


async def measure(
    size: Size, folder: Path, server: PostgresServer | str, parts: Collection[str]
) -> AsyncIterator[Figure]:
    """Give one figure after the other; none of PostgreSQL without a server."""
    measured = {
        "sqlite": (transfers(size, folder, []), orders(size, folder)),
        "postgres": (plain_transfers(size, server), orders_of_processes(size, server))
        if isinstance(server, PostgresServer)
        else (),
        "growth": (growth(size, folder),),
        "memory": (memory(size, folder),),
    }
    for part in parts:
        for figures in measured[part]:
            async for figure in figures:
                yield figure


async def transfers(size: Size, folder: Path, rival: list[Round]) -> AsyncIterator[Figure]:
    ours: list[Round] = []
    moves = Moves(SEED)
    make_large_books(folder / "rival.sqlite3", MERCHANTS, MERCHANTS)
    async with books(folder / "ours.sqlite3", MERCHANTS) as store:
        with Rival(folder / "rival.sqlite3") as single:
            for _ in range(size.rounds):
                ours.append(await ask(moves.for_store(store, size.moves)))
                rival.append(single.do(moves.some(size.moves // 2)))
        alone = [await ask(moves.for_store(store, size.moves // 8), callers=1) for _ in range(size.rounds)]
    check(*(at(folder / name) for name in ("ours.sqlite3", "rival.sqlite3")))
    yield compared(
        "transfers, 64 callers", rate(ours), "/s", ("sqlite3, one commit each", rate(rival)), least=3
    )
    yield Figure("  until it is answered, half of them", typical(ours, lambda each: each.wait_ms(50)), "ms")
    yield limited("  99 of 100", typical(ours, lambda each: each.wait_ms(99)), "ms", most=8)
    yield Figure("transfers, one caller", rate(alone), "/s")


async def plain_transfers(size: Size, server: PostgresServer) -> AsyncIterator[Figure]:
    """PostgreSQL, with its default settings: it waits for the disk."""
    spread: list[Round] = []
    hot: list[Round] = []
    alone: list[Round] = []
    moves = Moves(SEED)
    with server.copy() as url:
        async with sharing(url) as store:
            await ask(moves.for_ledger(store, size.moves))  # its accounts and its plans
            for _ in range(size.rounds):
                spread.append(await ask(moves.for_ledger(store, 2 * size.moves)))
                hot.append(await ask(moves.for_ledger(store, 2 * size.moves, payee=MERCHANTS + 1)))
                alone.append(await ask(moves.for_store(store, size.moves // 8)))
        check(open_database(url))
    other = ("a command each", rate(alone))
    yield reached("PostgreSQL: transfers, 64 callers", rate(spread), "/s", other, least=10_000)
    yield limit_of(spread)
    yield reached("PostgreSQL: all to one merchant", rate(hot), "/s", other, least=8_000)
    yield limit_of(hot)


async def orders_of_processes(size: Size, server: PostgresServer) -> AsyncIterator[Figure]:
    rounds: dict[int, list[Round]] = {1: [], 2: []}
    with server.copy() as url:
        async with sharing(url) as store, orderers(url, max(rounds)) as others:
            carts = Carts(store)
            await carts.open_the_bar()
            await others.order(await carts.make(100), processes=2)  # they have to start first
            for _ in range(size.rounds):
                for processes, done in rounds.items():
                    done.append(await others.order(await carts.make(size.orders // 4), processes))
        check(open_database(url))
    one, two = rate(rounds[1]), rate(rounds[2])
    yield Figure("PostgreSQL: whole orders of two lines, 64 callers", one, "/s")
    yield limit_of(rounds[1])
    yield Figure(
        "  from two processes with 32 callers each", two, "/s", f"one process: {one:,.0f}", two / one
    )
    yield limit_of(rounds[2])


async def orders(size: Size, folder: Path) -> AsyncIterator[Figure]:
    ours: list[Round] = []
    rival: list[Round] = []
    costs: list[float] = []
    flushes: list[float] = []
    moves = Moves(SEED)
    path = folder / "orders.sqlite3"
    make_large_books(folder / "rival-2.sqlite3", MERCHANTS, MERCHANTS)
    migrate(path)
    async with writer(path) as store:
        carts = Carts(store)
        await carts.open_the_bar()
        with Rival(folder / "rival-2.sqlite3") as single:
            for _ in range(size.rounds):
                made = await carts.make(size.orders)
                began = process_time()
                ours.append(await ask(carts.jobs(made)))
                costs.append(1e6 * (process_time() - began) / size.orders)
                rival.append(single.do(moves.some(size.moves // 2)))
                flushes.append(flush_us(folder / "flushed"))
    check(at(path))
    yield compared(
        "whole orders of two lines, 64 callers", rate(ours), "/s",
        ("sqlite3, a transfer and commit each", rate(rival)), least=2,
    )  # fmt: skip
    yield limited("  99 of 100 are answered within", typical(ours, lambda each: each.wait_ms(99)), "ms", 50)
    yield Figure("  processor time of one", median(costs), "µs")
    yield Figure("  what a commit of its own waits for: a flush of this disk", median(flushes), "µs")


async def growth(size: Size, folder: Path) -> AsyncIterator[Figure]:
    small, large = folder / "small.sqlite3", folder / "large.sqlite3"
    moves = Moves(SEED)
    costs: dict[Path, list[float]] = {small: [], large: []}
    reads: dict[Path, list[float]] = {small: [], large: []}
    async with (
        books(small, size.small_entries // 2) as few,
        books(large, size.large_entries // 2) as many,
    ):
        each_bytes = (bytes_of(large) - bytes_of(small)) / ((size.large_entries - size.small_entries) / 2)
        for _ in range(size.rounds):
            for path, store in ((small, few), (large, many)):
                done = await ask(moves.for_store(store, size.moves // 2))
                costs[path].append(1e6 / done.rate)
                reads[path].append(await read_balance(store))
    before, after = f"{size.small_entries:,} entries", f"{size.large_entries:,}"
    yield grown(
        f"a transfer at {after} entries", median(costs[large]), "µs", (before, median(costs[small])), most=2
    )
    yield grown(
        f"a balance at {after} entries", median(reads[large]), "µs", (before, median(reads[small])), most=1.5
    )
    yield Figure("a transfer's rows and indexes", each_bytes, "bytes")


async def memory(size: Size, folder: Path) -> AsyncIterator[Figure]:
    async with books(folder / "memory.sqlite3", MERCHANTS) as store:
        moves = Moves(SEED)
        await ask(moves.for_store(store, size.commands // 5))
        before = resident_mib()
        await ask(moves.for_store(store, size.commands))
        yield limited(
            f"memory that {size.commands:,} commands leave in use", resident_mib() - before, "MiB", 8
        )


async def read_balance(store: Writer) -> float:
    """Return how many microseconds it takes to read the balance of the account with most entries."""

    async def read_many() -> float:
        began = perf_counter()
        await store.run(lambda books: books.standing(BANK))
        return perf_counter() - began

    return 1e6 * median([await read_many() for _ in range(500)])


@asynccontextmanager
async def books(path: Path, transfers: int) -> AsyncIterator[Writer]:
    make_large_books(path, transfers, MERCHANTS)
    async with writer(path) as store:
        yield store


@asynccontextmanager
async def writer(path: Path) -> AsyncIterator[Writer]:
    store = Writer(path, Clock())
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def sharing(url: str) -> AsyncIterator[PostgresStore]:
    store = await PostgresStore.open(url, Clock(), shared=True)
    try:
        yield store
    finally:
        await store.close()


def at(path: Path) -> Database:
    return open_database(f"sqlite:///{path}")


def check(*databases: Database) -> None:
    """What was measured must have been done."""
    for database in databases:
        findings = database.examine()
        assert not findings, findings[:3]
        assert not database.unsealed()


def flush_us(path: Path) -> float:
    """Return how many microseconds this disk takes to keep one page more of a file."""
    waits = []
    with path.open("ab", buffering=0) as file:
        for _ in range(200):
            file.write(bytes(4096))
            began = perf_counter()
            os.fdatasync(file.fileno())
            waits.append(perf_counter() - began)
    return 1e6 * median(waits)


def limit_of(rounds: list[Round]) -> Figure:
    return Figure("  99 of 100 are answered within", typical(rounds, lambda each: each.wait_ms(99)), "ms")


def rate(rounds: list[Round]) -> float:
    return typical(rounds, lambda each: each.rate)


def resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


async def main(size: Size, server: PostgresServer | str, parts: Collection[str]) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="seatside-bench-") as folder:
        return [figure async for figure in measure(size, Path(folder), server, parts)]


if __name__ == "__main__":
    sys.setswitchinterval(0.0005)  # as the command `seatside` does
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--long", action="store_true", help="ten times as much")
    parser.add_argument("--only", choices=PARTS, help="this part alone")
    asked = parser.parse_args()
    size = LONG if asked.long else SHORT
    server = start(durable=True)
    figures = asyncio.run(main(size, server, (asked.only,) if asked.only else PARTS))
    if not asked.only:
        keep(figures, RESULT)
    sys.stdout.write(f"{show(figures)}\n")
    if isinstance(server, str):
        sys.stdout.write(f"PostgreSQL was not measured: {server}\n")
