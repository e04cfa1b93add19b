"""A copy is whole and true whatever happens meanwhile, and the way back from it loses nothing."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage.backup import backup, restore
from storage.errors import StorageError
from storage.reports import Reports
from storage.sqlite import Writer
from storage.verify import examine
from tests.conftest import Clock
from tests.core.evening import Evening
from tests.storage.conftest import tamper_file as tamper

ROOT = Path(__file__).parents[2]


def say_nothing(done: int, total: int) -> None: ...


def transfers(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        found: int = connection.execute("SELECT count(*) FROM transfer").fetchone()[0]
        return found


async def trial_balance(path: Path) -> list[Any]:
    reports = await Reports.open(path)
    try:
        return list(await reports.trial_balance())
    finally:
        await reports.close()


def in_a_process(path: Path, copy: Path, before: str, told: str) -> subprocess.CompletedProcess[str]:
    """Make a backup page by page, having done something *before*, and one thing for each page."""
    code = (
        "import os, resource, signal, storage.backup\nfrom pathlib import Path\n"
        f"storage.backup.PAGES = 1\n{before}\n"
        f"storage.backup.backup(Path({str(path)!r}), Path({str(copy)!r}), lambda done, total: {told})\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


async def test_a_backup_that_is_restored_has_the_same_trial_balance(path: Path, tmp_path: Path) -> None:
    copy, back = tmp_path / "copy.sqlite3", tmp_path / "back.sqlite3"
    assert backup(path, copy, say_nothing) == []
    assert restore(copy, back, say_nothing) == []
    assert examine(back) == []
    assert await trial_balance(back) == await trial_balance(path) != []


def test_a_copy_is_one_file_that_only_its_owner_reads(path: Path, tmp_path: Path) -> None:
    backup(path, tmp_path / "copy.sqlite3", say_nothing)
    assert [each.name for each in tmp_path.iterdir() if "copy" in each.name] == ["copy.sqlite3"]
    assert (tmp_path / "copy.sqlite3").stat().st_mode & 0o077 == 0


async def test_a_copy_beside_a_busy_writer_is_of_one_moment(
    evening: Evening, path: Path, tmp_path: Path
) -> None:
    before = transfers(path)
    copying = asyncio.create_task(asyncio.to_thread(backup, path, tmp_path / "copy.sqlite3", say_nothing))
    while not copying.done():
        await evening.top_up(100, 200)
    assert await copying == []
    assert before <= transfers(tmp_path / "copy.sqlite3") < transfers(path)


def test_commits_between_two_pages_do_not_make_the_copying_begin_anew(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.backup.PAGES", 1)
    steps: list[int] = []
    with closing(sqlite3.connect(path, isolation_level=None)) as other:

        def commit(done: int, total: int) -> None:
            other.execute("INSERT INTO stray VALUES (NULL, 'g', ?, '', 1, '', 1, 'EUR', '')", (str(done),))
            steps.append(done)

        assert backup(path, tmp_path / "copy.sqlite3", commit) == []
    assert steps == list(range(1, len(steps) + 1))


@pytest.mark.slow
def test_a_backup_that_is_killed_leaves_nothing_under_its_name(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    died = in_a_process(path, copy, "", "done < 5 or os.kill(os.getpid(), signal.SIGKILL)")
    assert died.returncode == -signal.SIGKILL
    assert not copy.exists()
    assert backup(path, copy, say_nothing) == []


@pytest.mark.slow
def test_a_full_disk_leaves_nothing_at_all(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    there = set(tmp_path.iterdir())
    limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (40000, 40000))"
    failed = in_a_process(path, copy, limit, "None")
    assert failed.returncode == 1
    assert "StorageError: the copy of" in failed.stderr
    assert {each for each in tmp_path.iterdir() if not each.name.startswith(path.name)} == there - {path}


def test_nothing_is_ever_overwritten(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    backup(path, copy, say_nothing)
    with pytest.raises(StorageError, match="is there already"):
        backup(path, copy, say_nothing)
    with pytest.raises(StorageError, match="is there already"):
        restore(copy, path, say_nothing)


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_what_is_left_of_other_books_is_not_mixed_with_the_copy(
    path: Path, tmp_path: Path, suffix: str
) -> None:
    back = tmp_path / "back.sqlite3"
    back.with_name(back.name + suffix).write_bytes(b"what was committed last")
    with pytest.raises(StorageError, match=suffix):
        restore(path, back, say_nothing)
    assert not back.exists()


async def test_books_that_somebody_writes_are_not_restored(tmp_path: Path, path: Path, clock: Clock) -> None:
    writer = Writer(path, clock)
    with pytest.raises(StorageError, match="another process is writing"):
        restore(tmp_path / "copy.sqlite3", path, say_nothing)
    await writer.close()


def test_a_copy_that_was_tampered_with_is_not_restored(path: Path, tmp_path: Path) -> None:
    tamper(path, "UPDATE account SET balance = balance + 1 WHERE id = 2")
    findings = restore(path, tmp_path / "back.sqlite3", say_nothing)
    assert {each.invariant for each in findings} >= {"a balance is the sum of its entries"}
    assert not (tmp_path / "back.sqlite3").exists()


def test_a_backup_of_books_that_are_wrong_is_kept_and_says_so(path: Path, tmp_path: Path) -> None:
    tamper(path, "UPDATE account SET balance = balance + 1 WHERE id = 2")
    assert backup(path, tmp_path / "copy.sqlite3", say_nothing) == examine(path) != []
    assert (tmp_path / "copy.sqlite3").exists()


@pytest.mark.parametrize("content", [None, b"not a database, though long enough to be one" * 100])
def test_what_is_no_database_is_refused(tmp_path: Path, content: bytes | None) -> None:
    odd = tmp_path / "odd.sqlite3"
    if content:
        odd.write_bytes(content)
    for act in (backup, restore):
        with pytest.raises(StorageError):
            act(odd, tmp_path / "new.sqlite3", say_nothing)
        assert not (tmp_path / "new.sqlite3").exists()


def test_a_folder_that_is_not_there_is_refused(path: Path, tmp_path: Path) -> None:
    for act in (backup, restore):
        with pytest.raises(StorageError, match="No such file"):
            act(path, tmp_path / "none" / "new.sqlite3", say_nothing)
