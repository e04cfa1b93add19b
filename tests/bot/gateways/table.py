"""The published table: which case was judged by whom, and why not."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.bot.gateways.bench import Listed

PAGE = Path(__file__).parents[3] / "docs" / "gateways" / "README.md"
BEGIN = "<!-- From here on written by `make gateways` -->\n"


@dataclass(slots=True)
class Table:
    """What became of each case with each adapter and judge: "" if it was shown, else why it cannot be."""

    cells: dict[tuple[str, str, str], str] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Table:
        """Return the table as it is published."""
        _, _, text = PAGE.read_text().partition(BEGIN)
        shown, _, rest = text.partition("\n## ")
        lines = [line for line in shown.splitlines() if line.startswith("| ") and "---" not in line]
        head, *rows = [_cells(line) for line in lines] or [[]]
        table = cls()
        for case, *cells in rows:
            for adapter, judges in zip(head[1:], cells, strict=True):
                for judge in filter(None, judges.split(", ")):
                    table.cells[case, adapter, judge] = ""
        for line in rest.splitlines():
            match = re.fullmatch(r"- \*\*(.+?)\*\*, judged by (.+?): (.+?): (.+)", line)
            for case in match[4].split("; ") if match else ():
                assert match
                table.cells[case, match[1], match[2]] = match[3]
        return table

    def write(self, cases: Iterable[str], benches: Iterable[Listed]) -> None:
        """Publish the table."""
        cases, benches = tuple(cases), tuple(benches)
        adapters = sorted({each.adapter for each in benches})
        lines = ["", _row("case", *adapters), _row(*["---"] * (len(adapters) + 1))]
        lines += [
            _row(case, *(", ".join(self._judges(case, name, benches)) for name in adapters)) for case in cases
        ]
        why = defaultdict(list)
        for case in cases:
            for each in benches:
                if reason := self.cells.get((case, each.adapter, each.judge)):
                    why[each.adapter, each.judge, reason].append(case)
        lines += _part(
            "What could not be shown",
            [
                f"- **{adapter}**, judged by {judge}: {reason}: {'; '.join(rows)}"
                for (adapter, judge, reason), rows in sorted(why.items())
            ],
        )
        ran = {(adapter, judge) for _, adapter, judge in self.cells}
        lines += _part(
            "What has not been run",
            [
                f"- **{each.adapter}** with {each.judge}: needs {each.needs}."
                for each in benches
                if (each.adapter, each.judge) not in ran
            ],
        )
        head, _, _ = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(head + BEGIN + "\n".join(lines) + "\n")

    def _judges(self, case: str, adapter: str, benches: Iterable[Listed]) -> list[str]:
        return [
            each.judge
            for each in benches
            if each.adapter == adapter and self.cells.get((case, adapter, each.judge)) == ""
        ]


def _part(title: str, lines: list[str]) -> list[str]:
    return ["", f"## {title}", "", *lines] if lines else []


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")
