"""Takes the pictures of the README from a running sandbox, with a real browser.

    python -m bot.sandbox.screenshots http://127.0.0.1:8081 docs/screenshots

Needs the extra "screenshots" (playwright) and a Chromium: $CHROMIUM, or one on the PATH.
"""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_LARGEST_BYTES = 300_000
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
_SETTLE_MS = 800  # pictures, and the animation of what has just arrived
_COLUMN_PX, _DRAWER_PX, _LEAST_WIDTH_PX, _HEIGHT_PX = 330, 280, 1200, 900
_PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
_DESKTOP = {"viewport": {"width": 1600, "height": _HEIGHT_PX}}


class CannotPicture(Exception):
    """Why there will be no picture, in one sentence."""


def take_pictures(url: str, folder: Path, show: str = "", phone: str = "") -> list[Path]:
    """Write evening.png (all columns) and phone.png (one customer's) into *folder*; return their paths."""
    playwright_of, chromium = _playwright(), _chromium()
    folder.mkdir(parents=True, exist_ok=True)
    with playwright_of() as playwright:
        browser = _launch(playwright, chromium)
        try:
            evening = _open(browser, url, show, _DESKTOP)
            columns = _columns(evening)
            width = max(_LEAST_WIDTH_PX, len(columns) * _COLUMN_PX + _DRAWER_PX)
            evening.set_viewport_size({"width": width, "height": _HEIGHT_PX})
            customer = phone or next(chat for chat in columns if not chat.startswith("-"))
            alone = _open(browser, url, customer, _PHONE)
            return [_take(evening, folder / "evening.png"), _take(alone, folder / "phone.png")]
        finally:
            browser.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox.screenshots")
    parser.add_argument("url", help="the sandbox, as it printed itself")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--show", default="", help="ids of the chats to show, in order: --show=101,-4001001")
    parser.add_argument("--phone", default="", help="id of the chat on the phone; else the first private one")
    given = parser.parse_args(arguments)
    try:
        paths = take_pictures(given.url.rstrip("/"), given.folder, given.show, given.phone)
    except CannotPicture as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for path in paths:
        sys.stdout.write(f"{path} {path.stat().st_size // 1000} kB\n")
    return 0


def _launch(playwright: Any, chromium: str) -> Any:
    try:
        return playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
    except _browser_error() as error:
        raise CannotPicture(f"{chromium} does not start: {_first_line(error)}") from None


def _open(browser: Any, url: str, show: str, window: dict[str, Any]) -> Any:
    page = browser.new_page(color_scheme="light", reduced_motion="reduce", **window)
    try:
        page.goto(f"{url}/chat?show={show}")
        page.wait_for_selector('#light[data-state="live"]')
    except _browser_error() as error:
        raise CannotPicture(f"no sandbox answers at {url}: {_first_line(error)}") from None
    return page


def _columns(page: Any) -> list[str]:
    columns: list[str] = page.eval_on_selector_all(".column", "found => found.map(each => each.dataset.chat)")
    if not any(not chat.startswith("-") for chat in columns):
        raise CannotPicture("nobody is in this sandbox yet: play an evening first")
    return columns


def _take(page: Any, path: Path) -> Path:
    page.wait_for_timeout(_SETTLE_MS)
    picture: bytes = page.screenshot(animations="disabled")
    if len(picture) > _LARGEST_BYTES:
        raise CannotPicture(f"{path.name} would have {len(picture) // 1000} kB: show fewer columns (--show)")
    path.write_bytes(picture)
    return path


def _playwright() -> Any:
    """Return what starts playwright; imported late and untyped, for it is an optional extra."""
    try:
        return importlib.import_module("playwright.sync_api").sync_playwright
    except ImportError:
        raise CannotPicture('playwright is missing: pip install "seatside[screenshots]"') from None


def _browser_error() -> type[Exception]:
    error: type[Exception] = importlib.import_module("playwright.sync_api").Error
    return error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _chromium() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not found:
        raise CannotPicture("no Chromium found: install one, or name it in $CHROMIUM")
    return found


if __name__ == "__main__":
    sys.exit(main())
