"""Customers with money and a cart of two lines each, ready to order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import count

from core.draft import Draft, DraftKind, carry_out
from core.ledger import SHARED, Transfer, clearing, wallet
from core.lot import Lot
from core.menu import MenuItem
from core.money import Money
from core.open_account import Binding, Customer
from core.order_goods import CartLine, PlaceOrder, order_goods
from core.ports import Books, Store
from core.top_up import TopUp, TopUpState
from core.visit import Visit, VisitState
from tests.core.evening import BAR, Evening, eur

MINUTES = timedelta(minutes=15)
MONEY = eur(5000)


class Carts:
    """Each cart is ordered once, by a customer of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._customers = count(1)
        self._menu: list[MenuItem] = []

    async def open_the_bar(self) -> None:
        evening = Evening(self._store)
        await evening.open_the_bar()
        self._menu = await evening.find(MenuItem)

    async def make(self, number: int) -> list[PlaceOrder]:
        """Make so many carts, and return how they are to be ordered."""
        made: list[PlaceOrder] = []
        for _ in range(number):
            customer = next(self._customers)
            draft = await self._store.run(partial(_make_cart, customer=customer, menu=self._menu))
            made.append(PlaceOrder(customer, "EUR", draft, 1, MINUTES))
        return made

    def jobs(self, orders: list[PlaceOrder]) -> Iterator[Callable[[], Awaitable[int]]]:
        for ask in orders:
            yield partial(self._store.run, partial(_order, ask=ask))


async def _order(books: Books, ask: PlaceOrder) -> int:
    return await carry_out(books, order_goods, ask)


async def _make_cart(books: Books, customer: int, menu: list[MenuItem]) -> int:
    now = books.now
    await books.add(Customer(customer, f"Customer {customer}", "sandbox", Binding.BOUND, "card", now))
    visit = await books.add(Visit(0, customer, BAR, 1, VisitState.OPEN, 1, now, None))
    await books.once(f"bring-{customer}", _bring, customer)
    draft = await books.add(
        Draft(0, customer, DraftKind.CART, visit.id, 1, None, "", waits=False, used=False)
    )
    for item in menu:
        await books.add(CartLine(0, draft.id, item.id, item.name, 2, item.price))
    return draft.id


async def _bring(books: Books, customer: int) -> int:
    held_by, purse, nothing = clearing("sandbox", "EUR"), wallet(customer, "EUR"), Money.zero("EUR")
    await books.lock(held_by, purse)
    await books.post(Transfer("top_up", held_by, purse, MONEY))
    paid = TopUp(
        0, customer, "sandbox", f"token-{customer}", MONEY, TopUpState.PAID, "", None, books.now, books.now
    )
    order = await books.add(paid)
    charge = f"charge-{customer}"
    lot = Lot(
        0, order.id, customer, SHARED, "sandbox", charge, charge, "card", MONEY, nothing, nothing, nothing,
        nothing, books.now,
    )  # fmt: skip
    return (await books.add(lot)).id
