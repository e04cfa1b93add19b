"""What becomes of a charge that its payer disputes at the bank.

While a dispute is open its sum is set aside in the wallet, as far as it is there, and the lot is not
refunded. Won, it is free again; lost, it goes back to the gateway, and what is missing is owed.

What gateways tell may come twice, late and in any order: the first end that is told stays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.debt import pay_debts
from core.errand import SETTLE_PROMISE, send_on
from core.errors import DisputeUnknown
from core.gateway import Fact, FactKind
from core.ledger import Account, Transfer, clearing, debt, wallet
from core.lot import Lot, lots_of, own_money, spend
from core.money import Money, total
from core.ports import Books
from core.promotion import earn_nothing


class DisputeState(StrEnum):
    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Dispute:
    """A charge that was disputed. *reference* is the gateway's own number of the dispute.

    *held* was set aside in the wallet when it was opened. Once it is lost, *charged_back* is what its
    own lot still had of that, and *owed* what was not there.
    """

    id: int
    gateway: str
    reference: str
    lot_id: int
    customer_id: int
    amount: Money
    held: Money
    charged_back: Money
    owed: Money
    hold_id: int | None
    state: DisputeState
    reason: str
    opened_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class TellDispute:
    """What a gateway says about a dispute; *amount* is the whole charge if it says none.

    Two *gateways* at one provider are both told of either's disputes: whose charge it is takes it.
    """

    gateway: str
    state: DisputeState
    charge: str
    source: str
    amount: Money | None
    reference: str
    reason: str
    gateways: tuple[str, ...] = ()

    @classmethod
    def of(cls, gateway: str, fact: Fact, gateways: tuple[str, ...] = ()) -> TellDispute:
        reference = fact.reference or fact.charge or fact.source
        state = _STATES[fact.kind]
        return cls(gateway, state, fact.charge, fact.source, fact.amount, reference, fact.reason, gateways)


@dataclass(frozen=True, slots=True)
class DisputeOpened:
    """Event: somebody asks the bank to take a charge back."""

    dispute_id: int


@dataclass(frozen=True, slots=True)
class DisputeEnded:
    """Event: a dispute was won or lost."""

    dispute_id: int


@dataclass(frozen=True, slots=True)
class DisputeContradicted:
    """Event: a gateway tells another end of a dispute than before; nothing follows from it."""

    dispute_id: int
    told: DisputeState


@dataclass(frozen=True, slots=True)
class DisputeUnmatched:
    """Event: a dispute over no charge of ours, or over more than it brought; a person must look."""

    told: TellDispute


async def take_dispute(books: Books, ask: TellDispute) -> int:
    """Take in what a gateway tells about a dispute; return its number, 0 if it is over nothing of ours."""
    found = await _disputed_lot(books, ask)
    if found is None:
        if not [each for each in ask.gateways if await _charged(books, each, ask)]:
            books.tell(DisputeUnmatched(ask))
        return 0
    await books.lock(*_accounts(found))
    lot = await books.get(Lot, found.id)
    assert lot is not None
    known = await books.find(Dispute, gateway=ask.gateway, reference=ask.reference)
    dispute = known[0] if known else await _open(books, ask, lot)
    if dispute.state is DisputeState.OPEN and ask.state is not DisputeState.OPEN:
        await (_win if ask.state is DisputeState.WON else _lose)(books, dispute)
        books.tell(DisputeEnded(dispute.id))
    elif not known:
        books.tell(DisputeOpened(dispute.id))
    elif DisputeState.OPEN not in (ask.state, dispute.state) and ask.state is not dispute.state:
        books.tell(DisputeContradicted(dispute.id, ask.state))
    return dispute.id


async def dispute_of(books: Books, dispute_id: int) -> tuple[Dispute, Lot]:
    """Return a dispute and the lot that it is over, or refuse."""
    dispute = await books.get(Dispute, dispute_id)
    if dispute is None:
        raise DisputeUnknown(f"D-{dispute_id}")
    lot = await books.get(Lot, dispute.lot_id)
    assert lot is not None
    return dispute, lot


async def held_by_disputes(books: Books, customer_id: int, currency: str) -> Money:
    """Return what open disputes have set aside in a customer's wallet."""
    open_ = await books.find(Dispute, customer_id=customer_id, currency=currency, state=DisputeState.OPEN)
    return total((each.held for each in open_), currency)


