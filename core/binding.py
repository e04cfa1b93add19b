"""Step 1, where a gateway can do it: an account is bound to a payment account before the first payment.

Where a gateway has no call of its own to bind with, the first payment binds (`core.top_up.know_payer`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.charge import UNDER_WAY, charge_of
from core.errand import OPEN_BINDING, send_on
from core.errors import NotBound, StillUnderWay, WalletNotEmpty
from core.gateway import Opened, Payer, Verdict
from core.ledger import refunding, wallet
from core.open_account import Bind, Binding, bind, customer_of
from core.ports import Books
from core.top_up import TopUp, TopUpState


class BindingState(StrEnum):
    OPENING = "opening"
    OPEN = "open"
    BOUND = "bound"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class BindingAsk:
    """That a customer wants to bind their account at a gateway, on the page *target*."""

    id: int
    customer_id: int
    gateway: str
    key: str
    state: BindingState
    target: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class AskBinding:
    customer_id: int
    gateway: str


@dataclass(frozen=True, slots=True)
class HearBinding:
    """What came of asking a gateway for a page to bind on."""

    binding_id: int
    verdict: Verdict
    target: str

    @classmethod
    def of(cls, binding: BindingAsk, opened: Opened) -> HearBinding:
        return cls(binding.id, opened.outcome.verdict, opened.action.target)


@dataclass(frozen=True, slots=True)
class FinishBinding:
    """A gateway vouches that the customer named a payment account."""

    gateway: str
    key: str
    payer: Payer


@dataclass(frozen=True, slots=True)
class Unbind:
    """Free an account from what it is bound to; *currencies* are those of its wallets."""

    customer_id: int
    currencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BindingChanged:
    """Event: there is a page to bind on, there will be none, or the account is bound."""

    binding_id: int


async def begin_binding(books: Books, ask: AskBinding) -> int:
    """Have the gateway asked for a page on which the customer names a payment account."""
    customer = await customer_of(books, ask.customer_id)
    asked = await books.add(
        BindingAsk(0, customer.id, ask.gateway, f"bind-{books.token()}", BindingState.OPENING, "", books.now)
    )
    await send_on(books, OPEN_BINDING, asked.id)
    return asked.id


async def hear_binding(books: Books, ask: HearBinding) -> int:
    """Take in what came of it: a page, or none. What is not known is asked for again."""
    binding = await books.get(BindingAsk, ask.binding_id)
    assert binding is not None
    if binding.state is BindingState.OPENING:
        state = BindingState.OPEN if ask.verdict is Verdict.PENDING else BindingState.REFUSED
        await books.save(replace(binding, state=state, target=ask.target))
        books.tell(BindingChanged(binding.id))
    return binding.id


async def finish_binding(books: Books, ask: FinishBinding) -> int:
    """Bind the account; return the customer's number, 0 where nobody asked for it."""
    found = await books.find(BindingAsk, gateway=ask.gateway, key=ask.key)
    if not found or found[0].state is BindingState.BOUND:
        return found[0].customer_id if found else 0
    await books.save(replace(found[0], state=BindingState.BOUND))
    await bind(books, Bind(found[0].customer_id, ask.gateway, ask.payer))
    books.tell(BindingChanged(found[0].id))
    return found[0].customer_id


async def unbind(books: Books, ask: Unbind) -> int:
    """Forget what the account is bound to: only with nothing in the wallet and nothing under way."""
    customer = await customer_of(books, ask.customer_id)
    if not customer.bound_to:
        raise NotBound
    for currency in ask.currencies:
        purse = await books.standing(wallet(customer.id, currency))
        if purse.balance:
            raise WalletNotEmpty(purse.balance)
        if (await books.standing(refunding(customer.id, currency))).balance:
            raise StillUnderWay
    for order in await books.find(TopUp, customer_id=customer.id, state=TopUpState.PENDING):
        charge = await charge_of(books, order.id)
        if charge and charge.state in UNDER_WAY:
            raise StillUnderWay
    await books.save(replace(customer, binding=Binding.PENDING, bound_to="", payer_id="", method=""))
    return customer.id
