"""Change the core a little, thousands of times, and say which changes no test and no type notices.

`python -m tests.mutants`, or `python -m tests.mutants core.stray core.menu` for some modules only. A change
that survives has to be caught by a better test of tests/core, or explained in docs/mutants.md; the exit
status is 1 as long as there is another.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "mutants.md"
NOTICED = frozenset({"killed", "timeout", "caught by type check"})

Mutant = tuple[str, ...]
"""Where the change is, such as `core.menu.read_menu`, and the lines that go (-) and come (+)."""


def main(modules: Sequence[str]) -> int:
    """Try the changes of *modules* anew, of all if there are none; print those that survive and are not
    explained, ready for the page.
    """
    shutil.rmtree(ROOT / "mutants", ignore_errors=True)
    made = _mutmut("run", *(f"{module}.*" for module in modules))
    if made.returncode:
        sys.stdout.write(made.stdout[-2000:])
        return 1
    prefixes = tuple(f"{module}." for module in modules or ["core"])
    became = {name: outcome for name, outcome in _outcomes().items() if name.startswith(prefixes)}
    survivors = {_shown(name) for name, outcome in became.items() if outcome not in NOTICED}
    explained = {each for each in read_explained(PAGE.read_text("utf-8")) if each[0].startswith(prefixes)}
    for each in sorted(survivors - explained):
        sys.stdout.write("\n".join(each) + "\n\n")
    for each in sorted(explained - survivors):
        sys.stdout.write("is explained and does not survive: " + " ".join(each) + "\n")
    counted = ", ".join(f"{count} {outcome}" for outcome, count in sorted(Counter(became.values()).items()))
    sys.stdout.write(f"{len(became)} changes: {counted}; {len(survivors - explained)} to be explained\n")
    return 1 if survivors - explained else 0


def read_explained(page: str) -> set[Mutant]:
    """Return the changes that the page explains: in blocks of diff, one behind an empty line each."""
    blocks = re.findall(r"^```diff\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    return {tuple(change.splitlines()) for block in blocks for change in block.strip().split("\n\n")}


def _outcomes() -> dict[str, str]:
    """Return what became of each change, by the name that mutmut gives it."""
    lines = _mutmut("results", "--all", "true").stdout.splitlines()
    return dict(line.strip().split(": ", 1) for line in lines if "__mutmut_" in line)


def _shown(name: str) -> Mutant:
    lines = _mutmut("show", name).stdout.splitlines()
    changed = [line for line in lines if re.match(r"[-+](?![-+]{2} )", line)]
    return (_place(name), *(f"{line[0]} {line[1:].strip()}" for line in changed))


def _place(name: str) -> str:
    """Return where a change is, in our own words.

    >>> _place("core.menu.x__read_lines__mutmut_3"), _place("core.money.xǁMoneyǁtimes__mutmut_1")
    ('core.menu._read_lines', 'core.money.Money.times')
    """
    return re.sub(r"\.x(_|ǁ)(.*)__mutmut_\d+$", r".\2", name).replace("ǁ", ".")


def _mutmut(*arguments: str) -> subprocess.CompletedProcess[str]:
    beside = Path(sys.executable).parent  # where mypy is, too
    return subprocess.run(
        [beside / "mutmut", *arguments],
        cwd=ROOT, env={**os.environ, "THOROUGH": "1", "PATH": f"{beside}:{os.environ['PATH']}"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
