"""Whether the books are true: every invariant of the ledger, checked on the database itself.

Nothing here shares code with what writes the books, except for the hash and the schema. All checks
look at one moment, read-only, and so can run beside the process that writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from storage.snapshot import Snapshot, Unreadable, snapshot
from storage.verify import (
    cases,
    commands,
    disputes,
    holds,
    items,
    lots,
    orders,
    promises,
    transfers,
    whole_file,
)
from storage.verify.finding import Check, Finding

FINDINGS_EACH = 100
"""How many findings of one invariant are reported at most."""


def examine(path: Path) -> list[Finding]:
    """Check the SQLite file at *path*; an empty list says that every invariant holds."""
    with snapshot(path) as moment:
        return findings(moment)


def findings(moment: Snapshot) -> list[Finding]:
    """Check every invariant on one moment of any database."""
    return [finding for name in INVARIANTS for finding in _check(moment, name)]


def _check(moment: Snapshot, invariant: str) -> Iterator[Finding]:
    try:
        for where, what in islice(INVARIANTS[invariant](moment), FINDINGS_EACH):
            yield Finding(invariant, where, what)
    except Unreadable as error:  # what the schema check has found may break the others
        yield Finding(invariant, "database", f"cannot be checked: {error}")


INVARIANTS: dict[str, Check] = {
    "the file is whole": whole_file.whole,
    "the schema is this release's": whole_file.schema,
    "a transfer stays within one currency": transfers.transfers_in_one_currency,
    "a transfer's amount is above zero": transfers.amounts_above_zero,
    "a transfer has its two entries": transfers.two_entries,
    "a balance is the sum of its entries": transfers.balances,
    "entry versions are 1 to n": transfers.versions,
    "each entry says the balance after it": transfers.balances_after,
    "the balances of a currency sum to zero": transfers.sums_to_zero,
    "available is at or above the floor": transfers.floors,
    "every account is of the chart": transfers.of_the_chart,
    "a closed account is empty and stays so": transfers.closed,
    "reversals never exceed the original": transfers.reversals,
    "the hash chain is whole": transfers.chain,
    "held is the sum of the open holds": holds.held,
    "a hold is resolved at most once": holds.holds_end_once,
    "a capture moves what was held": holds.captures,
    "every outcome can be given again": commands.outcomes,
    "transfers and holds are made by commands": commands.keys,
    "a wallet is what its lots have left": lots.lots_and_wallets,
    "refunding is what lots have under way": lots.lots_and_refunding,
    "a lot's refunds are its parts": lots.lots_and_parts,
    "two admins decide what is paid out by hand": lots.reroutes,
    "a refund order is the sum of its parts": lots.refund_orders,
    "what a lot has spent is the sum of its uses": lots.lot_uses,
    "a sale is paid by the customer's lots": lots.sales,
    "a return goes to the lots that paid": lots.returns,
    "clearing is what gateways have left": lots.clearing,
    "each move of clearing is an item that a gateway told": items.moves_of_clearing,
    "fees and payouts are lines that gateways told": lots.fees_and_payouts,
    "suspense is the strays": lots.suspense,
    "a stray in a wallet was decided by two admins": lots.credited_strays,
    "a dispute's hold stands as the dispute does": disputes.disputes_and_holds,
    "what was charged back is what disputes took": disputes.charged_back,
    "a lot is kept from refunds by its disputes": disputes.blocked_lots,
    "a debt is what disputes could not take": disputes.debts,
    "a bonus account is what was promised": promises.promises_and_accounts,
    "a bonus is what its lot has earned": promises.promises_and_lots,
    "an order is the sum of its lines": orders.order_totals,
    "an order is open while something is to be brought": orders.open_orders,
    "no line is newer than its order": orders.line_versions,
    "an order asks to be cancelled as its lines do": orders.asked,
    "a chat is one merchant's": orders.chats,
    "a line's hold stands as the line does": orders.lines_and_holds,
    "a line's hold is its amount in the payer's wallet": orders.lines_and_amounts,
    "an open hold belongs to a line, a gift or a dispute": orders.open_holds,
    "a line is paid to its merchant": orders.captured_for,
    "a line names the sale that paid it": orders.sales_of_lines,
    "what was paid and made good was given back": orders.given_back,
    "a checkout is the sum of its captured lines": orders.check_outs,
    "a visit is settled by its checkout": orders.visits,
    "a settled visit has nothing on hold": orders.settled_holds,
    "what was not brought is charged by nobody's word but the customer's": orders.charged_blind,
    "a case is about its customer's checkout": cases.cases_and_check_outs,
    "a case was opened and closed by somebody": cases.cases_and_deeds,
    "an order is in its payer's visit": orders.payers,
    "an order on a host is of the host's party": orders.on_hosts,
    "a host's limit is kept": orders.host_limits,
    "a gift's holds stand as the gift does": orders.gifts_and_holds,
    "what somebody else pays was given or allowed": orders.gifts_and_orders,
    "what staff entered was confirmed": orders.entered,
    "what is for an age was brought after a look at the ID": orders.ids_looked_at,
}
