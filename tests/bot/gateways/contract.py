"""What every gateway keeps, as cases that are written once. Each is a sentence, and a row of the table."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from inspect import iscoroutinefunction

import pytest

from core.gateway import (
    UNKNOWN_KEY,
    Action,
    ActionKind,
    Fact,
    FactKind,
    GatewayAway,
    MovementKind,
    NoticeRefused,
    Opened,
    Outcome,
    Payer,
    Verdict,
)
from core.money import Money
from tests.bot.gateways.bench import Bench, Call, NotPayable, Raw, Trouble

Case = Callable[[Bench], Awaitable[None]]

NEVER_ARRIVED = Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)


# Charges


async def an_opened_charge_asks_the_customer_for_something(bench: Bench) -> None:
    opened = await _open(bench, _key())
    assert opened.outcome.verdict is Verdict.PENDING
    assert opened.action.kind in {ActionKind.INVOICE, ActionKind.LINK, ActionKind.QR}
    assert bool(opened.action.target) is (opened.action.kind is not ActionKind.INVOICE)


async def the_same_key_opens_the_same_charge(bench: Bench) -> None:
    key, ends_at = _key(), bench.expires_at()
    first, again = [
        await bench.gateway.open_charge(key, _whole(bench), title="Top-up", expires_at=ends_at)
        for _ in range(2)
    ]
    assert first.outcome.verdict is again.outcome.verdict is Verdict.PENDING
    assert first.action == again.action


async def an_unpaid_charge_is_pending(bench: Bench) -> None:
    key = _key()
    await _open(bench, key)
    assert _verdict(await bench.gateway.find_charge(key)) is Verdict.PENDING


async def a_charge_that_nobody_opened_is_known_as_such(bench: Bench) -> None:
    assert await bench.gateway.find_charge(_key()) == NEVER_ARRIVED


async def a_payment_is_found_by_our_key(bench: Bench) -> None:
    key = _key()
    await bench.payment(key, _whole(bench))
    paid = await bench.gateway.find_charge(key)
    assert isinstance(paid, Fact)
    assert (paid.kind, paid.key, paid.amount) == (FactKind.PAID, key, _whole(bench))
    assert paid.charge
    assert paid.source


async def a_payment_is_told_by_a_notice_as_it_is_found(bench: Bench) -> None:
    key = _key()
    await bench.payment(key, _whole(bench))
    (told,) = await _told(bench, FactKind.PAID)
    found = await bench.gateway.find_charge(key)
    assert isinstance(found, Fact)
    for name in ("kind", "key", "charge", "source", "amount"):
        assert getattr(told, name) == getattr(found, name), name


async def who_paid_is_known_and_is_the_same_the_next_time(bench: Bench) -> None:
    payers = [await bench.gateway.find_payer(await bench.payment(_key(), _whole(bench))) for _ in range(2)]
    assert payers[0]
    assert payers[1]
    assert (payers[0].id, payers[0].label) == (payers[1].id, payers[1].label)
    assert payers[0].id
    assert payers[0].label


async def another_payer_is_told_apart(bench: Bench) -> None:
    mine = await bench.gateway.find_payer(await bench.payment(_key(), _whole(bench)))
    key = _key()
    await bench.pay_abroad(key, await _open(bench, key))
    found = await bench.gateway.find_charge(key)
    assert isinstance(found, Fact)
    other = await bench.gateway.find_payer(found.source)
    assert mine
    assert other
    assert mine.id != other.id


async def a_payment_that_never_was_has_no_payer(bench: Bench) -> None:
    for source in ("", "pi_never", "ch_never", "../refunds", "a b/c?d"):
        assert await bench.gateway.find_payer(source) is None


async def a_late_payment_is_told_or_not_taken(bench: Bench) -> None:
    key = _key()
    opened = await _open(bench, key)
    await bench.run_out(key)
    await _pay_if_taken(bench, key, opened)
    found = await bench.gateway.find_charge(key)
    if await bench.taken(key):
        assert isinstance(found, Fact)
        assert found.kind is FactKind.PAID
    else:
        _assert_ended(found)


async def a_second_payment_is_another_charge_or_not_taken(bench: Bench) -> None:
    key = _key()
    opened = await _open(bench, key)
    for _ in range(2):
        await _pay_if_taken(bench, key, opened)
    paid = {each.charge for each in await _told(bench, FactKind.PAID)}
    assert len(paid) == await bench.taken(key) >= 1


async def a_closed_charge_takes_no_payment(bench: Bench) -> None:
    key = _key()
    opened = await _open(bench, key)
    assert (await bench.gateway.close_charge(key)).verdict is Verdict.DONE
    with pytest.raises(NotPayable):
        await bench.pay(key, opened)
    _assert_ended(await bench.gateway.find_charge(key))


async def closing_twice_changes_nothing(bench: Bench) -> None:
    key = _key()
    await _open(bench, key)
    closed = [(await bench.gateway.close_charge(key)).verdict for _ in range(2)]
    assert closed == [Verdict.DONE, Verdict.DONE]


async def a_paid_charge_cannot_be_closed(bench: Bench) -> None:
    key = _key()
    await bench.payment(key, _whole(bench))
    assert (await bench.gateway.close_charge(key)).verdict is Verdict.REFUSED
    found = await bench.gateway.find_charge(key)
    assert isinstance(found, Fact)
    assert found.kind is FactKind.PAID


async def an_opening_whose_answer_is_lost_is_found_out(bench: Bench) -> None:
    for trouble in (Trouble.BROKEN_AFTER, Trouble.SILENT_AFTER):
        key = _key()
        await bench.trouble(Call.OPEN_CHARGE, trouble)
        opened = await _open(bench, key)
        assert opened == Opened(opened.outcome, Action(ActionKind.NONE))
        assert opened.outcome.verdict is Verdict.UNKNOWN
        assert _verdict(await bench.gateway.find_charge(key)) is Verdict.PENDING


async def an_opening_that_never_arrived_can_be_sent_again(bench: Bench) -> None:
    for trouble in (Trouble.LOST, Trouble.BROKEN):
        key = _key()
        await bench.trouble(Call.OPEN_CHARGE, trouble)
        assert (await _open(bench, key)).outcome.verdict is Verdict.UNKNOWN
        assert await bench.gateway.find_charge(key) == NEVER_ARRIVED
        assert (await _open(bench, key)).outcome.verdict is Verdict.PENDING


async def a_question_about_a_charge_without_an_answer_is_unknown(bench: Bench) -> None:
    key = _key()
    await bench.payment(key, _whole(bench))
    for trouble in (Trouble.LOST, Trouble.BROKEN, Trouble.SILENT_AFTER):
        await bench.trouble(Call.FIND_CHARGE, trouble)
        assert _verdict(await bench.gateway.find_charge(key)) is Verdict.UNKNOWN


# The saved payment method


async def a_binding_tells_whom_it_binds(bench: Bench) -> None:
    key = _key()
    opened = await bench.gateway.begin_binding(key, f"customer-{key}")
    assert opened.outcome.verdict is Verdict.PENDING
    assert opened.action.target
    await bench.bind(opened)
    (bound,) = await _told(bench, FactKind.BOUND)
    payer = bound.payer or await bench.gateway.find_payer(bound.source)
    assert bound.key == key
    assert isinstance(payer, Payer)
    assert payer.id
    assert payer.label
    assert payer.method


async def a_saved_method_is_charged_at_once(bench: Bench) -> None:
    key = _key()
    opened = await _open(bench, key, method=await bench.saved_method())
    assert opened == Opened(opened.outcome, Action(ActionKind.NONE))
    assert opened.outcome.verdict is Verdict.DONE
    found = await bench.gateway.find_charge(key)
    assert isinstance(found, Fact)
    assert (found.kind, found.key, found.amount) == (FactKind.PAID, key, _whole(bench))


async def a_saved_method_is_charged_once_per_key(bench: Bench) -> None:
    key, method = _key(), await bench.saved_method()
    for _ in range(2):
        assert (await _open(bench, key, method=method)).outcome.verdict is Verdict.DONE
    assert await bench.taken(key) == 1


async def a_saved_method_that_is_declined_takes_nothing(bench: Bench) -> None:
    key = _key()
    opened = await _open(bench, key, method=await bench.empty_method())
    assert opened.outcome.verdict is Verdict.REFUSED
    assert opened.outcome.reason
    _assert_ended(await bench.gateway.find_charge(key))


# Notices


async def a_notice_signed_by_another_is_refused(bench: Bench) -> None:
    assert _refusal(bench, bench.forge(await _notice(bench))) == "signature"


async def a_notice_whose_body_was_changed_is_refused(bench: Bench) -> None:
    raw = await _notice(bench)
    changed = Raw(raw.headers, raw.body.replace(b"0", b"9"))
    assert changed != raw
    assert _refusal(bench, changed) == "signature"


async def a_notice_that_is_too_old_is_refused(bench: Bench) -> None:
    raw = bench.date(await _notice(bench), -timedelta(hours=1))
    assert _refusal(bench, raw) == "time"


async def a_notice_from_the_future_is_refused(bench: Bench) -> None:
    raw = bench.date(await _notice(bench), timedelta(hours=1))
    assert _refusal(bench, raw) == "time"


async def a_notice_about_another_merchant_is_refused(bench: Bench) -> None:
    assert _refusal(bench, bench.readdress(await _notice(bench))) == "merchant"


async def a_replayed_notice_says_the_same_under_the_same_id(bench: Bench) -> None:
    raw = await _notice(bench)
    first, again = [bench.gateway.read_notice(raw.headers, raw.body, bench.now()) for _ in range(2)]
    assert first == again
    assert first.id


async def notices_say_the_same_in_any_order(bench: Bench) -> None:
    key = _key()
    source = await bench.payment(key, _whole(bench))
    await bench.gateway.refund(_key(), source, _part(bench), _whole(bench))
    raws = await bench.notices()
    told = [bench.gateway.read_notice(raw.headers, raw.body, bench.now()) for raw in raws]
    back = [bench.gateway.read_notice(raw.headers, raw.body, bench.now()) for raw in reversed(raws)]
    assert told == back[::-1]
    assert len({each.id for each in told}) == len(told)
    assert {fact.kind for each in told for fact in each.facts} >= {FactKind.PAID, FactKind.REFUNDED}


async def what_is_no_notice_is_refused(bench: Bench) -> None:
    for body in (b"", b"{}", b"[]", b"null", b"\xff\xfe", b"a=b&c", b"<xml/>", b"{" * 2000):
        assert _refusal(bench, Raw({}, body))


# Refunds


async def three_parts_go_back_one_after_the_other(bench: Bench) -> None:
    source = await bench.payment(_key(), _whole(bench))
    for sent in range(1, 4):
        key = _key()
        outcome = await bench.gateway.refund(key, source, _part(bench), _whole(bench))
        assert outcome.verdict is Verdict.DONE
        assert await bench.gateway.find_refund(key, source) == outcome
        assert await bench.sent_back(source) == _part(bench) * sent


async def more_than_the_payment_does_not_go_back(bench: Bench) -> None:
    source = await bench.payment(_key(), _whole(bench))
    assert (await bench.gateway.refund(_key(), source, _part(bench), _whole(bench))).verdict is Verdict.DONE
    refused = await bench.gateway.refund(_key(), source, _whole(bench), _whole(bench))
    assert refused.verdict is Verdict.REFUSED
    assert refused.reason
    assert await bench.sent_back(source) == _part(bench)


async def the_same_key_sends_back_once(bench: Bench) -> None:
    key, source = _key(), await bench.payment(_key(), _whole(bench))
    first, again = [await bench.gateway.refund(key, source, _part(bench), _whole(bench)) for _ in range(2)]
    assert first == again
    assert first.verdict is Verdict.DONE
    assert await bench.sent_back(source) == _part(bench)


async def the_same_key_with_another_amount_sends_nothing(bench: Bench) -> None:
    key, source = _key(), await bench.payment(_key(), _whole(bench))
    await bench.gateway.refund(key, source, _part(bench), _whole(bench))
    again = await bench.gateway.refund(key, source, _part(bench) * 2, _whole(bench))
    assert again.verdict is Verdict.REFUSED
    assert await bench.sent_back(source) == _part(bench)


async def a_refund_whose_answer_is_lost_is_found_and_not_doubled(bench: Bench) -> None:
    source = await bench.payment(_key(), _whole(bench))
    for sent, trouble in enumerate((Trouble.BROKEN_AFTER, Trouble.SILENT_AFTER), start=1):
        key = _key()
        await bench.trouble(Call.REFUND, trouble)
        lost = await bench.gateway.refund(key, source, _part(bench), _whole(bench))
        assert lost.verdict is Verdict.UNKNOWN
        assert (await bench.gateway.find_refund(key, source)).verdict is Verdict.DONE
        again = await bench.gateway.refund(key, source, _part(bench), _whole(bench))
        assert again.verdict in {Verdict.DONE, Verdict.UNKNOWN}
        assert await bench.sent_back(source) == _part(bench) * sent


async def a_refund_that_never_arrived_is_known_as_such_and_can_be_sent_again(bench: Bench) -> None:
    key, source = _key(), await bench.payment(_key(), _whole(bench))
    await bench.trouble(Call.REFUND, Trouble.LOST)
    lost = await bench.gateway.refund(key, source, _part(bench), _whole(bench))
    assert lost.verdict is Verdict.UNKNOWN
    assert await bench.gateway.find_refund(key, source) == NEVER_ARRIVED
    sent = await bench.gateway.refund(key, source, _part(bench), _whole(bench))
    assert sent.verdict is Verdict.DONE
    assert await bench.sent_back(source) == _part(bench)


async def a_question_about_a_refund_without_an_answer_is_unknown(bench: Bench) -> None:
    key, source = _key(), await bench.payment(_key(), _whole(bench))
    await bench.gateway.refund(key, source, _part(bench), _whole(bench))
    for trouble in (Trouble.LOST, Trouble.BROKEN, Trouble.SILENT_AFTER):
        await bench.trouble(Call.FIND_REFUND, trouble)
        assert (await bench.gateway.find_refund(key, source)).verdict is Verdict.UNKNOWN


async def a_pending_refund_is_done_later_and_told(bench: Bench) -> None:
    key, source = _key(), await bench.payment(_key(), _whole(bench))
    await bench.delay_refunds()
    assert (await bench.gateway.refund(key, source, _part(bench), _whole(bench))).verdict is Verdict.PENDING
    assert (await bench.gateway.find_refund(key, source)).verdict is Verdict.PENDING
    await bench.end_refund(key, well=True)
    done = await bench.gateway.find_refund(key, source)
    assert done.verdict is Verdict.DONE
    if bench.gateway.capabilities.tells_refunds:
        (told,) = await _told(bench, FactKind.REFUNDED)
        assert (told.key, told.amount, told.reference) == (key, _part(bench), done.reference)


async def a_pending_refund_that_fails_is_refused_and_told(bench: Bench) -> None:
    key, source = _key(), await bench.payment(_key(), _whole(bench))
    await bench.delay_refunds()
    await bench.gateway.refund(key, source, _part(bench), _whole(bench))
    await bench.end_refund(key, well=False)
    failed = await bench.gateway.find_refund(key, source)
    assert failed.verdict is Verdict.REFUSED
    assert failed.reason not in {"", UNKNOWN_KEY}
    if bench.gateway.capabilities.tells_refunds:
        (told,) = await _told(bench, FactKind.REFUND_FAILED)
        assert (told.key, told.amount) == (key, _part(bench))


async def a_payment_that_never_was_sends_nothing_back(bench: Bench) -> None:
    refused = await bench.gateway.refund(_key(), "never", _part(bench), _whole(bench))
    assert refused.verdict is Verdict.REFUSED
    assert refused.reason


# Disputes, the provider's books, and set-up


async def a_dispute_is_told_from_its_opening_to_its_end(bench: Bench) -> None:
    for won in (True, False):
        key = _key()
        source = await bench.payment(key, _whole(bench))
        found = await bench.gateway.find_charge(key)
        await bench.dispute(source)
        (opened,) = await _told(bench, FactKind.DISPUTE_OPENED)
        assert source in {opened.charge, opened.source}
        assert opened.amount == _whole(bench)
        assert isinstance(found, Outcome) or found.charge == opened.charge
        assert opened.reference
        await bench.end_dispute(source, won=won)
        (ended,) = await _told(bench, FactKind.DISPUTE_WON if won else FactKind.DISPUTE_LOST)
        assert (ended.charge, ended.reference) == (opened.charge, opened.reference)


async def the_books_of_the_provider_show_payment_and_refund(bench: Bench) -> None:
    since = bench.now() - timedelta(days=1)
    source = await bench.payment(_key(), _whole(bench))
    await bench.gateway.refund(_key(), source, _part(bench), _whole(bench))
    until = bench.now() + timedelta(days=1)
    lines = [each async for each in bench.gateway.movements(since, until)]
    (paid,) = [each for each in lines if each.kind is MovementKind.CHARGE]
    (back,) = [each for each in lines if each.kind is MovementKind.REFUND]
    assert (paid.amount, back.amount) == (_whole(bench), -_part(bench))
    assert paid.charge == back.charge
    assert len({each.id for each in lines}) == len(lines)


async def books_that_cannot_be_read_are_not_taken_for_empty(bench: Bench) -> None:
    since, until = bench.now() - timedelta(days=1), bench.now() + timedelta(days=1)
    for trouble in (Trouble.LOST, Trouble.BROKEN, Trouble.SILENT_AFTER):
        await bench.trouble(Call.MOVEMENTS, trouble)
        with pytest.raises(GatewayAway):
            _ = [each async for each in bench.gateway.movements(since, until)]


async def right_keys_have_nothing_against_them(bench: Bench) -> None:
    assert await bench.gateway.check() == ""


async def wrong_keys_are_named_in_one_sentence(bench: Bench) -> None:
    stranger = bench.with_wrong_keys()
    told = await stranger.check()
    assert bench.key_setting in told
    assert told.endswith(".")
    assert "\n" not in told
    assert _verdict(await stranger.find_charge(_key())) is Verdict.UNKNOWN
    assert (await stranger.find_refund(_key(), "never")).verdict is Verdict.UNKNOWN
    await stranger.close()


async def a_provider_that_is_away_is_unknown_and_raises_nothing(bench: Bench) -> None:
    away, key = bench.without_provider(), _key()
    opened = await away.open_charge(key, _whole(bench), title="Top-up", expires_at=bench.expires_at())
    assert opened.outcome.verdict is Verdict.UNKNOWN
    assert _verdict(await away.find_charge(key)) is Verdict.UNKNOWN
    assert (await away.close_charge(key)).verdict is Verdict.UNKNOWN
    assert (await away.refund(key, "pi_1", _part(bench), _whole(bench))).verdict is Verdict.UNKNOWN
    assert (await away.find_refund(key, "pi_1")).verdict is Verdict.UNKNOWN
    assert await away.find_payer("pi_1") is None
    with suppress(GatewayAway):  # either tells it; neither says a thing against the keys
        assert (await away.check()).endswith(".")
    await away.close()


CASES: dict[str, Case] = {
    name: case
    for name, case in vars(sys.modules[__name__]).items()
    if iscoroutinefunction(case) and not name.startswith("_")
}


def _key() -> str:
    """Return a key that nobody used before: a provider's test system remembers."""
    return secrets.token_hex(11)


