"""Which buttons there are, step by step. Each names a thing; its handler stands in `routes`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from core.call import Answer, Need
from core.case import CaseAnswer, Wrong
from core.edit_item import Edit
from core.endings import Limit
from core.ordering import Wait
from core.presence import Proof
from core.refund import Rescue
from core.serve import Action, Reason
from core.staff import Role

# Anywhere


@dataclass(frozen=True, slots=True)
class GoHome:
    prefix: ClassVar[str] = "hm1"


@dataclass(frozen=True, slots=True)
class ShowHelp:
    prefix: ClassVar[str] = "hp1"


@dataclass(frozen=True, slots=True)
class ChooseLanguage:
    prefix: ClassVar[str] = "lg1"


@dataclass(frozen=True, slots=True)
class SetLanguage:
    prefix: ClassVar[str] = "ls1"
    language: str


# Step 1


@dataclass(frozen=True, slots=True)
class OpenMyAccount:
    prefix: ClassVar[str] = "oa1"


@dataclass(frozen=True, slots=True)
class BindAccount:
    prefix: ClassVar[str] = "ba1"


@dataclass(frozen=True, slots=True)
class UnbindAccount:
    prefix: ClassVar[str] = "ub1"


# Step 2


@dataclass(frozen=True, slots=True)
class ChooseTopUp:
    prefix: ClassVar[str] = "tc1"


@dataclass(frozen=True, slots=True)
class TopUpPreset:
    """The preset of that place in the operator's list."""

    prefix: ClassVar[str] = "tp1"
    draft: int
    version: int
    place: int


@dataclass(frozen=True, slots=True)
class TypeTopUp:
    prefix: ClassVar[str] = "tt1"
    draft: int


@dataclass(frozen=True, slots=True)
class TopUpShortfall:
    """Top up what the cart is short of, and order it once that is paid."""

    prefix: ClassVar[str] = "ts1"
    cart: int
    draft: int
    version: int


@dataclass(frozen=True, slots=True)
class HavePaid:
    """The customer says that a top-up is paid."""

    prefix: ClassVar[str] = "hv1"
    top_up: int


@dataclass(frozen=True, slots=True)
class PayWith:
    """Pay the amount of the draft at a gateway; *saved* (1) with the payment method that is on file there."""

    prefix: ClassVar[str] = "pw1"
    draft: int
    version: int
    gateway: str
    saved: int


# Step 3


@dataclass(frozen=True, slots=True)
class OpenMenu:
    prefix: ClassVar[str] = "mn1"


@dataclass(frozen=True, slots=True)
class OpenCategories:
    """The page of categories that has this item's; 0 for the first page."""

    prefix: ClassVar[str] = "mp1"
    item: int


@dataclass(frozen=True, slots=True)
class OpenCategory:
    """The category that this item is in."""

    prefix: ClassVar[str] = "mc1"
    item: int


@dataclass(frozen=True, slots=True)
class ListDetails:
    """What can be known of the items beside this one."""

    prefix: ClassVar[str] = "ld1"
    item: int


@dataclass(frozen=True, slots=True)
class OpenItem:
    prefix: ClassVar[str] = "oi1"
    item: int


@dataclass(frozen=True, slots=True)
class ShowPhoto:
    prefix: ClassVar[str] = "sf1"
    item: int


@dataclass(frozen=True, slots=True)
class AddItem:
    prefix: ClassVar[str] = "ad1"
    cart: int
    item: int


@dataclass(frozen=True, slots=True)
class OpenFavourites:
    prefix: ClassVar[str] = "fv1"


@dataclass(frozen=True, slots=True)
class AddFavourite:
    """One more of what a line was that was ordered before."""

    prefix: ClassVar[str] = "fa1"
    cart: int
    line: int


@dataclass(frozen=True, slots=True)
class ChooseOptions:
    """An item with these of its options chosen; *mark* tells its options from those of another day."""

    prefix: ClassVar[str] = "co1"
    item: int
    mark: int
    chosen: int


@dataclass(frozen=True, slots=True)
class AddChosen:
    prefix: ClassVar[str] = "ac1"
    cart: int
    item: int
    mark: int
    chosen: int


@dataclass(frozen=True, slots=True)
class OrderChosen:
    """Just that, at once, where nothing else is in the cart; *mark* tells its price, too, from another."""

    prefix: ClassVar[str] = "oc1"
    cart: int
    version: int
    item: int
    mark: int
    chosen: int


@dataclass(frozen=True, slots=True)
class MoreOf:
    """One more of a line of the cart."""

    prefix: ClassVar[str] = "mo2"
    cart: int
    line: int


@dataclass(frozen=True, slots=True)
class LessOf:
    prefix: ClassVar[str] = "le2"
    cart: int
    line: int


