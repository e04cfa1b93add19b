"""A whole copy of the books, taken beside the process that writes them, and the way back from one."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from storage.errors import StorageError
from storage.snapshot import snapshot
from storage.sqlite import lock
from storage.verify import examine
from storage.verify.finding import Finding

PAGES = 1000
"""How many pages are copied between two calls of *told*."""

SIDE_FILES = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database, and takes for its own when it finds it there."""

Told = Callable[[int, int], None]
"""Is told how much is done, of how much."""


def backup(path: Path, copy: Path, told: Told) -> list[Finding]:
    """Copy one moment of the books at *path* into the new file *copy*; return what is wrong in it.

    Raises StorageError, and leaves no file, where the copy cannot be made. A copy of books that are
    wrong is kept: it may be all that is left of them.
    """
    _refuse_existing(copy)
    with _unfinished(copy) as part:
        _fill(part, path, told)
        findings = examine(part)
        _publish(part, copy)
    return findings


def restore(copy: Path, path: Path, told: Told) -> list[Finding]:
    """Make *copy* the books at *path*, unless something is wrong in it: that is returned then.

    Raises StorageError, and changes nothing, where there are books already or somebody writes them.
    """
    with lock(path):
        _refuse_existing(path)
        with _unfinished(path) as part:
            _fill(part, copy, told)
            findings = examine(part)
            if not findings:
                _publish(part, path)
    return findings


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise StorageError(f"{path}: is there already, and nothing is ever overwritten")
    for each in _beside(path):
        if not each.name.endswith("-shm") and each.exists() and each.stat().st_size:
            raise StorageError(f"{each}: is left of other books; move it aside with them")


@contextmanager
def _unfinished(path: Path) -> Iterator[Path]:
    """Give an empty file beside *path*, readable by its owner only, and take away what is left of it."""
    try:
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.absolute().parent)
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror}") from None
    os.close(number)
    part = Path(name)
    try:
        yield part
    finally:
        for each in (part, *_beside(part)):
            each.unlink(missing_ok=True)


def _fill(part: Path, source: Path, told: Told) -> None:
    # The snapshot's transaction is open throughout, so all pages are of one moment however long it
    # takes, and no commit of the writer makes the copying begin anew.
    with snapshot(source) as moment:
        try:
            with closing(sqlite3.connect(part)) as copy:
                moment.copy_to(copy, PAGES, told)
        except sqlite3.Error as error:
            raise StorageError(f"the copy of {source} failed: {error}") from error


def _publish(part: Path, path: Path) -> None:
    """Give the whole file its name, so that no half one ever has it."""
    try:
        with closing(sqlite3.connect(part)) as last:
            last.execute("SELECT count(*) FROM sqlite_schema")  # closing then takes its side files away
        part.rename(path)
        folder = os.open(path.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except (OSError, sqlite3.Error) as error:
        raise StorageError(f"{path}: {error}") from error


def _beside(path: Path) -> list[Path]:
    return [path.with_name(path.name + suffix) for suffix in SIDE_FILES]
