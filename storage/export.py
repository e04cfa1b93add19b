"""The books as text that other people's programs read and judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from storage.beancount import write_beancount
from storage.hledger import write_hledger
from storage.journal import Journal
from storage.snapshot import OpenedSnapshot

FORMATS: dict[str, Callable[[Journal], Iterator[str]]] = {
    "beancount": write_beancount,
    "hledger": write_hledger,
}


def export(opened: OpenedSnapshot, form: str, told: Callable[[int, int], None]) -> Iterator[str]:
    """Give the journal line by line in one of FORMATS, all of the moment that is *opened*.

    *told* is told how many transfers of how many were written. Raises StorageError where there is no
    such database.
    """
    with opened as moment:
        yield from FORMATS[form](Journal(moment, told))