@dataclass(frozen=True, slots=True)
class OpenCart:
    prefix: ClassVar[str] = "ct1"


@dataclass(frozen=True, slots=True)
class TypeNote:
    prefix: ClassVar[str] = "nt1"
    cart: int


@dataclass(frozen=True, slots=True)
class PlaceCart:
    prefix: ClassVar[str] = "pl1"
    cart: int
    version: int


@dataclass(frozen=True, slots=True)
class CancelMyOrder:
    prefix: ClassVar[str] = "cx2"
    order: int
    version: int


@dataclass(frozen=True, slots=True)
class SameAgain:
    """Put what that order had into the cart."""

    prefix: ClassVar[str] = "ag1"
    order: int


@dataclass(frozen=True, slots=True)
class NameSubstitutes:
    """Choose for which line of the cart something else may come."""

    prefix: ClassVar[str] = "ns1"
    cart: int


@dataclass(frozen=True, slots=True)
class ChooseSubstitute:
    prefix: ClassVar[str] = "cs1"
    cart: int
    item: int


@dataclass(frozen=True, slots=True)
class SetSubstitute:
    """*substitute* shall come where *item* is sold out; 0 for nothing."""

    prefix: ClassVar[str] = "su1"
    cart: int
    item: int
    substitute: int


@dataclass(frozen=True, slots=True)
class TakeInstead:
    """Put an alternative into the cart for a line that was declined."""

    prefix: ClassVar[str] = "ti1"
    line: int
    item: int


# What staff enter


@dataclass(frozen=True, slots=True)
class EnterFor:
    """Enter an order for a visit."""

    prefix: ClassVar[str] = "en1"
    visit: int


@dataclass(frozen=True, slots=True)
class EnterCategories:
    prefix: ClassVar[str] = "eg1"
    draft: int
    item: int


@dataclass(frozen=True, slots=True)
class EnterCategory:
    prefix: ClassVar[str] = "ec1"
    draft: int
    item: int


@dataclass(frozen=True, slots=True)
class EnterItem:
    prefix: ClassVar[str] = "ei1"
    draft: int
    item: int


@dataclass(frozen=True, slots=True)
class EnterOptions:
    """As `ChooseOptions`, for what staff enter."""

    prefix: ClassVar[str] = "eo1"
    draft: int
    item: int
    mark: int
    chosen: int


@dataclass(frozen=True, slots=True)
class EnterChosen:
    prefix: ClassVar[str] = "eh1"
    draft: int
    item: int
    mark: int
    chosen: int


@dataclass(frozen=True, slots=True)
class LessEntered:
    prefix: ClassVar[str] = "el1"
    draft: int
    line: int


@dataclass(frozen=True, slots=True)
class SendEntered:
    prefix: ClassVar[str] = "es1"
    draft: int
    version: int


@dataclass(frozen=True, slots=True)
class DropEntered:
    prefix: ClassVar[str] = "ed1"
    draft: int


@dataclass(frozen=True, slots=True)
class ConfirmEntered:
    prefix: ClassVar[str] = "ef1"
    draft: int
    version: int


@dataclass(frozen=True, slots=True)
class RefuseEntered:
    prefix: ClassVar[str] = "er1"
    draft: int


# A shared table


@dataclass(frozen=True, slots=True)
class OpenTable:
    prefix: ClassVar[str] = "tb1"


@dataclass(frozen=True, slots=True)
class StartTable:
    prefix: ClassVar[str] = "tn1"


@dataclass(frozen=True, slots=True)
class InviteToTable:
    prefix: ClassVar[str] = "tv1"
    party: int


@dataclass(frozen=True, slots=True)
class AskHost:
    """Ask the host at the same seat to be let in."""

    prefix: ClassVar[str] = "ah1"
    party: int


@dataclass(frozen=True, slots=True)
class SetCompanion:
    """Let somebody in (1) or out (0)."""

    prefix: ClassVar[str] = "cp1"
    companion: int
    welcome: int


@dataclass(frozen=True, slots=True)
class LeaveTable:
    prefix: ClassVar[str] = "tl1"
    party: int


@dataclass(frozen=True, slots=True)
class CloseTable:
    prefix: ClassVar[str] = "te1"
    party: int


@dataclass(frozen=True, slots=True)
class OpenLimit:
    prefix: ClassVar[str] = "ol1"
    party: int


@dataclass(frozen=True, slots=True)
class LimitOnHost:
    """The sum of that place in the list; the first is nothing."""

    prefix: ClassVar[str] = "lh1"
    party: int
    version: int
    place: int


