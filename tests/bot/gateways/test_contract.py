"""Every case of the contract with every adapter, and the published table held against what really ran."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bot.gateways.bench import Bench, CannotDo, Listed, listed
from tests.bot.gateways.contract import CASES, Case
from tests.bot.gateways.programs import Programs
from tests.bot.gateways.rules import rules_lines
from tests.bot.gateways.table import PAGE, Table

BENCHES = listed()


@pytest.fixture(scope="session")
def programs() -> Iterator[Programs]:
    """The judges that are programs of their own, as long as the tests run."""
    programs = Programs()
    yield programs
    programs.close()


@pytest.fixture(scope="session")
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    """The table as it is published; with --rewrite, what runs now is written into it."""
    table = Table.read()
    yield table
    if request.config.getoption("rewrite"):
        table.write(map(_row, CASES), BENCHES)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    "judged",
    [
        pytest.param(each, marks=[pytest.mark.slow] * (each.adapter != "sandbox"), id=str(each))
        for each in BENCHES
    ],
)
async def test_contract(
    judged: Listed, name: str, programs: Programs, table: Table, pytestconfig: pytest.Config
) -> None:
    cell = (_row(name), judged.adapter, judged.judge)
    rewrite = pytestconfig.getoption("rewrite")
    async with judged.open(programs) as bench:
        if rewrite:
            table.cells.pop(cell, None)  # what does not hold any more is not told any more
        why_not = await _judge(bench, name, CASES[name])
    if rewrite:
        table.cells[cell] = why_not
    assert table.cells.get(cell) == why_not, "the published table says otherwise: run make gateways"
    if why_not:
        pytest.skip(why_not)


def test_the_table_lists_nothing_that_is_not_there() -> None:
    there = {(_row(name), each.adapter, each.judge) for name in CASES for each in BENCHES}
    assert set(Table.read().cells) <= there


def test_the_rules_are_published_as_the_adapters_keep_them() -> None:
    assert "\n".join(rules_lines()) in PAGE.read_text()


async def _judge(bench: Bench, name: str, case: Case) -> str:
    """Return "" if the case held, or why this bench cannot show it."""
    if name in bench.cannot:
        return bench.cannot[name]
    try:
        await case(bench)
    except CannotDo as cannot:
        return cannot.reason
    return ""


def _row(name: str) -> str:
    return name.replace("_", " ")
