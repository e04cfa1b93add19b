"""Who is told what: each event becomes messages in the transaction in which it happened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from bot.admin import parked_page
from bot.binding import binding_page
from bot.board import BOARD, want_board
from bot.call_staff import show_call_card, show_my_call
from bot.cart import cart_here, cart_page
from bot.case import answer_page, customers_page, file_of
from bot.case import card_page as case_card_page
from bot.check_out import leave_page, left_page, receipt_page
from bot.choose_goods import page_again
from bot.counter import cards_now, retire_card, show_cards
from bot.desk import DRAW_CHARGE, SCREEN, WARN_WINDOW, Desk, House, group_of
from bot.dispute import dispute_page, told_text
from bot.endings import answered_page, still_here_page, undelivered_text
from bot.enter import answer_page as entered_page
from bot.enter import question_page, subject
from bot.gateways.calls import charge_and_top_up
from bot.gift import givers_page, receivers_page
from bot.home import home
from bot.locales import Locale
from bot.order_goods import order_screen
from bot.origin import receivers_of
from bot.outbox import Message, bring_down, page_shown, refresh, say, show
from bot.pages import Key, Page
from bot.party import PARTY, party_page, told_companion, told_host
from bot.people import Peer, peer_of
from bot.places import place_of, places_of
from bot.presence import show_admission_card
from bot.refund import bound_to, refund_page
from bot.staff import changed_page, refresh_staff
from bot.stray import stray_page
from bot.telegram.arrivals import Place
from bot.top_up import charge_page, gateway_name, invoice_page, paid_page
from core.binding import BindingAsk, BindingChanged, BindingState
from core.call import CallChanged, CallState, StaffCall, StaffCalled, open_calls
from core.case import CaseAct, CaseMoved, VisitCase
from core.charge import (
    Charge,
    ChargeEnded,
    ChargeOpened,
    ChargeRefused,
    ChargeState,
    ChargeUnsure,
    charge_of,
)
from core.check_out import Cause, CheckedOut, CheckOut, lines_not_brought, lines_to_pay
from core.closing import HasClosed, HoursPassed, LastOrdersCalled
from core.debt import DebtPaid
from core.dispute import (
    Dispute,
    DisputeContradicted,
    DisputeEnded,
    DisputeOpened,
    DisputeUnmatched,
    dispute_of,
)
from core.document import paid_at
from core.enter import Proposal, ProposalEnded, ProposalSent, ProposalState
from core.errand import PRESS_CALL, PRESS_SEAT, send_on
from core.gateway import ActionKind
from core.gift import Gift, GiftEnded, GiftOffered, GiftState, GiverBlocked
from core.idle import StayedOn, StillHereAsked
from core.ledger import wallet
from core.lot import Lot
from core.menu import ItemChanged, MenuItem
from core.merchant import Merchant, find_merchant
from core.open_account import Customer
from core.order_goods import (
    COMING,
    UNANSWERED,
    GoodsOrder,
    LineState,
    OrderChanged,
    OrderPlaced,
    lines_of,
    receiver_of,
    status_of,
)
from core.ordering import OrderingPaused, Step, ordering_of, remind, watch
from core.party import (
    Companion,
    CompanionMoved,
    CompanionState,
    Party,
    PartyChanged,
    PartyEnded,
    companions_of,
    party_hosted,
    party_joined,
)
from core.ports import Books
from core.presence import (
    Admission,
    AdmissionState,
    SeatAsked,
    SeatDecided,
    waiting_admissions,
)
from core.promotion import BonusCame
from core.refund import (
    PartSettled,
    PartState,
    RefundMade,
    RefundOrder,
    part_and_lot,
    parts_of,
    proposed_reroute,
)
from core.seat import Seat
from core.staff import Member, Right, StaffChanged, allows, staff_of
from core.station import GroupLinked, GroupMoved, Station, StationPlaced, StationReach
from core.stray import CaseState, StrayMoved, stray_and_case
from core.top_up import PayerKnown, SentBack, Stray, StrayArrived, TopUp, TopUpPaid
from core.visit import SeatChanged, Visit, VisitState

T = TypeVar("T")

WARN_BEFORE = timedelta(days=14)
"""How long before a refund window ends it is said for the first time."""


async def tell_all(books: Books, house: House) -> None:
    """Turn what happened in this transaction into what is to be said; open menus come last."""
    books.told.sort(key=lambda event: isinstance(event, ItemChanged))
    while books.told:
        event = books.told.pop(0)
        await _TELLERS[type(event)](books, house, event)


async def show_home(books: Books, house: House, customer_id: int, notice: str = "") -> None:
    """Put home at the end of a customer's chat."""
    desk = await _desk_of(books, house, customer_id)
    await desk.show(await home(desk, notice))


async def refresh_screen(books: Books, house: House, customer_id: int) -> None:
    """Bring home or the bill up to date where it stands, if that is what the customer's screen shows."""
    desk = await _desk_of(books, house, customer_id)
    await refresh(books, customer_id, SCREEN, await home(desk))
    if await desk.visit():
        await refresh(books, customer_id, SCREEN, await leave_page(desk))
    await _refresh_party(books, house, customer_id)


async def bring_screen(books: Books, house: House, customer_id: int) -> None:
    """Bring a customer's screen to the end of the chat without taking from it what they look at."""
    await refresh_screen(books, house, customer_id)
    await bring_down(books, customer_id, SCREEN)


