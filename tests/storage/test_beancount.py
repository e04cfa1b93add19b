"""Somebody else's program reads the whole journal, and refuses one that does not add up."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.ledger import SHARED, Account, Transfer, clearing, wallet
from core.money import Money
from core.ports import Books
from storage.errors import StorageError
from storage.export import export
from storage.journal import account_name
from storage.snapshot import snapshot
from tests.conftest import Clock
from tests.core.evening import ANN, Evening
from tests.storage.conftest import Kept
from tests.storage.conftest import tamper_file as tamper

BEAN_CHECK = Path(sys.executable).parent / "bean-check"


def lines_of(path: Path) -> Iterator[str]:
    return export(snapshot(path), "beancount", lambda done, total: None)


def judge(path: Path) -> str:
    """Return what bean-check says about the export of a file; nothing if it accepts it."""
    return judge_lines(lines_of(path), path.parent)


def judge_lines(lines: Iterable[str], folder: Path) -> str:
    ledger = folder / "books.beancount"
    with ledger.open("w", encoding="utf-8") as file:
        file.writelines(lines)
    run = subprocess.run(
        [BEAN_CHECK, "--no-cache", ledger], capture_output=True, text=True, timeout=60, check=False
    )
    assert bool(run.returncode) == bool(run.stderr), run
    return run.stderr


@pytest.mark.slow
def test_the_books_of_an_evening_are_accepted(kept: Kept, tmp_path: Path) -> None:
    assert judge_lines(kept.export("beancount"), tmp_path) == ""


def test_the_text_reads_as_an_accountant_expects(kept: Kept) -> None:
    text = "".join(kept.export("beancount"))
    assert (
        "2026-05-01 * \"top_up\" ^transfer-1\n"
        "  transfer: 1\n"
        "  key: \"charge:sandbox:tg-1#1\"\n"
        "  made-at: \"2026-05-01T20:00:00+00:00\"\n"
        "  Assets:Gateway:Sandbox:Clearing  10.00 EUR\n"
        "  Liabilities:Customer:C7:Wallet  -10.00 EUR\n"
    ) in text  # fmt: skip
    assert "1970-01-01 open Liabilities:Merchant:M1:Payable\n" in text
    assert "2026-05-02 balance Assets:Gateway:Sandbox:Clearing  31.23 ~ 0 EUR\n" in text


TAMPERINGS = [
    ("UPDATE entry SET amount = amount + 1 WHERE id = 2", "does not balance"),
    ("UPDATE account SET balance = balance - 1 WHERE id = 2", "Balance failed"),
    ("UPDATE entry SET amount = amount * 2 WHERE transfer_id = 1", "Balance failed"),
    ("DELETE FROM entry WHERE transfer_id = 2", "Balance failed"),
    ("DELETE FROM entry WHERE transfer_id = 2; DELETE FROM transfer WHERE id = 2", "Balance failed"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("sql", "complaint"), TAMPERINGS)
def test_tampered_books_are_refused(path: Path, sql: str, complaint: str) -> None:
    tamper(path, sql)
    assert complaint in judge(path)


@pytest.mark.slow
async def test_odd_names_keys_purses_and_currencies_are_written_so_that_it_reads_them(
    evening: Evening, path: Path, clock: Clock
) -> None:
    odd, purse = clearing('Pay"Nord\\ 10 %', "JPY"), Account("customer:9:wallet", "JPY", "east side")
    other = clearing("odd-", "KWD"), Account("customer:9:wallet", "KWD", "east side")

    async def move(books: Books, amount: int) -> int:
        await books.lock(odd, purse, *other, wallet(ANN, "JPY"))
        (first,) = await books.post(Transfer('said "no"\n', odd, purse, Money(amount, "JPY")))
        await books.post(Transfer("back", purse, odd, Money(amount - 1, "JPY"), reverses=first))
        await books.post(Transfer("odd", *other, Money(amount, "KWD")))
        return first

    async def once(books: Books) -> int:
        return await books.once('a "key" \\ of\nours', move, 1234567)

    await evening.store.run(once)
    clock.forward(timedelta(days=-1))
    await evening.top_up(300)
    assert judge(path) == ""
    assert "1234567 JPY" in "".join(lines_of(path))
    assert "1234.567 KWD" in "".join(lines_of(path))


@pytest.mark.slow
def test_empty_books_are_accepted_too(path: Path) -> None:
    tamper(path, "PRAGMA foreign_keys = OFF; DELETE FROM entry; DELETE FROM transfer; DELETE FROM account")
    assert judge(path) == ""


NAMES = st.text("acfAB01-:üp ", max_size=8).map(lambda text: f"gateway:{text}") | st.sampled_from(
    ["customer:7:wallet", "customer:c7:wallet", "customer:7:bonus", "operator:bonus", "a:b:c"]
)
PURSES = st.just(SHARED) | st.text("afc0X-üp", max_size=6)


@given(one=st.tuples(NAMES, PURSES), other=st.tuples(NAMES, PURSES))
@example(one=("0", "X"), other=("X", SHARED))
@example(one=("customer:7:wallet", SHARED), other=("customer:c7:wallet", SHARED))
@example(one=("a", "fc"), other=("aü", SHARED))
def test_two_accounts_never_share_a_name_and_each_is_valid(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    names = account_name(*one), account_name(*other)
    assert (names[0] == names[1]) == (one == other)
    for name in names:
        assert re.fullmatch(r"(Assets|Liabilities|Income|Expenses|Equity)(:[A-Z0-9][A-Za-z0-9-]*)+", name)


def test_an_export_may_be_left_half_read(path: Path) -> None:
    lines: Iterator[str] = lines_of(path)
    assert next(lines) == 'option "title" "Seatside"\n'
    lines.close()  # type: ignore[attr-defined]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        list(lines_of(tmp_path / "none.sqlite3"))
