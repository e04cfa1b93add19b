"""Step 2 in the chat: choose an amount and a way to pay, and pay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.buttons import ChooseTopUp, HavePaid, PayWith, TopUpPreset, TopUpShortfall, TypeTopUp
from bot.cart import cart_page
from bot.desk import Desk
from bot.gateways.counting import TELEGRAM
from bot.home import back_key
from bot.locales import Locale, Markup
from bot.pages import Invoice, Key, Keyboard, Look, Page
from bot.telegram.arrivals import AboutToPay, HasPaid
from core.amounts import read_amount
from core.charge import Charge, ChargeState
from core.debt import debt_of
from core.draft import Draft, DraftKind, change, draft_for, own_draft
from core.errors import AmountUnreadable, NoWayToPay, OutOfDate
from core.gateway import ActionKind, Gateway
from core.ledger import wallet
from core.lot import Lot
from core.money import EXPONENTS, Money, total
from core.open_account import Customer, customer_of
from core.order_goods import cart_of, wait_for_money
from core.top_up import (
    AskTopUp,
    ClaimTopUp,
    LookForPayment,
    Payment,
    TopUp,
    claim_top_up,
    look_for_payment,
    take_payment,
    top_up,
)


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
    short = total((line.total for line in lines), currency) - purse.available
    await _top_up(desk, tap.draft, tap.version, max(short, settings.top_up_min))
    cart = await own_draft(desk.books, tap.cart, desk.peer.id)
    if not cart.used and not cart.waits:
        await wait_for_money(desk.books, cart.id, desk.peer.id)


async def on_about_to_pay(desk: Desk, arrival: AboutToPay) -> None:
    """Say within seconds whether this payment may go on; a refusal is told by the caller."""
    lasts = timedelta(seconds=desk.house.settings.claim_seconds)
    ask = ClaimTopUp(arrival.token, arrival.sender.id, arrival.amount, arrival.query_id, lasts)
    await desk.run(claim_top_up, ask)


async def on_pay_with(desk: Desk, tap: PayWith) -> None:
    """Pay the amount that was chosen, the chosen way."""
    desk.go_on = partial(choose_page, desk)
    draft = await own_draft(desk.books, tap.draft, desk.peer.id)
    if draft.amount is None:
        raise OutOfDate
    for way in await ways_to_pay(desk, draft.amount.currency):
        if (way.gateway.name, way.method != "") == (tap.gateway, tap.saved == 1):
            await _pay(desk, tap.draft, tap.version, draft.amount, way)
            return
    raise OutOfDate


async def on_have_paid(desk: Desk, tap: HavePaid) -> None:
    """Ask the gateway at once: what is paid shows as it does when the gateway tells it."""
    order_id = await desk.run(look_for_payment, LookForPayment(desk.peer.id, tap.top_up))
    order = await desk.books.get(TopUp, order_id)
    assert order is not None
    desk.toast = desk.locale.plain("top-up-looking", gateway=gateway_name(desk.locale, order.gateway))


async def on_has_paid(desk: Desk, arrival: HasPaid) -> None:
    """Credit a payment once per charge id, whatever else is going on."""
    asked = await desk.books.find(TopUp, token=arrival.token)
    paid = Payment(
        asked[0].gateway if asked else desk.house.gateways.invoices,
        arrival.token,
        arrival.charge,
        arrival.source,
        arrival.sender.id,
        arrival.amount,
        checks_payer=desk.house.sends_back,
    )
    await take_payment(desk.books, paid)


@dataclass(frozen=True, slots=True)
class Way:
    """A way to pay: a gateway, and the payment method on file there if that shall be charged."""

    gateway: Gateway
    method: str = ""


async def ways_to_pay(desk: Desk, currency: str) -> list[Way]:
    """Return how this person can pay here; what is one tap away comes first.

    Where payments of other payers go back, an account that is bound pays where it is bound.
    """
    visit, customer = await desk.visit(), await customer_of(desk.books, desk.peer.id)
    gateways = desk.house.gateways.open_to(currency, visit.merchant_id if visit else None)
    if desk.house.sends_back and customer.bound_to:
        gateways = [each for each in gateways if each.name == customer.gateway]
    saved = [
        Way(each, customer.method)
        for each in gateways
        if customer.method and each.name == customer.gateway and each.capabilities.one_tap
    ]
    if not gateways:
        raise NoWayToPay(currency)
    return saved + [Way(each) for each in gateways]


async def ways_page(desk: Desk, draft: Draft, ways: Sequence[Way]) -> Page:
    """Return the ways to pay, by the names that people know them by."""
    customer = await customer_of(desk.books, desk.peer.id)
    keys = Keyboard()
    for way in ways:
        label = customer.bound_to if way.method else gateway_name(desk.locale, way.gateway.name)
        look = Look.PRIMARY if way.method else Look.PLAIN
        button = PayWith(draft.id, draft.version, way.gateway.name, int(way.method != ""))
        keys.row(Key(label, button, look=look))
    to_amounts = Key(desk.locale.plain("button-back"), ChooseTopUp())
    return Page(desk.locale.say("top-up-ways", amount=draft.amount), keys.row(to_amounts).rows)


def gateway_name(locale: Locale, name: str) -> str:
    """Return what customers call a gateway."""
    return locale.plain(f"gateway-{name}")


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
    if promised := offer_text(desk):
        text = Markup(f"{text}\n{promised}")
    return Page(f"{notice}\n\n{text}".strip(), keys.rows)


def offer_text(desk: Desk) -> str:
    """Return in one sentence what top-ups are promised on top now, "" for nothing."""
    offer, locale = desk.house.offer, desk.locale
    if not offer.holds(desk.books.now):
        return ""
    tiers = [locale.plain("top-up-tier", least=each.least, bonus=each.bonus) for each in offer.tiers]
    return locale.say("top-up-bonus", tiers=locale.listed(tiers))


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
        minor=TELEGRAM.to_gateway(order.amount),
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


def charge_page(locale: Locale, charge: Charge, order: TopUp) -> Page | None:
    """Return how a charge stands and what to do; None while there is nothing to say."""
    told = {"amount": order.amount, "gateway": gateway_name(locale, order.gateway)}
    another = [[Key(locale.plain("button-another-way"), ChooseTopUp())]]
    match charge.state:
        case ChargeState.OPENING if charge.asked:
            return Page(locale.say("top-up-charge-unsure", **told), another)
        case ChargeState.REFUSED:
            return Page(locale.say("top-up-charge-refused", **told), another)
        case ChargeState.OPEN if charge.action in (ActionKind.LINK, ActionKind.QR):
            text = locale.say(f"top-up-charge-{charge.action}", **told, expires=locale.time(order.expires_at))
            label = locale.plain("button-pay-at", **told)
            is_web = charge.target.startswith("https://") or charge.action is ActionKind.LINK
            keys = Keyboard()
            if is_web:
                keys.row(Key(label, url=charge.target, look=Look.PRIMARY))
            return Page(text, keys.row(Key(locale.plain("button-have-paid"), HavePaid(order.id))).rows)
        case ChargeState.PAID:
            return Page(locale.say("top-up-charge-paid", **told))
        case ChargeState.ENDED:
            return Page(locale.say("top-up-charge-ended", **told))
    return None


async def _top_up(desk: Desk, draft_id: int, version: int, amount: Money) -> None:
    """Pay *amount*: at once where there is one way to do it, else by the way that is chosen next."""
    ways = await ways_to_pay(desk, amount.currency)
    if len(ways) == 1:
        await _pay(desk, draft_id, version, amount, ways[0])
        return
    _ask(desk, draft_id, version, amount, ways[0]).check()
    draft = await own_draft(desk.books, draft_id, desk.peer.id)
    if draft.used or version not in (draft.version, draft.version - 1 if draft.amount == amount else None):
        raise OutOfDate
    if version == draft.version:
        draft = await change(desk.books, draft, amount=amount)
    await desk.expect("")
    await desk.show(await ways_page(desk, draft, ways))


async def _pay(desk: Desk, draft_id: int, version: int, amount: Money, way: Way) -> None:
    await desk.carry_out(top_up, _ask(desk, draft_id, version, amount, way))
    await desk.expect("")
    word = "top-up-charging" if way.method else "top-up-pay"
    await desk.show(Page(desk.locale.say(word, amount=amount), [[back_key(desk)]]))


def _ask(desk: Desk, draft_id: int, version: int, amount: Money, way: Way) -> AskTopUp:
    settings = desk.house.settings
    return AskTopUp(
        desk.peer.id,
        way.gateway.name,
        draft_id,
        version,
        amount,
        settings.top_up_min,
        settings.top_up_max,
        timedelta(seconds=settings.top_up_expiry_seconds),
        way.method,
        desk.house.offer.bonus_for(amount, desk.books.now),
    )
