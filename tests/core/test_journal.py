"""One evening as a bookkeeper reads it, and as those hear of it who must be told."""

from __future__ import annotations

from core.check_out import CheckedOut
from core.dispute import DisputeState
from core.gateway import Outcome, Payer, Verdict
from core.menu import ItemChanged
from core.order_goods import OrderChanged, OrderPlaced
from core.ports import Store
from core.refund import PartSettled, RefundMade, RefundPart, Rescue, SettlePart, correct_part
from core.serve import Action
from core.station import GroupLinked, GroupMoved, MoveGroup, move_group
from core.top_up import KnowPayer, PayerKnown, StrayArrived, TopUp, TopUpPaid, know_payer
from core.visit import SeatChanged
from storage.database import Database
from tests.core.evening import ANN, GROUP, Evening, eur


async def live_through(evening: Evening) -> None:
    await evening.open_the_bar()
    await evening.sit_down(ANN)
    await evening.sit_down(ANN, "A13")
    await evening.top_up(1000)
    await evening.once(know_payer, KnowPayer(1, Payer("card-1", "Visa ·· 4242")))
    await evening.pay((await evening.find(TopUp))[0], "odd", amount=eur(123))
    await evening.deliver(1)
    await evening.serve(await evening.order(1, "Nuts"), Action.ACCEPT)
    await evening.check_out(pay_coming=True, refund_rest=True)
    await evening.hear(1, Verdict.REFUSED)
    await evening.rescue(1, Rescue.TO_WALLET)
    await evening.refund(100)
    await evening.hear(2, Verdict.DONE)
    await evening.once(move_group, MoveGroup(GROUP, -1000))


async def journal(database: Database) -> list[tuple[str, str, str, int]]:
    reports = await database.open_reports()
    found = [
        (each.kind, each.debit.name, each.credit.name, each.amount.minor) async for each in reports.journal()
    ]
    await reports.close()
    return found


WALLET, REFUNDING, CLEARING = "customer:7:wallet", "customer:7:refunding", "gateway:sandbox:clearing"
SUSPENSE = "gateway:sandbox:suspense"


async def test_the_journal_names_each_move_by_its_kind(store: Store, database: Database) -> None:
    await live_through(Evening(store))
    assert await journal(database) == [
        ("top_up", CLEARING, WALLET, 1000),
        ("stray", CLEARING, SUSPENSE, 123),
        ("sale", WALLET, "merchant:1:payable", 320),
        ("sale", WALLET, "merchant:1:payable", 250),
        ("refund", WALLET, REFUNDING, 430),
        ("refund_returned", REFUNDING, WALLET, 430),
        ("refund", WALLET, REFUNDING, 100),
        ("refunded", REFUNDING, CLEARING, 100),
    ]


async def test_the_journal_names_what_seldom_happens(evening: Evening, database: Database) -> None:
    cost, bonus, debt = "operator:bonus", "customer:7:bonus", "customer:7:debt"
    await evening.pay(await evening.invoice(640, bonus=200), "tg-1")
    await evening.deliver(1)
    await evening.check_out(refund_rest=True)
    await evening.hear(1, Verdict.DONE)
    await evening.settle_promises()
    await evening.top_up(500)
    await evening.dispute(3, DisputeState.LOST)
    await evening.dispute(1, DisputeState.LOST, 320, "dp-2")
    await evening.top_up(1000)
    await evening.refund(100)
    await evening.hear(2, Verdict.DONE)
    bounced = SettlePart.of(await evening.get(RefundPart, 2), Outcome(Verdict.REFUSED, "re-9", "closed"))
    await evening.once(correct_part, bounced)
    await evening.rescue(2, Rescue.REROUTE)
    await evening.pay((await evening.find(TopUp))[0], "odd", amount=eur(123))
    await evening.credit_stray(1, ANN)
    assert await journal(database) == [
        ("top_up", CLEARING, WALLET, 640),
        ("bonus_promised", cost, bonus, 200),
        ("sale", WALLET, "merchant:1:payable", 320),
        ("refund", WALLET, REFUNDING, 320),
        ("refunded", REFUNDING, CLEARING, 320),
        ("bonus_lapsed", bonus, cost, 100),
        ("bonus", bonus, WALLET, 100),
        ("top_up", CLEARING, WALLET, 500),
        ("charge_back", WALLET, CLEARING, 500),
        ("charge_back_owed", debt, CLEARING, 320),
        ("top_up", CLEARING, WALLET, 1000),
        ("debt_paid", WALLET, debt, 320),
        ("refund", WALLET, REFUNDING, 100),
        ("refunded", REFUNDING, CLEARING, 100),
        ("refund_bounced", CLEARING, REFUNDING, 100),
        ("rerouted", REFUNDING, "operator:bank", 100),
        ("stray", CLEARING, SUSPENSE, 123),
        ("stray_credited", SUSPENSE, WALLET, 123),
    ]


async def test_whatever_somebody_must_hear_of_is_told_once(store: Store) -> None:
    evening = Evening(store)
    await live_through(evening)
    assert evening.told == [
        GroupLinked(1), ItemChanged(1),
        SeatChanged(1),
        TopUpPaid(1), PayerKnown(1), StrayArrived(1),
        OrderPlaced(1), OrderChanged(1), OrderChanged(1),
        OrderPlaced(2), OrderChanged(2),
        OrderChanged(2), CheckedOut(1), RefundMade(1),
        PartSettled(1), PartSettled(1),
        RefundMade(2), PartSettled(2),
        GroupMoved(1),
    ]  # fmt: skip
