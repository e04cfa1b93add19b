"""What is told of a gift, to its giver and to its receiver."""

from __future__ import annotations

from bot.desk import House
from bot.gift import givers_page, receivers_page
from bot.outbox import show
from bot.tell.readers import existing, locale_and_customer
from bot.tell.screens import bring_screen, refresh_screen, show_home
from core.gift import Gift, GiftEnded, GiftOffered, GiftState, GiverBlocked
from core.ports import Books


async def gift_offered(books: Books, house: House, event: GiftOffered) -> None:
    """Ask the receiver, and show the giver that their money is aside."""
    gift = await existing(books, Gift, event.gift_id)
    await _show_gift(books, house, gift, follows=True)
    await show_home(books, house, gift.giver_id)
    await bring_screen(books, house, gift.receiver_id)


async def gift_ended(books: Books, house: House, event: GiftEnded) -> None:
    """Tell both how it ended; the giver hears it where money came back."""
    gift = await existing(books, Gift, event.gift_id)
    heard = gift.state not in (GiftState.ACCEPTED, GiftState.WITHDRAWN)
    await _show_gift(books, house, gift)
    if heard:
        await _show_givers(books, house, gift, follows=True)
    await (bring_screen if heard else refresh_screen)(books, house, gift.giver_id)


async def giver_blocked(books: Books, house: House, event: GiverBlocked) -> None:
    await _show_receivers(books, house, await existing(books, Gift, event.gift_id))


async def _show_gift(books: Books, house: House, gift: Gift, *, follows: bool = False) -> None:
    await _show_givers(books, house, gift, follows=follows)
    await _show_receivers(books, house, gift, follows=follows)


async def _show_givers(books: Books, house: House, gift: Gift, *, follows: bool = False) -> None:
    locale, giver = await locale_and_customer(books, house, gift.giver_id)
    page = await givers_page(books, locale, gift)
    await show(books, giver.id, f"gift:{gift.id}", page, follows=follows)


async def _show_receivers(books: Books, house: House, gift: Gift, *, follows: bool = False) -> None:
    locale, receiver = await locale_and_customer(books, house, gift.receiver_id)
    page = await receivers_page(books, locale, gift)
    await show(books, receiver.id, f"gift:{gift.id}", page, follows=follows)
