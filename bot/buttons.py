"""Which buttons there are, step by step. Each names a thing; its handler stands in `routes`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.refund import Rescue
from core.serve import Action, Reason

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
class AddItem:
    prefix: ClassVar[str] = "ad1"
    cart: int
    item: int


@dataclass(frozen=True, slots=True)
class MoreOf:
    prefix: ClassVar[str] = "mo1"
    cart: int
    item: int


@dataclass(frozen=True, slots=True)
class LessOf:
    prefix: ClassVar[str] = "le1"
    cart: int
    item: int


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
    prefix: ClassVar[str] = "cx1"
    order: int


# The merchant's counter


@dataclass(frozen=True, slots=True)
class Serve:
    prefix: ClassVar[str] = "sv1"
    order: int
    version: int
    action: Action


@dataclass(frozen=True, slots=True)
class Decline:
    prefix: ClassVar[str] = "dc1"
    order: int
    version: int
    reason: Reason


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
    prefix: ClassVar[str] = "sb1"
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
