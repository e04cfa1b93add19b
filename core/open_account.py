"""Step 1: a customer opens a fund account, bound to a payment account at a gateway."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.errors import NoAccount
from core.gateway import Payer
from core.ports import Books


class Binding(StrEnum):
    """How far the account is tied to a payment account.

    Where a gateway has no call of its own to bind with, the first payment binds: until then the
    binding is pending.
    """

    PENDING = "pending"
    BOUND = "bound"


@dataclass(frozen=True, slots=True)
class Customer:
    """A person with an account. The id is the person's own number in the chat.

    *bound_to* is what they would recognise their payment account by, such as "Visa ·· 4242", *payer_id*
    its identity at *gateway*, and *method* what can be charged there without them, "" if nothing can.
    """

    id: int
    name: str
    gateway: str
    binding: Binding
    bound_to: str
    opened_at: datetime
    payer_id: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class OpenAccount:
    customer_id: int
    name: str
    gateway: str


@dataclass(frozen=True, slots=True)
class Bind:
    customer_id: int
    gateway: str
    payer: Payer


async def open_account(books: Books, ask: OpenAccount) -> int:
    """Open the account that *ask* wants; an account that is open stays as it is."""
    if await books.get(Customer, ask.customer_id) is None:
        await books.add(Customer(ask.customer_id, ask.name, ask.gateway, Binding.PENDING, "", books.now))
    return ask.customer_id


async def bind(books: Books, ask: Bind) -> int:
    """Note the payment account that a payment came from; the first one binds and stays."""
    customer = await customer_of(books, ask.customer_id)
    if not is_other(customer, ask.payer):
        bound = replace(
            customer,
            gateway=ask.gateway if not customer.method or ask.payer.method else customer.gateway,
            binding=Binding.BOUND,
            bound_to=ask.payer.label,
            payer_id=ask.payer.id,
            method=ask.payer.method or customer.method,
        )
        await books.save(bound)
    return customer.id


def is_other(customer: Customer, payer: Payer) -> bool:
    """Whether the account is bound to another payment account than that of *payer*.

    Accounts that were bound before gateways told identities are known by their labels.
    """
    if not customer.bound_to:
        return False
    if customer.payer_id:
        return payer.id != customer.payer_id
    return payer.label != customer.bound_to


async def customer_of(books: Books, customer_id: int) -> Customer:
    """Return the customer, or refuse one who has no account."""
    customer = await books.get(Customer, customer_id)
    if customer is None:
        raise NoAccount
    return customer
