"""Where a sandbox remembers: one SQLite file of JSON documents, or memory."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, key)) STRICT;
CREATE TABLE IF NOT EXISTS content (file_id TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
"""


class SandboxFile:
    """Documents by kind and key, and the bytes of files.

    What was put is safe from a kill of the process once `commit` has returned.
    """

    def __init__(self, path: str | None = None) -> None:
        self._database = sqlite3.connect(path or ":memory:", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = OFF")  # survives a kill; a power cut may lose a demo
        self._database.executescript(_SCHEMA)

    def put(self, kind: str, key: object, body: Any) -> None:
        """Keep *body* under kind and key, in place of what was there."""
        self._begin()
        self._database.execute(
            "INSERT OR REPLACE INTO document VALUES (?, ?, ?)", (kind, str(key), json.dumps(body))
        )

    def drop(self, kind: str, key: object) -> None:
        """Forget one document."""
        self._begin()
        self._database.execute("DELETE FROM document WHERE kind = ? AND key = ?", (kind, str(key)))

    def get(self, kind: str, key: object) -> Any:
        """Return one document, None if there is none."""
        row = self._database.execute(
            "SELECT body FROM document WHERE kind = ? AND key = ?", (kind, str(key))
        ).fetchone()
        return None if row is None else json.loads(row[0])

    def all(self, kind: str) -> list[tuple[str, Any]]:
        """Return every (key, body) of one kind."""
        rows = self._database.execute("SELECT key, body FROM document WHERE kind = ?", (kind,))
        return [(key, json.loads(body)) for key, body in rows]

    def count(self, name: str, first: int = 1) -> int:
        """Return the next number of a series that never repeats."""
        former = self.get("count", name)
        number: int = first if former is None else former + 1
        self.put("count", name, number)
        return number

    def put_bytes(self, file_id: str, content: bytes) -> None:
        """Keep the bytes of a file."""
        self._begin()
        self._database.execute("INSERT OR REPLACE INTO content VALUES (?, ?)", (file_id, content))

    def bytes_of(self, file_id: str) -> bytes | None:
        """Return the bytes of a file, if there is one."""
        row = self._database.execute("SELECT bytes FROM content WHERE file_id = ?", (file_id,)).fetchone()
        return None if row is None else bytes(row[0])

    def commit(self) -> None:
        """Make everything put so far safe from a kill."""
        if self._database.in_transaction:
            self._database.execute("COMMIT")

    def close(self) -> None:
        """Commit and close."""
        self.commit()
        self._database.close()

    def _begin(self) -> None:
        if not self._database.in_transaction:
            self._database.execute("BEGIN")