def blocks(dispute: Dispute, lot: Lot) -> bool:
    """Tell whether a dispute keeps its lot from being refunded: while it is open, and if all is lost."""
    whole = dispute.amount == lot.brought
    return dispute.state is DisputeState.OPEN or (dispute.state is DisputeState.LOST and whole)


async def _disputed_lot(books: Books, ask: TellDispute) -> Lot | None:
    lots = await _charged(books, ask.gateway, ask)
    return next((lot for lot in lots if _could_be(ask.amount, lot.brought)), None)


async def _charged(books: Books, gateway: str, ask: TellDispute) -> list[Lot]:
    """Return what a gateway's charge brought; a provider may call it by either of its names."""
    names = tuple(name for name in (ask.charge, ask.source) if name)
    lots = await books.find(Lot, gateway=gateway, charge=names)
    return lots or await books.find(Lot, gateway=gateway, source=names)


def _could_be(told: Money | None, brought: Money) -> bool:
    """Tell whether that can be disputed of a charge; a lie is not believed."""
    return told is None or (told.currency == brought.currency and 0 < told.minor <= brought.minor)


async def _open(books: Books, ask: TellDispute, lot: Lot) -> Dispute:
    """Set aside what there is of the sum; goods that were ordered keep the money that is on hold for them."""
    purse, *_ = _accounts(lot)
    amount = lot.brought if ask.amount is None else ask.amount
    lots = await lots_of(books, lot.customer_id, amount.currency, lot.purse)
    held = min(amount, own_money(lots, (await books.standing(purse)).available))
    hold = (await books.hold(purse, held))[0] if held else None
    nothing = Money.zero(amount.currency)
    dispute = await books.add(
        Dispute(
            0, ask.gateway, ask.reference, lot.id, lot.customer_id, amount, held, nothing, nothing, hold,
            DisputeState.OPEN, ask.reason, books.now, None,
        )
    )  # fmt: skip
    await books.save(replace(lot, disputed=True))
    return dispute


async def _win(books: Books, dispute: Dispute) -> None:
    if dispute.hold_id is not None:
        await books.release(dispute.hold_id)
    await books.save(replace(dispute, state=DisputeState.WON, ended_at=books.now))
    await _look_again(books, dispute.lot_id)


async def _lose(books: Books, dispute: Dispute) -> None:
    """Give the sum back to the gateway: what was set aside, and the rest is owed, if it is not there now."""
    _, lot = await dispute_of(books, dispute.id)
    _, held_by, owing = _accounts(lot)
    charged_back = min(dispute.held, lot.refundable)
    if dispute.hold_id is not None:
        transfer = await books.capture(dispute.hold_id, "charge_back", held_by)
        await books.save(replace(lot, charged_back=lot.charged_back + charged_back))
        others = dispute.held - charged_back
        await earn_nothing(books, await spend(books, lot.customer_id, others, transfer, lot.purse, own=True))
    owed = dispute.amount - dispute.held
    if owed:
        await books.post(Transfer("charge_back_owed", owing, held_by, owed))
    await books.save(
        replace(
            dispute, state=DisputeState.LOST, charged_back=charged_back, owed=owed, ended_at=books.now
        )
    )  # fmt: skip
    await _look_again(books, lot.id)
    await pay_debts(books, lot.customer_id, (owing,))


async def _look_again(books: Books, lot_id: int) -> None:
    """Note whether any dispute still keeps the lot from being refunded."""
    lot = await books.get(Lot, lot_id)
    assert lot is not None
    disputes = await books.find(Dispute, lot_id=lot.id)
    await books.save(replace(lot, disputed=any(blocks(each, lot) for each in disputes)))
    if lot.promised:
        await send_on(books, SETTLE_PROMISE, lot.id)


def _accounts(lot: Lot) -> tuple[Account, Account, Account]:
    """Return the wallet, what the gateway holds, and what the customer owes."""
    currency = lot.brought.currency
    return (
        wallet(lot.customer_id, currency, lot.purse),
        clearing(lot.gateway, currency),
        debt(lot.customer_id, currency, lot.purse),
    )


_STATES = {
    FactKind.DISPUTE_OPENED: DisputeState.OPEN,
    FactKind.DISPUTE_WON: DisputeState.WON,
    FactKind.DISPUTE_LOST: DisputeState.LOST,
}
