"""Gifts in the chat: choose a seat and who of those there, and what the receiver says to it."""

from __future__ import annotations

from functools import partial

from bot.buttons import (
    DeclineGift,
    GiveCart,
    GiveTo,
    GiveToSeat,
    OpenCart,
    SetGiverBlocked,
    TakeGift,
    TakeGiftBack,
)
from bot.cart import cart_here, cart_page, cart_rows, price_of_cart
from bot.desk import Desk, seat_of
from bot.home import home
from bot.locales import Locale
from bot.order_goods import require_reader
from bot.pages import Key, Keyboard, Look, Page
from core.draft import own_draft
from core.errors import NobodyThere, NotYours, OutOfDate
from core.gift import (
    AcceptGift,
    BlockGiver,
    EndGift,
    Gift,
    GiftState,
    OfferGift,
    accept_gift,
    block_giver,
    end_gift,
    is_blocked,
    offer_gift,
)
from core.merchant import Merchant, find_merchant
from core.open_account import customer_of
from core.order_goods import cart_of
from core.ports import Books
from core.seat import LABEL_LENGTH, Seat, seats_of
from core.visit import Visit, VisitState

SEATS_SHOWN = 24
SEATS_IN_A_ROW = 4


async def on_give_cart(desk: Desk, tap: GiveCart) -> None:
    """Ask to which seat; its label can be tapped or typed."""
    desk.go_on = partial(cart_page, desk)
    cart = await own_draft(desk.books, tap.cart, desk.peer.id)
    _, lines = await cart_here(desk)
    if cart.used or not lines:
        raise OutOfDate
    await desk.expect(f"give:{cart.id}")
    await desk.show(await seats_page(desk))


async def on_give_to_seat(desk: Desk, tap: GiveToSeat) -> None:
    """Show who sits there."""
    _, merchant = await desk.here()
    desk.go_on = partial(seats_page, desk)
    seat = await desk.books.get(Seat, tap.seat)
    if seat is None or seat.merchant_id != merchant.id:
        raise OutOfDate
    await _show_people(desk, seat)


async def on_typed_seat(desk: Desk, draft_id: int, text: str) -> None:
    """Take the label that was typed; a wrong one can be typed again."""
    _, merchant = await desk.here()
    desk.go_on = partial(seats_page, desk)
    label = text.strip()
    for seat in await seats_of(desk.books, merchant.id):
        if seat.label.casefold() == label.casefold():
            await _show_people(desk, seat)
            return
    raise NobodyThere(label[:LABEL_LENGTH])


async def on_give_to(desk: Desk, tap: GiveTo) -> None:
    """Offer what is in the cart. Both are told by the event."""
    _, merchant = await desk.here()
    desk.go_on = partial(cart_page, desk)
    await require_reader(desk.books, merchant)
    zone = desk.house.settings.timezone.key
    ask = OfferGift(desk.peer.id, merchant.currency, tap.cart, tap.version, tap.visit, zone)
    await desk.carry_out(offer_gift, ask)
    await desk.expect("")
    desk.toast = desk.locale.plain("gift-offered-toast")


async def on_take_gift(desk: Desk, tap: TakeGift) -> None:
    """Say yes: it is ordered for the receiver's seat."""
    gift = await _received(desk, tap.gift)
    await require_reader(desk.books, await _merchant_of(desk.books, gift))
    await desk.run(
        accept_gift, AcceptGift(desk.peer.id, gift.id, desk.house.patience, desk.house.settings.timezone.key)
    )


async def on_decline_gift(desk: Desk, tap: DeclineGift) -> None:
    gift = await _received(desk, tap.gift)
    await desk.run(end_gift, EndGift(gift.id, GiftState.DECLINED, desk.peer.id))


async def on_set_giver_blocked(desk: Desk, tap: SetGiverBlocked) -> None:
    """Take no gifts from that giver any more, or take them again."""
    gift = await _received(desk, tap.gift)
    await desk.run(block_giver, BlockGiver(desk.peer.id, gift.id, bool(tap.blocked)))


async def on_take_gift_back(desk: Desk, tap: TakeGiftBack) -> None:
    await desk.run(end_gift, EndGift(tap.gift, GiftState.WITHDRAWN, desk.peer.id))


