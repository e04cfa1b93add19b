"""The one place that turns a refusal into a sentence, and into a fresh screen where one is due."""

from __future__ import annotations

import re
from dataclasses import fields
from html import unescape
from typing import Any

from bot.arrivals import Tapped
from bot.counter import show_card
from bot.desk import Desk, group_of
from bot.home import home
from bot.locales import Locale, Markup
from bot.order_goods import cart_page, changes_text, short_page
from bot.pages import Page
from bot.top_up import choose_page, type_page
from core.draft import DraftKind, draft_for
from core.errors import (
    AlreadyServed,
    AmountTooLarge,
    AmountTooSmall,
    AmountUnreadable,
    CartEmpty,
    MenuChanged,
    MenuRefused,
    NoteTooLong,
    NoVisit,
    Refusal,
    ShortOfMoney,
)
from core.merchant import find_merchant
from core.order_goods import GoodsOrder, reprice

TOAST_LENGTH = 200  # https://core.telegram.org/bots/api#answercallbackquery


def sentence(locale: Locale, refusal: Refusal) -> str:
    """Return what a refusal says to a person, as HTML."""
    named: dict[str, Any] = {field.name: getattr(refusal, field.name) for field in fields(refusal)}
    if isinstance(refusal, MenuRefused):
        rows = [
            locale.say(f"menu-problem-{each.why}", line=str(each.line), found=each.found)
            for each in refusal.problems
        ]
        return "\n".join([locale.say("refused-menu"), *rows])
    if isinstance(refusal, MenuChanged):
        return changes_text(locale, refusal.changes)
    if isinstance(refusal, AlreadyServed):
        named = {"number": f"G-{refusal.number}", "by": refusal.by}
        return locale.say(f"refused-already-{refusal.status}", **named)
    if isinstance(refusal, AmountUnreadable):
        why = Markup(locale.say(f"amount-{refusal.why.replace('_', '-')}"))
        return locale.say("refused-amount-unreadable", why=why, example=refusal.example)
    return locale.say(f"refused-{_words(type(refusal).__name__)}", **{k: _shown(v) for k, v in named.items()})


async def show_refusal(desk: Desk, refusal: Refusal, tapped: Tapped | None) -> None:
    """Say why not: in the answer to a tap, and on a fresh screen in a private chat."""
    text = sentence(desk.locale, refusal)
    if tapped:
        desk.toast, desk.alert = _plain(text), True
    if desk.place.is_private:
        await desk.show(await _fresh(desk, refusal, text))
    elif tapped and isinstance(refusal, AlreadyServed):
        await _redraw_card(desk, refusal.number)
    elif not tapped:
        await desk.say(Page(text))


async def _fresh(desk: Desk, refusal: Refusal, text: str) -> Page:
    """Return the screen on which the person can go on."""
    match refusal:
        case ShortOfMoney():
            return await short_page(desk, refusal.short)
        case MenuChanged():
            visit, _ = await desk.here()
            cart = await draft_for(desk.books, desk.peer.id, DraftKind.CART, visit.id)
            await reprice(desk.books, cart.id, desk.peer.id)
            return await cart_page(desk, text)
        case NoteTooLong() | CartEmpty():
            return await cart_page(desk, text)
        case AmountUnreadable() | AmountTooSmall() | AmountTooLarge():
            return await (type_page if desk.peer.expects else choose_page)(desk, text)
        case NoVisit():
            return await home(desk)
        case _:
            return await home(desk, text)


async def _redraw_card(desk: Desk, order_id: int) -> None:
    order = await desk.books.get(GoodsOrder, order_id)
    assert order is not None
    merchant = await find_merchant(desk.books, order.merchant_id)
    group = await group_of(desk.books, merchant)
    await show_card(desk.books, desk.house.locale(group), group.id, order)


def _words(name: str) -> str:
    """Return the catalogue's word for a class.

    >>> _words("NotYours")
    'not-yours'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def _shown(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value


def _plain(text: str) -> str:
    """Return HTML as the plain text that an answer to a tap may have.

    >>> _plain("<b>Tea</b> &amp; cake")
    'Tea & cake'
    """
    return unescape(re.sub(r"<[^>]+>", "", text))[:TOAST_LENGTH]
