"""What is logged, and what never is."""

from __future__ import annotations

import logging
import re

LIBRARIES = ("telegram", "httpx", "httpcore", "aiohttp", "asyncio", "tortoise", "aiosqlite", "concurrent")
MASK = "•••"

_TOKEN = re.compile(r"\d{6,}:[\w-]{8,}")


def set_up_logging(level: str) -> None:
    """Log events at *level* and above to the standard error; the libraries only what matters.

    python-telegram-bot tells its base URL, and in it the bot's token, at DEBUG.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(MaskedLines("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
    for library in LIBRARIES:
        logging.getLogger(library).setLevel(logging.WARNING)


class MaskedLines(logging.Formatter):
    """One line an event, a traceback below it; nothing in it looks like a bot's token."""

    def format(self, record: logging.LogRecord) -> str:
        return _TOKEN.sub(MASK, super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")
