"""Step 5 in the chat: the balance and what it is made of, the refund, the history."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.buttons import (
    AskRefund,
    BindAccount,
    ChooseTopUp,
    ConfirmRefund,
    ShowBalance,
    ShowHistory,
    UnbindAccount,
)
from bot.desk import Desk
from bot.gateways.none import NO_GATEWAY
from bot.home import back_key, held_rows
from bot.locales import Locale
from bot.pages import Key, Keyboard, Look, Page
from core import refund as step
from core.debt import debt_of
from core.dispute import held_by_disputes
from core.document import Document, history, made_at, number_of
from core.draft import DraftKind, draft_for
from core.errors import DebtFirst, NothingToRefund
from core.ledger import refunding, wallet
from core.lot import Lot, Share, lots_of, own_money
from core.money import Money, total
from core.open_account import Customer, customer_of
from core.order_goods import ENDED, GoodsOrder, lines_of, status_of
from core.promotion import to_come
from core.refund import PartState, RefundOrder, RefundPart, refund
from core.top_up import TopUp, TopUpState

DOCUMENTS_SHOWN = 12


async def on_show_balance(desk: Desk, tap: ShowBalance) -> None:
    """Show the wallet, what it is made of and what it is bound to."""
    await desk.expect("")
    await desk.show(await balance_page(desk))


async def on_ask_refund(desk: Desk, tap: AskRefund) -> None:
    """Show what would go back, and ask."""
    desk.go_on = partial(balance_page, desk)
    customer = await customer_of(desk.books, desk.peer.id)
    purse = await desk.books.standing(wallet(customer.id, await desk.currency()))
    if not purse.available:
        raise NothingToRefund
    draft = await draft_for(desk.books, customer.id, DraftKind.REFUND)
    owed = await debt_of(desk.books, customer.id, purse.available.currency)
    if owed >= purse.available:
        raise DebtFirst(owed)
    nothing = Money.zero(owed.currency)
    back = await step.could_go_back(desk.books, customer.id, purse.available, nothing)
    ordered = purse.held - await held_by_disputes(desk.books, customer.id, owed.currency)
    lots = await lots_of(desk.books, customer.id, owed.currency)
    shares = step.allocate(lots, back, own_money(lots, purse.available))
    label = desk.locale.plain("button-refund", amount=back)
    keys = Keyboard().row(Key(label, ConfirmRefund(draft.id, draft.version), look=Look.PRIMARY))
    stuck = [await _stuck(desk, share) for share in shares]
    text = refund_text(desk.locale, shares, stuck, ordered, owed)
    await desk.show(Page(text, keys.row(_to_balance(desk)).rows))


async def _stuck(desk: Desk, share: Share) -> str:
    """Return why some of a lot cannot go back to where it came from, "" if it can."""
    gateways, name = desk.house.gateways, share.lot.gateway
    if not gateways.has(name):
        return NO_GATEWAY
    sent = await step.parts_sent(desk.books, share.lot.id)
    return step.obstacle(share, len(sent), gateways.named(name).capabilities, desk.books.now)


def refund_text(
    locale: Locale, shares: Sequence[Share], stuck: Sequence[str], held: Money, owed: Money
) -> str:
    """Return what would go back to which payments, what cannot, and what would stay.

    *stuck* says for each share why it cannot.
    """
    amount = total((share.amount for share in shares), owed.currency)
    rows: list[str] = [locale.say("balance-owed", amount=owed)] if owed else []
    rows.append(locale.say("refund-ask", amount=amount))
    rows += [
        locale.say(
            f"refund-stuck-{why}" if why else "refund-ask-part",
            amount=share.amount,
            account=_source(locale, share.lot),
        )
        for share, why in zip(shares, stuck, strict=True)
    ]
    rows += [locale.say("refund-stuck")] if any(stuck) else []
    rows += [locale.say("refund-held", held=held)] if held else []
    return "\n".join([*rows, "", locale.say("refund-ask-days")])


async def on_confirm_refund(desk: Desk, tap: ConfirmRefund) -> None:
    """Give back the whole rest. The refund's message follows from the event."""
    desk.go_on = partial(balance_page, desk)
    ask = step.AskRefund(desk.peer.id, await desk.currency(), tap.draft, tap.version, None)
    await desk.carry_out(refund, ask)
    desk.toast = desk.locale.plain("refund-toast")


async def on_show_history(desk: Desk, tap: ShowHistory) -> None:
    """Show the latest documents."""
    await desk.expect("")
    await customer_of(desk.books, desk.peer.id)
    documents = await history(desk.books, desk.peer.id, DOCUMENTS_SHOWN)
    rows = [await _history_row(desk, document) for document in documents]
    title = desk.locale.say("history-title" if rows else "history-empty")
    await desk.show(Page("\n".join([title, *rows]), [[_to_balance(desk)]]))


