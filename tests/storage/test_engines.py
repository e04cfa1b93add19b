"""Whatever is done, both engines answer the same and keep the same books."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from core.errors import Refusal
from core.gateway import Verdict
from core.refund import RefundPart, Rescue
from core.serve import Action, Reason
from core.top_up import TopUp
from storage.database import Database, open_database
from storage.migrate import migrate
from tests.conftest import Clock
from tests.core.evening import ANN, ZED, Evening
from tests.postgres import server_or_skip

DEEDS = 150

Deed = Callable[[Evening], Awaitable[object]]


@pytest.fixture
async def evenings(tmp_path: Path) -> AsyncIterator[list[tuple[Database, Evening]]]:
    """The same evening at the same bar, once on each engine."""
    path = tmp_path / "books.sqlite3"
    migrate(path)
    async with AsyncExitStack() as things:
        url = things.enter_context(server_or_skip().empty())
        pairs = []
        for database in (open_database(f"sqlite:///{path}"), open_database(url)):
            store = await database.open_store(Clock())
            things.push_async_callback(store.close)
            evening = Evening(store)
            await evening.open_the_bar()
            for customer, label in ((ANN, "A12"), (ZED, "A13")):
                await evening.sit_down(customer, label)
                await evening.top_up(1000, 500, customer=customer)
            pairs.append((database, evening))
        yield pairs


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_the_same_deeds_have_the_same_outcomes_and_leave_the_same_books(
    evenings: list[tuple[Database, Evening]], seed: int
) -> None:
    chance = random.Random(seed)
    for n in range(DEEDS):
        deed = a_deed(chance, n)
        first, second = [await outcome(deed, evening) for _, evening in evenings]
        assert first == second, n
    for _, evening in evenings:
        await evening.store.close()  # type: ignore[attr-defined]
    kept, also_kept = [books(database) for database, _ in evenings]
    assert kept == also_kept
    assert [database.examine() for database, _ in evenings] == [[], []]


def a_deed(chance: random.Random, n: int) -> Deed:
    """Think of something that people do, sensible or not."""
    customer, minor = chance.choice((ANN, ZED)), chance.randrange(100, 900)
    nth, flag = chance.randrange(1, 12), chance.random() < 0.5
    action, rescue = chance.choice(list(Action)), chance.choice(list(Rescue))
    verdict, item = chance.choice(list(Verdict)), chance.choice(("Pils", "Nuts"))

    async def pay(evening: Evening) -> int:
        orders = await evening.find(TopUp)
        return await evening.pay(orders[nth % len(orders)], f"again-{n}")

    async def hear(evening: Evening) -> object:
        parts = await evening.find(RefundPart)
        return parts and await evening.hear(parts[nth % len(parts)].id, verdict)

    async def save(evening: Evening) -> object:
        parts = await evening.find(RefundPart)
        return parts and await evening.rescue(parts[nth % len(parts)].id, rescue)

    deeds: list[Deed] = [
        lambda evening: evening.top_up(minor, customer=customer),
        lambda evening: evening.order(1 + nth % 2, item, customer),
        lambda evening: evening.order(1, item, customer),
        lambda evening: evening.deliver(1, item, customer),
        lambda evening: evening.serve(nth, action, reason=Reason.TOO_BUSY),
        lambda evening: evening.cancel(nth, customer),
        lambda evening: evening.expire(nth),
        lambda evening: evening.check_out(customer, pay_coming=flag, refund_rest=flag),
        lambda evening: evening.sit_down(customer, "A13"),
        lambda evening: evening.refund(minor if flag else None, customer),
        pay,
        hear,
        save,
    ]
    return chance.choice(deeds)


async def outcome(deed: Deed, evening: Evening) -> object:
    try:
        made = await deed(evening)
    except Refusal as refusal:
        return type(refusal).__name__, vars(refusal)
    except AssertionError as error:  # an order that is not there yet, for instance
        return str(error)
    return made


def books(database: Database) -> dict[str, Any]:
    """Return what must be the same: all money, all documents, all outcomes.

    Transfers, holds and lines are told by their keys: their numbers have holes where many write.
    """
    with database._engine.snapshot() as moment:
        return {name: sorted(map(repr, moment.rows(sql))) for name, sql in _KEPT.items()}


_KEPT = {
    "accounts": "SELECT name, currency, purse, floor, balance, held, version, closed_at FROM account",
    "transfers": """
        SELECT transfer.key, kind, amount, transfer.currency, debit.name, credit.name, made_at
        FROM transfer
        JOIN account AS debit ON debit.id = debit_id JOIN account AS credit ON credit.id = credit_id
    """,
    "entries": """
        SELECT name, entry.version, key, entry.amount, balance_after FROM entry
        JOIN account ON account.id = account_id JOIN transfer ON transfer.id = transfer_id
    """,
    "holds": """
        SELECT hold.key, name, hold.amount, transfer.key, hold_end.made_at FROM hold
        JOIN account ON account.id = hold.account_id LEFT JOIN hold_end ON hold_id = hold.id
        LEFT JOIN transfer ON transfer.id = transfer_id
    """,
    "outcomes": "SELECT key, result FROM outcome WHERE key LIKE 'charge:%' OR key LIKE '%:%:%'",
    "top-ups": "SELECT id, customer_id, amount_minor, state FROM top_up",
    "orders": "SELECT id, visit_id, customer_id, seat, total_minor, version FROM goods_order",
    "lines": "SELECT order_id, name, quantity, total_minor, state, reason, paid FROM line",
    "checkouts": "SELECT id, visit_id, paid_minor, left_minor, refund_id FROM check_out",
    "refunds": "SELECT id, customer_id, amount_minor FROM refund_order",
    "parts": "SELECT refund_id, lot_id, amount_minor, state, asked, reason FROM refund_part",
    "lots": "SELECT charge, brought_minor, spent_minor, refunding_minor, refunded_minor FROM lot",
}