async def tell_admins(
    books: Books, house: House, key: str, keys: list[list[Key]] | None = None, **args: Any
) -> None:
    """Say something to every admin whom the bot has met, in their language."""
    for admin_id in house.settings.admin_ids:
        admin = await books.get(Peer, admin_id)
        if admin:
            await say(books, admin.id, Page(house.locale(admin).say(key, **args), keys or []))


async def _charge_opened(books: Books, house: House, event: ChargeOpened) -> None:
    """Show how the top-up is paid: Telegram's invoice, a link, or a QR code, which is drawn first."""
    charge, order, locale = await _charge(books, house, event.charge_id)
    match charge.action:
        case ActionKind.INVOICE:
            await say(books, order.customer_id, invoice_page(locale, order))
        case ActionKind.QR:
            await send_on(books, DRAW_CHARGE, charge.id)
    await _show_charge(books, house, charge.id)


async def _charge_changed(
    books: Books, house: House, event: ChargeUnsure | ChargeRefused | ChargeEnded
) -> None:
    await _show_charge(books, house, event.charge_id)


async def _show_charge(books: Books, house: House, charge_id: int) -> None:
    """Show how a charge stands: one message, edited. An invoice is a message of Telegram's own."""
    charge, order, locale = await _charge(books, house, charge_id)
    subject = f"charge:{charge.id}"
    shown = await books.find(Message, chat_id=order.customer_id, subject=subject)
    page = charge_page(locale, charge, order)
    if page and (shown or charge.state not in (ChargeState.PAID, ChargeState.ENDED)):
        await show(books, order.customer_id, subject, page)


async def _sent_back(books: Books, house: House, event: SentBack) -> None:
    """Say why a payment goes back: to whoever made it, and to the admins."""
    lot = await _get(books, Lot, event.lot_id)
    locale, customer = await _customer(books, house, lot.customer_id)
    await _show_lot(books, house, lot)
    text = locale.say(
        "top-up-sent-back", amount=lot.brought, account=lot.payer, bound=bound_to(locale, customer)
    )
    await say(books, customer.id, Page(text))
    await _show_refund(books, house, event.refund_id)
    await show_home(books, house, customer.id)


async def _binding_changed(books: Books, house: House, event: BindingChanged) -> None:
    binding = await _get(books, BindingAsk, event.binding_id)
    locale, customer = await _customer(books, house, binding.customer_id)
    page = binding_page(locale, binding, customer)
    await show(books, customer.id, f"binding:{binding.id}", page, follows=True)
    if binding.state is BindingState.BOUND:
        await show_home(books, house, customer.id)


async def warn_window(books: Books, house: House, lot_id: int) -> None:
    """Say that a lot can soon no longer go back; again tomorrow, until it has or cannot."""
    lot = await _get(books, Lot, lot_id)
    window = house.gateways.named(lot.gateway).capabilities.refund_window
    if window is None or not lot.refundable:
        return
    ends_at = (lot.paid_at or lot.made_at) + window
    if ends_at <= books.now:
        return
    locale, customer = await _customer(books, house, lot.customer_id)
    account = lot.payer or gateway_name(locale, lot.gateway)
    told = {"amount": lot.refundable, "until": ends_at, "account": account}
    await show(
        books, customer.id, f"window:{lot.id}", Page(locale.say("refund-window", **told)), follows=True
    )
    number = f"T-{lot.top_up_id}"
    await tell_admins(books, house, "admin-window", amount=lot.refundable, until=ends_at, number=number)
    await send_on(books, WARN_WINDOW, lot.id, timedelta(days=1))


async def _top_up_paid(books: Books, house: House, event: TopUpPaid) -> None:
    """Tell what arrived, then show what is likeliest next: the cart, if there is something in it.

    A cart that waited for this money is about to be ordered, and shows itself what came of that.
    """
    lot = await _get(books, Lot, event.lot_id)
    await _show_lot(books, house, lot)
    if charge := await charge_of(books, lot.top_up_id):
        await _show_charge(books, house, charge.id)
    if window := house.gateways.named(lot.gateway).capabilities.refund_window:
        until = (lot.paid_at or lot.made_at) + window - WARN_BEFORE
        await send_on(books, WARN_WINDOW, lot.id, max(until - books.now, timedelta(0)))
    desk = await _desk_of(books, house, lot.customer_id)
    if not await desk.visit():
        await desk.show(await home(desk))
        return
    cart, lines = await cart_here(desk)
    if not cart.waits:
        await desk.show(await (cart_page(desk) if lines else home(desk)))


async def _payer_known(books: Books, house: House, event: PayerKnown) -> None:
    await _show_lot(books, house, await _get(books, Lot, event.lot_id))


async def _show_lot(books: Books, house: House, lot: Lot) -> None:
    """Tell what arrived, and from where once the gateway has said so: one message, edited."""
    locale, customer = await _customer(books, house, lot.customer_id)
    first = (await books.find(Lot, customer_id=lot.customer_id, most=1))[0].id == lot.id
    charges = await paid_at(books, await _get(books, TopUp, lot.top_up_id))
    again = charges[0].id != lot.id
    page = paid_page(locale, lot, customer, first=first, again=again)
    await show(books, customer.id, f"lot:{lot.id}", page)


async def _stray_arrived(books: Books, house: House, event: StrayArrived) -> None:
    stray = await _get(books, Stray, event.stray_id)
    await _show_stray(books, house, stray.id, follows=True)
    if payer := await books.get(Peer, stray.payer_id):
        await say(books, payer.id, Page(house.locale(payer).say("top-up-stray", amount=stray.amount)))


