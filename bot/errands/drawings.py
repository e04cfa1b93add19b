"""What is drawn: QR codes, boards, and the evidence of a dispute."""

from __future__ import annotations

import json
from typing import Any

from bot.admin.evidence import Evidence, gather, print_evidence
from bot.counter.board import show_boards
from bot.desk import SCREEN, House
from bot.errands.files import answer, send_files
from bot.errands.work import Work
from bot.outbox import Attachment, bring_down, say
from bot.pages import Parcel
from bot.people import peer_of
from bot.seat_codes import SeatCode, draw_picture, pack_pictures, print_sheet
from core.charge import ChargeState, charge_with
from core.errand import Errand
from core.merchant import find_merchant
from core.party import Party
from core.ports import Books
from core.seat import Seat, seats_of
from core.top_up import charge_and_top_up


async def draw_seats(work: Work, errand: Errand) -> None:
    """Draw all seats of a merchant: one sheet to print, and a picture each."""
    merchant, seats = await work.store.run(lambda books: _merchant_and_seats(books, errand.subject_id))
    if not seats:
        await answer(work, errand, "admin-no-seats")
        return
    codes = [SeatCode(seat.label, work.house.seat_link(seat.token)) for seat in seats]
    sheet = await work.artist.do(print_sheet, merchant.name, codes)
    pictures = await work.artist.do(pack_pictures, codes)
    stem = f"seats-{merchant.id}"
    await work.finish(errand, send_files(errand, (f"{stem}.pdf", sheet), (f"{stem}.zip", pictures)))


async def draw_seat(work: Work, errand: Errand) -> None:
    seat = await work.store.run(lambda books: books.get(Seat, errand.subject_id))
    assert seat is not None
    picture = await work.artist.do(draw_picture, work.house.seat_link(seat.token))
    send = send_files(errand, (f"{seat.label}.png", picture), caption=seat.label, picture=True)
    await work.finish(errand, send)


async def draw_charge(work: Work, errand: Errand) -> None:
    """Draw the QR code that a top-up is paid by."""
    charge, order = await work.store.run(lambda books: charge_and_top_up(books, errand.subject_id))
    picture = await work.artist.do(draw_picture, charge.target)

    async def send(books: Books) -> None:
        if (await charge_with(books, charge.id)).state is not ChargeState.OPEN:
            return
        locale = work.house.locale(await peer_of(books, order.customer_id))
        kept = await books.add(Attachment(0, f"T-{order.id}.png", picture))
        caption = locale.plain("top-up-qr-caption", number=f"T-{order.id}", amount=order.amount)
        await say(books, order.customer_id, Parcel(kept.id, caption, picture=True))

    await work.finish(errand, send)


async def draw_party(work: Work, errand: Errand) -> None:
    """Draw the QR code by which people join a shared table."""
    party = await work.store.run(lambda books: books.get(Party, errand.subject_id))
    assert party is not None
    picture = await work.artist.do(draw_picture, work.house.party_link(party.code))

    async def send(books: Books) -> None:
        host = await peer_of(books, party.host_id)
        kept = await books.add(Attachment(0, "table.png", picture))
        caption = work.house.locale(host).plain("party-qr-caption", host=host.name)
        await say(books, host.id, Parcel(kept.id, caption, picture=True))
        await bring_down(books, host.id, SCREEN)

    await work.finish(errand, send)


async def draw_board(work: Work, errand: Errand) -> None:
    await work.finish(errand, lambda books: show_boards(books, work.house, errand.subject_id))


async def draw_evidence(work: Work, errand: Errand) -> None:
    """Draw all that is known about a disputed charge as one document."""
    told = json.loads(errand.body)
    evidence = await work.store.run(lambda books: _gather(books, work.house, errand.subject_id, told))
    sheet = await work.artist.do(print_evidence, evidence)
    await work.finish(errand, send_files(errand, (f"evidence-D-{errand.subject_id}.pdf", sheet)))


async def _gather(books: Books, house: House, dispute_id: int, told: dict[str, Any]) -> Evidence:
    return await gather(books, house.locale(await peer_of(books, told["reader"])), dispute_id)


async def _merchant_and_seats(books: Books, merchant_id: int) -> Any:
    return await find_merchant(books, merchant_id), await seats_of(books, merchant_id)
