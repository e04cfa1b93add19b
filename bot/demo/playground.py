"""A bar to try things in: the sandbox as a process of its own, and the unchanged bot beside it."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from bot.outbox import due_messages
from bot.sandbox import Person, SandboxClient, SandboxSettings
from bot.service import Service
from bot.settings import Settings
from bot.wiring import open_service
from core.seat import Seat

LOOK_AGAIN_SECONDS = 0.02
PATIENCE_SECONDS = 30
STOP_SECONDS = 5

SANDBOX = SandboxSettings()

KITCHEN = "kitchen"
"""The station that the bar's menu names; it has a group of its own."""


class NothingHappened(Exception):
    """What should have been said was not said."""


@dataclass(slots=True)
class Playground:
    """People, their chats and a running bot."""

    url: str
    client: SandboxClient
    settings: Settings
    service: Service
    people: dict[str, Person]
    groups: dict[str, int] = field(default_factory=dict)

    async def settle(self) -> None:
        """Return once every update is handled and everything is said."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await self._busy():  # noqa: ASYNC110
                await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _busy(self) -> bool:
        if await self.client.pending_updates() or not self.service.idle:
            return True
        return bool(await self.service.store.run(due_messages))  # the pace holds some back

    async def heard(self, name: str) -> str:
        """Return the last text in somebody's chat with the bot."""
        return str((await self.client.last(self.people[name])).get("text", ""))

    async def seats(self) -> dict[str, str]:
        """Return what the QR codes of the newest merchant hold, by seat."""
        found = await self.service.store.run(lambda books: books.find(Seat, retired_at=None))
        newest = max(seat.merchant_id for seat in found)
        return {seat.label: seat.token for seat in found if seat.merchant_id == newest}


@asynccontextmanager
async def open_playground(
    environ: Mapping[str, str], port: int, bot: Mapping[str, str], *sandbox_options: str
) -> AsyncIterator[Playground]:
    """Start sandbox and bot; Ada is the admin, Ann and Bob are customers, Bea and Carl are staff.

    The books are kept where DATABASE_URL says, else in a folder that goes away at the end.
    """
    with tempfile.TemporaryDirectory(prefix="seatside-") as folder:
        async with _sandbox_process(port, *sandbox_options) as url, SandboxClient(url) as client:
            people = await _invite(client)
            settings = Settings.read(_environment(environ, Path(folder), url, people["Ada"].id) | dict(bot))
            async with open_service(settings) as service:
                stop = asyncio.Event()
                running = asyncio.create_task(service.run(stop))
                try:
                    yield Playground(url, client, settings, service, people)
                finally:
                    stop.set()
                    await running


async def set_up_bar(ground: Playground, number: int = 1) -> str:
    """Set up a bar as an admin does, in the chat; return its name.

    Books that are kept may know such a bar already: then this is the next one of that name.
    """
    client, ada = ground.client, ground.people["Ada"]
    name = "Blue Bar" if number == 1 else f"Blue Bar {number}"
    await client.send(ada, f"/newmerchant {name}")
    await ground.settle()
    made = re.search(r"merchant #(\d+)", await ground.heard("Ada"))
    if made is None:
        return await set_up_bar(ground, number + 1)
    merchant = made[1]
    staff = ground.people["Bea"], ground.people["Carl"]
    ground.groups[name] = await client.group(name, *staff, id=-ada.id)  # no evening before had it
    ground.groups[KITCHEN] = await client.group(f"{name}, {KITCHEN}", staff[1], id=-ada.id - 1)
    await _link(ground, merchant, "Bea", ground.groups[name])
    menu = files("bot.demo").joinpath("menu.csv").read_bytes()
    await client.send_document(ada, "menu.csv", menu, mime_type="text/csv", caption=merchant)
    await ground.settle()
    await _link(ground, merchant, "Carl", ground.groups[KITCHEN], KITCHEN)
    await client.send(ada, f"/seats {merchant} A1-A12")
    await ground.settle()
    return name


async def _link(ground: Playground, merchant: str, who: str, group: int, station: str = "") -> None:
    """Link a group to the merchant, or to a station of it, by a code that the admin gets for it."""
    await ground.client.send(ground.people["Ada"], f"/linkcode {merchant}")
    await ground.settle()
    code = re.search(r"/link (\S+)", await ground.heard("Ada"))
    if code is None:
        raise NothingHappened("there is no code to link the group with")
    await ground.client.send(ground.people[who], f"/link {code[1]} {station}".strip(), group)
    await ground.settle()


@asynccontextmanager
async def _sandbox_process(port: int, *options: str) -> AsyncIterator[str]:
    """Run the sandbox and give its address. A killed bot does not take it along."""
    first_update = str(int(time.time() * 100) % 2_000_000_000)  # kept books know those of earlier evenings
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.sandbox", "--port", str(port), "--first-update-id", first_update, *options,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        if not line.startswith("sandbox "):
            raise NothingHappened(f"the sandbox does not start; is port {port} free?")
        yield line.split()[1]
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), STOP_SECONDS)


async def _invite(client: SandboxClient) -> dict[str, Person]:
    first_id = 10 * (int(time.time()) % 100_000_000)
    names = ("Ada", "Ann", "Bob", "Bea", "Carl")
    people = {name: await client.person(name, id=first_id + place) for place, name in enumerate(names, 1)}
    await client.start(people["Ada"])
    return people


def _environment(environ: Mapping[str, str], folder: Path, url: str, admin_id: int) -> dict[str, str]:
    database = environ.get("DATABASE_URL") or f"sqlite:///{folder / 'books.sqlite3'}"
    return {
        "BOT_TOKEN": SANDBOX.bot_token,
        "TELEGRAM_API_URL": url,
        "LINK_BASE": f"{url}/chat",
        "DATABASE_URL": database,
        "ADMIN_IDS": str(admin_id),
        "PAYMENT_PROVIDER_TOKEN": SANDBOX.provider_token,
        "PAYMENT_GATEWAY_URL": url,
        "PAYMENT_GATEWAY_KEY": SANDBOX.provider_key,
    }
