"""How long it usually takes until what was accepted is brought, by what was brought lately."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import ceil

from core.order_goods import GoodsOrder
from core.ports import Books
from core.serve import Action, Deed

LATEST_ORDERS = 20
RECENT = timedelta(hours=3)
ENOUGH = 5
STEP = timedelta(minutes=5)


def usual_wait(waits: Sequence[timedelta]) -> timedelta | None:
    """Return what orders usually take, rounded up to five minutes; None where too few are known.

    >>> usual_wait([timedelta(minutes=minutes) for minutes in (3, 4, 7, 8, 60)])
    datetime.timedelta(seconds=600)
    """
    if len(waits) < ENOUGH:
        return None
    median = sorted(waits)[len(waits) // 2]
    return max(ceil(median / STEP), 1) * STEP


def waits_in(deeds: Iterable[Deed]) -> list[timedelta]:
    """Return how long each order took from the first acceptance to the first delivery."""
    accepted: dict[int, datetime] = {}
    delivered: dict[int, datetime] = {}
    for deed in sorted(deeds, key=lambda deed: deed.id):
        if deed.action in _ACCEPTS:
            accepted.setdefault(deed.order_id, deed.done_at)
        elif deed.action in _DELIVERS:
            delivered.setdefault(deed.order_id, deed.done_at)
    return [delivered[order_id] - at for order_id, at in accepted.items() if order_id in delivered]


async def usual_wait_at(books: Books, merchant_id: int) -> timedelta | None:
    """Return what orders at the merchant usually take at this time of the day, where enough were brought."""
    latest = await books.find(
        GoodsOrder, merchant_id=merchant_id, is_open=False, by="-id", most=LATEST_ORDERS
    )
    recent = tuple(order.id for order in latest if order.placed_at > books.now - RECENT)
    return usual_wait(waits_in(await books.find(Deed, order_id=recent)))


_ACCEPTS = (Action.ACCEPT, Action.PROMISE)
_DELIVERS = (Action.DELIVER, Action.DELIVER_CHECKED)
