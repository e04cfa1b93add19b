"""Seats' QR codes as people print them: pictures, and sheets of cards to cut out.

Every function takes and returns plain values, so that it can run in another process.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from bot.fonts import BOLD, LIGHT, measure, register_fonts, split_by_font

PICTURE_PIXELS = 600
"""About how wide a picture is: as near below as whole pixels for each module allow."""

COLUMNS, ROWS = 2, 3
CARDS_PER_PAGE = COLUMNS * ROWS

INVITATIONS = ("Scan to order from your seat", "扫码点单")


@dataclass(frozen=True, slots=True)
class SeatCode:
    """What a seat is called, and the link that scanning its code opens."""

    label: str
    link: str


def draw_picture(link: str) -> bytes:
    """Return a PNG of the link's QR code within its quiet zone."""
    code = _make_code(link)
    width = code.symbol_size(border=_QUIET_MODULES)[0]
    picture = io.BytesIO()
    code.save(picture, kind="png", scale=max(1, PICTURE_PIXELS // width), border=_QUIET_MODULES)
    return picture.getvalue()


def pack_pictures(codes: Sequence[SeatCode]) -> bytes:
    """Return a ZIP of a picture per seat, named after its label."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, code in zip(_name_files(codes), codes, strict=True):
            archive.writestr(zipfile.ZipInfo(f"{name}.png"), draw_picture(code.link))
    return packed.getvalue()


def print_sheet(merchant: str, codes: Sequence[SeatCode]) -> bytes:
    """Return a PDF of A4 pages with a card per seat and lines to cut along."""
    register_fonts()
    sheet = io.BytesIO()
    canvas = Canvas(sheet, pagesize=A4, invariant=True)
    canvas.setTitle(f"{merchant}: seat codes")
    for first in range(0, len(codes), CARDS_PER_PAGE):
        _draw_page(canvas, merchant, codes[first : first + CARDS_PER_PAGE])
    canvas.save()
    return sheet.getvalue()


_QUIET_MODULES = 4

_MARGIN_PT = 10 * mm
_CARD_WIDTH_PT = (A4[0] - 2 * _MARGIN_PT) / COLUMNS
_CARD_HEIGHT_PT = (A4[1] - 2 * _MARGIN_PT) / ROWS
_CODE_PT = 47 * mm
_TEXT_WIDTH_PT = _CARD_WIDTH_PT - 12 * mm
_SMALLEST_PT = 6.0


def _make_code(link: str) -> segno.QRCode:
    return segno.make_qr(link, error="m")


def _name_files(codes: Sequence[SeatCode]) -> Iterator[str]:
    """Yield a name for each seat that every file system takes and that no other seat has."""
    taken: set[str] = set()
    for code in codes:
        plain = re.sub(r"[^\w-]+", "-", code.label).strip("-") or "seat"
        names = (plain if nth == 1 else f"{plain}-{nth}" for nth in range(1, len(codes) + 1))
        name = next(name for name in names if name.casefold() not in taken)
        taken.add(name.casefold())
        yield name


_Edge = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Card:
    """The lower left corner of a card on its page."""

    left_pt: float
    bottom_pt: float

    @classmethod
    def at(cls, place: int) -> _Card:
        """Return the card at a place of the page, counted in reading order."""
        row, column = divmod(place, COLUMNS)
        bottom = A4[1] - _MARGIN_PT - (row + 1) * _CARD_HEIGHT_PT
        return cls(_MARGIN_PT + column * _CARD_WIDTH_PT, bottom)

    @property
    def middle_pt(self) -> float:
        """Where the card's middle is, from left to right."""
        return self.left_pt + _CARD_WIDTH_PT / 2

    def edges(self) -> Iterator[_Edge]:
        """Yield the four edges, each written the same way by both cards that share it."""
        left, bottom = round(self.left_pt, 3), round(self.bottom_pt, 3)
        right, top = round(self.left_pt + _CARD_WIDTH_PT, 3), round(self.bottom_pt + _CARD_HEIGHT_PT, 3)
        yield from ((left, bottom, right, bottom), (left, top, right, top))
        yield from ((left, bottom, left, top), (right, bottom, right, top))


def _draw_page(canvas: Canvas, merchant: str, codes: Sequence[SeatCode]) -> None:
    cards = [_Card.at(place) for place in range(len(codes))]
    _draw_cut_lines(canvas, cards)
    for card, code in zip(cards, codes, strict=True):
        _draw_card(canvas, card, merchant, code)
    canvas.showPage()


def _draw_cut_lines(canvas: Canvas, cards: Sequence[_Card]) -> None:
    """Draw each edge once, also where two cards share it: two dashed lines over each other look solid."""
    canvas.saveState()
    canvas.setDash(2, 3)
    canvas.setLineWidth(0.4)
    canvas.setStrokeGray(0.6)
    canvas.lines(sorted({edge for card in cards for edge in card.edges()}))
    canvas.restoreState()


def _draw_card(canvas: Canvas, card: _Card, merchant: str, code: SeatCode) -> None:
    _draw_line(canvas, card, _Line(merchant, height_pt=84 * mm, size_pt=13))
    _draw_code(canvas, card, code.link, height_pt=31.5 * mm)
    _draw_line(canvas, card, _Line(code.label, height_pt=19 * mm, size_pt=26))
    for text, height_pt in zip(INVITATIONS, (11.5 * mm, 6.5 * mm), strict=True):
        _draw_line(canvas, card, _Line(text, height_pt=height_pt, size_pt=10, latin=LIGHT))


def _draw_code(canvas: Canvas, card: _Card, link: str, height_pt: float) -> None:
    """Draw the code as one path, a bar for each run of dark modules, so that it is sharp at any size."""
    modules = [list(row) for row in _make_code(link).matrix]
    module_pt = _CODE_PT / len(modules)
    left, top = card.middle_pt - _CODE_PT / 2, card.bottom_pt + height_pt + _CODE_PT
    bars = canvas.beginPath()
    for y, row in enumerate(modules):
        for start, length in _find_dark_runs(row):
            # A hair taller than a module: without it many viewers show white seams between rows.
            bars.rect(
                left + start * module_pt, top - (y + 1) * module_pt, length * module_pt, module_pt * 1.01
            )
    canvas.drawPath(bars, stroke=0, fill=1)


def _find_dark_runs(row: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for is_dark, run in groupby(row, key=bool):
        length = len(list(run))
        if is_dark:
            yield start, length
        start += length


@dataclass(frozen=True, slots=True)
class _Line:
    """One centred line of a card: how high above its lower edge, and how large at most."""

    text: str
    height_pt: float
    size_pt: float
    latin: str = BOLD


def _draw_line(canvas: Canvas, card: _Card, line: _Line) -> None:
    """Draw a line, smaller if it is long, and cut off if that would make it too small to read."""
    runs = list(split_by_font(line.text, line.latin))
    size_pt = line.size_pt * min(1.0, _TEXT_WIDTH_PT / max(measure(runs, line.size_pt), 1.0))
    if size_pt < _SMALLEST_PT:
        shorter = line.text.rstrip("…")[: int(len(line.text) * 0.9)]
        _draw_line(canvas, card, replace(line, text=f"{shorter}…"))
        return
    x_pt = card.middle_pt - measure(runs, size_pt) / 2
    for font, part in runs:
        canvas.setFont(font, size_pt)
        canvas.drawString(x_pt, card.bottom_pt + line.height_pt, part)
        x_pt += pdfmetrics.stringWidth(part, font, size_pt)
