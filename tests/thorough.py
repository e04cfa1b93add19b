"""How thoroughly is tried: as `make check` does with THOROUGH=1, or as quickly as `make test` has to."""

from __future__ import annotations

import os

THOROUGH = bool(os.environ.get("THOROUGH"))
"""Whether slow tests run too, all examples are tried, and others' models judge the traffic."""


def examples(number: int) -> int:
    """Return how many of so many examples are tried: the quick tests try a fifth, others each time."""
    return number if THOROUGH else max(1, number // 5)
