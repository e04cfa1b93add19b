"""Who works for a merchant, what each of them may do, and what they did besides serving orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.errors import InviteRefused, LastOwner, NoStaffYet, NotOfTheStaff, OutOfDate, RoleTooLow
from core.merchant import find_merchant
from core.ports import Books
from core.serve import Action

INVITE_LIFE = timedelta(hours=24)


class Role(StrEnum):
    """What somebody is to a merchant, the highest first."""

    OWNER = "owner"
    MANAGER = "manager"
    CASHIER = "cashier"
    WAITER = "waiter"


class Right(StrEnum):
    """What may be allowed to a role."""

    SERVE = "serve"
    DECLINE = "decline"
    STOCK = "stock"
    MENU = "menu"
    FIGURES = "figures"
    PAUSE = "pause"
    MAKE_GOOD = "make-good"
    SETTINGS = "settings"
    SEATS = "seats"
    STAFF = "staff"


LEAST_ROLE = {
    Right.SERVE: Role.WAITER,
    Right.DECLINE: Role.WAITER,
    Right.STOCK: Role.WAITER,
    Right.MENU: Role.MANAGER,
    Right.FIGURES: Role.CASHIER,
    Right.PAUSE: Role.CASHIER,
    Right.MAKE_GOOD: Role.MANAGER,
    Right.SETTINGS: Role.MANAGER,
    Right.SEATS: Role.MANAGER,
    Right.STAFF: Role.MANAGER,
}
"""The one table of rights: whoever has this role, or a higher one, may do it."""

RIGHT_TO = {
    Action.ACCEPT: Right.SERVE,
    Action.DECLINE: Right.DECLINE,
    Action.PREPARE: Right.SERVE,
    Action.READY: Right.SERVE,
    Action.DELIVER: Right.SERVE,
    Action.DELIVER_CHECKED: Right.SERVE,
    Action.NO_ID: Right.SERVE,
    Action.PROMISE: Right.SERVE,
    Action.MISS: Right.SERVE,
    Action.GIVE_UP: Right.DECLINE,
    Action.LET_GO: Right.DECLINE,
    Action.KEEP: Right.DECLINE,
    Action.COMP: Right.MAKE_GOOD,
    Action.RETURN: Right.MAKE_GOOD,
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of a merchant's staff, until it has ended."""

    id: int
    merchant_id: int
    person_id: int
    name: str
    role: Role
    joined_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Invite:
    """A one-time code; who opens its link first joins the staff in that role."""

    id: int
    merchant_id: int
    role: Role
    code: str
    expires_at: datetime
    used_by: int | None


