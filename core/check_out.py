"""Step 4: the customer ends the visit; holds become the merchant's money; a checkout order is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.call import end_calls
from core.debt import debts_of, pay_debts
from core.errors import AlreadyLeft, OrdersOnTheWay, OutOfDate
from core.gift import offered_by, withdraw_with_visit
from core.ledger import SHARED, Account, Standing, payable, refunding, wallet
from core.lot import spend
from core.money import Money, total
from core.order_goods import (
    COMING,
    ENDED,
    UNANSWERED,
    GoodsOrder,
    Line,
    LineState,
    OrderChanged,
    lines_of,
)
from core.party import end_with_visit
from core.ports import Books
from core.presence import end_admission
from core.refund import give_back, whole_rest
from core.serve import Reason, end_unanswered
from core.visit import Visit, VisitState, current_visit


@dataclass(frozen=True, slots=True)
class Bill:
    """What a checkout would come to now."""

    delivered: Money
    coming: Money
    unanswered: Money
    left: Money
    """What could be spent or go back, once everything delivered and coming is paid."""


class Cause(StrEnum):
    """Why a visit was checked out."""

    CUSTOMER = ""
    IDLE = "idle"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class CheckOut:
    """A checkout order: what the visit cost, and what was left in the wallet, or of that went back."""

    id: int
    visit_id: int
    customer_id: int
    merchant_id: int
    seat_id: int
    paid: Money
    left: Money
    refund_id: int | None
    made_at: datetime
    cause: Cause = Cause.CUSTOMER


@dataclass(frozen=True, slots=True)
class AskCheckOut:
    """*version* is the visit's as the preview showed it.

    *pay_coming*: pay now for what is accepted and not delivered yet. *refund_rest*: send back
    what is left.
    """

    customer_id: int
    merchant_id: int
    currency: str
    visit_id: int
    version: int
    pay_coming: bool
    refund_rest: bool


@dataclass(frozen=True, slots=True)
class CheckedOut:
    """Event: the visit is over and paid."""

    check_out_id: int


def make_bill(lines: Sequence[Line], purse: Standing) -> Bill:
    """Add up a visit's lines against the wallet."""
    currency = purse.balance.currency

    def held(states: frozenset[LineState]) -> Money:
        return total((line.total for line in lines if line.state in states and not line.paid), currency)

    unanswered = held(UNANSWERED)
    return Bill(
        delivered=held(frozenset({LineState.DELIVERED, LineState.UNDELIVERABLE})),
        coming=held(COMING),
        unanswered=unanswered,
        left=purse.available + unanswered,
    )


def contained_taxes(lines: Sequence[Line]) -> list[tuple[int, Money]]:
    """Return how much tax the lines' prices contain, by rate in hundredths of a percent, rounded once each.

    Of lines that name no rate nothing is said.
    """
    gross: dict[int, Money] = {}
    for line in lines:
        if points := line.tax_basis_points:
            gross[points] = gross.get(points, line.total * 0) + line.total
    return [(points, _tax_in(amount, points)) for points, amount in sorted(gross.items())]


async def preview(books: Books, visit: Visit, currency: str) -> Bill:
    """Return what checking out now would come to; gifts that nobody has taken yet are taken back."""
    lines = await books.find(Line, visit_id=visit.id)
    bill = make_bill(lines, await books.standing(wallet(visit.customer_id, currency)))
    offered = await offered_by(books, visit.id, currency)
    return replace(bill, unanswered=bill.unanswered + offered, left=bill.left + offered)


async def brought_by_others(books: Books, visit_id: int, currency: str) -> Money:
    """Return what is being made for a visit and paid by somebody else: it comes although the visit ends."""
    orders = await books.find(GoodsOrder, for_visit_id=visit_id, is_open=True)
    lines = [line for order in orders for line in await lines_of(books, order.id)]
    return total((line.total for line in lines if line.state in COMING), currency)


async def lines_to_pay(books: Books, visit_id: int) -> list[Line]:
    """Return the lines of a visit that its receipt lists: what was paid, or is to be."""
    return [
        line for line in await books.find(Line, visit_id=visit_id) if line.paid or line.state not in ENDED
    ]


async def lines_not_brought(books: Books, visit_id: int) -> list[Line]:
    """Return what a visit that ended by itself did not get, and nobody pays for."""
    return await books.find(Line, visit_id=visit_id, state=LineState.CANCELLED, reason=Reason.CLOSING)


