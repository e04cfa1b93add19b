"""Every call to a gateway: made outside any transaction, its answer taken in as a command.

That a call was started is kept before it is made. After a crash the gateway is asked what became of
it, under the key that it was made with; nothing is sent blind.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.desk import House
from bot.errands.work import Work
from bot.gateways.none import NO_GATEWAY
from bot.people import peer_of
from core.binding import BindingAsk, FinishBinding, HearBinding, finish_binding, hear_binding
from core.charge import (
    UNDER_WAY,
    Charge,
    ChargeState,
    HearOfCharge,
    HearOpened,
    charge_of,
    hear_of_charge,
    hear_opened,
)
from core.dispute import TellDispute, take_dispute
from core.errand import ASK_REFUND, Errand, ErrandState, send_on
from core.gateway import (
    UNKNOWN_KEY,
    ActionKind,
    Capabilities,
    Fact,
    FactKind,
    MovementKind,
    Outcome,
    Payer,
    Verdict,
)
from core.lot import Lot, Share
from core.notice import ToldFact
from core.ports import Books
from core.reconcile import Reconciliation, StatementLine
from core.reconcile import Verdict as Judged
from core.refund import (
    HearRefund,
    PartState,
    RefundPart,
    Rescue,
    RescuePart,
    SettlePart,
    correct_part,
    finish_rescue,
    hear_refund,
    may_send_at,
    obstacle,
    part_and_lot,
    parts_sent,
    settle_part,
)
from core.stray import (
    CaseState,
    CreditStray,
    SettleStray,
    StrayCase,
    credit_stray,
    hear_of_stray,
    settle_stray,
    stray_and_case,
)
from core.top_up import (
    KnowPayer,
    Payment,
    TopUp,
    TopUpState,
    charge_and_top_up,
    know_payer,
    known_payment,
    take_payment,
)

# Charges


async def open_charge(work: Work, errand: Errand) -> None:
    """Ask for a charge for the first time."""
    await work.store.run(lambda books: books.save(replace(errand, state=ErrandState.STARTED)))
    await _open(work, errand, *await work.store.run(partial(charge_and_top_up, charge_id=errand.subject_id)))


async def ask_charge(work: Work, errand: Errand) -> None:
    """Ask what became of a charge: credit it, ask again later, or have it closed once its time is over.

    One that never arrived, or whose answer was lost, is asked for again under the key it always had.
    """
    charge, order = await work.store.run(partial(charge_and_top_up, charge_id=errand.subject_id))
    if charge.state not in UNDER_WAY or errand.body != str(charge.asked):
        await work.finish(errand, _nothing)
        return
    gateway = work.house.gateways.named(order.gateway)
    over = order.state is TopUpState.EXPIRED or order.expires_at <= work.clock.now()
    told = await gateway.find_charge(order.token)
    if _is_paid(told):
        assert isinstance(told, Fact)
        paid = Payment.of(order.gateway, told, checks_payer=work.house.sends_back)
        await work.finish(errand, lambda books: take_payment(books, paid))
        return
    waits = told.verdict is Verdict.PENDING if isinstance(told, Outcome) else False
    ended = isinstance(told, Fact) and told.kind is FactKind.CHARGE_ENDED
    lost = isinstance(told, Outcome) and _never_arrived(told)
    if not over and charge.state is ChargeState.OPENING and (waits or lost):
        await _open(work, errand, charge, order)
        return
    is_invoice = charge.action is ActionKind.INVOICE  # which only Telegram knows of, and tells by itself
    if over and (waits or (is_invoice and not lost)):
        ended = (await gateway.close_charge(order.token)).verdict is Verdict.DONE
    late = work.clock.now() - order.expires_at if over else timedelta(0)
    heard = HearOfCharge(
        charge.id, charge.asked, ended or (over and lost),
        _seconds(gateway.capabilities.settle_delay), max(_seconds(late), int(over)),
    )  # fmt: skip
    await work.command(errand, hear_of_charge, heard)


async def _open(work: Work, errand: Errand, charge: Charge, order: TopUp) -> None:
    gateway = work.house.gateways.named(order.gateway)
    reader = await work.store.run(lambda books: peer_of(books, order.customer_id))
    title = work.house.locale(reader).plain("top-up-invoice-title", number=f"T-{order.id}")
    opened = await gateway.open_charge(
        order.token, order.amount, title=title, expires_at=order.expires_at, method=charge.method
    )
    wait = gateway.capabilities.settle_delay
    await work.command(errand, hear_opened, HearOpened.of(charge, opened, wait))


# Payers and bindings


async def identify_payer(work: Work, errand: Errand) -> None:
    """Find out where a lot's money came from, unless that was told with the payment."""
    lot = await work.store.run(lambda books: books.get(Lot, errand.subject_id))
    assert lot is not None
    if errand.body:
        payer: Payer | None = Payer(*json.loads(errand.body))
    else:
        payer = await work.house.gateways.named(lot.gateway).find_payer(lot.source)
    if payer is None:
        await work.try_later(errand)
        return
    await work.command(errand, know_payer, KnowPayer(lot.id, payer, work.house.sends_back))


