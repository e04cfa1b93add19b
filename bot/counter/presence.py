"""Who may order at a seat, in the group: those who wait, the code of the moment, new QR codes."""

from __future__ import annotations

from bot.buttons import DecideAdmission, ShowCode
from bot.counter.cards import merchant_here, reminder
from bot.desk import DRAW_SEAT, Desk, House, group_of
from bot.locales import Locale, Markup
from bot.outbox import show
from bot.pages import Key, Keyboard, Look, Page
from bot.people import Peer, peer_of
from core.errors import NotAllowed, OutOfDate, SeatAnswered
from core.merchant import Merchant
from core.ports import Books
from core.presence import (
    Admission,
    AdmissionState,
    DecideSeat,
    Proof,
    admission_of,
    code_at,
    code_ends,
    decide_seat,
    seating_of,
    waiting_admissions,
)
from core.seat import RotateSeat, Seat, rotate_seat
from core.staff import Right, note_deed, require

# The code of the moment, and new QR codes


async def on_code(desk: Desk, argument: str) -> None:
    """`/code`: the code that customers at a seat are to type."""
    await _show_code(desk, anew=True)


async def on_show_code(desk: Desk, tap: ShowCode) -> None:
    await _show_code(desk)


async def on_rotate_here(desk: Desk, argument: str) -> None:
    """`/rotate A12` in the group: a new QR code to print; the old one then says that it is old."""
    merchant = await merchant_here(desk)
    await require(desk.books, merchant.id, desk.doer, Right.SEATS)
    locale, label = await desk.readers(), argument.strip()
    if not label:
        await desk.say(Page(locale.say("seating-rotate-which")))
        return
    seat = await desk.books.get(Seat, await desk.run(rotate_seat, RotateSeat(merchant.id, label)))
    assert seat is not None
    await note_deed(desk.books, merchant.id, "rotate", seat.label, desk.doer)
    await desk.say(Page(locale.say("admin-seat-rotated", seat=seat.label)))
    await desk.ask_outside(DRAW_SEAT, seat.id)


def code_page(locale: Locale, code: str, until: str) -> Page:
    """Return the code of the moment, as staff show it."""
    key = Key(locale.plain("button-new-code"), ShowCode())
    return Page(locale.say("seating-code-now", code=code, until=until), [[key]], quiet=True)


# Those who wait to be let in


async def waiting_rows(books: Books, locale: Locale, merchant: Merchant) -> list[Markup]:
    """Return who waits to be let in as the board shows it, the first one first."""
    rows: list[Markup] = []
    for admission in await waiting_admissions(books, merchant.id):
        customer, seat = await _sitter(books, admission)
        time = locale.time(admission.waits_since)
        rows.append(locale.say("board-admission", time=time, seat=seat.label, name=customer.name))
    return rows


async def on_decide_admission(desk: Desk, tap: DecideAdmission) -> None:
    """Let somebody in at their seat, or turn them away."""
    admission = await desk.books.get(Admission, tap.admission)
    if admission is None or admission.merchant_id != (await merchant_here(desk)).id:
        raise NotAllowed
    await require(desk.books, admission.merchant_id, desk.doer, Right.SERVE)
    latest = await admission_of(desk.books, admission.visit_id)
    if latest != admission:
        raise OutOfDate
    ask = DecideSeat(admission.id, bool(tap.let_in), desk.peer.id, desk.peer.name)
    await desk.run(decide_seat, ask, key=f"{admission.id}:{tap.let_in}:{desk.peer.id}")
    now = await desk.books.get(Admission, admission.id)
    assert now is not None
    if (now.state is AdmissionState.ADMITTED) != ask.let_in:  # a button of before somebody changed it
        raise SeatAnswered(now.id, now.state, now.decided_name)
    desk.toast = desk.locale.plain("admission-in-toast" if tap.let_in else "admission-away-toast")


async def show_admission_card(
    books: Books,
    house: House,
    merchant: Merchant,
    visit_id: int,
    *,
    follows: bool = False,
    remind: bool = False,
) -> None:
    """Bring the card of whoever wants to sit down to how it stands, or *remind* of it by sending it anew.

    There is one for each visit, where it is now.
    """
    if merchant.group_id is None:
        return
    admission = await admission_of(books, visit_id)
    assert admission is not None
    group = await group_of(books, merchant)
    locale = house.locale(group)
    page = admission_card_page(locale, admission, *await _sitter(books, admission))
    page = reminder(locale, page, admission.waits_since) if remind else page
    await show(books, group.id, f"seat:{visit_id}", page, follows=follows, anew=remind)


def admission_card_page(locale: Locale, admission: Admission, customer: Peer, seat: Seat) -> Page:
    """Return the card of somebody who wants to sit at a seat."""
    said = {"name": customer.name, "seat": seat.label, "by": admission.decided_name}
    state = admission.state
    word = f"admission-card-{state}"
    if state is AdmissionState.WAITING and admission.proof is Proof.CODE:
        word = "admission-card-wrong-codes"
    elif state is AdmissionState.ADMITTED and admission.decided_by is None:
        word = "admission-card-by-code"
    keys = Keyboard()
    if state in (AdmissionState.WAITING, AdmissionState.TURNED_AWAY):
        let_in = Key(locale.plain("button-let-in"), DecideAdmission(admission.id, 1), look=Look.SUCCESS)
        away = Key(locale.plain("button-turn-away"), DecideAdmission(admission.id, 0))
        keys.row(let_in, away if state is AdmissionState.WAITING else None)
    return Page(locale.say(word, **said), keys.rows)


async def _sitter(books: Books, admission: Admission) -> tuple[Peer, Seat]:
    """Return who wants to sit, and where."""
    seat = await books.get(Seat, admission.seat_id)
    assert seat is not None
    return await peer_of(books, admission.customer_id), seat


async def _show_code(desk: Desk, *, anew: bool = False) -> None:
    merchant = await merchant_here(desk)
    await require(desk.books, merchant.id, desk.doer, Right.SERVE)
    seating, locale = await seating_of(desk.books, merchant.id), await desk.readers()
    if not seating.secret:
        await desk.say(Page(locale.say("seating-no-code")))
        return
    until = locale.time(code_ends(desk.books.now))
    page = code_page(locale, code_at(seating.secret, desk.books.now), until)
    await desk.show_here("code", page, follows=anew)
