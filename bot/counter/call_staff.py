"""Calls from a seat in the chat: the customer's message, and the card that staff press."""

from __future__ import annotations

from bot.buttons import AnswerTheCall, CallToSeat, SayNeed, TakeCallBack
from bot.counter.cards import merchant_here, reminder
from bot.desk import Desk, House, group_of
from bot.locales import Locale, Markup
from bot.outbox import show
from bot.pages import Key, Keyboard, Look, Page
from bot.people import Peer, peer_of
from core.call import (
    LEADS_TO,
    Answer,
    AnswerCall,
    CallStaff,
    CallState,
    NameNeed,
    Need,
    StaffCall,
    WithdrawCall,
    answer_call,
    call_staff,
    name_need,
    open_calls,
    withdraw_call,
)
from core.errors import CallAnswered, MerchantClosed, NotAllowed
from core.merchant import Merchant
from core.ports import Books
from core.seat import Seat
from core.staff import Right, require
from core.visit import Visit


async def on_call_to_seat(desk: Desk, tap: CallToSeat) -> None:
    """Call the staff with one tap. Whoever is to know is told by the event."""
    visit, merchant = await desk.here()
    if not (await group_of(desk.books, merchant)).reachable:
        raise MerchantClosed(merchant.name)
    await desk.run(call_staff, CallStaff(visit.id, desk.peer.id))
    desk.toast = desk.locale.plain("call-made-toast")


async def on_say_need(desk: Desk, tap: SayNeed) -> None:
    """Say what a call is about, with another tap."""
    await desk.run(name_need, NameNeed(tap.call, desk.peer.id, tap.need))
    desk.toast = desk.locale.plain("call-need-toast")


async def on_take_call_back(desk: Desk, tap: TakeCallBack) -> None:
    await desk.run(withdraw_call, WithdrawCall(tap.call, desk.peer.id))
    desk.toast = desk.locale.plain("call-withdrawn-toast")


async def on_answer_the_call(desk: Desk, tap: AnswerTheCall) -> None:
    """Go to a seat that called, or say that it is done."""
    call = await desk.books.get(StaffCall, tap.call)
    if call is None or call.merchant_id != (await merchant_here(desk)).id:
        raise NotAllowed
    await require(desk.books, call.merchant_id, desk.doer, Right.SERVE)
    ask = AnswerCall(call.id, tap.answer, desk.peer.id, desk.peer.name)
    await desk.run(answer_call, ask, key=f"{call.id}:{tap.answer}:{desk.peer.id}")
    now = await desk.books.get(StaffCall, call.id)
    assert now is not None
    if now.state is not LEADS_TO[tap.answer]:  # a button of long ago
        raise CallAnswered(now.id, now.state, now.answered_by)
    desk.toast = desk.locale.plain(f"call-{tap.answer}-toast")


async def show_call_card(
    books: Books, house: House, merchant: Merchant, call: StaffCall, *, remind: bool = False
) -> None:
    """Bring the card of a call to how it stands, or *remind* of it by sending it anew."""
    if merchant.group_id is None:
        return
    group = await group_of(books, merchant)
    locale = house.locale(group)
    page = call_card_page(locale, call, *await _caller(books, call))
    page = reminder(locale, page, call.made_at) if remind else page
    await show(books, group.id, f"call:{call.id}", page, anew=remind)


async def show_my_call(books: Books, locale: Locale, call: StaffCall) -> None:
    """Tell the customer how their call stands."""
    _, seat = await _caller(books, call)
    await show(books, call.customer_id, f"call:{call.id}", my_call_page(locale, call, seat))


async def call_rows(books: Books, locale: Locale, merchant: Merchant) -> list[Markup]:
    """Return the open calls as the board shows them, the oldest first."""
    rows: list[Markup] = []
    for call in await open_calls(books, merchant.id):
        _, seat = await _caller(books, call)
        said = {"seat": seat.label, "time": locale.time(call.made_at), "by": call.taken_name}
        rows.append(locale.say(f"board-call-{call.state}", **said))
    return rows


def my_call_page(locale: Locale, call: StaffCall, seat: Seat) -> Page:
    """Return a call as its customer sees it, with what it can be about."""
    rows = [
        locale.say("call-title", seat=seat.label),
        locale.say(f"call-{call.state}", by=call.answered_by),
    ]
    keys = Keyboard()
    if call.is_open:
        rows.append(locale.say("call-about" if call.need is None else f"call-need-{call.need}"))
        needs = [_need_key(locale, call, need) for need in Need]
        for place in range(0, len(needs), 2):
            keys.row(*needs[place : place + 2])
        keys.row(Key(locale.plain("button-take-call-back"), TakeCallBack(call.id)))
    return Page("\n".join(rows), keys.rows)


def call_card_page(locale: Locale, call: StaffCall, customer: Peer, seat: Seat) -> Page:
    """Return a call as staff see it: which seat, who, what about, and how it stands."""
    rows = [locale.say("call-card-title", seat=seat.label, name=customer.name)]
    if call.need is not None:
        rows.append(locale.say(f"call-need-{call.need}"))
    rows.append(locale.say(f"call-card-{call.state}", time=locale.time(call.made_at), by=call.answered_by))
    keys = Keyboard()
    if call.state is CallState.WAITING:
        keys.row(
            Key(locale.plain("button-take-call"), AnswerTheCall(call.id, Answer.TAKE), look=Look.SUCCESS)
        )
    elif call.state is CallState.TAKEN:
        keys.row(Key(locale.plain("button-call-done"), AnswerTheCall(call.id, Answer.DONE)))
    return Page("\n".join(rows), keys.rows)


def _need_key(locale: Locale, call: StaffCall, need: Need) -> Key:
    look = Look.PRIMARY if need is call.need else Look.PLAIN
    return Key(locale.plain(f"call-need-{need}"), SayNeed(call.id, need), look=look)


async def _caller(books: Books, call: StaffCall) -> tuple[Peer, Seat]:
    """Return who calls, and from which seat: where they sit by now."""
    visit = await books.get(Visit, call.visit_id)
    seat = await books.get(Seat, visit.seat_id) if visit else None
    assert seat is not None
    return await peer_of(books, call.customer_id), seat
