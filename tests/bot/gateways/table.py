"""The published page: which case was judged by whom, why not by others, and each gateway's rules."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bot.gateways.bench import LIVE, OURS, Listed, listed
from tests.bot.gateways.rules import rules_lines

PAGE = Path(__file__).parents[3] / "docs" / "gateways" / "README.md"
BEGIN = "<!-- From here on written by `make gateways` -->\n"
OURS_SIGNED = f"{OURS} and "
"""Begins the name of a judge whose signatures are made and checked by the package that is named behind."""

_MARKS = {OURS: "S", "localstripe": "L", "stripe-stateful-mock": "M", LIVE: "T"}
_LEGEND = (
    "**S** our stand-in · **S+** our stand-in, signatures by a package of others · **L** localstripe · "
    "**M** stripe-stateful-mock · **T** the provider's test system"
)

Cell = tuple[str, str, str]
"""A case, an adapter, a judge."""


@dataclass(slots=True)
class Table:
    """What became of each case with each adapter and judge: "" if it was shown, else why it cannot be."""

    cells: dict[Cell, str] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Table:
        """Return the table as it is published."""
        _, _, text = PAGE.read_text().partition(BEGIN)
        judges = {(each.adapter, _mark(each.judge)): each.judge for each in listed()}
        head, *rows = _rows(text, "Case by case") or [["", ""]]
        table, names = cls(), {number: case for number, case, *_ in rows}
        for _, case, *cells in rows:
            for adapter, marks in zip(head[2:], cells, strict=True):
                for mark in marks.split():
                    table.cells[case, adapter, judges[adapter, mark]] = ""
        for adapter, marks, numbers, why in _rows(text, "What could not be shown")[1:]:
            for mark in marks.split():
                for number in _read_numbers(numbers):
                    table.cells[names[str(number)], adapter, judges[adapter, mark]] = why
        return table

    def write(self, cases: Iterable[str], benches: Sequence[Listed]) -> None:
        """Publish the table."""
        numbers = {case: number for number, case in enumerate(cases, start=1)}
        parts = {
            "In short": self._in_short(benches, len(numbers)),
            "Case by case": self._case_by_case(benches, numbers),
            "What could not be shown": self._not_shown(benches, numbers),
            "The rules of each gateway": rules_lines(),
        }
        head, _, _ = PAGE.read_text().partition(BEGIN)
        lines = [line for title, content in parts.items() for line in ("", f"## {title}", "", *content)]
        PAGE.write_text(head + BEGIN + "\n".join(lines) + "\n")

    def _in_short(self, benches: Sequence[Listed], cases: int) -> Iterator[str]:
        """Yield for each gateway how many cases each judge has shown."""
        yield f"Out of {cases} cases. What is skipped says so in every run of the tests, with its reason."
        yield ""
        yield from _table("gateway", "our stand-in", "programs of others", LIVE)
        for adapter, its in _by_adapter(benches).items():
            told: dict[str, list[str]] = defaultdict(list)
            for each in its:
                shown = len([1 for (_, name, judge), why in self.cells.items()
                             if (name, judge, why) == (adapter, each.judge, "")])  # fmt: skip
                ran = any((name, judge) == (adapter, each.judge) for _, name, judge in self.cells)
                if each.judge.startswith(OURS):
                    package = each.judge.removeprefix(OURS).removeprefix(" and ")
                    told[OURS].append(f"{shown}{f', signatures by {package}' if package else ''}")
                elif each.judge == LIVE:
                    told[LIVE].append(str(shown) if ran else f"skipped: needs {each.needs}")
                else:
                    told["others"].append(f"{each.judge} {shown}")
            yield _row(adapter, *(", ".join(told[judge]) for judge in (OURS, "others", LIVE)))

    def _case_by_case(self, benches: Sequence[Listed], numbers: Mapping[str, int]) -> Iterator[str]:
        adapters = _by_adapter(benches)
        yield f"{_LEGEND}. An empty cell was shown by nobody."
        yield ""
        yield from _table("", "case", *adapters)
        for case, number in numbers.items():
            shown = (
                _in_order(
                    _mark(each.judge) for each in its if self.cells.get((case, adapter, each.judge)) == ""
                )
                for adapter, its in adapters.items()
            )
            yield _row(str(number), case, *map(" ".join, shown))

    def _not_shown(self, benches: Sequence[Listed], numbers: Mapping[str, int]) -> Iterator[str]:
        """Yield for each gateway and reason which cases by which judges."""
        why: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for each in benches:
            for case, number in numbers.items():
                if reason := self.cells.get((case, each.adapter, each.judge)):
                    why[each.adapter, reason, _mark(each.judge)].append(number)
        together: dict[tuple[str, str, tuple[int, ...]], list[str]] = defaultdict(list)
        for (adapter, reason, mark), found in why.items():
            together[adapter, reason, tuple(found)].append(mark)
        yield from _table("gateway", "judge", "cases", "why")
        for (adapter, reason, cases), marks in sorted(together.items()):
            yield _row(adapter, " ".join(_in_order(marks)), _write_numbers(cases), reason)


def _mark(judge: str) -> str:
    return "S+" if judge.startswith(OURS_SIGNED) else _MARKS[judge]


def _in_order(marks: Iterable[str]) -> list[str]:
    """Return marks as the legend has them."""
    return sorted(marks, key=["S", "S+", "L", "M", "T"].index)


def _by_adapter(benches: Sequence[Listed]) -> dict[str, list[Listed]]:
    names = sorted({each.adapter for each in benches})
    return {name: [each for each in benches if each.adapter == name] for name in names}


def _write_numbers(numbers: Sequence[int]) -> str:
    """Return numbers in short.

    >>> _write_numbers([1, 2, 3, 5, 6, 9])
    '1-3, 5, 6, 9'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def _read_numbers(text: str) -> list[int]:
    """Return the numbers that were written so.

    >>> _read_numbers("1-3, 5, 6, 9")
    [1, 2, 3, 5, 6, 9]
    """
    runs = [list(map(int, part.split("-"))) for part in text.split(", ")]
    return [number for run in runs for number in range(run[0], run[-1] + 1)]


def _rows(text: str, title: str) -> list[list[str]]:
    """Return the rows of the table below a title."""
    found = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    lines = found[1].splitlines() if found else []
    return [_cells(line) for line in lines if line.startswith("|") and "---" not in line]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]


def _table(*head: str) -> tuple[str, str]:
    return _row(*head), _row(*["---"] * len(head))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")
