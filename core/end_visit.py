"""A visit is checked out by itself: what was brought is paid, what was not is free, the rest goes back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.check_out import Cause, payers_of, settle
from core.debt import debts_of
from core.endings import Endings, Stage, await_idleness, door_at, endings_of
from core.gateway import Capabilities
from core.hours import closed_since, read_windows
from core.ledger import SHARED, payable, refunding, wallet
from core.merchant import find_merchant
from core.money import total
from core.order_goods import OrderChanged, wall_clock
from core.ports import Books
from core.refund import give_back_shares, shares_that_go_back
from core.serve import close_out
from core.visit import Visit, VisitState


@dataclass(frozen=True, slots=True)
class GatewayRules:
    """What a gateway that is on takes back."""

    gateway: str
    rules: Capabilities


@dataclass(frozen=True, slots=True)
class EndVisit:
    """*version* is the visit's when it was found idle. Hours are by the clock of the time zone *zone*."""

    visit_id: int
    cause: Cause
    version: int
    rules: tuple[GatewayRules, ...]
    zone: str = "UTC"


async def end_visit(books: Books, ask: EndVisit) -> int:
    """Check a visit out without its customer; return the checkout's number, 0 if it is no longer due.

    Nobody is charged for what staff did not bring, and nothing is added. What is left goes back as far as
    the gateways take it now, unless the customer sits somewhere else by now and can spend it there.
    """
    found = await books.get(Visit, ask.visit_id)
    assert found is not None
    merchant = await find_merchant(books, found.merchant_id)
    purse = wallet(found.customer_id, merchant.currency)
    owing = await debts_of(books, found.customer_id, merchant.currency)
    earned = payable(merchant.id, merchant.currency)
    payers = await payers_of(books, found.id, merchant.currency)
    await books.lock(purse, refunding(found.customer_id, merchant.currency), earned, *owing, *payers)
    visit = await books.get(Visit, ask.visit_id)
    assert visit is not None
    if visit.state is not VisitState.OPEN or not await _is_due(books, ask, visit):
        return 0
    not_brought = await close_out(books, visit.id)
    receipt = await settle(books, visit, merchant.currency, owing, ask.cause)
    rules = {each.gateway: each.rules for each in ask.rules}
    shares = await shares_that_go_back(books, purse, visit.customer_id, rules)
    if shares and not await _sits_elsewhere(books, visit, merchant.currency):
        refund_id = await give_back_shares(books, visit.customer_id, shares, SHARED)
        back = total((share.amount for share in shares), merchant.currency)
        await books.save(replace(receipt, left=back, refund_id=refund_id))
    for order_id in not_brought:
        books.tell(OrderChanged(order_id))
    return receipt.id


async def _is_due(books: Books, ask: EndVisit, visit: Visit) -> bool:
    """Whether what was to end the visit still holds; of an idle one the watch goes on otherwise."""
    rules = await endings_of(books, visit.merchant_id)
    if ask.cause is Cause.CLOSING:
        return _has_closed_on(rules, ask, visit, books)
    if visit.warned_at is not None and visit.version == ask.version and rules.idle_minutes:
        return True
    if rules.idle_minutes:
        await await_idleness(books, rules, visit.id, books.now)
    return False


def _has_closed_on(rules: Endings, ask: EndVisit, visit: Visit, books: Books) -> bool:
    """Whether the merchant has closed since the visit began, and is closed still."""
    now = wall_clock(books, ask.zone)
    if door_at(rules, now).stage is not Stage.CLOSED:
        return False
    return visit.opened_at < closed_since(read_windows(rules.hours), now)


async def _sits_elsewhere(books: Books, visit: Visit, currency: str) -> bool:
    """Whether the customer has another visit at which this money is good."""
    others = await books.find(Visit, customer_id=visit.customer_id, state=VisitState.OPEN)
    merchants = [await find_merchant(books, other.merchant_id) for other in others]
    return any(merchant.currency == currency for merchant in merchants)