async def balance_page(desk: Desk, notice: str = "") -> Page:
    """Return the wallet: what can be spent, what is held, what is on its way back, and its lots."""
    customer = await customer_of(desk.books, desk.peer.id)
    currency = await desk.currency()
    purse = await desk.books.standing(wallet(customer.id, currency))
    under_way = await desk.books.standing(refunding(customer.id, currency))
    say = desk.locale.say
    rows: list[str] = [say("balance-title"), say("balance-available", amount=purse.available)]
    rows += await held_rows(desk, purse)
    owed = await debt_of(desk.books, customer.id, currency)
    rows += [say("balance-owed", amount=owed)] if owed else []
    rows += [say("balance-refunding", amount=under_way.balance)] if under_way.balance else []
    lots = await lots_of(desk.books, customer.id, currency)
    rows += ["", say("balance-made-of"), *(_lot_row(desk.locale, lot) for lot in lots)] if lots else []
    rows += [
        say("balance-promised", amount=await to_come(desk.books, lot), number=f"T-{lot.top_up_id}")
        for lot in lots
        if lot.promised
    ]
    rows += ["", say("balance-bound", account=bound_to(desk.locale, customer))]
    keys = Keyboard()
    if purse.available:
        keys.row(Key(desk.locale.plain("button-ask-refund"), AskRefund()))
    keys.row(
        Key(desk.locale.plain("button-top-up"), ChooseTopUp()),
        Key(desk.locale.plain("button-history"), ShowHistory()),
    )
    text = "\n".join(rows)
    return Page(f"{notice}\n\n{text}".strip(), keys.row(_binding_key(desk, customer), back_key(desk)).rows)


def _binding_key(desk: Desk, customer: Customer) -> Key | None:
    """Return the button that binds the account where that can be done before paying, or frees it."""
    if customer.bound_to:
        return Key(desk.locale.plain("button-unbind"), UnbindAccount())
    binds = any(gateway.capabilities.binds for gateway in desk.house.gateways)
    return Key(desk.locale.plain("button-bind"), BindAccount()) if binds else None


def bound_to(locale: Locale, customer: Customer) -> str:
    """Return the payment account as its owner knows it."""
    return customer.bound_to or locale.plain("balance-unbound")


def amount_of(document: Document) -> object:
    """Return the money that a document is about."""
    if isinstance(document, GoodsOrder):
        return document.total
    return document.amount if isinstance(document, TopUp | RefundOrder) else document.paid


def refund_page(locale: Locale, order: RefundOrder, parts: Sequence[tuple[RefundPart, Lot]]) -> Page:
    """Return a refund as its customer sees it: one message, edited as its parts arrive."""
    rows: list[str] = [locale.say("refund-title", number=f"R-{order.id}", amount=order.amount)]
    rows += [
        locale.say(f"refund-part-{part.state}", amount=part.amount, account=_source(locale, lot))
        for part, lot in parts
    ]
    if all(part.state is PartState.DONE for part, _ in parts):
        rows += ["", locale.say("refund-done")]
    return Page("\n".join(rows))


async def _history_row(desk: Desk, document: Document) -> str:
    """Return a document in a line; one that came to nothing says so."""
    word = f"document-{number_of(document)[0].lower()}"
    ended = await _how_it_ended(desk, document)
    what = desk.locale.plain(f"{word}-{ended}" if ended else word)
    return desk.locale.say(
        "history-row",
        time=made_at(document),
        number=number_of(document),
        what=what,
        amount=amount_of(document),
    )


async def _how_it_ended(desk: Desk, document: Document) -> str:
    """Return how a top-up or an order came to nothing, "" if it did not."""
    if isinstance(document, TopUp):
        return "" if document.state is TopUpState.PAID else document.state
    if isinstance(document, GoodsOrder):
        status = status_of(await lines_of(desk.books, document.id))
        return status if status in ENDED else ""
    return ""


def _lot_row(locale: Locale, lot: Lot) -> str:
    word = "balance-lot-disputed" if lot.disputed else "balance-lot"
    word = "balance-lot-bonus" if lot.is_bonus else word
    return locale.say(word, left=lot.refundable, brought=lot.brought, number=f"T-{lot.top_up_id}")


def _source(locale: Locale, lot: Lot) -> str:
    return lot.payer or locale.plain("refund-source", number=f"T-{lot.top_up_id}")


def _to_balance(desk: Desk) -> Key:
    return Key(desk.locale.plain("button-back"), ShowBalance())
