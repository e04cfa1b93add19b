"""What staff enter costs nothing before its customer confirms it, and is accepted by that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.draft import Draft, DraftKind
from core.enter import (
    LAPSES_AFTER,
    Proposal,
    ProposalEnded,
    ProposalSent,
    ProposalState,
    SendProposal,
    send_proposal,
)
from core.errand import LAPSE_PROPOSAL, PLACE_WAITING, Errand
from core.errors import CartEmpty, ItemGone, MenuChanged, NotYours, NoVisit, OutOfDate, ShortOfMoney
from core.menu import Entry, LoadMenu, MarkSoldOut, load_menu, mark_sold_out
from core.order_goods import (
    GoodsOrder,
    Line,
    LineState,
    SetNote,
    SetQuantity,
    reprice,
    set_note,
    set_quantity,
    wait_for_money,
)
from core.serve import Action, Deed
from tests.conftest import START
from tests.core.evening import ANN, BAR, BEA, ZED, Evening, eur


@pytest.fixture
async def proposal(evening: Evening) -> int:
    """Bea has entered a Pils for Ann, who has 10.00."""
    await evening.top_up(1000)
    await evening.enter("Pils", 1)
    return await evening.send_entered()


async def draft_of(evening: Evening, proposal: int) -> Draft:
    return await evening.get(Draft, (await evening.get(Proposal, proposal)).draft_id)


async def test_nothing_is_held_before_the_customer_confirms(evening: Evening, proposal: int) -> None:
    assert await evening.purse() == (1000, 1000)
    assert evening.heard(ProposalSent) == [ProposalSent(proposal)]
    sent = await evening.get(Proposal, proposal)
    visit = (await evening.visit()).id
    assert sent == Proposal(proposal, sent.draft_id, visit, ANN, BEA, "Bea", ProposalState.SENT, START, None)
    await evening.confirm_entered()
    assert await evening.purse() == (1000, 680)


async def test_what_was_confirmed_is_accepted_by_whoever_entered_it(evening: Evening, proposal: int) -> None:
    order = await evening.get(GoodsOrder, await evening.confirm_entered())
    (line,) = await evening.find(Line)
    (deed,) = await evening.find(Deed)
    assert (order.entered_by, order.customer_id, line.state) == ("Bea", ANN, LineState.ACCEPTED)
    assert deed == Deed(1, order.id, Action.ACCEPT, "", BEA, "Bea", START)
    await evening.enter("Nuts", 1)
    await evening.send_entered()
    second = await evening.confirm_entered()
    assert [each.order_id for each in await evening.find(Deed)] == [order.id, second]
    await evening.serve(order.id, Action.DELIVER)


async def test_it_is_confirmed_once(evening: Evening, proposal: int) -> None:
    order = await evening.confirm_entered()
    found = await evening.get(Proposal, proposal)
    assert (found.state, found.order_id) == (ProposalState.CONFIRMED, order)
    assert evening.heard(ProposalEnded) == [ProposalEnded(proposal)]
    with pytest.raises(OutOfDate):
        await evening.confirm_entered()
    await evening.end_entered(proposal, ProposalState.LAPSED)
    assert await evening.get(Proposal, proposal) == found


@pytest.mark.parametrize("state", [ProposalState.REFUSED, ProposalState.LAPSED, ProposalState.WITHDRAWN])
async def test_after_its_end_it_cannot_be_confirmed(
    evening: Evening, proposal: int, state: ProposalState
) -> None:
    await evening.end_entered(proposal, state)
    assert (await evening.get(Proposal, proposal)).state is state
    assert (await draft_of(evening, proposal)).used
    assert evening.heard(ProposalEnded) == [ProposalEnded(proposal)]
    with pytest.raises(OutOfDate):
        await evening.confirm_entered()
    assert await evening.find(GoodsOrder) == []


async def test_it_lapses_after_some_minutes(evening: Evening, proposal: int) -> None:
    (errand,) = await evening.find(Errand, kind=LAPSE_PROPOSAL)
    assert (errand.subject_id, errand.due_at) == (proposal, START + LAPSES_AFTER)


async def test_only_its_customer_ends_it(evening: Evening, proposal: int) -> None:
    await evening.sit_down(ZED, "A13")
    with pytest.raises(NotYours):
        await evening.end_entered(proposal, ProposalState.REFUSED, ZED)


async def test_customers_change_nothing_of_what_staff_entered(evening: Evening, proposal: int) -> None:
    draft = await draft_of(evening, proposal)
    with pytest.raises(OutOfDate):
        await evening.once(set_quantity, SetQuantity(draft.id, ANN, 1, 20))
    with pytest.raises(OutOfDate):
        await evening.once(set_note, SetNote(draft.id, ANN, "twice as much"))


async def test_staff_change_nothing_in_the_customers_own_cart(evening: Evening) -> None:
    cart = await evening.cart()
    with pytest.raises(OutOfDate):
        await evening.once(set_quantity, SetQuantity(cart.id, ANN, 1, 1, kind=DraftKind.ENTERED))
    with pytest.raises(OutOfDate):
        await evening.once(send_proposal, SendProposal(ANN, "EUR", cart.id, cart.version, BEA, "Bea"))


async def test_an_own_cart_stays_beside_it(evening: Evening, proposal: int) -> None:
    await evening.put("Nuts", 1)
    await evening.confirm_entered()
    await evening.place()
    assert [line.name for line in await evening.find(Line)] == ["Pils", "Nuts"]


async def test_nothing_is_not_sent_and_nothing_is_sent_twice(evening: Evening) -> None:
    await evening.enter("Pils", 1)
    await evening.enter("Pils", 0)
    with pytest.raises(CartEmpty):
        await evening.send_entered()
    await evening.enter("Pils", 1)
    await evening.send_entered()
    with pytest.raises(OutOfDate):
        await evening.send_entered()


async def test_what_changed_meanwhile_is_asked_again(evening: Evening, proposal: int) -> None:
    await evening.once(load_menu, LoadMenu(BAR, (Entry("Beer", "Pils", eur(350)),)))
    with pytest.raises(MenuChanged):
        await evening.confirm_entered()
    assert await evening.purse() == (1000, 1000)
    draft = await draft_of(evening, proposal)
    await evening.store.run(lambda books: reprice(books, draft.id, ANN))
    await evening.confirm_entered()
    assert await evening.purse() == (1000, 650)


async def test_what_is_sold_out_is_not_entered(evening: Evening) -> None:
    await evening.once(mark_sold_out, MarkSoldOut(1, BAR, True))
    with pytest.raises(ItemGone):
        await evening.enter("Pils", 1)


async def test_short_of_money_it_waits_for_just_that(evening: Evening) -> None:
    await evening.enter("Pils", 1)
    proposal = await evening.send_entered()
    with pytest.raises(ShortOfMoney) as refused:
        await evening.confirm_entered()
    assert refused.value.short == eur(320)
    draft = await draft_of(evening, proposal)

    await evening.store.run(lambda books: wait_for_money(books, draft.id, ANN))
    await evening.top_up(320)
    waiting = replace(draft, version=draft.version + 1)
    (errand,) = await evening.find(Errand, kind=PLACE_WAITING)
    assert (errand.subject_id, errand.body) == (waiting.id, str(waiting.version))
    await evening.confirm_entered()
    assert await evening.purse() == (320, 0)


async def test_after_the_checkout_it_is_too_late(evening: Evening, proposal: int) -> None:
    await evening.check_out()
    with pytest.raises(NoVisit):
        await evening.confirm_entered()
