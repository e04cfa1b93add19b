"""What is done later or outside a transaction: timers, gateway calls, files to fetch and to draw."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.desk import (
    DRAW_BOARD,
    DRAW_CHARGE,
    DRAW_EVIDENCE,
    DRAW_PARTY,
    DRAW_SEAT,
    DRAW_SEATS,
    FETCH_MENU,
    FETCH_PHOTO,
    RECONCILE,
    SEND_MENU,
    TELL_TODAY,
    WARN_WINDOW,
)
from bot.errands import calls, drawings, figures, menu_file, reconcile, timers, waiting
from bot.errands.reconcile import RECONCILE_ALL
from bot.errands.timers import FORGET_BODIES
from bot.errands.work import Work
from core.errand import (
    APPLY_FACT,
    ASK_CHARGE,
    ASK_REFUND,
    END_VISIT,
    ESCALATE_CASE,
    EXPIRE_ORDER,
    EXPIRE_TOP_UP,
    IDENTIFY_PAYER,
    KEEP_HOURS,
    LAPSE_GIFT,
    LAPSE_PROPOSAL,
    OPEN_BINDING,
    OPEN_CHARGE,
    PLACE_WAITING,
    PRESS_CALL,
    PRESS_SEAT,
    RESCUE_REFUND,
    RESOLVE_STRAY,
    SEND_REFUND,
    SETTLE_PROMISE,
    WATCH_VISIT,
    Errand,
)

WORK: dict[str, Callable[[Work, Errand], Awaitable[None]]] = {
    EXPIRE_TOP_UP: timers.on_expire_top_up,
    SETTLE_PROMISE: timers.on_settle_promise,
    EXPIRE_ORDER: timers.on_expire_order,
    PRESS_CALL: timers.on_press_call,
    PRESS_SEAT: timers.on_press_seat,
    WATCH_VISIT: timers.on_watch_visit,
    KEEP_HOURS: timers.on_keep_hours,
    END_VISIT: timers.on_end_visit,
    ESCALATE_CASE: timers.on_escalate_case,
    LAPSE_GIFT: timers.on_lapse_gift,
    LAPSE_PROPOSAL: timers.on_lapse_proposal,
    PLACE_WAITING: waiting.place_waiting,
    OPEN_CHARGE: calls.open_charge,
    ASK_CHARGE: calls.ask_charge,
    SEND_REFUND: calls.send_refund,
    ASK_REFUND: calls.ask_refund,
    RESCUE_REFUND: calls.rescue_refund,
    RESOLVE_STRAY: calls.resolve_stray,
    IDENTIFY_PAYER: calls.identify_payer,
    OPEN_BINDING: calls.open_binding,
    APPLY_FACT: calls.apply_fact,
    DRAW_CHARGE: drawings.draw_charge,
    WARN_WINDOW: timers.on_warn_window,
    FETCH_MENU: menu_file.fetch_menu,
    SEND_MENU: menu_file.send_menu,
    FETCH_PHOTO: menu_file.fetch_photo,
    DRAW_SEATS: drawings.draw_seats,
    DRAW_SEAT: drawings.draw_seat,
    DRAW_PARTY: drawings.draw_party,
    TELL_TODAY: figures.tell_today,
    DRAW_BOARD: drawings.draw_board,
    RECONCILE: reconcile.reconcile,
    RECONCILE_ALL: reconcile.reconcile_all,
    DRAW_EVIDENCE: drawings.draw_evidence,
    FORGET_BODIES: timers.on_forget_bodies,
}
