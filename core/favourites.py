"""What a customer orders most at a merchant, as far as it can be had now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.menu import MenuItem, name_of, price_of
from core.money import Money
from core.order_goods import ENDED, GoodsOrder, Line
from core.ports import Books

MOST = 6
LATEST_ORDERS = 40
ENOUGH_ORDERS = 2
"""Of somebody who has ordered less often nothing is known that "the same again" does not tell."""


@dataclass(frozen=True, slots=True)
class Favourite:
    """An item with the options that it is ordered with; *line_id* is where it was ordered last."""

    item: MenuItem
    options: str
    price: Money
    line_id: int

    @property
    def name(self) -> str:
        return name_of(self.item, self.options)


def rank(lines: Iterable[Line]) -> list[Line]:
    """Return the latest line of each thing that came: what was ordered most often first, then the latest.

    The same item with other options is another thing. Of somebody with few orders there are none.
    """
    came = [line for line in lines if line.state not in ENDED]
    if len({line.order_id for line in came}) < ENOUGH_ORDERS:
        return []
    times = Counter((line.item_id, line.options) for line in came)
    latest = {(line.item_id, line.options): line for line in sorted(came, key=lambda line: line.id)}
    return sorted(latest.values(), key=lambda line: (-times[line.item_id, line.options], -line.id))


async def favourites_of(
    books: Books, customer_id: int, menu: Sequence[MenuItem], at: datetime
) -> list[Favourite]:
    """Return what the customer orders most of *menu* and can have *at* that time."""
    if not menu:
        return []
    merchant_id = menu[0].merchant_id
    orders = await books.find(
        GoodsOrder, customer_id=customer_id, merchant_id=merchant_id, by="-id", most=LATEST_ORDERS
    )
    lines = await books.find(Line, order_id=tuple(order.id for order in orders))
    items = {item.id: item for item in menu}
    found = []
    for line in rank(lines):
        item = items.get(line.item_id)
        price = price_of(item, line.options, at) if item else None
        if item and price:
            found.append(Favourite(item, line.options, price, line.id))
    return found[:MOST]
