"""What is told of money that came in: lots, who paid them, what goes back at once, and debts paid off."""

from __future__ import annotations

from datetime import timedelta

from bot.binding import binding_page
from bot.cart import cart_here, cart_page
from bot.desk import WARN_WINDOW, House
from bot.home import home
from bot.outbox import say, show
from bot.pages import Page
from bot.refund import bound_to
from bot.tell.charge import show_charge
from bot.tell.readers import existing, locale_and_customer, tell_admins
from bot.tell.refund import show_refund
from bot.tell.screens import desk_of, show_home
from bot.top_up import gateway_name, paid_page
from core.binding import BindingAsk, BindingChanged, BindingState
from core.charge import charge_of
from core.debt import DebtPaid
from core.document import paid_at
from core.errand import send_on
from core.lot import Lot
from core.ports import Books
from core.promotion import BonusCame
from core.top_up import PayerKnown, SentBack, TopUp, TopUpPaid

WARN_BEFORE = timedelta(days=14)
"""How long before a refund window ends it is said for the first time."""


async def top_up_paid(books: Books, house: House, event: TopUpPaid) -> None:
    """Tell what arrived, then show what is likeliest next: the cart, if there is something in it.

    A cart that waited for this money is about to be ordered, and shows itself what came of that.
    """
    lot = await existing(books, Lot, event.lot_id)
    await _show_lot(books, house, lot)
    if charge := await charge_of(books, lot.top_up_id):
        await show_charge(books, house, charge.id)
    if window := house.gateways.named(lot.gateway).capabilities.refund_window:
        until = (lot.paid_at or lot.made_at) + window - WARN_BEFORE
        await send_on(books, WARN_WINDOW, lot.id, max(until - books.now, timedelta(0)))
    desk = await desk_of(books, house, lot.customer_id)
    if not await desk.visit():
        await desk.show(await home(desk))
        return
    cart, lines = await cart_here(desk)
    if not cart.waits:
        await desk.show(await (cart_page(desk) if lines else home(desk)))


async def payer_known(books: Books, house: House, event: PayerKnown) -> None:
    await _show_lot(books, house, await existing(books, Lot, event.lot_id))


async def sent_back(books: Books, house: House, event: SentBack) -> None:
    """Say why a payment goes back: to whoever made it, and to the admins."""
    lot = await existing(books, Lot, event.lot_id)
    locale, customer = await locale_and_customer(books, house, lot.customer_id)
    await _show_lot(books, house, lot)
    text = locale.say(
        "top-up-sent-back", amount=lot.brought, account=lot.payer, bound=bound_to(locale, customer)
    )
    await say(books, customer.id, Page(text))
    await show_refund(books, house, event.refund_id)
    await show_home(books, house, customer.id)


async def bonus_came(books: Books, house: House, event: BonusCame) -> None:
    lot = await existing(books, Lot, event.lot_id)
    locale, customer = await locale_and_customer(books, house, lot.customer_id)
    page = Page(locale.say("bonus-came", amount=lot.brought, number=f"T-{lot.top_up_id}"))
    await say(books, customer.id, page)
    await show_home(books, house, customer.id)


async def debt_paid(books: Books, house: House, event: DebtPaid) -> None:
    locale, customer = await locale_and_customer(books, house, event.customer_id)
    word = "debt-paid-some" if event.left else "debt-paid"
    await say(books, customer.id, Page(locale.say(word, amount=event.amount, left=event.left)))
    await show_home(books, house, customer.id)


async def binding_changed(books: Books, house: House, event: BindingChanged) -> None:
    binding = await existing(books, BindingAsk, event.binding_id)
    locale, customer = await locale_and_customer(books, house, binding.customer_id)
    page = binding_page(locale, binding, customer)
    await show(books, customer.id, f"binding:{binding.id}", page, follows=True)
    if binding.state is BindingState.BOUND:
        await show_home(books, house, customer.id)


async def warn_window(books: Books, house: House, lot_id: int) -> None:
    """Say that a lot can soon no longer go back; again tomorrow, until it has or cannot."""
    lot = await existing(books, Lot, lot_id)
    window = house.gateways.named(lot.gateway).capabilities.refund_window
    if window is None or not lot.refundable:
        return
    ends_at = (lot.paid_at or lot.made_at) + window
    if ends_at <= books.now:
        return
    locale, customer = await locale_and_customer(books, house, lot.customer_id)
    account = lot.payer or gateway_name(locale, lot.gateway)
    told = {"amount": lot.refundable, "until": ends_at, "account": account}
    await show(
        books, customer.id, f"window:{lot.id}", Page(locale.say("refund-window", **told)), follows=True
    )
    number = f"T-{lot.top_up_id}"
    await tell_admins(books, house, "admin-window", amount=lot.refundable, until=ends_at, number=number)
    await send_on(books, WARN_WINDOW, lot.id, timedelta(days=1))


async def _show_lot(books: Books, house: House, lot: Lot) -> None:
    """Tell what arrived, and from where once the gateway has said so: one message, edited."""
    locale, customer = await locale_and_customer(books, house, lot.customer_id)
    first = (await books.find(Lot, customer_id=lot.customer_id, most=1))[0].id == lot.id
    charges = await paid_at(books, await existing(books, TopUp, lot.top_up_id))
    again = charges[0].id != lot.id
    page = paid_page(locale, lot, customer, first=first, again=again)
    await show(books, customer.id, f"lot:{lot.id}", page)
