"""Which buttons there are, step by step. Each names a thing; its handler stands in `routes`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.edit_item import Edit
from core.ordering import Wait
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


# The merchant's counter


@dataclass(frozen=True, slots=True)
class Serve:
    """*version* is the order's, or that of the *line* if it is not 0."""

    prefix: ClassVar[str] = "sv2"
    order: int
    version: int
    line: int
    action: Action


@dataclass(frozen=True, slots=True)
class ServeBecause:
    """The same with a reason."""

    prefix: ClassVar[str] = "sb1"
    order: int
    version: int
    line: int
    action: Action
    reason: Reason


@dataclass(frozen=True, slots=True)
class Promise:
    prefix: ClassVar[str] = "pm1"
    order: int
    version: int
    minutes: int


@dataclass(frozen=True, slots=True)
class ShowLines:
    """The card with buttons for each line."""

    prefix: ClassVar[str] = "ln1"
    order: int


@dataclass(frozen=True, slots=True)
class ShowMore:
    """What else can be done with an order, or with a line if it is not 0."""

    prefix: ClassVar[str] = "mr1"
    order: int
    line: int


@dataclass(frozen=True, slots=True)
class ShowCard:
    prefix: ClassVar[str] = "cd1"
    order: int


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
