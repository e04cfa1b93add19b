"""For whom an order is, who pays for it and who entered it, where that is not one and the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.locales import Locale
from core.open_account import customer_of
from core.order_goods import GoodsOrder, receiver_of
from core.ports import Books


@dataclass(frozen=True, slots=True)
class Origin:
    """What a customer is told of where an order comes from; *payer* is who pays, if somebody else does."""

    rows: Sequence[str] = ()
    payer: str = ""


NOTHING = Origin()


async def origin_of(books: Books, locale: Locale, order: GoodsOrder, reader_id: int) -> Origin:
    """Return what a customer is told of where an order comes from."""
    rows = await origin_rows(books, locale, order, reader_id)
    other = order.customer_id != reader_id
    return Origin(rows, (await customer_of(books, order.customer_id)).name if other else "")


async def origin_rows(books: Books, locale: Locale, order: GoodsOrder, reader_id: int = 0) -> list[str]:
    """Return what is to be known of where an order comes from, as HTML; *reader_id* is 0 for staff."""
    rows: list[str] = []
    if order.entered_by:
        word = "card-entered" if not reader_id else "order-entered"
        rows.append(locale.say(word, by=order.entered_by))
    if order.for_visit_id is not None:
        receiver_id = await receiver_of(books, order)
        payer, receiver = await customer_of(books, order.customer_id), await customer_of(books, receiver_id)
        kind = "gift" if order.party_id is None else "host"
        side = {order.customer_id: "paid", receiver_id: "received"}.get(reader_id, "card")
        rows.append(locale.say(f"origin-{kind}-{side}", payer=payer.name, receiver=receiver.name))
    return rows


async def receivers_of(books: Books, order_ids: set[int]) -> dict[int, str]:
    """Return to whom those of the orders were brought that somebody else pays: names, by number."""
    orders = await books.find(GoodsOrder, id=tuple(order_ids)) if order_ids else []
    return {
        order.id: (await customer_of(books, await receiver_of(books, order))).name
        for order in orders
        if order.for_visit_id is not None
    }
