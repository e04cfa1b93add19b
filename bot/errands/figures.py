"""The figures of the day."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time

from bot.desk import House
from bot.errands.work import Work
from bot.figures import figures_text
from bot.outbox import say
from bot.pages import Page
from bot.people import peer_of
from core.errand import Errand
from core.ports import Books


async def tell_today(work: Work, errand: Errand) -> None:
    since = midnight(work.clock.now(), work.house)
    figures = await work.reports.today(errand.subject_id or None, since)

    async def tell(books: Books) -> None:
        told = json.loads(errand.body)
        locale = work.house.locale(await peer_of(books, told["reader"]))
        await say(books, told["chat"], Page(figures_text(locale, figures)), told.get("thread", 0))

    await work.finish(errand, tell)


def midnight(now: datetime, house: House) -> datetime:
    """Return when the day began where the house stands."""
    zone = house.settings.timezone
    return datetime.combine(now.astimezone(zone).date(), time.min, zone).astimezone(UTC)
