"""The merchant's side: order cards in the group, pressed by whoever of the staff is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.buttons import (
    EnterFor,
    Promise,
    Serve,
    ServeBecause,
    ServeLineBecause,
    ShowCard,
    ShowLines,
    ShowMore,
)
from bot.counter.places import places_of
from bot.desk import LANGUAGES, Desk, House
from bot.locales import Locale, Markup
from bot.order_goods import order_rows
from bot.origin import Names, names_of, origin_rows
from bot.outbox import Message, MessageState, page_shown, show
from bot.pages import Key, Keyboard, Look, Page
from bot.people import peer_of
from bot.telegram.arrivals import Place
from core.errors import GroupNotLinked, LanguageUnknown, NotAllowed, OutOfDate
from core.make_good import make_good
from core.merchant import Merchant, find_merchant
from core.money import total
from core.order_goods import (
    COMING,
    ENDED,
    UNANSWERED,
    GoodsOrder,
    Line,
    LineState,
    lines_of,
    status_of,
)
from core.ports import Books
from core.seat import Seat
from core.serve import (
    AMENDED,
    CLOSED_OUT,
    REASONS,
    Action,
    Deed,
    Reason,
    ServeOrder,
    asks_to_cancel,
    choices,
    closed_out,
    deed_behind,
    deeds_about,
    deeds_of,
    id_choices,
    rare_choices,
    serve_order,
    version_of,
)
from core.staff import RIGHT_TO, Right, require
from core.station import LinkGroup, cards_of, link_group, merchant_at, read_station, stations_of
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


@dataclass(frozen=True, slots=True)
class Card:
    """What of an order is on one card, what was done to that, and where its customer sits now.

    *elsewhere* is what others have of the same order, by their station's name; *names* is who pays and who
    receives it where these are two.
    """

    order: GoodsOrder
    station_id: int
    lines: Sequence[Line]
    deeds: Sequence[Deed]
    seat_now: str
    elsewhere: Mapping[str, Sequence[Line]]
    names: Names | None

    @property
    def status(self) -> LineState:
        return status_of(self.lines)

    @property
    def version(self) -> int:
        return version_of(self.lines)


async def on_serve(desk: Desk, tap: Serve) -> None:
    """Do what the button says to a card or a line; what needs a reason asks for it first."""
    card = await _card_here(desk, tap.order, tap.station)
    await require(desk.books, card.order.merchant_id, desk.doer, RIGHT_TO[tap.action])
    lines = [line for line in card.lines if tap.line in (0, line.id)]
    if tap.action in REASONS and _is_current(tap, lines):
        await _show(desk, card, reasons_page(await desk.readers(), card, tap))
    elif tap.action is Action.DELIVER and id_choices(lines) and _is_current(tap, lines):
        await _show(desk, card, id_page(await desk.readers(), card, tap, lines))
    else:
        await _serve(desk, card, tap.version, tap.action, line_id=tap.line)


async def on_serve_because(desk: Desk, tap: ServeBecause) -> None:
    """The same for a reason; of what is declined the money is free again at once."""
    card = await _card_here(desk, tap.order, tap.station)
    await _serve(desk, card, tap.version, tap.action, tap.reason)


async def on_serve_line_because(desk: Desk, tap: ServeLineBecause) -> None:
    """The same for a reason to one line, on whichever card it is now."""
    order = await _order_here(desk, tap.order)
    for card in (await cards_now(desk.books, order)).values():
        if tap.line in [line.id for line in card.lines]:
            await _serve(desk, card, tap.version, tap.action, tap.reason, line_id=tap.line)
            return
    raise NotAllowed


async def on_promise(desk: Desk, tap: Promise) -> None:
    """Say in how many minutes it will be there, and accept it by that."""
    if tap.minutes not in PROMISES_MINUTES:
        raise NotAllowed
    card = await _card_here(desk, tap.order, tap.station)
    await _serve(desk, card, tap.version, Action.PROMISE, minutes=tap.minutes)


async def on_show_card(desk: Desk, tap: ShowCard) -> None:
    """Go back to the card."""
    card = await _card_here(desk, tap.order, tap.station)
    await _show(desk, card, card_page(await desk.readers(), card))


async def on_show_lines(desk: Desk, tap: ShowLines) -> None:
    """Show the card with buttons for each line."""
    card = await _card_here(desk, tap.order, tap.station)
    await _show(desk, card, card_page(await desk.readers(), card, by_line=True))


async def on_show_more(desk: Desk, tap: ShowMore) -> None:
    """Show what else can be done, and who did what so far."""
    card = await _card_here(desk, tap.order, tap.station)
    if tap.line not in (0, *(line.id for line in card.lines)):
        raise NotAllowed
    await _show(desk, card, more_page(await desk.readers(), card, tap.line))


async def on_link(desk: Desk, argument: str) -> None:
    """`/link CODE`, in the group that shall be the merchant's, or `/link CODE kitchen` for a station."""
    code, _, station = argument.partition(" ")
    chat_id, thread_id = desk.place.chat_id, desk.place.thread_id
    await desk.books.add_new(replace(desk.peer, id=chat_id, visit_id=None, expects=""), "id")
    merchant_id = await desk.run(link_group, LinkGroup(code, chat_id, desk.peer.id, station, thread_id))
    merchant = await find_merchant(desk.books, merchant_id)
    name = merchant.name if merchant.group_id == chat_id else f"{merchant.name} · {read_station(station)}"
    await desk.books.save(replace(await peer_of(desk.books, chat_id), name=name))


