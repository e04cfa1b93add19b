"""Somebody who waits at a terminal sees how far it has come; a file or a pipe gets nothing."""

from __future__ import annotations

from io import StringIO

from bot.progress import WIDTH, show_progress


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def drawn(stream: StringIO, *steps: tuple[int, int]) -> list[str]:
    told = show_progress("pages", stream)
    for done, total in steps:
        told(done, total)
    return stream.getvalue().split("\r")[1:]


def test_a_bar_grows_with_counts_and_percent() -> None:
    first, second = drawn(Terminal(), (500, 2000), (2000, 2000))
    assert first == f"[{'#' * 7}{'.' * (WIDTH - 7)}]  25 %  500 of 2,000 pages"
    assert second == f"[{'#' * WIDTH}] 100 %  2,000 of 2,000 pages\n"


def test_it_is_drawn_once_for_each_percent() -> None:
    assert len(drawn(Terminal(), *((n, 10_000) for n in range(1, 10_001)))) == 101


def test_where_nobody_looks_nothing_is_written() -> None:
    assert drawn(StringIO(), (1, 2), (2, 2)) == []
