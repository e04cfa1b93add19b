"""Which of the fonts that every PDF reader has shows which part of a text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont

BOLD, LIGHT, CHINESE = "Helvetica-Bold", "Helvetica", "STSong-Light"


def register_fonts() -> None:
    """Make the Chinese font known; the Latin ones are."""
    pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))


def measure(runs: list[tuple[str, str]], size_pt: float) -> float:
    """Return how wide the parts of a text are together."""
    return sum(pdfmetrics.stringWidth(part, font, size_pt) for font, part in runs)


def split_by_font(text: str, latin: str) -> Iterator[tuple[str, str]]:
    """Yield parts of *text* with the font that shows them; what none shows, emoji say, is left out."""
    shown = "".join(char for char in text if char.isprintable() and ord(char) <= 0xFFFF).strip()
    for font, part in groupby(shown, key=lambda char: latin if _is_latin(char) else CHINESE):
        yield font, "".join(part)


def _is_latin(char: str) -> bool:
    """Return whether the built-in Latin fonts have the character."""
    try:
        char.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
