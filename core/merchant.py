"""What a merchant is, and how it gets its group chat."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.errors import CodeRefused, GroupTaken, MerchantUnknown, NameTaken
from core.ports import Books

LINK_CODE_LIFE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Merchant:
    """A business that sells. Orders go to its *group* chat; without one nothing can be ordered."""

    id: int
    name: str
    currency: str
    group_id: int | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A one-time code that links the group in which it is typed."""

    id: int
    merchant_id: int
    code: str
    expires_at: datetime
    used_by: int | None


@dataclass(frozen=True, slots=True)
class NewMerchant:
    name: str
    currency: str


@dataclass(frozen=True, slots=True)
class NewLinkCode:
    merchant_id: int


@dataclass(frozen=True, slots=True)
class LinkGroup:
    code: str
    group_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class MoveGroup:
    """Telegram gave a group a new number."""

    old_id: int
    new_id: int


@dataclass(frozen=True, slots=True)
class GroupLinked:
    """Event: the merchant's orders go to this group from now on."""

    merchant_id: int


@dataclass(frozen=True, slots=True)
class GroupMoved:
    """Event: the merchant's group has a new number, and is empty there."""

    merchant_id: int


async def create_merchant(books: Books, ask: NewMerchant) -> int:
    """Create a merchant and return its number."""
    if await books.find(Merchant, name=ask.name):
        raise NameTaken(ask.name)
    merchant = await books.add(Merchant(0, ask.name, ask.currency, None, books.now))
    return merchant.id


async def make_link_code(books: Books, ask: NewLinkCode) -> str:
    """Make a code that links one group within LINK_CODE_LIFE."""
    merchant = await find_merchant(books, ask.merchant_id)
    code = LinkCode(0, merchant.id, books.token()[:10], books.now + LINK_CODE_LIFE, used_by=None)
    return (await books.add(code)).code


async def link_group(books: Books, ask: LinkGroup) -> int:
    """Link the group to the merchant that the code was made for; return the merchant's number.

    A merchant that had another group is moved to this one.
    """
    found = await books.find(LinkCode, code=ask.code)
    if not found or found[0].used_by or found[0].expires_at <= books.now:
        raise CodeRefused
    for other in await books.find(Merchant, group_id=ask.group_id):
        if other.id != found[0].merchant_id:
            raise GroupTaken(other.name)
    merchant = await find_merchant(books, found[0].merchant_id)
    await books.save(replace(found[0], used_by=ask.person_id))
    await books.save(replace(merchant, group_id=ask.group_id))
    books.tell(GroupLinked(merchant.id))
    return merchant.id


async def move_group(books: Books, ask: MoveGroup) -> int:
    """Follow a group that became a supergroup; return how many merchants moved with it."""
    merchants = await books.find(Merchant, group_id=ask.old_id)
    for merchant in merchants:
        await books.save(replace(merchant, group_id=ask.new_id))
        books.tell(GroupMoved(merchant.id))
    return len(merchants)


async def find_merchant(books: Books, id_: int) -> Merchant:
    """Return the merchant of that number, or refuse."""
    merchant = await books.get(Merchant, id_)
    if merchant is None:
        raise MerchantUnknown(str(id_))
    return merchant
