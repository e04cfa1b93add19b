"""The merchant's side: order cards in the group, pressed by whoever of the staff is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.buttons import Decline, Serve, ShowCard, ToggleSoldOut
from bot.desk import LANGUAGES, Desk, group_of
from bot.locales import Locale, Markup
from bot.order_goods import order_rows
from bot.outbox import show
from bot.pages import Key, Keyboard, Look, Page
from core.errors import GroupNotLinked, LanguageUnknown, NotAllowed
from core.menu import MarkSoldOut, MenuItem, item_of, mark_sold_out, menu_of
from core.merchant import LinkGroup, Merchant, find_merchant, link_group
from core.order_goods import GoodsOrder, Line, lines_of, status_of
from core.ports import Books
from core.serve import Action, Deed, Reason, ServeOrder, choices, last_deed, serve_order

LOOKS = {Action.ACCEPT: Look.SUCCESS, Action.DECLINE: Look.DANGER}


async def on_serve(desk: Desk, tap: Serve) -> None:
    """Accept, make ready or deliver; declining asks for a reason first."""
    order = await _order_here(desk, tap.order)
    if tap.action is Action.DECLINE:
        await _show_reasons(desk, order)
        return
    await _serve(desk, order, tap.version, tap.action, None)


async def on_decline(desk: Desk, tap: Decline) -> None:
    """Decline for a reason; the money is free again at once."""
    order = await _order_here(desk, tap.order)
    await _serve(desk, order, tap.version, Action.DECLINE, tap.reason)


async def on_show_card(desk: Desk, tap: ShowCard) -> None:
    """Go back from the reasons to the card."""
    order = await _order_here(desk, tap.order)
    await show_card(desk.books, desk.locale, desk.place.chat_id, order)


async def on_link(desk: Desk, argument: str) -> None:
    """`/link CODE`, typed in the group that shall be the merchant's."""
    await desk.books.add_new(replace(desk.peer, id=desk.place.chat_id, visit_id=None, expects=""), "id")
    await desk.run(link_group, LinkGroup(argument, desk.place.chat_id, desk.peer.id))


async def on_group_language(desk: Desk, argument: str) -> None:
    """`/language en` or `/language zh`: what the group's cards are written in."""
    merchant = await merchant_here(desk)
    group = await group_of(desk.books, merchant)
    language = next((code for code in LANGUAGES if argument and code.startswith(argument.casefold())), "")
    if not language:
        raise LanguageUnknown(", ".join(LANGUAGES))
    group = replace(group, chosen_language=language)
    await desk.books.save(group)
    await desk.say(Page(desk.house.locale(group).say("language-set")))


async def on_menu(desk: Desk, argument: str) -> None:
    """`/menu`: mark items sold out, or back, with one tap each."""
    merchant = await merchant_here(desk)
    await show(desk.books, desk.place.chat_id, "menu", await menu_page(desk, merchant), follows=True)


async def on_toggle_sold_out(desk: Desk, tap: ToggleSoldOut) -> None:
    """Mark an item sold out, or back; carts see it at once."""
    merchant = await merchant_here(desk)
    await desk.run(mark_sold_out, MarkSoldOut(tap.item, merchant.id, bool(tap.sold_out)))
    item = await item_of(desk.books, merchant.id, tap.item)
    word = "counter-sold-out-toast" if item.sold_out else "counter-back-toast"
    desk.toast = desk.locale.plain(word, item=item.name)
    await show(desk.books, desk.place.chat_id, "menu", await menu_page(desk, merchant), follows=True)


async def merchant_here(desk: Desk) -> Merchant:
    """Return the merchant that the group belongs to, or refuse."""
    found = await desk.books.find(Merchant, group_id=desk.place.chat_id)
    if not found:
        raise GroupNotLinked
    return found[0]


async def menu_page(desk: Desk, merchant: Merchant) -> Page:
    """Return the menu with a button per item that turns it off or on."""
    locale = desk.house.locale(await group_of(desk.books, merchant))
    keys = Keyboard()
    for item in await menu_of(desk.books, merchant.id):
        keys.row(_toggle_key(locale, item))
    return Page(locale.say("counter-menu"), keys.rows, quiet=True)


async def show_card(books: Books, locale: Locale, group_id: int, order: GoodsOrder) -> None:
    """Bring the order's card in the group to how the order stands."""
    lines = await lines_of(books, order.id)
    page = card_page(locale, order, lines, await last_deed(books, order.id))
    await show(books, group_id, f"card:{order.id}", page)


def card_page(locale: Locale, order: GoodsOrder, lines: Sequence[Line], deed: Deed | None) -> Page:
    """Return the card of an order: what, for which seat, how it stands and who did it."""
    status = status_of(lines)
    title = locale.say("card-title", number=f"G-{order.id}", seat=order.seat, total=order.total)
    reason = Markup(locale.say(f"reason-{deed.reason}")) if deed and deed.reason else ""
    by = deed.by_name if deed else ""
    told = locale.say(f"card-{status}", by=by, reason=reason, time=order.placed_at)
    paid = [locale.say("card-paid")] if any(line.paid for line in lines) and choices(lines) else []
    keys = Keyboard()
    keys.row(
        *(
            Key(
                locale.plain(f"button-{action}"),
                Serve(order.id, order.version, action),
                look=LOOKS.get(action, Look.PLAIN),
            )
            for action in choices(lines)
        )
    )
    return Page("\n".join([title, *order_rows(locale, order, lines), "", told, *paid]), keys.rows)


async def _serve(desk: Desk, order: GoodsOrder, version: int, action: Action, reason: Reason | None) -> None:
    ask = ServeOrder(order.id, version, action, reason, desk.peer.id, desk.peer.name)
    await desk.run(serve_order, ask, key=f"{order.id}:{version}:{action}:{reason}:{desk.peer.id}")
    desk.toast = desk.locale.plain(f"counter-{action}-toast", number=f"G-{order.id}")


async def _show_reasons(desk: Desk, order: GoodsOrder) -> None:
    locale = desk.locale
    lines = await lines_of(desk.books, order.id)
    keys = Keyboard()
    for reason in Reason:
        keys.row(Key(locale.plain(f"reason-{reason}"), Decline(order.id, order.version, reason)))
    keys.row(Key(locale.plain("button-back"), ShowCard(order.id)))
    text = card_page(locale, order, lines, None).text
    page = Page(f"{text}\n\n{locale.say('counter-why')}", keys.rows)
    await show(desk.books, desk.place.chat_id, f"card:{order.id}", page)


async def _order_here(desk: Desk, order_id: int) -> GoodsOrder:
    """Return the order if this group is the one that serves it, or refuse."""
    order = await desk.books.get(GoodsOrder, order_id)
    if order is None:
        raise NotAllowed
    merchant = await find_merchant(desk.books, order.merchant_id)
    if merchant.group_id != desk.place.chat_id:
        raise NotAllowed
    return order


def _toggle_key(locale: Locale, item: MenuItem) -> Key:
    word = "counter-item-off" if item.sold_out else "counter-item-on"
    return Key(locale.plain(word, item=item.name), ToggleSoldOut(item.id, 0 if item.sold_out else 1))
