"""Whether a gateway's own books say what ours say.

The gateway's lines are kept as they are told. Each is laid beside what we have of the same charge,
refund or dispute, whenever that was: what one of us has on a neighbouring day is no difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.gateway import Movement, MovementKind
from core.ledger import Account, Transfer, bank, clearing, gateway_fees
from core.money import Money, total
from core.ports import Books

NEIGHBOURING = timedelta(days=1)
"""How much earlier and later a gateway is asked about, beside the time that is reconciled."""

EDGE = timedelta(hours=1)
"""What is ours only and that young is reported with the next day: the gateway may date it then."""

SETTLES_WITHIN = timedelta(days=14)
"""How long after the last charge all of it should have been paid out: then clearing is to stand at zero."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of a gateway's own books, as it was told; *number* is the gateway's."""

    id: int
    gateway: str
    kind: MovementKind
    number: str
    key: str
    charge: str
    amount: Money
    at: datetime

    @classmethod
    def of(cls, gateway: str, told: Movement) -> StatementLine:
        return cls(0, gateway, told.kind, told.id, told.key, told.charge, told.amount, told.at)


class Wanted(StrEnum):
    """Whether a gateway's books must have something of ours."""

    MUST = "must"
    MAY = "may"
    MUST_NOT = "must-not"


@dataclass(frozen=True, slots=True)
class Ours:
    """Something of ours that a gateway's books should have, or should not: *amount* is signed as theirs are.

    *names* are what a line calls it by; those that it *shares* with others of its kind count only for a
    line of its amount, or one that takes such a line back. *state* is our word for how it stands.
    """

    kind: MovementKind
    title: str
    names: tuple[str, ...]
    shares: tuple[str, ...]
    amount: Money
    wanted: Wanted
    state: str
    at: datetime


class Verdict(StrEnum):
    """How the two books differ about something."""

    OURS_ONLY = "ours-only"
    THEIRS_ONLY = "theirs-only"
    AMOUNT = "amount"
    CURRENCY = "currency"
    STATE = "state"
    TOLD_ANEW = "told-anew"


@dataclass(frozen=True, slots=True)
class Difference:
    """*title* is ours, *number* is theirs; "" for what one side does not have."""

    verdict: Verdict
    kind: MovementKind
    title: str
    number: str
    state: str
    ours: Money | None
    theirs: Money | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Fees:
    """What a gateway kept, and what it paid out to the bank, in one currency."""

    kept: Money
    paid_out: Money


@dataclass(frozen=True, slots=True)
class Clearing:
    """What a gateway should still hold for us; *stale* if it should all have been paid out by now."""

    holds: Money
    stale: bool


@dataclass(frozen=True, slots=True)
class Cover:
    """What all gateways and the bank hold for us in one currency, and what of it is whose.

    What is *customers'* is in their wallets, on its way back to them, or waits in suspense.

    >>> Cover(Money(1942, "EUR"), Money(2000, "EUR"), Money(0, "EUR")).short
    Money(minor=58, currency='EUR')
    >>> Cover(Money(2000, "EUR"), Money(2000, "EUR"), Money(500, "EUR")).short
    """

    held: Money
    customers: Money
    merchants: Money

    @property
    def short(self) -> Money | None:
        """What is missing of the customers' money; None where it is all there."""
        missing = self.customers - self.held
        return missing if missing.minor > 0 else None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One gateway's books against ours, from *since* until *until*; *matched* is how much was the same."""

    gateway: str
    since: datetime
    until: datetime
    matched: int
    differences: tuple[Difference, ...]
    fees: tuple[Fees, ...]
    clearing: tuple[Clearing, ...]
    cover: tuple[Cover, ...] = ()
    """Of the currencies in which the gateway has taken money."""

    @property
    def is_covered(self) -> bool:
        return not any(each.short for each in self.cover)

    @property
    def agrees(self) -> bool:
        return not self.differences and not any(each.stale for each in self.clearing)


async def keep_line(books: Books, line: StatementLine) -> int:
    """Keep a line of a gateway's books, and book it if it is a fee or a payout; return its number.

    Charges, refunds and disputes are never booked from here: what we lack of them a person must see.
    """
    if line.kind in _BOOKED and line.amount:
        transfer = _booking(line)
        await books.lock(transfer.debit, transfer.credit)
        await books.post(transfer)
    return (await books.add(line)).id


def line_key(line: StatementLine) -> str:
    """Return the key under which a line is kept: once."""
    return f"{line.gateway}:{line.kind}:{line.number}"


def compare(
    ours: Sequence[Ours], theirs: Iterable[StatementLine], since: datetime, until: datetime
) -> tuple[int, tuple[Difference, ...]]:
    """Lay the lines beside what is ours; return how much agrees, and what differs of that time.

    Both may reach beyond the time: what lies outside of it can be matched, and is not reported.
    """
    unknown, lines = _lay_beside(ours, theirs)
    found = [_theirs_only(line) for line in unknown if since <= line.at < until]
    matched = 0
    for each, of_it in zip(ours, lines, strict=True):
        edge = timedelta(0) if of_it else EDGE
        if not any(since <= at + edge < until for at in (each.at, *(line.at for line in of_it))):
            continue
        if verdict := _judge(each, of_it):
            found.append(_difference(verdict, each, of_it))
        elif of_it:
            matched += 1
    return matched, in_order(found)


