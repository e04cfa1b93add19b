"""A transfer that is a command by itself."""

from __future__ import annotations

from core.errors import AccountClosed, Refusal, ShortOfMoney
from core.ledger import Standing, Transfer
from core.money import Money
from core.ports import Books


async def make_transfer(books: Books, ask: Transfer) -> int:
    """Make one transfer and return its number; refuse what would leave the debit below its floor, or an
    account that is closed.
    """
    check_transfer(ask)
    debit, credit = await books.lock(ask.debit, ask.credit)
    for standing in (debit, credit):
        if standing.is_closed:
            raise AccountClosed(standing.account.name)
    if (short := short_of(ask, debit)) > Money.zero(ask.amount.currency):
        raise ShortOfMoney(short)
    (number,) = await books.post(ask)
    return number


async def transfer_once(books: Books, key: str, ask: Transfer) -> int | Refusal:
    """Make one transfer under its key; a refusal is returned, for what is raised would not be kept."""
    try:
        return await books.once(key, make_transfer, ask)
    except Refusal as refusal:
        return refusal


def check_transfer(transfer: Transfer) -> None:
    """Assert what every transfer is that our own code asks for."""
    amount, currencies = transfer.amount, {transfer.debit.currency, transfer.credit.currency}
    assert currencies == {amount.currency}, f"{transfer} leaves its currency"
    assert transfer.debit != transfer.credit, f"{transfer} goes nowhere"
    assert 0 < amount.minor < 2**63, f"{transfer} moves no amount"


def short_of(transfer: Transfer, debit: Standing) -> Money:
    """Return by how much the transfer would leave the debit below its floor; at or below zero it does not."""
    floor = debit.account.floor
    if floor is None:
        return Money.zero(transfer.amount.currency)
    return transfer.amount - debit.available + Money(floor, transfer.amount.currency)
