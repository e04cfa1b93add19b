"""What people are told when a visit, or the evening, comes to its end by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.buttons import AskToLeave, StillHere
from bot.desk import Desk
from bot.locales import Locale
from bot.pages import Key, Page
from core.endings import Door, Stage
from core.idle import StayOn, stay_on
from core.order_goods import GoodsOrder
from core.visit import Visit

MOST_NAMED = 20


async def on_still_here(desk: Desk, tap: StillHere) -> None:
    """Take the customer's word that they are still here."""
    await desk.run(stay_on, StayOn(tap.visit, desk.peer.id))
    desk.toast = desk.locale.plain("idle-stayed-toast")


def door_row(locale: Locale, door: Door, where: str) -> str:
    """Return a line about orders that end soon or are not taken at this hour, "" while all is open."""
    match door.stage:
        case Stage.LAST_ORDERS:
            assert door.orders_until is not None
            return locale.say(f"{where}-last-orders", until=locale.time(door.orders_until))
        case Stage.CLOSING:
            assert door.closes_at is not None
            return locale.say(f"{where}-closing", at=locale.time(door.closes_at))
        case Stage.CLOSED:
            return locale.say(f"{where}-closed", opens=door.opens_at)
        case Stage.OPEN:
            return ""


def still_here_page(locale: Locale, visit: Visit, merchant: str, ends_at: datetime | None) -> Page:
    """Return the question whether somebody is still here, and what happens if nobody answers."""
    word = "idle-asked" if ends_at else "idle-asked-only"
    text = locale.say(word, merchant=merchant, at=locale.time(ends_at) if ends_at else "")
    keys = [
        [Key(locale.plain("button-still-here"), StillHere(visit.id))],
        [Key(locale.plain("button-check-out"), AskToLeave())],
    ]
    return Page(text, keys, name="idle")


def answered_page(locale: Locale, word: str) -> Page:
    """Return what the question says once it needs no answer any more."""
    return Page(locale.say(word), quiet=True, name="idle")


def undelivered_text(locale: Locale, orders: Sequence[GoodsOrder], sweeps_at: datetime) -> str:
    """Return what staff read at closing time about what is not brought yet."""
    rows: list[str] = [locale.say("closing-undelivered", at=locale.time(sweeps_at))]
    rows += [
        locale.say("closing-order", number=f"G-{order.id}", seat=order.seat) for order in orders[:MOST_NAMED]
    ]
    if len(orders) > MOST_NAMED:
        rows.append(locale.say("board-more", count=len(orders) - MOST_NAMED))
    return "\n".join(rows)
