"""What can be refused, and why.

Refusal
├── OutOfDate            the button belongs to a screen that is no longer true
├── NotYours             the thing belongs to somebody else
├── NotAllowed           this person may not do that here
├── KeyReused            one key, two different requests
├── AccountUnknown, AccountClosed, AccountNotEmpty    of the ledger's accounts
├── NoAccount, SeatUnknown, SeatRetired, NoVisit, MerchantClosed, MerchantPaused
├── NotOpenNow, LastOrdersOver, HoursRefused, AlreadyLeft
├── CaseClosed, SayingTooLong, TooManySayings
├── AmountUnreadable, AmountTooSmall, AmountTooLarge
├── TopUpNotPayable, TopUpBusy, PaymentMismatch
├── CartEmpty, ItemGone, FewLeft, TooMany, NoteTooLong, MenuChanged, ShortOfMoney
├── AlreadyServed        somebody of the staff was first
├── AlreadyCalled, CalledLately, CallAnswered
├── NotAdmitted, CodeLocked, SeatAnswered
├── GiftOver, GiftShort, GiftsRefused, GiftTooSoon, TooManyGifts, ReceiverGone
├── SeatToEnter, NobodyThere    no seat was named for which to enter an order, or nobody sits there
├── PartyOver, PartyFull, OwnParty, AlreadyInParty, NotInParty, RemovedFromParty, SeatFirst
├── LimitReached, HostShort     a companion's order does not fit the host's limit, or wallet
├── NoStaffYet, NotOfTheStaff, RoleTooLow, LastOwner, InviteRefused
├── OrdersOnTheWay
├── NothingToRefund, RefundTooLarge, RefundDisputed, DebtFirst
├── NoWayToPay           no gateway takes this currency here, or none that this account may pay with
├── NotBound, WalletNotEmpty, StillUnderWay
├── NeedsAnotherAdmin    whoever proposed it cannot confirm it
└── MerchantUnknown, SeatLabelUnknown, SeatNotNamed, GroupNotLinked, CodeRefused, GroupTaken,
    GatewayUnknown, DayUnreadable, DisputeUnknown, StrayUnknown, NameTaken, NameRefused, LanguageUnknown,
    LabelsRefused, FileTooLarge, PhotoTooLarge, ItemUnknown, MenuRefused, NotFound, StationRefused

A refusal is told to a person; it carries fields, never sentences, and nothing was changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.money import Money


@dataclass(eq=False)
class Refusal(Exception):
    """Something a person asked for cannot be done, and nothing was changed."""


@dataclass(eq=False)
class OutOfDate(Refusal):
    """The screen that was tapped is no longer true; a fresh one is due."""


@dataclass(eq=False)
class NotYours(Refusal):
    """The thing named belongs to somebody else."""


@dataclass(eq=False)
class NotAllowed(Refusal):
    """This person may not do that, or not in this chat."""


@dataclass(eq=False)
class KeyReused(Refusal):
    """The key was used before with another request."""


@dataclass(eq=False)
class AccountUnknown(Refusal):
    """The ledger's chart has no account of that name."""

    account: str


@dataclass(eq=False)
class AccountClosed(Refusal):
    """The account was closed: nothing moves on it any more."""

    account: str


@dataclass(eq=False)
class AccountNotEmpty(Refusal):
    """The account cannot be closed while it has a balance, or something on hold."""

    account: str


@dataclass(eq=False)
class NoAccount(Refusal):
    """This person has not opened an account yet."""


@dataclass(eq=False)
class SeatUnknown(Refusal):
    """No seat has that token."""


@dataclass(eq=False)
class SeatRetired(Refusal):
    """The token was replaced: the QR code is an old one."""

    label: str


@dataclass(eq=False)
class NoVisit(Refusal):
    """This person sits nowhere at the moment."""


@dataclass(eq=False)
class MerchantClosed(Refusal):
    """The merchant has no group to send orders to."""

    merchant: str


@dataclass(eq=False)
class MerchantPaused(Refusal):
    """The merchant takes no orders for a while."""

    merchant: str


@dataclass(eq=False)
class NotOpenNow(Refusal):
    """The merchant is closed at this hour."""

    merchant: str
    opens_at: datetime


@dataclass(eq=False)
class LastOrdersOver(Refusal):
    """The merchant is about to close, and takes no more orders before it opens again."""

    merchant: str
    opens_at: datetime


@dataclass(eq=False)
class HoursRefused(Refusal):
    """Opening hours cannot be meant so; *why* is a word of the catalogue, *found* the part that is wrong."""

    why: str
    found: str


@dataclass(eq=False)
class AlreadyLeft(Refusal):
    """The visit is over: it was checked out before."""

    number: int


@dataclass(eq=False)
class CaseClosed(Refusal):
    """The case was closed before, by somebody else of the staff or by another tap."""

    number: int
    by: str


