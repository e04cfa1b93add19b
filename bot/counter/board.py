"""The merchant's boards: what is open where, by age, and whether orders are taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.buttons import PauseOrdering
from bot.counter.call_staff import call_rows
from bot.counter.cards import merchant_here
from bot.counter.places import places_of
from bot.counter.presence import waiting_rows
from bot.desk import DRAW_BOARD, Desk, House
from bot.endings import door_row
from bot.locales import Locale, Markup
from bot.outbox import show
from bot.pages import Key, Look, Page
from bot.people import peer_of
from core.endings import Door, door_at, endings_of
from core.errand import Errand, ErrandState, send_on
from core.merchant import Merchant, find_merchant
from core.order_goods import GoodsOrder, Line, LineState, status_of
from core.ordering import Ordering, Pause, ordering_of, pause
from core.ports import Books
from core.seat import Seat
from core.serve import deeds_about, deeds_of
from core.staff import Right, note_deed, require
from core.station import MAIN, open_cards
from core.visit import Visit

BOARD = "board"
BOARD_EVERY_SECONDS = 20
MOST_ROWS = 30


@dataclass(frozen=True, slots=True)
class Row:
    """What a place has open of an order: for which seat, how far it is, and who did something last."""

    order: GoodsOrder
    status: LineState
    seat: str
    by: str


async def on_pause(desk: Desk, argument: str) -> None:
    """`/pause`: take no orders until somebody resumes."""
    await _pause(desk, paused=True)


async def on_resume(desk: Desk, argument: str) -> None:
    """`/resume`"""
    await _pause(desk, paused=False)


async def on_pause_ordering(desk: Desk, tap: PauseOrdering) -> None:
    await _pause(desk, paused=bool(tap.paused))


async def want_board(books: Books, merchant_id: int) -> None:
    """Have the boards drawn soon, once for all that happens until then."""
    waiting = await books.find(
        Errand, kind=DRAW_BOARD, subject_id=merchant_id, state=ErrandState.WAITING, most=1
    )
    if not waiting:
        await send_on(books, DRAW_BOARD, merchant_id, timedelta(seconds=BOARD_EVERY_SECONDS))


async def show_boards(books: Books, house: House, merchant_id: int) -> None:
    """Bring the merchant's boards to how things stand: one at each place."""
    merchant = await find_merchant(books, merchant_id)
    places = await places_of(books, merchant)
    open_ = await open_cards(books, merchant_id)
    ordering = await ordering_of(books, merchant_id)
    door = door_at(await endings_of(books, merchant_id), books.now.astimezone(house.settings.timezone))
    for station_id, place in places.items():
        locale, orders = house.locale(await peer_of(books, place.chat_id)), open_.get(station_id, [])
        rows = [await _row(books, order, lines) for order, lines in orders[:MOST_ROWS]]
        first = await _first_rows(books, locale, merchant) if station_id == MAIN else []
        page = board_page(locale, rows, len(orders), ordering, door, first)
        await show(books, place.chat_id, BOARD, page, overview=True, thread_id=place.thread_id)


def board_page(
    locale: Locale, rows: Sequence[Row], count: int, ordering: Ordering, door: Door, first: Sequence[Markup]
) -> Page:
    """Return the board: whether orders are taken, who waits for staff, and orders, the oldest first."""
    title: list[str] = [locale.say("board-paused")] if ordering.paused else []
    title += [row] if (row := door_row(locale, door, "board")) else []
    title.extend(first)
    if count or not first:
        title.append(locale.say("board-title", count=count) if count else locale.say("board-empty"))
    told: list[str] = [
        locale.say(
            f"board-{row.status}",
            number=f"G-{row.order.id}", seat=row.seat, time=locale.time(row.order.placed_at), by=row.by,
        )
        for row in rows
    ]  # fmt: skip
    if count > len(rows):
        told.append(locale.say("board-more", count=count - len(rows)))
    word = "button-resume" if ordering.paused else "button-pause"
    look = Look.SUCCESS if ordering.paused else Look.PLAIN
    key = Key(locale.plain(word), PauseOrdering(0 if ordering.paused else 1), look=look)
    return Page("\n".join([*title, *told]), [[key]], quiet=True, name=BOARD, pinned=True)


async def _first_rows(books: Books, locale: Locale, merchant: Merchant) -> list[Markup]:
    """Return who waits for staff, as the main group's board says it before the orders."""
    waiting = [*await call_rows(books, locale, merchant), *await waiting_rows(books, locale, merchant)]
    return waiting[:MOST_ROWS]


async def _pause(desk: Desk, *, paused: bool) -> None:
    merchant = await merchant_here(desk)
    await require(desk.books, merchant.id, desk.doer, Right.PAUSE)
    before = await ordering_of(desk.books, merchant.id)
    if before.paused != paused:
        await desk.run(pause, Pause(merchant.id, paused))
        action = "pause" if paused else "resume"
        await note_deed(desk.books, merchant.id, action, "", desk.doer)
        await desk.say(Page((await desk.readers()).say(f"ordering-{action}", by=desk.peer.name), quiet=True))
    await show_boards(desk.books, desk.house, merchant.id)
    desk.toast = desk.locale.plain("ordering-paused-toast" if paused else "ordering-resumed-toast")


async def _row(books: Books, order: GoodsOrder, lines: Sequence[Line]) -> Row:
    visit = await books.get(Visit, order.brought_to)
    seat = await books.get(Seat, visit.seat_id) if visit else None
    deeds = deeds_about(await deeds_of(books, order.id), lines)
    by = deeds[-1].by_name if deeds else ""
    return Row(order, status_of(lines), seat.label if seat else order.seat, by)
