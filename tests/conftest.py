"""What tests stand on: a clock that only moves when told, and a fresh database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.migrate import migrate
from storage.sqlite import Writer

START = datetime(2026, 5, 1, 20, 0, tzinfo=UTC)


class Clock:
    """The time of a test's transactions."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The database file of `store`."""
    return tmp_path / "books.sqlite3"


@pytest.fixture
async def store(path: Path, clock: Clock) -> AsyncIterator[Writer]:
    """An empty database with this release's schema."""
    migrate(path)
    writer = Writer(path, clock)
    yield writer
    await writer.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write the chat transcripts anew")
