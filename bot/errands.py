"""What is done later or outside a transaction: timers, gateway calls, files to fetch and to draw."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any, TypeVar

from telegram import Bot
from telegram.error import TelegramError

from bot.board import show_boards
from bot.clock import Clock
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
    SCREEN,
    SEND_MENU,
    TELL_TODAY,
    WARN_WINDOW,
    Desk,
    House,
)
from bot.dispatch import forget_bodies, last_heard
from bot.enter import confirm_entered
from bot.evidence import Evidence, gather, print_evidence
from bot.figures import figures_text
from bot.gateways import calls
from bot.home import home
from bot.locales import Locale
from bot.order_goods import place_order
from bot.outbox import Attachment, bring_down, say, show
from bot.pages import Page, Parcel
from bot.people import Peer, peer_of
from bot.reconcile import (
    ask_for_lines,
    differences_csv,
    hours_of,
    keep_lines,
    latest_day,
    next_morning,
    summary_text,
)
from bot.refusals import sentence, show_refusal
from bot.seat_codes import SeatCode, draw_picture, pack_pictures, print_sheet
from bot.telegram.arrivals import Place
from bot.tell import (
    press_about_call,
    press_about_seat,
    press_staff,
    tell_admins,
    tell_all,
    warn_window,
)
from core.case import EscalateCase, escalate_case
from core.charge import ChargeState, charge_with
from core.check_out import Cause
from core.closing import KeepHours, keep_hours
from core.draft import Draft, DraftKind
from core.end_visit import EndVisit, GatewayRules, end_visit
from core.endings import Moment
from core.enter import EndProposal, Proposal, ProposalState, end_proposal
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
    ErrandState,
    send_on,
)
from core.errors import LastOrdersOver, NotOpenNow, Refusal
from core.gateway import GatewayAway
from core.gift import EndGift, GiftState, end_gift
from core.idle import WatchVisit, watch_visit
from core.menu import LoadMenu, MenuItem, SetPhoto, load_menu, menu_of, set_photo
from core.menu_file import MenuFile, read_menu, write_menu
from core.merchant import find_merchant
from core.ordering import Step
from core.party import Party
from core.ports import Books, NoneOf, Store
from core.promotion import SettlePromise, settle_promise
from core.reconcile import Reconciliation
from core.reports import Reports
from core.seat import Seat, seats_of
from core.serve import ExpireOrder, expire_order
from core.top_up import ExpireTopUp, expire_top_up
from core.visit import Visit, VisitState

log = logging.getLogger(__name__)

T = TypeVar("T")

AT_ONCE = 8
CALLS_AT_ONCE = 64
LONG_MENU = 500
ATTEMPTS = 5
RETRY_SECONDS = (2, 10, 60, 300)
FORGET_BODIES = "forget_bodies"
FORGET_EVERY = timedelta(hours=1)
RECONCILE_ALL = "reconcile_all"
ASK_LEDGER_AGAIN = timedelta(hours=1)
LINES_AT_ONCE = 50
OWED = (
    SEND_REFUND, ASK_REFUND, RESCUE_REFUND, EXPIRE_ORDER, OPEN_CHARGE, ASK_CHARGE, EXPIRE_TOP_UP, APPLY_FACT,
    RECONCILE, SETTLE_PROMISE, RESOLVE_STRAY, WATCH_VISIT, KEEP_HOURS, END_VISIT, ESCALATE_CASE, LAPSE_GIFT,
    LAPSE_PROPOSAL,
)  # fmt: skip
"""What is never given up for good: after a restart it is tried again."""
CALLS = (
    OPEN_CHARGE, ASK_CHARGE, OPEN_BINDING, APPLY_FACT, IDENTIFY_PAYER, SEND_REFUND, ASK_REFUND,
    RESCUE_REFUND, RESOLVE_STRAY, RECONCILE,
)  # fmt: skip
"""What waits for gateways most of its time. It has room of its own, and much of it: a provider that is silent
holds up neither what is ours to do nor the other providers.
"""

Work = Callable[[Books], Awaitable[Any]]


@dataclass(slots=True)
class Errands:
    """Does what is due; `wake` it when there is more to do."""

    store: Store
    bot: Bot
    house: House
    reports: Reports
    clock: Clock
    told: Callable[[], None]
    """Called when something was wanted said."""
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _busy: dict[int, Errand] = field(default_factory=dict)
    _resting: bool = False
    _artist: ProcessPoolExecutor | None = None

    def wake(self) -> None:
        self._woken.set()

    @property
    def idle(self) -> bool:
        """Whether nothing is being done at this moment."""
        return self._resting and not self._busy and not self._woken.is_set()

    async def run(self) -> None:
        """Do errands until cancelled; those that a crash interrupted come first."""
        await self.store.run(partial(_resume, house=self.house))
        try:
            async with asyncio.TaskGroup() as attempts:
                while True:
                    self._woken.clear()
                    until = await self._start_what_is_due(attempts)
                    self._resting = True
                    await self.clock.wait(self._woken, until)
                    self._resting = False
        finally:
            await self._send_artist_home()

    async def _start_what_is_due(self, attempts: asyncio.TaskGroup) -> datetime | None:
        """Start what is due, as far as there is room; return when to look again, None for when woken."""
        now = self.clock.now()
        while room := self._room():
            found = await self.store.run(partial(_next, busy=(*self._busy,), room=room))
            for errand in found:
                if errand.due_at > now:
                    return errand.due_at
                if not self._has_room(errand.kind):
                    break  # look again for the others
                self._busy[errand.id] = errand
                attempts.create_task(self._attempt(errand))
            else:
                if len(found) <= AT_ONCE:
                    return None
        return None  # the first that ends wakes us

    def _has_room(self, kind: str) -> bool:
        is_call = kind in CALLS
        busy = [each for each in self._busy.values() if (each.kind in CALLS) is is_call]
        return len(busy) < (CALLS_AT_ONCE if is_call else AT_ONCE)

    def _room(self) -> dict[str, Any]:
        """Return of which kinds more can be started, as a condition; nothing if of none."""
        calls, others = self._has_room(OPEN_CHARGE), self._has_room(EXPIRE_ORDER)
        if calls and others:
            return {"state": ErrandState.WAITING}
        if calls or others:
            return {"state": ErrandState.WAITING, "kind": CALLS if calls else NoneOf(CALLS)}
        return {}

    async def _attempt(self, errand: Errand) -> None:
        """Do one errand; what fails is tried again, ever more slowly, and then given up and seen."""
        try:
            await self._do(errand)
        except Exception:
            log.exception("errand_failed kind=%s id=%s", errand.kind, errand.id)
            await self.try_later(errand)
        finally:
            del self._busy[errand.id]
            self.wake()
            self.told()

    async def try_later(self, errand: Errand) -> None:
        await self.store.run(partial(_try_later, house=self.house, errand_id=errand.id))

    async def _do(self, errand: Errand) -> None:
        await _WORK[errand.kind](self, errand)

    async def _expire_top_up(self, errand: Errand) -> None:
        await self.command(errand, expire_top_up, ExpireTopUp(errand.subject_id))

    async def _settle_promise(self, errand: Errand) -> None:
        await self.command(errand, settle_promise, SettlePromise(errand.subject_id))

    async def _lapse_gift(self, errand: Errand) -> None:
        """Release what was offered and nobody has taken."""
        await self.command(errand, end_gift, EndGift(errand.subject_id, GiftState.LAPSED))

    async def _lapse_proposal(self, errand: Errand) -> None:
        """Drop what staff entered and the customer has not confirmed."""

        async def lapse(books: Books) -> None:
            proposal = await books.get(Proposal, errand.subject_id)
            visit = await books.get(Visit, proposal.visit_id) if proposal else None
            assert proposal is not None
            assert visit is not None
            currency = (await find_merchant(books, visit.merchant_id)).currency
            ask = EndProposal(proposal.customer_id, currency, proposal.id, ProposalState.LAPSED)
            await books.once(f"errand:{errand.id}", end_proposal, ask)

        await self.finish(errand, lapse)

    async def _expire_order(self, errand: Errand) -> None:
        """Ping, alert, and in the end release an order that nobody answers."""
        if errand.body == Step.RELEASE:
            await self.command(errand, expire_order, ExpireOrder(errand.subject_id))
        else:
            step = Step(errand.body)
            await self.finish(errand, lambda books: press_staff(books, self.house, errand.subject_id, step))

    async def _press_call(self, errand: Errand) -> None:
        """Ping, then alert, about a call that nobody takes."""
        step = Step(errand.body)
        await self.finish(errand, lambda books: press_about_call(books, self.house, errand.subject_id, step))

    async def _press_seat(self, errand: Errand) -> None:
        """Ping, then alert, about somebody whom nobody lets in."""
        step = Step(errand.body)
        await self.finish(errand, lambda books: press_about_seat(books, self.house, errand.subject_id, step))

    # Endings

    async def _watch_visit(self, errand: Errand) -> None:
        """See whether anything goes on at a visit; what its customer wrote or tapped counts, too."""

        async def watch(books: Books) -> None:
            visit = await books.get(Visit, errand.subject_id)
            assert visit is not None
            seen_at = await last_heard(books, visit.customer_id)
            ask = WatchVisit(visit.id, int(errand.body), seen_at)
            await books.once(f"errand:{errand.id}", watch_visit, ask)

        await self.finish(errand, watch)

    async def _keep_hours(self, errand: Errand) -> None:
        version, _, moment = errand.body.partition(":")
        zone = self.house.settings.timezone.key
        ask = KeepHours(errand.subject_id, int(version), Moment(moment), zone)
        await self.command(errand, keep_hours, ask)

    async def _end_visit(self, errand: Errand) -> None:
        """Check a visit out without its customer; gateways that are off take nothing back."""
        cause, _, version = errand.body.partition(":")
        rules = tuple(GatewayRules(each.name, each.capabilities) for each in self.house.gateways)
        zone = self.house.settings.timezone.key
        ask = EndVisit(errand.subject_id, Cause(cause), int(version or 0), rules, zone)
        await self.command(errand, end_visit, ask)

    async def _escalate_case(self, errand: Errand) -> None:
        await self.command(errand, escalate_case, EscalateCase(errand.subject_id))

    async def _draw_board(self, errand: Errand) -> None:
        await self.finish(errand, lambda books: show_boards(books, self.house, errand.subject_id))

    async def finish(self, errand: Errand, work: Work) -> None:
        """Do *work*, tell what came of it and mark the errand done, in one transaction."""

        async def finish(books: Books) -> None:
            await work(books)
            await books.save(replace(errand, state=ErrandState.DONE))

        await self.do_and_tell(finish)

    async def do_and_tell(self, work: Callable[[Books], Awaitable[T]]) -> T:
        """Do *work* and tell what came of it, in one transaction."""

        async def do(books: Books) -> T:
            done = await work(books)
            await tell_all(books, self.house)
            return done

        return await self.store.run(do)

    async def command(self, errand: Errand, command: Callable[[Books, T], Awaitable[int]], ask: T) -> None:
        await self.finish(errand, lambda books: books.once(f"errand:{errand.id}", command, ask))

    # Orders that waited for money

    async def _place_waiting(self, errand: Errand) -> None:
        await self.finish(errand, lambda books: self._place(books, errand))

    async def _place(self, books: Books, errand: Errand) -> None:
        """Order a cart that waited for money, or leave the money in the wallet and ask."""
        cart = await books.get(Draft, errand.subject_id)
        assert cart is not None
        assert cart.visit_id is not None
        peer = await peer_of(books, cart.customer_id)
        desk = Desk(books, self.house, peer, Place(peer.id, is_private=True), f"errand:{errand.id}")
        visit = await books.get(Visit, cart.visit_id)
        assert visit is not None
        if visit.state is not VisitState.OPEN:
            await desk.show(await home(desk, desk.locale.say("order-visit-over")))
            return
        merchant = await find_merchant(books, visit.merchant_id)
        try:
            order = confirm_entered if cart.kind is DraftKind.ENTERED else place_order
            await order(desk, merchant, cart.id, int(errand.body))
        except (NotOpenNow, LastOrdersOver) as closed:
            told = sentence(desk.locale, closed), desk.locale.say("order-money-kept")
            await desk.show(await home(desk, "\n".join(told)))
        except Refusal as refusal:
            await show_refusal(desk, refusal, None)

    # Files and figures

    async def _fetch_menu(self, errand: Errand) -> None:
        content = await self._fetch(errand)
        if content is None:
            return
        lines = content.count(b"\n")
        try:
            menu = await self._read_menu(errand, content, lines)
        except Refusal as refused:
            refusal = refused
            await self.finish(errand, lambda books: self._refuse_menu(books, errand, refusal))
            return
        await self.finish(errand, lambda books: self._load_menu(books, errand, menu))

    async def _fetch(self, errand: Errand) -> bytes | None:
        """Fetch the file that an errand names; None if it was said that it cannot be had."""
        try:
            file = await self.bot.get_file(json.loads(errand.body)["file_id"])
            return bytes(await file.download_as_bytearray())
        except TelegramError:
            if errand.attempts + 1 < ATTEMPTS:
                raise
            await self._answer(errand, "admin-file-lost")
            return None

    async def _fetch_photo(self, errand: Errand) -> None:
        """Keep a photo, and show its item with it from now on."""
        content = await self._fetch(errand)
        if content is not None:
            await self.finish(errand, lambda books: self._set_photo(books, errand, content))

    async def _set_photo(self, books: Books, errand: Errand, content: bytes) -> None:
        item = await books.get(MenuItem, errand.subject_id)
        assert item is not None
        photo = await books.add(Attachment(0, f"{item.id}.jpg", content))
        ask = SetPhoto(item.id, item.merchant_id, photo.id)
        await books.once(f"errand:{errand.id}", set_photo, ask)
        told = json.loads(errand.body)
        locale = self.house.locale(await peer_of(books, told["reader"]))
        await say(books, told["chat"], Page(locale.say("admin-photo-set", item=item.name)))

    async def _read_menu(self, errand: Errand, content: bytes, lines: int) -> MenuFile:
        """Read a menu file; a long one takes its time, elsewhere, and how far it has come is shown."""
        merchant = await self.store.run(lambda books: find_merchant(books, errand.subject_id))
        if lines <= LONG_MENU:
            return read_menu(content, merchant.currency)
        await self._show_progress(errand, "admin-menu-reading", lines)
        file = await self._elsewhere(read_menu, content, merchant.currency)
        await self._show_progress(errand, "admin-menu-read", len(file.entries))
        return file

    async def _show_progress(self, errand: Errand, key: str, count: int) -> None:
        await self.store.run(lambda books: self._show_menu_file(books, errand, key, count=count))
        self.told()

    async def _load_menu(self, books: Books, errand: Errand, file: MenuFile) -> None:
        try:
            merchant = await find_merchant(books, errand.subject_id)
            ask = LoadMenu(merchant.id, file.entries, file.fields)
            count = await books.once(f"errand:{errand.id}", load_menu, ask)
        except Refusal as refusal:
            await self._refuse_menu(books, errand, refusal)
            return
        await self._show_menu_file(books, errand, "admin-menu-loaded", merchant=merchant.name, count=count)

    async def _refuse_menu(self, books: Books, errand: Errand, refusal: Refusal) -> None:
        told = json.loads(errand.body)
        locale = self.house.locale(await peer_of(books, told["reader"]))
        await show(books, told["chat"], f"menu-file:{errand.id}", Page(sentence(locale, refusal)))

    async def _show_menu_file(self, books: Books, errand: Errand, key: str, **args: Any) -> None:
        """Say what became of a menu file so far: one message, edited."""
        told = json.loads(errand.body)
        locale = self.house.locale(await peer_of(books, told["reader"]))
        await show(books, told["chat"], f"menu-file:{errand.id}", Page(locale.say(key, **args)))

    async def _send_menu(self, errand: Errand) -> None:
        """Write a merchant's menu as a file."""
        items = await self.store.run(lambda books: menu_of(books, errand.subject_id))
        content = await self._elsewhere(write_menu, items)
        await self.finish(errand, _send_files(errand, (f"menu-{errand.subject_id}.csv", content)))

    async def _draw_seats(self, errand: Errand) -> None:
        """Draw all seats of a merchant: one sheet to print, and a picture each."""
        merchant, seats = await self.store.run(lambda books: _merchant_and_seats(books, errand.subject_id))
        if not seats:
            await self._answer(errand, "admin-no-seats")
            return
        codes = [SeatCode(seat.label, self.house.seat_link(seat.token)) for seat in seats]
        sheet = await self._elsewhere(print_sheet, merchant.name, codes)
        pictures = await self._elsewhere(pack_pictures, codes)
        stem = f"seats-{merchant.id}"
        await self.finish(errand, _send_files(errand, (f"{stem}.pdf", sheet), (f"{stem}.zip", pictures)))

    async def _draw_seat(self, errand: Errand) -> None:
        seat = await self.store.run(lambda books: books.get(Seat, errand.subject_id))
        assert seat is not None
        picture = await self._elsewhere(draw_picture, self.house.seat_link(seat.token))
        work = _send_files(errand, (f"{seat.label}.png", picture), caption=seat.label, picture=True)
        await self.finish(errand, work)

    async def _elsewhere(self, work: Callable[..., T], *args: Any) -> T:
        """Work in another process: a busy thread here would hold up every order."""
        if self._artist is None:
            self._artist = ProcessPoolExecutor(1, get_context("spawn"), end_with_parent)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._artist, work, *args)
        except BrokenProcessPool:
            await self._send_artist_home()  # somebody killed it; the next try gets another
            raise

    async def _send_artist_home(self) -> None:
        artist, self._artist = self._artist, None
        if artist:
            await asyncio.to_thread(artist.shutdown, cancel_futures=True)

    async def _draw_charge(self, errand: Errand) -> None:
        """Draw the QR code that a top-up is paid by."""
        charge, order = await self.store.run(lambda books: calls.charge_and_top_up(books, errand.subject_id))
        picture = await self._elsewhere(draw_picture, charge.target)

        async def send(books: Books) -> None:
            if (await charge_with(books, charge.id)).state is not ChargeState.OPEN:
                return
            locale = self.house.locale(await peer_of(books, order.customer_id))
            kept = await books.add(Attachment(0, f"T-{order.id}.png", picture))
            caption = locale.plain("top-up-qr-caption", number=f"T-{order.id}", amount=order.amount)
            await say(books, order.customer_id, Parcel(kept.id, caption, picture=True))

        await self.finish(errand, send)

    async def _draw_party(self, errand: Errand) -> None:
        """Draw the QR code by which people join a shared table."""
        party = await self.store.run(lambda books: books.get(Party, errand.subject_id))
        assert party is not None
        picture = await self._elsewhere(draw_picture, self.house.party_link(party.code))

        async def send(books: Books) -> None:
            host = await peer_of(books, party.host_id)
            kept = await books.add(Attachment(0, "table.png", picture))
            caption = self.house.locale(host).plain("party-qr-caption", host=host.name)
            await say(books, host.id, Parcel(kept.id, caption, picture=True))
            await bring_down(books, host.id, SCREEN)

        await self.finish(errand, send)

    async def _warn_window(self, errand: Errand) -> None:
        """Say daily that money can soon no longer go back to the payment it came from."""
        await self.finish(errand, lambda books: warn_window(books, self.house, errand.subject_id))

    async def _tell_today(self, errand: Errand) -> None:
        since = midnight(self.clock.now(), self.house)
        figures = await self.reports.today(errand.subject_id or None, since)

        async def tell(books: Books) -> None:
            told = json.loads(errand.body)
            locale = self.house.locale(await peer_of(books, told["reader"]))
            await say(books, told["chat"], Page(figures_text(locale, figures)), told.get("thread", 0))

        await self.finish(errand, tell)

    # The gateways' books

    async def _reconcile_all(self, errand: Errand) -> None:
        """Each morning: lay every gateway's books of the latest day that it has listed beside ours."""

        async def work(books: Books) -> None:
            for gateway in self.house.gateways:
                day = latest_day(gateway, books.now, self.house.settings.timezone)
                told = {"gateway": gateway.name, "day": day.isoformat()}
                await send_on(books, RECONCILE, 0, body=json.dumps(told))
            await _until_morning(books, self.house)

        await self.finish(errand, work)

    async def _reconcile(self, errand: Errand) -> None:
        """Lay a gateway's books of a day beside ours; whoever asked is told, else all admins."""
        told = json.loads(errand.body)
        hours = hours_of(date.fromisoformat(told["day"]), self.house.settings.timezone)
        try:
            lines = await ask_for_lines(self.house.gateways.named(told["gateway"]), *hours)
        except GatewayAway as away:
            log.warning("gateway_away gateway=%s reason=%s", told["gateway"], away)
            await self.store.run(lambda books: self._gateway_away(books, errand))
            return
        for first in range(0, len(lines), LINES_AT_ONCE):
            await self.store.run(partial(keep_lines, lines=lines[first : first + LINES_AT_ONCE]))
        found = await self.reports.reconcile(told["gateway"], lines, *hours)
        brought = await calls.look_for_listed(self, found, lines)
        if brought:
            found = await self.reports.reconcile(told["gateway"], lines, *hours)
        await self.finish(errand, lambda books: self._tell_reconciled(books, told, found, brought))

    async def _tell_reconciled(
        self, books: Books, told: dict[str, Any], found: Reconciliation, brought: int
    ) -> None:
        file = None
        if found.differences:
            name = f"{found.gateway}-{told['day']}.csv"
            file = await books.add(Attachment(0, name, differences_csv(found)))
        for chat_id, locale in await self._readers(books, told):
            text = summary_text(locale, found, brought)
            await say(books, chat_id, Page(text, quiet=found.agrees and found.is_covered and not brought))
            if file:
                await say(books, chat_id, Parcel(file.id, ""))

    async def _gateway_away(self, books: Books, errand: Errand) -> None:
        """Say once that a gateway does not answer, and ask again every hour until it does."""
        told = json.loads(errand.body)
        if not errand.attempts:
            for chat_id, locale in await self._readers(books, told):
                day = locale.date(hours_of(date.fromisoformat(told["day"]), locale.timezone)[0])
                text = locale.say("reconcile-away", gateway=told["gateway"], day=day)
                await say(books, chat_id, Page(text))
        due_at = books.now + ASK_LEDGER_AGAIN
        await books.save(replace(errand, attempts=errand.attempts + 1, due_at=due_at))

    async def _readers(self, books: Books, told: dict[str, Any]) -> list[tuple[int, Locale]]:
        """Return who is to be told: whoever asked, or every admin whom the bot has met."""
        if "chat" in told:
            return [(told["chat"], self.house.locale(await peer_of(books, told["reader"])))]
        met = [await books.get(Peer, admin_id) for admin_id in self.house.settings.admin_ids]
        return [(admin.id, self.house.locale(admin)) for admin in met if admin]

    # Disputes

    async def _draw_evidence(self, errand: Errand) -> None:
        """Draw all that is known about a disputed charge as one document."""
        told = json.loads(errand.body)
        evidence = await self.store.run(lambda books: self._gather(books, errand.subject_id, told))
        sheet = await self._elsewhere(print_evidence, evidence)
        await self.finish(errand, _send_files(errand, (f"evidence-D-{errand.subject_id}.pdf", sheet)))

    async def _gather(self, books: Books, dispute_id: int, told: dict[str, Any]) -> Evidence:
        return await gather(books, self.house.locale(await peer_of(books, told["reader"])), dispute_id)

    async def _forget_bodies(self, errand: Errand) -> None:
        await self.finish(errand, lambda books: _forget(books, errand))

    async def _answer(self, errand: Errand, key: str) -> None:
        async def answer(books: Books) -> None:
            told = json.loads(errand.body)
            locale = self.house.locale(await peer_of(books, told["reader"]))
            await say(books, told["chat"], Page(locale.say(key)))

        await self.finish(errand, answer)


