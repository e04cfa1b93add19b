"""A merchant has a name of its own and at most one group, which a code of short life links."""

from __future__ import annotations

import pytest

from core.errors import CodeRefused, GroupTaken, MerchantUnknown, NameTaken
from core.merchant import (
    LINK_CODE_LIFE,
    LinkCode,
    Merchant,
    NewLinkCode,
    NewMerchant,
    create_merchant,
    make_link_code,
)
from core.station import LinkGroup, MoveGroup, link_group, move_group
from tests.conftest import Clock
from tests.core.evening import BAR, BEA, GROUP, Evening


async def link(evening: Evening, code: str, group: int) -> int:
    return await evening.once(link_group, LinkGroup(code, group, BEA))


async def new_code(evening: Evening, merchant: int = BAR) -> str:
    return await evening.once(make_link_code, NewLinkCode(merchant))


async def groups(evening: Evening) -> list[int | None]:
    return [merchant.group_id for merchant in await evening.find(Merchant)]


async def test_no_two_merchants_have_one_name(evening: Evening) -> None:
    with pytest.raises(NameTaken) as caught:
        await evening.once(create_merchant, NewMerchant("Blue Bar", "EUR"))
    assert caught.value.name == "Blue Bar"
    assert await evening.once(create_merchant, NewMerchant("Red Bar", "EUR")) == 2


async def test_a_code_is_short_and_says_who_used_it(evening: Evening) -> None:
    code = await new_code(evening)
    assert len(code) == 10
    assert await link(evening, code, -200) == BAR
    (kept,) = await evening.find(LinkCode, code=code)
    assert (kept.used_by, await groups(evening)) == (BEA, [-200])


async def test_a_code_links_once_and_not_for_long(evening: Evening, clock: Clock) -> None:
    used, late = await new_code(evening), await new_code(evening)
    await link(evening, used, -200)
    clock.forward(LINK_CODE_LIFE)
    for code in (used, late, "made-up"):
        with pytest.raises(CodeRefused):
            await link(evening, code, -300)
    assert await groups(evening) == [-200]


async def test_a_code_that_was_used_links_no_other_group_while_it_lives(evening: Evening) -> None:
    code = await new_code(evening)
    await link(evening, code, -200)
    with pytest.raises(CodeRefused):
        await link(evening, code, -300)


async def test_a_group_belongs_to_one_merchant_and_can_be_linked_to_it_again(evening: Evening) -> None:
    red = await evening.once(create_merchant, NewMerchant("Red Bar", "EUR"))
    with pytest.raises(GroupTaken) as caught:
        await link(evening, await new_code(evening, red), GROUP)
    assert caught.value.merchant == "Blue Bar"
    assert await link(evening, await new_code(evening), GROUP) == BAR


async def test_a_group_that_got_a_new_number_takes_its_merchant_along_and_no_other(evening: Evening) -> None:
    red = await evening.once(create_merchant, NewMerchant("Red Bar", "EUR"))
    await link(evening, await new_code(evening, red), -300)
    assert await evening.once(move_group, MoveGroup(GROUP, -1000)) == 1
    assert await groups(evening) == [-1000, -300]


async def test_a_merchant_that_nobody_created_is_unknown_by_its_number(evening: Evening) -> None:
    with pytest.raises(MerchantUnknown) as caught:
        await new_code(evening, 99)
    assert caught.value.asked == "99"
