"""The one place that turns a refusal into a sentence, and into a fresh screen where one is due."""

from __future__ import annotations

import re
from dataclasses import fields
from html import unescape
from typing import Any

from bot.admission import missing_word, type_code_page
from bot.cart import cart_page, changes_text, draft_here, note_page, short_page
from bot.counter.cards import show_cards
from bot.desk import Desk
from bot.gift import seats_page
from bot.home import home
from bot.locales import Locale, Markup
from bot.outbox import Message
from bot.pages import Page
from bot.party import limit_page
from bot.telegram.arrivals import Tapped
from bot.top_up import type_page
from core.errors import (
    AlreadyLeft,
    AlreadyServed,
    AmountUnreadable,
    CallAnswered,
    CaseClosed,
    DayUnreadable,
    DisputeUnknown,
    FileTooLarge,
    GatewayUnknown,
    HoursRefused,
    ItemGone,
    ItemUnknown,
    LabelsRefused,
    MenuChanged,
    MenuRefused,
    MerchantUnknown,
    NameRefused,
    NameTaken,
    NeedsAnotherAdmin,
    NoAccount,
    NotAdmitted,
    NotFound,
    NoVisit,
    OutOfDate,
    PhotoTooLarge,
    RefundDisputed,
    Refusal,
    RoleTooLow,
    SeatAnswered,
    SeatLabelUnknown,
    SeatNotNamed,
    SeatToEnter,
    ShortOfMoney,
)
from core.order_goods import GoodsOrder, reprice
from core.presence import AdmissionState, Proof

_SAID = (
    DayUnreadable,
    DisputeUnknown,
    GatewayUnknown,
    FileTooLarge,
    ItemUnknown,
    PhotoTooLarge,
    LabelsRefused,
    MenuRefused,
    MerchantUnknown,
    NameRefused,
    NameTaken,
    NeedsAnotherAdmin,
    NotFound,
    SeatLabelUnknown,
    SeatNotNamed,
    SeatToEnter,
)
"""What answers a typed command that shows no screen: said once, and the screen stays as it is."""

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
    if isinstance(refusal, ItemGone) and not refusal.name:  # of another merchant, or of none
        return locale.say("refused-out-of-date")
    if isinstance(refusal, MenuChanged):
        return changes_text(locale, refusal.changes)
    if isinstance(refusal, AlreadyServed):
        named = {"number": f"G-{refusal.number}", "by": refusal.by}
        return locale.say(f"refused-already-{refusal.status}", **named)
    if isinstance(refusal, AlreadyLeft):
        named = {"number": f"C-{refusal.number}"}
    if isinstance(refusal, CaseClosed):
        named = {"number": f"N-{refusal.number}", "by": refusal.by}
    if isinstance(refusal, RoleTooLow):
        named = {"least": locale.plain(f"role-{refusal.least}")}
    if isinstance(refusal, AmountUnreadable):
        why = Markup(locale.say(f"amount-{refusal.why.replace('_', '-')}"))
        return locale.say("refused-amount-unreadable", why=why, example=refusal.example)
    return locale.say(_word(refusal), **{k: _shown(v) for k, v in named.items()})


def plain_text(text: str) -> str:
    """Return HTML as plain text, for a place that knows none.

    >>> plain_text("<b>Tea</b> &amp; cake")
    'Tea & cake'
    """
    return unescape(re.sub(r"<[^>]+>", "", text))


async def show_refusal(desk: Desk, refusal: Refusal, tapped: Tapped | None) -> None:
    """Say why not: in the answer to a tap, and on a screen from which the person can go on."""
    text = sentence(desk.locale, refusal)
    if tapped:
        desk.toast, desk.alert = plain_text(text)[:TOAST_LENGTH], True
    if isinstance(refusal, AlreadyServed) and not desk.place.is_private:
        await _redraw_cards(desk, refusal.number)
    elif isinstance(refusal, OutOfDate) and not desk.place.is_private:
        await _redraw_tapped(desk)
    elif isinstance(refusal, _SAID) or not desk.place.is_private or desk.on_card:
        if not tapped:
            await desk.say(Page(sentence(await desk.readers(), refusal)))
    else:
        await desk.show(await _fresh(desk, refusal, text))


async def show_unexpected(desk: Desk, word: str) -> None:
    """Say that what was sent is not what the bot takes, on the page that it was sent to."""
    notice = desk.locale.say(word)
    match desk.peer.expects.partition(":")[0]:
        case "amount":
            await desk.show(await type_page(desk, notice))
        case "note":
            await desk.show(await note_page(desk, notice))
        case "give":
            await desk.show(await seats_page(desk, notice))
        case "limit":
            party_id = int(desk.peer.expects.partition(":")[2])
            await desk.show(await limit_page(desk, party_id, notice))
        case _:
            await desk.show(await home(desk, notice))


async def _fresh(desk: Desk, refusal: Refusal, text: str) -> Page:
    """Return the screen on which the person can go on."""
    match refusal:
        case ShortOfMoney():
            return await short_page(desk, refusal.short)
        case MenuChanged():
            cart, _ = await draft_here(desk)
            await reprice(desk.books, cart.id, desk.peer.id, desk.house.settings.timezone.key)
            return await (desk.go_on(text) if desk.entered and desk.go_on else cart_page(desk, text))
        case NotAdmitted(proof=Proof.CODE, state=AdmissionState.WAITING):
            return await type_code_page(desk, text)
        case _ if desk.go_on and not isinstance(refusal, NoVisit | AlreadyLeft):
            return await desk.go_on(text)
    await desk.expect("")
    # Where somebody without a seat or an account is to begin, home says by itself.
    return await home(desk, "" if isinstance(refusal, NoVisit | NoAccount) else text)


async def _redraw_cards(desk: Desk, order_id: int) -> None:
    order = await desk.books.get(GoodsOrder, order_id)
    assert order is not None
    await show_cards(desk.books, desk.house, order)


async def _redraw_tapped(desk: Desk) -> None:
    """Bring the card up to date that was tapped, if it is one: its buttons may be of another release."""
    place = desk.place
    for message in await desk.books.find(Message, chat_id=place.chat_id, telegram_id=place.message_id):
        kind, _, number = message.subject.partition(":")
        if kind == "card":
            await _redraw_cards(desk, int(number))


def _word(refusal: Refusal) -> str:
    """Return the catalogue's word for a refusal, whose state may have a word of its own."""
    match refusal:
        case NotAdmitted():
            return missing_word(refusal.proof, refusal.state)
        case CallAnswered():
            return f"call-answered-{refusal.state}"
        case SeatAnswered():
            return f"admission-answered-{refusal.state}"
        case RefundDisputed() if not refusal.left:
            return "refused-refund-disputed-all"
        case HoursRefused():
            return f"refused-hours-refused-{refusal.why}"
    return f"refused-{_words(type(refusal).__name__)}"


def _words(name: str) -> str:
    """Return the catalogue's word for a class.

    >>> _words("NotYours")
    'not-yours'
    """
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def _shown(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value
