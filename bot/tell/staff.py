"""What is told of a merchant's staff list."""

from __future__ import annotations

from bot.counter.staff import changed_page, refresh_staff
from bot.desk import House, group_of
from bot.outbox import say
from bot.tell.readers import existing
from core.merchant import find_merchant
from core.ports import Books
from core.staff import Member, StaffChanged


async def staff_changed(books: Books, house: House, event: StaffChanged) -> None:
    """Let the group know: whoever is on the list changes what the others may do."""
    member = await existing(books, Member, event.member_id)
    merchant = await find_merchant(books, member.merchant_id)
    if merchant.group_id is not None:
        group = await group_of(books, merchant)
        await say(books, group.id, changed_page(house.locale(group), member))
        await refresh_staff(books, house.locale(group), merchant, group.id)