def end_with_parent() -> None:
    """Let this process end with the one that started it, even if that is killed."""
    Thread(target=_end_after_parent, daemon=True).start()


def _end_after_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(0)


def midnight(now: datetime, house: House) -> datetime:
    """Return when the day began where the house stands."""
    zone = house.settings.timezone
    return datetime.combine(now.astimezone(zone).date(), time.min, zone).astimezone(UTC)


async def _next(books: Books, busy: tuple[int, ...], room: dict[str, Any]) -> list[Errand]:
    """Return the errands that are due first, or will be, of those that there is *room* for."""
    return await books.find(Errand, by="due_at", most=AT_ONCE + 1, id=NoneOf(busy), **room)


async def _resume(books: Books, house: House) -> None:
    """Take up what a restart interrupted, and what was given up although somebody is owed it."""
    for errand in await books.find(Errand, state=ErrandState.STARTED):
        await books.save(replace(_interrupted(errand), state=ErrandState.WAITING))
    for errand in await books.find(Errand, state=ErrandState.WAITING, kind=(ASK_CHARGE, ASK_REFUND)):
        await books.save(replace(errand, due_at=min(errand.due_at, books.now)))  # nobody could tell us
    for errand in await books.find(Errand, state=ErrandState.FAILED, kind=OWED):
        await books.save(replace(errand, state=ErrandState.WAITING, attempts=0, due_at=books.now))
    if not await books.find(Errand, state=ErrandState.WAITING, kind=FORGET_BODIES, most=1):
        await send_on(books, FORGET_BODIES, 0)
    if not await books.find(Errand, state=ErrandState.WAITING, kind=RECONCILE_ALL, most=1):
        await _until_morning(books, house)


