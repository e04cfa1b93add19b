"""A checkout captures what was had, cancels what nobody answered, and asks about what is on the way."""

from __future__ import annotations

import pytest

from core.check_out import AskCheckOut, CheckOut, check_out, contained_taxes, payers_of, preview
from core.dispute import DisputeState
from core.errors import AlreadyLeft, NoVisit, OrdersOnTheWay, OutOfDate
from core.ledger import Account, debt, payable, refunding, wallet
from core.merchant import NewLinkCode, NewMerchant, create_merchant, make_link_code
from core.order_goods import GoodsOrder, Line, LineState
from core.refund import RefundOrder
from core.seat import MakeSeats, Seat, make_seats
from core.serve import Action, Reason
from core.station import LinkGroup, link_group
from core.visit import SitDown, Visit, VisitState, sit_down
from tests.core.evening import ANN, BAR, BEA, ZED, Evening, eur


@pytest.fixture
async def evening(evening: Evening) -> Evening:
    await evening.top_up(2000)
    return evening


async def earned(evening: Evening) -> int:
    return (await evening.standing(payable(BAR, "EUR"))).balance.minor


async def states(evening: Evening) -> list[tuple[LineState, bool]]:
    return [(line.state, line.paid) for line in await evening.find(Line)]


async def test_what_was_delivered_becomes_the_merchants_and_the_rest_stays(evening: Evening) -> None:
    await evening.deliver(2)
    receipt = await evening.get(CheckOut, await evening.check_out())
    assert (receipt.paid, receipt.left, receipt.refund_id) == (eur(640), eur(1360), None)
    assert (await evening.purse(), await earned(evening)) == ((1360, 1360), 640)
    visit = await evening.visit()
    assert (visit.state, visit.settled_at) == (VisitState.SETTLED, receipt.made_at)


async def test_what_nobody_answered_is_cancelled_and_costs_nothing(evening: Evening) -> None:
    await evening.deliver(1)
    await evening.order(2)
    receipt = await evening.get(CheckOut, await evening.check_out())
    assert receipt.paid == eur(320)
    assert await states(evening) == [(LineState.DELIVERED, True), (LineState.CANCELLED, False)]
    assert await evening.purse() == (1680, 1680)


async def test_a_gift_that_nobody_has_taken_yet_is_taken_back(evening: Evening) -> None:
    await evening.sit_down(ZED)
    await evening.order(1)
    await evening.offer("Nuts", 2)
    visit = await evening.visit()
    bill = await evening.store.run(lambda books: preview(books, visit, "EUR"))
    assert (bill.unanswered, bill.left) == (eur(320 + 500), eur(2000))
    receipt = await evening.get(CheckOut, await evening.check_out())
    assert (receipt.paid, receipt.left) == (eur(0), eur(2000))


async def test_who_pays_for_what_still_comes_is_locked_and_nobody_else(evening: Evening) -> None:
    await evening.sit_down(ZED)
    party = await evening.start_party()
    await evening.join_party(party)
    await evening.set_limit(party, 1000)
    brought = await evening.order_on_host(party)
    await evening.order(1)
    visit = await evening.visit(ZED)

    async def payers() -> set[Account]:
        return set(await evening.store.run(lambda books: payers_of(books, visit.id, "EUR")))

    assert await payers() == {wallet(ANN, "EUR")}
    await evening.serve(brought, Action.ACCEPT, Action.DELIVER)
    assert await payers() == set()


@pytest.mark.parametrize("action", [Action.ACCEPT, Action.READY])
async def test_what_is_on_the_way_is_waited_for_or_paid_as_the_customer_chooses(
    evening: Evening, action: Action
) -> None:
    order = await evening.order(1)
    await evening.serve(order, *dict.fromkeys((Action.ACCEPT, action)))
    with pytest.raises(OrdersOnTheWay) as caught:
        await evening.check_out()
    assert caught.value.amount == eur(320)
    assert (await evening.visit()).state is VisitState.OPEN
    assert (await evening.get(CheckOut, await evening.check_out(pay_coming=True))).paid == eur(320)
    assert await earned(evening) == 320


async def test_a_preview_tells_what_the_checkout_then_comes_to(evening: Evening) -> None:
    await evening.deliver(1)
    accepted = await evening.order(1, "Nuts")
    await evening.serve(accepted, Action.ACCEPT)
    await evening.order(2)
    await evening.sit_down(ZED)
    await evening.top_up(1000, customer=ZED)
    await evening.order(1, customer=ZED)
    visit = await evening.visit()
    bill = await evening.store.run(lambda books: preview(books, visit, "EUR"))
    assert (bill.delivered, bill.coming, bill.unanswered) == (eur(320), eur(250), eur(640))
    receipt = await evening.get(CheckOut, await evening.check_out(pay_coming=True))
    assert (receipt.paid, receipt.left) == (bill.delivered + bill.coming, bill.left)


async def test_a_preview_that_is_no_longer_true_checks_nothing_out(evening: Evening) -> None:
    visit = await evening.visit()
    await evening.order(1)
    with pytest.raises(OutOfDate):
        await evening.once(check_out, AskCheckOut(ANN, BAR, "EUR", visit.id, visit.version, True, True))
    assert await evening.find(CheckOut) == []


