"""Gateways' books are fetched each morning, kept, booked and laid beside ours; and from the shell."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.admin.reconcile import (
    differences_csv,
    hours_of,
    is_listed,
    latest_day,
    next_morning,
    read_request,
    summary_text,
)
from bot.gateways import Gateways
from bot.locales import Locale
from bot.outbox import Message
from bot.wiring import reconcile
from core.errors import DayUnreadable, GatewayUnknown
from core.gateway import Capabilities, GatewayAway, Movement, MovementKind
from core.ledger import bank, clearing, gateway_fees
from core.money import Money
from core.reconcile import Clearing, Cover, Difference, Fees, Reconciliation, StatementLine, Verdict
from tests.core.evening import eur
from tests.stage import START, Stage, open_stage

KNOWN = ("stripe", "wechat")
EAST = timezone(timedelta(hours=8))


@dataclass
class Told:
    """A gateway that tells these books, or none."""

    lines: list[Movement] = field(default_factory=list)
    away: bool = False
    asked: int = 0
    name: str = "sandbox"
    capabilities: Capabilities = field(default_factory=Capabilities)
    since: list[datetime] = field(default_factory=list)

    async def movements(self, since: datetime, until: datetime) -> AsyncIterator[Movement]:
        self.asked += 1
        self.since.append(since)
        if self.away:
            raise GatewayAway("http_503")
        for line in self.lines:
            if since <= line.at < until:
                yield line

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Ann has topped up 20.00."""
    async with open_stage(tmp_path) as stage:
        await stage.ready_bar()
        await stage.client.start(stage.people["ada"])
        await stage.client.start(await stage.add_person("Ann"), await stage.seat_token("A1"))
        await stage.settle()
        await stage.client.tap(stage.people["ann"], "Open my account")
        await stage.settle()
        await stage.top_up("ann", eur(2000))
        yield stage


def ask_only(stage: Stage, told: Told) -> None:
    """Let errands know no other gateway than this one."""
    work = stage.service.errands.work
    work.house = replace(work.house, gateways=Gateways.only(told))  # type: ignore[arg-type]


async def says(stage: Stage) -> list[str]:
    """Return what Ada was told, newest last."""
    posts = stage.sandbox.world.posts(stage.people["ada"].id)
    return [post.body.get("text", "") for post in posts]


async def balance(stage: Stage, account: object) -> int:
    standing = await stage.service.store.run(lambda books: books.standing(account))  # type: ignore[arg-type]
    return standing.balance.minor


async def pass_hours(stage: Stage, hours: int) -> None:
    stage.clock.advance(timedelta(hours=hours))
    await stage.settle()


async def test_each_morning_fees_and_payouts_are_booked_once(stage: Stage) -> None:
    charge = next(iter(stage.sandbox.parts.provider.charges))
    told = Told(
        [
            Movement("1", MovementKind.CHARGE, "", charge, eur(2000), START),
            Movement("2", MovementKind.FEE, "", charge, eur(-58), START),
            Movement("3", MovementKind.PAYOUT, "", "", eur(-1942), START),
        ]
    )
    ask_only(stage, told)
    for _ in range(3):
        await pass_hours(stage, 24)
    assert told.asked == 3
    assert (await says(stage))[-3].startswith("✅ sandbox · 1 May 2026: both books agree (1 matched)")
    assert "Kept as fees: €0.58 · paid out to the bank: €19.42" in (await says(stage))[-3]
    assert "All gateways and the bank hold €19.42. Customers own €20.00" in (await says(stage))[-3]
    assert "⚠️ €0.58 of the customers' money is missing" in (await says(stage))[-3]
    assert await balance(stage, gateway_fees("EUR")) == -58
    assert await balance(stage, bank("EUR")) == -1942
    assert await balance(stage, clearing("sandbox", "EUR")) == 0
    await stage.assert_true_books()


async def test_a_gateway_that_is_away_is_asked_again_every_hour_and_said_once(stage: Stage) -> None:
    told = Told(away=True)
    ask_only(stage, told)
    await pass_hours(stage, 12)
    for _ in range(3):
        await pass_hours(stage, 1)
    told.away = False
    await pass_hours(stage, 1)
    assert told.asked == 5
    told_words = [text.partition(" ")[0] for text in await says(stage)]
    assert told_words[-3:] == ["sandbox", "⚠️", ""]
    assert told_words.count("sandbox") == 1


async def test_a_gateway_that_lists_late_is_only_asked_about_days_that_it_has_listed(stage: Stage) -> None:
    told = Told(capabilities=Capabilities(lists_after=timedelta(hours=34)))
    ask_only(stage, told)
    await pass_hours(stage, 12)
    begin, _ = hours_of(date(2026, 4, 29), stage.house_settings.timezone)
    assert told.since == [begin - timedelta(days=1)]
    assert (await says(stage))[-1].startswith("✅ sandbox · 29 Apr 2026: both books agree (0 matched)")
    stage.service.house = replace(stage.service.house, gateways=Gateways.only(told))  # type: ignore[arg-type]
    await stage.client.send(stage.people["ada"], "/reconcile 2026-05-01")
    await stage.settle()
    assert (await says(stage))[-1].startswith(
        "sandbox has not listed 1 May 2026 yet. Ask again from 3 May 2026"
    )
    assert told.asked == 1
    await pass_hours(stage, 24)
    await pass_hours(stage, 24)
    assert "charge T-1 #1: €20.00 with us, unknown there" in (await says(stage))[-2]


