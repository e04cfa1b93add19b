"""Every transcript in tests/chats reads as it did; `make chats` writes them anew.

Those that say `# A main way.` at their top are played quickly, on SQLite; the others are slow.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import server_or_skip
from tests.stage import open_stage
from tests.transcript import Transcript

CHATS = sorted((Path(__file__).parent / "chats").glob("*.chat"))


def is_main_way(path: Path) -> bool:
    return "# A main way.\n" in path.read_text("utf-8")


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=[pytest.mark.slow] * (not is_main_way(path)), id=path.stem) for path in CHATS],
)
async def test_transcript(path: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    told = path.read_text("utf-8")
    now = await play(told, tmp_path)
    if request.config.getoption("--rewrite"):
        path.write_text(now, "utf-8")
    else:
        assert now == told


@pytest.mark.slow
@pytest.mark.parametrize("path", CHATS, ids=lambda path: path.stem)
async def test_transcript_on_postgresql(path: Path, tmp_path: Path) -> None:
    told = path.read_text("utf-8")
    with server_or_skip().empty() as url:
        now = await play(told, tmp_path, DATABASE_URL=url)
    assert in_any_order(now) == in_any_order(told)


def in_any_order(told: str) -> list[str]:
    """Sort what each act brought about: where many write, nobody knows who comes first."""
    lines: list[str] = []
    answers: list[str] = []
    for line in [*told.splitlines(), ""]:
        if line.startswith("     "):
            answers[-1] += f"\n{line}"
        elif line.startswith("    "):
            answers.append(line)
        else:
            lines += [*sorted(answers), line]
            answers = []
    return lines


def settings_in(told: str) -> dict[str, Any]:
    """Return the settings that a story is played with: `# With KEY=value, KEY=value.` at its top."""
    found = re.match(r"# With (.*)\.\n", told)
    pairs = found[1].split(", ") if found else []
    return dict(pair.split("=", 1) for pair in pairs)


async def play(told: str, folder: Path, **settings: Any) -> str:
    """Play a story on new books; return how it reads now."""
    async with open_stage(folder, **settings_in(told), **settings) as stage:
        if "# The stage is empty." not in told:
            await stage.ready_bar()
        else:
            await stage.start_bot()
        now = await Transcript(stage).play(told)
        await stage.assert_true_books()
    return now