def _whole(bench: Bench) -> Money:
    return Money(2000, bench.currency)


def _part(bench: Bench) -> Money:
    return Money(500, bench.currency)


async def _open(bench: Bench, key: str, method: str = "") -> Opened:
    return await bench.gateway.open_charge(
        key, _whole(bench), title="Top-up", expires_at=bench.expires_at(), method=method
    )


async def _pay_if_taken(bench: Bench, key: str, opened: Opened) -> None:
    try:
        await bench.pay(key, opened)
    except NotPayable:
        return


async def _told(bench: Bench, kind: FactKind) -> Sequence[Fact]:
    """Return the facts of that kind in the notices that came, each once."""
    facts = [fact for raw in await bench.notices() for fact in _facts(bench, raw) if fact.kind is kind]
    return list({(fact.charge, fact.key, fact.reference): fact for fact in facts}.values())


async def _notice(bench: Bench) -> Raw:
    """Return a notice that says something, having seen that it is taken."""
    source = await bench.payment(_key(), _whole(bench))
    raws = await bench.notices()
    if not any(_facts(bench, raw) for raw in raws):
        await bench.gateway.refund(_key(), source, _part(bench), _whole(bench))
        raws = await bench.notices()
    return next(raw for raw in raws if _facts(bench, raw))


def _facts(bench: Bench, raw: Raw) -> Sequence[Fact]:
    return bench.gateway.read_notice(raw.headers, raw.body, bench.now()).facts


def _refusal(bench: Bench, raw: Raw) -> str:
    with pytest.raises(NoticeRefused) as refused:
        bench.gateway.read_notice(raw.headers, raw.body, bench.now())
    return refused.value.reason


def _verdict(found: Fact | Outcome) -> Verdict | None:
    return found.verdict if isinstance(found, Outcome) else None


def _assert_ended(found: Fact | Outcome) -> None:
    """A charge that ended unpaid is told as such, or the provider forgot it."""
    assert found == NEVER_ARRIVED or (isinstance(found, Fact) and found.kind is FactKind.CHARGE_ENDED)
