"""Who is told: a customer in their language, those in charge of a merchant, the admins."""

from __future__ import annotations

from typing import Any, TypeVar

from bot.desk import House
from bot.locales import Locale
from bot.outbox import say
from bot.pages import Key, Page
from bot.people import Peer, peer_of
from core.merchant import Merchant
from core.open_account import Customer
from core.ports import Books
from core.staff import Right, allows, staff_of

T = TypeVar("T")


async def tell_admins(
    books: Books, house: House, key: str, keys: list[list[Key]] | None = None, **args: Any
) -> None:
    """Say something to every admin whom the bot has met, in their language."""
    for admin_id in house.settings.admin_ids:
        admin = await books.get(Peer, admin_id)
        if admin:
            await say(books, admin.id, Page(house.locale(admin).say(key, **args), keys or []))


async def tell_in_charge(books: Books, house: House, merchant: Merchant, key: str, /, **args: Any) -> None:
    """Say something in private to the merchant's owners and managers; without any, to the admins."""
    if not await tell_owners(books, house, merchant, key, **args):
        await tell_admins(books, house, key, **args)


async def tell_owners(books: Books, house: House, merchant: Merchant, key: str, /, **args: Any) -> bool:
    """Say something in private to the merchant's owners and managers; return whether there are any.

    Admins among them hear it as admins.
    """
    found = False
    for member in await staff_of(books, merchant.id):
        peer = await books.get(Peer, member.person_id)
        if peer and peer.reachable and allows(member.role, Right.SETTINGS):
            found = True
            if not house.is_admin(peer.id):
                await say(books, peer.id, Page(house.locale(peer).say(key, **args)))
    return found


async def locale_and_customer(books: Books, house: House, customer_id: int) -> tuple[Locale, Customer]:
    """Return a customer, and the language that they are told in."""
    customer = await existing(books, Customer, customer_id)
    return house.locale(await peer_of(books, customer_id)), customer


async def existing(books: Books, kind: type[T], id_: int) -> T:
    """Return what is there for certain: an event or an errand names it."""
    found = await books.get(kind, id_)
    assert found is not None, (kind, id_)
    return found
