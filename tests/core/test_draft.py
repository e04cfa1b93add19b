"""A draft is one per person, kind and visit, and every change of it makes older buttons out of date."""

from __future__ import annotations

import pytest

from core.draft import Draft, DraftKind, change
from core.errors import OutOfDate
from core.order_goods import SetQuantity, set_quantity, wait_for_money
from tests.core.evening import ANN, Evening, eur


@pytest.fixture
async def evening(evening: Evening) -> Evening:
    await evening.top_up(1000)
    return evening


async def test_a_new_draft_holds_nothing_yet(evening: Evening) -> None:
    draft = await evening.cart()
    assert draft == Draft(draft.id, ANN, DraftKind.CART, 1, 1, None, "", waits=False, used=False)


async def test_a_person_has_a_draft_of_each_kind(evening: Evening) -> None:
    top_up, refund = [await evening.draft(kind, ANN) for kind in (DraftKind.TOP_UP, DraftKind.REFUND)]
    assert (top_up.kind, refund.kind) == (DraftKind.TOP_UP, DraftKind.REFUND)
    assert await evening.draft(DraftKind.TOP_UP, ANN) == top_up


async def test_each_visit_has_a_cart_of_its_own(evening: Evening) -> None:
    await evening.put("Pils", 1)
    first = await evening.cart()
    await evening.check_out()
    await evening.sit_down(ANN)
    second = await evening.cart()
    assert (first.visit_id, second.visit_id, second.id == first.id) == (1, 2, False)


async def test_a_change_keeps_what_it_does_not_name_and_is_the_next_version(evening: Evening) -> None:
    draft = await evening.draft(DraftKind.REFUND, ANN)
    changed = await evening.store.run(lambda books: change(books, draft, amount=eur(5), note="soon"))
    assert (changed.amount, changed.note, changed.version) == (eur(5), "soon", draft.version + 1)
    again = await evening.store.run(lambda books: change(books, changed))
    assert (again.amount, again.note, again.version) == (eur(5), "soon", draft.version + 2)
    assert await evening.draft(DraftKind.REFUND, ANN) == again


async def test_what_was_carried_out_is_used_up_and_waits_no_longer(evening: Evening) -> None:
    await evening.put("Pils", 1)
    cart = await evening.cart()
    await evening.store.run(lambda books: wait_for_money(books, cart.id, ANN))
    await evening.place()
    used = await evening.get(Draft, cart.id)
    assert (used.used, used.waits, used.version) == (True, False, cart.version + 2)


async def test_goods_go_only_into_a_cart_that_is_not_used_up(evening: Evening) -> None:
    await evening.put("Pils", 1)
    cart, other = await evening.cart(), await evening.draft(DraftKind.TOP_UP, ANN)
    await evening.place()
    for draft in (cart, other):
        with pytest.raises(OutOfDate):
            await evening.once(set_quantity, SetQuantity(draft.id, ANN, 1, 1))