async def _stray_moved(books: Books, house: House, event: StrayMoved) -> None:
    stray, case = await stray_and_case(books, event.stray_id)
    await _show_stray(books, house, stray.id)
    payer = await books.get(Peer, stray.payer_id)
    if payer and case.state is CaseState.BACK:
        await say(books, payer.id, Page(house.locale(payer).say("top-up-stray-back", amount=stray.amount)))


async def _show_stray(books: Books, house: House, stray_id: int, *, follows: bool = False) -> None:
    """Show every admin how a payment stands that matches nothing of ours."""
    for admin_id in house.settings.admin_ids:
        if admin := await books.get(Peer, admin_id):
            page = await stray_page(books, house.locale(admin), stray_id)
            await show(books, admin.id, f"stray:{stray_id}", page, follows=follows)


async def _group_linked(books: Books, house: House, event: GroupLinked) -> None:
    merchant = await find_merchant(books, event.merchant_id)
    group = await group_of(books, merchant)
    await say(books, group.id, Page(house.locale(group).say("counter-linked", merchant=merchant.name)))
    await show_open_cards(books, house, merchant)


async def _station_placed(books: Books, house: House, event: StationPlaced) -> None:
    """Say where the station's cards come from now on, and take them away where they came before."""
    station = await _get(books, Station, event.station_id)
    merchant = await find_merchant(books, station.merchant_id)
    before = replace(station, chat_id=event.old_chat_id, thread_id=event.old_thread_id)
    new, old = place_of(station), place_of(before)
    if old and old != new:
        await _leave_place(books, house, station, old)
    if new or merchant.group_id is not None:
        place = new or Place(merchant.group_id or 0, is_private=False)
        items = await books.find(MenuItem, merchant_id=merchant.id, on_menu=True, station=station.name)
        locale = house.locale(await peer_of(books, place.chat_id))
        word = "station-linked" if new else "station-at-home"
        told = locale.say(word, merchant=merchant.name, station=station.name, count=len(items))
        await say(books, place.chat_id, Page(told), place.thread_id)
    await _show_station(books, house, station)


async def _leave_place(books: Books, house: House, station: Station, place: Place) -> None:
    """Take the buttons off what stands where a station had its place."""
    locale = house.locale(await peer_of(books, place.chat_id))
    for order in await books.find(GoodsOrder, merchant_id=station.merchant_id, is_open=True):
        await retire_card(books, locale, order, place)
    if await books.find(Message, chat_id=place.chat_id, thread_id=place.thread_id, subject=BOARD):
        page = Page(locale.say("station-left", station=station.name), quiet=True)
        await show(books, place.chat_id, BOARD, page, overview=True, thread_id=place.thread_id)


async def _station_reach(books: Books, house: House, event: StationReach) -> None:
    """Tell those in charge, and the main group, who sees the station's cards meanwhile."""
    station = await _get(books, Station, event.station_id)
    merchant = await find_merchant(books, station.merchant_id)
    word = "station-back" if station.reached else "station-lost"
    told, key = {"merchant": merchant.name, "station": station.name}, f"admin-{word}"
    await tell_admins(books, house, key, None, **told)
    await tell_owners(books, house, merchant, key, **told)
    if merchant.group_id is not None:
        group = await group_of(books, merchant)
        await say(books, group.id, Page(house.locale(group).say(word, station=station.name)))
    await _show_station(books, house, station)


async def _show_station(books: Books, house: House, station: Station) -> None:
    """Bring to where they belong now the cards of open orders that have something for the station.

    Their customers' buttons are drawn anew, too: the orders have a new version.
    """
    for order in await books.find(GoodsOrder, merchant_id=station.merchant_id, is_open=True):
        if any(line.station == station.name for line in await lines_of(books, order.id)):
            await _show_order(books, house, order)
    await want_board(books, station.merchant_id)


async def _group_moved(books: Books, house: House, event: GroupMoved) -> None:
    await show_open_cards(books, house, await find_merchant(books, event.merchant_id))


async def show_open_cards(books: Books, house: House, merchant: Merchant) -> None:
    """Put the cards of all orders that staff have not finished to where they belong."""
    for order in await books.find(GoodsOrder, merchant_id=merchant.id, is_open=True):
        await _show_card(books, house, order)
    for call in await open_calls(books, merchant.id):
        await _show_call(books, house, call)
    for admission in await waiting_admissions(books, merchant.id):
        await _show_admission(books, house, admission)


async def press_staff(books: Books, house: House, order_id: int, step: Step) -> None:
    """Ping wherever an order is not answered, or alert those in charge, and go on waiting."""
    order = await _get(books, GoodsOrder, order_id)
    if status_of(await lines_of(books, order.id)) is not LineState.PLACED:
        return
    merchant = await find_merchant(books, order.merchant_id)
    number = f"G-{order.id}"
    if step is Step.PING:
        await _ping(books, house, merchant, order)
    if step is Step.ALERT:
        await tell_in_charge(
            books, house, merchant, "staff-alert", merchant=merchant.name, number=number, seat=order.seat
        )
    patience = timedelta(seconds=house.settings.order_expiry_seconds)
    await watch(books, await ordering_of(books, merchant.id), order.id, order.placed_at, patience, step)


async def press_about_call(books: Books, house: House, call_id: int, step: Step) -> None:
    """Ping the group about a call that nobody takes, or alert those in charge, and go on waiting."""
    call = await _get(books, StaffCall, call_id)
    if call.state is CallState.WAITING:
        visit = await _get(books, Visit, call.visit_id)
        merchant = await find_merchant(books, call.merchant_id)
        await _press(books, house, merchant, step, "call", visit.seat_id, call.made_at)
        ordering = await ordering_of(books, merchant.id)
        await remind(books, ordering, PRESS_CALL, call.id, call.made_at, step)


