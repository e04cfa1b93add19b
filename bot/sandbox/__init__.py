"""A strict local Telegram with people and a payment provider, for developers, demos and tests.

It stands for the outside world: it knows nothing of the cashier. `README.md` describes its faces.
"""

from bot.sandbox.client import SandboxClient
from bot.sandbox.seen import Event, NeverHappened, Payment, Person, SandboxRefused
from bot.sandbox.server import Sandbox
from bot.sandbox.settings import SandboxSettings

__all__ = [
    "Event",
    "NeverHappened",
    "Payment",
    "Person",
    "Sandbox",
    "SandboxClient",
    "SandboxRefused",
    "SandboxSettings",
]
