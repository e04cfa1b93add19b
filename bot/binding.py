"""Step 1 in the chat, later on: bind the account before the first payment, or free it."""

from __future__ import annotations

from functools import partial

from bot.buttons import BindAccount, UnbindAccount
from bot.desk import Desk
from bot.locales import Locale
from bot.pages import Key, Look, Page
from bot.refund import balance_page
from bot.top_up import gateway_name
from core.binding import AskBinding, BindingAsk, BindingState, Unbind, begin_binding, unbind
from core.errors import OutOfDate
from core.open_account import Customer


async def on_bind_account(desk: Desk, tap: BindAccount) -> None:
    """Ask the first gateway that binds for a page; it comes as a message of its own."""
    desk.go_on = partial(balance_page, desk)
    binding = next((each for each in desk.house.gateways if each.capabilities.binds), None)
    if binding is None:
        raise OutOfDate
    await desk.run(begin_binding, AskBinding(desk.peer.id, binding.name))
    desk.toast = desk.locale.plain("binding-toast")


async def on_unbind_account(desk: Desk, tap: UnbindAccount) -> None:
    """Free the account, if nothing is in the wallet and nothing under way."""
    desk.go_on = partial(balance_page, desk)
    currencies = tuple(sorted({desk.house.settings.currency, await desk.currency()}))
    await desk.run(unbind, Unbind(desk.peer.id, currencies))
    await desk.show(await balance_page(desk, desk.locale.say("binding-freed")))


def binding_page(locale: Locale, binding: BindingAsk, customer: Customer) -> Page:
    """Return the page to bind on, or what came of it."""
    told = {"gateway": gateway_name(locale, binding.gateway)}
    match binding.state:
        case BindingState.OPEN:
            key = Key(locale.plain("button-bind-at", **told), url=binding.target, look=Look.PRIMARY)
            return Page(locale.say("binding-open", **told), [[key]])
        case BindingState.BOUND:
            return Page(locale.say("binding-bound", account=customer.bound_to))
    return Page(locale.say("binding-refused", **told))
