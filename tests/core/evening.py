"""An evening at the Blue Bar, step by step: what tests of the core and of the storage begin with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import wraps
from itertools import count
from typing import Any, TypeVar, cast

from core.check_out import AskCheckOut, Cause, check_out
from core.closing import KeepHours, SetHours, keep_hours, set_hours
from core.dispute import DisputeState, TellDispute, take_dispute
from core.draft import Draft, DraftKind, carry_out, draft_for
from core.end_visit import EndVisit, GatewayRules, end_visit
from core.endings import Moment
from core.enter import (
    ConfirmProposal,
    EndProposal,
    ProposalState,
    SendProposal,
    confirm_proposal,
    end_proposal,
    send_proposal,
)
from core.errand import END_VISIT, KEEP_HOURS, SETTLE_PROMISE, WATCH_VISIT, Errand, ErrandState
from core.errors import Refusal
from core.gateway import Capabilities, Outcome, Verdict
from core.gift import AcceptGift, EndGift, GiftState, OfferGift, accept_gift, end_gift, offer_gift
from core.idle import WatchVisit, watch_visit
from core.ledger import Account, Standing, Transfer, bonus_cost, wallet
from core.lot import BONUS, Lot
from core.make_good import make_good
from core.menu import Entry, LoadMenu, MenuItem, load_menu
from core.merchant import NewLinkCode, NewMerchant, create_merchant, make_link_code
from core.money import Money
from core.open_account import OpenAccount, open_account
from core.order_goods import GoodsOrder, Line, PlaceOrder, SetQuantity, order_goods, set_quantity
from core.outcome import Result
from core.party import (
    Companion,
    DecideCompanion,
    JoinParty,
    LeaveParty,
    Party,
    PlaceOnHost,
    SetLimit,
    StartParty,
    decide_companion,
    join_party,
    leave_party,
    order_on_host,
    set_limit,
    start_party,
)
from core.ports import Books, Store
from core.promotion import SettlePromise, settle_promise
from core.refund import (
    AskRefund,
    DecideReroute,
    RefundPart,
    Rescue,
    RescuePart,
    SettlePart,
    confirm_reroute,
    finish_rescue,
    propose_reroute,
    refund,
    rescue_part,
    settle_part,
)
from core.seat import MakeSeats, Seat, make_seats
from core.serve import (
    AMENDED,
    Action,
    CancelOrder,
    ExpireOrder,
    Reason,
    ServeOrder,
    cancel_order,
    card_lines,
    expire_order,
    serve_order,
    version_of,
)
from core.station import MAIN, LinkGroup, link_group
from core.stray import (
    ConfirmCredit,
    CreditStray,
    ProposeCredit,
    SendStrayBack,
    SettleStray,
    confirm_credit,
    credit_stray,
    propose_credit,
    send_stray_back,
    settle_stray,
    stray_and_case,
)
from core.top_up import AskTopUp, Payment, TopUp, credit, top_up
from core.visit import SitDown, Visit, sit_down

ANN, ZED = 7, 9
BEA, CARL = 8, 10
BAR, GROUP = 1, -100
LEAST, MOST = Money(100, "EUR"), Money(20000, "EUR")
MENU = (Entry("Beer", "Pils", Money(320, "EUR")), Entry("Food", "Nuts", Money(250, "EUR")))

T = TypeVar("T")
A = TypeVar("A")
R = TypeVar("R", bound=Result)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


async def _now(books: Books) -> datetime:
    return books.now


class Evening:
    """Ann and Zed are the customers, Bea and Carl the staff; each call is a transaction of its own."""

    def __init__(self, store: Store, first_key: int = 1) -> None:
        self.store = store
        self.told: list[Any] = []
        self._fresh = count(first_key)

    # Reading

    async def find(self, kind: type[T], /, **where: Any) -> list[T]:
        return await self.store.run(lambda books: books.find(kind, **where))

    async def get(self, kind: type[T], id_: int) -> T:
        found = await self.store.run(lambda books: books.get(kind, id_))
        assert found is not None
        return found

    async def standing(self, account: Account) -> Standing:
        return await self.store.run(lambda books: books.standing(account))

    async def purse(self, customer: int = ANN) -> tuple[int, int]:
        """Return the wallet's balance, and what of it may be spent."""
        standing = await self.standing(wallet(customer, "EUR"))
        return standing.balance.minor, standing.available.minor

    async def visit(self, customer: int = ANN) -> Visit:
        return (await self.find(Visit, customer_id=customer))[-1]

    async def draft(self, kind: DraftKind, customer: int, visit_id: int | None = None) -> Draft:
        return await self.store.run(lambda books: draft_for(books, customer, kind, visit_id))

    async def cart(self, customer: int = ANN) -> Draft:
        return await self.draft(DraftKind.CART, customer, (await self.visit(customer)).id)

    def heard(self, kind: type[T]) -> list[T]:
        """Return what was told of one kind so far."""
        return [event for event in self.told if isinstance(event, kind)]

    # Doing

    async def once(self, command: Callable[[Books, A], Awaitable[R]], ask: A, key: str | None = None) -> R:
        """Run a command, under a key of its own unless one is given."""
        key = key or f"key-{next(self._fresh)}"
        return await self._kept(lambda books: books.once(key, command, ask))

    async def locked_by(self, command: Callable[[Books, A], Awaitable[R]], ask: A) -> list[Account]:
        """Run a command; return the accounts that it locked, which is for those who would do so beside it."""
        locked: list[Account] = []

        class Watched:
            def __init__(self, books: Books) -> None:
                self._books = books

            def __getattr__(self, name: str) -> Any:
                return getattr(self._books, name)

            async def lock(self, *accounts: Account) -> tuple[Standing, ...]:
                locked.extend(accounts)
                return await self._books.lock(*accounts)

        @wraps(command)
        async def watched(books: Books, ask: A) -> R:
            return await command(cast(Books, Watched(books)), ask)

        await self.once(watched, ask)
        return locked

    async def carry_out(self, command: Callable[[Books, Any], Awaitable[int]], ask: Any) -> int:
        return await self._kept(lambda books: carry_out(books, command, ask))

    async def _kept(self, work: Callable[[Books], Awaitable[T]]) -> T:
        """Commit what a refusal leaves behind, as the bot does: its outcome, and the draft's version."""

        async def attempt(books: Books) -> tuple[T | Refusal, list[Any]]:
            try:
                return await work(books), books.told
            except Refusal as refusal:
                return refusal, books.told

        made, told = await self.store.run(attempt)
        self.told += told
        if isinstance(made, Refusal):
            raise made
        return made

    async def open_the_bar(self) -> None:
        await self.once(create_merchant, NewMerchant("Blue Bar", "EUR"))
        code = await self.once(make_link_code, NewLinkCode(BAR))
        await self.once(link_group, LinkGroup(code, GROUP, BEA))
        await self.once(load_menu, LoadMenu(BAR, MENU))
        await self.once(make_seats, MakeSeats(BAR, ("A12", "A13")))

    async def sit_down(self, customer: int = ANN, label: str = "A12") -> int:
        """Open an account and a visit."""
        await self.once(open_account, OpenAccount(customer, f"Customer {customer}", "sandbox"))
        (seat,) = await self.find(Seat, label=label)
        return await self.once(sit_down, SitDown(customer, seat.token))

    async def invoice(self, minor: int, customer: int = ANN, bonus: int | None = None) -> TopUp:
        """Make a top-up order that waits to be paid, and may be promised a bonus."""
        draft = await self.draft(DraftKind.TOP_UP, customer)
        ask = AskTopUp(
            customer, "sandbox", draft.id, draft.version, eur(minor), LEAST, MOST, timedelta(minutes=30),
            bonus=None if bonus is None else eur(bonus),
        )  # fmt: skip
        return await self.get(TopUp, await self.carry_out(top_up, ask))

    async def pay(self, order: TopUp, charge: str, **other: Any) -> int:
        """Pay an invoice, as its order says or otherwise."""
        facts = {
            "gateway": order.gateway, "token": order.token, "charge": charge, "source": f"src-{charge}",
            "payer_id": order.customer_id, "amount": order.amount,
        }  # fmt: skip
        return await self.once(credit, Payment(**{**facts, **other}), f"charge:sandbox:{charge}")

    async def top_up(self, *minors: int, customer: int = ANN) -> None:
        """Bring money, a charge for each amount."""
        for minor in minors:
            order = await self.invoice(minor, customer)
            await self.pay(order, f"tg-{order.id}")

    async def give_bonus(self, minor: int) -> int:
        """Let a bonus have come to Ann, as a lot of its own."""

        async def give(books: Books, amount: Money) -> int:
            cost, purse = bonus_cost("EUR"), wallet(ANN, "EUR")
            await books.lock(cost, purse)
            await books.post(Transfer("bonus", cost, purse, amount))
            lot = replace((await books.find(Lot))[0], id=0, gateway=BONUS, charge="lot-9", brought=amount)
            return (await books.add(lot)).id

        return await self.once(give, eur(minor))

    async def put(self, item: str, quantity: int, customer: int = ANN) -> int:
        """Put goods into the cart; return the draft's version."""
        cart = await self.cart(customer)
        (found,) = await self.find(MenuItem, name=item)
        return await self.once(set_quantity, SetQuantity(cart.id, customer, found.id, quantity))

    async def place(self, customer: int = ANN) -> int:
        """Order what is in the cart."""
        cart = await self.cart(customer)
        ask = PlaceOrder(customer, "EUR", cart.id, cart.version, timedelta(minutes=15))
        return await self.carry_out(order_goods, ask)

    async def order(self, quantity: int = 1, item: str = "Pils", customer: int = ANN) -> int:
        await self.put(item, quantity, customer)
        return await self.place(customer)

    async def card(self, order_id: int, station_id: int = MAIN) -> list[Line]:
        """Return what of an order is on a station's card."""
        order = await self.get(GoodsOrder, order_id)
        return await self.store.run(lambda books: card_lines(books, order, station_id))

    async def start_party(self, host: int = ANN) -> int:
        """Begin a party at the host's visit."""
        return await self.once(start_party, StartParty(host, "EUR", (await self.visit(host)).id))

    async def join_party(self, party_id: int, customer: int = ZED) -> int:
        """Open the link of a party."""
        party = await self.get(Party, party_id)
        return await self.once(join_party, JoinParty(customer, party.code))

    async def leave_party(self, party_id: int, customer: int = ZED) -> int:
        return await self.once(leave_party, LeaveParty(customer, party_id))

    async def decide(self, companion_id: int, *, welcome: bool, host: int = ANN) -> int:
        """Let somebody into the party, or out."""
        return await self.once(decide_companion, DecideCompanion(host, companion_id, welcome))

    async def remove(self, party_id: int, customer: int = ZED, host: int = ANN) -> int:
        (companion,) = await self.find(Companion, party_id=party_id, customer_id=customer)
        return await self.decide(companion.id, welcome=False, host=host)

    async def set_limit(self, party_id: int, minor: int, host: int = ANN) -> int:
        """Say what the others may order on the host in all."""
        party = await self.get(Party, party_id)
        return await self.once(set_limit, SetLimit(host, party_id, party.version, eur(minor)))

    async def place_on_host(self, party_id: int, customer: int = ZED) -> int:
        """Order what is in a companion's cart on the host."""
        cart = await self.cart(customer)
        ask = PlaceOnHost(customer, cart.id, cart.version, party_id, timedelta(minutes=15))
        return await self.carry_out(order_on_host, ask)

    async def order_on_host(
        self, party_id: int, quantity: int = 1, item: str = "Pils", customer: int = ZED
    ) -> int:
        await self.put(item, quantity, customer)
        return await self.place_on_host(party_id, customer)

    async def enter(self, item: str, quantity: int, customer: int = ANN) -> None:
        """Let Bea put goods into the cart that staff fill for a customer."""
        visit = await self.visit(customer)
        draft = await self.draft(DraftKind.ENTERED, customer, visit.id)
        (found,) = await self.find(MenuItem, name=item)
        ask = SetQuantity(draft.id, customer, found.id, quantity, kind=DraftKind.ENTERED)
        await self.once(set_quantity, ask)

    async def send_entered(self, customer: int = ANN) -> int:
        """Let Bea send it to the customer; return the proposal."""
        draft = await self.draft(DraftKind.ENTERED, customer, (await self.visit(customer)).id)
        ask = SendProposal(customer, "EUR", draft.id, draft.version, BEA, "Bea")
        return await self.once(send_proposal, ask)

    async def confirm_entered(self, customer: int = ANN) -> int:
        """Let the customer order what was entered."""
        draft = await self.draft(DraftKind.ENTERED, customer, (await self.visit(customer)).id)
        ask = ConfirmProposal(customer, "EUR", draft.id, draft.version, timedelta(minutes=15))
        return await self.carry_out(confirm_proposal, ask)

    async def end_entered(self, proposal_id: int, state: ProposalState, customer: int = ANN) -> int:
        return await self.once(end_proposal, EndProposal(customer, "EUR", proposal_id, state))

    async def offer(
        self, item: str, quantity: int = 1, giver: int = ANN, receiver: int = ZED, **more: Any
    ) -> int:
        """Put goods into the giver's cart and offer it to the receiver; return the gift."""
        await self.put(item, quantity, giver)
        cart, visit = await self.cart(giver), await self.visit(receiver)
        ask = OfferGift(giver, "EUR", cart.id, cart.version, visit.id, **more)
        return await self.carry_out(offer_gift, ask)

    async def accept(self, gift_id: int, receiver: int = ZED) -> int:
        return await self.once(accept_gift, AcceptGift(receiver, gift_id, timedelta(minutes=15)))

    async def end_gift(self, gift_id: int, state: GiftState, by: int | None = None) -> int:
        """Decline, take back or let lapse what was offered, by whom it is to do so."""
        return await self.once(end_gift, EndGift(gift_id, state, by))

    async def serve(
        self,
        order_id: int,
        *actions: Action,
        reason: Reason | None = None,
        line_id: int = 0,
        station_id: int = MAIN,
    ) -> None:
        """Let Bea press buttons as they are drawn now: of a card, or of one line."""
        for action in actions:
            card = await self.card(order_id, station_id)
            version = (await self.get(Line, line_id)).version if line_id else version_of(card)
            ask = ServeOrder(order_id, version, action, reason, BEA, "Bea", line_id, station_id=station_id)
            await self.once(make_good if action in AMENDED else serve_order, ask)

    async def deliver(self, quantity: int = 1, item: str = "Pils", customer: int = ANN) -> int:
        """Order and bring goods."""
        order = await self.order(quantity, item, customer)
        await self.serve(order, Action.ACCEPT, Action.DELIVER)
        return order

    async def cancel(self, order_id: int, customer: int = ANN) -> int:
        found = await self.find(GoodsOrder, id=order_id)
        version = found[0].version if found else 1
        return await self.once(cancel_order, CancelOrder(order_id, customer, version))

    async def expire(self, order_id: int) -> int:
        return await self.once(expire_order, ExpireOrder(order_id))

    async def check_out(
        self, customer: int = ANN, *, pay_coming: bool = False, refund_rest: bool = False
    ) -> int:
        visit = await self.visit(customer)
        ask = AskCheckOut(customer, BAR, "EUR", visit.id, visit.version, pay_coming, refund_rest)
        return await self.once(check_out, ask)

    async def set_hours(self, hours: str) -> int:
        return await self.once(set_hours, SetHours(BAR, hours))

    async def end(self, customer: int, cause: Cause, rules: Capabilities | None = None) -> int:
        """Check somebody out without them, as the timer would that has just come."""
        visit = await self.visit(customer)
        return await self.once(end_visit, self.ask_end(visit.id, cause, visit.version, rules))

    def ask_end(
        self, visit_id: int, cause: Cause, version: int = 0, rules: Capabilities | None = None
    ) -> EndVisit:
        return EndVisit(visit_id, cause, version, (GatewayRules("sandbox", rules or Capabilities()),))

    async def do_timers(self, seen_at: datetime | None = None) -> None:
        """Do what the bot does about visits and hours whose time has come, one thing leading to another.

        *seen_at* is when customers last wrote or tapped.
        """
        for _ in range(100):
            now = await self.store.run(_now)
            kinds = WATCH_VISIT, KEEP_HOURS, END_VISIT
            waiting = await self.find(Errand, by="due_at", kind=kinds, state=ErrandState.WAITING)
            due = [errand for errand in waiting if errand.due_at <= now]
            if not due:
                return
            await self._do_timer(due[0], seen_at)
        raise AssertionError("one thing leads to another without end")

    async def _do_timer(self, errand: Errand, seen_at: datetime | None) -> None:
        word, _, rest = errand.body.partition(":")
        key = f"errand:{errand.id}"
        if errand.kind == WATCH_VISIT:
            await self.once(watch_visit, WatchVisit(errand.subject_id, int(word), seen_at), key)
        elif errand.kind == KEEP_HOURS:
            await self.once(keep_hours, KeepHours(errand.subject_id, int(word), Moment(rest)), key)
        else:
            await self.once(end_visit, self.ask_end(errand.subject_id, Cause(word), int(rest or 0)), key)
        done = replace(errand, state=ErrandState.DONE)
        await self.store.run(lambda books: books.save(done))

    async def refund(self, minor: int | None = None, customer: int = ANN) -> int:
        draft = await self.draft(DraftKind.REFUND, customer)
        amount = None if minor is None else eur(minor)
        return await self.carry_out(refund, AskRefund(customer, "EUR", draft.id, draft.version, amount))

    async def hear(self, part_id: int, verdict: Verdict, reason: str = "") -> int:
        """Take in what the gateway says about a refund's part."""
        part = await self.get(RefundPart, part_id)
        return await self.once(settle_part, SettlePart.of(part, Outcome(verdict, f"re-{part_id}", reason)))

    async def dispute(
        self, lot_id: int, state: DisputeState, minor: int | None = None, reference: str = "dp-1"
    ) -> int:
        """What the gateway tells about a dispute over one of its charges."""
        lot = await self.get(Lot, lot_id)
        amount = None if minor is None else eur(minor)
        ask = TellDispute(lot.gateway, state, lot.charge, "", amount, reference, "fraudulent")
        return await self.once(take_dispute, ask)

    async def settle_promises(self) -> None:
        """Do what the bot does at once when a promised lot may have come to its end."""
        for errand in await self.find(Errand, kind=SETTLE_PROMISE, state=ErrandState.WAITING):
            ask = SettlePromise(errand.subject_id)
            await self.once(settle_promise, ask, f"errand:{errand.id}")
            done = replace(errand, state=ErrandState.DONE)
            await self.store.run(lambda books, done=done: books.save(done))  # type: ignore[misc]

    async def send_stray_back(self, stray_id: int) -> int:
        return await self.once(send_stray_back, SendStrayBack(stray_id, await self._version(stray_id)))

    async def hear_of_stray(self, stray_id: int, verdict: Verdict) -> int:
        """What the gateway says of sending a stray back."""
        _, case = await self.store.run(lambda books: stray_and_case(books, stray_id))
        told = Outcome(verdict, "re-1", "expired_card" if verdict is Verdict.REFUSED else "")
        return await self.once(settle_stray, SettleStray.of(case, told, timedelta(0)))

    async def credit_stray(self, stray_id: int, customer: int) -> int:
        """What two admins decide, and the gateway saying that it has not sent it back."""
        version = await self._version(stray_id)
        await self.once(propose_credit, ProposeCredit(stray_id, version, customer, BEA, "Bea"))
        await self.once(confirm_credit, ConfirmCredit(stray_id, version + 1, CARL, "Carl"))
        return await self.once(credit_stray, CreditStray(stray_id, version + 2))

    async def _version(self, stray_id: int) -> int:
        return (await self.store.run(lambda books: stray_and_case(books, stray_id)))[1].version

    async def rescue(self, part_id: int, rescue: Rescue) -> int:
        """What an admin decides, and the gateway saying that it did not pay after all."""
        ask = RescuePart(part_id, rescue)
        if rescue is Rescue.REROUTE:
            await self.once(propose_reroute, DecideReroute(part_id, BEA, "Bea"))
            await self.once(confirm_reroute, DecideReroute(part_id, CARL, "Carl"))
        else:
            await self.once(rescue_part, ask)
        return await self.once(finish_rescue, ask)