async def test_the_shell_says_what_is_not_listed_yet(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Told(capabilities=Capabilities(lists_after=timedelta(hours=34)))
    monkeypatch.setattr("bot.wiring.make_gateways", lambda settings, clock: Gateways.only(told))  # type: ignore[arg-type]
    ((agrees, text),) = [each async for each in reconcile(stage.house_settings, "2999-05-01")]
    assert not agrees
    assert text.startswith("sandbox has not listed 1 May 2999 yet")
    (text,) = [text async for _, text in reconcile(stage.house_settings, "")]
    assert "not listed" not in text
    assert told.asked == 1


async def test_the_shell_says_what_differs_and_changes_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told()
    monkeypatch.setattr("bot.wiring.make_gateways", lambda settings, clock: Gateways.only(told))  # type: ignore[arg-type]
    found = [each async for each in reconcile(stage.house_settings, "sandbox 2026-05-01")]
    assert [agrees for agrees, _ in found] == [False]
    assert "charge T-1 #1: €20.00 with us, unknown there" in found[0][1]
    charge = next(iter(stage.sandbox.parts.provider.charges))
    told.lines.append(Movement("1", MovementKind.CHARGE, "", charge, eur(2000), START))
    told.lines.append(Movement("2", MovementKind.FEE, "", charge, eur(-58), START))
    assert [agrees async for agrees, _ in reconcile(stage.house_settings, "2026-05-01")] == [True]
    assert await stage.service.store.run(lambda books: books.find(StatementLine)) == []
    told.away = True
    assert [each async for each in reconcile(stage.house_settings, "2026-05-01")] == [
        (False, "sandbox: does not tell its books (http_503)")
    ]
    with pytest.raises(GatewayUnknown):
        await anext(reconcile(stage.house_settings, "alipay"))


def test_a_request_names_gateways_and_a_day_in_any_order() -> None:
    assert read_request("", KNOWN) == (KNOWN, None)
    assert read_request("2026-04-02 wechat", KNOWN) == (("wechat",), date(2026, 4, 2))
    for wrong, refusal in (("paypal", GatewayUnknown), ("2026-02-30", DayUnreadable), ("1", DayUnreadable)):
        with pytest.raises(refusal):
            read_request(wrong, KNOWN)


def test_days_and_mornings_are_those_of_the_house() -> None:
    since, until = hours_of(date(2026, 5, 2), EAST)
    assert (since, until - since) == (datetime(2026, 5, 1, 16, tzinfo=since.tzinfo), timedelta(days=1))
    assert next_morning(datetime(2026, 5, 2, 5, 59, tzinfo=EAST), EAST).day == 2
    assert next_morning(datetime(2026, 5, 2, 6, 0, tzinfo=EAST), EAST).day == 3


@pytest.mark.parametrize(("hour", "latest"), [(9, 28), (10, 29)])
def test_a_day_is_listed_once_its_last_moment_is(hour: int, latest: int) -> None:
    late, now = (
        Told(capabilities=Capabilities(lists_after=timedelta(hours=34))),
        datetime(2026, 5, 1, hour, tzinfo=EAST),
    )
    assert latest_day(late, now, EAST) == date(2026, 4, latest)
    assert [is_listed(late, date(2026, 4, day), now, EAST) for day in (latest, latest + 1)] == [True, False]
    assert latest_day(Told(), now, EAST) == date(2026, 4, 30)
    assert is_listed(Told(), date(2026, 5, 1), now, EAST)  # what there is of it


def found(*differences: Difference) -> Reconciliation:
    return Reconciliation(
        "stripe", START, START + timedelta(days=1), 5, differences, (Fees(eur(35), eur(900)),),
        (Clearing(eur(100), stale=True), Clearing(Money(0, "USD"), stale=False)),
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everything_that_can_differ_can_be_said(language: str) -> None:
    every = [
        Difference(verdict, kind, "T-1 #1", "n-1", "paid", eur(5), None, START)
        for verdict in Verdict
        for kind in MovementKind
    ]
    text = summary_text(Locale.of(language), found(*every))
    assert len(text.splitlines()) == 1 + 8 + 1 + 1 + 1
    assert summary_text(Locale.of(language), found()).count("stripe") == 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_held_is_said_and_what_is_missing_is_named(language: str) -> None:
    def rows(held: int) -> list[str]:
        covered = replace(found(), cover=(Cover(eur(held), eur(2000), eur(300)),))
        return summary_text(Locale.of(language), covered).splitlines()

    enough, short = rows(2000), rows(1990)
    assert all(amount in enough[-1] for amount in ("20.00", "3.00"))
    assert (len(short), "⚠️" in enough[-1]) == (len(enough) + 1, False)
    assert "⚠️" in short[-1]
    assert "0.10" in short[-1]


async def test_a_summary_is_quiet_unless_something_is_missing(stage: Stage) -> None:
    charge = next(iter(stage.sandbox.parts.provider.charges))
    told = Told([Movement("1", MovementKind.CHARGE, "", charge, eur(2000), START)])
    ask_only(stage, told)
    await pass_hours(stage, 24)
    told.lines.append(Movement("2", MovementKind.FEE, "", charge, eur(-58), START + timedelta(days=1)))
    await pass_hours(stage, 24)
    said = await stage.service.store.run(lambda books: books.find(Message, chat_id=stage.people["ada"].id))
    summaries = [json.loads(each.body) for each in said if "both books" in each.body]
    assert [each["quiet"] for each in summaries] == [True, False]


def test_the_csv_holds_all_of_it_and_no_formula() -> None:
    wild = Difference(
        Verdict.THEIRS_ONLY, MovementKind.CHARGE, "", "=1+1", "", None, Money(700, "USD"), START
    )
    text = differences_csv(found(wild, wild)).decode("utf-8-sig")
    assert text.count("\r\n") == 3
    assert "stripe,theirs-only,charge,,'=1+1,,,7.00 USD" in text
