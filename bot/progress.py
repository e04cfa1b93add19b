"""How far something long has come, for somebody who waits at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TextIO

WIDTH = 30


def show_progress(of_what: str, stream: TextIO | None = None) -> Callable[[int, int], None]:
    """Return what is to be told how much is done, of how much.

    It draws one line on *stream*, the standard error by default, whenever the percentage has grown;
    nothing where that is no terminal.
    """
    stream = stream or sys.stderr
    if not stream.isatty():
        return lambda done, total: None
    drawn = -1

    def draw(done: int, total: int) -> None:
        nonlocal drawn
        percent = 100 * done // total if total else 100
        if percent == drawn:
            return
        drawn = percent
        bar = "#" * (percent * WIDTH // 100)
        stream.write(f"\r[{bar:.<{WIDTH}}] {percent:3d} %  {done:,} of {total:,} {of_what}")
        stream.write("\n" if done == total else "")
        stream.flush()

    return draw