async def on_group_language(desk: Desk, argument: str) -> None:
    """`/language en` or `/language zh`: what the group's cards are written in."""
    merchant = await merchant_here(desk)
    await require(desk.books, merchant.id, desk.doer, Right.SETTINGS)
    group = await peer_of(desk.books, desk.place.chat_id)
    language = next((code for code in LANGUAGES if argument and code.startswith(argument.casefold())), "")
    if not language:
        raise LanguageUnknown(", ".join(LANGUAGES))
    group = replace(group, chosen_language=language)
    await desk.books.save(group)
    await desk.say(Page(desk.house.locale(group).say("language-set")))


async def merchant_here(desk: Desk) -> Merchant:
    """Return the merchant that the group belongs to, or refuse."""
    found = await merchant_at(desk.books, desk.place.chat_id)
    if found is None:
        raise GroupNotLinked
    return found


async def show_cards(books: Books, house: House, order: GoodsOrder) -> None:
    """Bring an order's cards to how it stands, each at its station's place.

    Where a card was whose lines are on another now, that is said; one that comes back is posted anew.
    """
    merchant = await find_merchant(books, order.merchant_id)
    cards, subject = await cards_now(books, order), _subject(order)
    for station_id, place in (await places_of(books, merchant)).items():
        locale = house.locale(await peer_of(books, place.chat_id))
        if card := cards.get(station_id):
            page, thread_id = card_page(locale, card), place.thread_id
            comes_back = await page_shown(books, place.chat_id, subject, thread_id) == _ELSEWHERE
            follows = comes_back or asks_to_cancel(card.lines)
            await show(books, place.chat_id, subject, page, follows=follows, thread_id=thread_id)
        else:
            await retire_card(books, locale, order, place)


async def remind_of_cards(books: Books, house: House, order: GoodsOrder) -> None:
    """Send the cards that nobody answered anew, to the end of their chats."""
    merchant, cards = await find_merchant(books, order.merchant_id), await cards_now(books, order)
    for station_id, place in (await places_of(books, merchant)).items():
        card = cards.get(station_id)
        if card and card.status in UNANSWERED:
            locale = house.locale(await peer_of(books, place.chat_id))
            page = reminder(locale, card_page(locale, card), order.placed_at)
            await show(books, place.chat_id, _subject(order), page, anew=True, thread_id=place.thread_id)


def reminder(locale: Locale, page: Page, since: datetime) -> Page:
    """Return a card that has waited for an answer, as it says so."""
    return replace(page, text=f"{page.text}\n{locale.say('counter-reminder', time=locale.time(since))}")