async def test_a_visit_that_is_over_is_of_the_next_version_and_its_orders_are_not(evening: Evening) -> None:
    order = await evening.deliver(1)
    before, version = await evening.visit(), (await evening.get(GoodsOrder, order)).version
    await evening.check_out()
    assert (await evening.visit()).version == before.version + 1
    assert (await evening.get(GoodsOrder, order)).version == version


async def test_a_visit_without_an_order_can_end_too(evening: Evening) -> None:
    receipt = await evening.get(CheckOut, await evening.check_out())
    assert (receipt.paid, receipt.left) == (eur(0), eur(2000))


async def test_the_rest_goes_back_if_the_customer_wants_it(evening: Evening) -> None:
    await evening.deliver(1)
    receipt = await evening.get(CheckOut, await evening.check_out(refund_rest=True))
    assert receipt.refund_id is not None
    assert (await evening.get(RefundOrder, receipt.refund_id)).amount == eur(1680) == receipt.left
    assert await evening.purse() == (0, 0)
    assert (await evening.standing(refunding(ANN, "EUR"))).balance == eur(1680)


async def test_a_debt_is_taken_from_what_would_go_back_and_not_from_what_stays(evening: Evening) -> None:
    async def owed() -> int:
        return -(await evening.standing(debt(ANN, "EUR"))).balance.minor

    order = await evening.order(2)
    await evening.dispute(1, DisputeState.OPEN)
    await evening.dispute(1, DisputeState.LOST)
    await evening.serve(order, Action.DECLINE, reason=Reason.TOO_BUSY)
    await evening.check_out()
    assert (await evening.purse(), await owed()) == ((640, 640), 640)
    await evening.sit_down()
    receipt = await evening.get(CheckOut, await evening.check_out(refund_rest=True))
    assert (receipt.left, await evening.purse(), await owed()) == (eur(0), (0, 0), 0)


async def test_with_nothing_left_nothing_goes_back(evening: Evening) -> None:
    await evening.refund()
    receipt = await evening.get(CheckOut, await evening.check_out(refund_rest=True))
    assert (receipt.left, receipt.refund_id) == (eur(0), None)


async def test_a_visit_is_checked_out_once(evening: Evening) -> None:
    visit = await evening.visit()
    ask = AskCheckOut(ANN, BAR, "EUR", visit.id, visit.version, pay_coming=False, refund_rest=False)
    assert [await evening.once(check_out, ask, "tap") for _ in range(2)] == [1, 1]
    with pytest.raises(AlreadyLeft) as refused:
        await evening.once(check_out, ask, "another tap")
    assert refused.value.number == 1


async def test_nobody_checks_out_anothers_visit_or_at_another_merchant(evening: Evening) -> None:
    await evening.sit_down(ZED)
    visit = await evening.visit(ANN)
    with pytest.raises(NoVisit):
        await evening.once(check_out, AskCheckOut(ZED, BAR, "EUR", visit.id, visit.version, False, False))
    with pytest.raises(OutOfDate):
        await evening.once(check_out, AskCheckOut(ANN, BAR + 1, "EUR", visit.id, visit.version, False, False))
    assert (await evening.visit(ANN)).state is VisitState.OPEN


async def test_who_left_is_told_so_and_nobody_else_is(evening: Evening) -> None:
    visit = await evening.visit()
    await evening.check_out()
    for customer, refusal in ((ANN, AlreadyLeft), (ZED, NoVisit)):
        ask = AskCheckOut(customer, BAR, "EUR", visit.id, visit.version, pay_coming=False, refund_rest=False)
        with pytest.raises(refusal):
            await evening.once(check_out, ask)


async def test_what_is_on_hold_at_another_merchant_stays_there(evening: Evening) -> None:
    await evening.order(1)
    other = await evening.once(create_merchant, NewMerchant("Red Bar", "EUR"))
    code = await evening.once(make_link_code, NewLinkCode(other))
    await evening.once(link_group, LinkGroup(code, -200, BEA))
    await evening.once(make_seats, MakeSeats(other, ("R1",)))
    (seat,) = await evening.find(Seat, label="R1")
    visit = await evening.get(Visit, await evening.once(sit_down, SitDown(ANN, seat.token)))
    ask = AskCheckOut(ANN, other, "EUR", visit.id, visit.version, pay_coming=False, refund_rest=True)
    receipt = await evening.get(CheckOut, await evening.once(check_out, ask))
    assert (receipt.paid, receipt.left) == (eur(0), eur(1680))
    assert await evening.purse() == (320, 0)
    assert await states(evening) == [(LineState.PLACED, False)]


async def test_after_a_checkout_the_next_scan_opens_a_new_visit(evening: Evening) -> None:
    await evening.check_out()
    await evening.sit_down(ANN)
    assert [visit.state for visit in await evening.find(Visit)] == [VisitState.SETTLED, VisitState.OPEN]


def test_the_tax_in_all_in_prices_is_rounded_once_a_rate_halves_upwards() -> None:
    def line(minor: int, points: int | None) -> Line:
        return Line(
            1, 1, 1, 1, "Pils", 1, eur(minor), 1, LineState.DELIVERED, "", paid=True, tax_basis_points=points
        )

    lines = [line(119, 1900), line(107, 700), line(320, 1900), line(5, None), line(5, 0), line(3, 10000)]
    assert contained_taxes(lines) == [(700, eur(7)), (1900, eur(70)), (10000, eur(2))]
    assert contained_taxes([line(1, 9900), line(1, 10100)]) == [(9900, eur(0)), (10100, eur(1))]
