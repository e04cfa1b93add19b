"""The books as text that other people's programs read and judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from storage.beancount import write_beancount
from storage.hledger import write_hledger
from storage.journal import Journal, open_journal

FORMATS: dict[str, Callable[[Journal], Iterator[str]]] = {
    "beancount": write_beancount,
    "hledger": write_hledger,
}


def export(path: Path, form: str, told: Callable[[int, int], None]) -> Iterator[str]:
    """Give the journal at *path* line by line in one of FORMATS, all of one moment.

    *told* is told how many transfers of how many were written. Raises StorageError where there is no
    such database.
    """
    with open_journal(path, told) as journal:
        yield from FORMATS[form](journal)
