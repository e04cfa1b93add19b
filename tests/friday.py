"""Friday nights: one merchant, 60 seats, against the sandbox at Telegram's limits.

`python -m tests.friday` plays two nights of an hour, or of as many minutes as are named, and prints the
figures: 200 orders an hour in one group, and more than one group can carry, with a kitchen that has a group
of its own. Time passes by hand. Orders are placed as the core places them; staff press the buttons of their
cards: they accept, promise, prepare and deliver, in whole or by line, decline with reasons, find nobody at
the seat, and for some minutes look at nothing; customers move, cancel and ask to cancel. Exit status 1 if a
call was refused for flood, a card was lost, or a figure is over its limit.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.buttons import CancelMyOrder, Promise, Serve, ServeBecause, ServeLineBecause
from bot.counter.board import BOARD
from bot.desk import DRAW_BOARD
from bot.outbox import Message, MessageState
from bot.sandbox import SandboxSettings
from bot.telegram.callback_data import Button, pack
from bot.tell import tell_all
from core.draft import DraftKind, carry_out, draft_for
from core.errand import Errand, ErrandState
from core.menu import Entry, LoadMenu, MarkSoldOut, load_menu, mark_sold_out, menu_of
from core.money import Money
from core.order_goods import GoodsOrder, Line, PlaceOrder, SetQuantity, order_goods, set_quantity
from core.ports import Books
from core.seat import Seat
from core.serve import (
    REASONS,
    Action,
    Reason,
    asks_to_cancel,
    card_lines,
    choices,
    rare_choices,
    version_of,
)
from core.station import MAIN, Station, cards_of, stations_of
from core.visit import SitDown, Visit, sit_down
from tests.stage import Stage, open_stage

SEATS = 60
STEP = timedelta(seconds=1)
BAR = 1
CARD_SECONDS = 15
BOARD_SECONDS = 30
DRINKS, DISHES = ("Pils", "Stout", "Cider", "Cola"), ("Nuts", "Soup", "Pie", "Salad")
LIMITS = {"CHAT_PER_SECOND": "1", "CHAT_BURST": "3", "GROUP_PER_MINUTE": "20", "BOT_PER_SECOND": "30"}


@dataclass(slots=True)
class Behind:
    """How long each change of a card waited until it was shown."""

    known: int = 0
    waiting: list[tuple[int, datetime]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def look(self, now: datetime, message: Message) -> None:
        self.waiting += [(version, now) for version in range(self.known + 1, message.wanted + 1)]
        self.known = message.wanted
        shown = [moment for version, moment in self.waiting if version <= message.shown]
        self.waiting = self.waiting[len(shown) :]
        self.seconds += [(now - moment).total_seconds() for moment in shown]


@dataclass(frozen=True, slots=True)
class Plan:
    """What kind of night it is."""

    title: str
    orders_per_hour: int
    has_kitchen: bool
    """Whether what is to eat has a group of its own."""


NIGHTS = (
    Plan("one group, 200 orders an hour", 200, has_kitchen=False),
    Plan("bar and kitchen in a group each, 300 orders an hour", 300, has_kitchen=True),
)


@dataclass(slots=True)
class Board:
    """How old each change of what is open at a place was when its board showed it."""

    versions: dict[int, int] = field(default_factory=dict)
    waiting: list[datetime] = field(default_factory=list)
    drawn: dict[int, datetime] = field(default_factory=dict)
    """When each version of the board was drawn."""
    seconds: list[float] = field(default_factory=list)

    def look(self, now: datetime, cards: dict[int, int], board: Message | None, *, drawing: bool) -> None:
        """Take in the versions of the cards at the place, by their orders, and its board."""
        changed = [order for order, version in cards.items() if self.versions.get(order) != version]
        self.waiting += [now] * len(changed)
        self.versions |= cards
        if board is None:
            return
        self.drawn.setdefault(board.wanted, now)
        current = board.state is MessageState.SHOWN and not drawing
        until = now if current else self.drawn.get(board.shown, now - timedelta(days=1))
        shown = [moment for moment in self.waiting if moment <= until]
        self.waiting = [moment for moment in self.waiting if moment > until]
        self.seconds += [(now - moment).total_seconds() for moment in shown]


Place = tuple[int, int]
"""A card: the order's number and the station's."""


@dataclass(slots=True)
class Night:
    """What happens, and what was seen of it."""

    stage: Stage
    plan: Plan
    chance: random.Random
    end: datetime
    next_order: datetime
    chats: dict[int, int]
    """The group of each station."""
    refused: list[Any] = field(default_factory=list)
    due: list[tuple[datetime, Place, Action]] = field(default_factory=list)
    regrets: list[tuple[datetime, int]] = field(default_factory=list)
    back: list[tuple[datetime, int]] = field(default_factory=list)
    """When what was sold out is there again."""
    placed: dict[Place, datetime] = field(default_factory=dict)
    first_shown: dict[Place, float] = field(default_factory=dict)
    cards: dict[Place, Behind] = field(default_factory=dict)
    boards: dict[int, Board] = field(default_factory=dict)
    pressed: dict[str, int] = field(default_factory=dict)
    recent: tuple[int, ...] = ()

    @property
    def now(self) -> datetime:
        return self.stage.clock.time

    async def play(self) -> None:
        """Let the hour pass, and then what is left of it."""
        while self.now < self.end or self.due:
            if self.now < self.end and self.now >= self.next_order:
                await self._place()
                gap = self.chance.expovariate(self.plan.orders_per_hour / 3600)
                self.next_order = self.now + timedelta(seconds=gap)
            for task in [each for each in self.due if each[0] <= self.now]:
                self.due.remove(task)
                await self._press(task[1], task[2])
            for regret in [each for each in self.regrets if each[0] <= self.now]:
                self.regrets.remove(regret)
                await self._cancel(regret[1])
            for item in [each for each in self.back if each[0] <= self.now]:
                self.back.remove(item)
                await self._do(lambda books, item=item: put_back(books, item[1]))
            if self.chance.random() < 1 / 120:
                await self._move()
            await self._pass()
        for _ in range(120):
            await self._pass()

    async def _pass(self) -> None:
        await self.stage.settle()
        await self._look()
        self.stage.clock.advance(STEP)
        await self.stage.settle()

    async def _place(self) -> None:
        """Somebody orders one or two things; one in twelve regrets it soon, or later."""
        customer = self._anybody()
        count, quantity = self.chance.randint(1, 2), self.chance.randint(1, 2)
        number = await self._do(lambda books: place(books, customer, self.chance, count, quantity))
        for station in await self._read(lambda books: places_of_order(books, number)):
            card = (number, station)
            self.placed[card], self.cards[card] = self.now, Behind()
            self._later(card, self._first(), 10, 70)
        if self.chance.random() < 1 / 12:
            self.regrets.append((self.now + timedelta(seconds=self.chance.uniform(5, 120)), number))

    def _first(self) -> Action:
        """Return what staff do first with a card."""
        chance = self.chance.random()
        return Action.DECLINE if chance < 0.08 else Action.PROMISE if chance < 0.2 else Action.ACCEPT

    async def _press(self, card: Place, action: Action) -> None:
        """A member of staff does what comes next, unless it is one of those minutes when nobody looks."""
        minute = (self.now - self.end).total_seconds() // 60 % 60
        if 20 <= minute < 23:
            self._later(card, action, 60, 180)
            return
        lines, message = await self._read(lambda books: card_of(books, *card, self.chats[card[1]]))
        if message is None or message.telegram_id is None:
            self._later(card, action, 5, 10)
            return
        if lines and asks_to_cancel(lines) and Action.LET_GO in rare_choices(lines):
            answer = self.chance.choice((Action.LET_GO, Action.KEEP))
            await self._tap(card, message, Serve(card[0], version_of(lines), 0, answer, card[1]))
            self._later(card, action, 5, 30)
            return
        if action not in (*choices(lines), *rare_choices(lines)):
            return
        await self._tap(card, message, self._button(card, lines, action))
        self._go_on(card, lines, action)

    def _button(self, card: Place, lines: Sequence[Line], action: Action) -> Button:
        """Return the button of the card, or of one of its lines, that does it."""
        number, station = card
        version, line = version_of(lines), 0
        if action is Action.PROMISE:
            return Promise(number, version, self.chance.choice((5, 10, 20)), station)
        able = [each for each in lines if action in choices([each])]
        if len(lines) > 1 and able and self.chance.random() < 0.25:
            chosen = self.chance.choice(able)
            version, line = chosen.version, chosen.id
            if len(able) > 1:  # the rest of the card waits for another tap
                self._later(card, action, 5, 30)
        if action in REASONS:
            reason = self.chance.choice(REASONS[action])
            if reason is Reason.SOLD_OUT:
                later = self.now + timedelta(seconds=self.chance.uniform(60, 240))
                self.back += [(later, each.item_id) for each in lines if line in (0, each.id)]
            if line:
                return ServeLineBecause(number, version, line, action, reason)
            return ServeBecause(number, version, station, action, reason)
        return Serve(number, version, line, action, station)

    def _go_on(self, card: Place, lines: Sequence[Line], action: Action) -> None:
        chance = self.chance.random()
        match action:
            case Action.ACCEPT | Action.PROMISE if chance < 0.3:  # the kitchen calls, the bar brings at once
                self._later(card, Action.READY, 60, 240)
            case Action.ACCEPT | Action.PROMISE:
                self._later(card, Action.DELIVER, 60, 240)
            case Action.READY if chance < 0.05:
                self._later(card, Action.MISS, 20, 60)
            case Action.READY | Action.MISS:
                self._later(card, Action.DELIVER, 20, 120)

    async def _tap(self, card: Place, message: Message, button: Button) -> None:
        assert message.telegram_id is not None
        who = self.stage.people[self.chance.choice(("bea", "carl"))]
        kind = str(getattr(button, "action", "promise"))
        self.pressed[kind] = self.pressed.get(kind, 0) + 1
        await self.stage.client.forge(who, pack(button), message.telegram_id, self.chats[card[1]])

    async def _cancel(self, number: int) -> None:
        """A customer cancels, or asks to; staff answer when they look at the card next."""
        order, message = await self._read(lambda books: order_of(books, number))
        if message is None or message.telegram_id is None or not order.is_open:
            return
        person = next(each for each in self.stage.people.values() if each.id == order.customer_id)
        self.pressed["cancel"] = self.pressed.get("cancel", 0) + 1
        await self.stage.client.forge(person, pack(CancelMyOrder(number, order.version)), message.telegram_id)
        for card in [each for each in self.placed if each[0] == number]:
            self._later(card, Action.DELIVER, 20, 60)

    async def _move(self) -> None:
        """Somebody takes another seat."""
        customer = self._anybody()
        label = f"A{self.chance.randrange(1, SEATS + 1)}"
        self.pressed["move"] = self.pressed.get("move", 0) + 1
        await self._do(lambda books: move(books, customer, label))

    def _anybody(self) -> int:
        return self.stage.people[f"guest{self.chance.randrange(SEATS)}"].id

    def _later(self, card: Place, action: Action, least: float, most: float) -> None:
        wait = timedelta(seconds=self.chance.uniform(least, most))
        self.due.append((self.now + wait, card, action))

    async def _read(self, work: Any) -> Any:
        return await self.stage.service.store.run(work)

    async def _do(self, work: Any) -> int:
        async def whole(books: Books) -> int:
            made: int = await work(books)
            await tell_all(books, self.stage.service.house)
            return made

        made: int = await self._read(whole)
        self.stage.service.relay.wake()
        self.stage.service.errands.wake()
        return made

    async def _look(self) -> None:
        """See what the groups show, and what they should."""
        open_, lines, drawing, stations = await self._read(lambda books: at_work(books, self.recent))
        self.recent = tuple(open_)
        versions: dict[int, dict[int, int]] = {}
        for number in {line.order_id for line in lines}:
            cards = cards_of([line for line in lines if line.order_id == number], stations)
            for station, its in cards.items():
                versions.setdefault(station, {})[number] = version_of(its)
        for station, chat in self.chats.items():
            found = await self._read(lambda books, chat=chat: books.find(Message, chat_id=chat))
            board = next((message for message in found if message.subject == BOARD), None)
            self.boards.setdefault(station, Board()).look(
                self.now, versions.get(station, {}), board, drawing=drawing
            )
            for message in found:
                if message.subject.startswith("card:"):
                    self._look_at(int(message.subject.partition(":")[2]), station, message)

    def _look_at(self, number: int, station: int, message: Message) -> None:
        card = (number, station)
        if card in self.placed and message.telegram_id and card not in self.first_shown:
            self.first_shown[card] = (self.now - self.placed[card]).total_seconds()
        if card in self.cards:  # what is brought instead of something comes by itself
            self.cards[card].look(self.now, message)

    def lost(self) -> list[Place]:
        """Return the cards that never came or are still behind."""
        return [card for card in self.placed if card not in self.first_shown or self.cards[card].waiting]


async def at_work(books: Books, before: Sequence[int]) -> tuple[list[int], list[Line], bool, list[Station]]:
    """Return what is open, the lines of that and of what was open *before*, and what else the boards show."""
    open_ = [order.id for order in await books.find(GoodsOrder, merchant_id=BAR, is_open=True)]
    lines = await books.find(Line, order_id=(0, *open_, *before))
    drawing = await books.find(Errand, kind=DRAW_BOARD, state=ErrandState.WAITING, most=1)
    return open_, lines, bool(drawing), await stations_of(books, BAR)


async def place(books: Books, customer: int, chance: random.Random, count: int, quantity: int) -> int:
    """Order some of what is on the menu and not sold out."""
    (visit,) = await books.find(Visit, customer_id=customer, merchant_id=BAR)
    items = [item for item in await menu_of(books, BAR) if item.for_sale]
    cart = await draft_for(books, customer, DraftKind.CART, visit.id)
    version = cart.version
    for item in chance.sample(items, count):
        ask = SetQuantity(cart.id, customer, item.id, quantity)
        version = await books.once(f"friday:{cart.id}:{item.id}", set_quantity, ask)
    order = PlaceOrder(customer, "EUR", cart.id, version, timedelta(minutes=15))
    return await carry_out(books, order_goods, order)


async def put_back(books: Books, item: int) -> int:
    ask = MarkSoldOut(item, BAR, sold_out=False)
    return await books.once(f"friday:back:{item}:{books.now}", mark_sold_out, ask)


async def move(books: Books, customer: int, label: str) -> int:
    (seat,) = await books.find(Seat, label=label)
    return await books.once(f"friday:{books.now}:{customer}", sit_down, SitDown(customer, seat.token))


async def places_of_order(books: Books, number: int) -> list[int]:
    """Return the stations that have a card of an order."""
    lines = await books.find(Line, order_id=number)
    return [*cards_of(lines, await stations_of(books, BAR))]


async def card_of(books: Books, number: int, station: int, chat: int) -> tuple[list[Line], Message | None]:
    """Return what is on a card, and the card."""
    order = await books.get(GoodsOrder, number)
    assert order is not None
    found = await books.find(Message, chat_id=chat, subject=f"card:{number}")
    return await card_lines(books, order, station), found[0] if found else None


async def order_of(books: Books, number: int) -> tuple[GoodsOrder, Message | None]:
    """Return an order and its customer's message of it."""
    order = await books.get(GoodsOrder, number)
    assert order is not None
    found = await books.find(Message, chat_id=order.customer_id, subject=f"order:{number}")
    return order, found[0] if found else None


