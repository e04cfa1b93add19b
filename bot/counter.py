"""The merchant's side: order cards in the group, pressed by whoever of the staff is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.buttons import EnterFor, Promise, Serve, ServeBecause, ShowCard, ShowLines, ShowMore
from bot.desk import LANGUAGES, Desk, group_of
from bot.locales import Locale, Markup
from bot.order_goods import order_rows
from bot.origin import origin_rows
from bot.outbox import show
from bot.pages import Key, Keyboard, Look, Page
from core.errors import GroupNotLinked, LanguageUnknown, NotAllowed
from core.make_good import make_good
from core.merchant import LinkGroup, Merchant, find_merchant, link_group
from core.order_goods import COMING, UNANSWERED, GoodsOrder, Line, lines_of, status_of
from core.ports import Books
from core.seat import Seat
from core.serve import (
    AMENDED,
    REASONS,
    Action,
    Deed,
    Reason,
    ServeOrder,
    choices,
    deed_behind,
    deeds_of,
    id_choices,
    rare_choices,
    serve_order,
)
from core.staff import RIGHT_TO, Right, require
from core.visit import Visit

LOOKS = {
    Action.ACCEPT: Look.SUCCESS,
    Action.DECLINE: Look.DANGER,
    Action.LET_GO: Look.DANGER,
    Action.KEEP: Look.SUCCESS,
    Action.DELIVER_CHECKED: Look.SUCCESS,
    Action.NO_ID: Look.DANGER,
}
PROMISES_MINUTES = (5, 10, 20, 30)


async def on_serve(desk: Desk, tap: Serve) -> None:
    """Do what the button says to an order or a line; what needs a reason asks for it first."""
    order = await _order_here(desk, tap.order)
    await require(desk.books, order.merchant_id, desk.doer, RIGHT_TO[tap.action])
    if tap.action in REASONS and await _is_current(desk, order, tap):
        locale = await desk.readers()
        page = reasons_page(locale, order, tap, await card_of(desk.books, locale, order))
        await show(desk.books, desk.place.chat_id, f"card:{order.id}", page)
        return
    lines = [line for line in await lines_of(desk.books, order.id) if tap.line in (0, line.id)]
    if tap.action is Action.DELIVER and id_choices(lines) and await _is_current(desk, order, tap):
        locale = await desk.readers()
        page = id_page(locale, order, tap, lines, await card_of(desk.books, locale, order))
        await show(desk.books, desk.place.chat_id, f"card:{order.id}", page)
        return
    await _serve(desk, order, tap.version, tap.line, tap.action)


async def on_serve_because(desk: Desk, tap: ServeBecause) -> None:
    """The same for a reason; of what is declined the money is free again at once."""
    order = await _order_here(desk, tap.order)
    await _serve(desk, order, tap.version, tap.line, tap.action, tap.reason)


async def on_promise(desk: Desk, tap: Promise) -> None:
    """Say in how many minutes it will be there, and accept it by that."""
    order = await _order_here(desk, tap.order)
    await _serve(desk, order, tap.version, 0, Action.PROMISE, minutes=tap.minutes)


async def on_show_card(desk: Desk, tap: ShowCard) -> None:
    """Go back to the card."""
    order = await _order_here(desk, tap.order)
    await show_card(desk.books, await desk.readers(), desk.place.chat_id, order)


async def on_show_lines(desk: Desk, tap: ShowLines) -> None:
    """Show the card with buttons for each line."""
    order = await _order_here(desk, tap.order)
    page = await card_of(desk.books, await desk.readers(), order, by_line=True)
    await show(desk.books, desk.place.chat_id, f"card:{order.id}", page)


async def on_show_more(desk: Desk, tap: ShowMore) -> None:
    """Show what else can be done, and who did what so far."""
    order, locale = await _order_here(desk, tap.order), await desk.readers()
    lines = await lines_of(desk.books, order.id)
    if tap.line not in (0, *(line.id for line in lines)):
        raise NotAllowed
    card = await card_of(desk.books, locale, order)
    page = more_page(locale, order, lines, await deeds_of(desk.books, order.id), tap.line, card)
    await show(desk.books, desk.place.chat_id, f"card:{order.id}", page)


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
    await require(desk.books, merchant.id, desk.doer, Right.SETTINGS)
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


async def show_card(
    books: Books, locale: Locale, group_id: int, order: GoodsOrder, *, follows: bool = False
) -> None:
    """Bring the order's card in the group to how the order stands."""
    await show(books, group_id, f"card:{order.id}", await card_of(books, locale, order), follows=follows)


