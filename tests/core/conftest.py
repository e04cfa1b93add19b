"""A bar that is open, with Ann sitting at A12."""

from __future__ import annotations

import pytest

from core.ports import Store
from tests.core.evening import ANN, Evening


@pytest.fixture
async def evening(store: Store) -> Evening:
    evening = Evening(store)
    await evening.open_the_bar()
    await evening.sit_down(ANN)
    return evening