async def check_out(books: Books, ask: AskCheckOut) -> int:
    """End the visit: cancel what staff have not answered, capture the rest, make the receipt.

    Claim 1, step 4. Return the checkout's number.
    """
    earned = payable(ask.merchant_id, ask.currency)
    purse = wallet(ask.customer_id, ask.currency)
    owing = await debts_of(books, ask.customer_id, ask.currency) if ask.refund_rest else ()
    payers = await payers_of(books, ask.visit_id, ask.currency)
    await books.lock(purse, refunding(ask.customer_id, ask.currency), earned, *owing, *payers)
    await _refuse_twice(books, ask)
    visit = await current_visit(books, ask.visit_id, ask.customer_id)
    if visit.version != ask.version or visit.merchant_id != ask.merchant_id:
        raise OutOfDate
    bill = await preview(books, visit, ask.currency)
    if bill.coming and not ask.pay_coming:
        raise OrdersOnTheWay(bill.coming)
    await _end_unanswered(books, visit)
    receipt = await settle(books, visit, ask.currency, owing)
    back = await whole_rest(books, purse, ask.customer_id) if ask.refund_rest and receipt.left else None
    if back:
        refund_id = await give_back(books, ask.customer_id, back, SHARED)
        await books.save(replace(receipt, left=back, refund_id=refund_id))
    return receipt.id


async def settle(
    books: Books, visit: Visit, currency: str, owing: Sequence[Account], cause: Cause = Cause.CUSTOMER
) -> CheckOut:
    """Capture what is held, make the receipt and end the visit; all that changes is locked.

    What others would pay for here and nobody has accepted is cancelled, and gifts that nobody has taken.
    """
    await _end_brought(books, visit)
    await withdraw_with_visit(books, visit)
    paid = await _capture(books, visit, currency)
    await pay_debts(books, visit.customer_id, owing)
    left = (await books.standing(wallet(visit.customer_id, currency))).available
    receipt = await books.add(
        CheckOut(
            0, visit.id, visit.customer_id, visit.merchant_id, visit.seat_id, paid, left, None,
            books.now, cause,
        )
    )  # fmt: skip
    books.tell(CheckedOut(receipt.id))
    await end_calls(books, visit)
    await end_admission(books, visit.id)
    settled = await books.get(Visit, visit.id)
    assert settled is not None
    await books.save(
        replace(settled, state=VisitState.SETTLED, settled_at=books.now, version=settled.version + 1)
    )
    await end_with_visit(books, settled)
    return receipt


async def payers_of(books: Books, visit_id: int, currency: str) -> tuple[Account, ...]:
    """Return the wallets of others who pay for what is brought to a visit: `settle` wants them locked."""
    brought = await books.find(GoodsOrder, for_visit_id=visit_id, is_open=True)
    return tuple(wallet(order.customer_id, currency) for order in brought)


async def _refuse_twice(books: Books, ask: AskCheckOut) -> None:
    """Tell who comes second, be it after their own tap or after the visit has ended by itself."""
    found = await books.find(CheckOut, visit_id=ask.visit_id, customer_id=ask.customer_id)
    if found:
        raise AlreadyLeft(found[0].id)


def _tax_in(amount: Money, points: int) -> Money:
    """Return the tax in an all-in amount, halves rounded up."""
    whole = 10_000 + points
    return Money((amount.minor * points * 2 + whole) // (whole * 2), amount.currency)


async def _end_unanswered(books: Books, visit: Visit) -> None:
    waiting = await books.find(Line, visit_id=visit.id, state=tuple(UNANSWERED))
    for order_id in sorted({line.order_id for line in waiting}):
        order = await books.get(GoodsOrder, order_id)
        assert order is not None
        await end_unanswered(books, order, LineState.CANCELLED)


async def _end_brought(books: Books, visit: Visit) -> None:
    """Cancel what others would pay for and staff have not answered: nobody is at the seat for it any more.

    The payers' wallets are locked.
    """
    for order in await books.find(GoodsOrder, for_visit_id=visit.id, is_open=True):
        if any(line.state in UNANSWERED for line in await lines_of(books, order.id)):
            await end_unanswered(books, order, LineState.CANCELLED)


async def _capture(books: Books, visit: Visit, currency: str) -> Money:
    """Turn every open hold of the visit into the merchant's money; return the sum."""
    paid = Money.zero(currency)
    due = await lines_to_pay(books, visit.id)
    for line in due:
        transfer = await books.capture(line.hold_id, "sale", payable(visit.merchant_id, currency))
        await spend(books, visit.customer_id, line.total, transfer)
        await books.save(replace(line, paid=True, sale_id=transfer))
        paid += line.total
    for order_id in sorted({line.order_id for line in due if line.state in COMING}):
        books.tell(OrderChanged(order_id))
    return paid