async def card_of(books: Books, locale: Locale, order: GoodsOrder, *, by_line: bool = False) -> Page:
    """Return the card of an order as it stands."""
    visit = await books.get(Visit, order.brought_to)
    seat = await books.get(Seat, visit.seat_id) if visit else None
    lines = await lines_of(books, order.id)
    deed = deed_behind(await deeds_of(books, order.id), status_of(lines))
    origin = await origin_rows(books, locale, order)
    return card_page(locale, order, lines, deed, seat.label if seat else "", origin, by_line=by_line)


def card_page(
    locale: Locale,
    order: GoodsOrder,
    lines: Sequence[Line],
    deed: Deed | None,
    seat_now: str,
    origin: Sequence[str] = (),
    *,
    by_line: bool = False,
) -> Page:
    """Return the card of an order: what, for which seat, how it stands and who did it.

    Whoever ordered may sit elsewhere by now; as long as something is to be brought, that is said.
    """
    status = status_of(lines)
    title = locale.say("card-title", number=f"G-{order.id}", seat=order.seat, total=order.total)
    reason = Markup(locale.say(f"reason-{deed.reason}")) if deed and deed.reason else ""
    by = deed.by_name if deed else ""
    told = [locale.say(f"card-{status}", by=by, reason=reason, time=locale.time(order.placed_at))]
    to_bring = status in UNANSWERED | COMING
    if to_bring and deed and deed.action == Action.MISS:
        told = [locale.say("card-miss", by=by)]
    moved = [locale.say("card-moved", seat=seat_now)] if to_bring and seat_now != order.seat else []
    if order.promised_at and to_bring:
        told.append(locale.say("card-promised", time=locale.time(order.promised_at)))
    if order.cancel_asked:
        told.append(locale.say("card-cancel-asked"))
    if any(line.paid for line in lines) and choices(lines):
        told.append(locale.say("card-paid"))
    text = "\n".join([title, *moved, *origin, *order_rows(locale, order, lines), "", *told])
    return Page(text, card_keys(locale, order, lines, by_line=by_line).rows)


def card_keys(locale: Locale, order: GoodsOrder, lines: Sequence[Line], *, by_line: bool) -> Keyboard:
    """Return the buttons of a card: for the whole order in one tap, and for each line where they differ."""
    open_ = [line for line in lines if line.state in UNANSWERED | COMING]
    differ = len({line.state for line in open_}) > 1
    keys = Keyboard()
    if order.cancel_asked:
        keys.row(*(_serve_key(locale, order, each) for each in (Action.LET_GO, Action.KEEP)))
    if by_line or differ:
        for line in open_:
            keys.row(*_line_keys(locale, order, line))
    steps = [each for each in choices(lines) if each is not Action.DECLINE]
    declining = [_serve_key(locale, order, Action.DECLINE)] if Action.DECLINE in choices(lines) else []
    if len(steps) == 1:
        keys.row(_serve_key(locale, order, steps[0]), *declining)
        declining = []
    else:
        keys.row(*(_serve_key(locale, order, each) for each in steps))
    more = Key(locale.plain("button-more"), ShowMore(order.id, 0)) if rare_choices(order, lines) else None
    turn = None
    if by_line and not differ:
        turn = Key(locale.plain("button-back"), ShowCard(order.id))
    elif len(open_) > 1 and not differ:
        turn = Key(locale.plain("button-by-line"), ShowLines(order.id))
    return keys.row(*declining, turn, more)


def reasons_page(locale: Locale, order: GoodsOrder, tap: Serve, card: Page) -> Page:
    """Return the card with the reasons that there are for what was pressed."""
    keys = Keyboard()
    for reason in REASONS[tap.action]:
        button = ServeBecause(order.id, tap.version, tap.line, tap.action, reason)
        keys.row(Key(locale.plain(f"reason-{reason}"), button))
    keys.row(Key(locale.plain("button-back"), ShowCard(order.id)))
    word = "counter-why-not" if tap.action is Action.DECLINE else "counter-why"
    return Page(f"{card.text}\n\n{locale.say(word)}", keys.rows)


def id_page(locale: Locale, order: GoodsOrder, tap: Serve, lines: Sequence[Line], card: Page) -> Page:
    """Return the card with the question for the ID: what is for an age is kept back without one."""
    keys = Keyboard()
    for action in id_choices(lines):
        button = Serve(order.id, tap.version, tap.line, action)
        keys.row(Key(locale.plain(f"button-{action}"), button, look=LOOKS.get(action, Look.PLAIN)))
    keys.row(Key(locale.plain("button-back"), ShowCard(order.id)))
    age = max(line.least_age for line in lines if line.state in COMING)
    return Page(f"{card.text}\n\n{locale.say('counter-ask-id', age=str(age))}", keys.rows)


