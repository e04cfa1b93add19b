"""How a top-up is paid at its gateway: the charge that is opened there, and what is heard of it.

A charge that was asked for is asked about under the key it always had, the top-up's token, until it
is known to be paid or over. Money is credited by `core.top_up.credit` alone, however it is heard of.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from core.errand import ASK_CHARGE, OPEN_CHARGE, send_on
from core.gateway import ActionKind, Opened, Verdict
from core.ports import Books

ASK_AGAIN_SECONDS = (60, 120, 180, 240, 300)
"""How long to wait before a gateway is asked again what became of a charge that can be paid; the last one
repeats.
"""
ASK_LATE_LEAST, ASK_LATE_MOST = timedelta(minutes=1), timedelta(days=1)
"""The same once its time is over: as long as that is by now."""


class ChargeState(StrEnum):
    """How far a charge has come; what is opening or open can still be paid."""

    OPENING = "opening"
    OPEN = "open"
    PAID = "paid"
    REFUSED = "refused"
    ENDED = "ended"


UNDER_WAY = (ChargeState.OPENING, ChargeState.OPEN)


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge of a top-up. *action* and *target* say how it is paid, once the gateway has said so.

    *method* is the saved payment method that is charged, "" if the customer acts. *asked* counts the
    answers, so that an old one counts for nothing.
    """

    id: int
    top_up_id: int
    state: ChargeState
    method: str
    action: ActionKind
    target: str
    asked: int
    reason: str


@dataclass(frozen=True, slots=True)
class HearOpened:
    """What came of asking for a charge; *wait_seconds* is how long an answer may take at this gateway."""

    charge_id: int
    asked: int
    verdict: Verdict
    reason: str
    action: ActionKind
    target: str
    wait_seconds: int

    @classmethod
    def of(cls, charge: Charge, opened: Opened, wait: timedelta) -> HearOpened:
        told, action = opened.outcome, opened.action
        return cls(
            charge.id, charge.asked, told.verdict, told.reason, action.kind, action.target,
            int(wait.total_seconds()),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class HearOfCharge:
    """What a gateway said of a charge that is not paid: whether it is over.

    *late_seconds* is for how long its time has been over, 0 while it can be paid.
    """

    charge_id: int
    asked: int
    over: bool
    wait_seconds: int
    late_seconds: int = 0


@dataclass(frozen=True, slots=True)
class ChargeOpened:
    """Event: the customer can pay now."""

    charge_id: int


@dataclass(frozen=True, slots=True)
class ChargeUnsure:
    """Event: the gateway does not answer, and is asked again."""

    charge_id: int


@dataclass(frozen=True, slots=True)
class ChargeRefused:
    """Event: the gateway takes no such charge; there may be other ways to pay."""

    charge_id: int


@dataclass(frozen=True, slots=True)
class ChargeEnded:
    """Event: a charge can no longer be paid."""

    charge_id: int


async def begin_charge(books: Books, top_up_id: int, method: str) -> None:
    """Keep that a charge is wanted, and have it asked for."""
    charge = await books.add(Charge(0, top_up_id, ChargeState.OPENING, method, ActionKind.NONE, "", 0, ""))
    await send_on(books, OPEN_CHARGE, charge.id)


async def hear_opened(books: Books, ask: HearOpened) -> int:
    """Take in what came of asking for a charge: how it is paid, that it is refused, or nothing yet."""
    charge = await charge_with(books, ask.charge_id)
    if charge.state is not ChargeState.OPENING or charge.asked != ask.asked:
        return charge.id
    heard = replace(charge, asked=charge.asked + 1, reason=ask.reason)
    match ask.verdict:
        case Verdict.PENDING:
            await books.save(replace(heard, state=ChargeState.OPEN, action=ask.action, target=ask.target))
            await _ask_later(books, heard, ask.wait_seconds)
            books.tell(ChargeOpened(charge.id))
        case Verdict.DONE:  # charged at once; that it is paid is for the gateway to vouch for
            await books.save(replace(heard, state=ChargeState.OPEN))
            await _ask_again(books, heard, timedelta(seconds=ask.wait_seconds))
        case Verdict.REFUSED:
            await books.save(replace(heard, state=ChargeState.REFUSED))
            books.tell(ChargeRefused(charge.id))
        case Verdict.UNKNOWN:
            await books.save(heard)
            await _ask_later(books, heard, ask.wait_seconds)
            if charge.asked == 0:
                books.tell(ChargeUnsure(charge.id))
    return charge.id


async def hear_of_charge(books: Books, ask: HearOfCharge) -> int:
    """Take in that a charge is over, or have it asked about again."""
    charge = await charge_with(books, ask.charge_id)
    if charge.state not in UNDER_WAY or charge.asked != ask.asked:
        return charge.id
    heard = replace(charge, asked=charge.asked + 1)
    if ask.over:
        await end_charge(books, heard)
    else:
        await books.save(heard)
        await _ask_later(books, heard, ask.wait_seconds, ask.late_seconds)
    return charge.id


async def end_charge(books: Books, charge: Charge) -> None:
    """Note that a charge can no longer be paid."""
    if charge.state in UNDER_WAY:
        await books.save(replace(charge, state=ChargeState.ENDED))
        books.tell(ChargeEnded(charge.id))


async def ask_now(books: Books, charge: Charge) -> None:
    """Have a charge asked about at once; answers to older questions count for nothing."""
    if charge.state in UNDER_WAY:
        asked = replace(charge, asked=charge.asked + 1)
        await books.save(asked)
        await _ask_again(books, asked, timedelta(0))


async def charge_with(books: Books, charge_id: int) -> Charge:
    charge = await books.get(Charge, charge_id)
    assert charge is not None
    return charge


async def charge_of(books: Books, top_up_id: int) -> Charge | None:
    """Return the charge of a top-up; those of old books may have none."""
    found = await books.find(Charge, top_up_id=top_up_id)
    return found[0] if found else None


async def _ask_later(books: Books, charge: Charge, least_seconds: int, late_seconds: int = 0) -> None:
    """Ask again, ever more slowly, and never sooner than the gateway can know."""
    wait = timedelta(seconds=ASK_AGAIN_SECONDS[min(charge.asked, len(ASK_AGAIN_SECONDS)) - 1])
    if late_seconds:
        wait = min(max(timedelta(seconds=late_seconds), ASK_LATE_LEAST), ASK_LATE_MOST)
    await _ask_again(books, charge, max(wait, timedelta(seconds=least_seconds)))


async def _ask_again(books: Books, charge: Charge, after: timedelta) -> None:
    await send_on(books, ASK_CHARGE, charge.id, after, body=str(charge.asked))