async def retire_card(books: Books, locale: Locale, order: GoodsOrder, place: Place) -> None:
    """Take the buttons off a card that stands where none of the order's lines belong any more."""
    subject, thread_id = _subject(order), place.thread_id
    known = await books.find(Message, chat_id=place.chat_id, thread_id=thread_id, subject=subject)
    if known and (known[0].telegram_id is not None or known[0].state is not MessageState.FAILED):
        text = locale.say("card-elsewhere-now", number=f"G-{order.id}", seat=order.seat)
        page = Page(text, quiet=True, name=_ELSEWHERE)
        await show(books, place.chat_id, subject, page, thread_id=thread_id)


async def cards_now(books: Books, order: GoodsOrder) -> dict[int, Card]:
    """Return the cards of an order, by the station at whose place they are."""
    visit = await books.get(Visit, order.brought_to)
    seat = await books.get(Seat, visit.seat_id) if visit else None
    deeds, stations = await deeds_of(books, order.id), await stations_of(books, order.merchant_id)
    station_names = {station.id: station.name for station in stations}
    cards, names = cards_of(await lines_of(books, order.id), stations), await names_of(books, order)
    return {
        id_: Card(
            order,
            id_,
            lines,
            deeds_about(deeds, lines),
            seat.label if seat else "",
            {station_names.get(other, ""): others for other, others in cards.items() if other != id_},
            names,
        )
        for id_, lines in cards.items()
    }


async def whole_card(books: Books, order: GoodsOrder) -> Card:
    """Return an order as one card, wherever its lines belong."""
    card = next(iter((await cards_now(books, order)).values()))
    lines = await lines_of(books, order.id)
    return replace(card, lines=lines, deeds=await deeds_of(books, order.id), elsewhere={})


def card_page(locale: Locale, card: Card, *, by_line: bool = False) -> Page:
    """Return a card: what, for which seat, how it stands and who did it, and what comes from elsewhere.

    Whoever ordered may sit elsewhere by now; as long as something is to be brought, that is said.
    """
    order, lines, status = card.order, card.lines, card.status
    deed = deed_behind(deeds_about(card.deeds, [line for line in lines if line.state is status]), status)
    amount = total((line.total for line in lines), order.total.currency)
    title = locale.say("card-title", number=f"G-{order.id}", seat=order.seat, total=amount)
    reason = Markup(locale.say(f"reason-{deed.reason}")) if deed and deed.reason else ""
    by = deed.by_name if deed else ""
    word = CLOSED_OUT if closed_out(lines) else status
    told = [locale.say(f"card-{word}", by=by, reason=reason, time=locale.time(order.placed_at))]
    to_bring = status in UNANSWERED | COMING
    if to_bring and deed and deed.action == Action.MISS:
        told = [locale.say("card-miss", by=by)]
    moved = to_bring and card.seat_now != order.seat
    where = [locale.say("card-moved", seat=card.seat_now)] if moved else []
    promises = [line.promised_at for line in lines if line.promised_at]
    if promises and to_bring:
        told.append(locale.say("card-promised", time=locale.time(max(promises))))
    if asks_to_cancel(lines):
        told.append(locale.say("card-cancel-asked"))
    if any(line.paid for line in lines) and choices(lines):
        told.append(locale.say("card-paid"))
    origin = origin_rows(locale, order, card.names)
    rows = [*origin, *order_rows(locale, order, lines), *_elsewhere_rows(locale, card)]
    text = "\n".join([title, *where, *rows, "", *told])
    return Page(text, card_keys(locale, card, by_line=by_line).rows)


def card_keys(locale: Locale, card: Card, *, by_line: bool) -> Keyboard:
    """Return the buttons of a card: for all of it in one tap, and for each line where they differ."""
    order, lines = card.order, card.lines
    open_ = [line for line in lines if line.state in UNANSWERED | COMING]
    differ = len({line.state for line in open_}) > 1
    keys = Keyboard()
    if asks_to_cancel(lines):
        keys.row(*(_serve_key(locale, card, each) for each in (Action.LET_GO, Action.KEEP)))
    if by_line or differ:
        for line in open_:
            keys.row(*_line_keys(locale, card, line))
    steps = [each for each in choices(lines) if each is not Action.DECLINE]
    declining = [_serve_key(locale, card, Action.DECLINE)] if Action.DECLINE in choices(lines) else []
    if len(steps) == 1:
        keys.row(_serve_key(locale, card, steps[0]), *declining)
        declining = []
    else:
        keys.row(*(_serve_key(locale, card, each) for each in steps))
    rare = rare_choices(lines)
    more = Key(locale.plain("button-more"), ShowMore(order.id, 0, card.station_id)) if rare else None
    turn = None
    if by_line and not differ:
        turn = _back_key(locale, card)
    elif len(open_) > 1 and not differ:
        turn = Key(locale.plain("button-by-line"), ShowLines(order.id, card.station_id))
    return keys.row(*declining, turn, more)