async def open_binding(work: Work, errand: Errand) -> None:
    """Ask for a page on which a customer names a payment account. Asking twice makes one page."""
    binding = await work.store.run(lambda books: books.get(BindingAsk, errand.subject_id))
    assert binding is not None
    gateway = work.house.gateways.named(binding.gateway)
    opened = await gateway.begin_binding(binding.key, str(binding.customer_id))
    if opened.outcome.verdict is Verdict.UNKNOWN:
        await work.try_later(errand)
        return
    await work.command(errand, hear_binding, HearBinding.of(binding, opened))


# Refunds


async def send_refund(work: Work, errand: Errand) -> None:
    """Send a part, if the gateway's rules let it go now. That it was started is kept before the call."""
    part, lot = await work.store.run(lambda books: part_and_lot(books, errand.subject_id))
    gateway = work.house.gateways.named(lot.gateway)
    begun = await work.store.run(partial(_begin_refund, errand=errand, rules=gateway.capabilities))
    if begun is None:
        return
    if isinstance(begun, str):
        outcome = Outcome(Verdict.REFUSED, reason=begun)
        await work.command(errand, settle_part, SettlePart.of(part, outcome))
        return
    outcome = await gateway.refund(part.key, lot.source, part.amount, lot.brought)
    settle = SettlePart.of(part, outcome, gateway.capabilities.settle_delay)
    await work.command(errand, settle_part, settle)


async def ask_refund(work: Work, errand: Errand) -> None:
    """Ask what became of a part; one that never arrived is sent, under the key it always had.

    Not so once the provider may have forgotten that key: then it is parked.
    """
    part, lot = await work.store.run(lambda books: part_and_lot(books, errand.subject_id))
    gateway = work.house.gateways.named(lot.gateway)
    rules = gateway.capabilities
    outcome = await gateway.find_refund(part.key, lot.source)
    if _never_arrived(outcome) and part.state.is_under_way:
        if part.sent_at and _is_forgotten(part.sent_at, rules, work.clock.now()):
            outcome = Outcome(Verdict.REFUSED, reason="key_forgotten")
        else:
            outcome = await gateway.refund(part.key, lot.source, part.amount, lot.brought)
    settle = settle_part if part.state.is_under_way else correct_part
    await work.command(errand, settle, SettlePart.of(part, outcome, rules.settle_delay))


