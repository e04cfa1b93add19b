"""What is logged, and what never is."""

from __future__ import annotations

import logging


def set_up_logging(level: str) -> None:
    """Log events at *level* and above to the standard error; the libraries only what matters.

    python-telegram-bot tells its base URL, and in it the bot's token, at DEBUG.
    """
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for library in ("telegram", "aiohttp", "asyncio", "tortoise", "aiosqlite"):
        logging.getLogger(library).setLevel(logging.WARNING)
