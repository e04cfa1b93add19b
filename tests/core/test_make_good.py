"""What was brought and shall not be paid goes back to exactly the top-ups that paid it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from core.check_out import CheckOut, lines_to_pay
from core.errors import AlreadyServed, NotAllowed
from core.ledger import payable, refunding
from core.lot import Lot
from core.make_good import make_good
from core.order_goods import Line, LineState
from core.refund import RefundOrder
from core.serve import Action, Deed, Reason, ServeOrder
from storage.database import Database
from tests.core.evening import ANN, BAR, BEA, ZED, Evening, eur


@pytest.fixture
async def evening(evening: Evening, database: Database) -> AsyncIterator[Evening]:
    """Whatever is made good, the books are true."""
    yield evening
    assert database.examine() == []


@pytest.fixture
async def order(evening: Evening) -> int:
    """Two beers and nuts over 8.90, brought, out of two top-ups of 5.00."""
    await evening.top_up(500, 500)
    await evening.put("Pils", 2)
    await evening.put("Nuts", 1)
    order = await evening.place()
    await evening.serve(order, Action.ACCEPT, Action.DELIVER)
    return order


async def earned(evening: Evening) -> int:
    return (await evening.standing(payable(BAR, "EUR"))).balance.minor


async def spent(evening: Evening) -> list[int]:
    return [lot.spent.minor for lot in await evening.find(Lot)]


@pytest.mark.parametrize(
    ("action", "state"), [(Action.COMP, LineState.COMPED), (Action.RETURN, LineState.RETURNED)]
)
async def test_before_the_checkout_its_money_is_free_again(
    evening: Evening, order: int, action: Action, state: LineState
) -> None:
    await evening.serve(order, action, reason=Reason.QUALITY, line_id=2)
    pils, nuts = await evening.find(Line)
    assert (pils.state, nuts.state, nuts.reason) == (LineState.DELIVERED, state, Reason.QUALITY)
    assert [deed.line_id for deed in await evening.find(Deed)] == [None, None, nuts.id]
    assert await evening.purse() == (1000, 360)
    await evening.check_out()
    assert await earned(evening) == 640


async def test_after_the_checkout_the_lots_that_paid_have_it_back(evening: Evening, order: int) -> None:
    await evening.check_out()
    assert await spent(evening) == [500, 390]
    await evening.serve(order, Action.RETURN, reason=Reason.MISTAKE, line_id=1)
    assert await spent(evening) == [0, 250]
    assert (await evening.purse(), await earned(evening)) == ((750, 750), 250)


async def test_the_whole_order_is_made_good_at_once(evening: Evening, order: int) -> None:
    await evening.check_out()
    await evening.serve(order, Action.COMP, reason=Reason.GOODWILL)
    assert (await evening.purse(), await earned(evening)) == ((1000, 1000), 0)
    assert (await evening.find(Deed))[-1].line_id is None


async def test_where_the_rest_was_refunded_this_goes_the_same_way(evening: Evening, order: int) -> None:
    await evening.check_out(refund_rest=True)
    await evening.serve(order, Action.COMP, reason=Reason.TOO_LATE, line_id=2)
    assert [refund.amount for refund in await evening.find(RefundOrder)] == [eur(110), eur(250)]
    assert (await evening.standing(refunding(ANN, "EUR"))).balance == eur(360)


async def test_the_checkout_of_somebody_else_does_not_matter(evening: Evening, order: int) -> None:
    await evening.sit_down(ZED, "A13")
    await evening.top_up(500, customer=ZED)
    await evening.check_out(refund_rest=True, customer=ZED)
    await evening.check_out()
    await evening.serve(order, Action.COMP, reason=Reason.TOO_LATE, line_id=2)
    assert await evening.purse() == (360, 360)
    (line,) = await evening.find(Line, state=LineState.COMPED)
    assert line.reason == "too-late"


async def test_the_receipt_goes_on_to_say_what_was_paid(evening: Evening, order: int) -> None:
    receipt = await evening.get(CheckOut, await evening.check_out())
    await evening.serve(order, Action.RETURN, reason=Reason.MISTAKE)
    lines = await evening.store.run(lambda books: lines_to_pay(books, receipt.visit_id))
    assert [line.total for line in lines] == [eur(640), eur(250)]


async def test_nothing_is_made_good_twice(evening: Evening, order: int) -> None:
    await evening.check_out()
    await evening.serve(order, Action.RETURN, reason=Reason.MISTAKE)
    for action in (Action.RETURN, Action.COMP):
        with pytest.raises(AlreadyServed) as caught:
            await evening.serve(order, action, reason=Reason.MISTAKE)
        assert (caught.value.status, caught.value.by) == ("returned", "Bea")
    assert await evening.purse() == (1000, 1000)


async def test_what_came_to_nobody_can_be_comped_and_not_returned(evening: Evening) -> None:
    await evening.top_up(1000)
    order = await evening.order(1)
    await evening.serve(order, Action.ACCEPT, Action.GIVE_UP)
    with pytest.raises(AlreadyServed):
        await evening.serve(order, Action.RETURN, reason=Reason.MISTAKE)
    await evening.serve(order, Action.COMP, reason=Reason.GOODWILL)
    assert await evening.purse() == (1000, 1000)


async def test_it_needs_a_reason_and_something_to_make_good(evening: Evening, order: int) -> None:
    with pytest.raises(NotAllowed):
        await evening.serve(order, Action.COMP)
    with pytest.raises(NotAllowed):
        await evening.once(make_good, ServeOrder(order, 3, Action.ACCEPT, None, BEA, "Bea"))
