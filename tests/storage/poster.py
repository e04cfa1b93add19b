"""A process that posts transfers and says so of each once it is durable: to be killed by a test.

`python -m tests.storage.poster DATABASE_URL FIRST` asks for number FIRST and all that follow. What a number
moves is always the same, so that one which was asked for before is a repeat.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from itertools import count

from core.ledger import Transfer, payable
from core.transfer import make_transfer
from storage.database import OpenStore, open_database
from tests.conftest import Clock
from tests.core.evening import eur

CALLERS = 16


def transfer(number: int) -> Transfer:
    dice = random.Random(number)
    debit, credit = (payable(each, "EUR") for each in dice.sample(range(1, 9), 2))
    return Transfer("post", debit, credit, eur(dice.randint(1, 999)))


async def post(store: OpenStore, number: int) -> int:
    """Post by a command of one's own and with others, in turn."""
    key, ask = f"key-{number}", transfer(number)
    if number % 4:
        return await store.post(key, ask)
    return await store.run(lambda books: books.once(key, make_transfer, ask))


async def main(url: str, first: int) -> None:
    store = await open_database(url).open_store(Clock())
    numbers = count(first)

    async def call() -> None:
        for number in numbers:
            made = await post(store, number)
            os.write(1, f"{number} {made}\n".encode())

    await asyncio.gather(*(call() for _ in range(CALLERS)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
