"""What a command may await inside a transaction: SQL, and nothing else.

Where one writes, it is run where it is awaited (`storage.sqlite_books`), and a command never pauses.
Where many write, it pauses at each `Statement`, and a driver gives it the rows (`storage.postgres.store`).
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Row = tuple[Any, ...]
T = TypeVar("T")


class AwaitedElsewhere(Exception):
    """A command awaited something that is not its books: a bug, and nothing of it was kept."""


@dataclass(slots=True)  # not frozen: that takes three times as long to make
class Statement:
    """SQL with numbered parameters; awaiting it gives its rows. A driver steps it: see `step`."""

    sql: str
    parameters: tuple[Any, ...] = ()

    def __await__(self) -> Generator[Statement, list[Row], list[Row]]:
        return (yield self)


def run_through(command: Coroutine[Any, Any, T]) -> T:
    """Return what a command returns that never pauses."""
    try:
        wanted = command.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    command.close()
    raise AwaitedElsewhere(f"{command} awaited {wanted!r}")


def step(command: Coroutine[Any, Any, T], reply: list[Row] | BaseException | None) -> Statement | Done[T]:
    """Take *command* to its next statement, or to its end, with the reply to the one before."""
    try:
        wanted = command.throw(reply) if isinstance(reply, BaseException) else command.send(reply)
    except StopIteration as end:
        return Done(end.value)
    if not isinstance(wanted, Statement):
        command.close()
        raise AwaitedElsewhere(f"{command} awaited {wanted!r}")
    return wanted


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """What a command returned."""

    result: T
