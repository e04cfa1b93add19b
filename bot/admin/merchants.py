"""The admins' side: set up merchants, menus and seats, see the figures, rescue refunds."""

from __future__ import annotations

from bot.buttons import ConfirmReroute, RescueParked
from bot.counter.staff import show_staff
from bot.desk import DRAW_SEAT, DRAW_SEATS, FETCH_MENU, FETCH_PHOTO, SEND_MENU, TELL_TODAY, Desk
from bot.locales import Locale
from bot.pages import Key, Page
from bot.refusals import show_unexpected
from bot.telegram.arrivals import SentFile, SentPhoto
from core.errors import FileTooLarge, MerchantUnknown, NameRefused, NotAllowed, PhotoTooLarge, SeatNotNamed
from core.gateway import Capabilities
from core.menu import item_called
from core.merchant import Merchant, NewLinkCode, NewMerchant, create_merchant, make_link_code
from core.refund import (
    DecideReroute,
    PartSettled,
    PartState,
    RefundPart,
    Reroute,
    Rescue,
    RescuePart,
    confirm_reroute,
    propose_reroute,
    rescue_part,
)
from core.seat import MakeSeats, RotateSeat, make_seats, read_labels, rotate_seat, seat_by_label
from core.station import Station

MENU_BYTES = 5_000_000
PHOTO_BYTES = 5_000_000
NAME_LENGTH = 40


async def on_new_merchant(desk: Desk, argument: str) -> None:
    """`/newmerchant NAME`"""
    name = " ".join(argument.split())
    if not 0 < len(name) <= NAME_LENGTH or not name.isprintable():
        raise NameRefused(NAME_LENGTH)
    number = await desk.run(create_merchant, NewMerchant(name, desk.house.settings.currency))
    text = desk.locale.say("admin-merchant-made", name=name, number=str(number))
    await desk.say(Page(text))


async def on_merchants(desk: Desk, argument: str) -> None:
    """`/merchants`: all of them, and what each still lacks."""
    rows: list[str] = []
    for merchant in await desk.books.find(Merchant):
        rows.append(_merchant_row(desk, merchant))
        rows += _station_rows(desk, await desk.books.find(Station, merchant_id=merchant.id))
    title = desk.locale.say("admin-merchants" if rows else "admin-no-merchants")
    await desk.say(Page("\n".join([title, *rows])))


async def on_link_code(desk: Desk, argument: str) -> None:
    """`/linkcode MERCHANT`: a one-time code to be typed in the merchant's group."""
    merchant, _ = await _merchant(desk, argument)
    code = await desk.run(make_link_code, NewLinkCode(merchant.id))
    text = desk.locale.say("admin-link-code", name=merchant.name, code=code, bot=desk.house.username)
    await desk.say(Page(text))


async def on_staff(desk: Desk, argument: str) -> None:
    """`/staff MERCHANT`: who works there; a merchant's first owner is invited from here."""
    merchant, _ = await _merchant(desk, argument)
    await show_staff(desk, merchant, anew=True)


async def on_seats(desk: Desk, argument: str) -> None:
    """`/seats MERCHANT LABELS`: make seats, and send all QR codes of the merchant."""
    merchant, rest = await _merchant(desk, argument)
    if rest:
        made = await desk.run(make_seats, MakeSeats(merchant.id, read_labels(rest)))
        await desk.say(Page(desk.locale.say("admin-seats-made", name=merchant.name, count=made)))
    await desk.ask_outside(DRAW_SEATS, merchant.id)


async def on_qr(desk: Desk, argument: str) -> None:
    """`/qr MERCHANT SEAT`: one seat's QR code as a picture."""
    merchant, label = await _seat(desk, argument)
    seat = await seat_by_label(desk.books, merchant.id, label)
    await desk.ask_outside(DRAW_SEAT, seat.id)


async def on_rotate(desk: Desk, argument: str) -> None:
    """`/rotate MERCHANT SEAT`: a new QR code; the old one then says that it is old."""
    merchant, label = await _seat(desk, argument)
    seat_id = await desk.run(rotate_seat, RotateSeat(merchant.id, label))
    await desk.say(Page(desk.locale.say("admin-seat-rotated", seat=label)))
    await desk.ask_outside(DRAW_SEAT, seat_id)


async def on_today(desk: Desk, argument: str) -> None:
    """`/today`: the figures since midnight, of all merchants."""
    await desk.ask_outside(TELL_TODAY, 0)


async def on_menu_file(desk: Desk, argument: str) -> None:
    """`/menu MERCHANT`: the merchant's menu as a CSV file, to be changed and sent back."""
    merchant, _ = await _merchant(desk, argument)
    await desk.ask_outside(SEND_MENU, merchant.id)


async def on_sent_file(desk: Desk, arrival: SentFile) -> None:
    """A CSV sent as a document, its caption naming the merchant, is that merchant's menu."""
    if not desk.is_admin:
        await show_unexpected(desk, "refused-not-text")
        return
    merchant, _ = await _merchant(desk, arrival.caption.removeprefix("/menu"))
    if arrival.size > MENU_BYTES:
        raise FileTooLarge(MENU_BYTES)
    await desk.ask_outside(FETCH_MENU, merchant.id, file_id=arrival.file_id)


