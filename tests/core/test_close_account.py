"""An account is closed for good, and only with nothing in it and nothing set aside."""

from __future__ import annotations

import pytest

from core.close_account import CloseAccount, close_account
from core.errors import AccountClosed, AccountNotEmpty
from core.ledger import Transfer, clearing, wallet
from core.ports import Books
from core.transfer import make_transfer
from tests.core.evening import ANN, Evening, eur

JAR, HELD_BY = wallet(ANN, "EUR", "jar"), clearing("sandbox", "EUR")


async def cannot_close(evening: Evening) -> None:
    with pytest.raises(AccountNotEmpty, check=lambda refused: refused.account == JAR.name):
        await evening.once(close_account, CloseAccount(JAR))


async def test_what_has_something_in_it_or_set_aside_stays_open(evening: Evening) -> None:
    await evening.once(make_transfer, Transfer("top_up", HELD_BY, JAR, eur(500)))
    await cannot_close(evening)

    async def set_aside(books: Books, minor: int) -> int:
        await books.lock(JAR)
        (hold,) = await books.hold(JAR, eur(minor))
        return hold

    hold = await evening.once(set_aside, 500)
    await cannot_close(evening)

    async def spend(books: Books, hold: int) -> int:
        await books.lock(JAR, HELD_BY)
        return await books.capture(hold, "payout", HELD_BY)

    await evening.once(spend, hold)
    await evening.once(close_account, CloseAccount(JAR))
    assert (await evening.standing(JAR)).is_closed


async def test_what_is_closed_is_closed_once_and_takes_nothing_more(evening: Evening) -> None:
    await evening.once(close_account, CloseAccount(JAR))
    for command, ask in (
        (close_account, CloseAccount(JAR)),
        (make_transfer, Transfer("top_up", HELD_BY, JAR, eur(500))),
    ):
        with pytest.raises(AccountClosed, check=lambda refused: refused.account == JAR.name):
            await evening.once(command, ask)  # type: ignore[arg-type]
