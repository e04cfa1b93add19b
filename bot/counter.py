"""The merchant's side: order cards in the group, pressed by whoever of the staff is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.buttons import Decline, Serve, ShowCard
from bot.desk import LANGUAGES, Desk, group_of
from bot.locales import Locale, Markup
from bot.order_goods import order_rows
from bot.outbox import show
from bot.pages import Key, Keyboard, Look, Page
from core.errors import GroupNotLinked, LanguageUnknown, NotAllowed
from core.merchant import LinkGroup, Merchant, find_merchant, link_group
from core.order_goods import COMING, UNANSWERED, GoodsOrder, Line, lines_of, status_of
from core.ports import Books
from core.seat import Seat
from core.serve import Action, Deed, Reason, ServeOrder, choices, last_deed, serve_order
from core.visit import Visit

LOOKS = {Action.ACCEPT: Look.SUCCESS, Action.DECLINE: Look.DANGER}


async def on_serve(desk: Desk, tap: Serve) -> None:
    """Accept, make ready or deliver; declining asks for a reason first."""
    order = await _order_here(desk, tap.order)
    lines = await lines_of(desk.books, order.id)
    if tap.action is Action.DECLINE and tap.version == order.version and tap.action in choices(lines):
        locale = await desk.readers()
        page = reasons_page(locale, order, await card_of(desk.books, locale, order))
        await show(desk.books, desk.place.chat_id, f"card:{order.id}", page)
        return
    await _serve(desk, order, tap.version, tap.action, None)


async def on_decline(desk: Desk, tap: Decline) -> None:
    """Decline for a reason; the money is free again at once."""
    order = await _order_here(desk, tap.order)
    await _serve(desk, order, tap.version, Action.DECLINE, tap.reason)


async def on_show_card(desk: Desk, tap: ShowCard) -> None:
    """Go back from the reasons to the card."""
    order = await _order_here(desk, tap.order)
    await show_card(desk.books, await desk.readers(), desk.place.chat_id, order)


async def on_link(desk: Desk, argument: str) -> None:
    """`/link CODE`, typed in the group that shall be the merchant's."""
    group = replace(desk.peer, id=desk.place.chat_id, visit_id=None, expects="")
    await desk.books.add_new(group, "id")
    merchant_id = await desk.run(link_group, LinkGroup(argument, group.id, desk.peer.id))
    merchant = await find_merchant(desk.books, merchant_id)
    await desk.books.save(replace(await group_of(desk.books, merchant), name=merchant.name))


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


async def merchant_here(desk: Desk) -> Merchant:
    """Return the merchant that the group belongs to, or refuse."""
    found = await desk.books.find(Merchant, group_id=desk.place.chat_id)
    if not found:
        raise GroupNotLinked
    return found[0]


async def show_card(books: Books, locale: Locale, group_id: int, order: GoodsOrder) -> None:
    """Bring the order's card in the group to how the order stands."""
    await show(books, group_id, f"card:{order.id}", await card_of(books, locale, order))


async def card_of(books: Books, locale: Locale, order: GoodsOrder) -> Page:
    """Return the card of an order as it stands."""
    visit = await books.get(Visit, order.visit_id)
    seat = await books.get(Seat, visit.seat_id) if visit else None
    deed = await last_deed(books, order.id)
    return card_page(locale, order, await lines_of(books, order.id), deed, seat.label if seat else "")


def card_page(
    locale: Locale, order: GoodsOrder, lines: Sequence[Line], deed: Deed | None, seat_now: str
) -> Page:
    """Return the card of an order: what, for which seat, how it stands and who did it.

    Whoever ordered may sit elsewhere by now; as long as something is to be brought, that is said.
    """
    status = status_of(lines)
    title = locale.say("card-title", number=f"G-{order.id}", seat=order.seat, total=order.total)
    reason = Markup(locale.say(f"reason-{deed.reason}")) if deed and deed.reason else ""
    by = deed.by_name if deed else ""
    told = locale.say(f"card-{status}", by=by, reason=reason, time=locale.time(order.placed_at))
    to_bring = status in UNANSWERED | COMING and seat_now != order.seat
    moved = [locale.say("card-moved", seat=seat_now)] if to_bring else []
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
    text = "\n".join([title, *moved, *order_rows(locale, order, lines), "", told, *paid])
    return Page(text, keys.rows)


def reasons_page(locale: Locale, order: GoodsOrder, card: Page) -> Page:
    """Return the card with the reasons that an order can be declined for."""
    keys = Keyboard()
    for reason in Reason:
        keys.row(Key(locale.plain(f"reason-{reason}"), Decline(order.id, order.version, reason)))
    keys.row(Key(locale.plain("button-back"), ShowCard(order.id)))
    return Page(f"{card.text}\n\n{locale.say('counter-why')}", keys.rows)


async def _serve(desk: Desk, order: GoodsOrder, version: int, action: Action, reason: Reason | None) -> None:
    ask = ServeOrder(order.id, version, action, reason, desk.peer.id, desk.peer.name)
    await desk.run(serve_order, ask, key=f"{order.id}:{version}:{action}:{reason}:{desk.peer.id}")
    desk.toast = desk.locale.plain(f"counter-{action}-toast", number=f"G-{order.id}")


async def _order_here(desk: Desk, order_id: int) -> GoodsOrder:
    """Return the order if this group is the one that serves it, or refuse."""
    order = await desk.books.get(GoodsOrder, order_id)
    if order is None:
        raise NotAllowed
    merchant = await find_merchant(desk.books, order.merchant_id)
    if merchant.group_id != desk.place.chat_id:
        raise NotAllowed
    return order
