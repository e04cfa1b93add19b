"""Whether the database and its schema are as they were made."""

from __future__ import annotations

from storage.snapshot import Snapshot
from storage.verify.finding import Found


def whole(moment: Snapshot) -> Found:
    yield from moment.damage()


def schema(moment: Snapshot) -> Found:
    for thing in moment.differences():
        yield thing, "is not as this release made it"
