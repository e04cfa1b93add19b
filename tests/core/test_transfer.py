"""A transfer that is a command by itself is made once, and not below a floor or into a closed account."""

from __future__ import annotations

import pytest

from core.errors import ShortOfMoney
from core.ledger import Transfer, bank, clearing, wallet
from core.transfer import transfer_once
from tests.core.evening import ANN, Evening, eur

WALLET, HELD_BY, BANK = wallet(ANN, "EUR"), clearing("sandbox", "EUR"), bank("EUR")


async def make(evening: Evening, key: str, transfer: Transfer) -> object:
    return await evening.store.run(lambda books: transfer_once(books, key, transfer))


async def test_a_transfer_is_made_once_under_its_key(evening: Evening) -> None:
    brings = Transfer("top_up", HELD_BY, WALLET, eur(500))
    first, again = [await make(evening, "one", brings) for _ in range(2)]
    assert first == again
    assert await evening.purse() == (500, 500)
    assert await make(evening, "two", brings) != first
    assert await evening.purse() == (1000, 1000)


async def test_what_would_go_below_the_floor_is_refused_for_good_under_its_key(evening: Evening) -> None:
    await evening.top_up(500)
    takes = Transfer("refund", WALLET, HELD_BY, eur(501))
    for _ in range(2):
        refused = await make(evening, "one", takes)
        assert isinstance(refused, ShortOfMoney)
        assert refused.short == eur(1)
        await evening.top_up(500)
    assert await evening.purse() == (1500, 1500)
    assert isinstance(await make(evening, "two", takes), int)


@pytest.mark.parametrize(
    "wrong",
    [
        Transfer("x", HELD_BY, wallet(ANN, "USD"), eur(1)),
        Transfer("x", HELD_BY, HELD_BY, eur(1)),
        Transfer("x", HELD_BY, WALLET, eur(0)),
        Transfer("x", HELD_BY, WALLET, eur(2**63)),
    ],
)
async def test_what_our_own_code_may_not_ask_for_is_a_bug(evening: Evening, wrong: Transfer) -> None:
    with pytest.raises(AssertionError):
        await make(evening, "one", wrong)


async def test_the_least_and_the_most_are_moved(evening: Evening) -> None:
    for minor in (1, 2**63 - 2):
        await make(evening, f"{minor}", Transfer("payout", BANK, HELD_BY, eur(minor)))
    assert (await evening.standing(HELD_BY)).balance == eur(2**63 - 1)