def _elsewhere_rows(locale: Locale, card: Card) -> list[str]:
    """Return in one row what others have of the order; how far they are is on their cards."""
    told: list[str] = []
    for station, lines in card.elsewhere.items():
        items = [
            locale.say("card-elsewhere-item", quantity=str(line.quantity), item=line.name)
            for line in lines
            if line.state not in ENDED
        ]
        word = "card-elsewhere" if station else "card-elsewhere-main"
        told += [locale.say(word, station=station, items=Markup(", ".join(items)))] if items else []
    return [" · ".join(told)] if told else []


def reasons_page(locale: Locale, card: Card, tap: Serve) -> Page:
    """Return the card with the reasons that there are for what was pressed."""
    keys = Keyboard()
    for reason in REASONS[tap.action]:
        keys.row(Key(locale.plain(f"reason-{reason}"), _because(card, tap, reason)))
    keys.row(_back_key(locale, card))
    word = "counter-why-not" if tap.action is Action.DECLINE else "counter-why"
    return Page(f"{card_page(locale, card).text}\n\n{locale.say(word)}", keys.rows)


def _because(card: Card, tap: Serve, reason: Reason) -> ServeBecause | ServeLineBecause:
    order, version = card.order.id, tap.version
    if tap.line:
        return ServeLineBecause(order, version, tap.line, tap.action, reason)
    return ServeBecause(order, version, card.station_id, tap.action, reason)


def id_page(locale: Locale, card: Card, tap: Serve, lines: Sequence[Line]) -> Page:
    """Return the card with the question for the ID: what is for an age is kept back without one."""
    keys = Keyboard()
    for action in id_choices(lines):
        button = Serve(card.order.id, tap.version, tap.line, action, card.station_id)
        keys.row(Key(locale.plain(f"button-{action}"), button, look=LOOKS.get(action, Look.PLAIN)))
    keys.row(_back_key(locale, card))
    age = max(line.least_age for line in lines if line.state in COMING)
    question = locale.say("counter-ask-id", age=str(age))
    return Page(f"{card_page(locale, card).text}\n\n{question}", keys.rows)


def more_page(locale: Locale, card: Card, line_id: int) -> Page:
    """Return the card with who did what, and with what is rarely done to all of it or to one line."""
    order, lines = card.order, card.lines
    chosen = [line for line in lines if line_id in (0, line.id)]
    keys = Keyboard()
    rare = [each for each in rare_choices(chosen) if each not in (Action.LET_GO, Action.KEEP)]
    if Action.PROMISE in rare:
        rare.remove(Action.PROMISE)
        if not line_id:
            keys.row(*(_promise_key(locale, card, minutes) for minutes in PROMISES_MINUTES))
    for action in rare:
        button = Serve(order.id, version_of(chosen), line_id, action, card.station_id)
        keys.row(Key(locale.plain(f"button-{action}"), button))
    if not line_id and len(lines) > 1:
        for line in lines:
            if rare_choices([line]):
                label = locale.plain("button-line", quantity=str(line.quantity), item=line.name)
                keys.row(Key(label, ShowMore(order.id, line.id, card.station_id)))
    if not line_id:
        keys.row(Key(locale.plain("button-enter"), EnterFor(order.brought_to)))
    whole = Key(locale.plain("button-back"), ShowMore(order.id, 0, card.station_id))
    keys.row(whole if line_id else _back_key(locale, card))
    names = {line.id: line.name for line in lines}
    rows = [order_deed_row(locale, deed, names) for deed in card.deeds]
    which = [locale.say("counter-line", item=chosen[0].name)] if line_id else []
    return Page("\n".join([card_page(locale, card).text, "", *rows, *which]), keys.rows)


