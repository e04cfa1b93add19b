"""Who is told what: each event becomes messages in the transaction in which it happened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from bot.admin import parked_page
from bot.binding import binding_page
from bot.board import BOARD, board_of, want_board
from bot.cart import cart_here, cart_page
from bot.check_out import leave_page, left_page, receipt_page
from bot.choose_goods import page_again
from bot.counter import show_card
from bot.desk import DRAW_CHARGE, SCREEN, WARN_WINDOW, Desk, House, group_of
from bot.dispute import dispute_page, told_text
from bot.enter import answer_page, question_page, subject
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
from bot.refund import bound_to, refund_page
from bot.staff import changed_page, refresh_staff
from bot.stray import stray_page
from bot.telegram.arrivals import Place
from bot.top_up import charge_page, gateway_name, invoice_page, paid_page
from core.binding import BindingAsk, BindingChanged, BindingState
from core.charge import (
    Charge,
    ChargeEnded,
    ChargeOpened,
    ChargeRefused,
    ChargeState,
    ChargeUnsure,
    charge_of,
)
from core.check_out import CheckedOut, CheckOut, lines_to_pay
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
from core.errand import send_on
from core.gateway import ActionKind
from core.gift import Gift, GiftEnded, GiftOffered, GiftState, GiverBlocked
from core.lot import Lot
from core.menu import ItemChanged
from core.merchant import GroupLinked, GroupMoved, Merchant, find_merchant
from core.open_account import Customer
from core.order_goods import (
    GoodsOrder,
    LineState,
    OrderChanged,
    OrderPlaced,
    lines_of,
    receiver_of,
    status_of,
)
from core.ordering import OrderingPaused, Step, ordering_of, watch
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


async def _group_moved(books: Books, house: House, event: GroupMoved) -> None:
    await show_open_cards(books, house, await find_merchant(books, event.merchant_id))


async def show_open_cards(books: Books, house: House, merchant: Merchant) -> None:
    """Put the cards of all orders that staff have not finished into the merchant's group."""
    for order in await books.find(GoodsOrder, merchant_id=merchant.id, is_open=True):
        await _show_card(books, house, order)


async def show_board(books: Books, house: House, merchant_id: int) -> None:
    """Bring the merchant's board to how things stand."""
    merchant = await find_merchant(books, merchant_id)
    if merchant.group_id is not None:
        group = await group_of(books, merchant)
        page = await board_of(books, house.locale(group), merchant)
        await show(books, group.id, BOARD, page, overview=True)


async def press_staff(books: Books, house: House, order_id: int, step: Step) -> None:
    """Ping the group about an order that nobody answers, or alert those in charge, and go on waiting."""
    order = await _get(books, GoodsOrder, order_id)
    if status_of(await lines_of(books, order.id)) is not LineState.PLACED:
        return
    merchant = await find_merchant(books, order.merchant_id)
    number = f"G-{order.id}"
    if step is Step.PING and merchant.group_id is not None:
        group = await group_of(books, merchant)
        locale = house.locale(group)
        time = locale.time(order.placed_at)
        await say(
            books, group.id, Page(locale.say("counter-ping", number=number, seat=order.seat, time=time))
        )
    if step is Step.ALERT:
        await tell_in_charge(
            books, house, merchant, "staff-alert", merchant=merchant.name, number=number, seat=order.seat
        )
    patience = timedelta(seconds=house.settings.order_expiry_seconds)
    await watch(books, await ordering_of(books, merchant.id), order.id, order.placed_at, patience, step)


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
    page = await answer_page(books, house.locale(group), proposal)
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
    merchant = await find_merchant(books, order.merchant_id)
    group = await group_of(books, merchant)
    await show_card(books, house.locale(group), group.id, order, follows=order.cancel_asked)
    await want_board(books, merchant.id)


async def _checked_out(books: Books, house: House, event: CheckedOut) -> None:
    receipt = await _get(books, CheckOut, event.check_out_id)
    merchant = await find_merchant(books, receipt.merchant_id)
    seat = await _get(books, Seat, receipt.seat_id)
    locale, customer = await _customer(books, house, receipt.customer_id)
    lines = await lines_to_pay(books, receipt.visit_id)
    others = await receivers_of(books, {line.order_id for line in lines})
    page = receipt_page(locale, receipt, merchant.name, seat.label, lines, others)
    await say(books, customer.id, page)
    if merchant.group_id is not None:
        group = await group_of(books, merchant)
        await say(books, group.id, left_page(house.locale(group), receipt, seat.label))
    if receipt.refund_id:
        await _show_refund(books, house, receipt.refund_id)
    await show_home(books, house, customer.id)


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
    OrderPlaced: _order_placed,
    OrderChanged: _order_changed,
    CheckedOut: _checked_out,
    RefundMade: _refund_made,
    PartSettled: _part_settled,
    GroupMoved: _group_moved,
    SeatChanged: _seat_changed,
    StaffChanged: _staff_changed,
    OrderingPaused: _ordering_paused,
    DisputeOpened: _dispute_moved,
    DisputeEnded: _dispute_moved,
    DisputeContradicted: _dispute_contradicted,
    DisputeUnmatched: _dispute_unmatched,
    DebtPaid: _debt_paid,
    BonusCame: _bonus_came,
    ItemChanged: _item_changed,
    ProposalSent: _proposal_sent,
    ProposalEnded: _proposal_ended,
    GiftOffered: _gift_offered,
    GiftEnded: _gift_ended,
    GiverBlocked: _giver_blocked,
    CompanionMoved: _companion_moved,
    PartyChanged: _party_changed,
    PartyEnded: _party_ended,
}
