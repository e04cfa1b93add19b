"""The tour plays a whole evening by itself, on new books and on kept ones."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.wiring import database_of, trial_balance

pytestmark = pytest.mark.slow


async def play(books: Settings) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--tour",
        env={**os.environ, "DATABASE_URL": books.database_url.reveal()},
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    told, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, told.decode()


async def test_the_tour_ends_with_true_books_and_can_be_played_again_on_them(tmp_path: Path) -> None:
    books = Settings.read({"DATABASE_URL": f"sqlite:///{tmp_path / 'books.sqlite3'}"})
    for evening, bar in ((1, "Blue Bar"), (2, "Blue Bar 2")):
        status, told = await play(books)
        assert status == 0, told
        assert f"{bar} · seat A12" in told
        assert "Every invariant of the ledger holds." in told
        clearing = [each for each in await trial_balance(books) if each.account.name.endswith(":clearing")]
        assert [each.balance.minor for each in clearing] == [-320 * evening]
    assert await database_of(books).verify() == []
