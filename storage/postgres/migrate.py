"""How a PostgreSQL database gets its schema, and how it is held against a fresh one."""

from __future__ import annotations

import re
from dataclasses import replace

import asyncpg

from storage.errors import NewerDatabase, StorageError
from storage.migrate import (
    Migrated,
    Migration,
    Registered,
    known_migrations,
    names_ahead,
    not_ours,
    whole_schema,
)
from storage.postgres.connection import connect, name_of, told_as_storage_error
from storage.postgres.roles import APP_ROLE, grant_to
from storage.postgres.store import claim_database

Schema = dict[tuple[str, str], str]

_REGISTER = """
CREATE TABLE migration (
    number bigint PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT current_timestamp,
    for_older_code text COLLATE "C"
)
"""


async def migrate(url: str, app_role: str | None = None) -> Migrated:
    """Bring the database up to this release.

    The rights of *app_role*, which is made if it is missing, are set anew; without one, those of
    `seatside_app` if there is such a role. Raises StorageError as SQLite's `migrate` does.
    """
    connection = await claim_database(url)
    try:
        with told_as_storage_error(url, asyncpg.PostgresError):
            async with connection.transaction():
                migrated = await _apply_missing(connection, url)
                if app_role and migrated.ahead:
                    raise NewerDatabase(
                        f"{name_of(url)}: changed by a newer release, which alone can set rights in it"
                        f" ({migrated.ahead[-1]})"
                    )
                if migrated.applied or app_role:
                    granted = await grant_to(connection, app_role or APP_ROLE, make=app_role is not None)
                    migrated = replace(migrated, granted=granted)
            for thing in await differences(connection, url):
                raise StorageError(f"{name_of(url)}: the {thing} is not as this release made it")
    finally:
        await connection.close()
    return migrated


async def differences(connection: asyncpg.Connection, url: str) -> list[str]:
    """Hold the schema against a fresh one. Returns what differs, such as "trigger entry_stays"."""
    found = await read_schema(connection, "public")
    expected = await _expected_schema(url, whole_schema(await _registered(connection), "postgres"))
    return sorted(
        f"{kind} {name}"
        for kind, name in expected.keys() | found.keys()
        if found.get((kind, name)) != expected.get((kind, name))
    )


async def refuse_other(connection: asyncpg.Connection, url: str) -> None:
    """Raise StorageError unless the database is ours, and of a release that this one understands."""
    registered = await _registered(connection)
    if not registered:
        raise not_ours(name_of(url))
    names_ahead(registered, known_migrations("postgres"), name_of(url))


async def read_schema(connection: asyncpg.Connection, schema: str) -> Schema:
    """Return what is in a schema: each thing's kind and name, and how PostgreSQL would write it."""
    rows = await connection.fetch(_CATALOGUE, schema)
    return {(kind, name): re.sub(r"\b(public|pg_temp\w*)\.", "", text) for kind, name, text in rows}


async def _apply_missing(connection: asyncpg.Connection, url: str) -> Migrated:
    tables = {
        row["relname"]
        for row in await connection.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
    }
    if tables and "migration" not in tables:
        raise not_ours(name_of(url))
    if not tables:
        await connection.execute(_REGISTER)
    registered, known = await _registered(connection), known_migrations("postgres")
    ahead = names_ahead(registered, known, name_of(url))
    done = {number for number, _, _ in registered}
    missing = [each for each in known if each.number not in done]
    for each in missing:
        await _apply(connection, each)
    return Migrated(tuple(each.name for each in missing), ahead)


async def _registered(connection: asyncpg.Connection) -> list[Registered]:
    if not await connection.fetchval("SELECT to_regclass('public.migration')"):
        return []
    rows = await connection.fetch("SELECT number, name, for_older_code FROM public.migration")
    return [tuple(row) for row in rows]


async def _apply(connection: asyncpg.Connection, migration: Migration) -> None:
    await connection.execute(migration.sql)
    await connection.execute(
        "INSERT INTO migration (number, name, for_older_code) VALUES ($1, $2, $3)",
        migration.number,
        migration.name,
        migration.for_older_code,
    )


async def _expected_schema(url: str, migrations: tuple[str, ...]) -> Schema:
    connection = await connect(url)
    try:
        made = (connection.get_server_version(), migrations)
        if made not in _MADE:
            with told_as_storage_error(url, asyncpg.PostgresError):
                _MADE[made] = await _make_schema(connection, migrations)
        return _MADE[made]
    finally:
        await connection.close()


async def _make_schema(connection: asyncpg.Connection, migrations: tuple[str, ...]) -> Schema:
    """Make the schema anew where nobody sees it, and look at it.

    Temporary tables need no right that a role of the application lacks. Functions cannot be found among
    them, so those of the database are called; all are compared with those that the migrations make here.
    """
    await connection.execute("SET search_path = pg_temp, public")
    await connection.execute(_REGISTER)
    for sql in migrations:
        await connection.execute(sql)
    schema = await connection.fetchval("SELECT nspname FROM pg_namespace WHERE oid = pg_my_temp_schema()")
    return await read_schema(connection, schema)


_MADE: dict[tuple[object, ...], Schema] = {}
"""What migrations make on each version of the server."""

_CATALOGUE = """
SELECT 'column' AS kind, relname || '.' || attname AS name,
    concat_ws(' ', format_type(atttypid, atttypmod), collname, attidentity, attgenerated,
        CASE WHEN attnotnull THEN 'NOT NULL' END, pg_get_expr(adbin, adrelid)) AS text
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid AND relkind IN ('r', 'p', 'v', 'm', 'f')
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
LEFT JOIN pg_collation ON pg_collation.oid = attcollation
WHERE relnamespace = $1::regnamespace AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT 'table', relname, concat_ws(' ', relkind, relrowsecurity, reloptions::text)
FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
UNION ALL
SELECT 'rule', rulename, pg_get_ruledef(pg_rewrite.oid)
FROM pg_rewrite JOIN pg_class ON pg_class.oid = ev_class
WHERE relnamespace = $1::regnamespace
UNION ALL
SELECT 'constraint', relname || '.' || conname,
    concat_ws(' ', pg_get_constraintdef(pg_constraint.oid), convalidated)
FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
WHERE connamespace = $1::regnamespace AND contype <> 'n'
UNION ALL
SELECT 'index', relname, concat_ws(' ', pg_get_indexdef(indexrelid), indisvalid)
FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE relnamespace = $1::regnamespace
UNION ALL
SELECT 'trigger', tgname, concat_ws(' ', pg_get_triggerdef(pg_trigger.oid), tgenabled)
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = $1::regnamespace AND NOT tgisinternal
UNION ALL
SELECT 'function', proname, pg_get_functiondef(oid)
FROM pg_proc WHERE pronamespace = $1::regnamespace AND prokind <> 'a'
"""
