"""What a customer is about to do: a cart, a top-up, a refund.

A button names its draft's id and version. Together they are the key of the command that the
button runs: two taps share it, and once the draft has moved on the button is out of date.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol, TypeVar

from core.errors import NotYours, OutOfDate, Refusal
from core.money import Money
from core.outcome import Result
from core.ports import Books


class DraftKind(StrEnum):
    CART = "cart"
    ENTERED = "entered"
    """A cart that staff fill for the customer."""
    TOP_UP = "top_up"
    REFUND = "refund"


CARTS = (DraftKind.CART, DraftKind.ENTERED)
"""What becomes an order: whichever it is, it follows the menu and may wait for money."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An intention that may still change. It is used up once its command has been carried out.

    *waits* is set on a cart that shall be ordered by itself as soon as the money is there.
    """

    id: int
    customer_id: int
    kind: DraftKind
    visit_id: int | None
    version: int
    amount: Money | None
    note: str
    waits: bool
    used: bool


class Intent(Protocol):
    """A request that carries out a draft."""

    @property
    def draft_id(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def customer_id(self) -> int: ...


A = TypeVar("A", bound=Intent)
R = TypeVar("R", bound=Result)


async def draft_for(books: Books, customer_id: int, kind: DraftKind, visit_id: int | None = None) -> Draft:
    """Return the customer's draft of that kind, a new one if there is none."""
    found = await books.find(Draft, customer_id=customer_id, kind=kind, visit_id=visit_id, used=False)
    new = Draft(0, customer_id, kind, visit_id, 1, None, "", waits=False, used=False)
    return found[-1] if found else await books.add(new)


async def own_draft(books: Books, draft_id: int, customer_id: int) -> Draft:
    """Return the draft if it is this customer's, or refuse."""
    draft = await books.get(Draft, draft_id)
    if draft is None or draft.customer_id != customer_id:
        raise NotYours
    return draft


async def current_draft(books: Books, draft_id: int, version: int, customer_id: int) -> Draft:
    """Return the draft if it is still what its button showed, or refuse."""
    draft = await own_draft(books, draft_id, customer_id)
    if draft.used or draft.version != version:
        raise OutOfDate
    return draft


async def change(
    books: Books,
    draft: Draft,
    *,
    amount: Money | None = None,
    note: str | None = None,
    waits: bool = False,
) -> Draft:
    """Keep what changed; every change makes older buttons out of date and stops the waiting."""
    changed = replace(
        draft,
        version=draft.version + 1,
        amount=amount if amount is not None else draft.amount,
        note=draft.note if note is None else note,
        waits=waits,
    )
    await books.save(changed)
    return changed


async def use_up(books: Books, draft: Draft) -> None:
    """Close the draft: its command has been carried out."""
    await books.save(replace(draft, used=True, waits=False, version=draft.version + 1))


async def carry_out(books: Books, command: Callable[[Books, A], Awaitable[R]], ask: A) -> R:
    """Run the command that a draft stands for, once for each of its versions.

    A refusal makes the draft's version grow, so that the same intention can be tried again with
    the fresh buttons that are drawn for it. Somebody else's draft is left alone, its keys too.
    """
    await own_draft(books, ask.draft_id, ask.customer_id)
    try:
        return await books.once(f"{command.__name__}:{ask.draft_id}:{ask.version}", command, ask)
    except Refusal:
        draft = await books.get(Draft, ask.draft_id)
        if draft and not draft.used and draft.version == ask.version:
            await change(books, draft)
        raise
