"""The cashier in the chat: Telegram, HTTP and payment gateways around the core.

One way through the house: an update is stored (`telegram.intake`), handled once in one transaction
(`dispatch`, `routes` and the module of its step), and what is to be said waits in the `outbox` until
it has been said (`telegram.relay`). What happens later or outside is an errand (`errands`). `wiring`
joins all, `service` runs it. `sandbox` is a local Telegram, and `demo` a bar in it.
"""

import os

# python-telegram-bot gives waiting times as timedelta where this is set, and warns where it is not.
os.environ.setdefault("PTB_TIMEDELTA", "1")
