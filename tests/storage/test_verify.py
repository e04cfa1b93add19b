"""True books pass, and each way of making them untrue is found and named."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage.database import Database, open_database
from storage.errors import StorageError
from storage.verify import INVARIANTS
from storage.verify.finding import Finding
from tests.core.evening import Evening
from tests.storage.conftest import Kept


def examine(path: Path) -> list[Finding]:
    return open_database(f"sqlite:///{path}").examine()


def test_the_books_of_an_evening_are_true(kept: Kept) -> None:
    assert kept.database.examine() == []
    assert kept.database.unsealed() == 0


def test_empty_books_are_true(database: Database) -> None:
    assert database.examine() == []


_DISPUTE = (
    "INSERT INTO dispute (gateway, reference, lot_id, customer_id, amount_minor, held_minor,"
    " charged_back_minor, owed_minor, currency, hold_id, state, reason, opened_at)"
    " VALUES ('sandbox', 'dp-1', 1, 7, 1000, {held}, 0, {owed}, 'EUR', {hold}, '{state}', '', '2026-05-02')"
)
_FEE = (
    "INSERT INTO statement_line (gateway, kind, number, key, charge, amount_minor, currency, at)"
    " VALUES ('sandbox', 'fee', 'f-1', '', '', -35, 'EUR', '2026-05-02')"
)
_PROMISE = (
    "INSERT INTO promise (lot_id, customer_id, granted_minor, came_minor, lapsed_minor, unearned_minor,"
    " currency, made_at) VALUES (3, 9, 100, 0, 0, 0, 'EUR', '2026-05-02')"
)
_PARTY = (
    "INSERT INTO party (merchant_id, visit_id, host_id, code, limit_minor, most_minor, currency, version,"
    " began_at) VALUES (1, 2, 9, 'c', 100, 100, 'EUR', 1, '2026-05-02');"
    " UPDATE goods_order SET party_id = (SELECT max(id) FROM party) WHERE id = 3"
)
_GIFT = (
    "INSERT INTO gift (draft_id, visit_id, giver_id, for_visit_id, receiver_id, state, total_minor, currency,"
    " offered_at) VALUES ((SELECT min(draft_id) FROM cart_line), 1, 7, 2, 9, 'offered', 640, 'EUR', 'now')"
)

_STATION = """
INSERT INTO merchant (id, name, currency, group_id, made_at) VALUES (99, 'Other', 'EUR', -9, '2026');
INSERT INTO station (id, merchant_id, name, chat_id, thread_id, reached) VALUES (1, 1, 'kitchen', -9, 0, 1)
"""
_CASE = (
    "INSERT INTO visit_case (id, check_out_id, customer_id, merchant_id, wrong, state, version, opened_at,"
    " answer, said, closed_name) VALUES (1, 1, {customer}, 1, 'other', 'open', 1, '2026-05-02', '', '', '')"
)

TAMPERINGS = {
    "the file is whole": ("UPDATE line SET order_id = 99 WHERE id = 1", "line 1", "names a goods_order"),
    "the schema is this release's": ("DROP INDEX line_of_order", "index line_of_order", "is not as"),
    "a transfer stays within one currency": (
        "UPDATE transfer SET currency = 'USD' WHERE id = 1", "transfer 1", "USD from an account in EUR",
    ),
    "a transfer's amount is above zero": (
        "UPDATE transfer SET amount = -1000 WHERE id = 1", "transfer 1", "moves -1000",
    ),
    "a transfer has its two entries": (
        "DELETE FROM entry WHERE id = 2", "transfer 1", "has 1 entries that sum to -1000",
    ),
    "a balance is the sum of its entries": (
        "UPDATE account SET balance = balance + 1 WHERE name = 'customer:9:wallet'",
        "customer:9:wallet EUR", "has 2001, its entries sum to 2000",
    ),
    "entry versions are 1 to n": (
        "UPDATE entry SET version = 17 WHERE id = 2", "customer:7:wallet EUR", "up to version 17",
    ),
    "each entry says the balance after it": (
        "UPDATE entry SET balance_after = 1001 WHERE id = 2",
        "customer:7:wallet EUR", "entry 1 leaves 1001, the entries so far sum to 1000",
    ),
    "the balances of a currency sum to zero": (
        "UPDATE account SET balance = balance + 1 WHERE name = 'merchant:1:payable'", "EUR", "sum to 1",
    ),
    "available is at or above the floor": (
        "UPDATE account SET held = 2001 WHERE name = 'customer:9:wallet'",
        "customer:9:wallet EUR", "has -1 available",
    ),
    "every account is of the chart": (
        "UPDATE account SET name = 'customer:9:walet' WHERE name = 'customer:9:wallet'",
        "customer:9:walet EUR", "is no account of the chart",
    ),
    "a closed account is empty and stays so": (
        "UPDATE account SET closed_at = '2030-01-01' WHERE name = 'customer:9:wallet'",
        "customer:9:wallet EUR", "was closed 2030-01-01, has 2000 and 500 held",
    ),
    "reversals never exceed the original": (
        "UPDATE transfer SET reverses_id = 3 WHERE id IN (1, 2)", "transfer 3", "1500 of it was reversed",
    ),
    "the hash chain is whole": (
        "UPDATE transfer SET made_at = '2026-05-02' WHERE id = 2", "transfer 2", "not what was sealed",
    ),
    "held is the sum of the open holds": (
        "UPDATE account SET held = 499 WHERE name = 'customer:9:wallet'",
        "customer:9:wallet EUR", "has 499 held, its open holds sum to 500",
    ),
    "a capture moves what was held": (
        "UPDATE hold SET amount = 641 WHERE id = 1", "hold 1", "moved another amount",
    ),
    "every outcome can be given again": (
        "UPDATE outcome SET result = '{\"refused\": {\"is\": \"Nothing\"}}' WHERE key = 'key-1'",
        "outcome key-1", "cannot be given again",
    ),
    "transfers and holds are made by commands": (
        "DELETE FROM outcome WHERE key = 'charge:sandbox:tg-1'",
        "transfer 1", "made by no command: charge:sandbox:tg-1#1",
    ),
    "a wallet is what its lots have left": (
        "UPDATE lot SET spent_minor = 5 WHERE id = 3",
        "customer:9:wallet EUR", "has 2000, its lots have 1995 left",
    ),
    "refunding is what lots have under way": (
        "UPDATE lot SET refunding_minor = 0 WHERE id = 1",
        "customer:7:refunding EUR", "has 110, its lots have 0 under way",
    ),
    "a lot's refunds are its parts": (
        "UPDATE refund_part SET state = 'pending' WHERE id = 1",
        "lot 2", "has 0 under way and 500 refunded, its parts 500 and 0",
    ),
    "a refund order is the sum of its parts": (
        "UPDATE refund_order SET amount_minor = 1 WHERE id = 1", "refund R-1", "gives 1 back, its parts 610",
    ),
    "what a lot has spent is the sum of its uses": (
        "UPDATE lot_use SET amount_minor = 1 WHERE id = 1",
        "lot 1", "has 890 spent, its uses come to 251",
    ),
    "a sale is paid by the customer's lots": (
        "UPDATE lot_use SET lot_id = 3 WHERE id = 1", "transfer 3", "moved 640",
    ),
    "a return goes to the lots that paid": (
        "UPDATE transfer SET kind = 'return', reverses_id = 1 WHERE id = 3",
        "transfer 3", "back to lot 1, which had paid None",
    ),
    "clearing is what gateways have left": (
        "DELETE FROM lot WHERE id = 3", "gateway:sandbox:clearing EUR", "stands at -3123",
    ),
    "each move of clearing is an item that a gateway told": (
        "UPDATE lot SET brought_minor = 1005 WHERE id = 1; UPDATE lot SET brought_minor = 495 WHERE id = 2",
        "gateway:sandbox:clearing EUR", "top_up of 495: moved 0 times, and told of 1 times",
    ),
    "suspense is the strays": (
        "UPDATE stray SET amount_minor = 122",
        "gateway:sandbox:suspense EUR", "has 123, the strays come to 122",
    ),
    "a stray in a wallet was decided by two admins": (
        "UPDATE lot SET gateway = 'sandbox', charge = (SELECT charge FROM stray) WHERE id = 3",
        "stray S-1", "of 123 is not in the wallet",
    ),
    "two admins decide what is paid out by hand": (
        "UPDATE refund_part SET state = 'rerouted' WHERE id = 2", "part 2", "was paid out by hand",
    ),
    "fees and payouts are lines that gateways told": (
        _FEE,
        "operator:gateway_fees EUR", "come to -35",
    ),
    "a dispute's hold stands as the dispute does": (
        _DISPUTE.format(held=640, owed=0, hold=1, state="open"),
        "dispute D-1", "is open and holds 640: lost, 640 in customer:7:wallet",
    ),
    "what was charged back is what disputes took": (
        "UPDATE lot SET charged_back_minor = 1 WHERE id = 3", "lot 3", "was charged back 1, its lost",
    ),
    "a lot is kept from refunds by its disputes": (
        "UPDATE lot SET disputed = 1 WHERE id = 3", "lot 3", "is kept from refunds",
    ),
    "a debt is what disputes could not take": (
        _DISPUTE.format(held=0, owed=1000, hold="NULL", state="lost"),
        "customer:7:debt EUR", "stands at 0, what is owed and was paid comes to -1000",
    ),
    "a bonus account is what was promised": (
        _PROMISE, "operator:bonus EUR", "has 0, its promises come to -100",
    ),
    "a bonus is what its lot has earned": (
        "UPDATE lot SET promised = 1 WHERE id = 3", "lot 3", "has 0 of its bonus",
    ),
    "an order is the sum of its lines": (
        "UPDATE goods_order SET total_minor = 1 WHERE id = 1", "order G-1", "comes to 1, its lines to 640",
    ),
    "an order is open while something is to be brought": (
        "UPDATE goods_order SET is_open = 1 WHERE id = 1", "order G-1", "is open and has 0 lines",
    ),
    "no line is newer than its order": (
        "UPDATE line SET version = 99 WHERE id = 1", "line 1", "has version 99, order G-1 only",
    ),
    "an order asks to be cancelled as its lines do": (
        "UPDATE line SET cancel_asked = 1 WHERE id = 1", "order G-1", "asks for nothing, 1 of its lines do",
    ),
    "a chat is one merchant's": (
        _STATION, "station 1", "of merchant 1 is in the group of merchant 99",
    ),
    "a line's hold stands as the line does": (
        "UPDATE line SET state = 'placed' WHERE id = 4", "line 4", "is placed, its hold is released",
    ),
    "a line's hold is its amount in the payer's wallet": (
        "UPDATE goods_order SET customer_id = 7 WHERE id = 3", "line 3", "500 was held in customer:9:wallet",
    ),
    "an open hold belongs to a line, a gift or a dispute": (
        "DELETE FROM line WHERE id = 3", "hold 3", "sets 500 aside for nothing",
    ),
    "a line is paid to its merchant": (
        "UPDATE goods_order SET merchant_id = 2 WHERE id = 1",
        "line 1", "was sold by merchant 2 and paid to merchant:1:payable",
    ),
    "a line names the sale that paid it": (
        "UPDATE line SET sale_id = NULL WHERE id = 1", "line 1", "names transfer None as its sale",
    ),
    "what was paid and made good was given back": (
        "UPDATE line SET state = 'returned' WHERE id = 1",
        "line 1", "is returned and came to 640, 0 of it was given back",
    ),
    "a checkout is the sum of its captured lines": (
        "UPDATE check_out SET paid_minor = 1", "visit 1", "was paid 1 at its checkout",
    ),
    "a visit is settled by its checkout": (
        "UPDATE visit SET state = 'open' WHERE id = 1", "visit 1", "is open, its checkout is C-1",
    ),
    "a settled visit has nothing on hold": (
        "DELETE FROM hold_end WHERE hold_id = 1", "visit 1", "is settled, and still has 640 on hold",
    ),
    "what was not brought is charged by nobody's word but the customer's": (
        "UPDATE check_out SET cause = 'idle'; UPDATE line SET state = 'ready' WHERE id = 1",
        "checkout C-1", "by itself (idle) and charged line 1, which is ready",
    ),
    "a case is about its customer's checkout": (
        _CASE.format(customer=9), "case N-1", "of customer 9 is about C-1 of customer 7",
    ),
    "a case was opened and closed by somebody": (
        _CASE.format(customer=7), "case N-1", "was opened 0 times and closed 0 times",
    ),
    "an order is in its payer's visit": (
        "UPDATE goods_order SET visit_id = 2 WHERE id = 1", "order G-1", "is paid by 7, in a visit of 9",
    ),
    "an order on a host is of the host's party": (_PARTY, "order G-3", "is not of party 1"),
    "a host's limit is kept": (_PARTY, "party 1", "allowed 100 on its host at most, 500 was ordered"),
    "a gift's holds stand as the gift does": (_GIFT, "gift 1", "is offered, its hold is missing"),
    "what somebody else pays was given or allowed": (
        "UPDATE goods_order SET for_visit_id = 1 WHERE id = 3", "order G-3", "who has not given it",
    ),
    "what staff entered was confirmed": (
        "UPDATE goods_order SET entered_by = 'Bea' WHERE id = 1", "order G-1", "has not confirmed it",
    ),
    "what is for an age was brought after a look at the ID": (
        "UPDATE line SET least_age = 18 WHERE id = 1", "line 1", "nobody looked at the ID",
    ),
}  # fmt: skip


def test_a_move_after_the_closing_is_found_though_nothing_is_left_of_it(kept: Kept) -> None:
    kept.tamper("UPDATE account SET closed_at = '2020-01-01' WHERE name = 'customer:7:wallet'")
    (found,) = kept.database.examine()
    assert found.invariant == "a closed account is empty and stays so"
    assert "has 0 and 0 held, and last moved 2026-05-01" in found.what


KEPT_BY_A_PRIMARY_KEY = {
    "a hold is resolved at most once": "hold_end",
    "every outcome can be given again": "outcome",
}


def test_each_invariant_is_tampered_with_below() -> None:
    assert TAMPERINGS.keys() | KEPT_BY_A_PRIMARY_KEY.keys() == INVARIANTS.keys()


@pytest.mark.parametrize("invariant", TAMPERINGS)
def test_a_tampering_is_found_and_named(kept: Kept, invariant: str) -> None:
    sql, where, what = TAMPERINGS[invariant]
    kept.tamper(sql)
    found = kept.database.examine()
    assert [
        each for each in found if each.invariant == invariant and where in each.where and what in each.what
    ], found


@pytest.mark.parametrize("invariant", KEPT_BY_A_PRIMARY_KEY)
def test_what_is_kept_twice_in_a_table_without_its_key_is_found(kept: Kept, invariant: str) -> None:
    table = KEPT_BY_A_PRIMARY_KEY[invariant]
    kept.tamper(
        f"CREATE TABLE twice AS SELECT * FROM {table} UNION ALL SELECT * FROM {table};"
        f" DROP TABLE {table}; ALTER TABLE twice RENAME TO {table}",
    )
    found = {each.invariant for each in kept.database.examine()}
    assert {invariant, "the schema is this release's"} <= found


@pytest.mark.parametrize("table", ["transfer", "entry", "hold", "hold_end", "outcome", "seal", "account"])
def test_a_trigger_that_is_gone_is_found(path: Path, table: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"DROP TRIGGER {table}_stays")
        connection.commit()
    missing = Finding(
        "the schema is this release's", f"trigger {table}_stays", "is not as this release made it"
    )
    assert examine(path) == [missing]


def test_a_transfer_that_was_taken_out_with_its_seal_and_all_is_found(kept: Kept) -> None:
    kept.tamper(
        "DELETE FROM entry WHERE transfer_id = 2; DELETE FROM seal WHERE transfer_id = 2;"
        "DELETE FROM transfer WHERE id = 2",
    )
    found = kept.database.examine()
    assert "transfer 3" in [each.where for each in found if each.invariant == "the hash chain is whole"]


def test_a_transfer_cut_off_the_end_is_found_by_its_seal(kept: Kept) -> None:
    kept.tamper("DELETE FROM transfer WHERE id = (SELECT max(id) FROM transfer)")
    found = kept.database.examine()
    assert ("the hash chain is whole", "was sealed and is gone") in {
        (each.invariant, each.what) for each in found
    }


def test_a_transfer_between_others_that_nobody_sealed_is_found(kept: Kept) -> None:
    kept.tamper("DELETE FROM seal WHERE transfer_id = 2")
    assert [each.what for each in kept.database.examine()] == ["is not sealed"]


def test_the_last_transfers_may_lack_their_seals_only_where_seals_follow(kept: Kept) -> None:
    kept.tamper("DELETE FROM seal WHERE transfer_id > (SELECT max(transfer_id) - 2 FROM seal)")
    follow = str(kept.database).startswith("PostgreSQL")
    assert kept.database.unsealed() == 2
    assert [each.what for each in kept.database.examine()] == ([] if follow else ["is not sealed"])


def test_a_table_that_is_missing_stops_no_other_check(kept: Kept) -> None:
    kept.tamper("DROP TABLE stray_case; UPDATE check_out SET paid_minor = 1")
    found = {each.invariant for each in kept.database.examine()}
    assert {"suspense is the strays", "a checkout is the sum of its captured lines"} <= found


async def test_books_are_checked_while_they_are_written(evening: Evening, path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE account SET version = 0")
        assert examine(path) == []
        other.rollback()
    await evening.top_up(300)
    assert examine(path) == []


def test_what_somebody_else_made_is_refused_in_a_sentence_whatever_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "odd.sqlite3"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE customers (id)")
    database = open_database(f"sqlite:///{path}")
    asked = (
        database.examine,
        lambda: list(database.export_journal("hledger", lambda done, total: None)),
        lambda: database.backup(tmp_path / "copy.sqlite3", lambda done, total: None),
    )
    for ask in asked:
        with pytest.raises(StorageError, match="not a Seatside database"):
            ask()
    assert [*tmp_path.iterdir()] == [path]


@pytest.mark.parametrize("content", [None, b"not a database, but long enough to look like one" * 100])
def test_what_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "odd.sqlite3"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StorageError):
        examine(path)
    assert (path.read_bytes() if path.exists() else None) == content
