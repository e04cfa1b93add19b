"""Step 4 in the chat: see what leaving comes to, leave, get the receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from bot.buttons import AskToLeave, GoHome, Leave, NotRight
from bot.desk import Desk
from bot.home import back_key
from bot.locales import Locale
from bot.pages import Key, Keyboard, Look, Page
from bot.refund import bound_to
from core.check_out import (
    AskCheckOut,
    Bill,
    Cause,
    CheckOut,
    brought_by_others,
    check_out,
    contained_taxes,
    preview,
)
from core.errors import NotYours
from core.merchant import find_merchant
from core.money import Money
from core.open_account import customer_of
from core.order_goods import Line
from core.refund import could_go_back
from core.visit import Visit

BILL = "bill"


async def on_ask_to_leave(desk: Desk, tap: AskToLeave) -> None:
    """Show what checking out now comes to."""
    await desk.expect("")
    await desk.show(await leave_page(desk))


async def on_leave(desk: Desk, tap: Leave) -> None:
    """Check out. The receipt and the notice to the merchant follow from the event."""
    visit = await desk.books.get(Visit, tap.visit)
    if visit is None or visit.customer_id != desk.peer.id:
        raise NotYours  # before the command: its key must stay free for whom it belongs to
    desk.go_on = partial(leave_page, desk)
    merchant = await find_merchant(desk.books, visit.merchant_id)
    ask = AskCheckOut(
        desk.peer.id,
        merchant.id,
        merchant.currency,
        tap.visit,
        tap.version,
        pay_coming=bool(tap.pay_coming),
        refund_rest=bool(tap.refund_rest),
    )
    await desk.run(check_out, ask, key=f"{tap.visit}:{tap.version}:{tap.pay_coming}:{tap.refund_rest}")
    desk.toast = desk.locale.plain("check-out-toast")


async def leave_page(desk: Desk, notice: str = "") -> Page:
    """Return what checking out now comes to."""
    visit, merchant = await desk.here()
    customer = await customer_of(desk.books, desk.peer.id)
    bill = await preview(desk.books, visit, merchant.currency)
    back = await could_go_back(desk.books, customer.id, bill.left, bill.delivered + bill.coming)
    text = bill_text(desk.locale, bill, back, bound_to(desk.locale, customer))
    if others := await brought_by_others(desk.books, visit.id, merchant.currency):
        text = f"{text}\n\n{desk.locale.say('check-out-brought', amount=others)}"
    return Page(f"{notice}\n\n{text}".strip(), leave_keys(desk, visit, bill, back).rows, name=BILL)


def bill_text(locale: Locale, bill: Bill, back: Money, account: str) -> str:
    """Return delivered, still coming and unanswered, what is left and where it could go."""
    say = locale.say
    due: list[str] = [
        say(word, amount=amount)
        for word, amount in (
            ("check-out-delivered", bill.delivered),
            ("check-out-coming", bill.coming),
            ("check-out-unanswered", bill.unanswered),
        )
        if amount
    ]
    left = say("check-out-left", amount=bill.left, account=account) if bill.left else say("check-out-no-rest")
    if back != bill.left:
        left = say("check-out-left-some", amount=bill.left, back=back, account=account)
    choice = [say("check-out-wait-or-pay", amount=bill.coming)] if bill.coming else []
    bill_rows = "\n".join(due) or say("check-out-nothing-due")
    return "\n\n".join([f"{say('check-out-title')}\n{bill_rows}", left, *choice])


def leave_keys(desk: Desk, visit: Visit, bill: Bill, back: Money) -> Keyboard:
    """Return the ways to leave: with the rest back, or with it kept here."""
    label, pay_coming = desk.locale.plain, 1 if bill.coming else 0
    verb = "pay-now" if bill.coming else "leave"
    keys = Keyboard()
    if back:
        refund = label(f"button-{verb}-refund", amount=back)
        keys.row(Key(refund, Leave(visit.id, visit.version, pay_coming, 1), look=Look.PRIMARY))
    leave = label(f"button-{verb}-keep" if bill.left else f"button-{verb}")
    keys.row(Key(leave, Leave(visit.id, visit.version, pay_coming, 0)))
    return keys.row(Key(label("button-wait"), GoHome()) if bill.coming else back_key(desk))


def receipt_page(
    locale: Locale,
    receipt: CheckOut,
    merchant: str,
    seat: str,
    lines: Sequence[Line],
    others: Mapping[int, str],
    *,
    own: bool = True,
    not_brought: Sequence[Line] = (),
    stays: Money | None = None,
) -> Page:
    """Return the receipt of a visit; where the rest went is for the customer's *own* eyes.

    *others* are to whom orders were brought that this customer paid for somebody else, by number. *stays* is
    what could not go back although the rest did.
    """
    say = locale.say
    number = f"C-{receipt.id}"
    rows: list[str] = [
        say("receipt-title", number=number, merchant=merchant, seat=seat, time=receipt.made_at)
    ]
    if receipt.cause is not Cause.CUSTOMER:
        rows.append(say(f"receipt-{receipt.cause}", merchant=merchant))
    rows += [_receipt_row(locale, line, others.get(line.order_id)) for line in lines]
    rows += [say("receipt-not-brought", quantity=str(line.quantity), item=line.name) for line in not_brought]
    rows += ["", say("receipt-paid", amount=receipt.paid)]
    rows += [
        say("receipt-tax", rate=f"{points / 100:g}", amount=amount)
        for points, amount in contained_taxes(lines)
    ]
    if not own:
        return Page("\n".join(rows))
    if receipt.refund_id:
        rows.append(say("receipt-refund", amount=receipt.left, number=f"R-{receipt.refund_id}"))
    elif receipt.left:
        rows.append(say("receipt-kept", amount=receipt.left))
    if stays:
        rows.append(say("receipt-stays", amount=stays))
    rows += ["", say("check-out-done", merchant=merchant)]
    return Page("\n".join(rows), [[Key(locale.plain("button-not-right"), NotRight(receipt.id))]])


def _receipt_row(locale: Locale, line: Line, receiver: str | None) -> str:
    row = locale.say("order-row", quantity=str(line.quantity), item=line.name, amount=line.total)
    return row if receiver is None else locale.say("receipt-row-for", row=row, receiver=receiver)


def left_page(locale: Locale, receipt: CheckOut, seat: str) -> Page:
    """Return what the merchant's staff read about a checkout; one that happened by itself makes no sound."""
    by_itself = receipt.cause is not Cause.CUSTOMER
    word = f"counter-left-{receipt.cause}" if by_itself else "counter-left"
    text = locale.say(word, seat=seat, number=f"C-{receipt.id}", amount=receipt.paid)
    return Page(text, quiet=by_itself)
