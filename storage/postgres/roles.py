"""What the role may do under which the bot runs: add to the ledger, and never change or delete in it."""

from __future__ import annotations

import re

import asyncpg

from storage.errors import StorageError

APP_ROLE = "seatside_app"

JOURNAL = ("transfer", "entry", "hold", "hold_end", "outcome", "seal")
"""What is only ever added to."""


async def grant_to(connection: asyncpg.Connection, role: str, *, make: bool) -> str | None:
    """Set the rights of *role* anew and return it; where there is none, make it or leave it at that."""
    if not re.fullmatch("[a-z_][a-z0-9_]{0,62}", role):
        raise StorageError(f"{role!r} is no name for a role; expected small letters, digits and _")
    if not await connection.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = $1", role):
        if not make:
            return None
        await connection.execute(f"CREATE ROLE {role} LOGIN")
    journal = ", ".join(JOURNAL)
    await connection.execute(
        f"""
        REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role};
        REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {role};
        GRANT USAGE ON SCHEMA public TO {role};
        GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {role};
        GRANT SELECT, USAGE ON ALL SEQUENCES IN SCHEMA public TO {role};
        REVOKE UPDATE ON {journal}, account FROM {role};
        REVOKE INSERT, UPDATE ON migration FROM {role};
        GRANT UPDATE (balance, held, version, closed_at) ON account TO {role};
        """
    )
    return role
