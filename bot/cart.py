"""Step 3 in the chat, its middle: the cart, its note, and what it is short of."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from bot.buttons import (
    GiveCart,
    LessOf,
    MoreOf,
    NameSubstitutes,
    OpenCart,
    OpenMenu,
    PlaceCart,
    PlaceCartOnHost,
    SameAgain,
    TopUpShortfall,
    TypeNote,
)
from bot.desk import Desk
from bot.home import back_key
from bot.locales import Locale
from bot.pages import Key, Keyboard, Look, Page
from core.draft import Draft, DraftKind, draft_for, own_draft
from core.errors import Change, OutOfDate
from core.menu import MenuItem
from core.money import Money, total
from core.open_account import customer_of
from core.order_goods import (
    NOTE_LENGTH,
    CartLine,
    Line,
    OrderAgain,
    SetNote,
    SetQuantity,
    cart_of,
    order_again,
    set_note,
    set_quantity,
)
from core.party import party_joined, room_of


async def on_open_cart(desk: Desk, tap: OpenCart) -> None:
    await desk.expect("")
    await desk.show(await cart_page(desk))


async def on_same_again(desk: Desk, tap: SameAgain) -> None:
    """Fill the cart with what an earlier order had; the next tap orders it."""
    cart, _ = await cart_here(desk)
    zone = desk.house.settings.timezone.key
    await desk.run(order_again, OrderAgain(cart.id, desk.peer.id, tap.order, zone))
    await desk.show(await cart_page(desk))


async def on_more_of(desk: Desk, tap: MoreOf) -> None:
    desk.go_on = partial(cart_page, desk)
    line = await _line_of(desk, tap.cart, tap.line)
    await change_quantity(desk, tap.cart, line.item_id, 1, line.options)
    await desk.show(await cart_page(desk))


async def on_less_of(desk: Desk, tap: LessOf) -> None:
    desk.go_on = partial(cart_page, desk)
    line = await _line_of(desk, tap.cart, tap.line)
    await change_quantity(desk, tap.cart, line.item_id, -1, line.options)
    await desk.show(await cart_page(desk))


async def on_type_note(desk: Desk, tap: TypeNote) -> None:
    """Take the next text for a note to the staff."""
    cart = await own_draft(desk.books, tap.cart, desk.peer.id)
    if cart.used:
        raise OutOfDate
    await desk.expect(f"note:{cart.id}")
    await desk.show(await note_page(desk))


async def on_typed_note(desk: Desk, cart_id: int, text: str) -> None:
    """Keep the note; one that is too long can be typed again."""
    desk.go_on = partial(note_page, desk)
    await desk.run(set_note, SetNote(cart_id, desk.peer.id, text.strip()))
    await desk.expect("")
    await desk.show(await cart_page(desk))


async def note_page(desk: Desk, notice: str = "") -> Page:
    """Return the question for a note."""
    text = notice or desk.locale.say("cart-type-note", most=NOTE_LENGTH)
    return Page(text, [[Key(desk.locale.plain("button-back"), OpenCart())]])


async def cart_page(desk: Desk, notice: str = "") -> Page:
    """Return the cart with − and ＋ for each line, and the button that orders."""
    cart, lines = await cart_here(desk)
    label = desk.locale.plain
    keys = Keyboard()
    for line in lines:
        keys.row(
            Key("−", LessOf(cart.id, line.id)),
            Key(f"{line.name} ×{line.quantity}", OpenCart()),
            Key("＋", MoreOf(cart.id, line.id)),
        )
    keys.row(
        Key(label("button-note"), TypeNote(cart.id)) if lines else None,
        Key(label("button-add-more"), OpenMenu()),
    )
    if lines:
        keys.row(Key(label("button-substitutes"), NameSubstitutes(cart.id)))
        keys.row(Key(label("button-give"), GiveCart(cart.id)))
        keys.row(place_key(desk, cart, lines))
        keys.row(await host_key(desk, cart, lines))
    text = cart_text(desk.locale, cart, lines, await _substitutes(desk, lines))
    return Page(f"{notice}\n\n{text}".strip(), keys.row(back_key(desk)).rows)


async def short_page(desk: Desk, short: Money) -> Page:
    """Return what is missing, with a button that tops up just that and lets the order go on."""
    cart, lines = await draft_here(desk)
    draft = await draft_for(desk.books, desk.peer.id, DraftKind.TOP_UP)
    amount = max(short, desk.house.settings.top_up_min)
    label = desk.locale.plain("button-top-up-short", amount=amount)
    keys = Keyboard().row(Key(label, TopUpShortfall(cart.id, draft.id, draft.version), look=Look.PRIMARY))
    own = not desk.entered
    keys.row(await host_key(desk, cart, lines) if own else None)
    to_cart = Key(desk.locale.plain("button-cart", count=count(lines)), OpenCart()) if own else None
    keys.row(to_cart, back_key(desk))
    text = desk.locale.say("order-short", short=short, amount=amount)
    return Page(text, keys.rows)


async def _substitutes(desk: Desk, lines: Sequence[CartLine]) -> dict[int, MenuItem]:
    """Return what was named to come instead, by number."""
    named = tuple(line.substitute_id for line in lines if line.substitute_id)
    return {item.id: item for item in await desk.books.find(MenuItem, id=named)} if named else {}


def cart_text(
    locale: Locale, cart: Draft, lines: Sequence[CartLine], substitutes: dict[int, MenuItem]
) -> str:
    """Return the cart as HTML, with what must be known of what is in it and of what may come instead."""
    if not lines:
        return locale.say("cart-empty")
    rows: list[str] = []
    for line in lines:
        rows += cart_rows(locale, line)
        if line.substitute_id:
            instead = substitutes[line.substitute_id]
            rows += [locale.say("cart-substitute", item=instead.name), *warning_rows(locale, instead)]
    note = [locale.say("order-note", note=cart.note)] if cart.note else []
    whole = locale.say("cart-total", total=price_of_cart(lines))
    return "\n".join([locale.say("cart-title"), *rows, *note, "", whole])


def cart_rows(locale: Locale, line: CartLine) -> list[str]:
    """Return a line of the cart as HTML, and what must be known of it."""
    row = locale.say("order-row", quantity=str(line.quantity), item=line.name, amount=line.total)
    return [row, *warning_rows(locale, line)]


def warning_rows(locale: Locale, thing: MenuItem | CartLine | Line) -> list[str]:
    """Return what must be known of an item before it is ordered, and again when it is brought."""
    rows: list[str] = []
    if thing.allergens:
        rows.append(locale.say("warning-allergens", allergens=thing.allergens))
    if thing.least_age:
        rows.append(locale.say("warning-age", age=str(thing.least_age)))
    return rows


def changes_text(locale: Locale, changes: Sequence[Change]) -> str:
    """Return how the menu differs from what the cart showed."""
    rows = []
    for change in changes:
        if change.after is None:
            rows.append(locale.say("cart-change-gone", item=change.name))
        elif change.after == change.before and change.left is None:
            rows.append(locale.say("cart-change-told", item=change.name))
        elif change.after != change.before:
            rows.append(
                locale.say("cart-change-price", item=change.name, before=change.before, after=change.after)
            )
        if change.left is not None:
            rows.append(locale.say("cart-change-left", item=change.name, left=change.left))
    return "\n".join([locale.say("cart-changed"), *rows])


async def cart_here(desk: Desk) -> tuple[Draft, list[CartLine]]:
    """Return the person's cart at the place where they are."""
    visit, _ = await desk.here()
    cart = await draft_for(desk.books, desk.peer.id, DraftKind.CART, visit.id)
    return cart, await cart_of(desk.books, cart.id)


