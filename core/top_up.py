"""Step 2: the customer pays with the third-party payment; a top-up order is made.

Money is credited only on a verified payment that matches our own row, once per charge id, however
late it arrives. What does not match waits in suspense and is seen.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.charge import UNDER_WAY, Charge, ChargeState, ask_now, begin_charge, charge_of, charge_with
from core.debt import debts_of, pay_debts
from core.draft import CARTS, Draft, current_draft, use_up
from core.errand import EXPIRE_TOP_UP, IDENTIFY_PAYER, PLACE_WAITING, send_on
from core.errors import (
    AmountTooLarge,
    AmountTooSmall,
    KeyReused,
    NotYours,
    OutOfDate,
    PaymentMismatch,
    TopUpBusy,
    TopUpNotPayable,
)
from core.gateway import Fact, Payer
from core.ledger import SHARED, Transfer, clearing, refunding, suspense, wallet
from core.lot import Lot
from core.money import Money
from core.open_account import Bind, bind, customer_of, is_other
from core.ports import Books
from core.promotion import promise, promise_accounts
from core.refund import give_back_lot


class TopUpState(StrEnum):
    PENDING = "pending"
    PAID = "paid"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class TopUp:
    """A top-up order. *token* is all that its invoice carries, and the key of its charge at the gateway.

    A payment about to be made claims it for a while, so that two phones cannot pay one invoice. Its
    first payment is promised the *bonus* that was shown when the amount was chosen.
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
    bonus: Money | None = None


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
    """*least* and *most* are the operator's limits for one top-up, *gateway* is the one that is paid at.

    *method* is the saved payment method that shall be charged at once, "" if the customer acts.
    """

    customer_id: int
    gateway: str
    draft_id: int
    version: int
    amount: Money
    least: Money
    most: Money
    expires_after: timedelta
    method: str = ""
    bonus: Money | None = None

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
    """A verified payment: the facts that a gateway vouches for.

    *payer_id* is the person in the chat who paid, 0 where nobody says. Where *checks_payer*, nothing is
    ordered with the money before it is known where it came from.
    """

    gateway: str
    token: str
    charge: str
    source: str
    payer_id: int
    amount: Money
    payer: Payer | None = None
    paid_at: datetime | None = None
    checks_payer: bool = False

    @classmethod
    def of(cls, gateway: str, fact: Fact, *, checks_payer: bool = False) -> Payment:
        assert fact.amount is not None
        return cls(
            gateway, fact.key, fact.charge, fact.source, 0, fact.amount, fact.payer, fact.at, checks_payer
        )


@dataclass(frozen=True, slots=True)
class ExpireTopUp:
    top_up_id: int


@dataclass(frozen=True, slots=True)
class LookForPayment:
    """A customer says that they have paid."""

    customer_id: int
    top_up_id: int


@dataclass(frozen=True, slots=True)
class KnowPayer:
    """Where a lot's money came from, as the gateway tells it.

    *sends_back*: a payment of another payer than the one that the account is bound to goes back.
    """

    lot_id: int
    payer: Payer
    sends_back: bool = False


@dataclass(frozen=True, slots=True)
class TopUpPaid:
    """Event: money has reached the wallet."""

    lot_id: int


@dataclass(frozen=True, slots=True)
class PayerKnown:
    """Event: the gateway told where a lot's money came from."""

    lot_id: int


@dataclass(frozen=True, slots=True)
class SentBack:
    """Event: a payment came from another payer than the account is bound to, and goes back."""

    lot_id: int
    refund_id: int


@dataclass(frozen=True, slots=True)
class StrayArrived:
    """Event: money came that nobody asked for."""

    stray_id: int


async def top_up(books: Books, ask: AskTopUp) -> int:
    """Make a top-up order and have its charge opened at the gateway; return its number."""
    draft = await current_draft(books, ask.draft_id, ask.version, ask.customer_id)
    ask.check()
    customer = await customer_of(books, ask.customer_id)
    expires_at = books.now + ask.expires_after
    order = await books.add(
        TopUp(
            0, customer.id, ask.gateway, books.token(), ask.amount,
            TopUpState.PENDING, "", None, books.now, expires_at, ask.bonus,
        )
    )  # fmt: skip
    await use_up(books, draft)
    await begin_charge(books, order.id, ask.method)
    await send_on(books, EXPIRE_TOP_UP, order.id, ask.expires_after)
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


async def take_payment(books: Books, paid: Payment) -> int:
    """Credit a payment, whoever tells of it and however often; return the top-up's number.

    Several may tell of one payment (the chat, a notice, an answer) and not in the same words.
    """
    if known := await known_payment(books, paid):
        return known.top_up_id if isinstance(known, Lot) else 0
    try:
        return await books.once(f"credit:{paid.gateway}:{paid.charge}", credit, paid)
    except KeyReused:  # told in other words at the very same time
        return 0


async def known_payment(books: Books, paid: Payment) -> Lot | Stray | None:
    """Return what a payment was taken for before, by its charge or by what it is refunded by."""
    for lot in await books.find(Lot, gateway=paid.gateway, charge=paid.charge):
        return lot
    for stray in await books.find(Stray, gateway=paid.gateway, charge=paid.charge):
        return stray
    if paid.source:
        for lot in await books.find(Lot, gateway=paid.gateway, source=paid.source):
            return lot
        for stray in await books.find(Stray, gateway=paid.gateway, source=paid.source):
            return stray
    return None


