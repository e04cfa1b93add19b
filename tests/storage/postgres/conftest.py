"""Empty books on PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from storage.database import Database, open_database
from storage.postgres.store import PostgresStore
from tests.conftest import Clock
from tests.postgres import PostgresServer, server_or_skip


@pytest.fixture
def server() -> PostgresServer:
    return server_or_skip()


@pytest.fixture
def url(server: PostgresServer) -> Iterator[str]:
    with server.empty() as url:
        yield url


@pytest.fixture
def database(url: str) -> Database:
    return open_database(url)


@pytest.fixture
async def store(url: str, clock: Clock) -> AsyncIterator[PostgresStore]:
    store = await PostgresStore.open(url, clock)
    yield store
    await store.close()