async def _until_morning(books: Books, house: House) -> None:
    await send_on(books, RECONCILE_ALL, 0, next_morning(books.now, house.settings.timezone) - books.now)


def _interrupted(errand: Errand) -> Errand:
    """What may have been sent is asked about, never sent blind; all else is done again."""
    if errand.kind == SEND_REFUND:
        return replace(errand, kind=ASK_REFUND)
    if errand.kind == OPEN_CHARGE:
        return replace(errand, kind=ASK_CHARGE, body="0")
    return errand


async def _try_later(books: Books, house: House, errand_id: int) -> None:
    """Put an errand off; after the last attempt give it up, and let the admins see it."""
    found = await books.get(Errand, errand_id)
    assert found is not None
    errand = _interrupted(found) if found.state is ErrandState.STARTED else found
    attempts = errand.attempts + 1
    wait = timedelta(seconds=RETRY_SECONDS[min(attempts, len(RETRY_SECONDS)) - 1])
    state = ErrandState.WAITING if attempts < ATTEMPTS else ErrandState.FAILED
    await books.save(replace(errand, attempts=attempts, state=state, due_at=books.now + wait))
    if state is ErrandState.FAILED and errand.kind != IDENTIFY_PAYER:
        await tell_admins(books, house, "admin-errand-failed", kind=errand.kind, number=str(errand.id))


