"""What tests stand on: a clock that only moves when told, and a fresh database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.migrate import migrate
from storage.sqlite import Writer

START = datetime(2026, 5, 1, 20, 0, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Writer]:
    """An empty database with this release's schema."""
    migrate(tmp_path / "books.sqlite3")
    writer = Writer(tmp_path / "books.sqlite3", lambda: START)
    yield writer
    await writer.close()
