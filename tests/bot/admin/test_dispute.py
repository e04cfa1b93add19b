"""Disputes reach the books by the provider's own notices."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.dispute import Dispute, DisputeState
from core.lot import Lot
from tests.core.evening import eur
from tests.stage import Stage, open_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Ann has topped up 20.00 on the provider's page."""
    async with open_stage(tmp_path, GATEWAYS="sandbox-link") as stage:
        await stage.ready_bar()
        await stage.client.start(stage.people["ada"])
        ann = await stage.add_person("Ann")
        await stage.client.start(ann, await stage.seat_token("A1"))
        await stage.settle()
        for label in ("Open my account", "Top up", "€20.00"):
            await stage.client.tap(ann, label)
            await stage.settle()
        page = (await stage.client.pages())[-1]
        await stage.client.use_page(ann, page["id"])
        await stage.settle()
        yield stage


async def lot(stage: Stage) -> Lot:
    (found,) = await stage.service.store.run(lambda books: books.find(Lot))
    return found


async def disputes(stage: Stage) -> list[tuple[DisputeState, int]]:
    found = await stage.service.store.run(lambda books: books.find(Dispute))
    return [(each.state, each.held.minor) for each in found]


@pytest.mark.parametrize("won", [True, False])
async def test_a_dispute_is_opened_and_ended_by_notices(stage: Stage, won: bool) -> None:
    opened = await stage.client.dispute((await lot(stage)).source, 1500)
    await stage.settle()
    assert await disputes(stage) == [(DisputeState.OPEN, 1500)]
    await stage.client.close_dispute(opened["id"], won)
    await stage.settle()
    assert await disputes(stage) == [(DisputeState.WON if won else DisputeState.LOST, 1500)]
    assert (await lot(stage)).charged_back == eur(0 if won else 1500)
    await stage.assert_true_books()


@pytest.mark.parametrize("fault", ["repeat", "delay"])
async def test_a_notice_that_comes_twice_or_late_is_booked_once(stage: Stage, fault: str) -> None:
    await stage.client.fault("notice", fault)
    opened = await stage.client.dispute((await lot(stage)).source)
    await stage.client.close_dispute(opened["id"], False)
    await stage.settle()
    await stage.client.release_notices()
    await stage.settle()
    assert await disputes(stage) == [(DisputeState.LOST, 2000)]
    await stage.assert_true_books()
