"""Disputes in the chat: what the customer is told, and what admins do about them."""

from __future__ import annotations

import re

from bot.buttons import DrawEvidence
from bot.desk import DRAW_EVIDENCE, Desk
from bot.locales import Locale
from bot.pages import Key, Page
from core.dispute import Dispute, DisputeState, dispute_of
from core.errors import DisputeUnknown, NotAllowed
from core.lot import Lot

DISPUTES_SHOWN = 20


async def on_disputes(desk: Desk, argument: str) -> None:
    """`/disputes`: those that are open, and the latest that are not."""
    open_ = await desk.books.find(Dispute, state=DisputeState.OPEN)
    ended = await desk.books.find(
        Dispute, state=(DisputeState.WON, DisputeState.LOST), by="-id", most=DISPUTES_SHOWN
    )
    rows = [await _row(desk, each) for each in [*open_, *ended]]
    title = desk.locale.say("admin-disputes" if rows else "admin-no-disputes")
    await desk.say(Page("\n".join([title, *rows])))


async def on_evidence(desk: Desk, argument: str) -> None:
    """`/evidence D-1`: all that is known about a disputed charge, as one document."""
    match = re.fullmatch(r"\s*D?\s*-?\s*(\d{1,15})\s*", argument.upper())
    if match is None:
        raise DisputeUnknown(argument.strip()[:20])
    await _draw(desk, int(match[1]))


async def on_draw_evidence(desk: Desk, tap: DrawEvidence) -> None:
    if not desk.is_admin:
        raise NotAllowed
    await _draw(desk, tap.dispute)
    desk.toast = desk.locale.plain("admin-evidence-coming")


def told_text(locale: Locale, dispute: Dispute, lot: Lot) -> str:
    """Return in one sentence what a dispute does to its customer's money."""
    word = f"dispute-{dispute.state}"
    if dispute.state is DisputeState.LOST and dispute.owed:
        word = "dispute-lost-owed"
    return locale.say(
        word,
        amount=dispute.amount,
        number=f"T-{lot.top_up_id}",
        held=dispute.held,
        owed=dispute.owed,
    )


def dispute_page(locale: Locale, dispute: Dispute, lot: Lot) -> Page:
    """Return what admins read about a dispute; evidence is of use while it is open."""
    text = locale.say(
        f"admin-dispute-{dispute.state}",
        number=f"D-{dispute.id}",
        amount=dispute.amount,
        top_up=f"T-{lot.top_up_id}",
        gateway=dispute.gateway,
        reference=dispute.reference,
        reason=dispute.reason or "-",
        held=dispute.held,
        owed=dispute.owed,
    )
    key = Key(locale.plain("button-evidence"), DrawEvidence(dispute.id))
    return Page(text, [[key]] if dispute.state is DisputeState.OPEN else [])


async def _draw(desk: Desk, dispute_id: int) -> None:
    dispute, _ = await dispute_of(desk.books, dispute_id)
    await desk.ask_outside(DRAW_EVIDENCE, dispute.id)


async def _row(desk: Desk, dispute: Dispute) -> str:
    _, lot = await dispute_of(desk.books, dispute.id)
    return dispute_page(desk.locale, dispute, lot).text
