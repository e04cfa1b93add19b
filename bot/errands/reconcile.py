"""The gateways' books: each morning those of a day are laid beside ours."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from bot.admin.reconcile import (
    ask_for_lines,
    differences_csv,
    hours_of,
    keep_lines,
    latest_day,
    next_morning,
    summary_text,
)
from bot.desk import RECONCILE, House
from bot.errands.calls import look_for_listed
from bot.errands.work import Work
from bot.locales import Locale
from bot.outbox import Attachment, say
from bot.pages import Page, Parcel
from bot.people import Peer, peer_of
from core.errand import Errand, send_on
from core.gateway import GatewayAway
from core.ports import Books
from core.reconcile import Reconciliation

log = logging.getLogger(__name__)

RECONCILE_ALL = "reconcile_all"
ASK_LEDGER_AGAIN = timedelta(hours=1)
LINES_AT_ONCE = 50


async def reconcile_all(work: Work, errand: Errand) -> None:
    """Each morning: lay every gateway's books of the latest day that it has listed beside ours."""

    async def ask_all(books: Books) -> None:
        for gateway in work.house.gateways:
            day = latest_day(gateway, books.now, work.house.settings.timezone)
            told = {"gateway": gateway.name, "day": day.isoformat()}
            await send_on(books, RECONCILE, 0, body=json.dumps(told))
        await until_morning(books, work.house)

    await work.finish(errand, ask_all)


async def reconcile(work: Work, errand: Errand) -> None:
    """Lay a gateway's books of a day beside ours; whoever asked is told, else all admins."""
    told = json.loads(errand.body)
    hours = hours_of(date.fromisoformat(told["day"]), work.house.settings.timezone)
    try:
        lines = await ask_for_lines(work.house.gateways.named(told["gateway"]), *hours)
    except GatewayAway as away:
        log.warning("gateway_away gateway=%s reason=%s", told["gateway"], away)
        await work.store.run(lambda books: _gateway_away(books, work.house, errand))
        return
    for first in range(0, len(lines), LINES_AT_ONCE):
        await work.store.run(partial(keep_lines, lines=lines[first : first + LINES_AT_ONCE]))
    found = await work.reports.reconcile(told["gateway"], lines, *hours)
    brought = await look_for_listed(work, found, lines)
    if brought:
        found = await work.reports.reconcile(told["gateway"], lines, *hours)
    await work.finish(errand, lambda books: _tell_reconciled(books, work.house, told, found, brought))


async def _tell_reconciled(
    books: Books, house: House, told: dict[str, Any], found: Reconciliation, brought: int
) -> None:
    file = None
    if found.differences:
        name = f"{found.gateway}-{told['day']}.csv"
        file = await books.add(Attachment(0, name, differences_csv(found)))
    for chat_id, locale in await _readers(books, house, told):
        text = summary_text(locale, found, brought)
        await say(books, chat_id, Page(text, quiet=found.agrees and found.is_covered and not brought))
        if file:
            await say(books, chat_id, Parcel(file.id, ""))


async def _gateway_away(books: Books, house: House, errand: Errand) -> None:
    """Say once that a gateway does not answer, and ask again every hour until it does."""
    told = json.loads(errand.body)
    if not errand.attempts:
        for chat_id, locale in await _readers(books, house, told):
            day = locale.date(hours_of(date.fromisoformat(told["day"]), locale.timezone)[0])
            text = locale.say("reconcile-away", gateway=told["gateway"], day=day)
            await say(books, chat_id, Page(text))
    due_at = books.now + ASK_LEDGER_AGAIN
    await books.save(replace(errand, attempts=errand.attempts + 1, due_at=due_at))


async def _readers(books: Books, house: House, told: dict[str, Any]) -> list[tuple[int, Locale]]:
    """Return who is to be told: whoever asked, or every admin whom the bot has met."""
    if "chat" in told:
        return [(told["chat"], house.locale(await peer_of(books, told["reader"])))]
    met = [await books.get(Peer, admin_id) for admin_id in house.settings.admin_ids]
    return [(admin.id, house.locale(admin)) for admin in met if admin]


async def until_morning(books: Books, house: House) -> None:
    await send_on(books, RECONCILE_ALL, 0, next_morning(books.now, house.settings.timezone) - books.now)
