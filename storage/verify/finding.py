"""What a check gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from storage.snapshot import Snapshot

Found = Iterator[tuple[str, str]]
"""Where something is wrong, and what."""

Check = Callable[[Snapshot], Found]

ACCOUNT = "name || ' ' || currency || CASE WHEN purse = 'shared' THEN '' ELSE ' ' || purse END"
"""What an account is called in a finding, as SQL."""


@dataclass(frozen=True, slots=True)
class Finding:
    """That an invariant does not hold: where, and what is there instead."""

    invariant: str
    where: str
    what: str