async def _forget(books: Books, errand: Errand) -> None:
    """Forget old updates, some at a time: the errand names the last that was looked at."""
    last = await forget_bodies(books, errand.subject_id)
    pause = timedelta(0) if last > errand.subject_id else FORGET_EVERY
    await send_on(books, FORGET_BODIES, last, pause)


async def _merchant_and_seats(books: Books, merchant_id: int) -> Any:
    return await find_merchant(books, merchant_id), await seats_of(books, merchant_id)


def _send_files(errand: Errand, *files: tuple[str, bytes], caption: str = "", picture: bool = False) -> Work:
    async def send(books: Books) -> None:
        chat_id = json.loads(errand.body)["chat"]
        for name, content in files:
            kept = await books.add(Attachment(0, name, content))
            await say(books, chat_id, Parcel(kept.id, caption, picture=picture))

    return send


_WORK: dict[str, Callable[[Errands, Errand], Awaitable[None]]] = {
    EXPIRE_TOP_UP: Errands._expire_top_up,
    SETTLE_PROMISE: Errands._settle_promise,
    EXPIRE_ORDER: Errands._expire_order,
    PRESS_CALL: Errands._press_call,
    PRESS_SEAT: Errands._press_seat,
    WATCH_VISIT: Errands._watch_visit,
    KEEP_HOURS: Errands._keep_hours,
    END_VISIT: Errands._end_visit,
    ESCALATE_CASE: Errands._escalate_case,
    LAPSE_GIFT: Errands._lapse_gift,
    LAPSE_PROPOSAL: Errands._lapse_proposal,
    PLACE_WAITING: Errands._place_waiting,
    OPEN_CHARGE: calls.open_charge,
    ASK_CHARGE: calls.ask_charge,
    SEND_REFUND: calls.send_refund,
    ASK_REFUND: calls.ask_refund,
    RESCUE_REFUND: calls.rescue_refund,
    RESOLVE_STRAY: calls.resolve_stray,
    IDENTIFY_PAYER: calls.identify_payer,
    OPEN_BINDING: calls.open_binding,
    APPLY_FACT: calls.apply_fact,
    DRAW_CHARGE: Errands._draw_charge,
    WARN_WINDOW: Errands._warn_window,
    FETCH_MENU: Errands._fetch_menu,
    SEND_MENU: Errands._send_menu,
    FETCH_PHOTO: Errands._fetch_photo,
    DRAW_SEATS: Errands._draw_seats,
    DRAW_SEAT: Errands._draw_seat,
    DRAW_PARTY: Errands._draw_party,
    TELL_TODAY: Errands._tell_today,
    DRAW_BOARD: Errands._draw_board,
    RECONCILE: Errands._reconcile,
    RECONCILE_ALL: Errands._reconcile_all,
    DRAW_EVIDENCE: Errands._draw_evidence,
    FORGET_BODIES: Errands._forget_bodies,
}
