"""Every transcript in tests/chats reads as it did; `make chats` writes them anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.stage import open_stage
from tests.transcript import Transcript

CHATS = sorted((Path(__file__).parent / "chats").glob("*.chat"))


MEMORY = Path("/dev/shm")


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where the books of a story are kept: in memory if there is such a place, for they are soon gone."""
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        yield Path(name)


@pytest.mark.parametrize("path", CHATS, ids=lambda path: path.stem)
async def test_transcript(path: Path, folder: Path, request: pytest.FixtureRequest) -> None:
    told = path.read_text("utf-8")
    async with open_stage(folder) as stage:
        if "# The stage is empty." not in told:
            await stage.ready_bar()
        else:
            await stage.start_bot()
        now = await Transcript(stage).play(told)
        await stage.assert_true_books()
    if request.config.getoption("--rewrite"):
        path.write_text(now, "utf-8")
    else:
        assert now == told