def join(
    kept: Iterable[StatementLine], told: Iterable[StatementLine]
) -> tuple[tuple[StatementLine, ...], tuple[Difference, ...]]:
    """Add what is told now to what was kept; return all lines, and those that are told otherwise now."""
    lines = {line_key(line): line for line in kept}
    anew = []
    for line in told:
        before = lines.setdefault(line_key(line), line)
        if (before.amount, before.charge) != (line.amount, line.charge):
            anew.append(
                Difference(
                    Verdict.TOLD_ANEW, line.kind, "", line.number, "", before.amount, line.amount, line.at
                )
            )  # fmt: skip
    return tuple(lines.values()), tuple(anew)


def in_order(differences: Iterable[Difference]) -> tuple[Difference, ...]:
    """Return differences by time."""
    return tuple(sorted(differences, key=lambda each: (each.at, each.title, each.number)))


def fees_of(lines: Iterable[StatementLine], since: datetime, until: datetime) -> tuple[Fees, ...]:
    """Add up what was kept and paid out in that time, by currency."""
    kept, paid_out = defaultdict[str, int](int), defaultdict[str, int](int)
    for line in lines:
        if since <= line.at < until and line.kind in _BOOKED:
            sums = kept if line.kind is MovementKind.FEE else paid_out
            sums[line.amount.currency] -= line.amount.minor
    return tuple(
        Fees(Money(kept[currency], currency), Money(paid_out[currency], currency))
        for currency in sorted(kept.keys() | paid_out.keys())
    )


def is_stale(holds: Money, last_charge: datetime | None, until: datetime) -> bool:
    """Tell whether clearing should have come to zero by now.

    >>> from datetime import UTC
    >>> day = datetime(2026, 5, 1, tzinfo=UTC)
    >>> is_stale(Money(5, "EUR"), day, day + timedelta(days=15)), is_stale(Money(5, "EUR"), day, day)
    (True, False)
    """
    return bool(holds) and (last_charge is None or last_charge < until - SETTLES_WITHIN)


def _lay_beside(
    ours: Sequence[Ours], theirs: Iterable[StatementLine]
) -> tuple[list[StatementLine], list[list[StatementLine]]]:
    """Return the lines that belong to nothing of ours, and those of each of ours."""
    named, shared = _index(ours, "names"), _index(ours, "shares")
    unknown: list[StatementLine] = []
    lines: list[list[StatementLine]] = [[] for _ in ours]

    def there(at: int) -> Money:
        """Return what the lines of one of ours come to: nothing, where each was taken back again."""
        currency = ours[at].amount.currency
        return total((line.amount for line in lines[at] if line.amount.currency == currency), currency)

    def fitting(line: StatementLine, places: list[int]) -> list[int]:
        """Return where *line* fits, likeliest first: it is what is ours, or takes back what was there."""
        if new := [at for at in places if not there(at) and ours[at].amount == line.amount]:
            return sorted(new, key=lambda at: ours[at].wanted is not Wanted.MUST)
        back = [at for at in places if there(at) == -line.amount]
        return sorted(back, key=lambda at: ours[at].wanted is not Wanted.MUST_NOT)

    for line in sorted(theirs, key=lambda line: (line.at, len(line.number), line.number)):
        if line.kind in _BOOKED:
            continue
        places = [place for name in _names(line) for place in named[line.kind, name]]
        places = places or fitting(line, [at for name in _names(line) for at in shared[line.kind, name]])
        (lines[places[0]] if places else unknown).append(line)
    return unknown, lines


def _index(ours: Sequence[Ours], which: str) -> defaultdict[tuple[MovementKind, str], list[int]]:
    """Return where among *ours* each name is borne."""
    index = defaultdict[tuple[MovementKind, str], list[int]](list)
    for place, each in enumerate(ours):
        for name in getattr(each, which):
            index[each.kind, name].append(place)
    return index


def _names(line: StatementLine) -> tuple[str, ...]:
    """Return what a line names, the surest first: a charge by itself, all else by our key."""
    names = (line.charge, line.number, line.key)
    return tuple(name for name in (names if line.kind is MovementKind.CHARGE else names[::-1]) if name)


def _judge(ours: Ours, lines: Sequence[StatementLine]) -> Verdict | None:
    if any(line.amount.currency != ours.amount.currency for line in lines):
        return Verdict.CURRENCY
    sum_ = total((line.amount for line in lines), ours.amount.currency)
    if (sum_ == ours.amount and ours.wanted is not Wanted.MUST_NOT) or (
        not sum_ and ours.wanted is not Wanted.MUST
    ):
        return None
    if not lines:
        return Verdict.OURS_ONLY
    return Verdict.STATE if abs(sum_.minor) in (0, abs(ours.amount.minor)) else Verdict.AMOUNT


def _difference(verdict: Verdict, ours: Ours, lines: Sequence[StatementLine]) -> Difference:
    theirs = None
    if lines:
        currency = lines[0].amount.currency
        theirs = total((line.amount for line in lines if line.amount.currency == currency), currency)
    number = " ".join(line.number for line in lines)
    return Difference(verdict, ours.kind, ours.title, number, ours.state, ours.amount, theirs, ours.at)


def _theirs_only(line: StatementLine) -> Difference:
    return Difference(Verdict.THEIRS_ONLY, line.kind, "", line.number, "", None, line.amount, line.at)


def _booking(line: StatementLine) -> Transfer:
    """Return what a fee or payout moves; one that comes back moves the other way."""
    currency = line.amount.currency
    held_by = clearing(line.gateway, currency)
    other: Account = gateway_fees(currency) if line.kind is MovementKind.FEE else bank(currency)
    if line.amount.minor > 0:
        return Transfer(f"{_BOOKED[line.kind]}_back", held_by, other, line.amount)
    return Transfer(_BOOKED[line.kind], other, held_by, -line.amount)


_BOOKED = {MovementKind.FEE: "gateway_fee", MovementKind.PAYOUT: "payout"}
