"""Step 4 in the chat: see what leaving comes to, leave, get the receipt."""

from __future__ import annotations

from collections.abc import Sequence

from bot.buttons import AskToLeave, Leave
from bot.desk import Desk
from bot.home import back_key
from bot.locales import Locale
from bot.pages import Key, Keyboard, Look, Page
from core.check_out import AskCheckOut, Bill, CheckOut, check_out, preview
from core.order_goods import Line
from core.visit import Visit


async def on_ask_to_leave(desk: Desk, tap: AskToLeave) -> None:
    """Show what checking out now comes to."""
    await desk.expect("")
    visit, merchant = await desk.here()
    await desk.show(preview_page(desk, visit, await preview(desk.books, visit, merchant.currency)))


async def on_leave(desk: Desk, tap: Leave) -> None:
    """Check out. The receipt and the notice to the merchant follow from the event."""
    _, merchant = await desk.here()
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


def preview_page(desk: Desk, visit: Visit, bill: Bill) -> Page:
    """Return delivered, still coming and unanswered, what is left and where it could go."""
    say = desk.locale.say
    rows: list[str] = [say("check-out-delivered", amount=bill.delivered)]
    rows += [say("check-out-coming", amount=bill.coming)] if bill.coming else []
    rows += [say("check-out-unanswered", amount=bill.unanswered)] if bill.unanswered else []
    rows += ["", say("check-out-left", amount=bill.left)]
    if bill.coming:
        rows += ["", say("check-out-wait-or-pay", amount=bill.coming)]
    keys = Keyboard()
    pay_coming = 1 if bill.coming else 0
    if bill.left:
        refund = desk.locale.plain("button-leave-refund", amount=bill.left)
        keys.row(Key(refund, Leave(visit.id, visit.version, pay_coming, 1), look=Look.PRIMARY))
    leave = desk.locale.plain("button-leave-keep" if bill.left else "button-leave")
    keys.row(Key(leave, Leave(visit.id, visit.version, pay_coming, 0)))
    back = Key(desk.locale.plain("button-wait"), back_key(desk).button) if bill.coming else back_key(desk)
    return Page("\n".join([say("check-out-title"), *rows]), keys.row(back).rows)


def receipt_page(locale: Locale, receipt: CheckOut, merchant: str, seat: str, lines: Sequence[Line]) -> Page:
    """Return the receipt of a visit."""
    say = locale.say
    number = f"C-{receipt.id}"
    rows: list[str] = [
        say("receipt-title", number=number, merchant=merchant, seat=seat, time=receipt.made_at)
    ]
    rows += [
        say("order-row", quantity=str(line.quantity), item=line.name, amount=line.total) for line in lines
    ]
    rows += ["", say("receipt-paid", amount=receipt.paid)]
    if receipt.refund_id:
        rows.append(say("receipt-refund", amount=receipt.left, number=f"R-{receipt.refund_id}"))
    elif receipt.left:
        rows.append(say("receipt-kept", amount=receipt.left))
    return Page("\n".join(rows))


def left_page(locale: Locale, receipt: CheckOut, seat: str) -> Page:
    """Return what the merchant's staff read about a checkout."""
    return Page(locale.say("counter-left", seat=seat, number=f"C-{receipt.id}", amount=receipt.paid))
