"""One moment of the books, opened for reading beside the process that writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from storage.sqlite import PRAGMAS, StorageError


@contextmanager
def snapshot(path: Path) -> Iterator[sqlite3.Connection]:
    """Open *path* so that nothing can be written and everything read is of one moment.

    Raises StorageError where there is no file, or none that is a database.
    """
    if not path.is_file():
        raise StorageError(f"{path}: there is no such file")
    uri = f"file:{quote(str(path.absolute()))}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA busy_timeout = {PRAGMAS['busy_timeout']}")
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_schema")  # the moment is that of the first read
            yield connection
    except sqlite3.Error as error:
        raise StorageError(f"{path}: {error}") from error