async def draft_here(desk: Desk) -> tuple[Draft, list[CartLine]]:
    """Return what is being ordered: what staff entered if it is that, else the person's cart."""
    if not desk.entered:
        return await cart_here(desk)
    draft = await own_draft(desk.books, desk.entered, desk.peer.id)
    return draft, await cart_of(desk.books, draft.id)


async def change_quantity(desk: Desk, cart_id: int, item_id: int, by: int, options: str = "") -> None:
    """Put so many more of an item, with these options, into the cart, or fewer."""
    lines = await cart_of(desk.books, cart_id)
    now = sum(line.quantity for line in lines if (line.item_id, line.options) == (item_id, options))
    zone = desk.house.settings.timezone.key
    await desk.run(set_quantity, SetQuantity(cart_id, desk.peer.id, item_id, max(0, now + by), options, zone))


def place_key(desk: Desk, cart: Draft, lines: Sequence[CartLine]) -> Key:
    """Return the button that orders."""
    label = desk.locale.plain("button-place", total=price_of_cart(lines))
    return Key(label, PlaceCart(cart.id, cart.version), look=Look.SUCCESS)


async def host_key(desk: Desk, cart: Draft, lines: Sequence[CartLine]) -> Key | None:
    """Return the button that orders on the host of the person's table, if it fits what the host allows."""
    visit, _ = await desk.here()
    party = await party_joined(desk.books, visit.id)
    if party is None or not lines or price_of_cart(lines) > await room_of(desk.books, party):
        return None
    host = await customer_of(desk.books, party.host_id)
    label = desk.locale.plain("button-place-on-host", host=host.name, total=price_of_cart(lines))
    return Key(label, PlaceCartOnHost(cart.id, cart.version, party.id))


def count(lines: Sequence[CartLine]) -> int:
    """Return how many things are in the cart."""
    return sum(line.quantity for line in lines)


async def _line_of(desk: Desk, cart_id: int, line_id: int) -> CartLine:
    line = await desk.books.get(CartLine, line_id)
    if line is None or line.draft_id != cart_id:
        raise OutOfDate
    return line


def price_of_cart(lines: Sequence[CartLine]) -> Money:
    """Return what a cart comes to."""
    return total((line.total for line in lines), lines[0].price.currency)
