"""Payments that match nothing of ours: what admins see of them, and decide."""

from __future__ import annotations

import re

from bot.buttons import ConfirmStray, CreditPayer, ReturnStray
from bot.desk import Desk
from bot.locales import Locale
from bot.outbox import show
from bot.pages import Key, Keyboard, Page
from bot.people import Peer
from core.errors import NotAllowed, StrayUnknown
from core.open_account import Customer
from core.ports import Books
from core.stray import (
    CaseState,
    ConfirmCredit,
    ProposeCredit,
    SendStrayBack,
    StrayCase,
    confirm_credit,
    propose_credit,
    send_stray_back,
    stray_and_case,
)
from core.top_up import Stray, TopUp

STRAYS_SHOWN = 20


async def on_strays(desk: Desk, argument: str) -> None:
    """`/strays`: those in suspense, each with what can be done, and how many there are."""
    ended = await desk.books.find(StrayCase, state=(CaseState.BACK, CaseState.CREDITED))
    gone = {case.stray_id for case in ended}
    waiting = [stray for stray in await desk.books.find(Stray) if stray.id not in gone]
    await desk.say(Page(desk.locale.say("admin-strays", count=len(waiting))))
    for stray in waiting[:STRAYS_SHOWN]:
        page = await stray_page(desk.books, desk.locale, stray.id)
        await show(desk.books, desk.peer.id, f"stray:{stray.id}", page, follows=True)


async def on_credit(desk: Desk, argument: str) -> None:
    """`/credit S-1 T-12`: propose that a stray be credited to whom a top-up, or a number, names."""
    match = re.fullmatch(r"\s*S?-?(\d{1,15})\s+(T-?)?(\d{1,15})\s*", argument.upper())
    if match is None:
        raise StrayUnknown(argument.strip()[:20])
    stray, case = await stray_and_case(desk.books, int(match[1]))
    customer_id = int(match[3])
    if match[2]:
        order = await desk.books.get(TopUp, customer_id)
        if order is None:
            raise StrayUnknown(argument.strip()[:20])
        customer_id = order.customer_id
    await _propose(desk, stray.id, case.version, customer_id)
    await desk.say(Page(desk.locale.say("admin-stray-proposed-toast")))


async def on_credit_payer(desk: Desk, tap: CreditPayer) -> None:
    """Propose that a stray be credited to whoever paid it."""
    _admins_only(desk)
    stray, _ = await stray_and_case(desk.books, tap.stray)
    await _propose(desk, stray.id, tap.version, stray.payer_id)
    desk.toast = desk.locale.plain("admin-stray-proposed-toast")


async def on_return_stray(desk: Desk, tap: ReturnStray) -> None:
    """Send a stray back to where it came from."""
    _admins_only(desk)
    await desk.run(send_stray_back, SendStrayBack(tap.stray, tap.version), key=f"{tap.stray}:{tap.version}")
    desk.toast = desk.locale.plain("admin-stray-going-toast")


async def on_confirm_stray(desk: Desk, tap: ConfirmStray) -> None:
    """Confirm, as another admin, whose wallet a stray goes to."""
    _admins_only(desk)
    ask = ConfirmCredit(tap.stray, tap.version, desk.peer.id, desk.peer.name)
    await desk.run(confirm_credit, ask, key=f"{tap.stray}:{tap.version}:{desk.peer.id}")
    desk.toast = desk.locale.plain("admin-stray-confirmed-toast")


async def stray_page(books: Books, locale: Locale, stray_id: int) -> Page:
    """Return how a stray stands: what can be done about it, or what came of it."""
    stray, case = await stray_and_case(books, stray_id)
    rows: list[str] = [
        locale.say(
            f"admin-stray-{case.state}",
            number=f"S-{stray.id}",
            amount=stray.amount,
            payer=await _name(books, stray.payer_id),
            customer=await _name(books, case.customer_id or 0),
            gateway=stray.gateway,
            charge=stray.charge,
        )
    ]
    keys = Keyboard()
    if case.state is CaseState.WAITING:
        rows += [locale.say("admin-stray-refused", reason=case.reason)] if case.reason else []
        keys.row(Key(locale.plain("button-return-stray"), ReturnStray(stray.id, case.version)))
        if case.proposed_by is not None:
            customer = await _name(books, case.customer_id or 0)
            rows.append(locale.say("admin-stray-proposed", name=case.proposed_name, customer=customer))
            label = locale.plain("button-confirm-stray")
            keys.row(Key(label, ConfirmStray(stray.id, case.version)))
        elif await books.get(Customer, stray.payer_id):
            keys.row(Key(locale.plain("button-credit-payer"), CreditPayer(stray.id, case.version)))
    return Page("\n".join(rows), keys.rows, name="stray")


async def _propose(desk: Desk, stray_id: int, version: int, customer_id: int) -> None:
    ask = ProposeCredit(stray_id, version, customer_id, desk.peer.id, desk.peer.name)
    await desk.run(propose_credit, ask)


async def _name(books: Books, person_id: int) -> str:
    """Return what somebody is called, as far as that is known."""
    peer = await books.get(Peer, person_id)
    return peer.name if peer else str(person_id or "?")


def _admins_only(desk: Desk) -> None:
    if not desk.is_admin:
        raise NotAllowed