async def on_sent_photo(desk: Desk, arrival: SentPhoto) -> None:
    """A photo whose caption names the merchant and an item is what that item looks like."""
    if not desk.is_admin:
        await show_unexpected(desk, "refused-not-text")
        return
    merchant, name = await _merchant(desk, arrival.caption)
    item = await item_called(desk.books, merchant.id, name)
    if arrival.size > PHOTO_BYTES:
        raise PhotoTooLarge(PHOTO_BYTES)
    await desk.ask_outside(FETCH_PHOTO, item.id, file_id=arrival.file_id)


async def on_rescue_parked(desk: Desk, tap: RescueParked) -> None:
    """Send a parked refund again, or put its money back into the wallet."""
    if not desk.is_admin:
        raise NotAllowed
    key = f"{tap.part}:{tap.asked}"
    if tap.rescue is Rescue.REROUTE:
        await desk.run(propose_reroute, DecideReroute(tap.part, desk.peer.id, desk.peer.name), key=key)
    else:
        await desk.run(rescue_part, RescuePart(tap.part, tap.rescue), key=key)
    desk.books.tell(PartSettled(tap.part))
    desk.toast = desk.locale.plain(f"admin-rescue-{tap.rescue}")


async def on_confirm_reroute(desk: Desk, tap: ConfirmReroute) -> None:
    """Confirm, as another admin, that a parked refund is paid out by hand."""
    if not desk.is_admin:
        raise NotAllowed
    decide = DecideReroute(tap.part, desk.peer.id, desk.peer.name)
    await desk.run(confirm_reroute, decide, key=f"{tap.part}:{tap.asked}:{desk.peer.id}")
    desk.books.tell(PartSettled(tap.part))
    desk.toast = desk.locale.plain("admin-reroute-confirmed")


def parked_page(locale: Locale, part: RefundPart, proposed: Reroute | None, rules: Capabilities) -> Page:
    """Return what admins read about a part that was refused: what to do, or what came of it."""
    is_parked = part.state is PartState.PARKED
    if is_parked and part.reason in rules.keeps:
        return _kept_page(locale, part)
    rescues = [each for each in Rescue if is_parked and not (proposed and each is Rescue.REROUTE)]
    keys = [
        [Key(locale.plain(f"button-rescue-{rescue}"), RescueParked(part.id, part.asked, rescue))]
        for rescue in rescues
    ]
    rows: list[str] = [
        locale.say(
            f"admin-part-{part.state}", number=f"R-{part.refund_id}", amount=part.amount, reason=part.reason
        )
    ]
    if is_parked and proposed:
        rows.append(locale.say("admin-reroute-proposed", name=proposed.proposed_name))
        keys.append([Key(locale.plain("button-confirm-reroute"), ConfirmReroute(part.id, part.asked))])
    return Page("\n".join(rows), keys, name="parked")


def _kept_page(locale: Locale, part: RefundPart) -> Page:
    """Return what admins read about a part whose money the provider keeps: only there it can be settled."""
    text = locale.say("admin-part-kept", number=f"R-{part.refund_id}", amount=part.amount, reason=part.reason)
    key = Key(locale.plain("button-rescue-ask"), RescueParked(part.id, part.asked, Rescue.RETRY))
    return Page(text, [[key]], name="parked")


async def _merchant(desk: Desk, argument: str) -> tuple[Merchant, str]:
    """Return the merchant that the first word numbers, and the rest of the words.

    Where there is only one merchant its number may be left out.
    """
    word, _, rest = argument.strip().partition(" ")
    number = word.lstrip("#")
    if number.isascii() and number.isdigit():
        merchant = await desk.books.get(Merchant, int(number[:15]))
        if merchant:
            return merchant, rest.strip()
    merchants = await desk.books.find(Merchant, most=2)
    if len(merchants) != 1 or number.isdigit():
        raise MerchantUnknown(word[:20])
    return merchants[0], argument.strip()


async def _seat(desk: Desk, argument: str) -> tuple[Merchant, str]:
    """Return the merchant and the label of the seat that is meant."""
    merchant, label = await _merchant(desk, argument)
    if not label:
        raise SeatNotNamed
    return merchant, label


def _merchant_row(desk: Desk, merchant: Merchant) -> str:
    word = "admin-merchant-row" if merchant.group_id else "admin-merchant-row-no-group"
    return desk.locale.say(word, number=str(merchant.id), name=merchant.name)


def _station_rows(desk: Desk, stations: list[Station]) -> list[str]:
    """Return the stations that have a place of their own."""
    words = {True: "admin-station-row", False: "admin-station-row-lost"}
    placed = [station for station in stations if station.chat_id is not None]
    return [desk.locale.say(words[station.reached], station=station.name) for station in placed]
