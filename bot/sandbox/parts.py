"""The parts of one sandbox, as its four faces share them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.sandbox.answers import Toasts
from bot.sandbox.faults import Faults
from bot.sandbox.flood import FloodGuard
from bot.sandbox.provider import Provider
from bot.sandbox.updates import Updates

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.notices import Notices
    from bot.sandbox.pages import Pages
    from bot.sandbox.payments import Payments
    from bot.sandbox.world import World


@dataclass(slots=True)
class Parts:
    """Everything that a face may ask for."""

    world: World
    updates: Updates
    toasts: Toasts
    payments: Payments
    provider: Provider
    pages: Pages
    notices: Notices
    faults: Faults
    flood: FloodGuard
    webhook_changed: Callable[[], None] = lambda: None
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    link_base: str = ""
