"""A sandbox in the test's own process, driven from both sides and watched by the oracle."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession
from telegram import Bot

from bot.sandbox import Sandbox, SandboxClient, SandboxSettings
from bot.sandbox.client import Person
from tests.bot.sandbox.inbox import Inbox, bot_of
from tests.bot.sandbox.oracles import Oracle


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.seconds = 1_780_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture(autouse=True)
def _timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare us python-telegram-bot's warning, at each 429, that waits will be timedeltas one day."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def clock() -> Clock:
    """The sandbox's clock."""
    return Clock()


@pytest.fixture
def settings() -> SandboxSettings:
    """Telegram's figures, without its flood limits."""
    return SandboxSettings(flood_limits=False)


@pytest.fixture
async def sandbox(settings: SandboxSettings, clock: Clock) -> AsyncIterator[Sandbox]:
    """A running sandbox; what it says and accepts must satisfy others' models."""
    async with Sandbox(settings, now=clock) as sandbox:
        oracle = Oracle.watch(sandbox, refused_too=False)
        yield sandbox
    oracle.assert_satisfied()


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[SandboxClient]:
    """The people of the sandbox."""
    async with SandboxClient(sandbox.url) as client:
        yield client


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    """Plain HTTP."""
    async with ClientSession() as http:
        yield http


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    """Python-telegram-bot's own bot, with its default way of asking."""
    async with bot_of(sandbox) as bot:
        yield bot


@pytest.fixture
def inbox(bot: Bot) -> Inbox:
    """The bot's updates, one at a time."""
    return Inbox(bot)


@pytest.fixture
async def ann(client: SandboxClient, inbox: Inbox) -> Person:
    """Somebody who has started the bot, which has heard of it."""
    ann = await client.person("Ann", username="ann_example")
    await client.start(ann)
    await inbox.rest()
    return ann
