"""Whether the file and its schema are as they were made."""

from __future__ import annotations

import sqlite3

from storage.migrate import differences
from storage.sqlite import PRAGMAS
from storage.verify.finding import Found


def whole(connection: sqlite3.Connection) -> Found:
    for (found,) in connection.execute("PRAGMA integrity_check"):
        if found != "ok":
            yield "file", found
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"{table} {row}", f"names a {parent} that is not there"
    (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
    if journal != PRAGMAS["journal_mode"]:
        yield "file", f"its journal mode is {journal}"


def schema(connection: sqlite3.Connection) -> Found:
    for thing in differences(connection):
        yield thing, "is not as this release made it"
