"""What is ours and what is theirs of a gateway's books, read to be laid side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from tortoise import functions
from tortoise.expressions import Q

from core import ledger
from core.gateway import MovementKind
from core.money import Money
from core.reconcile import (
    NEIGHBOURING,
    Clearing,
    Cover,
    Ours,
    Reconciliation,
    StatementLine,
    Wanted,
    compare,
    fees_of,
    in_order,
    is_stale,
    join,
)
from storage import models

AT_ONCE = 300
"""How many names are looked up in one question."""

Of = Callable[[Any], Any]
"""Gives what is to be read of a model."""


async def reconcile(
    of: Of, gateway: str, told: Sequence[StatementLine], since: datetime, until: datetime
) -> Reconciliation:
    """Read what both sides have of that time, and all that either of them names; compare it."""
    theirs, anew = join(await _lines_around(of, gateway, since, until), told)
    ours = {each.title: each for each in await _ours_in(of, gateway, since, until)}
    for some in _by_hundreds(
        {name for line in theirs for name in (line.charge, line.number, line.key) if name}
    ):
        ours |= {each.title: each for each in await _ours_named(of, gateway, some)}
    names = {name for each in ours.values() for name in (*each.names, *each.shares)}
    for some in _by_hundreds(names):
        named = Q(charge__in=some) | Q(key__in=some) | Q(number__in=some)
        theirs, _ = join(theirs, await _lines(of, Q(gateway=gateway) & named))
    others = await _charges_of_others(of, gateway, theirs)
    theirs = tuple(line for line in theirs if line.charge not in others)
    stands = await _clearing(of, gateway, until)
    matched, differences = compare([*ours.values()], theirs, since, until)
    return Reconciliation(
        gateway,
        since,
        until,
        matched,
        in_order([*differences, *anew]),
        fees_of(theirs, since, until),
        stands,
        tuple([await _cover(of, each.holds.currency) for each in stands]),
    )


async def _lines_around(of: Of, gateway: str, since: datetime, until: datetime) -> list[StatementLine]:
    time = Q(at__gte=since - NEIGHBOURING, at__lt=until + NEIGHBOURING)
    return await _lines(of, Q(gateway=gateway) & time)


async def _lines(of: Of, which: Q) -> list[StatementLine]:
    rows = of(models.StatementLine).filter(which).order_by("id")
    columns = ("id", "gateway", "kind", "number", "key", "charge", "amount_minor", "currency", "at")
    return [
        StatementLine(id_, gateway, MovementKind(kind), number, key, charge, Money(minor, currency), at)
        for id_, gateway, kind, number, key, charge, minor, currency, at in await rows.values_list(*columns)
    ]


async def _ours_in(of: Of, gateway: str, since: datetime, until: datetime) -> list[Ours]:
    def then(field: str) -> Q:
        time: dict[str, Any] = {f"{field}__gte": since - NEIGHBOURING, f"{field}__lt": until}
        return Q(**time)

    return [
        *await _lots(of, Q(gateway=gateway) & then("made_at")),
        *await _strays(of, Q(gateway=gateway) & then("made_at")),
        *await _strays_back(of, Q(stray__gateway=gateway) & (then("sent_at") | then("ended_at"))),
        *await _parts(of, Q(lot__gateway=gateway) & then("ended_at")),
        *await _disputes(of, Q(gateway=gateway) & (then("opened_at") | then("ended_at"))),
    ]


async def _ours_named(of: Of, gateway: str, names: Sequence[str]) -> list[Ours]:
    charge = Q(charge__in=names) | Q(source__in=names)
    of_lot = Q(lot__charge__in=names) | Q(lot__source__in=names)
    of_stray = Q(stray__charge__in=names) | Q(stray__source__in=names)
    back = Q(key__in=names) | Q(reference__in=names) | of_stray
    part = Q(key__in=names) | Q(reference__in=names) | of_lot
    return [
        *await _lots(of, Q(gateway=gateway) & (charge | Q(top_up__token__in=names))),
        *await _strays(of, Q(gateway=gateway) & charge),
        *await _strays_back(of, Q(stray__gateway=gateway) & back),
        *await _parts(of, Q(lot__gateway=gateway) & part),
        *await _disputes(of, Q(gateway=gateway) & (Q(reference__in=names) | of_lot)),
    ]


async def _charges_of_others(of: Of, gateway: str, lines: Sequence[StatementLine]) -> set[str]:
    """Return which charges are another gateway's of ours: one provider's account may serve several."""
    found: set[str] = set()
    for some in _by_hundreds({line.charge for line in lines if line.charge}):
        for model in (models.Lot, models.Stray):
            rows = of(model).filter(~Q(gateway=gateway), Q(charge__in=some) | Q(source__in=some))
            found |= {name for names in await rows.values_list("charge", "source") for name in names}
    return found


async def _lots(of: Of, which: Q) -> Iterable[Ours]:
    rows = await of(models.Lot).filter(which).values_list(
        "id", "top_up_id", "charge", "source", "top_up__token", "brought_minor", "currency", "made_at"
    )  # fmt: skip
    return [
        Ours(
            MovementKind.CHARGE, f"T-{top_up} #{id_}", (charge, source), (token,), Money(minor, currency),
            Wanted.MUST, "paid", made_at,
        )
        for id_, top_up, charge, source, token, minor, currency, made_at in rows
    ]  # fmt: skip


async def _strays(of: Of, which: Q) -> Iterable[Ours]:
    """Return strays; one that was credited is a lot now."""
    credited = await of(models.StrayCase).filter(state="credited").values_list("stray_id", flat=True)
    rows = await of(models.Stray).filter(which, ~Q(id__in=credited)).values_list(
        "id", "charge", "source", "amount_minor", "currency", "made_at"
    )  # fmt: skip
    return [
        Ours(
            MovementKind.CHARGE, f"S-{id_}", (charge, source), (), Money(minor, currency),
            Wanted.MUST, "stray", made_at,
        )
        for id_, charge, source, minor, currency, made_at in rows
    ]  # fmt: skip


async def _strays_back(of: Of, which: Q) -> Iterable[Ours]:
    rows = await of(models.StrayCase).filter(which, ~Q(key="")).values_list(
        "stray_id", "key", "reference", "stray__charge", "stray__source", "amount_minor", "currency", "state",
        "sent_at", "ended_at", "stray__made_at",
    )  # fmt: skip
    return [
        Ours(
            MovementKind.REFUND, f"S-{id_} back", tuple(filter(None, (key, reference))), (charge, source),
            Money(-minor, currency), _WANTED_OF_STRAYS.get(state, Wanted.MUST_NOT), state,
            ended_at or sent_at or made_at,
        )
        for id_, key, reference, charge, source, minor, currency, state, sent_at, ended_at, made_at in rows
    ]  # fmt: skip


async def _parts(of: Of, which: Q) -> Iterable[Ours]:
    rows = await of(models.RefundPart).filter(which).values_list(
        "id", "refund_id", "key", "reference", "lot__charge", "lot__source", "amount_minor", "currency",
        "state", "ended_at", "refund__made_at",
    )  # fmt: skip
    return [
        Ours(
            MovementKind.REFUND, f"R-{refund} #{id_}", tuple(filter(None, (key, reference))),
            (charge, source), Money(-minor, currency), _WANTED_OF_PARTS.get(state, Wanted.MUST_NOT),
            state, ended_at or made_at,
        )
        for id_, refund, key, reference, charge, source, minor, currency, state, ended_at, made_at in rows
    ]  # fmt: skip


async def _disputes(of: Of, which: Q) -> Iterable[Ours]:
    rows = await of(models.Dispute).filter(which).values_list(
        "id", "reference", "lot__charge", "lot__source", "amount_minor", "currency", "state", "opened_at",
        "ended_at",
    )  # fmt: skip
    return [
        Ours(
            MovementKind.DISPUTE, f"D-{id_}", (reference, charge, source), (), Money(-minor, currency),
            _WANTED_OF_DISPUTES[state], state, ended_at or opened_at,
        )
        for id_, reference, charge, source, minor, currency, state, opened_at, ended_at in rows
    ]  # fmt: skip


async def _clearing(of: Of, gateway: str, until: datetime) -> tuple[Clearing, ...]:
    """Return what the gateway should hold by our books as they stand, in each currency."""
    found = []
    name = ledger.clearing(gateway, "EUR").name
    rows = of(models.Account).filter(name=name).order_by("currency").values_list("currency", "balance")
    for currency, balance in await rows:
        charges = of(models.Lot).filter(gateway=gateway, currency=currency).order_by("-made_at")
        last = await charges.first()
        holds = Money(-balance, currency)
        found.append(Clearing(holds, is_stale(holds, last and last.made_at, until)))
    return tuple(found)


async def _cover(of: Of, currency: str) -> Cover:
    """Return what is held and what is owed in that currency, as the books stand."""

    async def sum_of(*endings: str) -> Money:
        found = Money.zero(currency)
        for ending in endings:
            rows = of(models.Account).filter(currency=currency, name__endswith=ending)
            for minor in await rows.annotate(minor=functions.Sum("balance")).values_list("minor", flat=True):
                found += Money(int(minor or 0), currency)
        return found

    return Cover(
        -await sum_of(":clearing", "operator:bank"),
        await sum_of(":wallet", ":refunding", ":suspense"),
        await sum_of(":payable", ":tips"),
    )


def _by_hundreds(names: Iterable[str]) -> Iterable[list[str]]:
    """Give names so many at once."""
    all_ = sorted(names)
    return (all_[first : first + AT_ONCE] for first in range(0, len(all_), AT_ONCE))


_WANTED_OF_PARTS = {"done": Wanted.MUST, "planned": Wanted.MAY, "pending": Wanted.MAY}
_WANTED_OF_DISPUTES = {"lost": Wanted.MUST, "open": Wanted.MAY, "won": Wanted.MUST_NOT}
_WANTED_OF_STRAYS = {"back": Wanted.MUST, "going": Wanted.MAY}
