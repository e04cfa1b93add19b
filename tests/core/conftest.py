"""A bar that is open, with Ann sitting at A12."""

from __future__ import annotations

import os

import pytest
from hypothesis import Phase, settings

from core.hours import read_windows
from core.options import read_options
from core.ports import Store
from tests.core.evening import ANN, Evening

MUTANTS = "MUTANT_UNDER_TEST" in os.environ

if MUTANTS:  # whatever is found is enough: nobody reads the smallest example
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("mutants", settings.get_profile("house"), phases=phases)
    settings.load_profile("mutants")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Judge a mutant by the quick tests first, and by what plays at random last."""
    if MUTANTS:
        items.sort(key=lambda item: hasattr(item, "obj") and hasattr(item.obj, "hypothesis"))
        items.sort(key=lambda item: "test_ledger_machine" in item.nodeid)


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Read anew what was read before: `make mutants` changes the core in a process that has run it."""
    read_windows.cache_clear()
    read_options.cache_clear()


@pytest.fixture
async def evening(store: Store) -> Evening:
    evening = Evening(store)
    await evening.open_the_bar()
    await evening.sit_down(ANN)
    return evening
