"""`seatside demo`: the whole cashier in the browser, with a bar that is ready to open."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping

from bot.demo.playground import KITCHEN, NothingHappened, Playground, open_playground, set_up_bar

SEATS_SHOWN = 3


async def demo(environ: Mapping[str, str], port: int, stop: asyncio.Event, say: Callable[[str], None]) -> int:
    """Set up a bar, say where to look, and go on until *stop* is set. Return the exit status."""
    say("Starting a local Telegram and setting up a bar in it …")
    try:
        async with open_playground(environ, port, _ways_to_pay()) as ground:
            name = await set_up_bar(ground)
            say(await _directions(ground, name))
            await stop.wait()
    except NothingHappened as error:
        say(f"seatside: {error}")
        return 1
    return 0


def _ways_to_pay() -> dict[str, str]:
    """Return the settings by which everything that the provider can do can be tried."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{listening.getsockname()[1]}"
    return {
        "GATEWAYS": "sandbox,sandbox-link,sandbox-qr",
        "LISTEN": address,
        "PUBLIC_URL": f"http://{address}",
    }


async def _directions(ground: Playground, name: str) -> str:
    people = ground.people
    columns = [
        people["Ann"].id,
        people["Bob"].id,
        ground.groups[name],
        ground.groups[KITCHEN],
        people["Ada"].id,
    ]
    seats = list((await ground.seats()).items())[:SEATS_SHOWN]
    codes = [f"  seat {label:4} {ground.url}/chat?start={token}" for label, token in seats]
    return "\n".join(
        [
            "",
            f"{name} is open. You are everybody in it: two customers, the staff, the kitchen and the admin:",
            f"  {ground.url}/chat?show={','.join(map(str, columns))}",
            "",
            "The QR codes of its first seats lead here (a click is a scan):",
            *codes,
            "",
            "Ctrl-C closes the bar.",
        ]
    )
