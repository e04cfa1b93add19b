"""At a shared table each keeps a wallet of their own; the host pays for others as far as the host said."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.check_out import brought_by_others
from core.errors import (
    AlreadyInParty,
    HostShort,
    LimitReached,
    NotInParty,
    NotYours,
    OutOfDate,
    OwnParty,
    PartyFull,
    PartyOver,
    RemovedFromParty,
    SeatFirst,
)
from core.ledger import wallet
from core.menu import MenuItem
from core.merchant import NewMerchant, create_merchant
from core.order_goods import (
    ENDED,
    GoodsOrder,
    Line,
    LineState,
    NameSubstitute,
    PlaceOrder,
    last_order,
    name_substitute,
    order_goods,
)
from core.party import (
    MOST_COMPANIONS,
    AskToJoin,
    CloseParty,
    Companion,
    CompanionMoved,
    CompanionState,
    DecideCompanion,
    JoinParty,
    LeaveParty,
    Party,
    PartyChanged,
    PartyEnded,
    PlaceOnHost,
    SetLimit,
    after_decision,
    ask_to_join,
    close_party,
    companions_of,
    decide_companion,
    join_party,
    leave_party,
    lines_for,
    order_on_host,
    parties_at_seat,
    room_in,
    room_of,
    set_limit,
)
from core.seat import MakeSeats, Seat, make_seats
from core.serve import Action, Reason
from core.visit import SitDown, Visit, sit_down
from tests.conftest import START, Clock
from tests.core.evening import ANN, BAR, ZED, Evening, eur

YAN = 11


@pytest.fixture
async def party(evening: Evening) -> int:
    """Ann is the host with 20.00, Zed has joined with 5.00; nobody may order on Ann yet."""
    await evening.top_up(2000)
    await evening.sit_down(ZED, "A13")
    await evening.top_up(500, customer=ZED)
    party = await evening.start_party()
    await evening.join_party(party)
    return party


async def room(evening: Evening, party: int) -> int:
    found = await evening.get(Party, party)
    return (await evening.store.run(lambda books: room_of(books, found))).minor


async def state(evening: Evening, customer: int = ZED) -> CompanionState:
    return (await evening.find(Companion, customer_id=customer))[-1].state


# On the host


async def test_what_a_companion_orders_on_the_host_is_held_in_the_hosts_wallet(
    evening: Evening, party: int
) -> None:
    await evening.set_limit(party, 1000)
    order = await evening.get(GoodsOrder, await evening.order_on_host(party))
    (line,) = await evening.find(Line, order_id=order.id)
    hosts, companions = await evening.visit(ANN), await evening.visit(ZED)
    assert (order.customer_id, order.visit_id, line.visit_id) == (ANN, hosts.id, hosts.id)
    assert (order.for_visit_id, order.seat) == (companions.id, "A13")
    assert await evening.purse(ANN) == (2000, 1680)
    assert await evening.purse(ZED) == (500, 500)


async def test_the_host_pays_for_it_at_the_hosts_checkout_and_the_companion_does_not(
    evening: Evening, party: int
) -> None:
    await evening.set_limit(party, 1000)
    order = await evening.order_on_host(party)
    await evening.serve(order, Action.ACCEPT, Action.DELIVER)
    await evening.check_out(ZED)
    assert await evening.purse(ZED) == (500, 500)
    await evening.check_out(ANN)
    assert await evening.purse(ANN) == (1680, 1680)


async def test_nobody_orders_on_a_host_who_did_not_say_so(evening: Evening, party: int) -> None:
    with pytest.raises(LimitReached):
        await evening.order_on_host(party)
    assert await evening.purse(ANN) == (2000, 2000)


async def test_the_limit_is_for_all_of_them_together(evening: Evening, party: int) -> None:
    await evening.sit_down(YAN)
    await evening.join_party(party, YAN)
    await evening.set_limit(party, 700)
    await evening.order_on_host(party, customer=ZED)
    await evening.order_on_host(party, customer=YAN)
    assert await room(evening, party) == 60
    with pytest.raises(LimitReached) as refused:
        await evening.order_on_host(party, item="Nuts", customer=ZED)
    assert refused.value.left == eur(60)
    await evening.set_limit(party, 890)
    await evening.place_on_host(party, ZED)
    assert await room(evening, party) == 0


async def test_nobody_orders_on_the_host_of_another_table(evening: Evening, party: int) -> None:
    await evening.set_limit(party, 1000)
    await evening.sit_down(YAN)
    await evening.sit_down(12)
    await evening.join_party(await evening.start_party(YAN), 12)
    with pytest.raises(NotInParty):
        await evening.order_on_host(party, customer=12)
    await evening.once(close_party, CloseParty(ANN, party))
    assert await state(evening, 12) is CompanionState.JOINED


async def test_what_was_declined_or_cancelled_can_be_ordered_again(evening: Evening, party: int) -> None:
    await evening.set_limit(party, 400)
    declined = await evening.order_on_host(party)
    await evening.serve(declined, Action.DECLINE, reason=Reason.TOO_BUSY)
    assert await room(evening, party) == 400
    cancelled = await evening.order_on_host(party)
    await evening.cancel(cancelled, ZED)
    assert await room(evening, party) == 400
    assert await evening.purse(ANN) == (2000, 2000)


async def test_a_limit_that_is_lowered_below_what_was_ordered_takes_nothing_back(
    evening: Evening, party: int
) -> None:
    await evening.set_limit(party, 1000)
    await evening.order_on_host(party, 2)
    await evening.set_limit(party, 0)
    lowered = await evening.get(Party, party)
    assert (lowered.limit, lowered.most) == (eur(0), eur(1000))
    assert await room(evening, party) == 0
    assert await evening.purse(ANN) == (2000, 1360)
    with pytest.raises(LimitReached):
        await evening.order_on_host(party)


async def test_what_the_host_does_not_have_is_not_told_to_others(evening: Evening, party: int) -> None:
    await evening.set_limit(party, 9000)
    with pytest.raises(HostShort) as refused:
        await evening.order_on_host(party, 10)
    assert vars(refused.value) == {"host": "Customer 7"}


async def test_two_taps_order_once_and_after_one_way_to_pay_the_other_is_out_of_date(
    evening: Evening, party: int
) -> None:
    await evening.set_limit(party, 1000)
    await evening.put("Pils", 1, ZED)
    cart = await evening.cart(ZED)
    on_host = PlaceOnHost(ZED, cart.id, cart.version, party, timedelta(minutes=15))
    own = PlaceOrder(ZED, "EUR", cart.id, cart.version, timedelta(minutes=15))
    assert [await evening.carry_out(order_on_host, on_host) for _ in range(2)] == [1, 1]
    with pytest.raises(OutOfDate):
        await evening.carry_out(order_goods, own)
    assert len(await evening.find(GoodsOrder)) == 1


async def test_whoever_pays_and_whoever_ordered_can_cancel_and_nobody_else(
    evening: Evening, party: int
) -> None:
    await evening.sit_down(YAN)
    await evening.set_limit(party, 1000)
    orders = [await evening.order_on_host(party) for _ in range(2)]
    with pytest.raises(NotYours):
        await evening.cancel(orders[0], YAN)
    await evening.cancel(orders[0], ZED)
    await evening.cancel(orders[1], ANN)
    assert await evening.purse(ANN) == (2000, 2000)


async def test_what_is_taken_back_after_the_checkout_goes_to_the_host(evening: Evening, party: int) -> None:
    await evening.set_limit(party, 1000)
    order = await evening.order_on_host(party)
    await evening.serve(order, Action.ACCEPT, Action.DELIVER)
    await evening.check_out(ANN)
    await evening.serve(order, Action.RETURN, reason=Reason.QUALITY)
    assert await evening.purse(ANN) == (2000, 2000)
    assert await evening.purse(ZED) == (500, 500)


async def test_a_party_is_not_left_by_ordering_on_oneself(evening: Evening, party: int) -> None:
    await evening.set_limit(party, 1000)
    own = await evening.get(GoodsOrder, await evening.order(1, "Nuts", customer=ZED))
    assert (own.customer_id, own.for_visit_id, own.party_id) == (ZED, None, None)
    assert await room(evening, party) == 1000


async def test_a_limit_is_the_hosts_to_set_and_an_old_button_sets_none(evening: Evening, party: int) -> None:
    with pytest.raises(NotYours):
        await evening.set_limit(party, 1000, host=ZED)
    await evening.set_limit(party, 1000)
    assert evening.heard(PartyChanged) == [PartyChanged(party)]
    assert (await evening.get(Party, party)).version == 2
    with pytest.raises(OutOfDate):
        await evening.once(set_limit, SetLimit(ANN, party, 1, eur(5000)))


async def test_the_same_again_is_offered_to_whoever_had_it(evening: Evening, party: int) -> None:
    own = await evening.order(1, "Nuts")
    await evening.set_limit(party, 1000)
    treat = await evening.order_on_host(party)
    hosts = await evening.store.run(lambda books: last_order(books, ANN, BAR))
    companions = await evening.store.run(lambda books: last_order(books, ZED, BAR))
    assert [each and each.id for each in (hosts, companions)] == [own, treat]


async def test_the_host_sees_who_had_what_since_they_came(evening: Evening, party: int) -> None:
    await evening.set_limit(party, 1000)
    await evening.order_on_host(party)
    await evening.order(1, "Nuts", customer=ZED)
    gone = await evening.order_on_host(party)
    await evening.cancel(gone, ZED)
    (companion,) = await evening.find(Companion)
    await evening.order(1, "Nuts")
    had = await evening.store.run(lambda books: lines_for(books, companion.visit_id, companion.joined_at))
    assert [(line.name, order.customer_id) for order, line in had] == [("Pils", ANN), ("Nuts", ZED)]
    own = await evening.visit(ANN)
    had = await evening.store.run(lambda books: lines_for(books, own.id, own.opened_at))
    assert [(line.name, order.for_visit_id) for order, line in had] == [("Nuts", None)]
    later = START + timedelta(seconds=1)
    assert await evening.store.run(lambda books: lines_for(books, own.id, later)) == []


@given(
    minors=st.lists(st.integers(1, 5000), max_size=8),
    states=st.lists(st.sampled_from(LineState), min_size=8, max_size=8),
    limit=st.integers(0, 20000),
)
def test_the_room_is_the_limit_less_what_still_counts_and_never_below_nothing(
    minors: list[int], states: list[LineState], limit: int
) -> None:
    lines = [
        Line(n, 1, 1, 1, "Pils", 1, eur(minor), n, states[n], "", paid=False)
        for n, minor in enumerate(minors)
    ]
    counting = sum(line.total.minor for line in lines if line.state not in ENDED)
    assert room_in(eur(limit), lines) == eur(max(0, limit - counting))


# Joining, leaving, ending


async def test_joining_leaving_removal_and_closing_move_no_line(evening: Evening, party: int) -> None:
    await evening.set_limit(party, 1000)
    await evening.order_on_host(party)
    await evening.order(1, "Nuts", customer=ZED)
    lines = await evening.find(Line)
    await evening.leave_party(party)
    await evening.join_party(party)
    await evening.remove(party)
    await evening.once(close_party, CloseParty(ANN, party))
    assert await evening.find(Line) == lines
    assert (await evening.purse(ANN), await evening.purse(ZED)) == ((2000, 1680), (500, 250))


async def test_everybody_hears_of_who_comes_and_goes(evening: Evening, party: int) -> None:
    told = len(evening.told)
    await evening.leave_party(party)
    await evening.join_party(party)
    companion = await evening.remove(party)
    await evening.decide(companion, welcome=True)
    states = CompanionState.JOINED, CompanionState.LEFT, CompanionState.JOINED, CompanionState.REMOVED
    assert evening.told[told:] == [CompanionMoved(companion, before) for before in states]
    assert evening.told[told - 1] == CompanionMoved(companion, None)


async def test_who_comes_back_is_there_since_then(evening: Evening, party: int, clock: Clock) -> None:
    async def since() -> datetime:
        return (await evening.find(Companion))[0].joined_at

    clock.forward(timedelta(minutes=5))
    await evening.leave_party(party)
    assert await since() == START
    await evening.join_party(party)
    assert await since() == clock.now


async def test_who_moves_is_locked_beside_the_host(evening: Evening, party: int) -> None:
    """So that nobody sits down at two tables at once."""
    await evening.sit_down(YAN, "A12")
    companion = (await evening.find(Companion))[0].id
    hosts, zeds, yans = (wallet(each, "EUR") for each in (ANN, ZED, YAN))
    code = (await evening.get(Party, party)).code
    assert await evening.locked_by(leave_party, LeaveParty(ZED, party)) == [hosts, zeds]
    assert await evening.locked_by(join_party, JoinParty(ZED, code)) == [hosts, zeds]
    decision = DecideCompanion(ANN, companion, welcome=False)
    assert await evening.locked_by(decide_companion, decision) == [hosts, zeds]
    assert await evening.locked_by(ask_to_join, AskToJoin(YAN, party)) == [hosts, yans]
    assert await evening.locked_by(close_party, CloseParty(ANN, party)) == [hosts]


async def test_whoever_left_orders_no_more_on_the_host(evening: Evening, party: int) -> None:
    await evening.set_limit(party, 1000)
    await evening.leave_party(party)
    with pytest.raises(NotInParty):
        await evening.order_on_host(party)
    with pytest.raises(NotInParty):
        await evening.leave_party(party)


async def test_whoever_was_removed_comes_back_only_if_the_host_lets_them(
    evening: Evening, party: int
) -> None:
    await evening.set_limit(party, 1000)
    companion = await evening.remove(party)
    with pytest.raises(NotInParty):
        await evening.order_on_host(party)
    with pytest.raises(RemovedFromParty):
        await evening.join_party(party)
    await evening.check_out(ZED)
    await evening.sit_down(ZED, "A13")
    with pytest.raises(RemovedFromParty):
        await evening.join_party(party)
    await evening.decide(companion, welcome=True)
    await evening.join_party(party)
    assert await state(evening) is CompanionState.JOINED


async def test_the_same_visit_joins_once(evening: Evening, party: int) -> None:
    assert await evening.join_party(party) == await evening.join_party(party)
    with pytest.raises(OwnParty):
        await evening.join_party(party, ANN)
    assert len(await evening.find(Companion)) == 1


async def test_a_visit_is_at_one_party_at_a_time(evening: Evening, party: int) -> None:
    await evening.sit_down(YAN)
    other = await evening.start_party(YAN)
    for customer in (ANN, ZED):
        with pytest.raises(AlreadyInParty):
            await evening.join_party(other, customer)
    with pytest.raises(AlreadyInParty):
        await evening.start_party(ZED)
    assert await evening.start_party(ANN) == party


async def test_without_an_open_visit_there_nobody_joins(evening: Evening, party: int) -> None:
    await evening.once(create_merchant, NewMerchant("Red Bar", "EUR"))
    await evening.once(make_seats, MakeSeats(2, ("B1",)))
    await evening.check_out(ZED)
    (seat,) = await evening.find(Seat, label="B1")
    await evening.once(sit_down, SitDown(ZED, seat.token))
    with pytest.raises(SeatFirst) as refused:
        await evening.join_party(party)
    assert vars(refused.value) == {"host": "Customer 7", "merchant": "Blue Bar"}


async def test_a_party_ends_with_its_hosts_checkout_and_the_others_stay(evening: Evening, party: int) -> None:
    await evening.check_out(ANN)
    assert await state(evening) is CompanionState.LEFT
    assert (await evening.visit(ZED)).state == "open"
    with pytest.raises(PartyOver):
        await evening.join_party(party)
    with pytest.raises(PartyOver):
        await evening.order_on_host(party)
    with pytest.raises(PartyOver):
        await evening.once(join_party, JoinParty(ZED, "nonsense"))


async def test_whoever_checks_out_has_left_and_asks_no_more(evening: Evening, party: int) -> None:
    await evening.sit_down(YAN, "A12")
    await evening.once(ask_to_join, AskToJoin(YAN, party))
    await evening.check_out(ZED)
    assert await state(evening) is CompanionState.LEFT
    assert await state(evening, YAN) is CompanionState.ASKED
    await evening.check_out(YAN)
    assert await state(evening, YAN) is CompanionState.LEFT
    assert (await evening.get(Party, party)).ended_at is None


async def test_who_checks_out_leaves_nothing_unanswered_on_the_host(evening: Evening, party: int) -> None:
    await evening.set_limit(party, 1000)
    accepted = await evening.order_on_host(party)
    await evening.order_on_host(party, item="Nuts")
    await evening.serve(accepted, Action.ACCEPT)
    visit = await evening.visit(ZED)
    for number, minor in ((visit.id, 320), ((await evening.visit(ANN)).id, 0)):
        coming = await evening.store.run(partial(brought_by_others, visit_id=number, currency="EUR"))
        assert coming == eur(minor)
    await evening.check_out(ZED)
    assert [line.state for line in await evening.find(Line)] == [LineState.ACCEPTED, LineState.CANCELLED]
    assert await evening.purse(ANN) == (2000, 1680)


async def test_from_the_same_seat_one_may_ask_and_the_host_decides(evening: Evening, party: int) -> None:
    await evening.sit_down(YAN, "A12")
    companion = await evening.once(ask_to_join, AskToJoin(YAN, party))
    await evening.set_limit(party, 1000)
    with pytest.raises(NotInParty):
        await evening.order_on_host(party, customer=YAN)
    with pytest.raises(NotYours):
        await evening.decide(companion, welcome=True, host=YAN)
    await evening.decide(companion, welcome=True)
    await evening.order_on_host(party, customer=YAN)
    with pytest.raises(OutOfDate):
        await evening.decide(companion, welcome=True)


async def test_whoever_was_not_let_in_does_not_ask_again(evening: Evening, party: int) -> None:
    await evening.sit_down(YAN, "A12")
    companion = await evening.once(ask_to_join, AskToJoin(YAN, party))
    await evening.decide(companion, welcome=False)
    with pytest.raises(RemovedFromParty):
        await evening.once(ask_to_join, AskToJoin(YAN, party))


async def test_who_sits_down_sees_the_tables_of_others_at_the_same_seat(evening: Evening, party: int) -> None:
    async def near(customer: int) -> list[int]:
        visit = await evening.visit(customer)
        return [each.id for each in await evening.store.run(lambda books: parties_at_seat(books, visit))]

    assert [await near(ANN), await near(ZED)] == [[], []]
    await evening.sit_down(YAN, "A12")
    assert await near(YAN) == [party]
    other = await evening.start_party(YAN)
    assert [await near(ANN), await near(YAN), await near(ZED)] == [[other], [party], []]
    await evening.once(close_party, CloseParty(ANN, party))
    assert await near(YAN) == []
    await evening.check_out(YAN)
    assert await near(ANN) == []


async def test_from_another_seat_nobody_asks(evening: Evening, party: int) -> None:
    await evening.sit_down(YAN, "A13")
    with pytest.raises(OutOfDate):
        await evening.once(ask_to_join, AskToJoin(YAN, party))


async def test_a_party_has_a_size(evening: Evening, party: int) -> None:
    for customer in range(100, 100 + MOST_COMPANIONS - 1):
        await evening.sit_down(customer)
        await evening.join_party(party, customer)
    await evening.sit_down(YAN)
    with pytest.raises(PartyFull):
        await evening.join_party(party, YAN)


async def test_whoever_asked_has_a_place_kept(evening: Evening, party: int) -> None:
    for customer in range(100, 100 + MOST_COMPANIONS - 2):
        await evening.sit_down(customer)
        await evening.join_party(party, customer)
    await evening.sit_down(YAN, "A12")
    await evening.once(ask_to_join, AskToJoin(YAN, party))
    await evening.join_party(party, YAN)
    assert await state(evening, YAN) is CompanionState.JOINED
    await evening.leave_party(party, ZED)
    await evening.sit_down(12)
    await evening.join_party(party, 12)
    with pytest.raises(PartyFull):  # whoever left has none
        await evening.join_party(party, ZED)


async def test_whoever_sits_at_a_table_asks_no_other_host(evening: Evening, party: int) -> None:
    await evening.sit_down(YAN, "A12")
    companion = await evening.once(ask_to_join, AskToJoin(YAN, party))
    await evening.start_party(YAN)
    assert await state(evening, YAN) is CompanionState.LEFT
    with pytest.raises(OutOfDate):
        await evening.decide(companion, welcome=True)


async def test_whom_one_host_lets_in_asks_no_other_and_whom_one_keeps_out_still_does(
    evening: Evening, party: int
) -> None:
    for customer in (YAN, 12, 13):
        await evening.sit_down(customer, "A12")
    other = await evening.start_party(YAN)
    asked = {
        (customer, each): await evening.once(ask_to_join, AskToJoin(customer, each))
        for customer in (12, 13)
        for each in (party, other)
    }
    await evening.decide(asked[12, party], welcome=True)
    await evening.decide(asked[13, party], welcome=False)
    states = {companion.id: companion.state for companion in await evening.find(Companion)}
    assert [states[each] for each in asked.values()] == [
        CompanionState.JOINED, CompanionState.LEFT, CompanionState.REMOVED, CompanionState.ASKED,
    ]  # fmt: skip


async def test_only_the_host_closes_it(evening: Evening, party: int) -> None:
    with pytest.raises(NotYours):
        await evening.once(close_party, CloseParty(ZED, party))
    await evening.sit_down(YAN, "A12")
    asked = await evening.once(ask_to_join, AskToJoin(YAN, party))
    await evening.sit_down(12)
    gone = await evening.join_party(party, 12)
    await evening.leave_party(party, 12)
    (there,) = await evening.find(Companion, customer_id=ZED)
    table = await evening.get(Party, party)
    ever = await evening.store.run(lambda books: companions_of(books, table))
    assert [each.id for each in ever] == [there.id, asked, gone]
    await evening.once(close_party, CloseParty(ANN, party))
    assert evening.heard(PartyEnded) == [PartyEnded(party, (there.id, asked))]
    assert {each.state for each in await evening.find(Companion)} == {CompanionState.LEFT}
    assert (await evening.get(Party, party)).ended_at == START
    assert await evening.start_party(ANN) != party
    with pytest.raises(PartyOver):
        await evening.set_limit(party, 1000)


@pytest.mark.parametrize(
    ("state", "welcome"),
    [
        (CompanionState.JOINED, True),
        (CompanionState.LEFT, True),
        (CompanionState.LEFT, False),
        (CompanionState.REMOVED, False),
    ],
)
def test_what_was_decided_is_decided(state: CompanionState, welcome: bool) -> None:
    with pytest.raises(OutOfDate):
        after_decision(state, welcome=welcome)


async def test_what_comes_instead_is_paid_by_whom_the_first_was(evening: Evening, party: int) -> None:
    await evening.set_limit(party, 400)
    await evening.put("Pils", 1, ZED)
    cart, (pils, nuts) = await evening.cart(ZED), await evening.find(MenuItem)
    await evening.once(name_substitute, NameSubstitute(cart.id, ZED, pils.id, nuts.id))
    first = await evening.place_on_host(party)
    await evening.serve(first, Action.DECLINE, reason=Reason.SOLD_OUT)
    instead = (await evening.find(GoodsOrder))[-1]
    visits = {visit.customer_id: visit.id for visit in await evening.find(Visit)}
    assert (instead.customer_id, instead.for_visit_id, instead.party_id) == (ANN, visits[ZED], party)
    assert (instead.seat, await room(evening, party)) == ("A13", 150)
