"""A figure that was measured, what it is held against, and how figures are shown and kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

HEAD = ("what", "value", "", "against", "ratio", "target", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """*ratio* is to what it is held *against*; *met* is None where there is no *target*."""

    name: str
    value: float
    unit: str
    against: str = ""
    ratio: float | None = None
    target: str = ""
    met: bool | None = None


def compared(name: str, value: float, unit: str, other: tuple[str, float], least: float) -> Figure:
    """A rate that is to be at *least* so many times another."""
    ratio = value / other[1]
    return Figure(
        name, value, unit, f"{other[0]}: {other[1]:,.0f}", ratio, f"ratio ≥ {least:g}", ratio >= least
    )


def reached(name: str, value: float, unit: str, other: tuple[str, float], least: float) -> Figure:
    """A rate that is to be at *least* so much, whatever another is."""
    against = f"{other[0]}: {other[1]:,.0f}"
    return Figure(name, value, unit, against, value / other[1], f"≥ {least:,.0f} {unit}", value >= least)


def grown(name: str, value: float, unit: str, before: tuple[str, float], most: float) -> Figure:
    """A cost that is to be at *most* so many times another."""
    ratio = value / before[1]
    return Figure(
        name, value, unit, f"{before[0]}: {before[1]:,.1f}", ratio, f"ratio ≤ {most:g}", ratio <= most
    )


def limited(name: str, value: float, unit: str, most: float) -> Figure:
    """A cost that is to stay under a limit."""
    return Figure(name, value, unit, target=f"< {most:g} {unit}", met=value < most)


def show(figures: Sequence[Figure]) -> str:
    """Return the figures as a table."""
    rows = [HEAD, *(_row(each) for each in figures)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def keep(figures: Sequence[Figure], path: Path) -> None:
    """Write the figures as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(each) for each in figures], indent=2, ensure_ascii=False)
    path.write_text(f"{text}\n", encoding="utf-8")


def _row(figure: Figure) -> tuple[str, ...]:
    value = f"{figure.value:,.0f}" if figure.value >= 100 else f"{figure.value:,.2f}"
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    met = {None: "", True: "met", False: "MISSED"}[figure.met]
    return (figure.name, value, figure.unit, figure.against, ratio, figure.target, met)