@dataclass(eq=False)
class SayingTooLong(Refusal):
    """What was typed about a case does not fit."""

    most: int
    found: int


@dataclass(eq=False)
class TooManySayings(Refusal):
    """So much was said about a case that the rest is better talked over."""


@dataclass(eq=False)
class AmountUnreadable(Refusal):
    """The text names no amount; *why* is a word of the catalogue."""

    why: str
    example: Money


@dataclass(eq=False)
class AmountTooSmall(Refusal):
    """Less than the smallest top-up."""

    least: Money


@dataclass(eq=False)
class AmountTooLarge(Refusal):
    """More than the largest top-up."""

    most: Money


@dataclass(eq=False)
class TopUpNotPayable(Refusal):
    """The invoice is unknown, paid or expired."""

    number: int
    state: str


@dataclass(eq=False)
class TopUpBusy(Refusal):
    """Another payment of this invoice is under way."""

    number: int


@dataclass(eq=False)
class PaymentMismatch(Refusal):
    """What would be paid is not what was asked for."""

    number: int


@dataclass(eq=False)
class CartEmpty(Refusal):
    """There is nothing to order."""


@dataclass(eq=False)
class ItemGone(Refusal):
    """The item is sold out or off the menu."""

    name: str


@dataclass(eq=False)
class FewLeft(Refusal):
    """Fewer of the item are left than are wanted."""

    name: str
    left: int


@dataclass(eq=False)
class TooMany(Refusal):
    """More than one order may hold."""

    most: int


@dataclass(eq=False)
class NoteTooLong(Refusal):
    """The note does not fit."""

    most: int
    found: int


@dataclass(frozen=True, slots=True)
class Change:
    """How an item differs from what the cart showed; no new price means that it is gone.

    *left*: so many can still be had, fewer than were in the cart.
    """

    name: str
    before: Money
    after: Money | None
    left: int | None = None


@dataclass(eq=False)
class MenuChanged(Refusal):
    """Prices or stock moved between cart and placing: the customer must see it first."""

    changes: tuple[Change, ...]


@dataclass(eq=False)
class ShortOfMoney(Refusal):
    """The wallet has too little left; *short* is what is missing."""

    short: Money


@dataclass(eq=False)
class AlreadyServed(Refusal):
    """Somebody else of the staff was first."""

    number: int
    status: str
    by: str


@dataclass(eq=False)
class AlreadyCalled(Refusal):
    """The visit has an open call already."""


@dataclass(eq=False)
class CalledLately(Refusal):
    """The visit called a moment ago, and can again after so many minutes."""

    wait_minutes: int


@dataclass(eq=False)
class CallAnswered(Refusal):
    """Somebody of the staff was first, or the call is over."""

    call_id: int
    state: str
    by: str


@dataclass(eq=False)
class NotAdmitted(Refusal):
    """The customer has not shown yet that they sit where they scanned; *proof* is what is wanted."""

    proof: str
    state: str


@dataclass(eq=False)
class CodeLocked(Refusal):
    """Too many wrong codes were typed; others are taken after so many minutes."""

    wait_minutes: int


@dataclass(eq=False)
class SeatAnswered(Refusal):
    """Somebody of the staff was first to let the customer in, or turn them away; or the customer has gone."""

    admission_id: int
    state: str
    by: str


class PartyOver(Refusal):
    """The party has ended, or there is none of that code."""


@dataclass(eq=False)
class PartyFull(Refusal):
    """No more than so many can join a party."""

    most: int


@dataclass(eq=False)
class OwnParty(Refusal):
    """Whoever would join is its host."""


@dataclass(eq=False)
class AlreadyInParty(Refusal):
    """The visit is at a party already."""


@dataclass(eq=False)
class NotInParty(Refusal):
    """The customer is at that party no more."""


@dataclass(eq=False)
class RemovedFromParty(Refusal):
    """The host has taken this customer off; only the host can let them come again."""

    host: str


@dataclass(eq=False)
class SeatFirst(Refusal):
    """Whoever would join has no open visit at the party's merchant."""

    host: str
    merchant: str


@dataclass(eq=False)
class LimitReached(Refusal):
    """The order is more than what the host's limit has left."""

    host: str
    left: Money


@dataclass(eq=False)
class HostShort(Refusal):
    """The host's wallet has too little left; how much is not for others to know."""

    host: str


@dataclass(eq=False)
class GiftOver(Refusal):
    """What was offered was answered, taken back or has lapsed."""


@dataclass(eq=False)
class GiftShort(Refusal):
    """The giver's wallet has too little left for the gift."""

    short: Money


@dataclass(eq=False)
class GiftsRefused(Refusal):
    """The receiver takes no gifts from this giver."""

    receiver: str


@dataclass(eq=False)
class GiftTooSoon(Refusal):
    """The same receiver was asked a moment ago."""


@dataclass(eq=False)
class TooManyGifts(Refusal):
    """So many gifts of this giver wait for an answer already."""

    most: int


