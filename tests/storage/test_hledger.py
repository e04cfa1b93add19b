"""A second program reads the whole journal, with its own arithmetic, and refuses one that does not add up."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from core.ledger import Account, Transfer, clearing
from core.money import Money
from core.ports import Books
from storage.export import export
from storage.snapshot import snapshot
from tests.core.evening import Evening
from tests.storage.conftest import tamper_file as tamper
from tests.storage.test_beancount import TAMPERINGS

HLEDGER = shutil.which("hledger")
judged = [
    pytest.mark.slow,
    pytest.mark.skipif(HLEDGER is None, reason="hledger is not installed (Debian's package has its name)"),
]


def text_of(path: Path) -> str:
    return "".join(export(snapshot(path), "hledger", lambda done, total: None))


def judge(path: Path) -> str:
    """Return what hledger says about the export; nothing if it accepts it."""
    assert HLEDGER
    run = subprocess.run(
        [HLEDGER, "-f", "-", "check", "--strict"],
        input=text_of(path), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert bool(run.returncode) == bool(run.stderr), run
    return run.stderr


def test_the_text_reads_as_an_accountant_expects(path: Path) -> None:
    text = text_of(path)
    assert (
        "\n2026-05-01 * (1) top_up\n"
        '    ; key: "charge:sandbox:tg-1#1"\n'
        "    ; made-at: 2026-05-01T20:00:00+00:00\n"
        "    Assets:Gateway:Sandbox:Clearing  10.00 EUR\n"
        "    Liabilities:Customer:C7:Wallet  -10.00 EUR\n"
    ) in text
    assert "commodity 1.00 EUR\n" in text
    assert "account Liabilities:Merchant:M1:Payable\n" in text
    assert "\n2026-05-02 * balances\n" in text
    assert "    Assets:Gateway:Sandbox:Clearing  0 EUR = 31.23 EUR\n" in text


async def write_oddities(evening: Evening) -> None:
    odd, purse = clearing('Pay"Nord\\ 10 %', "JPY"), Account("customer:9:wallet", "JPY", "east side")
    other = clearing("odd-", "KWD"), Account("customer:9:wallet", "KWD", "east side")

    async def move(books: Books, amount: int) -> int:
        await books.lock(odd, purse, *other)
        (first,) = await books.post(Transfer('said ; "no"\n| !', odd, purse, Money(amount, "JPY")))
        await books.post(Transfer("back", purse, odd, Money(amount - 1, "JPY"), reverses=first))
        await books.post(Transfer("odd", *other, Money(amount, "KWD")))
        return first

    await evening.store.run(lambda books: books.once('a "key" ; \\ of\nours', move, 1234567))


async def test_what_would_mean_something_in_a_description_is_written_as_dashes(
    evening: Evening, path: Path
) -> None:
    await write_oddities(evening)
    text = text_of(path)
    assert "* (10) said - -no--- -\n" in text
    assert '    ; key: "a \\"key\\" ; \\\\ of\\nours#1"\n' in text
    assert "    ; reverses: 10\n" in text
    assert "1234.567 KWD" in text


class TestJudgedByHledger:
    pytestmark = judged

    def test_the_books_of_an_evening_are_accepted(self, path: Path) -> None:
        assert judge(path) == ""

    async def test_odd_names_keys_purses_and_currencies_are_read(self, evening: Evening, path: Path) -> None:
        await write_oddities(evening)
        assert judge(path) == ""

    def test_empty_books_are_accepted_too(self, path: Path) -> None:
        tamper(
            path, "PRAGMA foreign_keys = OFF; DELETE FROM entry; DELETE FROM transfer; DELETE FROM account"
        )
        assert judge(path) == ""

    @pytest.mark.parametrize("sql", [sql for sql, _ in TAMPERINGS])
    def test_tampered_books_are_refused(self, path: Path, sql: str) -> None:
        tamper(path, sql)
        assert judge(path) != ""
