"""Runs the sandbox as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import signal
from dataclasses import fields

from bot.sandbox.server import Sandbox, serve
from bot.sandbox.settings import SandboxSettings

_SWITCHES = {"flood_limits", "privacy_mode"}


def main() -> None:
    """Read the command line, listen, stop on SIGINT or SIGTERM."""
    asyncio.run(_run(_arguments()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081, help="0 picks a free one")
    parser.add_argument("--file", help="where to remember; without it, in memory")
    for field in fields(SandboxSettings):
        option = "--" + field.name.replace("_", "-")
        if field.name in _SWITCHES:
            parser.add_argument(option, action=argparse.BooleanOptionalAction, default=field.default)
        else:
            parser.add_argument(option, type=type(field.default), default=field.default)
    return parser.parse_args()


async def _run(arguments: argparse.Namespace) -> None:
    settings = SandboxSettings(
        **{field.name: getattr(arguments, field.name) for field in fields(SandboxSettings)}
    )
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    sandbox = Sandbox(settings, host=arguments.host, port=arguments.port, file=arguments.file)
    await serve(sandbox, stopped)


if __name__ == "__main__":
    main()