async def seats_page(desk: Desk, notice: str = "") -> Page:
    """Return the seats at which others sit now."""
    visit, merchant = await desk.here()
    open_ = await desk.books.find(Visit, merchant_id=merchant.id, state=VisitState.OPEN)
    taken = tuple({each.seat_id for each in open_ if each.id != visit.id})
    seats = await desk.books.find(Seat, id=taken) if taken else []
    found = sorted(seats, key=lambda seat: seat.label)[:SEATS_SHOWN]
    keys = Keyboard()
    for begin in range(0, len(found), SEATS_IN_A_ROW):
        row = found[begin : begin + SEATS_IN_A_ROW]
        keys.row(*(Key(seat.label, GiveToSeat(seat.id)) for seat in row))
    keys.row(_to_cart(desk))
    return Page(f"{notice}\n\n{desk.locale.say('gift-where')}".strip(), keys.rows)


async def givers_page(books: Books, locale: Locale, gift: Gift) -> Page:
    """Return what the giver reads about a gift: one message, edited."""
    receiver = (await customer_of(books, gift.receiver_id)).name
    told = {"receiver": receiver, "number": f"G-{gift.order_id}", "amount": gift.total}
    rows: list[str] = [locale.say("gift-title", receiver=receiver)]
    rows += [row for line in await cart_of(books, gift.draft_id) for row in cart_rows(locale, line)]
    rows += ["", locale.say(f"gift-giver-{gift.state}", **told)]
    keys = Keyboard()
    if gift.state is GiftState.OFFERED:
        keys.row(Key(locale.plain("button-take-gift-back"), TakeGiftBack(gift.id)))
    return Page("\n".join(rows), keys.rows)


async def receivers_page(books: Books, locale: Locale, gift: Gift) -> Page:
    """Return what the receiver reads about a gift: what and from whom, not what it costs."""
    giver = (await customer_of(books, gift.giver_id)).name
    rows: list[str] = [locale.say("gift-question", giver=giver, seat=await _givers_seat(books, gift))]
    for line in await cart_of(books, gift.draft_id):
        rows += [locale.say("gift-row", quantity=str(line.quantity), item=line.name)]
        rows += cart_rows(locale, line)[1:]
    keys = Keyboard()
    if gift.state is GiftState.OFFERED:
        keys.row(
            Key(locale.plain("button-take-gift"), TakeGift(gift.id), look=Look.SUCCESS),
            Key(locale.plain("button-decline-gift"), DeclineGift(gift.id)),
        )
    else:
        rows += ["", locale.say(f"gift-receiver-{gift.state}", number=f"G-{gift.order_id}")]
    if await is_blocked(books, gift):
        rows.append(locale.say("gift-blocked", giver=giver))
        keys.row(Key(locale.plain("button-unblock-giver", giver=giver), SetGiverBlocked(gift.id, 0)))
    elif gift.state in (GiftState.OFFERED, GiftState.DECLINED):
        keys.row(Key(locale.plain("button-block-giver", giver=giver), SetGiverBlocked(gift.id, 1)))
    return Page("\n".join(rows), keys.rows)


async def _show_people(desk: Desk, seat: Seat) -> None:
    """Show those with an open visit at a seat: with one tap it is offered to one of them."""
    cart, lines = await cart_here(desk)
    there = await desk.books.find(Visit, seat_id=seat.id, state=VisitState.OPEN)
    others = [visit for visit in there if visit.customer_id != desk.peer.id]
    if not others:
        raise NobodyThere(seat.label)
    if not lines:
        raise OutOfDate
    keys = Keyboard()
    for visit in others:
        name = (await customer_of(desk.books, visit.customer_id)).name
        label = desk.locale.plain("button-give-to", name=name, total=price_of_cart(lines))
        keys.row(Key(label, GiveTo(cart.id, cart.version, visit.id), look=Look.PRIMARY))
    rows = [desk.locale.say("gift-whom", seat=seat.label)]
    rows_of_cart = [row for line in lines for row in cart_rows(desk.locale, line)]
    await desk.show(Page("\n".join([*rows, *rows_of_cart]), keys.row(_to_cart(desk)).rows))


async def _received(desk: Desk, gift_id: int) -> Gift:
    """Return a gift that was offered to this person, or refuse."""
    gift = await desk.books.get(Gift, gift_id)
    if gift is None or gift.receiver_id != desk.peer.id:
        raise NotYours
    desk.go_on = partial(home, desk)
    return gift


async def _merchant_of(books: Books, gift: Gift) -> Merchant:
    visit = await books.get(Visit, gift.visit_id)
    assert visit is not None
    return await find_merchant(books, visit.merchant_id)


async def _givers_seat(books: Books, gift: Gift) -> str:
    visit = await books.get(Visit, gift.visit_id)
    assert visit is not None
    return (await seat_of(books, visit)).label


def _to_cart(desk: Desk) -> Key:
    return Key(desk.locale.plain("button-back"), OpenCart())
