"""Carts that waited for money: ordered once it has come."""

from __future__ import annotations

from bot.counter.enter import confirm_entered
from bot.desk import Desk, House
from bot.errands.work import Work
from bot.home import home
from bot.order_goods import place_order
from bot.people import peer_of
from bot.refusals import sentence, show_refusal
from bot.telegram.arrivals import Place
from core.draft import Draft, DraftKind
from core.errand import Errand
from core.errors import LastOrdersOver, NotOpenNow, Refusal
from core.merchant import find_merchant
from core.ports import Books
from core.visit import Visit, VisitState


async def place_waiting(work: Work, errand: Errand) -> None:
    await work.finish(errand, lambda books: _place(books, work.house, errand))


async def _place(books: Books, house: House, errand: Errand) -> None:
    """Order a cart that waited for money, or leave the money in the wallet and ask."""
    cart = await books.get(Draft, errand.subject_id)
    assert cart is not None
    assert cart.visit_id is not None
    peer = await peer_of(books, cart.customer_id)
    desk = Desk(books, house, peer, Place(peer.id, is_private=True), f"errand:{errand.id}")
    visit = await books.get(Visit, cart.visit_id)
    assert visit is not None
    if visit.state is not VisitState.OPEN:
        await desk.show(await home(desk, desk.locale.say("order-visit-over")))
        return
    merchant = await find_merchant(books, visit.merchant_id)
    try:
        order = confirm_entered if cart.kind is DraftKind.ENTERED else place_order
        await order(desk, merchant, cart.id, int(errand.body))
    except (NotOpenNow, LastOrdersOver) as closed:
        told = sentence(desk.locale, closed), desk.locale.say("order-money-kept")
        await desk.show(await home(desk, "\n".join(told)))
    except Refusal as refusal:
        await show_refusal(desk, refusal, None)
