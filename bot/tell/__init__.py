"""Who is told what: each event becomes messages in the transaction in which it happened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bot.desk import House
from bot.tell import (
    call,
    case,
    charge,
    check_out,
    closing,
    dispute,
    enter,
    gift,
    menu,
    order_goods,
    ordering,
    party,
    presence,
    refund,
    staff,
    station,
    stray,
    top_up,
)
from core.binding import BindingChanged
from core.call import CallChanged, StaffCalled
from core.case import CaseMoved
from core.charge import ChargeEnded, ChargeOpened, ChargeRefused, ChargeUnsure
from core.check_out import CheckedOut
from core.closing import HasClosed, HoursPassed, LastOrdersCalled
from core.debt import DebtPaid
from core.dispute import DisputeContradicted, DisputeEnded, DisputeOpened, DisputeUnmatched
from core.enter import ProposalEnded, ProposalSent
from core.gift import GiftEnded, GiftOffered, GiverBlocked
from core.idle import StayedOn, StillHereAsked
from core.menu import ItemChanged
from core.order_goods import OrderChanged, OrderPlaced
from core.ordering import OrderingPaused
from core.party import CompanionMoved, PartyChanged, PartyEnded
from core.ports import Books
from core.presence import SeatAsked, SeatDecided
from core.promotion import BonusCame
from core.refund import PartSettled, RefundMade
from core.staff import StaffChanged
from core.station import GroupLinked, GroupMoved, StationPlaced, StationReach
from core.stray import StrayMoved
from core.top_up import PayerKnown, SentBack, StrayArrived, TopUpPaid
from core.visit import SeatChanged


async def tell_all(books: Books, house: House) -> None:
    """Turn what happened in this transaction into what is to be said; open menus come last."""
    books.told.sort(key=lambda event: isinstance(event, ItemChanged))
    while books.told:
        event = books.told.pop(0)
        await _TELLERS[type(event)](books, house, event)


_TELLERS: dict[type, Callable[[Books, House, Any], Awaitable[None]]] = {
    ChargeOpened: charge.charge_opened,
    ChargeUnsure: charge.charge_changed,
    ChargeRefused: charge.charge_changed,
    ChargeEnded: charge.charge_changed,
    PayerKnown: top_up.payer_known,
    SentBack: top_up.sent_back,
    BindingChanged: top_up.binding_changed,
    TopUpPaid: top_up.top_up_paid,
    DebtPaid: top_up.debt_paid,
    BonusCame: top_up.bonus_came,
    StrayArrived: stray.stray_arrived,
    StrayMoved: stray.stray_moved,
    ItemChanged: menu.item_changed,
    OrderPlaced: order_goods.order_placed,
    OrderChanged: order_goods.order_changed,
    SeatChanged: order_goods.seat_changed,
    OrderingPaused: ordering.ordering_paused,
    ProposalSent: enter.proposal_sent,
    ProposalEnded: enter.proposal_ended,
    GiftOffered: gift.gift_offered,
    GiftEnded: gift.gift_ended,
    GiverBlocked: gift.giver_blocked,
    CompanionMoved: party.companion_moved,
    PartyChanged: party.party_changed,
    PartyEnded: party.party_ended,
    StaffCalled: call.staff_called,
    CallChanged: call.call_changed,
    SeatAsked: presence.seat_asked,
    SeatDecided: presence.seat_decided,
    GroupLinked: station.group_linked,
    StationPlaced: station.station_placed,
    StationReach: station.station_reach,
    GroupMoved: station.group_moved,
    StaffChanged: staff.staff_changed,
    CheckedOut: check_out.checked_out,
    StillHereAsked: check_out.still_here_asked,
    StayedOn: check_out.stayed_on,
    LastOrdersCalled: closing.last_orders_called,
    HasClosed: closing.has_closed,
    HoursPassed: closing.hours_passed,
    CaseMoved: case.case_moved,
    RefundMade: refund.refund_made,
    PartSettled: refund.part_settled,
    DisputeOpened: dispute.dispute_moved,
    DisputeEnded: dispute.dispute_moved,
    DisputeContradicted: dispute.dispute_contradicted,
    DisputeUnmatched: dispute.dispute_unmatched,
}