async def rescue_refund(work: Work, errand: Errand) -> None:
    """Do what was decided about a parked part, unless the gateway has paid after all or keeps the money.

    A refund that the gateway knows and has refused for good is never taken up under its key again; one
    that it does not know is, where that is what it wants.
    """
    part, lot = await work.store.run(lambda books: part_and_lot(books, errand.subject_id))
    gateway = work.house.gateways.named(lot.gateway)
    rules = gateway.capabilities
    outcome = await gateway.find_refund(part.key, lot.source)
    refused = outcome.verdict is Verdict.REFUSED and outcome.reason not in rules.keeps
    never_sent = part.reason == NO_GATEWAY
    if refused or never_sent:
        same_key = rules.retries_same_key and _never_arrived(outcome)
        await work.command(errand, finish_rescue, RescuePart(part.id, Rescue(errand.body), same_key))
    else:
        await work.command(errand, settle_part, SettlePart.of(part, outcome))


# Payments that match nothing of ours


async def resolve_stray(work: Work, errand: Errand) -> None:
    """Do what was decided about a stray: send it back, or credit it if the gateway has not sent it back.

    That it was sent is kept before the call; what was sent before is asked about first.
    """
    stray, case = await work.store.run(lambda books: stray_and_case(books, errand.subject_id))
    if str(case.version) != errand.body:
        await work.finish(errand, _nothing)
        return
    gateway = work.house.gateways.named(stray.gateway)
    rules = gateway.capabilities
    outcome = Outcome(Verdict.REFUSED, reason=UNKNOWN_KEY)
    if case.key:
        outcome = await gateway.find_refund(case.key, stray.source)
    refused = outcome.verdict is Verdict.REFUSED and outcome.reason not in rules.keeps
    if refused and case.state is CaseState.CREDITING:
        await work.command(errand, credit_stray, CreditStray(stray.id, case.version))
        return
    if refused and case.state is CaseState.GOING:
        if not work.house.gateways.has(stray.gateway):
            outcome = Outcome(Verdict.REFUSED, reason=NO_GATEWAY)
        elif case.sent_at is None:
            same_key = rules.retries_same_key and _never_arrived(outcome)
            case = await work.store.run(partial(_begin_sending_back, case=case, same_key=same_key))
            outcome = await gateway.refund(case.key, stray.source, stray.amount, stray.amount)
        elif _never_arrived(outcome) and _is_forgotten(case.sent_at, rules, work.clock.now()):
            outcome = Outcome(Verdict.REFUSED, reason="key_forgotten")
        elif _never_arrived(outcome):
            outcome = await gateway.refund(case.key, stray.source, stray.amount, stray.amount)
    await work.command(errand, settle_stray, SettleStray.of(case, outcome, rules.settle_delay))


async def _begin_sending_back(books: Books, case: StrayCase, same_key: bool) -> StrayCase:
    key = case.key if case.key and same_key else f"refund-{books.token()}"
    begun = replace(case, key=key, sent_at=books.now)
    await books.save(begun)
    return begun


# What gateways list


async def look_for_listed(work: Work, found: Reconciliation, lines: Sequence[StatementLine]) -> int:
    """Ask about what a gateway lists otherwise than we know it, by the key of ours that it carries.

    A list alone is never believed: what the gateway vouches for is taken as if it had told it by itself.
    Return how many payments came so.
    """
    gateway, brought = work.house.gateways.named(found.gateway), 0
    by_number = {line.number: line for line in lines}
    for difference in found.differences:
        line = by_number.get(difference.number)
        if line is None or not line.key:
            continue
        if line.kind is MovementKind.REFUND:
            await work.store.run(partial(_ask_about_part, key=line.key))
        is_news = difference.verdict is Judged.THEIRS_ONLY and line.kind is MovementKind.CHARGE
        if is_news and await work.store.run(partial(_asked_for, gateway=found.gateway, key=line.key)):
            brought += await _take_if_paid(work, found.gateway, await gateway.find_charge(line.key))
    return brought


async def _take_if_paid(work: Work, gateway: str, told: Fact | Outcome) -> bool:
    """Credit what a gateway vouches for; say whether that was news."""
    if not _is_paid(told):
        return False
    assert isinstance(told, Fact)
    paid = Payment.of(gateway, told, checks_payer=work.house.sends_back)

    async def take(books: Books) -> bool:
        if await known_payment(books, paid):
            return False
        await take_payment(books, paid)
        return True

    return await work.do_and_tell(take)