async def press_about_seat(books: Books, house: House, admission_id: int, step: Step) -> None:
    """The same about somebody whom nobody lets in."""
    admission = await _get(books, Admission, admission_id)
    if admission.state is AdmissionState.WAITING:
        merchant, since = await find_merchant(books, admission.merchant_id), admission.waits_since
        await _press(books, house, merchant, step, "admission", admission.seat_id, since)
        ordering = await ordering_of(books, merchant.id)
        await remind(books, ordering, PRESS_SEAT, admission.id, since, step)


async def _press(
    books: Books, house: House, merchant: Merchant, step: Step, what: str, seat_id: int, since: datetime
) -> None:
    seat = (await _get(books, Seat, seat_id)).label
    if step is Step.ALERT:
        await tell_in_charge(books, house, merchant, f"{what}-alert", merchant=merchant.name, seat=seat)
    elif merchant.group_id is not None:
        group = await group_of(books, merchant)
        locale = house.locale(group)
        page = Page(locale.say(f"{what}-ping", seat=seat, time=locale.time(since)))
        await say(books, group.id, page)


async def _ping(books: Books, house: House, merchant: Merchant, order: GoodsOrder) -> None:
    cards = await cards_now(books, order)
    for station_id, place in (await places_of(books, merchant)).items():
        if station_id in cards and cards[station_id].status in UNANSWERED:
            locale = house.locale(await peer_of(books, place.chat_id))
            told = {"number": f"G-{order.id}", "seat": order.seat, "time": locale.time(order.placed_at)}
            await say(books, place.chat_id, Page(locale.say("counter-ping", **told)), place.thread_id)


async def tell_in_charge(books: Books, house: House, merchant: Merchant, key: str, /, **args: Any) -> None:
    """Say something in private to the merchant's owners and managers; without any, to the admins."""
    if not await tell_owners(books, house, merchant, key, **args):
        await tell_admins(books, house, key, **args)


async def tell_owners(books: Books, house: House, merchant: Merchant, key: str, /, **args: Any) -> bool:
    """Say something in private to the merchant's owners and managers; return whether there are any.

    Admins among them hear it as admins.
    """
    found = False
    for member in await staff_of(books, merchant.id):
        peer = await books.get(Peer, member.person_id)
        if peer and peer.reachable and allows(member.role, Right.SETTINGS):
            found = True
            if not house.is_admin(peer.id):
                await say(books, peer.id, Page(house.locale(peer).say(key, **args)))
    return found


async def _ordering_paused(books: Books, house: House, event: OrderingPaused) -> None:
    merchant = await find_merchant(books, event.merchant_id)
    if merchant.group_id is not None:
        group = await group_of(books, merchant)
        await say(books, group.id, Page(house.locale(group).say("counter-paused-by-silence")))
    await tell_in_charge(books, house, merchant, "staff-paused-by-silence", merchant=merchant.name)
    await want_board(books, merchant.id)


async def _staff_changed(books: Books, house: House, event: StaffChanged) -> None:
    """Let the group know: whoever is on the list changes what the others may do."""
    member = await _get(books, Member, event.member_id)
    merchant = await find_merchant(books, member.merchant_id)
    if merchant.group_id is not None:
        group = await group_of(books, merchant)
        await say(books, group.id, changed_page(house.locale(group), member))
        await refresh_staff(books, house.locale(group), merchant, group.id)


async def _seat_changed(books: Books, house: House, event: SeatChanged) -> None:
    """Show on the cards of what is still to be brought where the customer sits now."""
    own = await books.find(GoodsOrder, visit_id=event.visit_id, for_visit_id=None, is_open=True)
    for order in [*own, *await books.find(GoodsOrder, for_visit_id=event.visit_id, is_open=True)]:
        await _show_card(books, house, order)
    for call in await books.find(StaffCall, visit_id=event.visit_id):
        if call.is_open:
            await _show_call(books, house, call)


async def _staff_called(books: Books, house: House, event: StaffCalled) -> None:
    call = await _get(books, StaffCall, event.call_id)
    await _show_call(books, house, call)
    await show_home(books, house, call.customer_id)


async def _call_changed(books: Books, house: House, event: CallChanged) -> None:
    await _show_call(books, house, await _get(books, StaffCall, event.call_id))


async def _show_call(books: Books, house: House, call: StaffCall) -> None:
    """Show how a call stands: to the customer and on its card, each one message, edited."""
    await show_my_call(books, house.locale(await peer_of(books, call.customer_id)), call)
    merchant = await find_merchant(books, call.merchant_id)
    if merchant.group_id is not None:
        group = await group_of(books, merchant)
        await show_call_card(books, house.locale(group), group.id, call)
        await want_board(books, merchant.id)


async def _seat_asked(books: Books, house: House, event: SeatAsked) -> None:
    """Ask the staff; at the end of the chat, unless this visit waits there already and only moved on."""
    admission = await _get(books, Admission, event.admission_id)
    before = (await books.find(Admission, visit_id=admission.visit_id, by="-id", most=2))[1:]
    asked_anew = not before or before[0].state is not AdmissionState.LEFT
    await _show_admission(books, house, admission, follows=asked_anew)


