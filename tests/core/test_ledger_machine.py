"""Whatever is done in whatever order, and done again, the books stay true and agree with a small model."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.check_out import Cause, CheckOut
from core.close_account import CloseAccount, close_account
from core.dispute import DisputeState
from core.enter import ProposalState
from core.errors import (
    AccountClosed,
    AccountNotEmpty,
    AccountUnknown,
    AlreadyServed,
    GiftShort,
    GiftTooSoon,
    HostShort,
    KeyReused,
    LimitReached,
    NothingToRefund,
    OrdersOnTheWay,
    OutOfDate,
    RefundDisputed,
    RefundTooLarge,
    Refusal,
    ShortOfMoney,
)
from core.gateway import Capabilities, Verdict
from core.gift import Gift, GiftState
from core.ledger import Account, Transfer, clearing, debt, payable, refunding, suspense, wallet
from core.lot import Lot
from core.menu import LoadMenu, MenuItem, load_menu
from core.merchant import NewLinkCode, make_link_code
from core.order_goods import GoodsOrder, Line
from core.ordering import SetWait, Wait, set_wait
from core.outcome import Result
from core.ports import Books, Store
from core.refund import RefundPart, Rescue
from core.serve import AMENDED, Action, Reason
from core.station import LinkGroup, cards_of, link_group, note_reach, stations_of
from core.top_up import ExpireTopUp, TopUp, expire_top_up
from core.transfer import make_transfer
from core.visit import Visit, VisitState
from storage.database import Database, OpenStore, open_database
from storage.migrate import migrate
from tests.conftest import Clock
from tests.core.evening import ANN, BAR, BEA, GROUP, MENU, ZED, Evening, eur
from tests.postgres import server_or_skip
from tests.thorough import examples

T = TypeVar("T")
A = TypeVar("A")
R = TypeVar("R", bound=Result)

PRICES = {"Pils": 320, "Nuts": 250}
STATIONS = {"Pils": "", "Nuts": "kitchen"}
PLACES = ((GROUP, 0), (GROUP, 7), (GROUP - 1, 0))
LOSSES = Account("operator:losses", "EUR")
JARS = [Account(f"merchant:{n}:tips", "EUR") for n in (1, 2)]
"""Accounts that nothing but this machine uses, and that can be closed."""
STOCK = 1000
RELEASED = ("declined", "cancelled", "expired")
CUSTOMERS = st.sampled_from([ANN, ZED])
NTH = st.integers(0, 20)
MINORS = st.integers(100, 1500)

NEXT = {
    ("placed", Action.ACCEPT): "accepted",
    ("placed", Action.DECLINE): "declined",
    ("placed", Action.PROMISE): "accepted",
    ("accepted", Action.DECLINE): "declined",
    ("accepted", Action.PREPARE): "preparing",
    ("accepted", Action.READY): "ready",
    ("accepted", Action.DELIVER): "delivered",
    ("preparing", Action.DECLINE): "declined",
    ("preparing", Action.READY): "ready",
    ("preparing", Action.DELIVER): "delivered",
    ("ready", Action.DELIVER): "delivered",
    ("delivered", Action.COMP): "comped",
    ("delivered", Action.RETURN): "returned",
    ("undeliverable", Action.COMP): "comped",
}
ANSWERS = (GiftState.ACCEPTED, GiftState.DECLINED, GiftState.LAPSED, GiftState.WITHDRAWN)
COMING = ("accepted", "preparing", "ready")
for coming in COMING:
    NEXT |= {(coming, Action.PROMISE): coming} if coming != "ready" else {}
    NEXT |= {(coming, Action.MISS): coming}
    NEXT |= {(coming, Action.GIVE_UP): "undeliverable", (coming, Action.LET_GO): "cancelled"}
    NEXT |= {(coming, Action.KEEP): coming}
OPEN = ("placed", *COMING, "delivered", "undeliverable")


@dataclass
class Order:
    id: int
    customer: int
    minor: int
    item: str
    quantity: int
    state: str = "placed"
    paid: bool = False
    asked: bool = False
    """Whether the customer asked to cancel it."""
    refunded: bool = False
    """Whether the rest was given back when it was paid."""
    on_host_of: int = 0
    """The party on whose host it was ordered."""
    receiver: int = 0
    """To whom it is brought, if somebody else pays."""

    def after(self, action: Action) -> str | None:
        """Return what the action makes of it, or None if it is refused."""
        if action in (Action.LET_GO, Action.KEEP) and not self.asked:
            return None
        if self.paid and action in (Action.DECLINE, Action.LET_GO, Action.KEEP):
            return None
        return NEXT.get((self.state, action))


@dataclass
class Purse:
    balance: int = 0
    refunding: int = 0
    debt: int = 0


@dataclass
class Part:
    id: int
    customer: int
    minor: int
    state: str = "planned"


@dataclass
class Waiting:
    """A payment that matched nothing."""

    payer: int
    minor: int
    state: str = "waiting"


@dataclass
class Disputed:
    customer: int
    minor: int
    held: int
    state: DisputeState = DisputeState.OPEN


@dataclass
class Given:
    """A gift as it was offered to the other customer, until it was answered or taken back."""

    id: int
    giver: int
    minor: int
    item: str
    quantity: int
    offered: bool = True

    @property
    def receiver(self) -> int:
        return ZED if self.giver == ANN else ANN


@dataclass
class Table:
    """The party that is open: Ann or Zed is its host, and the other one may have joined."""

    id: int
    host: int
    limit: int = 0
    joined: bool = False

    @property
    def other(self) -> int:
        return ZED if self.host == ANN else ANN


@dataclass
class Model:
    """What the balances must be, told in plain numbers."""

    purses: dict[int, Purse] = field(default_factory=lambda: {ANN: Purse(), ZED: Purse()})
    seated: set[int] = field(default_factory=lambda: {ANN, ZED})
    orders: list[Order] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    disputes: dict[str, Disputed] = field(default_factory=dict)
    charges: int = 0
    at_gateway: int = 0
    strays: list[Waiting] = field(default_factory=list)
    earned: int = 0
    table: Table | None = None
    gifts: list[Given] = field(default_factory=list)
    jars: list[int] = field(default_factory=lambda: [0] * len(JARS))
    closed: set[int] = field(default_factory=set)

    def offered_by(self, customer: int) -> list[Given]:
        return [gift for gift in self.gifts if gift.giver == customer and gift.offered]

    def room(self, table: Table) -> int:
        """Return what the limit has left: what was released or taken off the bill counts no more."""
        counting = [order for order in self.orders if order.on_host_of == table.id]
        ended = (*RELEASED, "comped", "returned")
        return max(0, table.limit - sum(order.minor for order in counting if order.state not in ended))

    @property
    def in_suspense(self) -> int:
        return sum(each.minor for each in self.strays if each.state in ("waiting", "going"))

    def open_orders(self, customer: int, *states: str) -> list[Order]:
        wanted = states or OPEN
        return [o for o in self.orders if o.customer == customer and o.state in wanted and not o.paid]

    def left(self, item: str) -> int:
        """Return how many of an item are left: what was released has come back."""
        sold = [order for order in self.orders if order.item == item and order.state not in RELEASED]
        offered = sum(gift.quantity for gift in self.gifts if gift.item == item and gift.offered)
        return STOCK - sum(order.quantity for order in sold) - offered

    def held(self, customer: int) -> int:
        open_ = [each for each in self.disputes.values() if each.state is DisputeState.OPEN]
        disputed = sum(each.held for each in open_ if each.customer == customer)
        offered = sum(gift.minor for gift in self.offered_by(customer))
        return sum(order.minor for order in self.open_orders(customer)) + disputed + offered

    def available(self, customer: int) -> int:
        return self.purses[customer].balance - self.held(customer)

    def pay_debt(self, customer: int) -> None:
        purse, paid = self.purses[customer], self.payable_debt(customer)
        purse.balance -= paid
        purse.debt -= paid

    def payable_debt(self, customer: int) -> int:
        return min(self.purses[customer].debt, self.available(customer))

    def start_refund(self, customer: int, parts: list[RefundPart]) -> None:
        moved = sum(part.amount.minor for part in parts)
        self.purses[customer].balance -= moved
        self.purses[customer].refunding += moved
        self.parts += [Part(part.id, customer, part.amount.minor) for part in parts]


@dataclass(frozen=True)
class Deed:
    """A command that was run, and what came of it."""

    key: str
    command: Callable[[Books, Any], Awaitable[Any]]
    ask: Any
    outcome: object


class Remembered(Evening):
    """An evening that knows all that was done, so that it can be done again."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, first_key=1000)
        self.deeds: list[Deed] = []

    async def once(self, command: Callable[[Books, A], Awaitable[R]], ask: A, key: str | None = None) -> R:
        key = key or f"deed-{len(self.deeds)}"
        return await self._remember(super().once(command, ask, key), key, command, ask)

    async def carry_out(self, command: Callable[[Books, Any], Awaitable[int]], ask: Any) -> int:
        key = f"{command.__name__}:{ask.draft_id}:{ask.version}"
        return await self._remember(super().carry_out(command, ask), key, command, ask)

    async def again(self, deed: Deed, key: str | None = None) -> object:
        try:
            return await super().once(deed.command, deed.ask, key or deed.key)
        except Refusal as refusal:
            return _plain(refusal)

    async def _remember(
        self, doing: Awaitable[T], key: str, command: Callable[[Books, Any], Awaitable[Any]], ask: Any
    ) -> T:
        try:
            made = await doing
        except Refusal as refusal:
            self.deeds.append(Deed(key, command, ask, _plain(refusal)))
            raise
        self.deeds.append(Deed(key, command, ask, made))
        return made


