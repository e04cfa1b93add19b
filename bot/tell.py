"""Who is told what: each event becomes messages in the transaction in which it happened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from bot.arrivals import Place
from bot.buttons import RescueParked
from bot.check_out import left_page, receipt_page
from bot.counter import show_card
from bot.desk import SCREEN, Desk, House, group_of
from bot.home import home
from bot.locales import Locale
from bot.order_goods import order_page
from bot.outbox import refresh, say, show
from bot.pages import Key, Page
from bot.people import Peer, peer_of
from bot.refund import refund_page
from bot.top_up import invoice_page, paid_page
from core.check_out import CheckedOut, CheckOut
from core.lot import Lot
from core.merchant import GroupLinked, find_merchant
from core.open_account import Customer
from core.order_goods import ENDED, GoodsOrder, Line, OrderChanged, OrderPlaced, lines_of
from core.ports import Books
from core.refund import PartSettled, PartState, RefundMade, RefundOrder, Rescue, part_and_lot, parts_of
from core.seat import Seat
from core.top_up import PayerKnown, Stray, StrayArrived, TopUp, TopUpMade, TopUpPaid

T = TypeVar("T")


async def tell_all(books: Books, house: House) -> None:
    """Turn what happened in this transaction into what is to be said."""
    while books.told:
        event = books.told.pop(0)
        await _TELLERS[type(event)](books, house, event)


async def show_home(books: Books, house: House, customer_id: int, notice: str = "") -> None:
    """Put home at the end of a customer's chat."""
    desk = await _desk_of(books, house, customer_id)
    await desk.show(await home(desk, notice))


async def refresh_home(books: Books, house: House, customer_id: int) -> None:
    """Bring home up to date where it stands, if that is what the customer's screen shows."""
    page = await home(await _desk_of(books, house, customer_id))
    await refresh(books, customer_id, SCREEN, page)


async def tell_admins(
    books: Books, house: House, key: str, keys: list[list[Key]] | None = None, **args: Any
) -> None:
    """Say something to every admin whom the bot has met, in their language."""
    for admin_id in house.settings.admin_ids:
        admin = await books.get(Peer, admin_id)
        if admin:
            await say(books, admin.id, Page(house.locale(admin).say(key, **args), keys or []))


async def _top_up_made(books: Books, house: House, event: TopUpMade) -> None:
    order = await _get(books, TopUp, event.top_up_id)
    locale, _ = await _customer(books, house, order.customer_id)
    await say(books, order.customer_id, invoice_page(locale, order))


async def _top_up_paid(books: Books, house: House, event: TopUpPaid) -> None:
    lot = await _get(books, Lot, event.lot_id)
    await _show_lot(books, house, lot)
    await show_home(books, house, lot.customer_id)


async def _payer_known(books: Books, house: House, event: PayerKnown) -> None:
    await _show_lot(books, house, await _get(books, Lot, event.lot_id))


async def _show_lot(books: Books, house: House, lot: Lot) -> None:
    """Tell what arrived, and from where once the gateway has said so: one message, edited."""
    locale, customer = await _customer(books, house, lot.customer_id)
    again = (await books.find(Lot, top_up_id=lot.top_up_id))[0].id != lot.id
    page = paid_page(locale, lot, customer, again=again)
    await show(books, customer.id, f"lot:{lot.id}", page)


async def _stray_arrived(books: Books, house: House, event: StrayArrived) -> None:
    stray = await _get(books, Stray, event.stray_id)
    await tell_admins(books, house, "admin-stray", amount=stray.amount, charge=stray.charge)
    payer = await books.get(Peer, stray.payer_id)
    if payer:
        await say(books, payer.id, Page(house.locale(payer).say("top-up-stray", amount=stray.amount)))


async def _group_linked(books: Books, house: House, event: GroupLinked) -> None:
    merchant = await find_merchant(books, event.merchant_id)
    group = await group_of(books, merchant)
    await say(books, group.id, Page(house.locale(group).say("counter-linked", merchant=merchant.name)))


