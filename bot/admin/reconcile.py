"""A gateway's books beside ours: asked for by admins and each morning, told as a summary and a CSV."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Protocol

from bot.desk import RECONCILE, Desk
from bot.locales import Locale
from bot.pages import Page
from core.errors import DayUnreadable, GatewayUnknown, KeyReused
from core.gateway import Capabilities, GatewayAway, Movement
from core.ports import Books
from core.reconcile import (
    NEIGHBOURING,
    Difference,
    Reconciliation,
    StatementLine,
    keep_line,
    line_key,
)

PATIENCE_SECONDS = 300
"""How long a gateway may take to give its books of a day."""

MORNING = time(6)
"""When the latest day that is listed is reconciled, where the house stands."""

DIFFERENCES_SHOWN = 8

COLUMNS = ("time", "gateway", "what", "kind", "ours", "theirs", "state", "our amount", "their amount")


class Ledger(Protocol):
    """Of a gateway only what tells its books."""

    name: str
    capabilities: Capabilities

    def movements(self, since: datetime, until: datetime) -> AsyncIterator[Movement]:
        """Yield the provider's own lines of that time. Raises GatewayAway."""


async def on_reconcile(desk: Desk, argument: str) -> None:
    """`/reconcile [GATEWAY] [DAY]`: all gateways, and the latest day that each has listed, unless others
    are named.
    """
    names, asked = read_request(argument, desk.house.gateways_on)
    now, zone = desk.books.now, desk.house.settings.timezone
    for name in names:
        gateway = desk.house.gateways.named(name)
        day = asked or latest_day(gateway, now, zone)
        if is_listed(gateway, day, now, zone):
            await desk.ask_outside(RECONCILE, 0, gateway=name, day=day.isoformat())
        else:
            await desk.say(Page(not_listed_text(desk.locale, gateway, day)))


def read_request(text: str, known: Sequence[str]) -> tuple[tuple[str, ...], date | None]:
    """Return which gateways and which day are meant, in whatever order; refuse what names neither.

    >>> read_request("stripe", ("stripe", "wechat"))
    (('stripe',), None)
    >>> read_request("2026-04-30", ("stripe", "wechat"))
    (('stripe', 'wechat'), datetime.date(2026, 4, 30))
    """
    names: list[str] = []
    day = None
    for word in text.split():
        if word[0].isdigit():
            try:
                day = date.fromisoformat(word)
            except ValueError:
                raise DayUnreadable(word[:20]) from None
        elif word in known:
            names.append(word)
        else:
            raise GatewayUnknown(word[:20], ", ".join(known))
    return tuple(names or known), day


def latest_day(gateway: Ledger, now: datetime, zone: tzinfo) -> date:
    """Return the latest whole day that a gateway has listed: yesterday, unless it lists late."""
    return (now - gateway.capabilities.lists_after).astimezone(zone).date() - timedelta(days=1)


def is_listed(gateway: Ledger, day: date, now: datetime, zone: tzinfo) -> bool:
    """Tell whether a gateway has listed by now what has happened on a day by now."""
    _, until = hours_of(day, zone)
    return min(until, now) + gateway.capabilities.lists_after <= now


def not_listed_text(locale: Locale, gateway: Ledger, day: date) -> str:
    """Return that it is too early to lay a day beside a gateway's books, and when it is not."""
    since, until = hours_of(day, locale.timezone)
    return locale.say(
        "reconcile-not-listed",
        gateway=gateway.name,
        day=locale.date(since),
        time=until + gateway.capabilities.lists_after,
    )


def next_morning(now: datetime, zone: tzinfo) -> datetime:
    """Return when the next day's books are due."""
    here = now.astimezone(zone)
    today = datetime.combine(here.date(), MORNING, zone)
    return today if today > here else datetime.combine(here.date() + timedelta(days=1), MORNING, zone)


def hours_of(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return when a day begins and ends."""
    first, last = (datetime.combine(day + timedelta(days=n), time.min, zone) for n in (0, 1))
    return first.astimezone(UTC), last.astimezone(UTC)


async def ask_for_lines(gateway: Ledger, since: datetime, until: datetime) -> list[StatementLine]:
    """Ask a gateway for its books of that time and of what is near. Raises GatewayAway."""
    told = gateway.movements(since - NEIGHBOURING, until + NEIGHBOURING)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return [StatementLine.of(gateway.name, each) async for each in told]
    except TimeoutError:
        raise GatewayAway("timeout") from None


async def keep_lines(books: Books, lines: Sequence[StatementLine]) -> None:
    """Keep what a gateway told, each line once; one that it tells otherwise now stays as it was."""
    for line in lines:
        try:
            await books.once(f"statement:{line_key(line)}", keep_line, line)
        except KeyReused:
            continue  # the comparison names it


def summary_text(locale: Locale, found: Reconciliation, brought: int = 0) -> str:
    """Return what came of it: that all agrees, or what does not, and what the gateway holds.

    *brought* payments were found by it, and taken.
    """
    word = "reconcile-agrees" if found.agrees else "reconcile-differs"
    rows: list[str] = [
        locale.say(
            word,
            gateway=found.gateway,
            day=locale.date(found.since),
            matched=found.matched,
            count=len(found.differences),
        )
    ]
    if brought:
        rows.append(locale.say("reconcile-brought", count=brought))
    rows += [_difference_row(locale, each) for each in found.differences[:DIFFERENCES_SHOWN]]
    if len(found.differences) > DIFFERENCES_SHOWN:
        rows.append(locale.say("reconcile-more", count=len(found.differences) - DIFFERENCES_SHOWN))
    rows += [locale.say("reconcile-fees", kept=each.kept, paid=each.paid_out) for each in found.fees]
    for each in found.clearing:
        if each.holds:
            word = "reconcile-stale" if each.stale else "reconcile-holds"
            rows.append(locale.say(word, gateway=found.gateway, amount=each.holds))
    for cover in found.cover:
        owed = {"held": cover.held, "customers": cover.customers, "merchants": cover.merchants}
        rows.append(locale.say("reconcile-cover", **owed))
        if cover.short:
            rows.append(locale.say("reconcile-short", amount=cover.short))
    return "\n".join(rows)


def differences_csv(found: Reconciliation) -> bytes:
    """Return all differences as a CSV that spreadsheets open."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    for each in found.differences:
        amounts = [str(amount) if amount else "" for amount in (each.ours, each.theirs)]
        told = [
            each.at.isoformat(),
            found.gateway,
            each.verdict,
            each.kind,
            each.title,
            each.number,
            each.state,
        ]
        rows.writerow([*map(_harmless, told), *amounts])
    return text.getvalue().encode("utf-8-sig")


def _difference_row(locale: Locale, each: Difference) -> str:
    nothing = locale.plain("reconcile-nothing")
    return locale.say(
        f"reconcile-{each.verdict}",
        kind=locale.plain(f"movement-{each.kind}"),
        title=each.title or each.number,
        number=each.number,
        state=each.state,
        ours=each.ours or nothing,
        theirs=each.theirs or nothing,
    )


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
