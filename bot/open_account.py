"""Step 1 in the chat: greet whoever scanned a seat's code, and open their account."""

from __future__ import annotations

from dataclasses import replace

from bot.buttons import ChooseLanguage, GoHome, OpenMyAccount, SetLanguage
from bot.desk import LANGUAGES, Desk
from bot.home import back_key, home, language_key, no_seat_page
from bot.pages import Key, Keyboard, Look, Page
from core.merchant import find_merchant
from core.open_account import Customer, OpenAccount, open_account
from core.seat import Seat, seat_by_token
from core.visit import SitDown, sit_down


async def on_start(desk: Desk, token: str) -> None:
    """`/start`, with the token of a seat if its code was scanned."""
    await desk.expect("")
    customer = await desk.books.get(Customer, desk.peer.id)
    if not token:
        await desk.show(await home(desk) if customer else no_seat_page(desk))
        return
    seat = await seat_by_token(desk.books, token)
    if customer is None:
        await desk.expect(f"seat:{seat.id}")
        await desk.show(await greeting_page(desk, seat))
        return
    await _sit_down(desk, token)
    await desk.show(await home(desk))


async def on_open_my_account(desk: Desk, tap: OpenMyAccount) -> None:
    """Open the account and sit down at the seat that was scanned."""
    scanned = await _scanned_seat(desk)
    ask = OpenAccount(desk.peer.id, desk.peer.name, desk.house.gateway)
    await desk.run(open_account, ask, key=str(desk.peer.id))
    if scanned:
        await _sit_down(desk, scanned.token)
    await desk.show(await home(desk, desk.locale.say("open-account-done")))


async def on_go_home(desk: Desk, tap: GoHome) -> None:
    """Show home, and forget what a text would have been taken for."""
    await desk.expect("")
    await desk.show(await home(desk))


async def on_choose_language(desk: Desk, tap: ChooseLanguage) -> None:
    await desk.show(language_page(desk))


async def on_set_language(desk: Desk, tap: SetLanguage) -> None:
    """Speak the chosen language from now on."""
    if tap.language in LANGUAGES:
        desk.peer = replace(desk.peer, chosen_language=tap.language)
        await desk.books.save(desk.peer)
    scanned = await _scanned_seat(desk)
    account = await desk.books.get(Customer, desk.peer.id)
    fresh = await greeting_page(desk, scanned) if scanned and not account else await home(desk)
    await desk.show(fresh)


async def greeting_page(desk: Desk, seat: Seat) -> Page:
    """Return what a newcomer at a seat reads."""
    merchant = await find_merchant(desk.books, seat.merchant_id)
    greeting = desk.locale.say(
        "open-account-greeting", name=desk.peer.name, merchant=merchant.name, seat=seat.label
    )
    label, terms = desk.locale.plain, desk.house.settings.terms_url
    keys = Keyboard().row(Key(label("button-open-account"), OpenMyAccount(), look=Look.PRIMARY))
    keys.row(Key(label("button-terms"), url=terms) if terms else None, language_key(desk))
    return Page(f"{greeting}\n\n{desk.locale.say('open-account-terms')}", keys.rows)


def language_page(desk: Desk) -> Page:
    """Return the choice of languages, each in its own words."""
    keys = Keyboard()
    for code, name in LANGUAGES.items():
        keys.row(Key(name, SetLanguage(code)))
    return Page(desk.locale.say("language-choose"), keys.row(back_key(desk)).rows)


async def _sit_down(desk: Desk, token: str) -> None:
    visit_id = await desk.run(sit_down, SitDown(desk.peer.id, token))
    desk.peer = replace(desk.peer, visit_id=visit_id, expects="")
    await desk.books.save(desk.peer)


async def _scanned_seat(desk: Desk) -> Seat | None:
    """Return the seat that was scanned before there was an account; no button can name one."""
    what, _, seat_id = desk.peer.expects.partition(":")
    seat = await desk.books.get(Seat, int(seat_id)) if what == "seat" else None
    return seat if seat and not seat.retired_at else None