def more_page(
    locale: Locale, order: GoodsOrder, lines: Sequence[Line], deeds: Sequence[Deed], line_id: int, card: Page
) -> Page:
    """Return the card with who did what, and with what is rarely done to the order or to one line."""
    chosen = [line for line in lines if line_id in (0, line.id)]
    version = chosen[0].version if line_id else order.version
    keys = Keyboard()
    rare = [each for each in rare_choices(order, chosen) if each not in (Action.LET_GO, Action.KEEP)]
    if Action.PROMISE in rare:
        rare.remove(Action.PROMISE)
        if not line_id:
            keys.row(*(_promise_key(locale, order, minutes) for minutes in PROMISES_MINUTES))
    for action in rare:
        keys.row(Key(locale.plain(f"button-{action}"), Serve(order.id, version, line_id, action)))
    if not line_id and len(lines) > 1:
        for line in lines:
            if rare_choices(order, [line]):
                label = locale.plain("button-line", quantity=str(line.quantity), item=line.name)
                keys.row(Key(label, ShowMore(order.id, line.id)))
    if not line_id:
        keys.row(Key(locale.plain("button-enter"), EnterFor(order.brought_to)))
    keys.row(Key(locale.plain("button-back"), ShowMore(order.id, 0) if line_id else ShowCard(order.id)))
    names = {line.id: line.name for line in lines}
    rows = [_deed_row(locale, deed, names) for deed in deeds]
    which = [locale.say("counter-line", item=chosen[0].name)] if line_id else []
    return Page("\n".join([card.text, "", *rows, *which]), keys.rows)


def _deed_row(locale: Locale, deed: Deed, names: dict[int, str]) -> str:
    what = Markup(locale.say(f"deed-{deed.action}"))
    said = {"time": locale.time(deed.done_at), "by": deed.by_name, "what": what}
    if deed.line_id is not None:
        return locale.say("deed-row-line", **said, item=names[deed.line_id])
    return locale.say("deed-row", **said)


def _serve_key(locale: Locale, order: GoodsOrder, action: Action) -> Key:
    button = Serve(order.id, order.version, 0, action)
    return Key(locale.plain(f"button-{action}"), button, look=LOOKS.get(action, Look.PLAIN))


def _promise_key(locale: Locale, order: GoodsOrder, minutes: int) -> Key:
    return Key(
        locale.plain("button-promise", minutes=str(minutes)), Promise(order.id, order.version, minutes)
    )


def _line_keys(locale: Locale, order: GoodsOrder, line: Line) -> list[Key]:
    """Return a line's buttons: its next step by name, then delivered and declined as signs."""
    steps = [each for each in choices([line]) if each is not Action.PREPARE]
    label = locale.plain(f"button-line-{steps[0]}", quantity=str(line.quantity), item=line.name)
    keys = [Key(label, Serve(order.id, line.version, line.id, steps[0]))]
    rest = [(each, Serve(order.id, line.version, line.id, each)) for each in steps[1:]]
    return keys + [Key(_SIGNS[each], button) for each, button in rest]


async def _serve(
    desk: Desk,
    order: GoodsOrder,
    version: int,
    line: int,
    action: Action,
    reason: Reason | None = None,
    minutes: int = 0,
) -> None:
    if action is Action.PROMISE and minutes not in PROMISES_MINUTES:
        raise NotAllowed
    await require(desk.books, order.merchant_id, desk.doer, RIGHT_TO[action])
    patience = timedelta(seconds=desk.house.settings.order_expiry_seconds)
    ask = ServeOrder(
        order.id, version, action, reason, desk.peer.id, desk.peer.name, line, minutes, patience,
        desk.house.settings.timezone.key,
    )  # fmt: skip
    command = make_good if action in AMENDED else serve_order
    key = f"{order.id}:{version}:{line}:{action}:{reason}:{minutes}:{desk.peer.id}"
    await desk.run(command, ask, key=key)
    desk.toast = desk.locale.plain(f"counter-{action}-toast", number=f"G-{order.id}")


async def _is_current(desk: Desk, order: GoodsOrder, tap: Serve) -> bool:
    """Whether the button still fits the order, so that a reason is worth asking for."""
    lines = [line for line in await lines_of(desk.books, order.id) if tap.line in (0, line.id)]
    if not lines or tap.version != (lines[0].version if tap.line else order.version):
        return False
    return tap.action in (*choices(lines), *rare_choices(order, lines))


async def _order_here(desk: Desk, order_id: int) -> GoodsOrder:
    """Return the order if this group is the one that serves it, or refuse."""
    order = await desk.books.get(GoodsOrder, order_id)
    if order is None:
        raise NotAllowed
    merchant = await find_merchant(desk.books, order.merchant_id)
    if merchant.group_id != desk.place.chat_id:
        raise NotAllowed
    return order


_SIGNS = {Action.DELIVER: "✅", Action.DECLINE: "✕"}
