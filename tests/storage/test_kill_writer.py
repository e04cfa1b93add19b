"""The storage alone is killed again and again: what was acknowledged is there, once."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from storage.migrate import migrate
from storage.verify import examine

ROOT = Path(__file__).parents[2]
KILLS = 2 * int(os.environ.get("SOAK_ROUNDS", "1"))
REPEATED = 40
"""How many of the numbers that were asked for last are asked for again after a kill."""


def post_and_kill(path: Path, first: int, most: int) -> dict[int, int]:
    """Let a process post, and kill it once it has acknowledged so much; return what it acknowledged."""
    command = [sys.executable, "-m", "tests.storage.poster", str(path), str(first)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        heard = [line for line, _ in zip(process.stdout, range(most), strict=False)]
        process.kill()
        heard += process.stdout.readlines()
    assert len(heard) >= most, "it ended by itself"
    return {int(number): int(made) for number, made in (line.split() for line in heard)}


def kept(path: Path) -> dict[int, int]:
    """Return which transfer each number made, as the books say."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT key, id FROM transfer").fetchall()
    made = {int(key.removeprefix("key-").removesuffix("#1")): id_ for key, id_ in rows}
    assert len(made) == len(rows)
    return made


def test_no_kill_loses_what_was_acknowledged_or_does_it_twice(tmp_path: Path) -> None:
    path = tmp_path / "killed.sqlite3"
    migrate(path)
    dice = random.Random()
    acknowledged: dict[int, int] = {}
    for _ in range(KILLS):
        first = max(1, max(acknowledged, default=0) - REPEATED)
        for number, made in post_and_kill(path, first, dice.randint(1, 300)).items():
            assert acknowledged.setdefault(number, made) == made
        there = kept(path)
        assert {number: there.get(number) for number in acknowledged} == acknowledged
    assert examine(path) == []
