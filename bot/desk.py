"""What a handler works with: the books of its transaction, who acts, where, and the house's rules."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import TypeVar

from bot.gateways import Gateways
from bot.locales import Locale
from bot.outbox import say, show
from bot.pages import Page, Said
from bot.people import Peer, peer_of
from bot.settings import OtherPayer, Settings
from bot.telegram.arrivals import Place
from core.draft import Intent, carry_out
from core.errand import send_on
from core.errors import MerchantClosed, NoVisit
from core.merchant import Merchant, find_merchant
from core.outcome import Result
from core.ports import Books
from core.promotion import Offer
from core.seat import Seat
from core.staff import Doer
from core.visit import Visit, VisitState

Ask = TypeVar("Ask")
A = TypeVar("A", bound=Intent)
R = TypeVar("R", bound=Result)

LANGUAGES = {"en": "English", "zh-Hans": "简体中文"}
"""The languages that can be chosen, each in its own words."""

FETCH_MENU = "fetch_menu"
SEND_MENU = "send_menu"
FETCH_PHOTO = "fetch_photo"
DRAW_SEATS = "draw_seats"
DRAW_SEAT = "draw_seat"
TELL_TODAY = "tell_today"
DRAW_BOARD = "draw_board"
RECONCILE = "reconcile"
DRAW_EVIDENCE = "draw_evidence"
DRAW_CHARGE = "draw_charge"
DRAW_PARTY = "draw_party"
WARN_WINDOW = "warn_window"
"""Errands of the bot's own: what is too slow for a transaction, or outside it."""

JOIN = "join-"
"""What the start parameter of a staff link begins with; a seat's token is shorter."""

PARTY_LINK = "party-"
"""What the start parameter of the link to a shared table begins with."""

SCREEN = "screen"
"""The living message that a customer works with: one per private chat, always at its end."""


@dataclass(frozen=True, slots=True)
class House:
    """What the operator has decided, and what Telegram calls the bot."""

    settings: Settings
    username: str
    gateways: Gateways

    def is_admin(self, person_id: int) -> bool:
        return person_id in self.settings.admin_ids

    @property
    def offer(self) -> Offer:
        """What top-ups are promised on top, and when: whole days where the house stands."""
        settings = self.settings
        first, last = settings.top_up_bonus_from, settings.top_up_bonus_until
        since = datetime.combine(first, time.min, settings.timezone) if first else None
        until = datetime.combine(last + timedelta(days=1), time.min, settings.timezone) if last else None
        return Offer(settings.top_up_bonus, since, until)

    @property
    def gateways_on(self) -> tuple[str, ...]:
        """The names of the gateways that are on."""
        return tuple(gateway.name for gateway in self.gateways)

    def seat_link(self, token: str) -> str:
        """Return the link that a seat's QR code holds."""
        return self._start_link(token)

    def join_link(self, code: str) -> str:
        """Return the link by which one person joins a merchant's staff."""
        return self._start_link(f"{JOIN}{code}")

    def party_link(self, code: str) -> str:
        """Return the link by which people join a shared table."""
        return self._start_link(f"{PARTY_LINK}{code}")

    @property
    def patience(self) -> timedelta:
        """How long an order waits for an answer before it is released."""
        return timedelta(seconds=self.settings.order_expiry_seconds)

    def _start_link(self, token: str) -> str:
        base = self.settings.bot_link(self.username)
        return f"{base}{'&' if '?' in base else '?'}start={token}"

    @property
    def sends_back(self) -> bool:
        """Whether payments of another payer than the bound one go back."""
        return self.settings.other_payer is OtherPayer.SEND_BACK

    def locale(self, peer: Peer) -> Locale:
        return Locale.of(peer.reads, self.settings.timezone)


