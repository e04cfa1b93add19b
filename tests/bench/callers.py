"""Many callers, each of whom waits for an answer before asking again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter

CALLERS = 64


@dataclass(frozen=True, slots=True)
class Round:
    """How long everything took together, and each answer alone."""

    seconds: float
    waits: list[float]

    @property
    def rate(self) -> float:
        return len(self.waits) / self.seconds

    def wait_ms(self, percent: int) -> float:
        return 1000 * quantiles(self.waits, n=100)[percent - 1]


async def ask(jobs: Iterator[Callable[[], Awaitable[object]]], callers: int = CALLERS) -> Round:
    """Do all *jobs*, as many at a time as there are callers; they are thought up before time is taken."""
    ready = iter(list(jobs))
    waits: list[float] = []

    async def call() -> None:
        for job in ready:
            began = perf_counter()
            await job()
            waits.append(perf_counter() - began)

    began = perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    return Round(perf_counter() - began, waits)


def typical(rounds: list[Round], of: Callable[[Round], float]) -> float:
    """Return the median over the rounds."""
    return median(of(each) for each in rounds)