async def _seat_decided(books: Books, house: House, event: SeatDecided) -> None:
    """Tell the customer that they can order now, or why not."""
    admission = await _get(books, Admission, event.admission_id)
    if admission.staff_asked:
        await _show_admission(books, house, admission)
    if admission.state is AdmissionState.LEFT:
        return
    desk = await _desk_of(books, house, admission.customer_id)
    notice = ""
    if admission.decided_by is None:
        notice = desk.locale.say("admission-told-by-code")
    else:
        seat = (await _get(books, Seat, admission.seat_id)).label
        said = {"by": admission.decided_name, "seat": seat}
        await desk.say(Page(desk.locale.say(f"admission-told-{admission.state}", **said)))
    page = cart_page if await _has_waited(desk, admission) else home
    await desk.show(await page(desk, notice))


async def _has_waited(desk: Desk, admission: Admission) -> bool:
    """Whether something is in the cart of whoever was let in, where they are, that can be ordered now."""
    visit = await desk.visit()
    if admission.state is not AdmissionState.ADMITTED or visit is None or visit.id != admission.visit_id:
        return False
    _, lines = await cart_here(desk)
    return bool(lines)


async def _show_admission(books: Books, house: House, admission: Admission, *, follows: bool = False) -> None:
    merchant = await find_merchant(books, admission.merchant_id)
    if merchant.group_id is not None:
        group = await group_of(books, merchant)
        locale = house.locale(group)
        await show_admission_card(books, locale, group.id, admission.visit_id, follows=follows)
        await want_board(books, merchant.id)


async def _proposal_sent(books: Books, house: House, event: ProposalSent) -> None:
    """Ask the customer, and let the group see that they are asked."""
    proposal = await _get(books, Proposal, event.proposal_id)
    await _show_question(books, house, proposal, follows=True)
    await bring_screen(books, house, proposal.customer_id)
    await _show_answer(books, house, proposal)


async def _proposal_ended(books: Books, house: House, event: ProposalEnded) -> None:
    """Tell both; what was confirmed is a card by now, all else the staff have to hear."""
    proposal = await _get(books, Proposal, event.proposal_id)
    await _show_question(books, house, proposal)
    heard = proposal.state in (ProposalState.REFUSED, ProposalState.LAPSED)
    await _show_answer(books, house, proposal, follows=heard)


async def _show_question(books: Books, house: House, proposal: Proposal, *, follows: bool = False) -> None:
    locale, customer = await _customer(books, house, proposal.customer_id)
    page = await question_page(books, locale, proposal)
    await show(books, customer.id, f"entered:{proposal.draft_id}", page, follows=follows)


async def _show_answer(books: Books, house: House, proposal: Proposal, *, follows: bool = False) -> None:
    visit = await _get(books, Visit, proposal.visit_id)
    group = await group_of(books, await find_merchant(books, visit.merchant_id))
    page = await entered_page(books, house.locale(group), proposal)
    await show(books, group.id, subject(proposal.draft_id), page, follows=follows)


async def _gift_offered(books: Books, house: House, event: GiftOffered) -> None:
    """Ask the receiver, and show the giver that their money is aside."""
    gift = await _get(books, Gift, event.gift_id)
    await _show_gift(books, house, gift, follows=True)
    await show_home(books, house, gift.giver_id)
    await bring_screen(books, house, gift.receiver_id)


async def _gift_ended(books: Books, house: House, event: GiftEnded) -> None:
    """Tell both how it ended; the giver hears it where money came back."""
    gift = await _get(books, Gift, event.gift_id)
    heard = gift.state not in (GiftState.ACCEPTED, GiftState.WITHDRAWN)
    await _show_gift(books, house, gift)
    if heard:
        await _show_givers(books, house, gift, follows=True)
    await (bring_screen if heard else refresh_screen)(books, house, gift.giver_id)


async def _giver_blocked(books: Books, house: House, event: GiverBlocked) -> None:
    await _show_receivers(books, house, await _get(books, Gift, event.gift_id))


async def _show_gift(books: Books, house: House, gift: Gift, *, follows: bool = False) -> None:
    await _show_givers(books, house, gift, follows=follows)
    await _show_receivers(books, house, gift, follows=follows)


async def _show_givers(books: Books, house: House, gift: Gift, *, follows: bool = False) -> None:
    locale, giver = await _customer(books, house, gift.giver_id)
    page = await givers_page(books, locale, gift)
    await show(books, giver.id, f"gift:{gift.id}", page, follows=follows)


async def _show_receivers(books: Books, house: House, gift: Gift, *, follows: bool = False) -> None:
    locale, receiver = await _customer(books, house, gift.receiver_id)
    page = await receivers_page(books, locale, gift)
    await show(books, receiver.id, f"gift:{gift.id}", page, follows=follows)


async def _companion_moved(books: Books, house: House, event: CompanionMoved) -> None:
    """Tell both the host and whoever asked, came or went."""
    companion = await _get(books, Companion, event.companion_id)
    party = await _get(books, Party, companion.party_id)
    locale, host = await _customer(books, house, party.host_id)
    page = await told_host(books, locale, companion, event.before)
    by_host = CompanionState.REMOVED in (companion.state, event.before)
    await show(books, host.id, f"companion:{companion.id}", page, follows=not by_host)
    await (refresh_screen if by_host else bring_screen)(books, house, host.id)
    changed_mind = event.before is CompanionState.ASKED and companion.state is CompanionState.LEFT
    if companion.state is not CompanionState.ASKED and not changed_mind:
        await _tell_companion(books, house, party, companion, event.before)
    await _refresh_table(books, house, party)


async def _party_changed(books: Books, house: House, event: PartyChanged) -> None:
    """Let the others see what they may order on the host now."""
    party = await _get(books, Party, event.party_id)
    for companion in await companions_of(books, party, CompanionState.JOINED):
        page = await _companions_page(books, house, party, companion, companion.state)
        await show(books, companion.customer_id, f"party:{party.id}", page)
    await _refresh_table(books, house, party)