async def seat_everybody(stage: Stage) -> None:
    """Sixty customers with an account, money and a seat each."""
    await stage.start_bot()
    for name in ("Bea", "Carl"):
        await stage.add_person(name)
    labels = tuple(f"A{n}" for n in range(1, SEATS + 1))
    await stage.open_bar("bar", "Blue Bar", ("bea", "carl"), labels)
    for number, label in enumerate(labels):
        guest = await stage.add_person(f"Guest{number}")
        await stage.client.start(guest, await stage.seat_token(label))
        await stage.settle()
        await stage.client.tap(guest, "Open my account")
        await stage.settle()
        await stage.top_up(f"guest{number}", Money(20000, "EUR"))
        stage.clock.advance(timedelta(seconds=10))


async def open_counter(stage: Stage, plan: Plan) -> dict[int, int]:
    """Put four drinks and four dishes on the menu; return the group of each station."""
    entries = [Entry("Drinks", name, Money(320, "EUR")) for name in DRINKS]
    entries += [Entry("Dishes", name, Money(250, "EUR")) for name in DISHES]
    await stage.service.store.run(
        lambda books: books.once("friday:menu", load_menu, LoadMenu(BAR, tuple(entries)))
    )
    chats = {MAIN: stage.groups["bar"]}
    if plan.has_kitchen:
        members = [stage.people[name] for name in ("carl", "bea")]
        stage.groups["kitchen"] = await stage.client.group("Kitchen", *members)
        await stage.settle()
        await stage.link_station("bar", "kitchen", DISHES)
        (kitchen,) = await stage.service.store.run(lambda books: stations_of(books, BAR))
        chats[kitchen.id] = stage.groups["kitchen"]
    return chats


