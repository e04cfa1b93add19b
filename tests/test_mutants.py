"""What docs/mutants.md explains is a change of code that is still there."""

from __future__ import annotations

import pytest

from tests.mutants import PAGE, ROOT, Mutant, read_explained


@pytest.mark.parametrize("change", sorted(read_explained(PAGE.read_text("utf-8"))), ids=lambda it: it[0])
def test_the_line_that_is_changed_is_there(change: Mutant) -> None:
    place, *lines = change
    package, module, *_ = place.split(".")
    code = {line.strip() for line in (ROOT / package / f"{module}.py").read_text("utf-8").splitlines()}
    assert [line for line in lines if line.startswith("- ") and line[2:] not in code] == []
