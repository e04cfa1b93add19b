"""The merchant's board: what is open, by age; pausing; and what happens when nobody answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.buttons import PauseOrdering, SetSilence
from bot.counter import merchant_here
from bot.desk import DRAW_BOARD, Desk
from bot.locales import Locale
from bot.outbox import show
from bot.pages import Key, Keyboard, Look, Page
from core.errand import Errand, ErrandState, send_on
from core.merchant import Merchant
from core.order_goods import GoodsOrder, LineState, lines_of, status_of
from core.ordering import CHOICES, Ordering, Pause, SetWait, Wait, ordering_of, pause, set_wait
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


async def on_settings(desk: Desk, argument: str) -> None:
    """`/settings`: what happens when nobody answers."""
    merchant = await merchant_here(desk)
    await require(desk.books, merchant.id, desk.doer, Right.SETTINGS)
    await _show_settings(desk, merchant, anew=True)


async def on_set_silence(desk: Desk, tap: SetSilence) -> None:
    """Choose a wait; pressing again changes nothing."""
    merchant = await merchant_here(desk)
    await require(desk.books, merchant.id, desk.doer, Right.SETTINGS)
    await desk.run(set_wait, SetWait(merchant.id, tap.wait, tap.value))
    await note_deed(desk.books, merchant.id, "settings", "", desk.doer)
    await _show_settings(desk, merchant)


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
    return board_page(locale, rows, len(orders), await ordering_of(books, merchant.id))


def board_page(locale: Locale, rows: Sequence[Row], count: int, ordering: Ordering) -> Page:
    """Return the board: the oldest order first, whether orders are taken, and the button that changes it."""
    title = [locale.say("board-paused")] if ordering.paused else []
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


def settings_page(locale: Locale, ordering: Ordering) -> Page:
    """Return what happens when nobody answers, with a row of choices for each."""
    rows = [locale.say("silence-title")]
    keys = Keyboard()
    for wait in Wait:
        value = getattr(ordering, wait.value)
        rows.append(locale.say(f"silence-{_word(wait)}", wait=_wait(locale, wait, value)))
        keys.row(
            *(
                Key(
                    _wait(locale, wait, each),
                    SetSilence(wait, each),
                    look=Look.PRIMARY if each == value else Look.PLAIN,
                )
                for each in CHOICES[wait]
            )
        )
    return Page("\n".join(rows), keys.rows, quiet=True)


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


async def _show_settings(desk: Desk, merchant: Merchant, *, anew: bool = False) -> None:
    page = settings_page(await desk.readers(), await ordering_of(desk.books, merchant.id))
    await show(desk.books, desk.place.chat_id, "settings", page, follows=anew)


async def _row(books: Books, order: GoodsOrder) -> Row:
    visit = await books.get(Visit, order.brought_to)
    seat = await books.get(Seat, visit.seat_id) if visit else None
    deed = await last_deed(books, order.id)
    status = status_of(await lines_of(books, order.id))
    return Row(order, status, seat.label if seat else order.seat, deed.by_name if deed else "")


def _word(wait: Wait) -> str:
    return wait.name.lower()


def _wait(locale: Locale, wait: Wait, value: int) -> str:
    """Return a wait as a button says it."""
    if not value:
        return locale.plain("silence-default" if wait is Wait.RELEASE else "silence-never")
    if wait is Wait.PAUSE:
        return locale.plain("silence-orders", count=str(value))
    if value % 60:
        return locale.plain("silence-seconds", count=str(value))
    return locale.plain("silence-minutes", count=str(value // 60))
