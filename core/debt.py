"""What a customer owes since a dispute was lost over money that had been spent, and how it is paid.

It comes off first: off the next top-up, and off what is left before any of it goes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.ledger import SHARED, Account, Transfer, debt, wallet
from core.lot import lots_of, own_money, spend
from core.money import Money
from core.ports import Books
from core.promotion import earn_nothing


@dataclass(frozen=True, slots=True)
class DebtPaid:
    """Event: some of what a customer owed was taken from the wallet; *left* is still owed."""

    customer_id: int
    amount: Money
    left: Money


async def debt_of(books: Books, customer_id: int, currency: str) -> Money:
    """Return what a customer owes."""
    return -(await books.standing(debt(customer_id, currency))).balance


async def debts_of(books: Books, customer_id: int, currency: str, purse: str = SHARED) -> tuple[Account, ...]:
    """Return what must be locked beside the wallet so that its debt can be paid: nothing if there is none."""
    owing = debt(customer_id, currency, purse)
    return (owing,) if (await books.standing(owing)).balance else ()


async def pay_debts(books: Books, customer_id: int, owing: Sequence[Account]) -> None:
    """Pay what is owed as far as the wallet has it; the wallet and what is *owing* are locked."""
    for each in owing:
        purse = wallet(customer_id, each.currency, each.purse)
        owed = -(await books.standing(each)).balance
        lots = await lots_of(books, customer_id, each.currency, each.purse)
        amount = min(owed, own_money(lots, (await books.standing(purse)).available))
        if amount:
            (transfer,) = await books.post(Transfer("debt_paid", purse, each, amount))
            await earn_nothing(books, await spend(books, customer_id, amount, transfer, each.purse, own=True))
            books.tell(DebtPaid(customer_id, amount, owed - amount))