async def _order_placed(books: Books, house: House, event: OrderPlaced) -> None:
    order = await _get(books, GoodsOrder, event.order_id)
    await _show_order(books, house, order)
    await show_home(books, house, order.customer_id)


async def _order_changed(books: Books, house: House, event: OrderChanged) -> None:
    order = await _get(books, GoodsOrder, event.order_id)
    await _show_order(books, house, order)
    await refresh_home(books, house, order.customer_id)


async def _show_order(books: Books, house: House, order: GoodsOrder) -> None:
    locale, _ = await _customer(books, house, order.customer_id)
    page = order_page(locale, order, await lines_of(books, order.id))
    await show(books, order.customer_id, f"order:{order.id}", page)
    merchant = await find_merchant(books, order.merchant_id)
    group = await group_of(books, merchant)
    await show_card(books, house.locale(group), group.id, order)


async def _checked_out(books: Books, house: House, event: CheckedOut) -> None:
    receipt = await _get(books, CheckOut, event.check_out_id)
    merchant = await find_merchant(books, receipt.merchant_id)
    seat = await _get(books, Seat, receipt.seat_id)
    locale, customer = await _customer(books, house, receipt.customer_id)
    lines = [line for line in await books.find(Line, visit_id=receipt.visit_id) if line.state not in ENDED]
    await say(books, customer.id, receipt_page(locale, receipt, merchant.name, seat.label, lines))
    group = await group_of(books, merchant)
    await say(books, group.id, left_page(house.locale(group), receipt, seat.label))
    if receipt.refund_id:
        await _show_refund(books, house, receipt.refund_id)
    await show_home(books, house, customer.id, locale.say("check-out-done", merchant=merchant.name))


async def _refund_made(books: Books, house: House, event: RefundMade) -> None:
    await _show_refund(books, house, event.refund_id)


async def _part_settled(books: Books, house: House, event: PartSettled) -> None:
    part, _ = await part_and_lot(books, event.part_id)
    await _show_refund(books, house, part.refund_id)
    await refresh_home(books, house, part.customer_id)
    if part.state is PartState.PARKED:
        await _tell_parked(books, house, event.part_id)


async def _tell_parked(books: Books, house: House, part_id: int) -> None:
    part, _ = await part_and_lot(books, part_id)
    for admin_id in house.settings.admin_ids:
        admin = await books.get(Peer, admin_id)
        if admin is None:
            continue
        locale = house.locale(admin)
        keys = [
            [Key(locale.plain(f"button-rescue-{rescue}"), RescueParked(part.id, part.asked, rescue))]
            for rescue in Rescue
        ]
        text = locale.say(
            "admin-parked", number=f"R-{part.refund_id}", amount=part.amount, reason=part.reason
        )
        await say(books, admin.id, Page(text, keys))


async def _show_refund(books: Books, house: House, refund_id: int) -> None:
    order = await _get(books, RefundOrder, refund_id)
    locale, customer = await _customer(books, house, order.customer_id)
    page = refund_page(locale, order, await parts_of(books, order.id))
    await show(books, customer.id, f"refund:{order.id}", page)


async def _customer(books: Books, house: House, customer_id: int) -> tuple[Locale, Customer]:
    customer = await _get(books, Customer, customer_id)
    return house.locale(await peer_of(books, customer_id)), customer


async def _desk_of(books: Books, house: House, customer_id: int) -> Desk:
    peer = await peer_of(books, customer_id)
    return Desk(books, house, peer, Place(customer_id, is_private=True), key="")


async def _get(books: Books, kind: type[T], id_: int) -> T:
    found = await books.get(kind, id_)
    assert found is not None, (kind, id_)
    return found


_TELLERS: dict[type, Callable[[Books, House, Any], Awaitable[None]]] = {
    PayerKnown: _payer_known,
    TopUpMade: _top_up_made,
    TopUpPaid: _top_up_paid,
    StrayArrived: _stray_arrived,
    GroupLinked: _group_linked,
    OrderPlaced: _order_placed,
    OrderChanged: _order_changed,
    CheckedOut: _checked_out,
    RefundMade: _refund_made,
    PartSettled: _part_settled,
}