@dataclass(frozen=True, slots=True)
class MerchantDeed:
    """Who of the staff did what to the merchant itself, such as its staff or its menu, and when."""

    id: int
    merchant_id: int
    action: str
    about: str
    by_id: int
    by_name: str
    done_at: datetime


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does it; an admin of the operator may do everything."""

    id: int
    name: str
    is_admin: bool = False


@dataclass(frozen=True, slots=True)
class InviteStaff:
    merchant_id: int
    role: Role
    by: Doer


@dataclass(frozen=True, slots=True)
class JoinStaff:
    code: str
    person_id: int
    name: str


@dataclass(frozen=True, slots=True)
class ChangeMember:
    """Give somebody another role, or none any more."""

    member_id: int
    role: Role | None
    by: Doer


@dataclass(frozen=True, slots=True)
class StaffChanged:
    """Event: somebody of the staff joined, changed their role or left it."""

    member_id: int


def allows(role: Role, right: Right) -> bool:
    """Whether somebody of that role may do it.

    >>> allows(Role.OWNER, Right.STAFF), allows(Role.WAITER, Right.MAKE_GOOD)
    (True, False)
    """
    return _is_at_least(role, LEAST_ROLE[right])


def may_appoint(role: Role, other: Role) -> bool:
    """Whether somebody of *role* decides about those of the *other*: an owner about all, else the higher.

    >>> may_appoint(Role.OWNER, Role.OWNER), may_appoint(Role.MANAGER, Role.MANAGER)
    (True, False)
    """
    return role is Role.OWNER or (allows(role, Right.STAFF) and not _is_at_least(other, role))


async def require(books: Books, merchant_id: int, by: Doer, right: Right) -> None:
    """Refuse whoever may not do that now.

    A merchant without a staff list has no roles: whoever is in its group may do what staff do, and
    only an admin can begin the list.
    """
    if by.is_admin and right is Right.STAFF:
        return
    staff = await staff_of(books, merchant_id)
    if not staff and right is not Right.STAFF:
        return
    if not allows(_role_of(staff, by), right):
        raise RoleTooLow(LEAST_ROLE[right])


async def invite_staff(books: Books, ask: InviteStaff) -> str:
    """Make a code by which one person joins; the first of all joins as owner."""
    merchant = await find_merchant(books, ask.merchant_id)
    staff = await staff_of(books, merchant.id)
    await require(books, merchant.id, ask.by, Right.STAFF)
    _refuse_to_appoint(staff, ask.by, ask.role)
    if not staff and ask.role is not Role.OWNER:
        raise RoleTooLow(Role.OWNER)
    invite = Invite(0, merchant.id, ask.role, books.token(), books.now + INVITE_LIFE, None)
    await note_deed(books, merchant.id, "invite", ask.role, ask.by)
    return (await books.add(invite)).code


async def join_staff(books: Books, ask: JoinStaff) -> int:
    """Join the staff by a code; whoever is of the staff already takes the new role. Return the member."""
    found = await books.find(Invite, code=ask.code)
    if not found or found[0].used_by is not None or found[0].expires_at <= books.now:
        raise InviteRefused
    invite = found[0]
    await books.save(replace(invite, used_by=ask.person_id))
    known = [each for each in await staff_of(books, invite.merchant_id) if each.person_id == ask.person_id]
    if known and _is_at_least(known[0].role, invite.role):
        return known[0].id
    if known:
        await books.save(replace(known[0], role=invite.role))
        member = known[0]
    else:
        new = Member(0, invite.merchant_id, ask.person_id, ask.name, invite.role, books.now, None)
        member = await books.add(new)
    await note_deed(books, invite.merchant_id, "join", invite.role, Doer(ask.person_id, ask.name))
    books.tell(StaffChanged(member.id))
    return member.id


async def change_member(books: Books, ask: ChangeMember) -> int:
    """Give somebody of the staff another role, or end it; at least one owner stays."""
    member = await books.get(Member, ask.member_id)
    if member is None or member.ended_at is not None:
        raise OutOfDate
    staff = await staff_of(books, member.merchant_id)
    await require(books, member.merchant_id, ask.by, Right.STAFF)
    for role in {member.role, ask.role or member.role}:
        _refuse_to_appoint(staff, ask.by, role)
    owners = [each for each in staff if each.role is Role.OWNER]
    if owners == [member] and ask.role is not Role.OWNER:
        raise LastOwner
    if ask.role is member.role:
        return member.id
    if ask.role is None:
        await books.save(replace(member, ended_at=books.now))
    else:
        await books.save(replace(member, role=ask.role))
    action = "end" if ask.role is None else f"role-{ask.role}"
    await note_deed(books, member.merchant_id, action, member.name, ask.by)
    books.tell(StaffChanged(member.id))
    return member.id


async def staff_of(books: Books, merchant_id: int) -> list[Member]:
    """Return those who are of the merchant's staff now, in the order in which they joined."""
    return await books.find(Member, merchant_id=merchant_id, ended_at=None)


async def note_deed(books: Books, merchant_id: int, action: str, about: str, by: Doer) -> None:
    """Keep who did it."""
    await books.add(MerchantDeed(0, merchant_id, action, about, by.id, by.name, books.now))


async def latest_deeds(books: Books, merchant_id: int, most: int) -> list[MerchantDeed]:
    """Return what was done last, newest first."""
    return await books.find(MerchantDeed, merchant_id=merchant_id, by="-id", most=most)


def _role_of(staff: Sequence[Member], by: Doer) -> Role:
    for member in staff:
        if member.person_id == by.id:
            return member.role
    if not staff:
        raise NoStaffYet
    raise NotOfTheStaff


def _refuse_to_appoint(staff: Sequence[Member], by: Doer, role: Role) -> None:
    if not by.is_admin and not may_appoint(_role_of(staff, by), role):
        raise RoleTooLow(Role.OWNER)


def _is_at_least(role: Role, least: Role) -> bool:
    ranks = [*Role]
    return ranks.index(role) <= ranks.index(least)
