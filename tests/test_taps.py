"""How many taps an order takes from the scan of a seat's code: counted, so that nobody has to believe it."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.order_goods import GoodsOrder
from tests.stage import Stage, open_stage
from tests.transcript import Transcript

MOST = 4
MOST_AGAIN = 2

SHORT = "# The menu is short."
LONG = 'ada sends a menu of 30 items in 3 categories captioned "1"'
OPTIONS = 'ada sends menu.csv captioned "1": category,item,price,options / Beer,Pils,3.20,Size: S | L +1'
ROWS = " / ".join(f"Kind {n % 3},Item {n},3.20,Size: S | L +1" for n in range(30))
LONG_OPTIONS = f'ada sends menu.csv captioned "1": category,item,price,options / {ROWS}'
A_REGULAR = """
ann* 🍺 Order
ann* Pils · €3.20
ann* Order · €3.20
ann* 🔁 Same again
ann* Order · €3.20
"""


@pytest.mark.parametrize(
    ("before", "taps", "most"),
    [
        (SHORT, ["🍺 Order", "Pils · €3.20", "Order · €3.20"], MOST),
        (LONG, ["🍺 Order", "Kind 2", "Item 12 · €1.11", "Order · €1.11"], MOST),
        (OPTIONS, ["🍺 Order", "Pils · €3.20 …", "Order · €3.20"], MOST),
        (A_REGULAR, ["🍺 Order", "⭐ What I like", "Pils · €3.20", "Order · €3.20"], MOST),
        (A_REGULAR, ["🔁 Same again", "Order · €3.20"], MOST_AGAIN),
        (LONG_OPTIONS, ["🍺 Order", "Kind 1", "Item 1 · €3.20 …", "Order · €3.20"], MOST),
    ],
    ids=["short menu", "long menu", "options", "favourite", "same again", "options in a long menu"],
)
async def test_taps_from_the_scan_to_the_order(
    before: str, taps: list[str], most: int, tmp_path: Path
) -> None:
    """With money in the wallet, and with the options that are chosen beforehand."""
    async with open_stage(tmp_path) as stage:
        await stage.ready_bar()
        play = Transcript(stage)
        await play.play("\n".join(["ada> /start", "Ann sits at A12 with 50.00", before, "ann scans A1"]))
        ordered = await _orders(stage)
        for nth, label in enumerate(taps, start=1):
            told = await play.play(f"ann* {label}")
            assert "impossible" not in told, told
            assert await _orders(stage) == ordered + (nth == len(taps))
    assert len(taps) <= most


async def _orders(stage: Stage) -> int:
    return len(await stage.service.store.run(lambda books: books.find(GoodsOrder)))