async def play(folder: Path, plan: Plan, minutes: int, seed: int) -> Night:
    """Play so many minutes of a Friday night."""
    async with open_stage(folder, SandboxSettings(), **LIMITS) as stage:
        refused: list[Any] = []

        def judge(kind: str, method: str, told: Any) -> None:
            if kind == "refusal" and "Too Many Requests" in str(told):
                refused.append(told)

        stage.sandbox.world.observers.append(judge)
        await seat_everybody(stage)
        chats = await open_counter(stage, plan)
        stage.clock.advance(timedelta(minutes=2))
        await stage.settle()
        now = stage.clock.time
        end = now + timedelta(minutes=minutes)
        night = Night(stage, plan, random.Random(seed), end, now, chats, refused)
        await night.play()
        await stage.assert_true_books()
        return night


def percentile(seconds: Sequence[float], share: float = 0.95) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def figures(night: Night) -> tuple[float, float, float]:
    """Return at p95: from placing to card, a card behind, a board behind; of boards, the worst."""
    edits = [each for behind in night.cards.values() for each in behind.seconds]
    boards = [percentile(board.seconds) for board in night.boards.values()]
    return percentile([*night.first_shown.values()]), percentile(edits), max(boards, default=0.0)


def report(night: Night) -> Iterator[str]:
    to_card, card, board = figures(night)
    pressed = ", ".join(f"{count} {what}" for what, count in sorted(night.pressed.items()))
    yield f"# {night.plan.title}"
    yield f"orders placed                    {len({number for number, _ in night.placed})}"
    yield f"cards                            {len(night.placed)}"
    yield f"pressed                          {pressed}"
    yield f"calls refused for flood (429)    {len(night.refused)}"
    yield f"cards lost                       {len(night.lost())}"
    yield f"from placing to card, p95        {to_card:.0f} s"
    yield f"a card behind, p95 (limit {CARD_SECONDS} s)   {card:.0f} s"
    yield f"a board behind, p95 (limit {BOARD_SECONDS} s) {board:.0f} s"
    yield ""


def is_good(night: Night) -> bool:
    _, card, board = figures(night)
    return not night.refused and not night.lost() and card <= CARD_SECONDS and board <= BOARD_SECONDS


def main() -> int:
    minutes = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    good = True
    for plan in NIGHTS:
        with tempfile.TemporaryDirectory() as folder:
            night = asyncio.run(play(Path(folder), plan, minutes, seed=1))
        sys.stdout.write("\n".join(report(night)) + "\n")
        sys.stdout.flush()
        good = good and is_good(night)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
