"""A release runs on what the next one made of its database, where that one says so, and else stops."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage import migrate
from storage.database import Database, open_database
from storage.errors import NewerDatabase, StorageError
from storage.migrate import OLDER_CODE_RUNS, OLDER_CODE_STOPS, Migrated, known_migrations
from tests.conftest import Clock
from tests.core.evening import Evening
from tests.postgres import server_or_skip
from tests.storage.conftest import live_through

ROOT = Path(__file__).parents[2]
NEXT, AFTER_NEXT = "9001_next", "9002_after_next"

ADDITIONS = {
    "sqlite": """
        CREATE TABLE keepsake (id INTEGER PRIMARY KEY, lot_id INTEGER NOT NULL REFERENCES lot (id)) STRICT;
        ALTER TABLE lot ADD COLUMN greeting TEXT;
        ALTER TABLE visit ADD COLUMN party INTEGER NOT NULL DEFAULT 1;
        CREATE INDEX lot_greeting ON lot (greeting);
        CREATE TRIGGER keepsake_stays BEFORE DELETE ON keepsake
        BEGIN SELECT RAISE(ABORT, 'it''s never deleted'); END;
    """,
    "postgres": """
        CREATE TABLE keepsake (id bigint PRIMARY KEY, lot_id bigint NOT NULL REFERENCES lot (id));
        ALTER TABLE lot ADD COLUMN greeting text COLLATE "C";
        ALTER TABLE visit ADD COLUMN party bigint NOT NULL DEFAULT 1;
        CREATE INDEX lot_greeting ON lot (greeting);
        CREATE TRIGGER keepsake_stays BEFORE DELETE ON keepsake FOR EACH ROW EXECUTE FUNCTION refuse_change();
    """,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a database is, or will be."""

    engine: str
    url: str

    @property
    def database(self) -> Database:
        return open_database(self.url)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        yield Place("sqlite", f"sqlite:///{tmp_path / 'books.sqlite3'}")
        return
    with server_or_skip().copy("template0") as url:
        yield Place("postgres", url)


async def become_newer(place: Place, folder: Path, migrations: dict[str, str]) -> Migrated:
    """Let a release to come, which has these migrations too, migrate the database."""
    shutil.copytree(migrate._FOLDER, folder / "migrations", dirs_exist_ok=True)
    for name, sql in migrations.items():
        (folder / "migrations" / place.engine / f"{name}.sql").write_text(sql, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "_FOLDER", folder / "migrations")
        return await place.database.migrate()


async def live_on(place: Place) -> None:
    """Live through the whole evening with the code of this release."""
    store = await place.database.open_store(Clock())
    await live_through(Evening(store))
    await store.close()


async def test_this_release_runs_on_what_the_next_one_added(place: Place, tmp_path: Path) -> None:
    await place.database.migrate()
    newer = {NEXT: OLDER_CODE_RUNS + ADDITIONS[place.engine]}
    assert (await become_newer(place, tmp_path, newer)).applied == (NEXT,)
    assert await place.database.migrate() == Migrated(ahead=(NEXT,))
    await live_on(place)
    assert place.database.examine() == []
    assert "Customer:C7:Wallet" in "".join(place.database.export_journal("hledger", told))
    reports = await place.database.open_reports()
    assert sum(each.balance.minor for each in await reports.trial_balance()) == 0
    await reports.close()
    assert await become_newer(place, tmp_path, newer) == Migrated()


async def test_what_the_next_one_added_is_held_against_what_it_said(place: Place, tmp_path: Path) -> None:
    await become_newer(place, tmp_path, {NEXT: OLDER_CODE_RUNS + ADDITIONS[place.engine]})
    change(place, "DROP TRIGGER keepsake_stays" + (" ON keepsake" if place.engine == "postgres" else ""))
    with pytest.raises(StorageError, match="trigger keepsake_stays"):
        await place.database.migrate()
    assert [each.where for each in place.database.examine()] == ["trigger keepsake_stays"]


async def test_a_backup_of_what_the_next_one_changed_is_whole(tmp_path: Path) -> None:
    place = Place("sqlite", f"sqlite:///{tmp_path / 'books.sqlite3'}")
    await become_newer(place, tmp_path, {NEXT: OLDER_CODE_RUNS + ADDITIONS["sqlite"]})
    await live_on(place)
    assert place.database.backup(tmp_path / "copy.sqlite3", told) == []
    back = open_database(f"sqlite:///{tmp_path / 'back.sqlite3'}")
    assert back.restore(tmp_path / "copy.sqlite3", told) == []
    assert await back.migrate() == Migrated(ahead=(NEXT,))


