"""The merchant's board: what is open, by age, and whether orders are taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.buttons import PauseOrdering
from bot.counter import merchant_here
from bot.desk import DRAW_BOARD, Desk
from bot.endings import door_row
from bot.locales import Locale
from bot.outbox import show
from bot.pages import Key, Look, Page
from core.endings import Door, door_at, endings_of
from core.errand import Errand, ErrandState, send_on
from core.merchant import Merchant
from core.order_goods import GoodsOrder, LineState, lines_of, status_of
from core.ordering import Ordering, Pause, ordering_of, pause
from core.ports import Books
from core.seat import Seat
from core.serve import last_deed
from core.staff import Right, note_deed, require
from core.visit import Visit

BOARD = "board"
BOARD_EVERY_SECONDS = 20
MOST_ROWS = 30


@dataclass(frozen=True, slots=True)
class Row:
    """An open order: where it goes, how far it is, and who did something about it last."""

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
    """Have the board drawn soon, once for all that happens until then."""
    waiting = await books.find(
        Errand, kind=DRAW_BOARD, subject_id=merchant_id, state=ErrandState.WAITING, most=1
    )
    if not waiting:
        await send_on(books, DRAW_BOARD, merchant_id, timedelta(seconds=BOARD_EVERY_SECONDS))


async def board_of(books: Books, locale: Locale, merchant: Merchant) -> Page:
    """Return the board as it stands."""
    orders = await books.find(GoodsOrder, merchant_id=merchant.id, is_open=True)
    rows = [await _row(books, order) for order in orders[:MOST_ROWS]]
    door = door_at(await endings_of(books, merchant.id), books.now.astimezone(locale.timezone))
    return board_page(locale, rows, len(orders), await ordering_of(books, merchant.id), door)


def board_page(locale: Locale, rows: Sequence[Row], count: int, ordering: Ordering, door: Door) -> Page:
    """Return the board: the oldest order first, whether orders are taken, and the button that changes it."""
    title: list[str] = [locale.say("board-paused")] if ordering.paused else []
    title += [row] if (row := door_row(locale, door, "board")) else []
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


async def _pause(desk: Desk, *, paused: bool) -> None:
    merchant = await merchant_here(desk)
    await require(desk.books, merchant.id, desk.doer, Right.PAUSE)
    before = await ordering_of(desk.books, merchant.id)
    if before.paused != paused:
        await desk.run(pause, Pause(merchant.id, paused))
        action = "pause" if paused else "resume"
        await note_deed(desk.books, merchant.id, action, "", desk.doer)
        await desk.say(Page((await desk.readers()).say(f"ordering-{action}", by=desk.peer.name), quiet=True))
    locale = await desk.readers()
    page = await board_of(desk.books, locale, merchant)
    await show(desk.books, desk.place.chat_id, BOARD, page, overview=True)
    desk.toast = desk.locale.plain("ordering-paused-toast" if paused else "ordering-resumed-toast")


async def _row(books: Books, order: GoodsOrder) -> Row:
    visit = await books.get(Visit, order.visit_id)
    seat = await books.get(Seat, visit.seat_id) if visit else None
    deed = await last_deed(books, order.id)
    status = status_of(await lines_of(books, order.id))
    return Row(order, status, seat.label if seat else order.seat, deed.by_name if deed else "")