def order_deed_row(locale: Locale, deed: Deed, names: dict[int, str]) -> str:
    """Return who did what to an order or a line of it, as HTML."""
    what = Markup(locale.say(f"deed-{deed.action}"))
    said = {"time": locale.time(deed.done_at), "by": deed.by_name, "what": what}
    if deed.line_id is not None:
        return locale.say("deed-row-line", **said, item=names[deed.line_id])
    return locale.say("deed-row", **said)


def _serve_key(locale: Locale, card: Card, action: Action) -> Key:
    button = Serve(card.order.id, card.version, 0, action, card.station_id)
    return Key(locale.plain(f"button-{action}"), button, look=LOOKS.get(action, Look.PLAIN))


def _promise_key(locale: Locale, card: Card, minutes: int) -> Key:
    button = Promise(card.order.id, card.version, minutes, card.station_id)
    return Key(locale.plain("button-promise", minutes=str(minutes)), button)


def _back_key(locale: Locale, card: Card) -> Key:
    return Key(locale.plain("button-back"), ShowCard(card.order.id, card.station_id))


def _line_keys(locale: Locale, card: Card, line: Line) -> list[Key]:
    """Return a line's buttons: its next step by name, then delivered and declined as signs."""

    def button(action: Action) -> Serve:
        return Serve(card.order.id, line.version, line.id, action, card.station_id)

    steps = [each for each in choices([line]) if each is not Action.PREPARE]
    label = locale.plain(f"button-line-{steps[0]}", quantity=str(line.quantity), item=line.name)
    return [Key(label, button(steps[0])), *(Key(_SIGNS[each], button(each)) for each in steps[1:])]


async def _show(desk: Desk, card: Card, page: Page) -> None:
    await desk.show_here(_subject(card.order), page)


async def _serve(
    desk: Desk,
    card: Card,
    version: int,
    action: Action,
    reason: Reason | None = None,
    *,
    line_id: int = 0,
    minutes: int = 0,
) -> None:
    order, station_id = card.order, card.station_id
    await require(desk.books, order.merchant_id, desk.doer, RIGHT_TO[action])
    patience = timedelta(seconds=desk.house.settings.order_expiry_seconds)
    ask = ServeOrder(
        order.id, version, action, reason, desk.peer.id, desk.peer.name, line_id, minutes, patience,
        desk.house.settings.timezone.key, station_id,
    )  # fmt: skip
    command = make_good if action in AMENDED else serve_order
    what = f"{order.id}:{station_id}:{version}:{line_id}"
    await desk.run(command, ask, key=f"{what}:{action}:{reason}:{minutes}:{desk.peer.id}")
    desk.toast = desk.locale.plain(f"counter-{action}-toast", number=f"G-{order.id}")


def _is_current(tap: Serve, lines: Sequence[Line]) -> bool:
    """Whether the button still fits its lines, so that a reason is worth asking for."""
    if not lines or tap.version != version_of(lines):
        return False
    return tap.action in (*choices(lines), *rare_choices(lines))


async def _card_here(desk: Desk, order_id: int, station_id: int) -> Card:
    """Return what of the order is on the station's card now, or refuse."""
    card = (await cards_now(desk.books, await _order_here(desk, order_id))).get(station_id)
    if card is None:
        raise OutOfDate
    return card


async def _order_here(desk: Desk, order_id: int) -> GoodsOrder:
    """Return the order if this group is one of the merchant's that serves it, or refuse."""
    order = await desk.books.get(GoodsOrder, order_id)
    here = await merchant_at(desk.books, desk.place.chat_id)
    if order is None or here is None or here.id != order.merchant_id:
        raise NotAllowed
    return order


def _subject(order: GoodsOrder) -> str:
    return f"card:{order.id}"


_ELSEWHERE = "elsewhere"
_SIGNS = {Action.DELIVER: "✅", Action.DECLINE: "✕"}
