"""`seatside demo --tour`: one evening plays by itself and is printed as it happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.demo.playground import KITCHEN, NothingHappened, Playground, open_playground, set_up_bar
from bot.sandbox import NeverHappened, SandboxRefused
from bot.wiring import database_of, trial_balance
from core.ledger import Standing
from core.money import total

FAST_SANDBOX = ("--speed", "50")
FAST_BOT = {"CHAT_PER_SECOND": "40", "CHAT_BURST": "4", "GROUP_PER_MINUTE": "900", "BOT_PER_SECOND": "1000"}
"""Fifty times Telegram's pace; the bot keeps a little below."""

GROUP = "group"
"""What the bar's main group is called here."""

Say = Callable[[str], None]


@dataclass(slots=True)
class Evening:
    """An evening being played and told."""

    ground: Playground
    bar: str
    say: Say
    _seen: dict[tuple[str, int], str] = field(default_factory=dict)

    async def heading(self, text: str) -> None:
        """Begin a chapter; what was said so far is not told again."""
        await self._news()
        self.say(f"\n── {text} " + "─" * max(0, 88 - len(text)))

    async def scans(self, who: str, label: str) -> None:
        token = (await self.ground.seats())[label]
        await self.ground.client.start(self.ground.people[who], token)
        await self._tell(f"{who} scans the QR code of seat {label}")

    async def taps(self, who: str, label: str, group: str = "") -> None:
        """Tap the newest button whose label begins so, in one's own chat or in a *group*."""
        chat = self._groups[group] if group else None
        whole = await self._find_label(chat if chat is not None else self.ground.people[who].id, label)
        await self.ground.client.tap(self.ground.people[who], whole, chat)
        await self._tell(f"{who} taps [{whole}]" + (f" in the {group}" if group else ""))

    async def types(self, who: str, text: str) -> None:
        await self.ground.client.send(self.ground.people[who], text)
        await self._tell(f"{who} types {text}")

    async def pays(self, who: str) -> None:
        payment = await self.ground.client.pay(self.ground.people[who])
        if payment.status != "paid":
            raise NothingHappened(f"the payment of {who} is {payment.status}")
        await self._tell(f"{who} pays with a card")

    @property
    def _groups(self) -> dict[str, int]:
        return {GROUP: self.ground.groups[self.bar], KITCHEN: self.ground.groups[KITCHEN]}

    async def _find_label(self, chat_id: int, label: str) -> str:
        for message in reversed(await self.ground.client.messages(chat_id)):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for key in row:
                    if key["text"].startswith(label):
                        return str(key["text"])
        raise NothingHappened(f"there is no button [{label}]")

    async def _tell(self, act: str) -> None:
        self.say(f"\n{act}")
        await self.ground.settle()
        for chat, text in await self._news():
            first, *rest = text.split("\n")
            self.say(f"    {chat:>8} │ {first}")
            for line in rest:
                self.say(f"    {'':>8} │ {line}")

    async def _news(self) -> list[tuple[str, str]]:
        """Return what the bot says now that it did not say before, by chat."""
        chats = {name: person.id for name, person in self.ground.people.items()}
        found = []
        for name, chat_id in {**chats, **self._groups}.items():
            for message in await self.ground.client.messages(chat_id):
                text, place = _read(message), (name, message["message_id"])
                lost_buttons = self._seen.get(place, "").startswith(text)
                self._seen[place] = text
                if message["from"]["is_bot"] and text and not lost_buttons:
                    found.append((name, text))
        return found


async def tour(environ: Mapping[str, str], say: Say) -> int:
    """Play the evening, print it with the trial balance; return 0 only if the books are true."""
    try:
        async with open_playground(environ, 0, FAST_BOT, *FAST_SANDBOX) as ground:
            await end(await begin(ground, say))
            balances = await trial_balance(ground.settings)
            findings = await database_of(ground.settings).verify()
    except (NothingHappened, NeverHappened, SandboxRefused, TimeoutError) as error:
        say(f"\nThe evening went wrong: {error or type(error).__name__}")
        return 1
    say("\n".join(_table(balances)))
    for finding in findings:
        say(f"{finding.invariant}: {finding.where}: {finding.what}")
    say("\nEvery invariant of the ledger holds." if not findings else "\nThe books are wrong.")
    return 1 if findings else 0


async def begin(ground: Playground, say: Say) -> Evening:
    """Set up the bar and play until everybody has ordered."""
    say("An admin creates the Blue Bar, links its two groups, sends the menu and prints the QR codes …")
    evening = Evening(ground, await set_up_bar(ground), say)
    await evening.heading("1 · Open account")
    await evening.scans("Ann", "A12")
    await evening.taps("Ann", "Open my account")
    await evening.heading("2 · Top up")
    await evening.taps("Ann", "Top up")
    await evening.taps("Ann", "€10.00")
    await evening.pays("Ann")
    await evening.heading("3 · Order goods")
    await evening.taps("Ann", "🍺 Order")
    await evening.taps("Ann", "Beer")
    await evening.taps("Ann", "Pils")
    await evening.taps("Ann", "Order ·")
    await evening.taps("Bea", "Accept", GROUP)
    await evening.taps("Carl", "Delivered", GROUP)
    await evening.heading("Meanwhile at seat A3: short of money, then sold out in the kitchen")
    await evening.scans("Bob", "A3")
    await evening.taps("Bob", "Open my account")
    await evening.taps("Bob", "🍺 Order")
    await evening.taps("Bob", "Food")
    await evening.taps("Bob", "Fries")
    await evening.taps("Bob", "Add ·")
    await evening.taps("Bob", "Order ·")
    await evening.taps("Bob", "Top up €")
    await evening.pays("Bob")
    await evening.taps("Carl", "Decline", KITCHEN)
    await evening.taps("Carl", "Sold out", KITCHEN)
    return evening


async def end(evening: Evening) -> None:
    """Play until everybody has left and the admin has seen the figures."""
    await evening.heading("4 · Check out, and 5 · Refund")
    await leave(evening, "Ann")
    await leave(evening, "Bob")
    await evening.heading("The morning after")
    await evening.types("Ada", "/today")


async def leave(evening: Evening, who: str) -> None:
    """Check out, with what is left going back."""
    await evening.taps(who, "Check out")
    await evening.taps(who, "Check out,")


def _table(balances: list[Standing]) -> list[str]:
    """Return the trial balance; credits stand above zero, what providers hold for us below."""
    width = max((len(each.account.name) for each in balances), default=0)
    rows = ["", "── Trial balance " + "─" * 75, ""]
    rows += [f"    {each.account.name:{width}} {each.balance!s:>14}" for each in balances]
    for currency in sorted({each.account.currency for each in balances}):
        whole = total((each.balance for each in balances if each.account.currency == currency), currency)
        rows += [f"    {'':{width}} {'─' * 14}", f"    {'sum':{width}} {whole!s:>14}"]
    return rows


def _read(message: dict[str, Any]) -> str:
    """Return what a person sees of a message: its text without blank lines, and its buttons."""
    if invoice := message.get("invoice"):
        return f"{invoice['title']}: {invoice['total_amount'] / 100:.2f} {invoice['currency']}  [Pay]"
    if document := message.get("document"):
        return f"📎 {document['file_name']}"
    text = str(message.get("text", ""))
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    keys = ["  ".join(f"[{key['text']}]" for key in row) for row in rows]
    return "\n".join(line for line in [*text.split("\n"), *keys] if line)
