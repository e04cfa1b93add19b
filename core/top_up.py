"""Step 2: the customer pays with the third-party payment; a top-up order is made.

Money is credited only on a verified payment that matches our own row, once per charge id, however
late it arrives. What does not match waits in suspense and is seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.debt import debts_of, pay_debts
from core.draft import Draft, DraftKind, current_draft, use_up
from core.errand import EXPIRE_TOP_UP, IDENTIFY_PAYER, PLACE_WAITING, send_on
from core.errors import AmountTooLarge, AmountTooSmall, NotYours, PaymentMismatch, TopUpBusy, TopUpNotPayable
from core.ledger import SHARED, Transfer, clearing, suspense, wallet
from core.lot import Lot
from core.money import Money
from core.open_account import Bind, bind, customer_of
from core.ports import Books


class TopUpState(StrEnum):
    PENDING = "pending"
    PAID = "paid"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class TopUp:
    """A top-up order. *token* is all that its invoice carries.

    A payment about to be made claims it for a while, so that two phones cannot pay one invoice.
    """

    id: int
    customer_id: int
    gateway: str
    token: str
    amount: Money
    state: TopUpState
    claim: str
    claimed_until: datetime | None
    made_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Stray:
    """A payment that matches none of our top-ups, held in suspense until a person has looked."""

    id: int
    gateway: str
    charge: str
    source: str
    payer_id: int
    told: str
    amount: Money
    made_at: datetime


@dataclass(frozen=True, slots=True)
class AskTopUp:
    """*least* and *most* are the operator's limits for one top-up, *gateway* is the one that is paid at."""

    customer_id: int
    gateway: str
    draft_id: int
    version: int
    amount: Money
    least: Money
    most: Money
    expires_after: timedelta

    def check(self) -> None:
        """Refuse an amount outside the limits."""
        if self.amount < self.least:
            raise AmountTooSmall(self.least)
        if self.amount > self.most:
            raise AmountTooLarge(self.most)


@dataclass(frozen=True, slots=True)
class ClaimTopUp:
    """A payer is about to pay; *claim* is the checkout query that asked."""

    token: str
    payer_id: int
    amount: Money
    claim: str
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class Payment:
    """A verified payment: the facts that a gateway vouches for."""

    gateway: str
    token: str
    charge: str
    source: str
    payer_id: int
    amount: Money


@dataclass(frozen=True, slots=True)
class ExpireTopUp:
    top_up_id: int


@dataclass(frozen=True, slots=True)
class KnowPayer:
    """What the payer would recognise their payment account by, as the gateway tells it."""

    lot_id: int
    payer: str


@dataclass(frozen=True, slots=True)
class TopUpMade:
    """Event: an invoice is due."""

    top_up_id: int


@dataclass(frozen=True, slots=True)
class TopUpPaid:
    """Event: money has reached the wallet."""

    lot_id: int


@dataclass(frozen=True, slots=True)
class PayerKnown:
    """Event: the gateway told where a lot's money came from."""

    lot_id: int


@dataclass(frozen=True, slots=True)
class StrayArrived:
    """Event: money came that nobody asked for."""

    stray_id: int


async def top_up(books: Books, ask: AskTopUp) -> int:
    """Make a top-up order to be paid by its invoice; return its number."""
    draft = await current_draft(books, ask.draft_id, ask.version, ask.customer_id)
    ask.check()
    customer = await customer_of(books, ask.customer_id)
    expires_at = books.now + ask.expires_after
    order = await books.add(
        TopUp(
            0, customer.id, ask.gateway, books.token(), ask.amount,
            TopUpState.PENDING, "", None, books.now, expires_at,
        )
    )  # fmt: skip
    await use_up(books, draft)
    await send_on(books, EXPIRE_TOP_UP, order.id, ask.expires_after)
    books.tell(TopUpMade(order.id))
    return order.id


async def claim_top_up(books: Books, ask: ClaimTopUp) -> int:
    """Reserve the invoice for one payment that is about to be made, or refuse it."""
    order = await _by_token(books, ask.token)
    if order is None:
        raise TopUpNotPayable(0, "unknown")
    if order.customer_id != ask.payer_id:
        raise NotYours
    if order.amount != ask.amount:
        raise PaymentMismatch(order.id)
    if order.state is not TopUpState.PENDING or order.expires_at <= books.now:
        raise TopUpNotPayable(order.id, order.state)
    if order.claimed_until and order.claimed_until > books.now and order.claim != ask.claim:
        raise TopUpBusy(order.id)
    await books.save(replace(order, claim=ask.claim, claimed_until=books.now + ask.lasts))
    return order.id


async def credit(books: Books, ask: Payment) -> int:
    """Bring a verified payment into the wallet as a lot; return the top-up's number, 0 for a stray.

    Claim 1, step 2. The key is the charge id: an invoice can be paid more than once, and each
    charge is money.
    """
    order = await _by_token(books, ask.token)
    if order is None or order.amount != ask.amount or order.gateway != ask.gateway:
        return await _set_aside(books, ask)
    held_by = clearing(ask.gateway, ask.amount.currency)
    purse = wallet(order.customer_id, ask.amount.currency)
    owing = await debts_of(books, order.customer_id, ask.amount.currency)
    await books.lock(held_by, purse, *owing)
    await books.post(Transfer("top_up", debit=held_by, credit=purse, amount=ask.amount))
    nothing = Money.zero(ask.amount.currency)
    lot = await books.add(
        Lot(
            0, order.id, order.customer_id, SHARED, ask.gateway, ask.charge, ask.source, "",
            ask.amount, nothing, nothing, nothing, nothing, books.now,
        )
    )  # fmt: skip
    await books.save(replace(order, state=TopUpState.PAID))
    await send_on(books, IDENTIFY_PAYER, lot.id)
    for cart in await books.find(
        Draft, customer_id=order.customer_id, kind=DraftKind.CART, waits=True, used=False
    ):
        await send_on(books, PLACE_WAITING, cart.id, body=str(cart.version))
    books.tell(TopUpPaid(lot.id))
    await pay_debts(books, order.customer_id, owing)
    return order.id


async def expire_top_up(books: Books, ask: ExpireTopUp) -> int:
    """End the time to pay. Money that arrives after all is still credited."""
    order = await books.get(TopUp, ask.top_up_id)
    assert order is not None
    if order.state is TopUpState.PENDING:
        await books.save(replace(order, state=TopUpState.EXPIRED))
    return order.id


async def know_payer(books: Books, ask: KnowPayer) -> int:
    """Note where a lot's money came from; an account's first payment binds it."""
    lot = await books.get(Lot, ask.lot_id)
    assert lot is not None
    await books.save(replace(lot, payer=ask.payer))
    await bind(books, Bind(lot.customer_id, ask.payer))
    books.tell(PayerKnown(lot.id))
    return lot.id


async def _by_token(books: Books, token: str) -> TopUp | None:
    found = await books.find(TopUp, token=token)
    return found[0] if found else None


async def _set_aside(books: Books, ask: Payment) -> int:
    held_by, waits_in = (
        clearing(ask.gateway, ask.amount.currency),
        suspense(ask.gateway, ask.amount.currency),
    )
    await books.lock(held_by, waits_in)
    await books.post(Transfer("stray", debit=held_by, credit=waits_in, amount=ask.amount))
    stray = await books.add(
        Stray(0, ask.gateway, ask.charge, ask.source, ask.payer_id, ask.token, ask.amount, books.now)
    )
    books.tell(StrayArrived(stray.id))
    return 0
