"""What storage cannot do."""

from __future__ import annotations


class StorageError(Exception):
    """The database cannot be used, or a commit failed; nothing of what was under way is kept.

    Where the connection broke while a commit was under way, only asking again by key can tell.
    """


class NewerDatabase(StorageError):
    """A newer release changed the database in a way with which this one cannot run."""
