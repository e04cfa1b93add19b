"""The storage alone is killed again and again: what was acknowledged is there, once."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.database import Database, open_database
from storage.migrate import migrate
from tests.postgres import server_or_skip

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
KILLS = 2 * int(os.environ.get("SOAK_ROUNDS", "1"))
REPEATED = 40
"""How many of the numbers that were asked for last are asked for again after a kill."""


def post_and_kill(url: str, first: int, most: int) -> dict[int, int]:
    """Let a process post, and kill it once it has acknowledged so much; return what it acknowledged."""
    command = [sys.executable, "-m", "tests.storage.poster", url, str(first)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        heard = [line for line, _ in zip(process.stdout, range(most), strict=False)]
        process.kill()
        heard += process.stdout.readlines()
    assert len(heard) >= most, "it ended by itself"
    return {int(number): int(made) for number, made in (line.split() for line in heard)}


def kept(database: Database) -> dict[int, int]:
    """Return which transfer each number made, as the books say."""
    with database._engine.snapshot() as moment:
        rows = list(moment.rows("SELECT key, id FROM transfer"))
    made = {int(key.removeprefix("key-").removesuffix("#1")): id_ for key, id_ in rows}
    assert len(made) == len(rows)
    return made


def kill_again_and_again(url: str, until_gone: Callable[[], None] = lambda: None) -> None:
    dice = random.Random()
    database = open_database(url)
    acknowledged: dict[int, int] = {}
    for _ in range(KILLS):
        first = max(1, max(acknowledged, default=0) - REPEATED)
        for number, made in post_and_kill(url, first, dice.randint(1, 300)).items():
            assert acknowledged.setdefault(number, made) == made
        until_gone()
        there = kept(database)
        assert {number: there.get(number) for number in acknowledged} == acknowledged
    assert database.examine() == []


def test_no_kill_loses_what_was_acknowledged_or_does_it_twice(tmp_path: Path) -> None:
    migrate(tmp_path / "killed.sqlite3")
    kill_again_and_again(f"sqlite:///{tmp_path / 'killed.sqlite3'}")


def test_no_kill_does_so_on_postgresql() -> None:
    server = server_or_skip()
    with server.empty() as url:
        kill_again_and_again(url, lambda: server.wait_until_left(url))
