"""What is brought instead of something sold out, where the customer named it beforehand."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.ledger import wallet
from core.menu import MenuItem, menu_of, name_of, plain_choice, plain_price, take_stock
from core.order_goods import GoodsOrder, Line, LineState, OrderPlaced, wall_clock
from core.ordering import ordering_of, watch
from core.ports import Books
from core.seat import Seat
from core.visit import Visit

ALTERNATIVES = 3


async def bring_instead(books: Books, order: GoodsOrder, line: Line, patience: timedelta, zone: str) -> None:
    """Order the substitute of a line that was declined, if it is for sale and costs no more.

    Something dearer is never ordered by itself. The wallet is locked, and has just got the line's money back.
    """
    item = await books.get(MenuItem, line.substitute_id) if line.substitute_id else None
    price = plain_price(item, wall_clock(books, zone)) if item else None
    if item is None or price is None or line.total < price * line.quantity:
        return
    if item.stock is not None and item.stock < line.quantity:
        return
    visit = await books.get(Visit, order.brought_to)
    seat = await books.get(Seat, visit.seat_id) if visit else None
    assert seat is not None
    amount = price * line.quantity
    new = await books.add(
        GoodsOrder(
            0, line.visit_id, order.customer_id, order.merchant_id, seat.label, order.note, amount, 1,
            books.now, instead_of=line.id, for_visit_id=order.for_visit_id, party_id=order.party_id,
        )
    )  # fmt: skip
    (hold,) = await books.hold(wallet(order.customer_id, amount.currency), amount)
    await books.add(
        Line(
            0, new.id, line.visit_id, item.id, name_of(item, plain_choice(item)), line.quantity,
            amount, hold, LineState.PLACED, "", False, item.allergens, item.least_age,
            item.tax_basis_points, plain_choice(item), station=item.station,
        )
    )  # fmt: skip
    await take_stock(books, item, line.quantity)
    await watch(books, await ordering_of(books, order.merchant_id), new.id, new.placed_at, patience)
    books.tell(OrderPlaced(new.id))


async def alternatives(books: Books, item: MenuItem, at: datetime) -> list[MenuItem]:
    """Return what can be had *at* that time in the same category, nearest in price first."""
    others = [each for each in await menu_of(books, item.merchant_id) if each.id != item.id]
    near = [each for each in others if each.category == item.category and plain_price(each, at)]
    return sorted(near, key=lambda each: abs(each.price.minor - item.price.minor))[:ALTERNATIVES]
