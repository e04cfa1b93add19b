"""What the core needs from the outside, in its own words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from core.ledger import Account, Standing, Transfer
from core.money import Money
from core.outcome import Result

T = TypeVar("T")
Ask = TypeVar("Ask")
R = TypeVar("R", bound=Result)


@dataclass(frozen=True, slots=True)
class AtMost:
    """Stands in `Books.find` for every value that is not greater."""

    value: Any


@dataclass(frozen=True, slots=True)
class NoneOf:
    """Stands in `Books.find` for every value that is none of these."""

    values: tuple[Any, ...]


class Books(Protocol):
    """Everything kept, inside one transaction.

    Values are frozen dataclasses with an `id`; each class has a table of its name. Nothing but
    these methods may be awaited inside a transaction. All times are UTC.
    """

    @property
    def now(self) -> datetime:
        """The time of this transaction; it does not move while it lasts."""

    def token(self) -> str:
        """Return a new secret of 22 characters `A-Za-z0-9_-`, 128 bits of randomness."""

    async def add(self, value: T) -> T:
        """Keep a new value and return it with its id: the next whole number of its table."""

    async def add_new(self, value: T, *unique: str) -> T | None:
        """Keep a new value unless one with the same *unique* fields is there: then return None."""

    async def add_all(self, values: Sequence[Any]) -> Sequence[int]:
        """Keep new values of one class, at least one, and return their ids in this order."""

    async def save(self, value: Any) -> None:
        """Replace the value of the same class and id."""

    async def get(self, kind: type[T], id_: int, /) -> T | None:
        """Return the value of that class and id."""

    async def find(
        self, kind: type[T], /, *, by: str = "id", most: int | None = None, **where: Any
    ) -> list[T]:
        """Return the values whose fields equal those given, ordered *by* a field ("-id": descending).

        A tuple stands for any of its members, NoneOf for all others, AtMost(x) for all up to x.
        At *most* so many come.
        """

    async def lock(self, *accounts: Account) -> tuple[Standing, ...]:
        """Lock *accounts* until the commit and return how they stand, in the order given.

        A command's first await, with every account that it will change, and called only once:
        so commands never wait for each other in a circle. Raises AccountUnknown for a name that is not of
        the chart; of those that are, one that is used for the first time is there from now on.
        """

    async def standing(self, account: Account) -> Standing:
        """Return how an account stands, unlocked: for views."""

    async def post(self, *transfers: Transfer) -> tuple[int, ...]:
        """Make *transfers* together and return their numbers. Only inside `once`.

        Raises AccountClosed where an account was closed; so do `hold` and `capture`.
        """

    async def hold(self, account: Account, *amounts: Money) -> Sequence[int]:
        """Set *amounts* aside in *account*, a hold each, and return their numbers. Only inside `once`."""

    async def release(self, hold: int) -> None:
        """Give a hold back to what is available. It must be open."""

    async def capture(self, hold: int, kind: str, credit: Account) -> int:
        """Turn a hold into a transfer of its whole amount and return that transfer's number."""

    async def close(self, account: Account) -> None:
        """Close a locked account for good. It must be empty, with nothing on hold."""

    def tell(self, event: Any) -> None:
        """Note what happened, for those who must be told in the same transaction."""

    @property
    def told(self) -> list[Any]:
        """What was noted so far and nobody has taken out yet."""

    async def once(self, key: str, command: Callable[[Books, Ask], Awaitable[R]], ask: Ask) -> R:
        """Run *command* and keep its outcome; the same key again gives the first outcome.

        Raises the command's refusal, having undone what it did, and KeyReused where the key came
        with another request before.
        """


class Store(Protocol):
    """Where the books are kept."""

    async def run(self, work: Callable[[Books], Awaitable[T]]) -> T:
        """Run *work* in one transaction and return its result once it is durable.

        Whatever *work* raises undoes all that it did. Cancelling the caller cancels nothing that
        has begun.
        """


class Ledger(Protocol):
    """Where plain transfers are made, by many callers at once."""

    async def post(self, key: str, transfer: Transfer) -> int:
        """Make a transfer, once for each key, and return its number once it is durable.

        It does what `Store.run` does with `core.transfer.make_transfer` under that key, and faster:
        those that wait share a call and a commit. Cancelling the caller cancels nothing that has begun.
        """