async def _party_ended(books: Books, house: House, event: PartyEnded) -> None:
    party = await _get(books, Party, event.party_id)
    for companion_id in event.companion_ids:
        await _tell_companion(books, house, party, await _get(books, Companion, companion_id), None)


async def _tell_companion(
    books: Books, house: House, party: Party, companion: Companion, before: CompanionState | None
) -> None:
    page = await _companions_page(books, house, party, companion, before)
    await show(books, companion.customer_id, f"party:{party.id}", page, follows=True)
    await bring_screen(books, house, companion.customer_id)


async def _companions_page(
    books: Books, house: House, party: Party, companion: Companion, before: CompanionState | None
) -> Page:
    locale, _ = await _customer(books, house, companion.customer_id)
    return await told_companion(books, locale, party, companion, before)


async def _refresh_table(books: Books, house: House, party: Party) -> None:
    """Bring a table's page up to date on the screens of those who sit at it and look at it."""
    there = await companions_of(books, party, CompanionState.JOINED)
    for customer_id in (party.host_id, *(companion.customer_id for companion in there)):
        await _refresh_party(books, house, customer_id)


async def _refresh_party(books: Books, house: House, customer_id: int) -> None:
    desk = await _desk_of(books, house, customer_id)
    if await page_shown(books, customer_id, SCREEN) == PARTY and await desk.visit():
        await refresh(books, customer_id, SCREEN, await party_page(desk))


async def _item_changed(books: Books, house: House, event: ItemChanged) -> None:
    """Bring the menu up to date on the screens of those who look at it."""
    for visit in await books.find(Visit, merchant_id=event.merchant_id, state=VisitState.OPEN):
        name = await page_shown(books, visit.customer_id, SCREEN)
        desk = await _desk_of(books, house, visit.customer_id)
        if name and await desk.visit() == visit and (page := await page_again(desk, name)):
            await refresh(books, visit.customer_id, SCREEN, page)


async def _order_placed(books: Books, house: House, event: OrderPlaced) -> None:
    order = await _get(books, GoodsOrder, event.order_id)
    await _show_order(books, house, order)
    receiver_id = await receiver_of(books, order)
    await show_home(books, house, receiver_id)
    if order.customer_id != receiver_id:
        await bring_screen(books, house, order.customer_id)


async def _order_changed(books: Books, house: House, event: OrderChanged) -> None:
    """Edit the order where it stands; with bad news it comes to the end of the chat, and is heard."""
    order = await _get(books, GoodsOrder, event.order_id)
    await _show_order(books, house, order, follows=event.bad_news)
    receiver_id = await receiver_of(books, order)
    await (show_home if event.bad_news else refresh_screen)(books, house, receiver_id)
    if order.customer_id != receiver_id:
        await (bring_screen if event.bad_news else refresh_screen)(books, house, order.customer_id)


async def _show_order(books: Books, house: House, order: GoodsOrder, *, follows: bool = False) -> None:
    """Show an order to whoever pays, to whoever has it brought, and to the staff."""
    for reader_id in dict.fromkeys((order.customer_id, await receiver_of(books, order))):
        locale, _ = await _customer(books, house, reader_id)
        page = await order_screen(books, locale, order, reader_id)
        await show(books, reader_id, f"order:{order.id}", page, follows=follows)
    await _show_card(books, house, order)
    if party := await party_joined(books, order.brought_to) or await party_hosted(books, order.brought_to):
        await _refresh_table(books, house, party)


async def _show_card(books: Books, house: House, order: GoodsOrder) -> None:
    await show_cards(books, house, order)
    await want_board(books, order.merchant_id)


async def _checked_out(books: Books, house: House, event: CheckedOut) -> None:
    receipt = await _get(books, CheckOut, event.check_out_id)
    merchant = await find_merchant(books, receipt.merchant_id)
    seat = await _get(books, Seat, receipt.seat_id)
    locale, customer = await _customer(books, house, receipt.customer_id)
    lines = await lines_to_pay(books, receipt.visit_id)
    visit = await _get(books, Visit, receipt.visit_id)
    await _answer_question(books, locale, visit, visit.warned_at, "idle-over")
    stays = None
    if receipt.cause is not Cause.CUSTOMER and receipt.refund_id:
        stays = (await books.standing(wallet(customer.id, receipt.left.currency))).available
    missed = await lines_not_brought(books, visit.id)
    others = await receivers_of(books, {line.order_id for line in lines})
    page = receipt_page(
        locale, receipt, merchant.name, seat.label, lines, others, not_brought=missed, stays=stays
    )
    await say(books, customer.id, page)
    if merchant.group_id is not None:
        group = await group_of(books, merchant)
        await say(books, group.id, left_page(house.locale(group), receipt, seat.label))
    if receipt.refund_id:
        await _show_refund(books, house, receipt.refund_id)
    await show_home(books, house, customer.id)


async def _still_here_asked(books: Books, house: House, event: StillHereAsked) -> None:
    """Ask anew at the end of the chat, so that it is heard."""
    visit = await _get(books, Visit, event.visit_id)
    locale, customer = await _customer(books, house, visit.customer_id)
    merchant = await find_merchant(books, visit.merchant_id)
    assert visit.warned_at is not None
    page = still_here_page(locale, visit, merchant.name, event.ends_at)
    await show(books, customer.id, _question(visit, visit.warned_at), page, follows=True)


