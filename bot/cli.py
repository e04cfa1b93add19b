"""The command `seatside`.

Exit status: 0 done, 1 something is wrong and was said, 2 a setting or the command line is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from telegram.error import InvalidToken, TelegramError

from bot import wiring
from bot.demo.show import demo
from bot.demo.tour import tour
from bot.doctor import examine
from bot.locales import Locale
from bot.logs import set_up_logging
from bot.progress import show_progress
from bot.refusals import plain_text, sentence
from bot.settings import Settings, SettingsError
from bot.wiring import Database, Finding, GatewayRefused, StorageError
from core.errors import Refusal

SWITCH_SECONDS = 0.0005
"""How long a busy thread may keep the others waiting: the default let a big batch hold up an order."""

ENV_FILE = Path(".env")


def main(arguments: list[str] | None = None) -> None:
    """Run the command that the command line names, and exit with its status."""
    sys.setswitchinterval(SWITCH_SECONDS)
    chosen = _parser().parse_args(arguments)
    try:
        status = asyncio.run(chosen.command(chosen))
    except (SettingsError, GatewayRefused) as error:
        status = _complain(str(error), 2)
    except Refusal as refusal:
        status = _complain(plain_text(sentence(Locale.of("en"), refusal)), 2)
    except InvalidToken:
        status = _complain("BOT_TOKEN is refused by Telegram; expected the token that @BotFather gave", 2)
    except (StorageError, TelegramError) as error:
        status = _complain(str(error), 1)
    except KeyboardInterrupt:
        status = 130
    except BrokenPipeError:  # whoever read what we say has gone, and Python shall not try to say the rest
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    sys.exit(status)


async def run(chosen: argparse.Namespace) -> int:
    """Run the bot until SIGINT or SIGTERM."""
    settings = _settings()
    settings.require_bot_token()
    set_up_logging(settings.log_level)
    stop = stop_on_signals()
    async with wiring.open_service(settings) as service:
        how = f"webhook {settings.webhook_url}" if settings.webhook_url else "long polling"
        await service.run(stop, lambda: _say(f"@{service.house.username} is running ({how})"))
    return 0


async def migrate(chosen: argparse.Namespace) -> int:
    """Bring the database up to this release."""
    done = await _database().migrate(chosen.app_role)
    for name in done.applied:
        _say(name)
    if done.granted:
        _say(f"the rights of {done.granted} were set anew")
    if done.ahead:
        _say(f"a newer release changed the schema ({', '.join(done.ahead)}); this one runs on it")
    elif not done.applied and not done.granted:
        _say("nothing to do: the schema is this release's")
    return 0


async def verify(chosen: argparse.Namespace) -> int:
    """Check every invariant of the ledger; say what is wrong and where."""
    database = _database()
    status = _say_findings(database, await database.verify())
    if unsealed := database.unsealed():
        _say(f"the last {unsealed} transfers are not in the hash chain yet")
    return status


async def backup(chosen: argparse.Namespace) -> int:
    """Write a copy of one moment of the database, and check every invariant in it."""
    return _say_findings(chosen.file, _database().backup(chosen.file, show_progress("pages")))


async def restore(chosen: argparse.Namespace) -> int:
    """Make a backup the database, where there is none."""
    database = _database()
    status = _say_findings(chosen.file, database.restore(chosen.file, show_progress("pages")))
    _say(f"{database} was not made" if status else f"{database} is made of it")
    return status


async def export(chosen: argparse.Namespace) -> int:
    """Write the whole journal to the standard output."""
    sys.stdout.writelines(_database().export_journal(chosen.format, show_progress("transfers")))
    return 0


async def reconcile(chosen: argparse.Namespace) -> int:
    """Lay gateways' books of a day beside ours, changing nothing; say what differs."""
    sound = True
    async for agrees, text in wiring.reconcile(_settings(), " ".join(chosen.asked)):
        _say(text)
        sound = sound and agrees
    return 0 if sound else 1


async def doctor(chosen: argparse.Namespace) -> int:
    """Say what works and what does not."""
    status = 0
    async for finding in examine(_settings()):
        _say(str(finding))
        status = max(status, finding.status)
    return status


async def show(chosen: argparse.Namespace) -> int:
    """Run the demo, or the tour."""
    if chosen.tour:
        return await tour(os.environ, _say)
    set_up_logging("WARNING")
    return await demo(os.environ, chosen.port, stop_on_signals(), _say)


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="seatside", description="A cashier that lives in a chat.")
    commands = parser.add_subparsers(required=True, metavar="command")
    _add(commands, "run", run, "run the bot with the settings of the environment and .env")
    shown = _add(commands, "demo", show, "try everything in the browser, without Telegram")
    shown.add_argument("--tour", action="store_true", help="play one evening and print it")
    shown.add_argument("--port", type=int, default=8081, help="where the chat page is (default 8081)")
    migrated = _add(commands, "migrate", migrate, "bring the database up to this release")
    migrated.add_argument("--app-role", metavar="NAME", help="PostgreSQL: make a role that can only add")
    _add(commands, "verify", verify, "check every invariant of the ledger")
    backed_up = _add(commands, "backup", backup, "copy the database and check the copy")
    backed_up.add_argument("file", type=Path, help="the new file; one that is there is never overwritten")
    restored = _add(commands, "restore", restore, "make a backup the database, where there is none")
    restored.add_argument("file", type=Path, help="the backup; it is checked first")
    exported = _add(commands, "export", export, "write the whole journal to the standard output")
    exported.add_argument("format", choices=wiring.EXPORT_FORMATS)
    reconciled = _add(commands, "reconcile", reconcile, "lay gateways' books of a day beside ours")
    reconciled.add_argument(
        "asked", nargs="*", metavar="GATEWAY or DAY", help="as in `stripe 2026-05-31`; all, and yesterday"
    )
    _add(commands, "doctor", doctor, "say what works and what does not")
    return parser


Command = Callable[[argparse.Namespace], Awaitable[int]]


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, command: Command, text: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(command=command)
    return parser


def _settings() -> Settings:
    return Settings.read(os.environ, ENV_FILE if ENV_FILE.exists() else None)


def _database() -> Database:
    return wiring.database_of(_settings())


def _say_findings(where: object, findings: list[Finding]) -> int:
    """Say what is wrong in a database; return the exit status."""
    for finding in findings:
        _say(f"{finding.invariant}: {finding.where}: {finding.what}")
    _say(f"{len(findings)} wrong" if findings else f"{where}: every invariant holds")
    return 1 if findings else 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _complain(text: str, status: int) -> int:
    sys.stderr.write(f"seatside: {text}\n")
    return status