class LedgerMachine(RuleBasedStateMachine):
    """Two customers, a bar and a gateway, on a real database."""

    def __init__(self) -> None:
        super().__init__()
        self.things = ExitStack()
        self.loop = asyncio.new_event_loop()
        self.database = self.open_books()
        self.clock = Clock()
        self.store = self.run(self._open())
        self.evening = Remembered(self.store)
        self.model = Model()
        self.invoices: list[TopUp] = []

    def open_books(self) -> Database:
        """Return books in which the bar is open and both customers have sat down."""
        path = Path(self.things.enter_context(tempfile.TemporaryDirectory())) / "books.sqlite3"
        path.write_bytes(two_customers_at_the_bar())
        return open_database(f"sqlite:///{path}")

    async def _open(self) -> OpenStore:
        return await self.database.open_store(self.clock)

    def teardown(self) -> None:
        self.run(self.store.close())
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
        self.things.close()

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(doing)

    def refused(self, doing: Coroutine[Any, Any, object]) -> type[Refusal] | None:
        """Do it; return what kind of refusal came, or None if it was done."""
        try:
            self.run(doing)
        except Refusal as refusal:
            return type(refusal)
        return None

    # Steps 1 and 2

    @initialize(minors=st.lists(MINORS, min_size=2, max_size=4))
    def bring_money(self, minors: list[int]) -> None:
        """Most of what can go wrong needs money and an order to begin with."""
        for customer in (ANN, ZED):
            for minor in minors:
                self.ask_top_up(customer, minor, pays=True)
            self.order(0 if customer == ANN else 1, "Nuts", 1)

    @rule(customer=CUSTOMERS, label=st.sampled_from(["A12", "A13"]))
    def sit_down(self, customer: int, label: str) -> None:
        self.run(self.evening.sit_down(customer, label))
        self.model.seated.add(customer)

    @rule(customer=CUSTOMERS, minor=MINORS, pays=st.booleans())
    def ask_top_up(self, customer: int, minor: int, pays: bool) -> None:
        self.invoices.append(self.run(self.evening.invoice(minor, customer)))
        if pays:
            self.pay(len(self.invoices) - 1)

    @precondition(lambda self: self.invoices)
    @rule(nth=NTH)
    def pay(self, nth: int) -> None:
        """However late, and however often."""
        invoice = self.invoices[nth % len(self.invoices)]
        self.model.charges += 1
        self.run(self.evening.pay(invoice, f"tg-{self.model.charges}"))
        self.model.purses[invoice.customer_id].balance += invoice.amount.minor
        self.model.pay_debt(invoice.customer_id)
        self.model.at_gateway += invoice.amount.minor

    @precondition(lambda self: self.invoices)
    @rule(nth=NTH)
    def pay_something_else(self, nth: int) -> None:
        invoice = self.invoices[nth % len(self.invoices)]
        self.model.charges += 1
        amount = eur(invoice.amount.minor + 1)
        self.run(self.evening.pay(invoice, f"tg-{self.model.charges}", amount=amount))
        self.model.strays.append(Waiting(invoice.customer_id, amount.minor))
        self.model.at_gateway += amount.minor

    @precondition(lambda self: self.model.strays)
    @rule(nth=NTH, verdicts=st.lists(st.sampled_from(Verdict), max_size=3))
    def send_stray_back(self, nth: int, verdicts: list[Verdict]) -> None:
        """Whatever the gateway answers, and whatever it says afterwards."""
        nth %= len(self.model.strays)
        stray = self.model.strays[nth]
        refused = self.refused(self.evening.send_stray_back(nth + 1))
        assert refused is (None if stray.state == "waiting" else OutOfDate)
        stray.state = stray.state if refused else "going"
        for verdict in verdicts:
            self.run(self.evening.hear_of_stray(nth + 1, verdict))
            self._take_in_stray(stray, verdict)

    def _take_in_stray(self, stray: Waiting, verdict: Verdict) -> None:
        if verdict is Verdict.DONE and stray.state in ("waiting", "going"):
            stray.state = "back"
            self.model.at_gateway -= stray.minor
        elif verdict is Verdict.REFUSED and stray.state == "back":
            stray.state = "waiting"
            self.model.at_gateway += stray.minor
        elif verdict is Verdict.REFUSED and stray.state == "going":
            stray.state = "waiting"

    @precondition(lambda self: self.model.strays)
    @rule(nth=NTH, customer=CUSTOMERS)
    def credit_stray(self, nth: int, customer: int) -> None:
        nth %= len(self.model.strays)
        stray = self.model.strays[nth]
        refused = self.refused(self.evening.credit_stray(nth + 1, customer))
        assert refused is (None if stray.state == "waiting" else OutOfDate)
        if not refused:
            stray.state = "credited"
            self.model.purses[customer].balance += stray.minor
            self.model.pay_debt(customer)

    @precondition(lambda self: self.invoices)
    @rule(nth=NTH)
    def expire_invoice(self, nth: int) -> None:
        invoice = self.invoices[nth % len(self.invoices)]
        self.run(self.evening.once(expire_top_up, ExpireTopUp(invoice.id)))

    # Step 3

    @precondition(lambda self: self.model.seated)
    @rule(nth=NTH, item=st.sampled_from(sorted(PRICES)), quantity=st.integers(1, 3))
    def order(self, nth: int, item: str, quantity: int) -> None:
        customer = sorted(self.model.seated)[nth % len(self.model.seated)]
        self.run(self._empty_cart(customer))
        self.run(self.evening.put(item, quantity, customer))
        minor, available = PRICES[item] * quantity, self.model.available(customer)
        refused = self.refused(self.evening.place(customer))
        assert refused is (ShortOfMoney if minor > available else None)
        if not refused:
            self.model.orders.append(Order(len(self.model.orders) + 1, customer, minor, item, quantity))

    @precondition(lambda self: len(self.model.seated) == 2)
    @rule(host=CUSTOMERS, limit=st.sampled_from([0, 400, 1000, 3000]))
    def share_a_table(self, host: int, limit: int) -> None:
        """Begin a party unless there is one, let the other join, and say what may be ordered on the host."""
        if self.model.table is None:
            self.model.table = Table(self.run(self.evening.start_party(host)), host)
        table = self.model.table
        self.run(self.evening.join_party(table.id, table.other))
        self.run(self.evening.set_limit(table.id, limit, table.host))
        table.joined, table.limit = True, limit

    @precondition(lambda self: self.model.table and self.model.table.joined)
    @rule(item=st.sampled_from(sorted(PRICES)), quantity=st.integers(1, 3))
    def order_on_host(self, item: str, quantity: int) -> None:
        table = self.model.table
        assert table is not None
        self.run(self._empty_cart(table.other))
        minor, available = PRICES[item] * quantity, self.model.available(table.host)
        refused = self.refused(self.evening.order_on_host(table.id, quantity, item, table.other))
        if minor > self.model.room(table):
            assert refused is LimitReached
        else:
            assert refused is (HostShort if minor > available else None)
        if not refused:
            number = len(self.model.orders) + 1
            order = Order(number, table.host, minor, item, quantity)
            order.on_host_of, order.receiver = table.id, table.other
            self.model.orders.append(order)

    @precondition(lambda self: self.model.table and self.model.table.joined)
    @rule()
    def leave_the_table(self) -> None:
        """It moves no money."""
        table = self.model.table
        assert table is not None
        self.run(self.evening.leave_party(table.id, table.other))
        table.joined = False

    @precondition(lambda self: self.model.seated)
    @rule(
        nth=NTH,
        item=st.sampled_from(sorted(PRICES)),
        quantity=st.integers(1, 3),
        end=st.sampled_from([None, ProposalState.REFUSED, ProposalState.LAPSED]),
    )
    def enter(self, nth: int, item: str, quantity: int, end: ProposalState | None) -> None:
        """Staff enter something; nothing moves before the customer confirms it."""
        customer = sorted(self.model.seated)[nth % len(self.model.seated)]
        self.run(self.evening.enter(item, quantity, customer))
        proposal = self.run(self.evening.send_entered(customer))
        minor, available = PRICES[item] * quantity, self.model.available(customer)
        refused: object = OutOfDate
        if end is None:
            refused = self.refused(self.evening.confirm_entered(customer))
            assert refused is (ShortOfMoney if minor > available else None)
        if refused:
            self.run(self.evening.end_entered(proposal, end or ProposalState.WITHDRAWN, customer))
        else:
            number = len(self.model.orders) + 1
            self.model.orders.append(Order(number, customer, minor, item, quantity, "accepted"))

    @precondition(lambda self: len(self.model.seated) == 2)
    @rule(giver=CUSTOMERS, item=st.sampled_from(sorted(PRICES)), quantity=st.integers(1, 3))
    def offer_gift(self, giver: int, item: str, quantity: int) -> None:
        self.run(self._empty_cart(giver))
        minor, available = PRICES[item] * quantity, self.model.available(giver)
        refused: object = GiftTooSoon if self.model.offered_by(giver) else None
        if refused is None and minor > available:
            refused = GiftShort
        gift = Given(len(self.model.gifts) + 1, giver, minor, item, quantity)
        offering = self.evening.offer(item, quantity, giver, gift.receiver, cool_down=timedelta(0))
        assert self.refused(offering) is refused
        if refused is None:
            self.model.gifts.append(gift)

    @precondition(lambda self: self.model.gifts)
    @rule(nth=NTH, state=st.sampled_from(ANSWERS))
    def answer_gift(self, nth: int, state: GiftState) -> None:
        """Accept it, or end it in any other way; the second answer changes nothing."""
        gift = self.model.gifts[nth % len(self.model.gifts)]
        if state is GiftState.ACCEPTED:
            self._accept_gift(gift)
            return
        by = {GiftState.DECLINED: gift.receiver, GiftState.WITHDRAWN: gift.giver}.get(state)
        self.run(self.evening.end_gift(gift.id, state, by))
        gift.offered = False

    def _accept_gift(self, gift: Given) -> None:
        known = len(self.run(self.evening.find(GoodsOrder)))
        self.refused(self.evening.accept(gift.id, gift.receiver))
        made = len(self.run(self.evening.find(GoodsOrder))) - known
        assert made == (1 if gift.offered and self._is_at_the_same_visit(gift) else 0)
        if made:
            gift.offered = False
            number = len(self.model.orders) + 1
            order = Order(number, gift.giver, gift.minor, gift.item, gift.quantity)
            order.receiver = gift.receiver
            self.model.orders.append(order)

    def _is_at_the_same_visit(self, gift: Given) -> bool:
        """Whether the receiver has not checked out since the gift was offered."""
        kept = self.run(self.evening.get(Gift, gift.id))
        return self.run(self.evening.get(Visit, kept.for_visit_id)).state is VisitState.OPEN

    async def _empty_cart(self, customer: int) -> None:
        for item in PRICES:
            await self.evening.put(item, 0, customer)

    @precondition(lambda self: self.model.orders)
    @rule(nth=NTH, action=st.sampled_from(Action))
    def serve(self, nth: int, action: Action) -> None:
        order = self.model.orders[nth % len(self.model.orders)]
        after = order.after(action)
        reason = Reason.TOO_BUSY if action is Action.DECLINE else None
        if action in AMENDED:
            reason = Reason.GOODWILL
        serving = self.evening.serve(order.id, action, reason=reason, station_id=self.run(self._card(order)))
        assert self.refused(serving) is (None if after else AlreadyServed)
        if after:
            order.asked = order.asked and action is not Action.KEEP and after in COMING and not order.paid
            order.state = after
            if action in AMENDED and order.paid:
                self._give_back(order)

    async def _card(self, order: Order) -> int:
        """Return the station on whose card the order's one line is."""
        lines = await self.evening.find(Line, order_id=order.id)
        (station,) = cards_of(lines, await self.store.run(lambda books: stations_of(books, BAR)))
        return station

    @rule(place=st.sampled_from(PLACES))
    def place_the_kitchen(self, place: tuple[int, int]) -> None:
        """Its cards go elsewhere from now on; no money moves by that."""
        code = self.run(self.evening.once(make_link_code, NewLinkCode(BAR)))
        ask = LinkGroup(code, place[0], BEA, "kitchen", place[1])
        assert self.run(self.evening.once(link_group, ask)) == BAR

    @rule(reached=st.booleans(), place=st.sampled_from(PLACES))
    def lose_the_kitchen_or_find_it(self, reached: bool, place: tuple[int, int]) -> None:
        self.run(self.store.run(lambda books: note_reach(books, *place, reached=reached)))

    def _give_back(self, order: Order) -> None:
        self.model.earned -= order.minor
        self.model.purses[order.customer].balance += order.minor
        if order.refunded:
            self._take_in_refund(order.customer, order.minor)

    @precondition(lambda self: self.model.orders)
    @rule(nth=NTH)
    def cancel(self, nth: int) -> None:
        order = self.model.orders[nth % len(self.model.orders)]
        waits = order.state == "placed"
        asks = order.state in COMING and not order.asked and not order.paid
        assert self.refused(self.evening.cancel(order.id, order.customer)) is (
            None if waits or asks else AlreadyServed
        )
        order.asked = order.asked or asks
        order.state = "cancelled" if waits else order.state

    @precondition(lambda self: self.model.orders)
    @rule(nth=NTH)
    def expire(self, nth: int) -> None:
        order = self.model.orders[nth % len(self.model.orders)]
        self.run(self.evening.expire(order.id))
        order.state = "expired" if order.state == "placed" else order.state

    @precondition(lambda self: any(order.state == "placed" for order in self.model.orders))
    @rule(delivers=st.booleans())
    def serve_those_who_wait(self, delivers: bool) -> None:
        for nth, order in enumerate(self.model.orders):
            if order.state == "placed":
                self.serve(nth, Action.ACCEPT)
                if delivers:
                    self.serve(nth, Action.DELIVER)

    # Step 4

    @precondition(lambda self: self.model.seated)
    @rule(nth=NTH, pay_coming=st.booleans(), refund_rest=st.booleans())
    def check_out(self, nth: int, pay_coming: bool, refund_rest: bool) -> None:
        customer = sorted(self.model.seated)[nth % len(self.model.seated)]
        refused = self.refused(
            self.evening.check_out(customer, pay_coming=pay_coming, refund_rest=refund_rest)
        )
        coming = self.model.open_orders(customer, *COMING)
        assert refused is (OrdersOnTheWay if coming and not pay_coming else None)
        if not refused:
            self._settle_visit(customer, refund_rest)

    def _settle_visit(self, customer: int, refund_rest: bool) -> None:
        for order in self.model.open_orders(customer, "placed"):
            order.state = "cancelled"
        self._take_in_leaving(customer)
        for order in self.model.open_orders(customer):
            order.paid, order.refunded = True, refund_rest and bool(self.model.available(customer))
            self.model.purses[customer].balance -= order.minor
            self.model.earned += order.minor
        self.model.seated.remove(customer)
        if refund_rest:
            self.model.pay_debt(customer)
            available = self.model.available(customer)
            self._take_in_refund(customer, available and min(available, self._undisputed(customer)))

    def _take_in_leaving(self, customer: int) -> None:
        """What was offered is taken back, what a host would pay for is no more, and the table is left."""
        for gift in self.model.offered_by(customer):
            gift.offered = False
        for order in self.model.orders:
            if order.receiver == customer and order.state == "placed":
                order.state = "cancelled"
        if self.model.table and self.model.table.host == customer:
            self.model.table = None
        elif self.model.table:
            self.model.table.joined = False

    @precondition(lambda self: self.model.seated)
    @rule(nth=NTH, refunds=st.booleans(), closes=st.booleans())
    def end_visit(self, nth: int, refunds: bool, closes: bool) -> None:
        """The bar closes, or is open after all; its gateway takes refunds, or nothing back at all."""
        customer = sorted(self.model.seated)[nth % len(self.model.seated)]
        rules = Capabilities(least_refund_minor=1 if refunds else 10**6)
        self.clock.forward(timedelta(minutes=1))
        now = self.clock.now
        hours = f"{now - timedelta(hours=1):%H:%M}-{now:%H:%M}" if closes else ""
        self.run(self.evening.set_hours(hours))
        ended = self.run(self.evening.end(customer, Cause.CLOSING, rules))
        self.run(self.evening.set_hours(""))
        assert bool(ended) is closes
        if ended:
            self._take_in_end(customer, self.run(self.evening.get(CheckOut, ended)), refunds=refunds)

    def _take_in_end(self, customer: int, receipt: CheckOut, *, refunds: bool) -> None:
        """What was not brought is free, what was is paid; whether the rest went back, the receipt tells."""
        for order in self.model.open_orders(customer, "placed", *COMING):
            order.state, order.asked = "cancelled", False
        self._take_in_leaving(customer)
        for order in self.model.open_orders(customer):
            order.paid, order.refunded = True, receipt.refund_id is not None
            self.model.purses[customer].balance -= order.minor
            self.model.earned += order.minor
        self.model.seated.remove(customer)
        self.model.pay_debt(customer)
        available = self.model.available(customer)
        back = min(available, self._undisputed(customer)) if refunds else 0
        assert (receipt.refund_id is not None) is bool(back)
        self._take_in_refund(customer, back)

    # Step 5

    @rule(customer=CUSTOMERS, minor=st.none() | MINORS)
    def refund(self, customer: int, minor: int | None) -> None:
        available = self.model.available(customer) - self.model.payable_debt(customer)
        refused = self.refused(self.evening.refund(minor, customer))
        free = self._undisputed(customer)
        if not available:
            assert refused is NothingToRefund
        elif free == 0 or free < (minor or 0) <= available:
            assert refused is RefundDisputed
        elif minor and minor > available:
            assert refused is RefundTooLarge
        else:
            assert refused is None
            self.model.pay_debt(customer)
            self._take_in_refund(customer, minor or min(available, free))

    def _undisputed(self, customer: int) -> int:
        """Ask the books what could still go back; a refund that was made is added to what is left."""
        lots = self.run(self.evening.find(Lot, customer_id=customer, disputed=False))
        parts = self.run(self.evening.find(RefundPart, customer_id=customer))
        known = {part.id for part in self.model.parts}
        return sum(lot.refundable.minor for lot in lots) + sum(
            part.amount.minor for part in parts if part.id not in known
        )

    def _take_in_refund(self, customer: int, minor: int) -> None:
        """Learn into which parts a refund was split; they must come to what was asked for."""
        known = {part.id for part in self.model.parts}
        parts = [part for part in self.run(self.evening.find(RefundPart)) if part.id not in known]
        assert sum(part.amount.minor for part in parts) == minor
        self.model.start_refund(customer, parts)

    @precondition(lambda self: self.model.parts)
    @rule(nth=NTH, verdict=st.sampled_from(Verdict))
    def hear(self, nth: int, verdict: Verdict) -> None:
        part = self.model.parts[nth % len(self.model.parts)]
        self.run(self.evening.hear(part.id, verdict))
        if part.state not in ("planned", "pending"):
            return
        if verdict is Verdict.DONE:
            part.state = "done"
            self.model.purses[part.customer].refunding -= part.minor
            self.model.at_gateway -= part.minor
        else:
            part.state = "parked" if verdict is Verdict.REFUSED else "pending"

    @precondition(lambda self: self.model.parts)
    @rule(nth=NTH, rescue=st.sampled_from(Rescue))
    def rescue(self, nth: int, rescue: Rescue) -> None:
        part = self.model.parts[nth % len(self.model.parts)]
        refused = self.refused(self.evening.rescue(part.id, rescue))
        lot = self.run(self.evening.get(Lot, self.run(self.evening.get(RefundPart, part.id)).lot_id))
        blocked = RefundDisputed if rescue is Rescue.RETRY and lot.disputed else None
        assert refused is (blocked if part.state == "parked" else OutOfDate)
        if refused:
            return
        part.state = {"retry": "planned", "to-wallet": "returned", "reroute": "rerouted"}[rescue]
        if rescue is Rescue.REROUTE:
            self.model.purses[part.customer].refunding -= part.minor
        if rescue is Rescue.TO_WALLET:
            self.model.purses[part.customer].refunding -= part.minor
            self.model.purses[part.customer].balance += part.minor

    # Disputes

    @rule(
        nth=NTH,
        which=st.sampled_from("ab"),
        minor=st.none() | MINORS,
        states=st.lists(st.sampled_from(DisputeState), min_size=1, max_size=3),
    )
    def dispute(self, nth: int, which: str, minor: int | None, states: list[DisputeState]) -> None:
        """In any order, and again; the first end that is told stays."""
        lots = self.run(self.evening.find(Lot))
        lot = lots[nth % len(lots)]
        amount = min(minor or lot.brought.minor, lot.brought.minor)
        for state in states:
            self.run(self.evening.dispute(lot.id, state, amount, f"dp-{lot.id}-{which}"))
            self._take_in_dispute(f"dp-{lot.id}-{which}", lot.customer_id, amount, state)

    def _take_in_dispute(self, reference: str, customer: int, minor: int, state: DisputeState) -> None:
        held = min(minor, self.model.available(customer))
        known = self.model.disputes.setdefault(reference, Disputed(customer, minor, held))
        if known.state is not DisputeState.OPEN or state is DisputeState.OPEN:
            return
        known.state = state
        if state is DisputeState.LOST:
            purse = self.model.purses[customer]
            purse.balance -= known.held
            purse.debt += known.minor - known.held
            self.model.at_gateway -= known.minor
            self.model.pay_debt(customer)

    # Accounts

    @rule(nth=st.integers(0, 1), minor=MINORS, out=st.booleans())
    def move_in_a_jar(self, nth: int, minor: int, out: bool) -> None:
        one, other = (JARS[nth], LOSSES) if out else (LOSSES, JARS[nth])
        amount = self.model.jars[nth] if out else minor
        if not amount:
            return
        refused = self.refused(self.evening.once(make_transfer, Transfer("tip", one, other, eur(amount))))
        assert refused is (AccountClosed if nth in self.model.closed else None)
        if not refused:
            self.model.jars[nth] += -amount if out else amount

    @rule(nth=st.integers(0, 1))
    def close_a_jar(self, nth: int) -> None:
        refused = self.refused(self.evening.once(close_account, CloseAccount(JARS[nth])))
        if nth in self.model.closed:
            assert refused is AccountClosed
        else:
            assert refused is (AccountNotEmpty if self.model.jars[nth] else None)
            self.model.closed |= set() if refused else {nth}

    @rule(customer=CUSTOMERS)
    def close_a_wallet_with_money(self, customer: int) -> None:
        if self.model.purses[customer].balance:
            ask = CloseAccount(wallet(customer, "EUR"))
            assert self.refused(self.evening.once(close_account, ask)) is AccountNotEmpty

    @rule(customer=CUSTOMERS)
    def pay_into_what_is_no_account(self, customer: int) -> None:
        out = Transfer("out", wallet(customer, "EUR"), Account(f"customer:{customer}:purse", "EUR"), eur(1))
        assert self.refused(self.evening.once(make_transfer, out)) is AccountUnknown

    # Again

    @precondition(lambda self: self.evening.deeds)
    @rule(nth=NTH)
    def repeat(self, nth: int) -> None:
        """The same key gives the first outcome, refusals too, and moves nothing."""
        deed = self.evening.deeds[-1 - nth % len(self.evening.deeds)]
        assert self.run(self.evening.again(deed)) == deed.outcome

    @precondition(lambda self: len(self.evening.deeds) > 1)
    @rule(nth=NTH)
    def reuse_a_key(self, nth: int) -> None:
        deed, other = (self.evening.deeds[-1 - (nth + n) % len(self.evening.deeds)] for n in (0, 1))
        if (deed.command, deed.ask) != (other.command, other.ask):
            assert self.run(self.evening.again(deed, key=other.key)) == _plain(KeyReused())

    # After each step

    @invariant()
    def the_books_are_true(self) -> None:
        assert self.database.examine() == []

    @invariant()
    def the_books_agree_with_the_model(self) -> None:
        model, expected = self.model, dict[object, int]()
        for each, purse in model.purses.items():
            expected["wallet", each], expected["held", each] = purse.balance, model.held(each)
            expected["refunding", each], expected["debt", each] = purse.refunding, -purse.debt
        expected["payable"], expected["suspense"] = model.earned, model.in_suspense
        expected["clearing"] = -model.at_gateway
        expected |= {jar.name: minor for jar, minor in zip(JARS, model.jars, strict=True)}
        expected |= {("left", item): model.left(item) for item in PRICES}
        assert self.run(self.store.run(self._balances)) == expected

    async def _balances(self, books: Books) -> dict[object, int]:
        found: dict[object, int] = {}
        for each in self.model.purses:
            purse = await books.standing(wallet(each, "EUR"))
            found["wallet", each], found["held", each] = purse.balance.minor, purse.held.minor
            found["refunding", each] = (await books.standing(refunding(each, "EUR"))).balance.minor
            found["debt", each] = (await books.standing(debt(each, "EUR"))).balance.minor
        for item in await books.find(MenuItem, merchant_id=BAR):
            found["left", item.name] = item.stock or 0
        found |= {jar.name: (await books.standing(jar)).balance.minor for jar in JARS}
        found["payable"] = (await books.standing(payable(BAR, "EUR"))).balance.minor
        found["clearing"] = (await books.standing(clearing("sandbox", "EUR"))).balance.minor
        found["suspense"] = (await books.standing(suspense("sandbox", "EUR"))).balance.minor
        return found


