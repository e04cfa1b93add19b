"""Step 1 in the chat: greet whoever scanned a seat's code, and open their account."""

from __future__ import annotations

from dataclasses import replace

from bot.admission import expect_code, missing_here, type_code_key, type_code_page
from bot.buttons import ChooseLanguage, GoHome, OpenMyAccount, SetLanguage, TypeCode
from bot.counter.staff import join
from bot.desk import JOIN, LANGUAGES, PARTY_LINK, Desk
from bot.home import back_key, home
from bot.pages import Key, Keyboard, Page
from bot.party import join_table
from core.open_account import Customer, OpenAccount, open_account
from core.presence import AdmissionState, EnterCode, admission_of, enter_code, tries_left
from core.seat import seat_by_token
from core.visit import SitDown, sit_down


async def on_start(desk: Desk, token: str) -> None:
    """`/start`, with a seat's token if its code was scanned, or the code of a staff's or a table's link."""
    await desk.expect("")
    if token.startswith(JOIN):
        await join(desk, token.removeprefix(JOIN))
        return
    if token.startswith(PARTY_LINK):
        await join_table(desk, token.removeprefix(PARTY_LINK))
        return
    if token:
        seat = await seat_by_token(desk.books, token)
        if await desk.books.get(Customer, desk.peer.id):
            await _sit_down(desk, token)
        else:
            await desk.expect(f"seat:{seat.id}")
    await desk.show(await home(desk))


async def on_open_my_account(desk: Desk, tap: OpenMyAccount) -> None:
    """Open the account and sit down at the seat that was scanned."""
    scanned = await desk.scanned_seat()
    ask = OpenAccount(desk.peer.id, desk.peer.name, desk.house.gateways.first)
    await desk.run(open_account, ask, key=str(desk.peer.id))
    if scanned:
        await _sit_down(desk, scanned.token)
    await desk.show(await home(desk, desk.locale.say("open-account-done")))


async def on_type_code(desk: Desk, tap: TypeCode) -> None:
    """Ask for the code of the moment, where one is due."""
    missing = await missing_here(desk, await desk.visit())
    await desk.show(await (type_code_page(desk) if type_code_key(desk, missing) else home(desk)))


async def on_typed_code(desk: Desk, visit_id: int, text: str) -> None:
    """Try the code that was typed: with the right one the event shows how to go on, a wrong one is said."""
    state = await desk.run(enter_code, EnterCode(visit_id, desk.peer.id, text))
    admission = await admission_of(desk.books, visit_id)
    left = tries_left(admission, desk.books.now) if admission else 0
    await desk.expect("")
    if state == AdmissionState.WAITING and left:
        await desk.show(await type_code_page(desk, desk.locale.say("admission-wrong-code", left=left)))
    elif state != AdmissionState.ADMITTED:
        await desk.show(await home(desk))


async def on_go_home(desk: Desk, tap: GoHome) -> None:
    """Show home, and forget what a text would have been taken for; a code that is due can be typed there."""
    await desk.expect("")
    await expect_code(desk)
    await desk.show(await home(desk))


async def on_choose_language(desk: Desk, tap: ChooseLanguage) -> None:
    await desk.show(language_page(desk))


async def on_set_language(desk: Desk, tap: SetLanguage) -> None:
    """Speak the chosen language from now on."""
    if tap.language in LANGUAGES:
        desk.peer = replace(desk.peer, chosen_language=tap.language)
        await desk.books.save(desk.peer)
    await desk.show(await home(desk))


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
    await expect_code(desk)