async def _stayed_on(books: Books, house: House, event: StayedOn) -> None:
    visit = await _get(books, Visit, event.visit_id)
    locale, _ = await _customer(books, house, visit.customer_id)
    await _answer_question(books, locale, visit, event.asked_at, "idle-stayed")


async def _answer_question(
    books: Books, locale: Locale, visit: Visit, asked_at: datetime | None, word: str
) -> None:
    """Take the buttons off the question whether somebody is still here, if they were asked."""
    if asked_at:
        await refresh(books, visit.customer_id, _question(visit, asked_at), answered_page(locale, word))


def _question(visit: Visit, asked_at: datetime) -> str:
    """Return the subject of a question: each is a message of its own."""
    return f"idle:{visit.id}:{asked_at:%Y%m%d%H%M%S}"


async def _last_orders_called(books: Books, house: House, event: LastOrdersCalled) -> None:
    """Tell everybody who sits there, once."""
    merchant = await find_merchant(books, event.merchant_id)
    for visit in await books.find(Visit, merchant_id=merchant.id, state=VisitState.OPEN):
        locale, customer = await _customer(books, house, visit.customer_id)
        text = locale.say("closing-last-orders", merchant=merchant.name, until=locale.time(event.until))
        await say(books, customer.id, Page(text))


async def _hours_passed(books: Books, house: House, event: HoursPassed) -> None:
    """Bring board and screens up to date with whether orders are taken."""
    merchant = await find_merchant(books, event.merchant_id)
    if merchant.group_id is not None:
        await want_board(books, merchant.id)
    for visit in await books.find(Visit, merchant_id=merchant.id, state=VisitState.OPEN):
        await refresh_screen(books, house, visit.customer_id)


async def _has_closed(books: Books, house: House, event: HasClosed) -> None:
    """Ask the staff for a last word about what is not brought: nobody pays for what stays so."""
    merchant = await find_merchant(books, event.merchant_id)
    found = await books.find(GoodsOrder, merchant_id=merchant.id, is_open=True)
    orders = [order for order in found if await _is_to_be_paid(books, order)]
    if not orders:
        return
    group = await books.get(Peer, merchant.group_id) if merchant.group_id is not None else None
    if group and group.reachable:
        text = undelivered_text(house.locale(group), orders, event.sweeps_at)
        await say(books, group.id, Page(text))
    else:
        await tell_in_charge(
            books, house, merchant, "closing-undelivered-alert", merchant=merchant.name, count=len(orders),
            at=event.sweeps_at,
        )  # fmt: skip


async def _is_to_be_paid(books: Books, order: GoodsOrder) -> bool:
    """Whether something of it is to be brought that was not paid at a checkout already."""
    lines = await lines_of(books, order.id)
    return any(line.state in UNANSWERED | COMING and not line.paid for line in lines)


async def _case_moved(books: Books, house: House, event: CaseMoved) -> None:
    """Show a case to its customer and to those who can answer it, as it stands now."""
    case = await _get(books, VisitCase, event.case_id)
    locale, customer = await _customer(books, house, case.customer_id)
    file = await file_of(books, case.id, (await peer_of(books, customer.id)).name)
    heard = event.act in (CaseAct.OPEN, CaseAct.MAKE_GOOD)
    page = customers_page(locale, file)
    await show(books, customer.id, f"case:{case.id}", page, follows=heard)
    if event.act is CaseAct.CLOSE:
        await say(books, customer.id, answer_page(locale, file))
    rings = event.act in (CaseAct.OPEN, CaseAct.SAY, CaseAct.ESCALATE)
    for reader in await _readers_of(books, house, case):
        card = case_card_page(house.locale(reader), file, in_private=reader.id > 0)
        await show(books, reader.id, f"case-card:{case.id}", card, follows=rings)


async def _readers_of(books: Books, house: House, case: VisitCase) -> list[Peer]:
    """Return who answers a case: owners and managers, else the group, else admins; in the end these too."""
    merchant = await find_merchant(books, case.merchant_id)
    members = [each for each in await staff_of(books, merchant.id) if allows(each.role, Right.MAKE_GOOD)]
    readers = await _reachable(books, [member.person_id for member in members])
    if not readers and merchant.group_id is not None:
        readers = await _reachable(books, [merchant.group_id])
    if not readers or case.escalated_at:
        known = {reader.id for reader in readers}
        admins = await _reachable(books, house.settings.admin_ids)
        readers += [admin for admin in admins if admin.id not in known]
    return readers


async def _reachable(books: Books, ids: Iterable[int]) -> list[Peer]:
    peers = [await books.get(Peer, id_) for id_ in ids]
    return [peer for peer in peers if peer and peer.reachable]


async def _refund_made(books: Books, house: House, event: RefundMade) -> None:
    await _show_refund(books, house, event.refund_id)
    refund = await _get(books, RefundOrder, event.refund_id)
    await show_home(books, house, refund.customer_id)


async def _part_settled(books: Books, house: House, event: PartSettled) -> None:
    await show_part(books, house, event.part_id)


async def show_part(books: Books, house: House, part_id: int) -> None:
    """Show how a part of a refund stands: to its customer, and to admins if they had to look at it."""
    part, lot = await part_and_lot(books, part_id)
    rules = house.gateways.named(lot.gateway).capabilities
    proposed = await proposed_reroute(books, part)
    back = part.state is PartState.RETURNED
    await _show_refund(books, house, part.refund_id, follows=back)
    await (show_home if back else refresh_screen)(books, house, part.customer_id)
    for admin_id in house.settings.admin_ids:
        if admin := await books.get(Peer, admin_id):
            page = parked_page(house.locale(admin), part, proposed, rules)
            if part.state is PartState.PARKED:
                await show(books, admin.id, f"parked:{part.id}", page, follows=True)
            else:
                await refresh(books, admin.id, f"parked:{part.id}", page)


