"""A Friday night: one merchant, 60 seats, 200 orders an hour, against the sandbox at Telegram's limits.

`python -m tests.friday` plays an hour, or as many minutes as are named, and prints the figures; time passes
by hand. Orders are placed as the core places them, staff press the buttons of their cards. Exit status 1 if
a call was refused for flood, a card was lost, or a figure is over its limit.
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

from bot.board import BOARD
from bot.buttons import Serve, ServeBecause
from bot.desk import DRAW_BOARD
from bot.outbox import Message, MessageState
from bot.sandbox import SandboxSettings
from bot.telegram.callback_data import Button, pack
from bot.tell import tell_all
from core.draft import DraftKind, carry_out, draft_for
from core.errand import Errand, ErrandState
from core.menu import menu_of
from core.money import Money
from core.order_goods import GoodsOrder, PlaceOrder, SetQuantity, lines_of, order_goods, set_quantity
from core.ports import Books
from core.seat import Seat
from core.serve import Action, Reason, choices
from core.visit import SitDown, Visit, sit_down
from tests.stage import Stage, open_stage

SEATS = 60
ORDERS_PER_HOUR = 200
STEP = timedelta(seconds=1)
BAR = 1
CARD_SECONDS = 15
BOARD_SECONDS = 30
LIMITS = {"CHAT_PER_SECOND": "1", "CHAT_BURST": "3", "GROUP_PER_MINUTE": "20", "BOT_PER_SECOND": "30"}


@dataclass(slots=True)
class Behind:
    """How long something was behind, each time until it was caught up."""

    since: datetime | None = None
    seconds: list[float] = field(default_factory=list)

    def look(self, now: datetime, *, current: bool) -> None:
        if current:
            if self.since is not None:
                self.seconds.append((now - self.since).total_seconds())
            self.since = None
        elif self.since is None:
            self.since = now


@dataclass(slots=True)
class Board:
    """How old each change of an order was when the board showed it."""

    versions: dict[int, int] = field(default_factory=dict)
    waiting: list[datetime] = field(default_factory=list)
    drawn: dict[int, datetime] = field(default_factory=dict)
    """When each version of the board was drawn."""
    seconds: list[float] = field(default_factory=list)

    def look(
        self, now: datetime, orders: Sequence[GoodsOrder], board: Message | None, *, drawing: bool
    ) -> None:
        changed = [order for order in orders if self.versions.get(order.id) != order.version]
        self.waiting += [now] * len(changed)
        self.versions |= {order.id: order.version for order in changed}
        if board is None:
            return
        self.drawn.setdefault(board.wanted, now)
        current = board.state is MessageState.SHOWN and not drawing
        until = now if current else self.drawn.get(board.shown, now - timedelta(days=1))
        shown = [moment for moment in self.waiting if moment <= until]
        self.waiting = [moment for moment in self.waiting if moment > until]
        self.seconds += [(now - moment).total_seconds() for moment in shown]


@dataclass(slots=True)
class Night:
    """What happens, and what was seen of it."""

    stage: Stage
    chance: random.Random
    end: datetime
    next_order: datetime
    refused: list[Any] = field(default_factory=list)
    due: list[tuple[datetime, int, Action]] = field(default_factory=list)
    placed: dict[int, datetime] = field(default_factory=dict)
    first_shown: dict[int, float] = field(default_factory=dict)
    cards: dict[int, Behind] = field(default_factory=dict)
    board: Board = field(default_factory=Board)

    @property
    def now(self) -> datetime:
        return self.stage.clock.time

    async def play(self) -> None:
        """Let the hour pass, and then what is left of it."""
        while self.now < self.end or self.due:
            if self.now < self.end and self.now >= self.next_order:
                await self._place()
                gap = self.chance.expovariate(ORDERS_PER_HOUR / 3600)
                self.next_order = self.now + timedelta(seconds=gap)
            for task in [each for each in self.due if each[0] <= self.now]:
                self.due.remove(task)
                await self._press(task[1], task[2])
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
        """Somebody orders one to three things."""
        customer = self.stage.people[f"guest{self.chance.randrange(SEATS)}"].id
        wanted = self.chance.sample(range(3), self.chance.randint(1, 2))
        number = await self._do(lambda books: place(books, customer, wanted, self.chance.randint(1, 2)))
        self.placed[number] = self.now
        self.cards[number] = Behind()
        self._later(number, Action.DECLINE if self.chance.random() < 0.08 else Action.ACCEPT, 10, 70)

    async def _press(self, number: int, action: Action) -> None:
        """A member of staff does what comes next, unless it is one of those minutes when nobody looks."""
        minute = (self.now - self.end).total_seconds() // 60 % 60
        if 20 <= minute < 23:
            self._later(number, action, 60, 180)
            return
        order, lines, message = await self.stage.service.store.run(lambda books: card(books, number))
        if message is None or message.telegram_id is None:
            self._later(number, action, 5, 10)
            return
        if action not in choices(lines):
            return
        button: Button = Serve(order.id, order.version, 0, action)
        if action is Action.DECLINE:
            button = ServeBecause(order.id, order.version, 0, action, Reason.TOO_BUSY)
        who = self.stage.people[self.chance.choice(("bea", "carl"))]
        await self.stage.client.forge(who, pack(button), message.telegram_id, self.stage.groups["bar"])
        if action is Action.ACCEPT:
            by_kitchen = self.chance.random() < 0.5  # the bar brings what it makes, the kitchen calls
            self._later(number, Action.READY if by_kitchen else Action.DELIVER, 60, 240)
        elif action is Action.READY:
            self._later(number, Action.DELIVER, 20, 120)

    async def _move(self) -> None:
        """Somebody takes another seat."""
        customer = self.stage.people[f"guest{self.chance.randrange(SEATS)}"].id
        label = f"A{self.chance.randrange(1, SEATS + 1)}"
        await self._do(lambda books: move(books, customer, label))

    def _later(self, number: int, action: Action, least: float, most: float) -> None:
        wait = timedelta(seconds=self.chance.uniform(least, most))
        self.due.append((self.now + wait, number, action))

    async def _do(self, work: Any) -> int:
        async def whole(books: Books) -> int:
            made: int = await work(books)
            await tell_all(books, self.stage.service.house)
            return made

        made = await self.stage.service.store.run(whole)
        self.stage.service.relay.wake()
        self.stage.service.errands.wake()
        return made

    async def _look(self) -> None:
        """See what the group shows, and what it should."""
        group = self.stage.groups["bar"]
        found = await self.stage.service.store.run(lambda books: books.find(Message, chat_id=group))
        drawing = await self.stage.service.store.run(
            lambda books: books.find(Errand, kind=DRAW_BOARD, state=ErrandState.WAITING)
        )
        orders = await self.stage.service.store.run(lambda books: books.find(GoodsOrder))
        board = next((message for message in found if message.subject == BOARD), None)
        self.board.look(self.now, orders, board, drawing=bool(drawing))
        for message in found:
            shown = message.state is MessageState.SHOWN
            if message.subject.startswith("card:"):
                number = int(message.subject.partition(":")[2])
                if number in self.placed and message.telegram_id and number not in self.first_shown:
                    self.first_shown[number] = (self.now - self.placed[number]).total_seconds()
                self.cards[number].look(self.now, current=shown)

    def lost(self) -> list[int]:
        """Return the orders whose card never came or is still behind."""
        return [n for n in self.placed if n not in self.first_shown or self.cards[n].since is not None]


async def place(books: Books, customer: int, wanted: Sequence[int], quantity: int) -> int:
    """Order some of the menu."""
    (visit,) = await books.find(Visit, customer_id=customer, merchant_id=BAR)
    items = await menu_of(books, BAR)
    cart = await draft_for(books, customer, DraftKind.CART, visit.id)
    version = cart.version
    for place in wanted:
        ask = SetQuantity(cart.id, customer, items[place].id, quantity)
        version = await books.once(f"friday:{cart.id}:{items[place].id}", set_quantity, ask)
    order = PlaceOrder(customer, "EUR", cart.id, version, timedelta(minutes=15))
    return await carry_out(books, order_goods, order)


async def move(books: Books, customer: int, label: str) -> int:
    (seat,) = await books.find(Seat, label=label)
    return await books.once(f"friday:{books.now}:{customer}", sit_down, SitDown(customer, seat.token))


async def card(books: Books, number: int) -> tuple[GoodsOrder, list[Any], Message | None]:
    order = await books.get(GoodsOrder, number)
    assert order is not None
    found = await books.find(Message, subject=f"card:{number}")
    return order, await lines_of(books, number), found[0] if found else None


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


async def play(folder: Path, minutes: int, seed: int) -> Night:
    """Play so many minutes of a Friday night."""
    async with open_stage(folder, SandboxSettings(), **LIMITS) as stage:
        refused: list[Any] = []

        def judge(kind: str, method: str, told: Any) -> None:
            if kind == "refusal" and "Too Many Requests" in str(told):
                refused.append(told)

        stage.sandbox.world.observers.append(judge)
        await seat_everybody(stage)
        stage.clock.advance(timedelta(minutes=2))
        await stage.settle()
        end = stage.clock.time + timedelta(minutes=minutes)
        night = Night(stage, random.Random(seed), end, stage.clock.time, refused)
        await night.play()
        await stage.assert_true_books()
        return night


def percentile(seconds: Sequence[float], share: float = 0.95) -> float:
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def report(night: Night) -> Iterator[str]:
    edits = [each for behind in night.cards.values() for each in behind.seconds]
    yield f"orders placed                    {len(night.placed)}"
    yield f"calls refused for flood (429)    {len(night.refused)}"
    yield f"cards lost                       {len(night.lost())}"
    yield f"from placing to card, p95        {percentile([*night.first_shown.values()]):.0f} s"
    yield f"a card behind, p95 (limit {CARD_SECONDS} s)   {percentile(edits):.0f} s"
    yield f"the board behind, p95 (limit {BOARD_SECONDS} s) {percentile(night.board.seconds):.0f} s"


def is_good(night: Night) -> bool:
    edits = [each for behind in night.cards.values() for each in behind.seconds]
    return (
        not night.refused
        and not night.lost()
        and percentile(edits) <= CARD_SECONDS
        and percentile(night.board.seconds) <= BOARD_SECONDS
    )


def main() -> int:
    minutes = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with tempfile.TemporaryDirectory() as folder:
        night = asyncio.run(play(Path(folder), minutes, seed=1))
    sys.stdout.write("\n".join(report(night)) + "\n")
    return 0 if is_good(night) else 1


if __name__ == "__main__":
    sys.exit(main())
