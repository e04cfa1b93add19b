"""The page that everything starts from, and the keys that lead back to it."""

from __future__ import annotations

from bot.admission import missing_here, missing_row, type_code_key
from bot.buttons import (
    AskToLeave,
    CallToSeat,
    ChooseLanguage,
    ChooseTopUp,
    GoHome,
    OpenMenu,
    OpenMyAccount,
    OpenTable,
    SameAgain,
    ShowBalance,
    ShowHelp,
)
from bot.desk import Desk, seat_of
from bot.endings import door_row
from bot.pages import Key, Keyboard, Look, Page
from core.dispute import held_by_disputes
from core.endings import door_at, endings_of
from core.ledger import Standing, wallet
from core.merchant import find_merchant
from core.open_account import Customer
from core.order_goods import GoodsOrder, last_order
from core.presence import Admission
from core.seat import Seat
from core.visit import Visit

HOME = "home"


async def home(desk: Desk, notice: str = "") -> Page:
    """Return where the person is, what they can spend and what they can do.

    *notice* is HTML that is to be read first.
    """
    customer = await desk.books.get(Customer, desk.peer.id)
    if customer is None:
        return await _newcomers_page(desk, notice)
    visit = await desk.visit()
    purse = await desk.books.standing(wallet(customer.id, await desk.currency()))
    money = desk.locale.say("home-wallet", available=purse.available)
    rows = [money, *(await held_rows(desk, purse))]
    missing = await missing_here(desk, visit)
    before = missing_row(desk, missing) if missing else ""
    parts = (notice, await _where(desk, visit), before, "\n".join(rows))
    last = await last_order(desk.books, customer.id, visit.merchant_id) if visit else None
    return Page("\n\n".join(filter(None, parts)), home_keys(desk, visit, last, missing).rows, name=HOME)


async def held_rows(desk: Desk, purse: Standing) -> list[str]:
    """Return what is set aside in the wallet, for orders and because of disputes."""
    if not purse.held:
        return []
    disputed = await held_by_disputes(desk.books, desk.peer.id, purse.held.currency)
    ordered, say = purse.held - disputed, desk.locale.say
    rows: list[str] = [say("home-held", held=ordered)] if ordered else []
    return [*rows, say("home-disputed", held=disputed)] if disputed else rows


def home_keys(
    desk: Desk, visit: Visit | None, last: GoodsOrder | None, missing: Admission | None
) -> Keyboard:
    """Return what can be done now, the likeliest first. *missing* is what has to be shown before ordering."""
    label = desk.locale.plain
    keys = Keyboard().row(type_code_key(desk, missing))
    if last:
        keys.row(Key(label("button-same-again"), SameAgain(last.id)))
    if visit:
        keys.row(Key(label("button-order"), OpenMenu(), look=Look.PRIMARY))
    keys.row(Key(label("button-top-up"), ChooseTopUp()), Key(label("button-balance"), ShowBalance()))
    call = Key(label("button-call-staff"), CallToSeat()) if visit and not missing else None
    keys.row(call, Key(label("button-table"), OpenTable()) if visit else None)
    leave = Key(label("button-check-out"), AskToLeave()) if visit else None
    return keys.row(leave, Key(label("button-help"), ShowHelp()))


async def _newcomers_page(desk: Desk, notice: str) -> Page:
    """Return how to begin: by opening an account where a seat was scanned, else by scanning one."""
    if seat := await desk.scanned_seat():
        return await greeting_page(desk, seat, notice)
    word = "open-account-admin" if desk.is_admin else "open-account-no-seat"
    text = desk.locale.say(word, name=desk.peer.name)
    return Page(f"{notice}\n\n{text}".strip(), Keyboard().row(language_key(desk)).rows)


async def greeting_page(desk: Desk, seat: Seat, notice: str = "") -> Page:
    """Return what a newcomer at a seat reads."""
    merchant = await find_merchant(desk.books, seat.merchant_id)
    say, label, terms = desk.locale.say, desk.locale.plain, desk.house.settings.terms_url
    greeting = say("open-account-greeting", name=desk.peer.name, merchant=merchant.name, seat=seat.label)
    keys = Keyboard().row(Key(label("button-open-account"), OpenMyAccount(), look=Look.PRIMARY))
    keys.row(Key(label("button-terms"), url=terms) if terms else None, language_key(desk))
    return Page(f"{notice}\n\n{greeting}\n\n{say('open-account-terms')}".strip(), keys.rows)


def back_key(desk: Desk) -> Key:
    return Key(desk.locale.plain("button-back"), GoHome())


def language_key(desk: Desk) -> Key:
    return Key(desk.locale.plain("button-language"), ChooseLanguage())


async def _where(desk: Desk, visit: Visit | None) -> str:
    if visit is None:
        return desk.locale.say("home-no-seat")
    merchant = await find_merchant(desk.books, visit.merchant_id)
    seat = await seat_of(desk.books, visit)
    door = door_at(await endings_of(desk.books, merchant.id), desk.wall_clock)
    rows = [desk.locale.say("home-seat", merchant=merchant.name, seat=seat.label)]
    return "\n".join(filter(None, [*rows, door_row(desk.locale, door, "home")]))
