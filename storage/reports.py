"""Figures and lists, read through tortoise-orm on a connection that can never write."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from contextvars import Context, copy_context
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from tortoise import functions
from tortoise.context import TortoiseContext
from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from core import ledger
from core.ledger import Standing
from core.money import Money
from core.reconcile import Reconciliation, StatementLine
from core.reports import Figures, MerchantFigures, OperatorFigures, Posting, Sum
from storage import models
from storage.errors import StorageError
from storage.reconcile import reconcile

T = TypeVar("T")
M = TypeVar("M", bound=Model)

PAGE = 1000
_PRAGMAS = {"journal_mode": "WAL", "foreign_keys": "ON", "busy_timeout": 5000, "query_only": "ON"}
_DISORDER = timedelta(minutes=1)
_OPEN = ("placed", "accepted", "preparing", "ready", "delivered", "undeliverable")


class Reports:
    """`core.reports.Reports` on any engine. Many may be open in one process, each on its own database.

    All on the same engine, that is: tortoise's models learn their SQL from the one that was set up last.
    """

    def __init__(self, context: TortoiseContext, home: Context) -> None:
        self._context = context
        self._home = home

    @classmethod
    async def open(cls, path: Path) -> Reports:
        """Open the database at *path* for reading. Raises StorageError where there is none."""
        _refuse_missing(path)
        return await cls.open_with("tortoise.backends.sqlite", {"file_path": str(path), **_PRAGMAS})

    @classmethod
    async def open_with(cls, engine: str, credentials: dict[str, Any]) -> Reports:
        """Open a database through one of tortoise's engines. The credentials must not let it write."""
        return await asyncio.create_task(cls._open(engine, credentials))

    @classmethod
    async def _open(cls, engine: str, credentials: dict[str, Any]) -> Reports:
        """Set tortoise up in a task of its own: what it keeps in context variables stays in there."""
        context = TortoiseContext()
        with context:
            await context.init(_config(engine, credentials))
            return cls(context, copy_context())

    async def close(self) -> None:
        """Close the connection."""
        await self._context.close_connections()

    async def trial_balance(self) -> list[Standing]:
        return await self._at_home(self._trial_balance())

    async def groups(self) -> dict[str, int | None]:
        return await self._at_home(self._groups())

    async def today(self, merchant_id: int | None, since: datetime) -> Figures:
        return await self._at_home(self._today(merchant_id, since))

    async def reconcile(
        self, gateway: str, told: Sequence[StatementLine], since: datetime, until: datetime
    ) -> Reconciliation:
        return await self._at_home(reconcile(self._of, gateway, told, since, until))

    async def journal(self, after_id: int = 0) -> AsyncIterator[Posting]:
        while page := await self._at_home(self._page(after_id)):
            for posting in page:
                yield posting
            after_id = page[-1].id

    async def _at_home(self, reading: Coroutine[Any, Any, T]) -> T:
        """Read where tortoise finds its context, whichever task asks."""
        return await asyncio.create_task(reading, context=self._home.copy())

    def _of(self, model: type[M]) -> QuerySet[M]:
        return model.all().using_db(self._context.db())

    async def _trial_balance(self) -> list[Standing]:
        accounts = self._of(models.Account).order_by("name", "currency", "purse")
        rows = await accounts.values_list("name", "currency", "purse", "balance", "held")
        return [_standing(*row) for row in rows]

    async def _groups(self) -> dict[str, int | None]:
        rows = await self._of(models.Merchant).order_by("name").values_list("id", "name", "group_id")
        names = {id_: str(name) for id_, name, _ in rows}
        found: dict[str, int | None] = {names[id_]: group_id for id_, _, group_id in rows}
        placed = self._of(models.Station).filter(chat_id__isnull=False).order_by("name")
        for merchant_id, name, chat_id in await placed.values_list("merchant_id", "name", "chat_id"):
            found[f"{names[merchant_id]} · {name}"] = chat_id
        return found

    async def _today(self, merchant_id: int | None, since: datetime) -> Figures:
        first = await self._first_transfer(since)
        chosen = {} if merchant_id is None else {"id": merchant_id}
        merchants = await self._of(models.Merchant).filter(**chosen).order_by("name")
        return Figures(
            since,
            tuple([await self._merchant(each, since, first) for each in merchants]),
            await self._operator(since, first) if merchant_id is None else (),
            await self._refused_notices(since) if merchant_id is None else {},
        )

    async def _refused_notices(self, since: datetime) -> dict[str, int]:
        rows = self._of(models.RefusedNotices).filter(hour__gte=since)
        counted = rows.annotate(sum=functions.Sum("count")).group_by("gateway").order_by("gateway")
        return {gateway: int(sum_) for gateway, sum_ in await counted.values_list("gateway", "sum")}

    async def _page(self, after_id: int) -> list[Posting]:
        rows = await (
            self._of(models.Transfer)
            .filter(id__gt=after_id)
            .order_by("id")
            .limit(PAGE)
            .values_list(
                "id", "key", "kind", "amount", "currency", "reverses_id", "made_at",
                "debit__name", "debit__purse", "credit__name", "credit__purse",
            )
        )  # fmt: skip
        return [_posting(*row) for row in rows]

    async def _first_transfer(self, since: datetime) -> int:
        """Return a number from which transfers can be as late as *since*; a few there may be earlier.

        Numbers and times grow together, if not to the second where many write, so halving finds it without
        an index on the time.
        """
        since -= _DISORDER
        last = await self._of(models.Transfer).order_by("-id").first()
        low, high = 1, last.id + 1 if last else 1
        while low < high:
            middle = (low + high) // 2
            found = await self._of(models.Transfer).filter(id__gte=middle).order_by("id").first()
            if found is None or found.made_at >= since:
                high = middle
            else:
                low = found.id + 1
        return low

    async def _merchant(self, merchant: models.Merchant, since: datetime, first: int) -> MerchantFigures:
        lines = await self._lines(merchant, Q(order__placed_at__gte=since))
        open_ = await self._lines(merchant, Q(paid=0, state__in=_OPEN))
        sold = await self._transfers(
            Q(
                id__gte=first,
                made_at__gte=since,
                kind="sale",
                credit__name=ledger.payable(merchant.id, merchant.currency).name,
            )
        )
        returned = await self._transfers(
            Q(
                id__gte=first,
                made_at__gte=since,
                kind="return",
                debit__name=ledger.payable(merchant.id, merchant.currency).name,
            )
        )
        visits = self._of(models.Visit).filter(merchant_id=merchant.id, state="open")
        check_outs = self._of(models.CheckOut).filter(merchant_id=merchant.id, made_at__gte=since)
        return MerchantFigures(
            merchant_id=merchant.id,
            name=merchant.name,
            placed=_sum_of_lines(lines, merchant.currency),
            declined=_sum_of_lines(lines, merchant.currency, "declined"),
            delivered=_sum_of_lines(lines, merchant.currency, "delivered"),
            sold=_less(sold["sale", merchant.currency], returned["return", merchant.currency].amount),
            check_outs=await check_outs.count(),
            open_visits=await visits.count(),
            on_hold=_sum_of_lines(open_, merchant.currency).amount,
        )

    async def _lines(self, merchant: models.Merchant, which: Q) -> list[tuple[Any, ...]]:
        lines = self._of(models.Line).filter(which, order__merchant_id=merchant.id)
        return await lines.values_list("order_id", "state", "total_minor")

    async def _operator(self, since: datetime, first: int) -> tuple[OperatorFigures, ...]:
        moved = await self._transfers(
            Q(id__gte=first, made_at__gte=since, kind__in=("top_up", "refunded", "stray"))
        )
        parked = await self._counted(models.RefundPart, "parked")
        disputed = await self._counted(models.Dispute, "open")
        wallets, under_way = await self._owed(":wallet"), await self._owed(":refunding")
        owing = await self._owed(":debt")
        currencies = {currency for _, currency in moved} | wallets.keys() | under_way.keys()
        return tuple(
            OperatorFigures(
                currency=currency,
                top_ups=moved["top_up", currency],
                refunds=moved["refunded", currency],
                strays=moved["stray", currency],
                wallets=wallets.get(currency, Money.zero(currency)),
                refunding=under_way.get(currency, Money.zero(currency)),
                parked=parked["parked", currency],
                disputed=disputed["open", currency],
                owed=-owing.get(currency, Money.zero(currency)),
            )
            for currency in sorted(currencies)
        )

    async def _transfers(self, which: Q) -> _Sums:
        rows = self._of(models.Transfer).filter(which)
        counted = rows.annotate(count=functions.Count("id"), minor=functions.Sum("amount"))
        return _Sums(
            await counted.group_by("kind", "currency").values_list("kind", "currency", "count", "minor")
        )

    async def _counted(self, model: type[Model], state: str) -> _Sums:
        rows = self._of(model).filter(state=state)
        counted = rows.annotate(count=functions.Count("id"), minor=functions.Sum("amount_minor"))
        return _Sums(
            await counted.group_by("state", "currency").values_list("state", "currency", "count", "minor")
        )

    async def _owed(self, ending: str) -> dict[str, Money]:
        rows = self._of(models.Account).filter(name__endswith=ending)
        summed = rows.annotate(minor=functions.Sum("balance")).group_by("currency")
        return {
            currency: Money(int(minor), currency)
            for currency, minor in await summed.values_list("currency", "minor")
        }


