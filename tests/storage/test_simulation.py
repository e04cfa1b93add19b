"""Whatever callers and database do, each deed is done once or not at all, and the model agrees to the cent.

`make soak` plays this for longer. The seed is printed; SIMULATION_SEED gives its dice again, though not
the moments at which the threads take turns.
"""

from __future__ import annotations

import os
import random

import pytest

from core.errors import ShortOfMoney
from storage.database import Database, OpenStore
from tests.storage.simulation import Simulation

ROUNDS = int(os.environ.get("SOAK_ROUNDS", "1"))


@pytest.mark.parametrize("round_", range(ROUNDS))
async def test_the_storage_agrees_with_the_model(store: OpenStore, database: Database, round_: int) -> None:
    seed = int(os.environ.get("SIMULATION_SEED", random.SystemRandom().randrange(10**6)))
    print(f"SIMULATION_SEED={seed}")  # noqa: T201 - to repeat a run
    simulation = Simulation(store, seed)
    await simulation.play(callers=12, deeds=20)
    assert database.examine() == []
    refused = [outcome for _, outcome in simulation.outcomes.values() if isinstance(outcome, ShortOfMoney)]
    assert simulation.trouble.failures
    assert 0 < len(refused) < len(simulation.outcomes)
