"""What a command may await inside a transaction: one SQL statement."""

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


@dataclass(slots=True)
class Change(Statement):
    """A statement that changes rows; its reply is one row: how many they were, and the id of the last."""


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