@dataclass(frozen=True, slots=True)
class PlaceCartOnHost:
    prefix: ClassVar[str] = "ph1"
    cart: int
    version: int
    party: int


# Gifts


@dataclass(frozen=True, slots=True)
class GiveCart:
    """Choose who shall get what is in the cart."""

    prefix: ClassVar[str] = "gc1"
    cart: int


@dataclass(frozen=True, slots=True)
class GiveToSeat:
    prefix: ClassVar[str] = "gs1"
    seat: int


@dataclass(frozen=True, slots=True)
class GiveTo:
    prefix: ClassVar[str] = "gt1"
    cart: int
    version: int
    visit: int


@dataclass(frozen=True, slots=True)
class TakeGift:
    prefix: ClassVar[str] = "gy1"
    gift: int


@dataclass(frozen=True, slots=True)
class DeclineGift:
    prefix: ClassVar[str] = "gn1"
    gift: int


@dataclass(frozen=True, slots=True)
class SetGiverBlocked:
    """Take no gifts from the giver of this one any more (1), or again (0)."""

    prefix: ClassVar[str] = "gb1"
    gift: int
    blocked: int


@dataclass(frozen=True, slots=True)
class TakeGiftBack:
    prefix: ClassVar[str] = "gk1"
    gift: int


# The merchant's counter


@dataclass(frozen=True, slots=True)
class Serve:
    """*version* is that of the *station*'s card, or of the *line* if it is not 0."""

    prefix: ClassVar[str] = "sv3"
    order: int
    version: int
    line: int
    action: Action
    station: int


@dataclass(frozen=True, slots=True)
class ServeBecause:
    """The same to a card, with a reason."""

    prefix: ClassVar[str] = "sb2"
    order: int
    version: int
    station: int
    action: Action
    reason: Reason


@dataclass(frozen=True, slots=True)
class ServeLineBecause:
    """The same to a line, with a reason."""

    prefix: ClassVar[str] = "lb1"
    order: int
    version: int
    line: int
    action: Action
    reason: Reason


@dataclass(frozen=True, slots=True)
class Promise:
    prefix: ClassVar[str] = "pm2"
    order: int
    version: int
    minutes: int
    station: int


@dataclass(frozen=True, slots=True)
class ShowLines:
    """The card with buttons for each line."""

    prefix: ClassVar[str] = "ln2"
    order: int
    station: int


@dataclass(frozen=True, slots=True)
class ShowMore:
    """What else can be done with an order, or with a line if it is not 0."""

    prefix: ClassVar[str] = "mr2"
    order: int
    line: int
    station: int


@dataclass(frozen=True, slots=True)
class ShowCard:
    prefix: ClassVar[str] = "cd2"
    order: int
    station: int


@dataclass(frozen=True, slots=True)
class StockCategories:
    """The page of categories, for staff, that has this item's."""

    prefix: ClassVar[str] = "sp1"
    item: int


@dataclass(frozen=True, slots=True)
class StockCategory:
    """The category, for staff, that this item is in."""

    prefix: ClassVar[str] = "sc1"
    item: int


@dataclass(frozen=True, slots=True)
class ToggleSoldOut:
    """Mark an item sold out (1) or back (0)."""

    prefix: ClassVar[str] = "so1"
    item: int
    sold_out: int


@dataclass(frozen=True, slots=True)
class OpenEdits:
    """What staff can change of an item."""

    prefix: ClassVar[str] = "oe1"
    item: int


@dataclass(frozen=True, slots=True)
class MakeEdit:
    prefix: ClassVar[str] = "me1"
    item: int
    version: int
    edit: Edit


@dataclass(frozen=True, slots=True)
class PauseOrdering:
    """Pause (1) or resume (0)."""

    prefix: ClassVar[str] = "po1"
    paused: int


@dataclass(frozen=True, slots=True)
class SetSilence:
    """What happens when nobody answers."""

    prefix: ClassVar[str] = "sw1"
    wait: Wait
    value: int


# Calls and seats


@dataclass(frozen=True, slots=True)
class CallToSeat:
    prefix: ClassVar[str] = "kc1"


@dataclass(frozen=True, slots=True)
class SayNeed:
    prefix: ClassVar[str] = "kn1"
    call: int
    need: Need


@dataclass(frozen=True, slots=True)
class TakeCallBack:
    prefix: ClassVar[str] = "kb1"
    call: int


@dataclass(frozen=True, slots=True)
class AnswerTheCall:
    prefix: ClassVar[str] = "ka1"
    call: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class TypeCode:
    prefix: ClassVar[str] = "zt1"


@dataclass(frozen=True, slots=True)
class DecideAdmission:
    """Let somebody in (1) or turn them away (0)."""

    prefix: ClassVar[str] = "zd1"
    admission: int
    let_in: int


