"""A process that posts transfers and says so of each once it is durable: to be killed by a test.

`python -m tests.storage.poster PATH FIRST` asks for number FIRST and all that follow. What a number moves
is always the same, so that one which was asked for before is a repeat.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from itertools import count
from pathlib import Path

from core.ledger import Transfer, payable
from core.ports import Books
from storage.sqlite import Writer
from tests.conftest import Clock
from tests.core.evening import eur

CALLERS = 16


async def post(books: Books, number: int) -> int:
    dice = random.Random(number)
    debit, credit = (payable(each, "EUR") for each in dice.sample(range(1, 9), 2))
    await books.lock(debit, credit)
    return (await books.post(Transfer("post", debit, credit, eur(dice.randint(1, 999)))))[0]


async def main(path: Path, first: int) -> None:
    store = Writer(path, Clock())
    numbers = count(first)

    async def call() -> None:
        for number in numbers:
            made = await store.run(lambda books, number=number: books.once(f"key-{number}", post, number))  # type: ignore[misc]
            os.write(1, f"{number} {made}\n".encode())

    await asyncio.gather(*(call() for _ in range(CALLERS)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
