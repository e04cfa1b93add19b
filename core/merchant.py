"""What a merchant is, and the code by which it gets a group chat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import MerchantUnknown, NameTaken
from core.ports import Books

LINK_CODE_LIFE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Merchant:
    """A business that sells. Orders go to its main *group* chat; without one nothing can be ordered."""

    id: int
    name: str
    currency: str
    group_id: int | None
    made_at: datetime


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A one-time code that links the group, or the topic, in which it is typed."""

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


async def find_merchant(books: Books, id_: int) -> Merchant:
    """Return the merchant of that number, or refuse."""
    merchant = await books.get(Merchant, id_)
    if merchant is None:
        raise MerchantUnknown(str(id_))
    return merchant
