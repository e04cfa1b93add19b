"""What is known about a disputed charge, as one document for the provider."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TypeVar

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from bot.fonts import BOLD, LIGHT, measure, register_fonts, split_by_font
from bot.locales import Locale
from bot.origin import receivers_of
from core.check_out import CheckOut, lines_to_pay
from core.dispute import Dispute, dispute_of
from core.lot import Lot
from core.merchant import find_merchant
from core.open_account import customer_of
from core.order_goods import GoodsOrder, Line, lines_of
from core.ports import Books
from core.refund import RefundPart
from core.serve import Deed
from core.top_up import TopUp

D = TypeVar("D", GoodsOrder, CheckOut)

MOST_DOCUMENTS = 200
"""So many of the customer's latest orders, and of their checkouts, are looked through."""


@dataclass(frozen=True, slots=True)
class Chapter:
    heading: str
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A title and what follows under headings: plain texts, so that it can be drawn elsewhere."""

    title: str
    chapters: tuple[Chapter, ...]


async def gather(books: Books, locale: Locale, dispute_id: int) -> Evidence:
    """Gather the top-up, and the orders, deliveries, receipts and refunds since it was paid."""
    dispute, lot = await dispute_of(books, dispute_id)
    say = locale.plain
    chapters = (
        Chapter(say("evidence-charge"), tuple(await _charge_rows(books, locale, dispute, lot))),
        Chapter(say("evidence-orders"), tuple(await _order_rows(books, locale, lot))),
        Chapter(say("evidence-receipts"), tuple(await _receipt_rows(books, locale, lot))),
        Chapter(say("evidence-refunds"), tuple(await _refund_rows(books, locale, lot))),
    )
    filled = [Chapter(each.heading, each.rows or (say("evidence-none"),)) for each in chapters]
    title = say("evidence-title", number=f"D-{dispute.id}", reference=dispute.reference)
    return Evidence(title, tuple(filled))


async def _charge_rows(books: Books, locale: Locale, dispute: Dispute, lot: Lot) -> list[str]:
    customer = await customer_of(books, lot.customer_id)
    order = await books.get(TopUp, lot.top_up_id)
    assert order is not None
    say = locale.plain
    return [
        say("evidence-disputed", amount=dispute.amount, time=dispute.opened_at, reason=dispute.reason or "-"),
        say("evidence-customer", number=str(customer.id), name=customer.name, opened=customer.opened_at),
        say("evidence-top-up", number=f"T-{order.id}", amount=order.amount, time=order.made_at),
        say(
            "evidence-paid",
            gateway=lot.gateway,
            charge=lot.charge,
            amount=lot.brought,
            payer=lot.payer or "-",
            time=lot.made_at,
        ),
        say("evidence-spent", amount=lot.spent),
    ]


async def _order_rows(books: Books, locale: Locale, lot: Lot) -> list[str]:
    """Return the orders since the payment: what was ordered where, and who did what with it when."""
    rows = []
    for order in await _since(books, GoodsOrder, "placed_at", lot):
        merchant = await find_merchant(books, order.merchant_id)
        rows.append(
            locale.plain(
                "evidence-order",
                number=f"G-{order.id}",
                time=order.placed_at,
                merchant=merchant.name,
                seat=order.seat,
                amount=order.total,
            )
        )
        receivers = (await receivers_of(books, {order.id})).values()
        rows += [locale.plain("evidence-order-for", receiver=receiver) for receiver in receivers]
        rows += [_line_row(locale, line) for line in await lines_of(books, order.id)]
        rows += [_deed_row(locale, deed) for deed in await books.find(Deed, order_id=order.id)]
    return rows


def _line_row(locale: Locale, line: Line) -> str:
    return locale.plain(
        "evidence-line",
        quantity=str(line.quantity),
        name=line.name,
        amount=line.total,
        state=locale.plain(f"evidence-line-{line.state}"),
    )


def _deed_row(locale: Locale, deed: Deed) -> str:
    done = locale.plain(f"evidence-deed-{deed.action}")
    return locale.plain("evidence-deed", time=deed.done_at, done=done, name=deed.by_name)


async def _receipt_rows(books: Books, locale: Locale, lot: Lot) -> list[str]:
    rows = []
    for receipt in await _since(books, CheckOut, "made_at", lot):
        merchant = await find_merchant(books, receipt.merchant_id)
        lines = await lines_to_pay(books, receipt.visit_id)
        rows.append(
            locale.plain(
                "evidence-receipt",
                number=f"C-{receipt.id}",
                time=receipt.made_at,
                merchant=merchant.name,
                amount=receipt.paid,
                lines=str(len(lines)),
            )
        )
    return rows


async def _refund_rows(books: Books, locale: Locale, lot: Lot) -> list[str]:
    return [
        locale.plain(
            "evidence-refund",
            number=f"R-{part.refund_id}",
            amount=part.amount,
            state=locale.plain(f"evidence-part-{part.state}"),
            reference=part.reference or "-",
        )
        for part in await books.find(RefundPart, lot_id=lot.id)
    ]


async def _since(books: Books, kind: type[D], field: str, lot: Lot) -> list[D]:
    """Return the customer's documents since a lot was paid, oldest first."""
    latest = await books.find(kind, customer_id=lot.customer_id, by="-id", most=MOST_DOCUMENTS)
    return [each for each in reversed(latest) if getattr(each, field) >= lot.made_at]


