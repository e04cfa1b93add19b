"""An account that is empty can be closed, for good: then nothing is posted to it nor set aside in it."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import AccountClosed, AccountNotEmpty
from core.ledger import Account
from core.ports import Books


@dataclass(frozen=True, slots=True)
class CloseAccount:
    account: Account


async def close_account(books: Books, ask: CloseAccount) -> None:
    """Close an account; refuse one with anything in it, or closed before."""
    (standing,) = await books.lock(ask.account)
    if standing.is_closed:
        raise AccountClosed(ask.account.name)
    if standing.balance or standing.held:
        raise AccountNotEmpty(ask.account.name)
    await books.close(ask.account)
