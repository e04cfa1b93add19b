"""The whole journal as text for beancount, so that somebody else's program can judge the books."""

from __future__ import annotations

from collections.abc import Iterator

from storage.journal import BEGINNING, Journal, Posted


def write_beancount(journal: Journal) -> Iterator[str]:
    """Give the lines of a beancount file."""
    yield 'option "title" "Seatside"\n'
    for currency in journal.currencies():
        yield f'option "operating_currency" "{currency}"\n'
    for account in journal.accounts():
        yield f"{BEGINNING} open {account}\n"
    for transfer in journal.transfers():
        yield from _transaction(transfer)
    yield "\n"
    for each in journal.balances():
        # To the last unit: without `~ 0` one unit more or less would pass.
        yield f"{journal.end} balance {each.account}  {each.amount} ~ 0 {each.currency}\n"


def _transaction(transfer: Posted) -> Iterator[str]:
    links = [f"^transfer-{each}" for each in (transfer.id, transfer.reverses) if each is not None]
    yield f"\n{transfer.made_at.date()} * {_text(transfer.kind)} {' '.join(links)}\n"
    yield f"  transfer: {transfer.id}\n"
    yield f"  key: {_text(transfer.key)}\n"
    yield f"  made-at: {_text(transfer.made_at.isoformat())}\n"
    for each in transfer.postings:
        yield f"  {each.account}  {each.amount} {each.currency}\n"


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