async def _asked_for(books: Books, gateway: str, key: str) -> bool:
    return bool(await books.find(TopUp, token=key, gateway=gateway, most=1))


async def _ask_about_part(books: Books, key: str) -> None:
    """Have a part asked about that is parked here and paid there."""
    for part in await books.find(RefundPart, key=key, state=PartState.PARKED):
        await send_on(books, ASK_REFUND, part.id)


# What was told by notices


async def apply_fact(work: Work, errand: Errand) -> None:
    """Do what follows from a fact that a gateway told by itself."""
    told = await work.store.run(lambda books: books.get(ToldFact, errand.subject_id))
    assert told is not None
    fact = told.fact
    if fact.kind is FactKind.BOUND and fact.payer is None:
        payer = await work.house.gateways.named(told.gateway).find_payer(fact.source)
        if payer is None:
            await work.try_later(errand)
            return
        fact = replace(fact, payer=payer)
    await work.finish(errand, partial(_apply, errand=errand, told=told, fact=fact, house=work.house))


async def _apply(books: Books, errand: Errand, told: ToldFact, fact: Fact, house: House) -> None:
    key = f"errand:{errand.id}"
    match fact.kind:
        case FactKind.PAID if fact.amount:
            await take_payment(books, Payment.of(told.gateway, fact, checks_payer=house.sends_back))
        case FactKind.CHARGE_ENDED:
            await _hear_of_end(books, told, key)
        case FactKind.REFUNDED | FactKind.REFUND_FAILED:
            done = fact.kind is FactKind.REFUNDED
            heard = HearRefund(fact.key, done, fact.reference, fact.reason)
            if not await books.once(key, hear_refund, heard):
                await hear_of_stray(books, fact.key)
        case FactKind.DISPUTE_OPENED | FactKind.DISPUTE_WON | FactKind.DISPUTE_LOST:
            await books.once(key, take_dispute, TellDispute.of(told.gateway, fact, house.gateways_on))
        case FactKind.BOUND if fact.payer:
            await books.once(key, finish_binding, FinishBinding(told.gateway, fact.key, fact.payer))


async def _hear_of_end(books: Books, told: ToldFact, key: str) -> None:
    for order in await books.find(TopUp, token=told.key, gateway=told.gateway):
        if charge := await charge_of(books, order.id):
            await books.once(key, hear_of_charge, HearOfCharge(charge.id, charge.asked, True, 0))


async def _begin_refund(books: Books, errand: Errand, rules: Capabilities) -> RefundPart | str | None:
    """Mark a part as sent, unless a rule forbids it (its word) or puts it off (None)."""
    part, lot = await part_and_lot(books, errand.subject_id)
    others = [each for each in await parts_sent(books, lot.id) if each.id != part.id]
    if why := obstacle(Share(lot, part.amount), len(others), rules, books.now):
        return why
    when = may_send_at(others, rules, books.now)
    if when > books.now:
        await books.save(replace(errand, due_at=when))
        return None
    await books.save(replace(part, sent_at=books.now))
    await books.save(replace(errand, state=ErrandState.STARTED))
    return part


async def _nothing(books: Books) -> None:
    """The question is out of date."""


def _is_paid(told: Fact | Outcome) -> bool:
    return isinstance(told, Fact) and told.kind is FactKind.PAID and told.amount is not None


def _never_arrived(outcome: Outcome) -> bool:
    return outcome.verdict is Verdict.REFUSED and outcome.reason == UNKNOWN_KEY


def _is_forgotten(sent_at: datetime, rules: Capabilities, now: datetime) -> bool:
    """Tell whether a provider may have forgotten the key of what was sent then."""
    return rules.key_life is not None and now - sent_at >= rules.key_life


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
