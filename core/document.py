"""Which numbered documents there are, and who may see them.

Each of the steps 2 to 5 makes one: T-1 a top-up, G-1 a goods order, C-1 a checkout, R-1 a refund.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from core.check_out import CheckOut
from core.errors import NotFound
from core.lot import Lot
from core.order_goods import GoodsOrder, receiver_of
from core.ports import Books
from core.refund import RefundOrder
from core.top_up import TopUp

Document = TopUp | GoodsOrder | CheckOut | RefundOrder

_LETTERS: dict[str, type[Document]] = {"T": TopUp, "G": GoodsOrder, "C": CheckOut, "R": RefundOrder}

DOCUMENTS = tuple(_LETTERS.values())
"""The kinds whose numbers have no holes."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks for a document: a customer, a merchant's staff, or an admin."""

    customer_id: int | None = None
    merchant_id: int | None = None
    is_admin: bool = False


def number_of(document: Document) -> str:
    """Return the number that people call the document by, such as `G-12`."""
    letter = next(letter for letter, kind in _LETTERS.items() if isinstance(document, kind))
    return f"{letter}-{document.id}"


async def find_document(books: Books, number: str, viewer: Viewer) -> Document:
    """Return the document of that number if *viewer* may see it; else it is not found.

    A merchant sees its own orders and checkouts, and no payments: those are between the customer
    and the cashier service.
    """
    match = re.fullmatch(r"\s*([TGCR])\s*-?\s*(\d{1,15})\s*", number.upper())
    document = await books.get(_LETTERS[match[1]], int(match[2])) if match else None
    if document is None or not (may_see(document, viewer) or await _was_brought(books, document, viewer)):
        raise NotFound(number.strip()[:20])
    return document


def may_see(document: Document, viewer: Viewer) -> bool:
    """Tell whether the document is the viewer's to see."""
    if viewer.is_admin or document.customer_id == viewer.customer_id:
        return True
    return viewer.merchant_id is not None and getattr(document, "merchant_id", None) == viewer.merchant_id


async def _was_brought(books: Books, document: Document, viewer: Viewer) -> bool:
    """Tell whether it is an order that somebody else pays and that is brought to the viewer."""
    return isinstance(document, GoodsOrder) and await receiver_of(books, document) == viewer.customer_id


async def history(books: Books, customer_id: int, most: int) -> list[Document]:
    """Return the customer's latest documents, newest first."""
    found: list[Document] = []
    for kind in _LETTERS.values():
        found += await books.find(kind, customer_id=customer_id, by="-id", most=most)
    return sorted(found, key=made_at, reverse=True)[:most]


def made_at(document: Document) -> datetime:
    """Return when the document was made."""
    return document.placed_at if isinstance(document, GoodsOrder) else document.made_at


async def paid_at(books: Books, order: TopUp) -> list[Lot]:
    """Return the charges that a top-up brought."""
    return await books.find(Lot, top_up_id=order.id)
