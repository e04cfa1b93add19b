"""An export reads one moment, row by row: large books take no more memory than small ones."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from storage.export import FORMATS, export
from storage.snapshot import snapshot
from storage.verify import examine
from tests.storage.bulk import make_large_books

MERCHANTS = 20


def peak_of(path: Path, form: str) -> int:
    """Export into nowhere and return the most memory in use meanwhile, in bytes."""
    tracemalloc.start()
    try:
        for _ in export(snapshot(path), form, lambda done, total: None):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
def test_ten_times_the_transfers_take_no_more_memory(tmp_path: Path) -> None:
    small, large = tmp_path / "small.sqlite3", tmp_path / "large.sqlite3"
    make_large_books(small, 5_000, MERCHANTS)
    make_large_books(large, 50_000, MERCHANTS)
    for form in FORMATS:
        peak_of(small, form)  # what is imported and cached once is no part of it
        assert peak_of(large, form) < 1.2 * peak_of(small, form) + 50_000


def test_books_made_in_bulk_are_true(tmp_path: Path) -> None:
    make_large_books(tmp_path / "large.sqlite3", 1_000, MERCHANTS)
    assert examine(tmp_path / "large.sqlite3") == []


@pytest.mark.parametrize("form", FORMATS)
def test_whoever_waits_is_told_of_each_transfer(path: Path, form: str) -> None:
    told: list[tuple[int, int]] = []
    list(export(snapshot(path), form, lambda done, total: told.append((done, total))))
    assert told == [(done, 9) for done in range(1, 10)]