@dataclass(eq=False)
class ReceiverGone(Refusal):
    """Whoever should get the gift is not there any more."""


@dataclass(eq=False)
class SeatToEnter(Refusal):
    """No seat was named for which staff would enter an order."""


@dataclass(eq=False)
class NobodyThere(Refusal):
    """Nobody with an open visit sits at that seat."""

    seat: str


@dataclass(eq=False)
class NoStaffYet(Refusal):
    """The merchant has no list of its staff; only an admin can begin it."""


@dataclass(eq=False)
class InviteRefused(Refusal):
    """The link to join a staff is unknown, used or expired."""


@dataclass(eq=False)
class NotOfTheStaff(Refusal):
    """The merchant has a list of its staff, and this person is not on it."""


@dataclass(eq=False)
class RoleTooLow(Refusal):
    """This needs at least the role *least*."""

    least: str


@dataclass(eq=False)
class LastOwner(Refusal):
    """A merchant keeps at least one owner."""


@dataclass(eq=False)
class OrdersOnTheWay(Refusal):
    """Accepted goods are not delivered yet: wait for them, or pay for them now."""

    amount: Money


@dataclass(eq=False)
class NothingToRefund(Refusal):
    """The wallet has nothing that could go back."""


@dataclass(eq=False)
class RefundTooLarge(Refusal):
    """More was asked back than the wallet has left."""

    asked: Money
    left: Money


@dataclass(eq=False)
class RefundDisputed(Refusal):
    """The money came by a charge that is disputed at the bank; *left* could still go back."""

    left: Money


@dataclass(eq=False)
class DebtFirst(Refusal):
    """What is owed is more than the wallet could give back."""

    owed: Money


@dataclass(eq=False)
class NoWayToPay(Refusal):
    """No gateway takes this currency here, or none of those that this account may pay with."""

    currency: str


@dataclass(eq=False)
class NotBound(Refusal):
    """The account is bound to nothing."""


@dataclass(eq=False)
class WalletNotEmpty(Refusal):
    """There is money in the wallet that has to go back first."""

    left: Money


@dataclass(eq=False)
class StillUnderWay(Refusal):
    """A payment or a refund of this account is not at its end yet."""


@dataclass(eq=False)
class NeedsAnotherAdmin(Refusal):
    """What one admin proposed only another one can confirm."""


@dataclass(eq=False)
class MerchantUnknown(Refusal):
    """No merchant has that number or name."""

    asked: str


@dataclass(eq=False)
class SeatLabelUnknown(Refusal):
    """The merchant has no seat of that label."""

    label: str


@dataclass(eq=False)
class SeatNotNamed(Refusal):
    """A seat is meant, and none was named."""


@dataclass(eq=False)
class GroupNotLinked(Refusal):
    """This group belongs to no merchant."""


@dataclass(eq=False)
class CodeRefused(Refusal):
    """The code is unknown, used or expired."""


@dataclass(eq=False)
class GroupTaken(Refusal):
    """This group already belongs to a merchant."""

    merchant: str


@dataclass(eq=False)
class StationRefused(Refusal):
    """That cannot be what a station is called."""

    asked: str


@dataclass(eq=False)
class GatewayUnknown(Refusal):
    """No gateway of that name is on."""

    asked: str
    known: str


@dataclass(eq=False)
class DayUnreadable(Refusal):
    """The text names no day."""

    found: str


@dataclass(eq=False)
class DisputeUnknown(Refusal):
    """No dispute has that number."""

    asked: str


@dataclass(eq=False)
class StrayUnknown(Refusal):
    """No payment in suspense has that number, or the words do not name one and a customer."""

    asked: str


@dataclass(eq=False)
class NameTaken(Refusal):
    """A merchant of that name exists."""

    name: str


@dataclass(eq=False)
class NameRefused(Refusal):
    """A name is empty, too long or not printable."""

    most: int


@dataclass(eq=False)
class LanguageUnknown(Refusal):
    """The language is none of those that are spoken here."""

    known: str


@dataclass(eq=False)
class FileTooLarge(Refusal):
    """The file is larger than what is read."""

    most_bytes: int


@dataclass(eq=False)
class PhotoTooLarge(Refusal):
    """The photo is larger than what is kept."""

    most_bytes: int


@dataclass(eq=False)
class ItemUnknown(Refusal):
    """No item on the merchant's menu is called so."""

    asked: str


@dataclass(eq=False)
class LabelsRefused(Refusal):
    """The list of seat labels cannot be read or is too long; *found* is the part that is wrong."""

    found: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one line of a file; *why* is a word of the catalogue."""

    line: int
    why: str
    found: str


@dataclass(eq=False)
class MenuRefused(Refusal):
    """The menu file has bad lines; nothing of it was taken."""

    problems: tuple[Problem, ...]


@dataclass(eq=False)
class NotFound(Refusal):
    """No document of that number can be seen by this person."""

    asked: str
