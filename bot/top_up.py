"""Step 2 in the chat: choose an amount, get the invoice, pay it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from bot.buttons import ChooseTopUp, TopUpPreset, TopUpShortfall, TypeTopUp
from bot.cart import cart_page
from bot.desk import Desk
from bot.home import back_key
from bot.locales import Locale, Markup
from bot.pages import Invoice, Key, Keyboard, Page
from bot.telegram.arrivals import AboutToPay, HasPaid
from core.amounts import read_amount
from core.debt import debt_of
from core.draft import DraftKind, draft_for, own_draft
from core.errors import AmountUnreadable, OutOfDate
from core.ledger import wallet
from core.lot import Lot
from core.money import EXPONENTS, Money, total
from core.open_account import Customer, customer_of
from core.order_goods import cart_of, wait_for_money
from core.top_up import AskTopUp, ClaimTopUp, Payment, TopUp, claim_top_up, credit, top_up


async def on_choose_top_up(desk: Desk, tap: ChooseTopUp) -> None:
    """Offer the presets, and take an amount that is typed beside them."""
    await customer_of(desk.books, desk.peer.id)
    draft = await draft_for(desk.books, desk.peer.id, DraftKind.TOP_UP)
    await desk.expect(f"amount:{draft.id}")
    await desk.show(await choose_page(desk))


async def on_top_up_preset(desk: Desk, tap: TopUpPreset) -> None:
    desk.go_on = partial(choose_page, desk)
    presets = desk.house.settings.top_up_presets
    if tap.place >= len(presets):
        raise OutOfDate
    await _top_up(desk, tap.draft, tap.version, presets[tap.place])


async def on_type_top_up(desk: Desk, tap: TypeTopUp) -> None:
    """Take the next text for an amount."""
    draft = await own_draft(desk.books, tap.draft, desk.peer.id)
    if draft.used:
        raise OutOfDate
    await desk.expect(f"amount:{draft.id}")
    await desk.show(await type_page(desk))


async def on_typed_amount(desk: Desk, draft_id: int, text: str) -> None:
    """Read the amount that was typed; a wrong one can be typed again."""
    desk.go_on = partial(type_page, desk)
    currency = await desk.currency()
    minor = read_amount(text, EXPONENTS[currency], currency)
    if not isinstance(minor, int):
        raise AmountUnreadable(minor.value, desk.house.settings.top_up_presets[0])
    draft = await draft_for(desk.books, desk.peer.id, DraftKind.TOP_UP)
    await _top_up(desk, draft.id, draft.version, Money(minor, currency))


async def on_top_up_shortfall(desk: Desk, tap: TopUpShortfall) -> None:
    """Top up what the cart is short of now, and let the cart wait for it."""
    desk.go_on = partial(cart_page, desk)
    settings = desk.house.settings
    lines = await cart_of(desk.books, (await own_draft(desk.books, tap.cart, desk.peer.id)).id)
    currency = await desk.currency()
    purse = await desk.books.standing(wallet(desk.peer.id, currency))
    short = total((line.price * line.quantity for line in lines), currency) - purse.available
    await _top_up(desk, tap.draft, tap.version, max(short, settings.top_up_min))
    cart = await own_draft(desk.books, tap.cart, desk.peer.id)
    if not cart.used and not cart.waits:
        await wait_for_money(desk.books, cart.id, desk.peer.id)


async def on_about_to_pay(desk: Desk, arrival: AboutToPay) -> None:
    """Say within seconds whether this payment may go on; a refusal is told by the caller."""
    lasts = timedelta(seconds=desk.house.settings.claim_seconds)
    ask = ClaimTopUp(arrival.token, arrival.sender.id, arrival.amount, arrival.query_id, lasts)
    await desk.run(claim_top_up, ask)


async def on_has_paid(desk: Desk, arrival: HasPaid) -> None:
    """Credit a payment once per charge id, whatever else is going on."""
    ask = Payment(
        desk.house.gateway, arrival.token, arrival.charge, arrival.source, arrival.sender.id, arrival.amount
    )
    await desk.run(credit, ask, key=f"{ask.gateway}:{ask.charge}")


async def choose_page(desk: Desk, notice: str = "") -> Page:
    """Return the presets, fresh: their buttons share the draft's present version."""
    draft = await draft_for(desk.books, desk.peer.id, DraftKind.TOP_UP)
    presets = [
        Key(desk.locale.money(preset), TopUpPreset(draft.id, draft.version, place))
        for place, preset in enumerate(desk.house.settings.top_up_presets)
    ]
    keys = Keyboard().row(*presets)
    keys.row(Key(desk.locale.plain("button-other-amount"), TypeTopUp(draft.id)), back_key(desk))
    text = desk.locale.say("top-up-choose")
    if owed := await debt_of(desk.books, desk.peer.id, await desk.currency()):
        text = Markup(f"{text}\n{desk.locale.say('top-up-owed', amount=owed)}")
    return Page(f"{notice}\n\n{text}".strip(), keys.rows)


async def type_page(desk: Desk, notice: str = "") -> Page:
    settings = desk.house.settings
    text = desk.locale.say(
        "top-up-type",
        least=settings.top_up_min,
        most=settings.top_up_max,
        example=settings.top_up_presets[0],
    )
    return Page(f"{notice}\n\n{text}".strip(), Keyboard().row(back_key(desk)).rows)


def invoice_page(locale: Locale, order: TopUp) -> Invoice:
    """Return the invoice of a top-up, at most 32 characters of title (Bot API: sendInvoice)."""
    say = locale.plain
    return Invoice(
        title=say("top-up-invoice-title", number=f"T-{order.id}"),
        description=say("top-up-invoice-text", expires=locale.time(order.expires_at)),
        token=order.token,
        label=say("top-up-invoice-label"),
        minor=order.amount.minor,
        currency=order.amount.currency,
    )


def paid_page(locale: Locale, lot: Lot, customer: Customer, *, first: bool, again: bool) -> Page:
    """Return the notice of a payment: what came, for which top-up, and where it would go back to.

    The customer's *first* one has bound the account; of later ones only another payer is news.
    """
    word = "top-up-paid-again" if again else "top-up-paid"
    rows: list[str] = [locale.say(word, amount=lot.brought, number=f"T-{lot.top_up_id}")]
    if lot.payer and first:
        rows.append(locale.say("top-up-bound", account=lot.payer))
    elif lot.payer and lot.payer != customer.bound_to:
        rows.append(locale.say("top-up-from", account=lot.payer))
    return Page("\n".join(rows))


async def _top_up(desk: Desk, draft_id: int, version: int, amount: Money) -> None:
    settings = desk.house.settings
    ask = AskTopUp(
        desk.peer.id,
        desk.house.gateway,
        draft_id,
        version,
        amount,
        settings.top_up_min,
        settings.top_up_max,
        timedelta(seconds=settings.top_up_expiry_seconds),
    )
    number = await desk.carry_out(top_up, ask)
    await desk.expect("")
    order = await desk.books.get(TopUp, number)
    assert order is not None
    await desk.show(Page(desk.locale.say("top-up-pay", amount=order.amount), [[back_key(desk)]]))