def print_evidence(evidence: Evidence) -> bytes:
    """Return a PDF of A4 pages, each line of which is cut where the page ends."""
    register_fonts()
    sheet = io.BytesIO()
    canvas = Canvas(sheet, pagesize=A4, invariant=True)
    canvas.setTitle(evidence.title)
    pages = _pages(evidence)
    for number, page in enumerate(pages, start=1):
        for row, (text, latin, size_pt) in enumerate(page):
            _draw_text(canvas, text, latin, size_pt, A4[1] - _MARGIN_PT - (row + 1) * _LEADING_PT)
        _draw_text(canvas, f"{number} / {len(pages)}", LIGHT, _SMALL_PT, _MARGIN_PT / 2)
        canvas.showPage()
    canvas.save()
    return sheet.getvalue()


_MARGIN_PT = 18 * mm
_LEADING_PT = 14.0
_TITLE_PT, _HEADING_PT, _TEXT_PT, _SMALL_PT = 14.0, 11.0, 9.5, 8.0
_ROWS_PER_PAGE = int((A4[1] - 2 * _MARGIN_PT) / _LEADING_PT)

_Row = tuple[str, str, float]
"""A text, the font of its Latin parts, and its size."""


def _pages(evidence: Evidence) -> list[list[_Row]]:
    """Break the document into pages."""
    rows: list[_Row] = [(evidence.title, BOLD, _TITLE_PT)]
    for chapter in evidence.chapters:
        rows += [("", LIGHT, _TEXT_PT), (chapter.heading, BOLD, _HEADING_PT)]
        rows += [(part, LIGHT, _TEXT_PT) for text in chapter.rows for part in _fold(text)]
    return [rows[first : first + _ROWS_PER_PAGE] for first in range(0, len(rows), _ROWS_PER_PAGE)]


def _fold(text: str) -> list[str]:
    """Break a text into what fits the page's width."""
    parts, width_pt = [""], A4[0] - 2 * _MARGIN_PT
    for char in text:
        if measure(list(split_by_font(parts[-1] + char, LIGHT)), _TEXT_PT) > width_pt:
            parts.append("    ")
        parts[-1] += char
    return parts


def _draw_text(canvas: Canvas, text: str, latin: str, size_pt: float, height_pt: float) -> None:
    x_pt = _MARGIN_PT + _INDENT_PT * (len(text) - len(text.lstrip()))
    for font, part in split_by_font(text, latin):
        canvas.setFont(font, size_pt)
        canvas.drawString(x_pt, height_pt, part)
        x_pt += measure([(font, part)], size_pt)


_INDENT_PT = 3.0
