"""Whether what commands gave is kept, and nothing was made by anything else."""

from __future__ import annotations

from core.errors import Refusal
from core.outcome import read
from storage.snapshot import Snapshot
from storage.verify.finding import Found


def outcomes(moment: Snapshot) -> Found:
    for key, request, result in moment.rows("SELECT key, request, result FROM outcome"):
        if len(request) != 64 or not _is_readable(result):
            yield f"outcome {key}", f"cannot be given again: {result[:100]}"
    for key, times in moment.rows("SELECT key, count(*) FROM outcome GROUP BY key HAVING count(*) > 1"):
        yield f"outcome {key}", f"is kept {times} times"


def _is_readable(result: str) -> bool:
    try:
        read(result)
    except Refusal:
        return True
    except Exception:
        return False
    return True


def keys(moment: Snapshot) -> Found:
    """A transfer's or hold's key is that of its command, and a number."""
    for table, id_, key in moment.rows(
        """
        SELECT kind, id, made.key FROM (
            SELECT 'transfer' AS kind, id, key, rtrim(key, '0123456789') AS stem FROM transfer
            UNION ALL SELECT 'hold', id, key, rtrim(key, '0123456789') FROM hold
        ) AS made
        LEFT JOIN outcome ON outcome.key = substr(stem, 1, length(stem) - 1)
        WHERE outcome.key IS NULL OR outcome.result NOT LIKE '{"done"%'
        """
    ):
        yield f"{table} {id_}", f"was made by no command: {key}"
