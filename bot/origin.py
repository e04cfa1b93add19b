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


@dataclass(frozen=True, slots=True)
class Names:
    """Who pays for an order, and to whom it is brought, where these are two."""

    payer_id: int
    payer: str
    receiver_id: int
    receiver: str


async def names_of(books: Books, order: GoodsOrder) -> Names | None:
    """Return who pays for an order and who receives it, if these are two."""
    if order.for_visit_id is None:
        return None
    payer = await customer_of(books, order.customer_id)
    receiver = await customer_of(books, await receiver_of(books, order))
    return Names(payer.id, payer.name, receiver.id, receiver.name)


async def origin_of(books: Books, locale: Locale, order: GoodsOrder, reader_id: int) -> Origin:
    """Return what a customer is told of where an order comes from."""
    names = await names_of(books, order)
    rows = origin_rows(locale, order, names, reader_id)
    return Origin(rows, names.payer if names and names.payer_id != reader_id else "")


def origin_rows(locale: Locale, order: GoodsOrder, names: Names | None, reader_id: int = 0) -> list[str]:
    """Return what is to be known of where an order comes from, as HTML; *reader_id* is 0 for staff."""
    rows: list[str] = []
    if order.entered_by:
        word = "card-entered" if not reader_id else "order-entered"
        rows.append(locale.say(word, by=order.entered_by))
    if names:
        kind = "gift" if order.party_id is None else "host"
        side = {names.payer_id: "paid", names.receiver_id: "received"}.get(reader_id, "card")
        rows.append(locale.say(f"origin-{kind}-{side}", payer=names.payer, receiver=names.receiver))
    return rows


async def receivers_of(books: Books, order_ids: set[int]) -> dict[int, str]:
    """Return to whom those of the orders were brought that somebody else pays: names, by number."""
    orders = await books.find(GoodsOrder, id=tuple(order_ids)) if order_ids else []
    return {
        order.id: (await customer_of(books, await receiver_of(books, order))).name
        for order in orders
        if order.for_visit_id is not None
    }
