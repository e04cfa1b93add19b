"""What the books promise inside one transaction: keys, locks, the ledger, and rows found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.errors import AccountClosed, AccountUnknown, KeyReused, NameTaken, ShortOfMoney
from core.ledger import Account, Transfer, clearing, refunding, suspense, wallet
from core.merchant import Merchant, NewMerchant, create_merchant
from core.money import Money
from core.ports import AtMost, Books, Store
from storage.books import SqlBooks
from storage.database import Database
from tests.conftest import START
from tests.core.evening import ANN, eur

FROM, TO = clearing("sandbox", "EUR"), wallet(ANN, "EUR")


async def bring(books: Books, minor: int) -> int:
    """A command: money comes into the wallet."""
    await books.lock(FROM, TO)
    (transfer,) = await books.post(Transfer("top_up", FROM, TO, eur(minor)))
    books.tell(f"{minor} came")
    return transfer


async def bring_and_refuse(books: Books, minor: int) -> int:
    await bring(books, minor)
    raise ShortOfMoney(eur(minor))


async def once_and_catch(books: Books, key: str, minor: int) -> ShortOfMoney:
    with pytest.raises(ShortOfMoney) as caught:
        await books.once(key, bring_and_refuse, minor)
    return caught.value


async def balance(store: Store, account: Account = TO) -> int:
    return (await store.run(lambda books: books.standing(account))).balance.minor


async def add_bars(books: Books, *names: str) -> list[Merchant]:
    return [
        await books.add(Merchant(0, name, "EUR", None, START + timedelta(hours=n)))
        for n, name in enumerate(names)
    ]


# Keys


async def test_the_same_key_gives_the_first_result_and_moves_nothing(store: Store) -> None:
    results = [await store.run(lambda books: books.once("key", bring, 100)) for _ in range(3)]
    assert results == [1, 1, 1]
    assert await balance(store) == 100


async def test_the_same_key_in_one_transaction_is_the_same_too(store: Store) -> None:
    async def twice(books: Books) -> tuple[int, int, int]:
        first, second = await books.once("key", bring, 100), await books.once("key", bring, 100)
        return first, second, len(books.told)

    assert await store.run(twice) == (1, 1, 1)


async def test_a_refusal_is_given_again_and_what_the_command_did_is_undone(store: Store) -> None:
    first = await store.run(lambda books: once_and_catch(books, "key", 100))
    again = await store.run(lambda books: once_and_catch(books, "key", 100))
    assert vars(first) == vars(again) == {"short": eur(100)}
    assert await balance(store) == 0


async def test_a_refusal_undoes_its_command_and_no_more(store: Store) -> None:
    async def work(books: Books) -> list[object]:
        await books.once("one", bring, 100)
        await once_and_catch(books, "two", 10)
        await books.once("three", bring, 1)
        return list(books.told)

    assert await store.run(work) == ["100 came", "1 came"]
    assert await balance(store) == 101


async def test_a_key_with_another_request_is_refused(store: Store) -> None:
    await store.run(lambda books: books.once("key", bring, 100))
    for command, ask in ((bring, 101), (bring_and_refuse, 100)):
        with pytest.raises(KeyReused):
            await store.run(lambda books, command=command, ask=ask: books.once("key", command, ask))  # type: ignore[misc]
    assert await balance(store) == 100


async def test_a_bug_keeps_no_outcome_so_that_the_key_can_be_tried_again(store: Store) -> None:
    async def break_down(books: Books, minor: int) -> int:
        await bring(books, minor)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.run(lambda books: books.once("key", break_down, 100))
    assert await store.run(lambda books: books.once("key", bring, 100)) > 0
    assert await balance(store) == 100


async def test_a_name_that_is_taken_is_a_refusal_like_any_other(store: Store) -> None:
    await store.run(lambda books: books.once("a", create_merchant, NewMerchant("Blue Bar", "EUR")))
    with pytest.raises(NameTaken):
        await store.run(lambda books: books.once("b", create_merchant, NewMerchant("Blue Bar", "EUR")))


# The ledger


async def test_money_moves_only_inside_a_command_that_locked_what_it_changes(store: Store) -> None:
    async def unlocked(books: Books, minor: int) -> int:
        await books.lock(FROM)
        return (await books.post(Transfer("top_up", FROM, TO, eur(minor))))[0]

    async def locked_twice(books: Books, minor: int) -> int:
        await books.lock(FROM)
        await books.lock(TO)
        return 0

    async def inside(books: Books, minor: int) -> int:
        return await books.once("inner", bring, minor)

    with pytest.raises(AssertionError, match="inside `once`"):
        await store.run(lambda books: bring(books, 1))
    for command in (unlocked, locked_twice, inside):
        with pytest.raises(AssertionError):
            await store.run(lambda books, command=command: books.once("key", command, 1))  # type: ignore[misc]
    assert await balance(store) == 0


async def test_locking_tells_how_accounts_stand_in_the_order_given(store: Store) -> None:
    await store.run(lambda books: books.once("key", bring, 100))

    async def look(books: Books, _: int) -> str:
        standings = await books.lock(TO, suspense("sandbox", "EUR"), FROM)
        return ",".join(str(each.balance.minor) for each in standings)

    assert await store.run(lambda books: books.once("look", look, 0)) == "100,0,-100"


async def test_a_wallet_never_goes_below_zero_nor_a_hold_below_what_is_there(store: Store) -> None:
    await store.run(lambda books: books.once("key", bring, 100))

    async def overdraw(books: Books, minor: int) -> int:
        await books.lock(FROM, TO)
        return (await books.post(Transfer("out", TO, FROM, eur(minor))))[0]

    async def hold_too_much(books: Books, minor: int) -> int:
        await books.lock(TO)
        await books.hold(TO, eur(60))
        return (await books.hold(TO, eur(minor)))[0]

    for command, minor in ((overdraw, 101), (hold_too_much, 41)):
        with pytest.raises(Exception, match="available_is_above_the_floor"):
            await store.run(lambda books, c=command, m=minor: books.once("more", c, m))  # type: ignore[misc]
    assert await balance(store) == 100


async def test_a_hold_is_resolved_once(store: Store) -> None:
    await store.run(lambda books: books.once("key", bring, 100))

    async def release_twice(books: Books, minor: int) -> int:
        await books.lock(TO)
        await books.hold(TO, eur(50))
        (hold,) = await books.hold(TO, eur(minor))
        await books.release(hold)
        await books.release(hold)
        return hold

    with pytest.raises(Exception, match="hold_end"):
        await store.run(lambda books: books.once("twice", release_twice, 40))


@pytest.mark.parametrize("minor", [0, -5])
async def test_nothing_and_less_than_nothing_is_never_moved(store: Store, minor: int) -> None:
    with pytest.raises(Exception, match="amount_is_positive"):
        await store.run(lambda books: books.once("key", bring, minor))


async def test_what_no_column_can_keep_is_never_moved_nor_set_aside(store: Store) -> None:
    async def set_aside(books: Books, minor: int) -> int:
        await books.lock(TO)
        return (await books.hold(TO, eur(minor)))[0]

    for command in (bring, set_aside):
        with pytest.raises(Exception, match=r"too large|out of range|int64"):
            await store.run(lambda books, command=command: books.once("key", command, 2**63))  # type: ignore[misc]
    assert await balance(store) == 0


async def test_a_closed_account_takes_no_posting_no_hold_and_no_capture(
    store: Store, database: Database
) -> None:
    closed = refunding(ANN, "EUR")

    async def set_up(books: Books, minor: int) -> int:
        await books.lock(FROM, TO, closed)
        await books.post(Transfer("top_up", FROM, TO, eur(minor)))
        await books.close(closed)
        return (await books.hold(TO, eur(40)))[0]

    async def post_to(books: Books, hold: int) -> None:
        await books.lock(TO, closed)
        await books.post(Transfer("refund", TO, closed, eur(1)))

    async def post_from(books: Books, hold: int) -> None:
        await books.lock(TO, closed)
        await books.post(Transfer("refund", closed, TO, eur(1)))

    async def hold_on(books: Books, hold: int) -> None:
        await books.lock(closed)
        await books.hold(closed, eur(1))

    async def capture_onto(books: Books, hold: int) -> None:
        await books.lock(TO, closed)
        await books.capture(hold, "sale", closed)

    hold = await store.run(lambda books: books.once("set-up", set_up, 100))
    for command in (post_to, post_from, hold_on, capture_onto):
        with pytest.raises(AccountClosed) as refused:
            await store.run(lambda books, c=command: books.once(c.__name__, c, hold))  # type: ignore[misc]
        assert refused.value.account == closed.name
    standing = await store.run(lambda books: books.standing(TO))
    assert (standing.balance, standing.held, standing.is_closed) == (eur(100), eur(40), False)
    assert (await store.run(lambda books: books.standing(closed))).is_closed
    assert [each for each in database.examine() if "closed" in each.invariant] == []


async def test_an_account_that_is_not_empty_is_not_closed_by_the_database_itself(store: Store) -> None:
    await store.run(lambda books: books.once("key", bring, 100))

    async def close(books: Books, _: int) -> None:
        await books.lock(TO)
        await books.close(TO)

    with pytest.raises(Exception, match="closed_account_is_empty"):
        await store.run(lambda books: books.once("close", close, 0))


async def test_the_database_itself_lets_nothing_move_on_a_closed_account_nor_opens_it_again(
    store: Store,
) -> None:
    closed = refunding(ANN, "EUR")

    async def close(books: Books, _: int) -> None:
        await books.lock(closed)
        await books.close(closed)

    async def post_all_the_same(books: Books, _: int) -> None:
        assert isinstance(books, SqlBooks)
        await books.lock(FROM, closed)
        books._in_once().locked[closed].closed = False
        await books.post(Transfer("in", FROM, closed, eur(1)), Transfer("out", closed, FROM, eur(1)))

    async def hold_all_the_same(books: Books, _: int) -> None:
        assert isinstance(books, SqlBooks)
        await books.rows("UPDATE account SET held = held + 1 WHERE name = ?1", closed.name)

    async def open_again(books: Books, _: int) -> None:
        assert isinstance(books, SqlBooks)
        await books.rows("UPDATE account SET closed_at = NULL WHERE name = ?1", closed.name)

    await store.run(lambda books: books.once("close", close, 0))
    for command, why in (
        (post_all_the_same, "closed_account_is_empty"),
        (hold_all_the_same, "closed_account_is_empty|available_is_above_the_floor"),
        (open_again, "stays closed"),
    ):
        with pytest.raises(Exception, match=why):
            await store.run(lambda books, c=command: books.once(c.__name__, c, 0))  # type: ignore[misc]
    assert (await store.run(lambda books: books.standing(closed))).is_closed


async def test_a_closing_that_is_undone_leaves_the_account_open(store: Store) -> None:
    async def close_and_stumble(books: Books, _: int) -> None:
        await books.lock(TO)
        await books.close(TO)
        raise NameTaken("Blue Bar")

    with pytest.raises(NameTaken):
        await store.run(lambda books: books.once("close", close_and_stumble, 0))
    await store.run(lambda books: books.once("key", bring, 100))
    assert await balance(store) == 100


@pytest.mark.parametrize(
    "name",
    [
        "customer:7:walet",
        "customer::wallet",
        "customer:x:wallet",
        "wallet",
        "operator:capital",
        "gateway:a:b:clearing",
    ],
)
async def test_a_name_that_is_not_of_the_chart_is_refused_and_no_account_is_made(
    store: Store, database: Database, name: str
) -> None:
    async def lock(books: Books, _: int) -> None:
        await books.lock(FROM, Account(name, "EUR"))

    with pytest.raises(AccountUnknown) as refused:
        await store.run(lambda books: books.once("lock", lock, 0))
    assert refused.value.account == name
    assert database.examine() == []
    reports = await database.open_reports()
    assert await reports.trial_balance() == []
    await reports.close()


async def test_a_hold_that_nobody_made_is_not_resolved(store: Store) -> None:
    async def release(books: Books, hold: int) -> int:
        await books.lock(TO)
        await books.release(hold)
        return hold

    with pytest.raises(AssertionError, match="there is no hold 17"):
        await store.run(lambda books: books.once("key", release, 17))


async def test_a_reversal_never_gives_back_more_than_was_moved(store: Store) -> None:
    async def reverse(books: Books, minor: int) -> int:
        await books.lock(FROM, TO)
        return (await books.post(Transfer("back", TO, FROM, eur(minor), reverses=1)))[0]

    await store.run(lambda books: books.once("key", bring, 100))
    await store.run(lambda books: books.once("other", bring, 100))
    await store.run(lambda books: books.once("some", reverse, 60))
    with pytest.raises(Exception, match="reversals never exceed"):
        await store.run(lambda books: books.once("too much", reverse, 41))
    await store.run(lambda books: books.once("the rest", reverse, 40))
    assert await balance(store) == 100


async def test_a_transfer_stays_within_its_currency(store: Store) -> None:
    async def mix(books: Books, minor: int) -> int:
        await books.lock(FROM, TO)
        return (await books.post(Transfer("top_up", FROM, TO, Money(minor, "USD"))))[0]

    with pytest.raises(Exception, match="within one currency"):
        await store.run(lambda books: books.once("key", mix, 100))


async def test_an_account_nobody_has_used_stands_at_zero(store: Store) -> None:
    standing = await store.run(lambda books: books.standing(wallet(99, "JPY")))
    assert (str(standing.balance), str(standing.available)) == ("0 JPY", "0 JPY")


# Values


async def test_what_is_added_gets_the_next_number(store: Store) -> None:
    bars = await store.run(lambda books: add_bars(books, "A", "B"))
    assert [bar.id for bar in bars] == [1, 2]
    assert await store.run(lambda books: books.get(Merchant, 2)) == bars[1]
    assert await store.run(lambda books: books.get(Merchant, 3)) is None


async def test_what_is_added_together_is_found_under_the_ids_given_even_where_nothing_was_before(
    store: Store,
) -> None:
    async def look_and_add(books: Books) -> None:
        assert await books.get(Merchant, 2) is None
        bars = [Merchant(0, name, "EUR", None, START) for name in ("Blue Bar", "Red Bar", "Green Bar")]
        assert [*await books.add_all(bars)] == [1, 2, 3]
        assert await books.get(Merchant, 2) == replace(bars[1], id=2)

    await store.run(look_and_add)


async def test_values_are_found_by_their_fields(store: Store) -> None:
    await store.run(lambda books: add_bars(books, "A", "B", "C"))

    async def names(books: Books) -> list[list[str]]:
        until = START + timedelta(hours=1)
        return [
            [bar.name for bar in found]
            for found in (
                await books.find(Merchant),
                await books.find(Merchant, name="B"),
                await books.find(Merchant, name=("A", "C"), by="-id"),
                await books.find(Merchant, name=()),
                await books.find(Merchant, group_id=None, made_at=AtMost(until)),
                await books.find(Merchant, by="-name", most=2),
                await books.find(Merchant, most=0),
                await books.find(Merchant, name="B' OR '1'='1"),
            )
        ]

    assert await store.run(names) == [
        ["A", "B", "C"], ["B"], ["C", "A"], [], ["A", "B"], ["C", "B"], [], [],
    ]  # fmt: skip


async def test_what_is_there_is_not_added_again(store: Store) -> None:
    async def twice(books: Books) -> tuple[Merchant | None, Merchant | None]:
        bar = Merchant(0, "A", "EUR", None, START)
        return await books.add_new(bar, "name"), await books.add_new(bar, "name")

    first, second = await store.run(twice)
    assert (first is not None, second) == (True, None)


async def test_tokens_are_long_and_never_the_same(store: Store) -> None:
    async def tokens(books: Books) -> list[str]:
        return [books.token() for _ in range(100)]

    found = await store.run(tokens)
    assert len(set(found)) == 100
    assert all(len(token) == 22 and token.replace("-", "").replace("_", "").isalnum() for token in found)