async def _show_refund(books: Books, house: House, refund_id: int, *, follows: bool = False) -> None:
    order = await _get(books, RefundOrder, refund_id)
    locale, customer = await _customer(books, house, order.customer_id)
    page = refund_page(locale, order, await parts_of(books, order.id))
    await show(books, customer.id, f"refund:{order.id}", page, follows=follows)


async def _dispute_moved(books: Books, house: House, event: DisputeOpened | DisputeEnded) -> None:
    """Tell the customer in a sentence, bring their screen up to date, and let the admins act."""
    dispute, lot = await dispute_of(books, event.dispute_id)
    locale, customer = await _customer(books, house, dispute.customer_id)
    await say(books, customer.id, Page(told_text(locale, dispute, lot)))
    await show_home(books, house, customer.id)
    for admin_id in house.settings.admin_ids:
        if admin := await books.get(Peer, admin_id):
            page = dispute_page(house.locale(admin), dispute, lot)
            await show(books, admin.id, f"dispute:{dispute.id}", page, follows=True)


async def _dispute_contradicted(books: Books, house: House, event: DisputeContradicted) -> None:
    dispute = await _get(books, Dispute, event.dispute_id)
    number, reference = f"D-{dispute.id}", dispute.reference
    word = f"admin-dispute-told-{event.told}"
    await tell_admins(books, house, word, number=number, gateway=dispute.gateway, reference=reference)


async def _dispute_unmatched(books: Books, house: House, event: DisputeUnmatched) -> None:
    told = event.told
    charge, amount = told.charge or told.source, told.amount or "?"
    await tell_admins(
        books, house, "admin-dispute-unmatched", gateway=told.gateway, charge=charge, amount=amount,
        reference=told.reference,
    )  # fmt: skip


async def _bonus_came(books: Books, house: House, event: BonusCame) -> None:
    lot = await _get(books, Lot, event.lot_id)
    locale, customer = await _customer(books, house, lot.customer_id)
    page = Page(locale.say("bonus-came", amount=lot.brought, number=f"T-{lot.top_up_id}"))
    await say(books, customer.id, page)
    await show_home(books, house, customer.id)


async def _debt_paid(books: Books, house: House, event: DebtPaid) -> None:
    locale, customer = await _customer(books, house, event.customer_id)
    word = "debt-paid-some" if event.left else "debt-paid"
    await say(books, customer.id, Page(locale.say(word, amount=event.amount, left=event.left)))
    await show_home(books, house, customer.id)


async def _customer(books: Books, house: House, customer_id: int) -> tuple[Locale, Customer]:
    customer = await _get(books, Customer, customer_id)
    return house.locale(await peer_of(books, customer_id)), customer


async def _charge(books: Books, house: House, charge_id: int) -> tuple[Charge, TopUp, Locale]:
    charge, order = await charge_and_top_up(books, charge_id)
    return charge, order, house.locale(await peer_of(books, order.customer_id))


async def _desk_of(books: Books, house: House, customer_id: int) -> Desk:
    peer = await peer_of(books, customer_id)
    return Desk(books, house, peer, Place(customer_id, is_private=True), key="")


async def _get(books: Books, kind: type[T], id_: int) -> T:
    found = await books.get(kind, id_)
    assert found is not None, (kind, id_)
    return found


_TELLERS: dict[type, Callable[[Books, House, Any], Awaitable[None]]] = {
    PayerKnown: _payer_known,
    ChargeOpened: _charge_opened,
    ChargeUnsure: _charge_changed,
    ChargeRefused: _charge_changed,
    ChargeEnded: _charge_changed,
    SentBack: _sent_back,
    BindingChanged: _binding_changed,
    TopUpPaid: _top_up_paid,
    StrayArrived: _stray_arrived,
    StrayMoved: _stray_moved,
    GroupLinked: _group_linked,
    StationPlaced: _station_placed,
    StationReach: _station_reach,
    OrderPlaced: _order_placed,
    OrderChanged: _order_changed,
    CheckedOut: _checked_out,
    RefundMade: _refund_made,
    PartSettled: _part_settled,
    GroupMoved: _group_moved,
    SeatChanged: _seat_changed,
    StaffChanged: _staff_changed,
    StaffCalled: _staff_called,
    CallChanged: _call_changed,
    SeatAsked: _seat_asked,
    SeatDecided: _seat_decided,
    OrderingPaused: _ordering_paused,
    DisputeOpened: _dispute_moved,
    DisputeEnded: _dispute_moved,
    DisputeContradicted: _dispute_contradicted,
    DisputeUnmatched: _dispute_unmatched,
    DebtPaid: _debt_paid,
    BonusCame: _bonus_came,
    ItemChanged: _item_changed,
    StillHereAsked: _still_here_asked,
    StayedOn: _stayed_on,
    LastOrdersCalled: _last_orders_called,
    HasClosed: _has_closed,
    HoursPassed: _hours_passed,
    CaseMoved: _case_moved,
    ProposalSent: _proposal_sent,
    ProposalEnded: _proposal_ended,
    GiftOffered: _gift_offered,
    GiftEnded: _gift_ended,
    GiverBlocked: _giver_blocked,
    CompanionMoved: _companion_moved,
    PartyChanged: _party_changed,
    PartyEnded: _party_ended,
}