class _Sums(defaultdict[tuple[str, str], Sum]):
    """Sums by kind and currency; nothing where there was nothing."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        super().__init__()
        for kind, currency, count, minor in rows:
            self[kind, currency] = Sum(count, Money(int(minor), currency))

    def __missing__(self, key: tuple[str, str]) -> Sum:
        return Sum(0, Money.zero(key[1]))


def _refuse_missing(path: Path) -> None:
    if not path.is_file():
        raise StorageError(f"{path}: there is no such file")


def _config(engine: str, credentials: dict[str, Any]) -> dict[str, Any]:
    return {
        "connections": {"reading": {"engine": engine, "credentials": credentials}},
        "apps": {"books": {"models": [models.__name__], "default_connection": "reading"}},
    }


def _standing(name: str, currency: str, purse: str, balance: int, held: int) -> Standing:
    account = ledger.Account(name, currency, purse)
    return Standing(account, Money(balance, currency), Money(held, currency))


def _less(sold: Sum, returned: Money) -> Sum:
    return Sum(sold.count, sold.amount - returned)


def _sum_of_lines(lines: Iterable[tuple[Any, ...]], currency: str, state: str | None = None) -> Sum:
    """Count the orders of the lines, and add up the lines."""
    chosen = [(order, minor) for order, found, minor in lines if state in (None, found)]
    orders = {order for order, _ in chosen}
    return Sum(len(orders), Money(sum(minor for _, minor in chosen), currency))


def _posting(
    id_: int, key: str, kind: str, amount: int, currency: str, reverses_id: int | None, made_at: datetime,
    debit: str, debit_purse: str, credit: str, credit_purse: str,
) -> Posting:  # fmt: skip
    return Posting(
        id_, key, kind,
        ledger.Account(debit, currency, debit_purse),
        ledger.Account(credit, currency, credit_purse),
        Money(amount, currency), reverses_id, made_at,
    )  # fmt: skip