@dataclass(frozen=True, slots=True)
class ChooseProof:
    prefix: ClassVar[str] = "zp1"
    proof: Proof


@dataclass(frozen=True, slots=True)
class ChooseCalling:
    """How soon after a call a customer can make another."""

    prefix: ClassVar[str] = "zc1"
    again_seconds: int


@dataclass(frozen=True, slots=True)
class ShowCode:
    prefix: ClassVar[str] = "zk1"


# What a merchant sets for itself


class Section(StrEnum):
    """A page of a merchant's settings."""

    INDEX = "index"
    SILENCE = "silence"
    HOURS = "hours"
    IDLE = "idle"
    SEATS = "seats"


@dataclass(frozen=True, slots=True)
class OpenSettings:
    prefix: ClassVar[str] = "os1"
    section: Section


@dataclass(frozen=True, slots=True)
class SetEnding:
    """How long the merchant waits before something ends by itself."""

    prefix: ClassVar[str] = "ew1"
    limit: Limit
    minutes: int


# The merchant's staff


@dataclass(frozen=True, slots=True)
class ShowStaff:
    prefix: ClassVar[str] = "st1"
    merchant: int


@dataclass(frozen=True, slots=True)
class ShowMember:
    prefix: ClassVar[str] = "sm1"
    member: int


@dataclass(frozen=True, slots=True)
class AppointMember:
    prefix: ClassVar[str] = "sa1"
    member: int
    role: Role


@dataclass(frozen=True, slots=True)
class EndMember:
    prefix: ClassVar[str] = "se1"
    member: int


@dataclass(frozen=True, slots=True)
class MakeInvite:
    prefix: ClassVar[str] = "si1"
    merchant: int
    role: Role


# Step 4


@dataclass(frozen=True, slots=True)
class AskToLeave:
    prefix: ClassVar[str] = "al1"


@dataclass(frozen=True, slots=True)
class Leave:
    """*pay_coming* and *refund_rest* are 0 or 1."""

    prefix: ClassVar[str] = "lv1"
    visit: int
    version: int
    pay_coming: int
    refund_rest: int


@dataclass(frozen=True, slots=True)
class StillHere:
    prefix: ClassVar[str] = "sh1"
    visit: int


# What is not right about a checkout


@dataclass(frozen=True, slots=True)
class NotRight:
    prefix: ClassVar[str] = "nr1"
    receipt: int


@dataclass(frozen=True, slots=True)
class Complain:
    prefix: ClassVar[str] = "cm1"
    receipt: int
    wrong: Wrong


@dataclass(frozen=True, slots=True)
class SayMoreOf:
    """Type a sentence more about a case."""

    prefix: ClassVar[str] = "cz1"
    case: int


@dataclass(frozen=True, slots=True)
class MakeLineGood:
    prefix: ClassVar[str] = "cg1"
    case: int
    line: int
    version: int


@dataclass(frozen=True, slots=True)
class AnswerCase:
    prefix: ClassVar[str] = "ca1"
    case: int
    version: int
    answer: CaseAnswer


@dataclass(frozen=True, slots=True)
class TypeAnswer:
    prefix: ClassVar[str] = "cw1"
    case: int


# Step 5


@dataclass(frozen=True, slots=True)
class ShowBalance:
    prefix: ClassVar[str] = "bl1"


@dataclass(frozen=True, slots=True)
class ShowHistory:
    prefix: ClassVar[str] = "hs1"


@dataclass(frozen=True, slots=True)
class AskRefund:
    prefix: ClassVar[str] = "ra1"


@dataclass(frozen=True, slots=True)
class ConfirmRefund:
    prefix: ClassVar[str] = "rf1"
    draft: int
    version: int


# The admins


@dataclass(frozen=True, slots=True)
class DrawEvidence:
    prefix: ClassVar[str] = "ev1"
    dispute: int


@dataclass(frozen=True, slots=True)
class RescueParked:
    prefix: ClassVar[str] = "rp1"
    part: int
    asked: int
    rescue: Rescue


@dataclass(frozen=True, slots=True)
class ReturnStray:
    prefix: ClassVar[str] = "sk1"
    stray: int
    version: int


@dataclass(frozen=True, slots=True)
class CreditPayer:
    """Propose that a stray be credited to the person who paid it."""

    prefix: ClassVar[str] = "cy1"
    stray: int
    version: int


@dataclass(frozen=True, slots=True)
class ConfirmStray:
    prefix: ClassVar[str] = "sy1"
    stray: int
    version: int


@dataclass(frozen=True, slots=True)
class ConfirmReroute:
    prefix: ClassVar[str] = "rr1"
    part: int
    asked: int
