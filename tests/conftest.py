"""What tests stand on: a clock that only moves when told, and a fresh database."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from storage.database import Database, OpenStore, open_database
from storage.migrate import migrate
from tests.postgres import server_or_skip
from tests.thorough import THOROUGH, examples

settings.register_profile(
    "house", max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")  # machines are shared: no test judges a time

MEMORY = Path("/dev/shm")
"""Where tests write, for what they write is soon gone, and a disk makes each commit wait."""
ROOM_BYTES = 2**30

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


def make_empty_books(path: Path) -> None:
    """Make a database with this release's schema and nothing in it: a copy, for making one takes 40 ms."""
    path.write_bytes(_empty_books())


@cache
def _empty_books() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "books.sqlite3"
        migrate(path)
        return path.read_bytes()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with this release's schema, on either engine."""
    if request.param == "sqlite":
        make_empty_books(tmp_path / "books.sqlite3")
        yield open_database(f"sqlite:///{tmp_path / 'books.sqlite3'}")
        return
    with server_or_skip().empty() as url:
        yield open_database(url)


@pytest.fixture
async def store(database: Database, clock: Clock) -> AsyncIterator[OpenStore]:
    """The store of `database`."""
    store = await database.open_store(clock)
    yield store
    await store.close()


def pytest_configure(config: pytest.Config) -> None:
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
        tempfile.tempdir = str(MEMORY)
    if not THOROUGH:
        config.option.markexpr = config.option.markexpr or "not slow"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite", action="store_true", help="write chat transcripts and the table of gateways anew"
    )
