"""What was brought and shall not be paid after all: taken back, or on the house."""

from __future__ import annotations

from core.check_out import CheckOut
from core.errors import NotAllowed, NotYours
from core.ledger import SHARED, Transfer, payable, refunding, wallet
from core.lot import restore
from core.money import total
from core.order_goods import GoodsOrder, Line, LineState
from core.ports import Books
from core.refund import give_back
from core.serve import AMENDED, Action, ServeOrder, changed, lock_order, note, save_line, take_up

RETURN = "return"
"""The kind of the transfer that gives a sale back."""


async def make_good(books: Books, ask: ServeOrder) -> int:
    """Take lines off the bill, with a reason; return the order's number.

    Before the checkout their money is free again. After it the merchant gives it back to exactly the top-ups
    that paid, and where the customer had the rest refunded, it goes the same way.
    """
    if ask.action not in AMENDED:
        raise NotAllowed
    payer = await books.get(GoodsOrder, ask.order_id)
    if payer is None:
        raise NotYours
    currency = payer.total.currency
    accounts = refunding(payer.customer_id, currency), payable(payer.merchant_id, currency)
    order, lines = await lock_order(books, ask.order_id, *accounts)
    chosen = await take_up(books, order, lines, ask)
    made_good = [line for line in chosen if line.state in _FROM[ask.action]]
    for line in made_good:
        await _give_back(books, order, line)
        await save_line(books, line, AMENDED[ask.action], ask.reason or "")
    await note(books, ask, made_good, whole=not ask.line_id and chosen == lines)
    await changed(books, order)
    return order.id


async def _give_back(books: Books, order: GoodsOrder, line: Line) -> None:
    if not line.paid:
        await books.release(line.hold_id)
        return
    assert line.sale_id is not None, "a checkout notes what it captured"
    currency = line.total.currency
    purse, earned = wallet(order.customer_id, currency), payable(order.merchant_id, currency)
    (transfer,) = await books.post(Transfer(RETURN, earned, purse, line.total, reverses=line.sale_id))
    shares = await restore(books, line.sale_id, transfer)
    own = total((share.amount for share in shares if not share.lot.stays), currency)
    (receipt,) = await books.find(CheckOut, visit_id=line.visit_id)
    if receipt.refund_id is not None and own:
        await give_back(books, order.customer_id, own, SHARED)


_FROM = {
    Action.COMP: frozenset({LineState.DELIVERED, LineState.UNDELIVERABLE}),
    Action.RETURN: frozenset({LineState.DELIVERED}),
}
