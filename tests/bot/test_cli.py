"""The command `seatside`: its exit status, and one clear line where something is wrong."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli import main
from core.money import Money
from core.open_account import OpenAccount, open_account
from core.top_up import Payment, credit
from storage.migrate import migrate
from storage.sqlite import Writer
from tests.postgres import server_or_skip
from tests.stage import START


@pytest.fixture(autouse=True)
def books_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without settings, and where its books will be."""
    monkeypatch.chdir(tmp_path)
    for key in ("BOT_TOKEN", "DATABASE_URL", "WEBHOOK_URL"):
        monkeypatch.delenv(key, raising=False)
    return tmp_path / "seatside.sqlite3"


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert isinstance(ended.value.code, int)
    return ended.value.code


def make_books(path: Path) -> None:
    """Books with one payment in them, that nobody had asked for."""

    async def make() -> None:
        writer = Writer(path, lambda: START)
        await writer.run(lambda books: books.once("open", open_account, OpenAccount(7, "Ann", "sandbox")))
        paid = Payment("sandbox", "no such token", "tpc_1", "ch_1", 7, Money(1000, "EUR"))
        await writer.run(lambda books: books.once("credit", credit, paid))
        await writer.close()

    migrate(path)
    asyncio.run(make())


def test_a_missing_token_is_one_line_and_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("run") == 2
    told = capsys.readouterr().err
    assert told.startswith("seatside: BOT_TOKEN is missing; expected")
    assert told.count("\n") == 1


def test_a_wrong_setting_names_the_key_and_what_was_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOP_UP_MIN", "a lot")
    assert call("verify") == 2
    assert "TOP_UP_MIN is 'a lot'; expected" in capsys.readouterr().err


def test_a_wrong_line_of_env_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    Path(".env").write_text("CURRENCY=EUR\nnonsense\n", "utf-8")
    assert call("migrate") == 2
    assert "line 2" in capsys.readouterr().err


def test_migrate_twice_does_it_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("migrate") == 0
    assert "0001_first" in capsys.readouterr().out
    assert call("migrate") == 0
    assert "nothing to do" in capsys.readouterr().out


@pytest.mark.parametrize("command", [("migrate",), ("verify",), ("export", "hledger"), ("run",)])
def test_a_database_of_a_newer_release_is_refused_in_one_line(
    books_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: tuple[str]
) -> None:
    monkeypatch.setenv("BOT_TOKEN", "7000000001:" + "A" * 35)
    make_books(books_path)
    register(books_path, for_older_code=None)
    assert call(*command) == 1
    told = capsys.readouterr().err
    assert "written by a newer release, and this one cannot run on it (its schema is 9999" in told
    assert told.count("\n") == 1


def test_migrate_says_that_a_newer_release_was_here_where_that_does_no_harm(
    books_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_books(books_path)
    register(books_path, for_older_code="SELECT 1")
    assert call("migrate") == 0
    assert "a newer release changed the schema (later); this one runs on it" in capsys.readouterr().out


@pytest.mark.slow
def test_migrate_says_whose_rights_it_set_anew(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with server_or_skip().copy() as url:
        monkeypatch.setenv("DATABASE_URL", url)
        assert call("migrate", "--app-role", "seatside_bot") == 0
    assert capsys.readouterr().out == "the rights of seatside_bot were set anew\n"


def register(path: Path, *, for_older_code: str | None) -> None:
    """Say that a newer release has changed the schema."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO migration VALUES (9999, 'later', 'now', ?)", (for_older_code,))
        connection.commit()


def test_verify_of_no_books_is_one_line_and_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("verify") == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_verify_says_that_true_books_are_true(books_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_books(books_path)
    assert call("verify") == 0
    assert "every invariant holds" in capsys.readouterr().out


def test_verify_names_what_is_wrong(books_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_books(books_path)
    with sqlite3.connect(books_path) as forger:
        forger.execute("UPDATE account SET balance = balance + 1 WHERE name LIKE '%suspense'")
    forger.close()
    assert call("verify") == 1
    assert "gateway:sandbox:suspense" in capsys.readouterr().out


def test_a_backup_is_checked_and_can_be_restored(
    books_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_books(books_path)
    assert call("backup", "copy.sqlite3") == 0
    assert capsys.readouterr().out == "copy.sqlite3: every invariant holds\n"
    books_path.rename("lost.sqlite3")
    assert call("restore", "copy.sqlite3") == 0
    assert "is made of it" in capsys.readouterr().out
    assert call("verify") == 0


def test_nothing_is_overwritten_by_a_backup_or_a_restore(
    books_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_books(books_path)
    assert call("backup", "copy.sqlite3") == 0
    for command in ("backup", "restore"):
        assert call(command, "copy.sqlite3") == 1
        assert capsys.readouterr().err.endswith("is there already, and nothing is ever overwritten\n")


def test_a_backup_that_was_changed_is_not_restored(
    books_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make_books(books_path)
    with sqlite3.connect(books_path) as forger:
        forger.execute("UPDATE account SET balance = balance + 1 WHERE name LIKE '%suspense'")
    forger.close()
    books_path.rename("copy.sqlite3")
    assert call("restore", "copy.sqlite3") == 1
    assert "gateway:sandbox:suspense" in capsys.readouterr().out
    assert not books_path.exists()


@pytest.mark.slow
def test_the_export_satisfies_bean_check(books_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make_books(books_path)
    assert call("export", "beancount") == 0
    Path("books.beancount").write_text(capsys.readouterr().out, "utf-8")
    bean_check = Path(sys.executable).with_name("bean-check")
    subprocess.run([bean_check, "books.beancount"], check=True)


@pytest.mark.slow
def test_a_reader_who_goes_away_is_told_no_traceback(books_path: Path) -> None:
    make_books(books_path)
    command = [str(Path(sys.executable).with_name("seatside")), "export", "beancount"]
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer) as nobody_reads:
        ended = subprocess.run(command, stdout=nobody_reads, stderr=subprocess.PIPE, check=False)
    assert (ended.returncode, ended.stderr) == (1, b"")


def test_an_unknown_command_is_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("dance") == 2
    assert "invalid choice" in capsys.readouterr().err


@pytest.mark.slow
def test_a_process_that_the_command_starts_imports_none_of_the_bot() -> None:
    """Such a process imports what the command was started from, and not what the command then needs."""
    started = "import sys, bot.__main__; print('telegram' in sys.modules or 'bot.cli' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", started], text=True) == "False\n"
