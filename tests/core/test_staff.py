"""What each of the staff may do follows their role at that moment, and a merchant keeps an owner."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.errors import InviteRefused, LastOwner, NoStaffYet, NotOfTheStaff, OutOfDate, Refusal, RoleTooLow
from core.merchant import NewMerchant, create_merchant
from core.ports import Books
from core.serve import Action
from core.staff import (
    LEAST_ROLE,
    RIGHT_TO,
    ChangeMember,
    Doer,
    Invite,
    InviteStaff,
    JoinStaff,
    Member,
    MerchantDeed,
    Right,
    Role,
    StaffChanged,
    allows,
    change_member,
    invite_staff,
    join_staff,
    latest_deeds,
    may_appoint,
    require,
    staff_of,
)
from tests.conftest import Clock
from tests.core.evening import ANN, BAR, BEA, CARL, ZED, Evening

ADMIN = Doer(1, "Ada", is_admin=True)
NAMES = {BEA: "Bea", CARL: "Carl", ANN: "Ann", ZED: "Zed"}


async def join(evening: Evening, who: int, role: Role, by: Doer = ADMIN) -> int:
    code = await evening.once(invite_staff, InviteStaff(BAR, role, by))
    return await evening.once(join_staff, JoinStaff(code, who, NAMES[who]))


async def may(evening: Evening, who: int, right: Right) -> type[Refusal] | None:
    try:
        await evening.store.run(lambda books: require(books, BAR, Doer(who, NAMES[who]), right))
    except Refusal as refusal:
        return type(refusal)
    return None


def test_every_right_and_every_action_has_its_row() -> None:
    assert LEAST_ROLE.keys() == set(Right)
    assert RIGHT_TO.keys() == set(Action)


@pytest.mark.parametrize("right", Right)
def test_a_higher_role_may_all_that_a_lower_one_may(right: Right) -> None:
    allowed = [allows(role, right) for role in Role]
    assert allowed == sorted(allowed, reverse=True)
    assert allowed[0]


def test_owners_appoint_everybody_and_managers_those_below_them() -> None:
    assert all(may_appoint(Role.OWNER, role) for role in Role)
    assert [role for role in Role if may_appoint(Role.MANAGER, role)] == [Role.CASHIER, Role.WAITER]
    assert not any(may_appoint(Role.CASHIER, role) or may_appoint(Role.WAITER, role) for role in Role)


async def test_without_a_list_everybody_may_serve_and_nobody_may_begin_the_list(evening: Evening) -> None:
    for right in set(Right) - {Right.STAFF}:
        assert await may(evening, CARL, right) is None
    assert await may(evening, CARL, Right.STAFF) is NoStaffYet
    with pytest.raises(NoStaffYet):
        await join(evening, CARL, Role.OWNER, by=Doer(CARL, "Carl"))


async def test_the_list_begins_with_an_owner(evening: Evening) -> None:
    with pytest.raises(RoleTooLow):
        await join(evening, BEA, Role.WAITER)
    await join(evening, BEA, Role.OWNER)
    assert await may(evening, BEA, Right.STAFF) is None
    assert await may(evening, CARL, Right.SERVE) is NotOfTheStaff


async def test_a_role_counts_from_the_next_moment_on(evening: Evening) -> None:
    await join(evening, BEA, Role.OWNER)
    carl = await join(evening, CARL, Role.WAITER)
    assert await may(evening, CARL, Right.MAKE_GOOD) is RoleTooLow
    await evening.once(change_member, ChangeMember(carl, Role.MANAGER, Doer(BEA, "Bea")))
    assert await may(evening, CARL, Right.MAKE_GOOD) is None
    await evening.once(change_member, ChangeMember(carl, None, Doer(BEA, "Bea")))
    assert await may(evening, CARL, Right.SERVE) is NotOfTheStaff
    with pytest.raises(OutOfDate):
        await evening.once(change_member, ChangeMember(carl, Role.OWNER, Doer(BEA, "Bea")))


async def test_a_link_works_once_and_for_a_day(evening: Evening, clock: Clock) -> None:
    await join(evening, BEA, Role.OWNER)
    (used,) = await evening.find(Invite)
    for code in (used.code, "nonsense"):
        with pytest.raises(InviteRefused):
            await evening.once(join_staff, JoinStaff(code, ZED, "Zed"))
    late = await evening.once(invite_staff, InviteStaff(BAR, Role.WAITER, ADMIN))
    clock.forward(timedelta(hours=24))
    with pytest.raises(InviteRefused):
        await evening.once(join_staff, JoinStaff(late, ZED, "Zed"))


async def test_nobody_is_lowered_by_a_link_and_whoever_is_raised_stays_one_member(evening: Evening) -> None:
    await join(evening, BEA, Role.OWNER)
    await join(evening, BEA, Role.WAITER)
    carl = await join(evening, CARL, Role.WAITER)
    told = len(evening.told)
    assert await join(evening, CARL, Role.MANAGER) == carl
    assert evening.told[told:] == [StaffChanged(carl)]
    assert [(each.name, each.role) for each in await evening.find(Member)] == [
        ("Bea", Role.OWNER), ("Carl", Role.MANAGER),
    ]  # fmt: skip


async def test_a_manager_decides_about_cashiers_and_waiters_only(evening: Evening) -> None:
    bea = await join(evening, BEA, Role.OWNER)
    carl = await join(evening, CARL, Role.MANAGER)
    zed = await join(evening, ZED, Role.WAITER, by=Doer(CARL, "Carl"))
    await evening.once(change_member, ChangeMember(zed, Role.CASHIER, Doer(CARL, "Carl")))
    for member, role in ((bea, None), (carl, Role.OWNER), (zed, Role.MANAGER)):
        with pytest.raises(RoleTooLow):
            await evening.once(change_member, ChangeMember(member, role, Doer(CARL, "Carl")))
    with pytest.raises(RoleTooLow):
        await join(evening, ANN, Role.OWNER, by=Doer(CARL, "Carl"))


async def test_the_last_owner_stays(evening: Evening) -> None:
    bea = await join(evening, BEA, Role.OWNER)
    for role in (None, Role.WAITER):
        with pytest.raises(LastOwner):
            await evening.once(change_member, ChangeMember(bea, role, ADMIN))
    await join(evening, CARL, Role.OWNER)
    await evening.once(change_member, ChangeMember(bea, None, Doer(BEA, "Bea")))


async def test_who_did_what_is_kept_and_pressing_twice_is_no_second_deed(evening: Evening) -> None:
    await join(evening, BEA, Role.OWNER)
    carl = await join(evening, CARL, Role.WAITER, by=Doer(BEA, "Bea"))
    for _ in range(2):
        await evening.once(change_member, ChangeMember(carl, Role.CASHIER, Doer(BEA, "Bea")))
    deeds = [(deed.by_name, deed.action, deed.about) for deed in await evening.find(MerchantDeed)]
    assert deeds == [
        ("Ada", "invite", "owner"), ("Bea", "join", "owner"),
        ("Bea", "invite", "waiter"), ("Carl", "join", "waiter"), ("Bea", "role-cashier", "Carl"),
    ]  # fmt: skip


async def test_each_merchant_has_its_own_staff_and_deeds(evening: Evening) -> None:
    await join(evening, BEA, Role.OWNER)
    other = await evening.once(create_merchant, NewMerchant("Red Bar", "EUR"))
    code = await evening.once(invite_staff, InviteStaff(other, Role.OWNER, ADMIN))
    await evening.once(join_staff, JoinStaff(code, ZED, "Zed"))
    for merchant, name in ((BAR, "Bea"), (other, "Zed")):
        staff = await evening.store.run(lambda books, merchant=merchant: staff_of(books, merchant))  # type: ignore[misc]
        assert [member.name for member in staff] == [name]
        deeds = await evening.store.run(lambda books, merchant=merchant: latest_deeds(books, merchant, 9))  # type: ignore[misc]
        assert [(deed.by_name, deed.action) for deed in deeds] == [(name, "join"), ("Ada", "invite")]
        (last,) = await evening.store.run(lambda books, merchant=merchant: latest_deeds(books, merchant, 1))  # type: ignore[misc]
        assert last == deeds[0]


async def test_who_leaves_and_what_becomes_of_whom_is_told(evening: Evening) -> None:
    told: list[object] = []

    async def end(books: Books) -> None:
        await books.once("end", change_member, ChangeMember(carl, None, Doer(BEA, "Bea")))
        told.extend(books.told)

    await join(evening, BEA, Role.OWNER)
    carl = await join(evening, CARL, Role.WAITER)
    await evening.store.run(end)
    assert told == [StaffChanged(carl)]
    (last,) = await evening.store.run(lambda books: latest_deeds(books, BAR, 1))
    assert (last.action, last.about) == ("end", "Carl")
