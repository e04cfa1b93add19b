"""What a check gives."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Found = Iterator[tuple[str, str]]
"""Where something is wrong, and what."""

Check = Callable[[sqlite3.Connection], Found]

ACCOUNT = "name || ' ' || currency || iif(purse = 'shared', '', ' ' || purse)"
"""What an account is called in a finding, as SQL."""


@dataclass(frozen=True, slots=True)
class Finding:
    """That an invariant does not hold: where, and what is there instead."""

    invariant: str
    where: str
    what: str