@dataclass(slots=True)
class Desk:
    """One handling of one arrival. *toast* is the short answer to a tap.

    *go_on* draws the page, beneath a notice, from which the person can go on if this is refused;
    without one it is home. What is done *on_card* leaves the person's screen alone. *entered* is the draft
    that is being carried out, if staff have entered it.
    """

    books: Books
    house: House
    peer: Peer
    place: Place
    key: str
    toast: str = ""
    alert: bool = False
    go_on: Callable[[str], Awaitable[Page]] | None = None
    on_card: bool = False
    entered: int = 0

    @property
    def locale(self) -> Locale:
        """The language of the person who acts."""
        return self.house.locale(self.peer)

    @property
    def wall_clock(self) -> datetime:
        """The time as the clock on the wall shows it, where the person is."""
        return self.books.now.astimezone(self.house.settings.timezone)

    @property
    def is_admin(self) -> bool:
        return self.house.is_admin(self.peer.id)

    @property
    def doer(self) -> Doer:
        """The person who acts, as the staff's deeds name them."""
        return Doer(self.peer.id, self.peer.name, self.is_admin)

    async def readers(self) -> Locale:
        """Return the language of those who read where the person is: a group has its own."""
        return self.house.locale(await self.books.get(Peer, self.place.chat_id) or self.peer)

    async def run(self, command: Callable[[Books, Ask], Awaitable[R]], ask: Ask, key: str = "") -> R:
        """Run a command once: under *key*, or under that of this arrival."""
        return await self.books.once(f"{command.__name__}:{key or self.key}", command, ask)

    async def carry_out(self, command: Callable[[Books, A], Awaitable[R]], ask: A) -> R:
        """Run the command of a draft, once for each version of the draft."""
        return await carry_out(self.books, command, ask)

    async def show(self, page: Page) -> None:
        """Put *page* on the person's screen."""
        await show(self.books, self.peer.id, SCREEN, page, follows=True)

    async def say(self, said: Said) -> None:
        """Say something once, where the person is."""
        await say(self.books, self.place.chat_id, said, self.place.thread_id)

    async def show_here(self, subject: str, page: Page, *, follows: bool = False) -> None:
        """Show *page* as the living message of that subject, in the group or topic where the person is."""
        place = self.place
        await show(self.books, place.chat_id, subject, page, follows=follows, thread_id=place.thread_id)

    async def expect(self, what: str) -> None:
        """Take the next text that the person types for *what*; "" for nothing in particular.

        The seat that somebody without an account has scanned stays in mind.
        """
        if self.peer.expects != what and (what or await self.scanned_seat() is None):
            self.peer = replace(self.peer, expects=what)
            await self.books.save(self.peer)

    async def ask_outside(self, kind: str, subject_id: int, **more: str) -> None:
        """Leave work that must not hold up a transaction, and where to say what came of it."""
        reader = await self.books.get(Peer, self.place.chat_id) or self.peer
        topic = {"thread": self.place.thread_id} if self.place.thread_id else {}
        told = {"chat": self.place.chat_id, **topic, "reader": reader.id, **more}
        await send_on(self.books, kind, subject_id, body=json.dumps(told))

    async def visit(self) -> Visit | None:
        """Return the visit that the person is at: where they scanned last, else one that is still open."""
        latest = await self.books.get(Visit, self.peer.visit_id) if self.peer.visit_id else None
        if latest and latest.state is VisitState.OPEN:
            return latest
        still_open = await self.books.find(Visit, customer_id=self.peer.id, state=VisitState.OPEN)
        return still_open[-1] if still_open else None

    async def scanned_seat(self) -> Seat | None:
        """Return the seat that was scanned before there was an account; no button can name one."""
        what, _, seat_id = self.peer.expects.partition(":")
        seat = await self.books.get(Seat, int(seat_id)) if what == "seat" else None
        return seat if seat and not seat.retired_at else None

    async def here(self) -> tuple[Visit, Merchant]:
        """Return the visit that the person is at and its merchant, or refuse."""
        visit = await self.visit()
        if visit is None:
            raise NoVisit
        return visit, await find_merchant(self.books, visit.merchant_id)

    async def currency(self) -> str:
        """Return the currency of the place where the person is, else the operator's."""
        visit = await self.visit()
        if visit is None:
            return self.house.settings.currency
        return (await find_merchant(self.books, visit.merchant_id)).currency


async def seat_of(books: Books, visit: Visit) -> Seat:
    """Return the seat that a visit is at."""
    seat = await books.get(Seat, visit.seat_id)
    assert seat is not None
    return seat


async def group_of(books: Books, merchant: Merchant) -> Peer:
    """Return the merchant's group as the one who reads there, or refuse."""
    if merchant.group_id is None:
        raise MerchantClosed(merchant.name)
    return await peer_of(books, merchant.group_id)
