"""What is known about a disputed charge, as one document for the provider and the payer's bank.

Whoever reads it knows neither the house nor its words: it begins with what happened, and says what it means.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
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
from core.lot import Lot, LotUse
from core.merchant import find_merchant
from core.money import Money, total
from core.open_account import customer_of
from core.order_goods import GoodsOrder, Line, lines_of
from core.ports import Books
from core.refund import PartState, RefundPart
from core.serve import Deed
from core.top_up import TopUp

D = TypeVar("D", GoodsOrder, CheckOut)

MOST_DOCUMENTS = 200
"""So many of the customer's latest orders, and of their checkouts, are looked through."""


@dataclass(frozen=True, slots=True)
class Row:
    """A text, and at the margin beside it what it is about; "" for what goes on with the row above."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A title, what happened in short, and what follows under headings: plain, so that it can be drawn
    elsewhere.
    """

    title: str
    summary: tuple[str, ...]
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told about: a disputed charge of a customer, by its name at the provider."""

    dispute: Dispute
    lot: Lot
    order: TopUp
    name: str
    paid_goods: dict[int, Money]
    """How much of the charge paid for each line."""


async def gather(books: Books, locale: Locale, dispute_id: int) -> Evidence:
    """Gather the top-up, and the orders, deliveries, receipts and refunds since it was paid."""
    told = await _look_up(books, dispute_id)
    say = locale.plain
    parts = await books.find(RefundPart, lot_id=told.lot.id)
    chapters = {
        "evidence-charge": await _charge_rows(books, locale, told),
        "evidence-orders": await _order_rows(books, locale, told),
        "evidence-receipts": await _receipt_rows(books, locale, told),
        "evidence-refunds": [_refund_row(locale, part) for part in parts],
    }
    nothing = (Row("", say("evidence-none")),)
    return Evidence(
        say("evidence-title", reference=told.dispute.reference),
        _summary(locale, told, parts),
        tuple(Chapter(say(heading), tuple(rows) or nothing) for heading, rows in chapters.items()),
    )


async def _look_up(books: Books, dispute_id: int) -> _Told:
    dispute, lot = await dispute_of(books, dispute_id)
    customer = await customer_of(books, lot.customer_id)
    order = await books.get(TopUp, lot.top_up_id)
    assert order is not None
    uses = {use.transfer_id: use.amount for use in await books.find(LotUse, lot_id=lot.id)}
    lines = await books.find(Line, sale_id=tuple(uses)) if uses else []
    paid_goods = {line.id: uses[line.sale_id] for line in lines if line.sale_id and line.paid}
    return _Told(dispute, lot, order, customer.name, paid_goods)


def _summary(locale: Locale, told: _Told, parts: Sequence[RefundPart]) -> tuple[str, ...]:
    """Return what happened in a few sentences, for somebody who has never heard of us."""
    currency = told.lot.brought.currency
    back = total((part.amount for part in parts if part.state is PartState.DONE), currency)
    return (
        locale.plain("evidence-how"),
        locale.plain(
            "evidence-summary",
            name=told.name,
            time=told.lot.paid_at or told.lot.made_at,
            amount=told.lot.brought,
            goods=total(told.paid_goods.values(), currency),
            back=back,
        ),
        locale.plain("evidence-times", zone=str(locale.timezone)),
    )


async def _charge_rows(books: Books, locale: Locale, told: _Told) -> list[Row]:
    say, lot, dispute, order = locale.plain, told.lot, told.dispute, told.order
    customer = await customer_of(books, lot.customer_id)
    rows = {
        "disputed": say(
            "evidence-disputed", amount=dispute.amount, time=dispute.opened_at, reason=dispute.reason or "-"
        ),
        "provider": say("evidence-provider", gateway=lot.gateway, charge=lot.charge),
        "amount": locale.money(lot.brought),
        "payer": lot.payer or say("evidence-payer-unknown"),
        "asked": say("evidence-asked", time=order.made_at, number=f"T-{order.id}"),
        "paid": locale.moment(lot.paid_at or lot.made_at),
        "customer": say(
            "evidence-customer", name=told.name, number=str(customer.id), opened=customer.opened_at
        ),
    }
    if earlier := await _earlier(books, lot):
        rows["earlier"] = say(
            "evidence-earlier", count=len(earlier), time=earlier[0].paid_at or earlier[0].made_at
        )
    return [Row(say(f"evidence-label-{name}"), text) for name, text in rows.items()]


async def _earlier(books: Books, lot: Lot) -> list[Lot]:
    """Return what the same payer brought before that nobody disputes."""
    if not lot.payer_id:
        return []
    same = await books.find(Lot, customer_id=lot.customer_id, gateway=lot.gateway, payer_id=lot.payer_id)
    return [each for each in same if each.id < lot.id and not each.disputed and not each.charged_back]


async def _order_rows(books: Books, locale: Locale, told: _Told) -> list[Row]:
    """Return the orders since the payment: what was ordered where, and who did what with it when."""
    rows = []
    for order in await _since(books, GoodsOrder, "placed_at", told.lot):
        merchant = await find_merchant(books, order.merchant_id)
        ordered = locale.plain(
            "evidence-order", time=order.placed_at, merchant=merchant.name, seat=order.seat
        )
        rows.append(Row(f"G-{order.id}", ordered))
        receivers = (await receivers_of(books, {order.id})).values()
        rows += [Row("", locale.plain("evidence-order-for", receiver=each)) for each in receivers]
        lines = await lines_of(books, order.id)
        rows += [Row("", _line_text(locale, line, told.paid_goods.get(line.id))) for line in lines]
        names = {line.id: line.name for line in lines}
        deeds = await books.find(Deed, order_id=order.id)
        rows += [Row("", _deed_text(locale, deed, names)) for deed in deeds]
    return rows


def _line_text(locale: Locale, line: Line, paid: Money | None) -> str:
    text = locale.plain(
        "evidence-line",
        quantity=str(line.quantity),
        name=f"{line.name} ({line.options})" if line.options else line.name,
        amount=line.total,
        state=locale.plain(f"evidence-line-{line.state}"),
    )
    return text + (locale.plain("evidence-line-paid", amount=paid) if paid else "")


def _deed_text(locale: Locale, deed: Deed, names: dict[int, str]) -> str:
    """Return what somebody did, in the words that staff read it in."""
    return _INDENT + locale.plain(
        "deed-row-line" if deed.line_id else "deed-row",
        time=deed.done_at,
        by=deed.by_name,
        what=locale.plain(f"deed-{deed.action}"),
        item=names.get(deed.line_id or 0, ""),
    )


async def _receipt_rows(books: Books, locale: Locale, told: _Told) -> list[Row]:
    rows = []
    for receipt in await _since(books, CheckOut, "made_at", told.lot):
        merchant = await find_merchant(books, receipt.merchant_id)
        paid = locale.plain(
            "evidence-receipt", time=receipt.made_at, merchant=merchant.name, amount=receipt.paid
        )
        rows.append(Row(f"C-{receipt.id}", paid))
        rows += [
            Row("", locale.plain("order-row", quantity=str(line.quantity), item=line.name, amount=line.total))
            for line in await lines_to_pay(books, receipt.visit_id)
        ]
    return rows


def _refund_row(locale: Locale, part: RefundPart) -> Row:
    text = locale.plain(
        "evidence-refund",
        amount=part.amount,
        state=locale.plain(f"evidence-part-{part.state}"),
        time=locale.moment(part.ended_at) if part.ended_at else "",
        reference=part.reference or "-",
    )
    return Row(f"R-{part.refund_id}", text)


async def _since(books: Books, kind: type[D], field: str, lot: Lot) -> list[D]:
    """Return the customer's documents since a lot was paid, oldest first."""
    latest = await books.find(kind, customer_id=lot.customer_id, by="-id", most=MOST_DOCUMENTS)
    return [each for each in reversed(latest) if getattr(each, field) >= lot.made_at]