@pytest.mark.parametrize("line", [OLDER_CODE_STOPS, ""])
async def test_a_database_that_older_code_must_not_touch_is_refused_with_both_numbers(
    place: Place, tmp_path: Path, line: str
) -> None:
    await place.database.migrate()
    await live_on(place)
    runs, stops = OLDER_CODE_RUNS + ADDITIONS[place.engine], line + "ALTER TABLE lot RENAME TO batch;"
    await become_newer(place, tmp_path, {AFTER_NEXT: stops, NEXT: runs})
    known = known_migrations(place.engine)[-1].number
    sentence = rf"newer release.*its schema is 9002, this release knows {known}\)"
    with pytest.raises(NewerDatabase, match=sentence):
        await place.database.migrate()
    with pytest.raises(NewerDatabase, match=sentence):
        place.database.examine()
    with pytest.raises(NewerDatabase, match=sentence):
        list(place.database.export_journal("hledger", told))


async def test_what_a_file_says_to_older_code_makes_nothing_elsewhere(tmp_path: Path) -> None:
    place = Place("sqlite", f"sqlite:///{tmp_path / 'books.sqlite3'}")
    await place.database.migrate()
    for sly in (f"ATTACH '{tmp_path / 'made'}' AS made", f"VACUUM INTO '{tmp_path / 'made'}'"):
        change(place, "DELETE FROM migration WHERE name = 'sly'")
        text = sly.replace("'", "''")
        change(place, f"INSERT INTO migration VALUES (9001, 'sly', 'now', '{text}; SELECT 1')")
        with pytest.raises(StorageError):
            place.database.examine()
        assert not (tmp_path / "made").exists()


@pytest.mark.slow
async def test_only_the_newer_release_sets_rights_in_its_database(tmp_path: Path) -> None:
    with server_or_skip().copy("template0") as url:
        place = Place("postgres", url)
        await become_newer(place, tmp_path, {NEXT: OLDER_CODE_RUNS + ADDITIONS["postgres"]})
        with pytest.raises(StorageError, match=f"newer release.*{NEXT}"):
            await place.database.migrate("seatside_bot")


THE_EVENING = """
import asyncio, sys
from storage.database import open_database
from tests.conftest import Clock
from tests.core.evening import Evening
from tests.storage.conftest import live_through

async def live():
    database = open_database(sys.argv[1])
    await database.migrate()
    store = await database.open_store(Clock())
    await live_through(Evening(store))
    await store.close()
    print(*database.examine(), end="")

asyncio.run(live())
"""


@pytest.mark.slow
async def test_older_code_lives_through_its_evening_on_todays_schema(place: Place, tmp_path: Path) -> None:
    code = tmp_path / "code"
    check_out(older_code(), code)
    await place.database.migrate()
    done = live_elsewhere(code, place.url)
    if done.returncode and "NewerDatabase" in done.stderr:
        assert any(each.for_older_code is None for each in known_migrations(place.engine)[1:])
        return
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert place.database.examine() == []


def live_elsewhere(code: Path, url: str) -> subprocess.CompletedProcess[str]:
    """Live through the evening with the code in that folder."""
    return subprocess.run(
        [sys.executable, "-c", THE_EVENING, url],
        cwd=code, env={"PYTHONPATH": str(code)}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def older_code() -> str:
    """Return the tag of the last release; before the first one, the commit before the newest migration."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: no older code is at hand")
    if tags := git("tag", "--list", "v[0-9]*", "--sort=-version:refname"):
        return tags[0]
    if not (made := git("log", "-1", "--diff-filter=A", "--format=%P", "--", "storage/migrations")):
        pytest.skip("the history is cut off: there is no older code to run")
    return made[0]


def git(*arguments: str) -> list[str]:
    """Return the words that git answers."""
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.split()


def check_out(tag: str, folder: Path) -> None:
    """Put the code of a tag into a new folder."""
    folder.mkdir()
    archive = subprocess.run(["git", "archive", tag], cwd=ROOT, capture_output=True, timeout=60, check=True)
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, timeout=60, check=True)


def change(place: Place, sql: str) -> None:
    """Change the database past this release's back."""
    if place.engine == "postgres":
        server = server_or_skip()
        server.command(sql, database=server.name_in(place.url))
        return
    with closing(sqlite3.connect(place.url.removeprefix("sqlite:///"))) as connection:
        connection.execute(sql)
        connection.commit()


def told(done: int, total: int) -> None: ...
