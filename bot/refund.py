"""Step 5 in the chat: the balance and what it is made of, the refund, the history."""

from __future__ import annotations

from collections.abc import Sequence

from bot.buttons import AskRefund, ChooseTopUp, ConfirmRefund, ShowBalance, ShowHistory
from bot.desk import Desk
from bot.home import back_key
from bot.locales import Locale
from bot.pages import Key, Keyboard, Look, Page
from core import refund as step
from core.document import Document, history, made_at, number_of
from core.draft import DraftKind, draft_for
from core.errors import NothingToRefund
from core.ledger import refunding, wallet
from core.lot import Lot, lots_of
from core.open_account import Customer, customer_of
from core.order_goods import GoodsOrder
from core.refund import PartState, RefundOrder, RefundPart, refund
from core.top_up import TopUp

DOCUMENTS_SHOWN = 12


async def on_show_balance(desk: Desk, tap: ShowBalance) -> None:
    """Show the wallet, what it is made of and what it is bound to."""
    await desk.expect("")
    await desk.show(await balance_page(desk))


async def on_ask_refund(desk: Desk, tap: AskRefund) -> None:
    """Show what would go back, and ask."""
    customer = await customer_of(desk.books, desk.peer.id)
    purse = await desk.books.standing(wallet(customer.id, await desk.currency()))
    if not purse.available:
        raise NothingToRefund
    draft = await draft_for(desk.books, customer.id, DraftKind.REFUND)
    say = desk.locale.say
    text = say("refund-ask", amount=purse.available, account=bound_to(desk.locale, customer))
    held = f"\n{say('refund-held', held=purse.held)}" if purse.held else ""
    label = desk.locale.plain("button-refund", amount=purse.available)
    keys = Keyboard().row(Key(label, ConfirmRefund(draft.id, draft.version), look=Look.PRIMARY))
    await desk.show(Page(text + held, keys.row(_to_balance(desk)).rows))


async def on_confirm_refund(desk: Desk, tap: ConfirmRefund) -> None:
    """Give back the whole rest. The refund's message follows from the event."""
    ask = step.AskRefund(desk.peer.id, await desk.currency(), tap.draft, tap.version, None)
    await desk.carry_out(refund, ask)
    await desk.show(await balance_page(desk))


async def on_show_history(desk: Desk, tap: ShowHistory) -> None:
    """Show the latest documents."""
    documents = await history(desk.books, desk.peer.id, DOCUMENTS_SHOWN)
    await desk.show(Page(history_text(desk.locale, documents), [[_to_balance(desk)]]))


async def balance_page(desk: Desk) -> Page:
    """Return the wallet: what can be spent, what is held, what is on its way back, and its lots."""
    customer = await customer_of(desk.books, desk.peer.id)
    currency = await desk.currency()
    purse = await desk.books.standing(wallet(customer.id, currency))
    under_way = await desk.books.standing(refunding(customer.id, currency))
    say = desk.locale.say
    rows: list[str] = [say("balance-title"), say("balance-available", amount=purse.available)]
    rows += [say("balance-held", amount=purse.held)] if purse.held else []
    rows += [say("balance-refunding", amount=under_way.balance)] if under_way.balance else []
    lots = await lots_of(desk.books, customer.id, currency)
    rows += ["", say("balance-made-of"), *(_lot_row(desk.locale, lot) for lot in lots)] if lots else []
    rows += ["", say("balance-bound", account=bound_to(desk.locale, customer))]
    keys = Keyboard()
    if purse.available:
        keys.row(Key(desk.locale.plain("button-ask-refund"), AskRefund()))
    keys.row(
        Key(desk.locale.plain("button-top-up"), ChooseTopUp()),
        Key(desk.locale.plain("button-history"), ShowHistory()),
    )
    return Page("\n".join(rows), keys.row(back_key(desk)).rows)


def bound_to(locale: Locale, customer: Customer) -> str:
    """Return the payment account as its owner knows it."""
    return customer.bound_to or locale.plain("balance-unbound")


def history_text(locale: Locale, documents: Sequence[Document]) -> str:
    """Return documents as a list, newest first."""
    if not documents:
        return locale.say("history-empty")
    rows: list[str] = [
        locale.say(
            "history-row",
            time=made_at(each),
            number=number_of(each),
            what=locale.plain(f"document-{number_of(each)[0].lower()}"),
            amount=amount_of(each),
        )
        for each in documents
    ]
    return "\n".join([locale.say("history-title"), *rows])


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


def _lot_row(locale: Locale, lot: Lot) -> str:
    return locale.say("balance-lot", left=lot.refundable, brought=lot.brought, number=f"T-{lot.top_up_id}")


def _source(locale: Locale, lot: Lot) -> str:
    return lot.payer or locale.plain("refund-source", number=f"T-{lot.top_up_id}")


def _to_balance(desk: Desk) -> Key:
    return Key(desk.locale.plain("button-back"), ShowBalance())