def print_evidence(evidence: Evidence) -> bytes:
    """Return a PDF of A4 pages; what is too long for a row goes on in the next."""
    register_fonts()
    sheet = io.BytesIO()
    canvas = Canvas(sheet, pagesize=A4, invariant=True)
    canvas.setTitle(evidence.title)
    pages = _pages(evidence)
    for number, page in enumerate(pages, start=1):
        for row, piece in enumerate(page):
            height_pt = A4[1] - _MARGIN_PT - (row + 1) * _LEADING_PT
            _draw_text(canvas, piece.label, LIGHT, piece.size_pt, _MARGIN_PT, height_pt, _GREY)
            _draw_text(canvas, piece.text, piece.latin, piece.size_pt, piece.left_pt, height_pt)
        footer = f"{evidence.title} · {number} / {len(pages)}"
        _draw_text(canvas, footer, LIGHT, _SMALL_PT, _MARGIN_PT, _MARGIN_PT / 2, _GREY)
        canvas.showPage()
    canvas.save()
    return sheet.getvalue()


_MARGIN_PT = 18 * mm
_LABEL_PT = 40 * mm
_LEADING_PT = 14.0
_TITLE_PT, _HEADING_PT, _TEXT_PT, _SMALL_PT = 14.0, 11.0, 9.5, 8.0
_ROWS_PER_PAGE = int((A4[1] - 2 * _MARGIN_PT) / _LEADING_PT)
_BLACK, _GREY = 0.0, 0.35
_INDENT = "    "
_INDENT_PT = 3.0


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is drawn in one row: a text in a font and size, from *left_pt* on, with a label at the margin."""

    text: str
    latin: str = LIGHT
    size_pt: float = _TEXT_PT
    left_pt: float = _MARGIN_PT
    label: str = ""


def _pages(evidence: Evidence) -> list[list[_Piece]]:
    """Break the document into pages; no heading stands alone at the end of one."""
    pages: list[list[_Piece]] = [[_Piece(evidence.title, BOLD, _TITLE_PT), _Piece("")]]
    blocks = [[_Piece(part) for part in _fold(text, _MARGIN_PT)] for text in evidence.summary]
    for chapter in evidence.chapters:
        heading = [_Piece(""), _Piece(chapter.heading, BOLD, _HEADING_PT)]
        for row in chapter.rows:
            first, *more = _fold(row.text, _MARGIN_PT + _LABEL_PT)
            blocks.append([*heading, _beside(first, row.label), *map(_beside, more)])
            heading = []
    for block in blocks:
        if len(pages[-1]) + len(block) > _ROWS_PER_PAGE:
            pages.append([])
        pages[-1] += block
    return pages


def _beside(text: str, label: str = "") -> _Piece:
    return _Piece(text, left_pt=_MARGIN_PT + _LABEL_PT, label=label)


def _fold(text: str, left_pt: float) -> list[str]:
    """Break a text into what fits between *left_pt* and the margin: between words, where there are any."""
    width_pt = A4[0] - _MARGIN_PT - left_pt
    parts = [""]
    for word in _words(text):
        if _width_pt(parts[-1] + word.rstrip()) > width_pt and parts[-1].strip():
            parts.append(_INDENT if text.startswith(_INDENT) else "")
        for char in word:
            if _width_pt(parts[-1] + char) > width_pt and parts[-1].strip():
                parts.append(_INDENT)
            parts[-1] += char
    return parts


def _words(text: str) -> list[str]:
    """Return the words of a text with the space behind each; of Chinese each character with its stops."""
    words = [""]
    for char in text:
        begins = words[-1].endswith(" ") and char != " "
        if begins or (char > _FIRST_CHINESE and char not in _STOPS):
            words.append("")
        words[-1] += char
    return words


_FIRST_CHINESE = "\u2e7f"
_STOPS = "，。、；：）"


def _width_pt(text: str) -> float:
    return measure(list(split_by_font(text, LIGHT)), _TEXT_PT)


def _draw_text(
    canvas: Canvas, text: str, latin: str, size_pt: float, x_pt: float, y_pt: float, grey: float = _BLACK
) -> None:
    x_pt += _INDENT_PT * (len(text) - len(text.lstrip()))
    canvas.setFillGray(grey)
    for font, part in split_by_font(text, latin):
        canvas.setFont(font, size_pt)
        canvas.drawString(x_pt, y_pt, part)
        x_pt += measure([(font, part)], size_pt)
