"""The whole journal as text for hledger, so that a second program can judge the books."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from core.money import EXPONENTS
from storage.journal import Journal, Posted


def write_hledger(journal: Journal) -> Iterator[str]:
    """Give the lines of an hledger journal; `hledger check --strict` accepts it."""
    yield "; Seatside\ndecimal-mark .\n"
    for currency in journal.currencies():
        yield f"commodity 1.{'0' * EXPONENTS[currency]} {currency}\n"
    for account in journal.accounts():
        yield f"account {account}\n"
    for transfer in journal.transfers():
        yield from _transaction(transfer)
    yield f"\n{journal.end} * balances\n"
    for each in journal.balances():
        yield f"    {each.account}  0 {each.currency} = {each.amount} {each.currency}\n"


def _transaction(transfer: Posted) -> Iterator[str]:
    kind = re.sub(r"[^\w ]", "-", transfer.kind)  # some signs mean something in a description
    yield f"\n{transfer.made_at.date()} * ({transfer.id}) {kind}\n"
    yield f"    ; key: {json.dumps(transfer.key)}\n"
    yield f"    ; made-at: {transfer.made_at.isoformat()}\n"
    if transfer.reverses is not None:
        yield f"    ; reverses: {transfer.reverses}\n"
    for each in transfer.postings:
        yield f"    {each.account}  {each.amount} {each.currency}\n"
