"""What becomes of a payment that matches nothing of ours: it goes back whole, or into a wallet.

Until then it stays in suspense. Before anything is done anew the gateway is asked what became of what was
sent before: it may have paid after all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.debt import debts_of, pay_debts
from core.errand import RESOLVE_STRAY, send_on
from core.errors import NeedsAnotherAdmin, OutOfDate, StrayUnknown
from core.gateway import UNKNOWN_KEY, Outcome, Verdict
from core.ledger import SHARED, Account, Transfer, clearing, suspense, wallet
from core.lot import Lot
from core.money import Money
from core.open_account import Customer
from core.ports import Books
from core.top_up import Stray, TopUp, TopUpPaid, TopUpState

ASK_AGAIN_LEAST, ASK_AGAIN_MOST = timedelta(seconds=2), timedelta(minutes=30)
"""How long to wait before a gateway is asked again what became of a refund: as long as it has taken yet."""


class CaseState(StrEnum):
    """How far a stray has come. Up to *crediting* its money is in suspense; the others end it."""

    WAITING = "waiting"
    GOING = "going"
    CREDITING = "crediting"
    BACK = "back"
    CREDITED = "credited"


UNDECIDED = (CaseState.WAITING, CaseState.GOING, CaseState.CREDITING)


@dataclass(frozen=True, slots=True)
class StrayCase:
    """What is decided about a stray. *version* counts the changes, so that old buttons and answers are known.

    *key* is that of its refund, *sent_at* when this try was sent. One admin proposes whom it is credited to,
    another one confirms.
    """

    id: int
    stray_id: int
    state: CaseState
    version: int
    amount: Money
    key: str = ""
    reference: str = ""
    reason: str = ""
    sent_at: datetime | None = None
    customer_id: int | None = None
    proposed_by: int | None = None
    proposed_name: str = ""
    confirmed_by: int | None = None
    confirmed_name: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SendStrayBack:
    stray_id: int
    version: int


@dataclass(frozen=True, slots=True)
class ProposeCredit:
    """An admin proposes that a stray be credited to a customer."""

    stray_id: int
    version: int
    customer_id: int
    admin_id: int
    name: str


@dataclass(frozen=True, slots=True)
class ConfirmCredit:
    stray_id: int
    version: int
    admin_id: int
    name: str


@dataclass(frozen=True, slots=True)
class SettleStray:
    """What a gateway said about a stray's refund; before *wait_seconds* have passed it cannot say more."""

    stray_id: int
    version: int
    verdict: Verdict
    reference: str
    reason: str
    wait_seconds: int

    @classmethod
    def of(cls, case: StrayCase, told: Outcome, wait: timedelta) -> SettleStray:
        return cls(
            case.stray_id, case.version, told.verdict, told.reference, told.reason, int(wait.total_seconds())
        )


@dataclass(frozen=True, slots=True)
class CreditStray:
    """The gateway has not sent a stray back: it can be credited as two admins decided."""

    stray_id: int
    version: int


@dataclass(frozen=True, slots=True)
class StrayMoved:
    """Event: something was decided about a stray, or came of it."""

    stray_id: int


async def send_stray_back(books: Books, ask: SendStrayBack) -> int:
    """Send a stray back to where it came from; return its number.

    Nothing moves before the gateway says that it did.
    """
    stray, case = await _lock(books, ask.stray_id, ask.version)
    await _change(books, replace(case, state=CaseState.GOING, sent_at=None, reason=""))
    return stray.id


async def propose_credit(books: Books, ask: ProposeCredit) -> int:
    """Propose whose wallet a stray goes to."""
    stray, case = await _lock(books, ask.stray_id, ask.version)
    if await books.get(Customer, ask.customer_id) is None:
        raise StrayUnknown(str(ask.customer_id))
    proposed = replace(
        case, customer_id=ask.customer_id, proposed_by=ask.admin_id, proposed_name=ask.name, confirmed_by=None
    )
    await _change(books, proposed)
    return stray.id


async def confirm_credit(books: Books, ask: ConfirmCredit) -> int:
    """Confirm what another admin proposed. The gateway is asked once more before it is booked."""
    stray, case = await _lock(books, ask.stray_id, ask.version)
    if case.proposed_by is None:
        raise OutOfDate
    if case.proposed_by == ask.admin_id:
        raise NeedsAnotherAdmin
    confirmed = replace(
        case, state=CaseState.CREDITING, confirmed_by=ask.admin_id, confirmed_name=ask.name, reason=""
    )
    await _change(books, confirmed)
    return stray.id


