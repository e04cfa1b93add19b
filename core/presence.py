"""Whether a customer has shown that they sit where they scanned, as far as the merchant wants it shown."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Any
from unicodedata import normalize

from core.errand import PRESS_SEAT
from core.errors import CodeLocked, NotAdmitted, NotAllowed, OutOfDate, SeatAnswered
from core.ordering import ordering_of, remind
from core.ports import Books
from core.seat import Seat

CODE_PERIOD = timedelta(minutes=5)
"""A code is told for one period and taken for another, so that nobody types one that has just ended."""

MOST_TRIES = 5
LOCKED = timedelta(minutes=10)


class Proof(StrEnum):
    """What a merchant wants of whoever scans a seat before they can order there."""

    OPEN = "open"
    """Nothing: the seat's code is enough."""
    STAFF = "staff"
    """That the staff have let them in, at each seat."""
    CODE = "code"
    """The code of the moment, once a visit."""


class AdmissionState(StrEnum):
    WAITING = "waiting"
    ADMITTED = "admitted"
    TURNED_AWAY = "turned-away"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Seating:
    """A merchant's own, under its number. Codes are made of the *secret*, which is told to nobody."""

    id: int
    proof: Proof = Proof.OPEN
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Admission:
    """A visit that wants to begin at a seat, or go on at another; the latest of a visit is what counts.

    It is settled in the way in which it was asked for, whatever the merchant has chosen since. *tries* are
    wrong codes, and follow a customer from visit to visit.
    """

    id: int
    visit_id: int
    customer_id: int
    merchant_id: int
    seat_id: int
    proof: Proof
    state: AdmissionState
    asked_at: datetime
    decided_by: int | None = None
    decided_name: str = ""
    decided_at: datetime | None = None
    tries: int = 0
    tried_at: datetime | None = None

    @property
    def staff_asked(self) -> bool:
        """Whether the staff are to decide: they open the seat, or the code was typed wrongly too often."""
        return self.proof is Proof.STAFF or self.tries >= MOST_TRIES

    def wants(self, now: datetime) -> Proof:
        """Return what would help: once no code can be tried any more, only the staff."""
        return Proof.CODE if self.proof is Proof.CODE and tries_left(self, now) else Proof.STAFF

    @property
    def waits_since(self) -> datetime:
        """When the staff were asked."""
        return self.asked_at if self.proof is Proof.STAFF else self.tried_at or self.asked_at


@dataclass(frozen=True, slots=True)
class SetProof:
    merchant_id: int
    proof: Proof


@dataclass(frozen=True, slots=True)
class EnterCode:
    visit_id: int
    customer_id: int
    typed: str


@dataclass(frozen=True, slots=True)
class DecideSeat:
    """Let somebody in, or turn them away."""

    admission_id: int
    let_in: bool
    by_id: int
    by_name: str


@dataclass(frozen=True, slots=True)
class SeatAsked:
    """Event: staff must let somebody in, or turn them away."""

    admission_id: int


@dataclass(frozen=True, slots=True)
class SeatDecided:
    """Event: somebody may order at their seat from now on, or may not, or has gone."""

    admission_id: int


def must_ask(proof: Proof, before: Admission | None, now: datetime, *, moved: bool) -> bool:
    """Whether a scan asks for proof anew. *moved*: the visit begins by it, or goes on at another seat.

    A visit that began before the merchant wanted proof goes on without, until it moves. Whoever was turned
    away can ask at the same seat again after a while.
    """
    if proof is Proof.OPEN:
        return False
    if before is None:
        return moved
    match before.state:
        case AdmissionState.ADMITTED:
            return moved and proof is Proof.STAFF
        case AdmissionState.TURNED_AWAY:
            return moved or now >= (before.decided_at or before.asked_at) + LOCKED
        case _:
            return moved or before.proof is not proof


def code_at(secret: str, at: datetime) -> str:
    """Return the four digits of that moment.

    >>> code_at("s", datetime(2026, 5, 1, 20, 0)) == code_at("s", datetime(2026, 5, 1, 20, 4))
    True
    """
    digest = hmac.digest(secret.encode(), str(_period(at)).encode(), "sha256")
    return f"{int.from_bytes(digest[:8]) % 10_000:04d}"


def code_fits(secret: str, typed: str, at: datetime) -> bool:
    """Whether *typed* is the code *at* that time, or was in the period before, in digits of any script."""
    digits = "".join(normalize("NFKC", typed).split())
    codes = (code_at(secret, at), code_at(secret, at - CODE_PERIOD))
    return digits in codes


def code_ends(at: datetime) -> datetime:
    """Return until when the code that is told *at* that time is taken."""
    begun = timedelta(seconds=at.timestamp() % CODE_PERIOD.total_seconds())
    return at - begun + 2 * CODE_PERIOD


def tries_left(admission: Admission, now: datetime) -> int:
    """Return how many more codes can be tried *now*; after a while without tries all can."""
    if admission.tried_at is None or now >= admission.tried_at + LOCKED:
        return MOST_TRIES
    return max(MOST_TRIES - admission.tries, 0)