class PostgresMachine(LedgerMachine):
    """The same on PostgreSQL."""

    def open_books(self) -> Database:
        database = open_database(self.things.enter_context(server_or_skip().empty()))
        self.run(seat_two_customers(database))
        return database


@cache
def two_customers_at_the_bar() -> bytes:
    """Return the database with which every run on SQLite begins."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "books.sqlite3"
        migrate(path)
        asyncio.run(seat_two_customers(open_database(f"sqlite:///{path}")))
        return path.read_bytes()


async def seat_two_customers(database: Database) -> None:
    store = await database.open_store(Clock())
    evening = Evening(store)
    await evening.open_the_bar()
    counted = tuple(replace(entry, stock=STOCK, station=STATIONS[entry.name]) for entry in MENU)
    await evening.once(load_menu, LoadMenu(BAR, counted, ("stock", "station")))
    await evening.once(set_wait, SetWait(BAR, Wait.PAUSE, 0))  # however many orders nobody answers
    await evening.sit_down(ANN, "A12")
    await evening.sit_down(ZED, "A13")
    await store.close()


def _plain(refusal: Refusal) -> tuple[str, dict[str, Any]]:
    """Refusals are equal by what they say."""
    return type(refusal).__name__, vars(refusal)


ROUNDS = int(os.environ.get("SOAK_ROUNDS", "1"))
QUICK = settings(
    max_examples=examples(15), stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_the_books_stay_true_whatever_is_done() -> None:
    run_state_machine_as_test(LedgerMachine, settings=QUICK)


@pytest.mark.slow
def test_the_books_stay_true_on_postgresql_too() -> None:
    server_or_skip()
    run_state_machine_as_test(PostgresMachine, settings=settings(QUICK, max_examples=max(8, ROUNDS)))


@pytest.mark.slow
def test_the_books_stay_true_for_long() -> None:
    long = settings(QUICK, max_examples=max(100, 5 * ROUNDS), stateful_step_count=60)
    run_state_machine_as_test(LedgerMachine, settings=long)