async def settle_stray(books: Books, ask: SettleStray) -> int:
    """Take in what the gateway said of sending a stray back: done, refused, or to be asked again.

    One that was refused waits for another decision. Whatever was decided, what the gateway did counts.
    """
    stray, case = await _lock(books, ask.stray_id)
    if case.version != ask.version:
        return stray.id
    heard = replace(case, reference=ask.reference, reason=ask.reason)
    held_by, waits_in = _accounts(stray)
    match ask.verdict:
        case Verdict.DONE if case.state in UNDECIDED:
            await books.post(Transfer("stray_returned", waits_in, held_by, stray.amount))
            await _change(books, replace(heard, state=CaseState.BACK, ended_at=books.now))
        case Verdict.REFUSED if case.state is CaseState.BACK and ask.reason != UNKNOWN_KEY:
            await books.post(Transfer("stray_bounced", held_by, waits_in, stray.amount))
            await _change(books, replace(heard, state=CaseState.WAITING, ended_at=None))
        case Verdict.REFUSED if case.state in UNDECIDED:
            await _change(books, replace(heard, state=CaseState.WAITING))
        case Verdict.PENDING | Verdict.UNKNOWN if case.state in UNDECIDED:
            waited = books.now - (case.sent_at or books.now)
            wait = min(max(waited, ASK_AGAIN_LEAST), ASK_AGAIN_MOST)
            await _change(books, heard, max(wait, timedelta(seconds=ask.wait_seconds)))
    return stray.id


async def hear_of_stray(books: Books, key: str) -> int:
    """Have a stray asked about whose refund its gateway told of by itself: return its number, 0 if there is
    none.
    """
    for case in await books.find(StrayCase, key=key):
        await send_on(books, RESOLVE_STRAY, case.stray_id, body=str(case.version))
        return case.stray_id
    return 0


async def credit_stray(books: Books, ask: CreditStray) -> int:
    """Bring a stray into the wallet that two admins named, as a lot of a top-up order made for it."""
    stray, case = await stray_and_case(books, ask.stray_id)
    customer_id = case.customer_id
    if customer_id is None:
        return stray.id
    purse = wallet(customer_id, stray.amount.currency)
    owing = await debts_of(books, customer_id, stray.amount.currency)
    await books.lock(*_accounts(stray), purse, *owing)
    _, case = await stray_and_case(books, ask.stray_id)
    if case.version != ask.version or case.state is not CaseState.CREDITING:
        return stray.id
    assert case.confirmed_by not in (None, case.proposed_by)
    nothing = Money.zero(stray.amount.currency)
    order = await books.add(
        TopUp(
            0, customer_id, stray.gateway, books.token(), stray.amount,
            TopUpState.PAID, "", None, books.now, books.now,
        )
    )  # fmt: skip
    await books.post(Transfer("stray_credited", suspense(stray.gateway, purse.currency), purse, stray.amount))
    lot = await books.add(
        Lot(
            0, order.id, customer_id, SHARED, stray.gateway, stray.charge, stray.source, "",
            stray.amount, nothing, nothing, nothing, nothing, books.now, paid_at=stray.made_at,
        )
    )  # fmt: skip
    await _change(books, replace(case, state=CaseState.CREDITED, ended_at=books.now))
    books.tell(TopUpPaid(lot.id))
    await pay_debts(books, customer_id, owing)
    return stray.id


async def stray_and_case(books: Books, stray_id: int) -> tuple[Stray, StrayCase]:
    """Return a stray and how it stands, or refuse; one that nobody decided about waits."""
    stray = await books.get(Stray, stray_id)
    if stray is None:
        raise StrayUnknown(str(stray_id))
    found = await books.find(StrayCase, stray_id=stray_id)
    return stray, found[0] if found else StrayCase(0, stray.id, CaseState.WAITING, 0, stray.amount)


async def _lock(books: Books, stray_id: int, version: int | None = None) -> tuple[Stray, StrayCase]:
    """Lock what a stray may move between, then read it; with *version* it must still wait as it did."""
    stray, _ = await stray_and_case(books, stray_id)
    await books.lock(*_accounts(stray))
    stray, case = await stray_and_case(books, stray_id)
    if version is not None and (case.version != version or case.state is not CaseState.WAITING):
        raise OutOfDate
    return stray, case


def _accounts(stray: Stray) -> tuple[Account, Account]:
    """Return the gateway's clearing and suspense."""
    name, currency = stray.gateway, stray.amount.currency
    return clearing(name, currency), suspense(name, currency)


async def _change(books: Books, case: StrayCase, after: timedelta = timedelta(0)) -> None:
    """Keep how a stray stands now; what is under way is looked at, again or at once."""
    changed = replace(case, version=case.version + 1)
    if changed.id:
        await books.save(changed)
    else:
        await books.add(changed)
    if changed.state in (CaseState.GOING, CaseState.CREDITING):
        await send_on(books, RESOLVE_STRAY, changed.stray_id, after, body=str(changed.version))
    books.tell(StrayMoved(changed.stray_id))