async def ask_admission(books: Books, visit_id: int, customer_id: int, seat: Seat, *, moved: bool) -> None:
    """Ask for proof, if the merchant wants some of this scan."""
    seating = await seating_of(books, seat.merchant_id)
    before = await admission_of(books, visit_id)
    if not must_ask(seating.proof, before, books.now, moved=moved):
        return
    if before and before.state is AdmissionState.WAITING:
        await books.save(replace(before, state=AdmissionState.LEFT, decided_at=books.now))
    admission = await books.add(
        Admission(
            0, visit_id, customer_id, seat.merchant_id, seat.id, seating.proof, AdmissionState.WAITING,
            books.now, **await _tries_of(books, customer_id, seat.merchant_id),
        )
    )  # fmt: skip
    if admission.staff_asked:
        await _ask_staff(books, admission)


async def enter_code(books: Books, ask: EnterCode) -> str:
    """Try a code; return how the admission stands then. A wrong one counts, and too many end the trying."""
    admission = await admission_of(books, ask.visit_id)
    if admission is None or admission.customer_id != ask.customer_id or admission.proof is not Proof.CODE:
        raise OutOfDate
    if admission.state is not AdmissionState.WAITING:
        return admission.state
    left = tries_left(admission, books.now)
    if not left:
        assert admission.tried_at is not None
        raise CodeLocked(ceil((admission.tried_at + LOCKED - books.now) / timedelta(minutes=1)))
    seating = await seating_of(books, admission.merchant_id)
    if code_fits(seating.secret, ask.typed, books.now):
        await _decide(books, admission, AdmissionState.ADMITTED)
        return AdmissionState.ADMITTED
    tried = replace(admission, tries=MOST_TRIES - left + 1, tried_at=books.now)
    await books.save(tried)
    if left == 1:
        await _ask_staff(books, tried)
    return tried.state


async def decide_seat(books: Books, ask: DecideSeat) -> int:
    """Let somebody in at their seat, or turn them away; the second is told who was first.

    Whoever was turned away by mistake can still be let in.
    """
    admission = await books.get(Admission, ask.admission_id)
    if admission is None:
        raise NotAllowed
    latest = await admission_of(books, admission.visit_id)
    if latest != admission:
        raise OutOfDate
    waits = admission.state is AdmissionState.WAITING
    if not waits and not (ask.let_in and admission.state is AdmissionState.TURNED_AWAY):
        raise SeatAnswered(admission.id, admission.state, admission.decided_name)
    state = AdmissionState.ADMITTED if ask.let_in else AdmissionState.TURNED_AWAY
    await _decide(books, replace(admission, decided_by=ask.by_id, decided_name=ask.by_name), state)
    return admission.id


async def set_proof(books: Books, ask: SetProof) -> int:
    """Keep what the merchant wants of whoever scans a seat; visits that have begun go on as they are."""
    seating = await seating_of(books, ask.merchant_id)
    secret = books.token() if ask.proof is Proof.CODE is not seating.proof else seating.secret
    seating = replace(seating, proof=ask.proof, secret=secret)
    if not await books.add_new(seating, "id"):
        await books.save(seating)
    return ask.merchant_id


async def require_presence(books: Books, visit_id: int, merchant_id: int) -> None:
    """Refuse whoever has not shown yet that they sit where they scanned."""
    if missing := await missing_proof(books, visit_id, merchant_id):
        raise NotAdmitted(missing.wants(books.now), missing.state)


async def missing_proof(books: Books, visit_id: int, merchant_id: int) -> Admission | None:
    """Return what a visit lacks before it can order, None if it can."""
    if (await seating_of(books, merchant_id)).proof is Proof.OPEN:
        return None
    admission = await admission_of(books, visit_id)
    return admission if admission and admission.state is not AdmissionState.ADMITTED else None


async def admission_of(books: Books, visit_id: int) -> Admission | None:
    """Return what a visit asked for last."""
    found = await books.find(Admission, visit_id=visit_id, by="-id", most=1)
    return found[0] if found else None


async def waiting_admissions(books: Books, merchant_id: int) -> list[Admission]:
    """Return those who wait for the staff to let them in, the first one first."""
    found = await books.find(Admission, merchant_id=merchant_id, state=AdmissionState.WAITING)
    return [each for each in found if each.staff_asked]


async def end_admission(books: Books, visit_id: int) -> None:
    """End what was asked and not granted for a visit that is over."""
    admission = await admission_of(books, visit_id)
    if admission and admission.state in (AdmissionState.WAITING, AdmissionState.TURNED_AWAY):
        await _decide(books, admission, AdmissionState.LEFT)


async def seating_of(books: Books, merchant_id: int) -> Seating:
    """Return what the merchant wants of whoever scans a seat: nothing, until it chooses something."""
    return await books.get(Seating, merchant_id) or Seating(merchant_id)


async def _tries_of(books: Books, customer_id: int, merchant_id: int) -> dict[str, Any]:
    """Return the wrong codes that somebody typed lately: a new visit brings no new tries."""
    found = await books.find(Admission, customer_id=customer_id, merchant_id=merchant_id, by="-id", most=1)
    if not found or tries_left(found[0], books.now) == MOST_TRIES:
        return {}
    return {"tries": found[0].tries, "tried_at": found[0].tried_at}


async def _ask_staff(books: Books, admission: Admission) -> None:
    ordering = await ordering_of(books, admission.merchant_id)
    await remind(books, ordering, PRESS_SEAT, admission.id, books.now)
    books.tell(SeatAsked(admission.id))


async def _decide(books: Books, admission: Admission, state: AdmissionState) -> None:
    await books.save(replace(admission, state=state, decided_at=books.now))
    books.tell(SeatDecided(admission.id))


def _period(at: datetime) -> int:
    return int(at.timestamp() // CODE_PERIOD.total_seconds())
