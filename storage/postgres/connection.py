"""How PostgreSQL is reached, and which of its errors mean what to us."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg

from storage.errors import StorageError

COMMAND_SECONDS = 30
"""How long one statement may take, waiting for locks included."""

SETTINGS = {
    "synchronous_commit": "on",  # what is answered survives a loss of power
    "default_transaction_isolation": "read committed",
    "client_encoding": "UTF8",
    "search_path": "public",
}
_EXPECTED = {
    "server_encoding": "UTF8",
    "standard_conforming_strings": "on",
    "session_replication_role": "origin",
}

LOCK = 7325
"""The class of our advisory locks; these are its members. In the schema 7326 numbers and 7327 reverses."""
THE_BOT, BESIDE, SEALING = 1, 2, 3

LOST = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.PostgresSystemError,
)
"""Not the statement was wrong but the database could not be used."""


async def connect(
    url: str, *, seconds: float | None = COMMAND_SECONDS, **settings: str
) -> asyncpg.Connection:
    """Open a connection whose settings are checked, not only wished for. Raises StorageError."""
    with told_as_storage_error(url):
        connection = await asyncpg.connect(url, **options(seconds, **settings))
    try:
        with told_as_storage_error(url):
            await check(connection, url)
    except BaseException:
        connection.terminate()
        raise
    return connection


def options(seconds: float | None = COMMAND_SECONDS, **settings: str) -> dict[str, object]:
    """Return what asyncpg is given beside the URL; a statement may take so many *seconds*."""
    return {
        "command_timeout": seconds,
        "timeout": COMMAND_SECONDS,
        "statement_cache_size": 500,
        "server_settings": {"application_name": "seatside", **SETTINGS, **settings},
    }


async def check(connection: asyncpg.Connection, url: str) -> None:
    """Raise StorageError unless the settings that money depends on hold."""
    expected = SETTINGS | _EXPECTED
    rows = await connection.fetch(
        "SELECT name, current_setting(name) FROM unnest($1::text[]) AS asked (name)", list(expected)
    )
    for name, found in rows:
        if found != (wanted := expected[name]):
            raise StorageError(f"{name_of(url)}: {name} is {found}, expected {wanted}")


@contextmanager
def told_as_storage_error(url: str, *more: type[Exception]) -> Iterator[None]:
    """Raise what keeps us from using the database, and *more*, as one line without the password."""
    try:
        yield
    except (*LOST, *more) as error:
        raise StorageError(f"{name_of(url)}: {told(error)}") from error


def told(error: BaseException) -> str:
    """Return an error as one line."""
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__


def name_of(url: str) -> str:
    """Return what a database is called where people read it: without user, password and options.

    >>> name_of("postgresql://me:secret@db.example.org:5433/seatside?sslmode=require")
    'PostgreSQL db.example.org:5433/seatside'
    >>> name_of("postgresql:///seatside?host=/run/postgresql")
    'PostgreSQL /run/postgresql/seatside'
    """
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2] or "".join(parse_qs(parts.query).get("host", ()))
    return f"PostgreSQL {unquote(place)}{unquote(parts.path)}"


@cache
def dollars(sql: str) -> str:
    """Return a statement's numbered parameters as PostgreSQL writes them.

    >>> dollars("SELECT ?1 || ?12")
    'SELECT $1 || $12'
    """
    return sql.replace("?", "$")
