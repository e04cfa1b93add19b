"""What reports tell of an evening, and that they only ever read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from tortoise.exceptions import OperationalError, TransactionManagementError

from core import reports as port
from core.ledger import clearing, payable, wallet
from core.reports import Sum
from storage.database import Database
from storage.errors import StorageError
from storage.migrate import migrate
from storage.reports import Reports
from tests.conftest import START, Clock
from tests.core.evening import ANN, BAR, ZED, Evening, eur
from tests.storage.conftest import Kept


@pytest.fixture
async def reports(kept: Kept) -> AsyncIterator[Reports]:
    opened = await kept.database.open_reports()
    yield opened
    await opened.close()


@pytest.fixture
async def evening(kept: Kept, clock: Clock) -> AsyncIterator[Evening]:
    """The evening, which goes on."""
    store = await kept.database.open_store(clock)
    yield Evening(store, first_key=1000)
    await store.close()


def test_they_are_what_the_core_asks_for(reports: Reports) -> None:
    asked: port.Reports = reports
    assert asked is reports


async def test_the_trial_balance_lists_every_account_and_sums_to_zero(reports: Reports) -> None:
    standings = {each.account: each for each in await reports.trial_balance()}
    assert standings[wallet(ZED, "EUR")].balance == eur(2000)
    assert standings[wallet(ZED, "EUR")].held == eur(500)
    assert standings[payable(BAR, "EUR")].balance == eur(890)
    assert sum(each.balance.minor for each in standings.values()) == 0


async def test_the_figures_of_the_day(reports: Reports) -> None:
    figures = await reports.today(None, START)
    (bar,) = figures.merchants
    (service,) = figures.operator
    assert (bar.name, bar.placed, bar.delivered) == ("Blue Bar", Sum(4, eur(1710)), Sum(1, eur(640)))
    assert (bar.sold, bar.check_outs) == (Sum(2, eur(890)), 1)
    assert (bar.open_visits, bar.on_hold) == (1, eur(500))
    assert (service.top_ups, service.strays) == (Sum(3, eur(3500)), Sum(1, eur(123)))
    assert (service.wallets, service.refunding) == (eur(2000), eur(110))
    assert (service.refunds, service.parked) == (Sum(1, eur(500)), Sum(1, eur(110)))


async def test_what_was_before_the_day_is_not_in_it_and_what_stands_is(
    reports: Reports, evening: Evening, clock: Clock
) -> None:
    clock.forward(timedelta(hours=12))
    await evening.top_up(300)
    figures = await reports.today(None, clock.now)
    assert figures.merchants[0].placed == figures.merchants[0].sold == Sum(0, eur(0))
    assert figures.merchants[0].on_hold == eur(500)
    assert figures.operator[0].top_ups == Sum(1, eur(300))
    assert figures.operator[0].wallets == eur(2300)


async def test_a_merchants_own_figures_tell_nothing_of_the_operators(reports: Reports) -> None:
    figures = await reports.today(BAR, START)
    assert [each.merchant_id for each in figures.merchants] == [BAR]
    assert figures.operator == ()


async def test_a_day_with_nothing_in_it_has_figures_too(database: Database) -> None:
    reports = await database.open_reports()
    figures = await reports.today(None, START)
    assert (figures.merchants, figures.operator) == ((), ())
    assert await reports.trial_balance() == []
    assert [each async for each in reports.journal()] == []
    await reports.close()


async def test_the_journal_comes_in_order_page_by_page(
    reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.reports.PAGE", 2)
    postings = [each async for each in reports.journal()]
    assert [each.id for each in postings] == list(range(1, len(postings) + 1))
    assert (postings[0].kind, postings[0].amount, postings[0].made_at) == ("top_up", eur(1000), START)
    assert (postings[0].debit, postings[0].credit) == (clearing("sandbox", "EUR"), wallet(ANN, "EUR"))
    assert [each async for each in reports.journal(after_id=3)] == postings[3:]


async def test_nothing_can_be_written_through_their_connection(reports: Reports) -> None:
    with pytest.raises((OperationalError, TransactionManagementError), match=r"read-?only"):
        await reports._context.db().execute_query("UPDATE account SET held = 1")


async def test_several_are_open_at_once_each_on_its_own_file(path: Path, tmp_path: Path) -> None:
    migrate(tmp_path / "other.sqlite3")
    reports = await Reports.open(path)
    other = await Reports.open(tmp_path / "other.sqlite3")
    ours, theirs = await asyncio.gather(reports.trial_balance(), other.trial_balance())
    assert (bool(ours), bool(theirs)) == (True, False)
    await other.close()
    assert await reports.trial_balance() == ours
    await reports.close()


async def test_tasks_that_began_elsewhere_may_read(reports: Reports) -> None:
    both = await asyncio.gather(*(asyncio.create_task(reports.today(BAR, START)) for _ in range(2)))
    assert both[0] == both[1]


async def test_a_file_that_is_not_there_is_refused_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        await Reports.open(tmp_path / "none.sqlite3")
    assert not (tmp_path / "none.sqlite3").exists()
