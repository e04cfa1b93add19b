"""No log line shows a bot's token, wherever in it the token stands."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator

import pytest

from bot.logs import LIBRARIES, MaskedLines, set_up_logging

TOKEN = "7000000001:AAF-SANDBOX_TOKEN-of-35-characters"
LINES = MaskedLines("%(asctime)s %(levelname)s %(name)s %(message)s")


@pytest.fixture
def levels() -> Iterator[None]:
    """Put back what `set_up_logging` changes."""
    loggers = [logging.getLogger(name) for name in ("", *LIBRARIES)]
    before = [(each, each.level) for each in loggers]
    yield
    for logger, level in before:
        logger.setLevel(level)


def record(message: str, *args: object, **more: object) -> logging.LogRecord:
    return logging.LogRecord("bot", logging.INFO, __file__, 1, message, args, more.get("exc_info"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "event",
    [
        record(f"poll_failed url=https://api.telegram.org/bot{TOKEN}/getUpdates"),
        record("poll_failed url=%s", f"http://127.0.0.1:8081/bot{TOKEN}/getMe"),
        record("settings %s", {"token": TOKEN}),
        record(TOKEN),
    ],
)
def test_a_token_is_masked_in_message_and_arguments(event: logging.LogRecord) -> None:
    assert "SANDBOX" not in LINES.format(event)
    assert "•••" in LINES.format(event)


def test_a_token_is_masked_in_a_traceback() -> None:
    try:
        raise ValueError(f"no answer from /bot{TOKEN}/getMe")
    except ValueError:
        line = LINES.format(record("poll_failed", exc_info=sys.exc_info()))
    assert "Traceback" in line
    assert TOKEN not in line


def test_what_is_no_token_is_left_as_it_is() -> None:
    line = LINES.format(record("arrival_failed uid=518000001 at=127.0.0.1:8081 since=2026-05-01 20:00:00"))
    assert line.endswith("uid=518000001 at=127.0.0.1:8081 since=2026-05-01 20:00:00")


def test_an_event_is_one_line_whatever_is_in_it() -> None:
    assert "\n" not in LINES.format(record("name=%s", "Ann\n2026-05-01 ERROR forged"))


@pytest.mark.usefixtures("levels")
def test_the_libraries_are_quiet_even_at_debug() -> None:
    set_up_logging("DEBUG")
    assert {logging.getLogger(name).getEffectiveLevel() for name in LIBRARIES} == {logging.WARNING}
    assert not logging.getLogger("telegram.ext").isEnabledFor(logging.DEBUG)
