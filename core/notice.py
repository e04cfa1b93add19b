"""What providers tell by themselves: kept once, word by word, before it is answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from core.errand import APPLY_FACT, send_on
from core.gateway import Fact, FactKind, Notice, Payer
from core.money import Money
from core.ports import Books


@dataclass(frozen=True, slots=True)
class KeptNotice:
    """A notice as it came, unique by its gateway and the provider's number of it."""

    id: int
    gateway: str
    uid: str
    headers: str
    body: bytes
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class ToldFact:
    """One thing that a kept notice says, verified when it came."""

    id: int
    notice_id: int
    gateway: str
    kind: FactKind
    key: str
    charge: str
    source: str
    amount: Money | None
    payer_id: str
    payer: str
    method: str
    happened_at: datetime
    reference: str
    reason: str

    @property
    def fact(self) -> Fact:
        payer = Payer(self.payer_id, self.payer, self.method) if self.payer_id else None
        return Fact(
            self.kind, self.key, self.charge, self.source, self.amount, payer,
            self.happened_at, self.reference, self.reason,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RefusedNotices:
    """How many notices of a gateway were refused for one reason within the hour that began at *hour*."""

    id: int
    gateway: str
    reason: str
    hour: datetime
    count: int


async def keep_notice(books: Books, gateway: str, notice: Notice, headers: str, body: bytes) -> bool:
    """Keep a verified notice and have what it says applied; return False where it is known already."""
    kept = await books.add_new(KeptNotice(0, gateway, notice.id, headers, body, books.now), "gateway", "uid")
    if kept is None:
        return False
    for fact in notice.facts:
        told = await books.add(_told(kept, fact))
        await send_on(books, APPLY_FACT, told.id)
    return True


async def count_refused(books: Books, gateway: str, reason: str) -> None:
    """Count a notice that was refused: that is all that it changes."""
    hour = books.now.replace(minute=0, second=0, microsecond=0)
    known = await books.find(RefusedNotices, gateway=gateway, reason=reason, hour=hour)
    if known:
        await books.save(replace(known[0], count=known[0].count + 1))
    else:
        await books.add(RefusedNotices(0, gateway, reason, hour, 1))


def _told(kept: KeptNotice, fact: Fact) -> ToldFact:
    payer = fact.payer or Payer("", "")
    return ToldFact(
        0, kept.id, kept.gateway, fact.kind, fact.key, fact.charge, fact.source, fact.amount,
        payer.id, payer.label, payer.method, fact.at, fact.reference, fact.reason,
    )  # fmt: skip