async def credit(books: Books, ask: Payment) -> int:
    """Bring a verified payment into the wallet as a lot; return the top-up's number, 0 for a stray.

    Claim 1, step 2. The key is the charge id: an invoice can be paid more than once, and each
    charge is money.
    """
    order = await _by_token(books, ask.token)
    if order is None or order.amount != ask.amount or order.gateway != ask.gateway:
        return await _set_aside(books, ask, ask.payer_id or (order.customer_id if order else 0))
    held_by = clearing(ask.gateway, ask.amount.currency)
    purse = wallet(order.customer_id, ask.amount.currency)
    owing = () if ask.checks_payer else await debts_of(books, order.customer_id, ask.amount.currency)
    bonus = order.bonus if order.state is not TopUpState.PAID else None
    promised = promise_accounts(order.customer_id, ask.amount.currency) if bonus else ()
    await books.lock(held_by, purse, *owing, *promised)
    await books.post(Transfer("top_up", debit=held_by, credit=purse, amount=ask.amount))
    nothing = Money.zero(ask.amount.currency)
    lot = await books.add(
        Lot(
            0, order.id, order.customer_id, SHARED, ask.gateway, ask.charge, ask.source, "",
            ask.amount, nothing, nothing, nothing, nothing, books.now, paid_at=ask.paid_at or books.now,
        )
    )  # fmt: skip
    if bonus:
        await promise(books, lot, bonus)
    await books.save(replace(order, state=TopUpState.PAID))
    if charge := await charge_of(books, order.id):
        await books.save(replace(charge, state=ChargeState.PAID))
    payer = ask.payer
    told = json.dumps([payer.id, payer.label, payer.method]) if payer else ""
    await send_on(books, IDENTIFY_PAYER, lot.id, body=told)
    if not ask.checks_payer:
        await _wake_carts(books, order.customer_id)
    books.tell(TopUpPaid(lot.id))
    await pay_debts(books, order.customer_id, owing)
    return order.id


async def look_for_payment(books: Books, ask: LookForPayment) -> int:
    """Have the gateway asked at once, whoever should have told; nobody but the gateway is believed."""
    order = await books.get(TopUp, ask.top_up_id)
    if order is None or order.customer_id != ask.customer_id:
        raise NotYours
    charge = await charge_of(books, order.id)
    if charge is None or charge.state not in UNDER_WAY:
        raise OutOfDate
    await ask_now(books, charge)
    return order.id


async def expire_top_up(books: Books, ask: ExpireTopUp) -> int:
    """End the time to pay, and have the charge closed. Money that arrives after all is still credited."""
    order = await books.get(TopUp, ask.top_up_id)
    assert order is not None
    if order.state is TopUpState.PENDING:
        await books.save(replace(order, state=TopUpState.EXPIRED))
        if charge := await charge_of(books, order.id):
            await ask_now(books, charge)
    return order.id


async def know_payer(books: Books, ask: KnowPayer) -> int:
    """Note where a lot's money came from; an account's first payment binds it."""
    lot = await books.get(Lot, ask.lot_id)
    assert lot is not None
    currency = lot.brought.currency
    owing = await debts_of(books, lot.customer_id, currency, lot.purse)
    under_way = refunding(lot.customer_id, currency, lot.purse)
    purse, *_ = await books.lock(wallet(lot.customer_id, currency, lot.purse), under_way, *owing)
    lot = await books.get(Lot, ask.lot_id)
    assert lot is not None
    lot = replace(lot, payer=ask.payer.label, payer_id=ask.payer.id)
    await books.save(lot)
    back = Money.zero(currency) if lot.disputed else min(lot.refundable, purse.available)
    if ask.sends_back and back and is_other(await customer_of(books, lot.customer_id), ask.payer):
        books.tell(SentBack(lot.id, await give_back_lot(books, lot, back)))
        return lot.id
    await bind(books, Bind(lot.customer_id, lot.gateway, ask.payer))
    if ask.sends_back:
        await _wake_carts(books, lot.customer_id)
    books.tell(PayerKnown(lot.id))
    await pay_debts(books, lot.customer_id, owing)
    return lot.id


async def charge_and_top_up(books: Books, charge_id: int) -> tuple[Charge, TopUp]:
    """Return a charge and the top-up that it is for."""
    charge = await charge_with(books, charge_id)
    order = await books.get(TopUp, charge.top_up_id)
    assert order is not None
    return charge, order


async def _wake_carts(books: Books, customer_id: int) -> None:
    """Have the carts ordered that waited for money."""
    for cart in await books.find(Draft, customer_id=customer_id, kind=CARTS, waits=True, used=False):
        await send_on(books, PLACE_WAITING, cart.id, body=str(cart.version))


async def _by_token(books: Books, token: str) -> TopUp | None:
    found = await books.find(TopUp, token=token)
    return found[0] if found else None


async def _set_aside(books: Books, ask: Payment, payer_id: int) -> int:
    held_by, waits_in = (
        clearing(ask.gateway, ask.amount.currency),
        suspense(ask.gateway, ask.amount.currency),
    )
    await books.lock(held_by, waits_in)
    await books.post(Transfer("stray", debit=held_by, credit=waits_in, amount=ask.amount))
    stray = await books.add(
        Stray(0, ask.gateway, ask.charge, ask.source, payer_id, ask.token, ask.amount, books.now)
    )
    books.tell(StrayArrived(stray.id))
    return 0
