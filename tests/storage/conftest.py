"""An evening with something of everything in its books."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.ports import Verdict
from core.serve import Action
from core.top_up import TopUp
from storage.migrate import migrate
from storage.sqlite import Writer
from tests.conftest import Clock
from tests.core.evening import ANN, ZED, Evening, eur


async def live_through(evening: Evening) -> None:
    """Ann has spent and gets two lots' rest back, one part done and one parked; Zed's order is open.

    A stray payment waits.
    """
    await evening.open_the_bar()
    await evening.sit_down(ANN)
    await evening.top_up(1000, 500)
    await evening.deliver(2)
    accepted = await evening.order(1, "Nuts")
    await evening.serve(accepted, Action.ACCEPT)
    await evening.check_out(pay_coming=True, refund_rest=True)
    await evening.hear(1, Verdict.DONE)
    await evening.hear(2, Verdict.REFUSED, "window")
    await evening.sit_down(ZED, "A13")
    await evening.top_up(2000, customer=ZED)
    await evening.order(2, "Nuts", customer=ZED)
    cancelled = await evening.order(1, "Pils", customer=ZED)
    await evening.cancel(cancelled, ZED)
    await evening.pay((await evening.find(TopUp))[0], "odd", amount=eur(123))


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The books of the evening, closed; nobody may change them."""
    path = tmp_path_factory.mktemp("evening") / "books.sqlite3"

    async def write() -> None:
        store = Writer(path, Clock())
        await live_through(Evening(store))
        await store.close()

    migrate(path)
    asyncio.run(write())
    return path


@pytest.fixture
def path(written: Path, tmp_path: Path) -> Path:
    """The evening's books, to do with as one likes."""
    copied = tmp_path / "books.sqlite3"
    shutil.copy(written, copied)
    return copied


@pytest.fixture
async def evening(path: Path, clock: Clock) -> AsyncIterator[Evening]:
    """The evening, which goes on."""
    store = Writer(path, clock)
    yield Evening(store, first_key=1000)
    await store.close()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Writer]:
    """Empty books, beside those of the evening."""
    migrate(tmp_path / "empty.sqlite3")
    store = Writer(tmp_path / "empty.sqlite3", clock)
    yield store
    await store.close()
