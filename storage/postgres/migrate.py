"""How a PostgreSQL database gets its schema, and how it is held against a fresh one."""

from __future__ import annotations

import re

import asyncpg

from storage.errors import StorageError
from storage.migrate import Migration, known_migrations
from storage.postgres.connection import connect, name_of, told_as_storage_error
from storage.postgres.roles import APP_ROLE, grant_to
from storage.postgres.store import claim_database

Schema = dict[tuple[str, str], str]

_REGISTER = """
CREATE TABLE migration (
    number bigint PRIMARY KEY,
    name text COLLATE "C" NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT current_timestamp
)
"""


async def migrate(url: str, app_role: str | None = None) -> tuple[str, ...]:
    """Bring the database up to this release; return the names of what was applied.

    The rights of *app_role*, which is made if it is missing, are set anew; without one, those of
    `seatside_app` if there is such a role. Raises StorageError as SQLite's `migrate` does.
    """
    connection = await claim_database(url)
    try:
        with told_as_storage_error(url, asyncpg.PostgresError):
            async with connection.transaction():
                applied = await _apply_missing(connection, url)
                if applied or app_role:
                    await grant_to(connection, app_role or APP_ROLE, make=app_role is not None)
            for thing in await differences(connection, url):
                raise StorageError(f"{name_of(url)}: the {thing} is not as this release made it")
    finally:
        await connection.close()
    return applied


async def differences(connection: asyncpg.Connection, url: str) -> list[str]:
    """Hold the schema against a fresh one. Returns what differs, such as "trigger entry_stays"."""
    found, expected = await read_schema(connection, "public"), await _expected_schema(url)
    return sorted(
        f"{kind} {name}"
        for kind, name in expected.keys() | found.keys()
        if found.get((kind, name)) != expected.get((kind, name))
    )


async def read_schema(connection: asyncpg.Connection, schema: str) -> Schema:
    """Return what is in a schema: each thing's kind and name, and how PostgreSQL would write it."""
    rows = await connection.fetch(_CATALOGUE, schema)
    return {(kind, name): re.sub(r"\b(public|pg_temp\w*)\.", "", text) for kind, name, text in rows}


async def _apply_missing(connection: asyncpg.Connection, url: str) -> tuple[str, ...]:
    tables = {
        row["relname"]
        for row in await connection.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
    }
    if tables and "migration" not in tables:
        raise StorageError(f"{name_of(url)}: this is not a Seatside database")
    if not tables:
        await connection.execute(_REGISTER)
    done = {row["number"] for row in await connection.fetch("SELECT number FROM public.migration")}
    known = known_migrations("postgres")
    if done and max(done) > known[-1].number:
        raise StorageError(
            f"{name_of(url)}: written by a newer release"
            f" (schema {max(done)}, this one knows {known[-1].number})"
        )
    missing = [each for each in known if each.number not in done]
    for each in missing:
        await _apply(connection, each)
    return tuple(each.name for each in missing)


async def _apply(connection: asyncpg.Connection, migration: Migration) -> None:
    await connection.execute(migration.sql)
    await connection.execute(
        "INSERT INTO migration (number, name) VALUES ($1, $2)", migration.number, migration.name
    )


async def _expected_schema(url: str) -> Schema:
    connection = await connect(url)
    try:
        version = connection.get_server_version()
        if version not in _MADE:
            _MADE[version] = await _make_schema(connection)
        return _MADE[version]
    finally:
        await connection.close()


async def _make_schema(connection: asyncpg.Connection) -> Schema:
    """Make the schema anew where nobody sees it, and look at it.

    Temporary tables need no right that a role of the application lacks. Functions cannot be found among
    them, so those of the database are called; all are compared with those that the migrations make here.
    """
    await connection.execute("SET search_path = pg_temp, public")
    await connection.execute(_REGISTER)
    for each in known_migrations("postgres"):
        await connection.execute(each.sql)
    schema = await connection.fetchval("SELECT nspname FROM pg_namespace WHERE oid = pg_my_temp_schema()")
    return await read_schema(connection, schema)


_MADE: dict[tuple[object, ...], Schema] = {}
"""What the migrations of this release make on each version of the server."""

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
