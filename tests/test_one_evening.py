"""The five steps as one story, told by the core on a real database."""

from __future__ import annotations

from datetime import timedelta

from core.check_out import AskCheckOut, CheckOut, check_out
from core.draft import DraftKind, carry_out, draft_for
from core.gateway import Outcome, Payer, Verdict
from core.ledger import clearing, payable, refunding, wallet
from core.menu import Entry, LoadMenu, MenuItem, load_menu
from core.merchant import NewLinkCode, NewMerchant, create_merchant, make_link_code
from core.money import Money
from core.open_account import Bind, OpenAccount, bind, open_account
from core.order_goods import PlaceOrder, SetQuantity, order_goods, set_quantity
from core.ports import Books, Store
from core.refund import RefundPart, SettlePart, settle_part
from core.seat import MakeSeats, Seat, make_seats
from core.serve import Action, ServeOrder, serve_order
from core.station import LinkGroup, link_group
from core.top_up import AskTopUp, Payment, TopUp, credit, top_up
from core.visit import SitDown, Visit, sit_down

ANN, BEA, GROUP = 7, 8, -100
LIMITS = (Money(100, "EUR"), Money(20000, "EUR"), timedelta(minutes=30))


async def test_one_evening(store: Store) -> None:
    await store.run(set_up_the_bar)
    await store.run(open_account_at_a_seat)
    await store.run(top_up_ten)
    await store.run(order_two_beers)
    await store.run(serve_them)
    await store.run(check_out_and_refund_the_rest)
    await store.run(hear_from_the_gateway)
    assert await store.run(balances) == {"wallet": 0, "refunding": 0, "payable": 640, "clearing": -640}


async def set_up_the_bar(books: Books) -> None:
    bar = await books.once("bar", create_merchant, NewMerchant("Blue Bar", "EUR"))
    code = await books.once("code", make_link_code, NewLinkCode(bar))
    await books.once("link", link_group, LinkGroup(code, GROUP, BEA))
    menu = (Entry("Beer", "Pils", Money(320, "EUR")), Entry("Food", "Nuts", Money(250, "EUR")))
    assert await books.once("menu", load_menu, LoadMenu(bar, menu)) == 2
    assert await books.once("seats", make_seats, MakeSeats(bar, ("A12",))) == 1


async def open_account_at_a_seat(books: Books) -> None:
    await books.once("open", open_account, OpenAccount(ANN, "Ann", "sandbox"))
    (seat,) = await books.find(Seat, label="A12")
    await books.once("sit", sit_down, SitDown(ANN, seat.token))


async def top_up_ten(books: Books) -> None:
    draft = await draft_for(books, ANN, DraftKind.TOP_UP)
    number = await carry_out(
        books, top_up, AskTopUp(ANN, "sandbox", draft.id, draft.version, Money(1000, "EUR"), *LIMITS)
    )
    order = await books.get(TopUp, number)
    assert order is not None
    paid = Payment("sandbox", order.token, "tg-1", "ch_1", ANN, order.amount)
    assert await books.once("charge:sandbox:tg-1", credit, paid) == number
    await books.once("bind", bind, Bind(ANN, "sandbox", Payer("fp_1", "Visa ·· 4242")))


async def order_two_beers(books: Books) -> None:
    visit = await books.get(Visit, 1)
    assert visit is not None
    cart = await draft_for(books, ANN, DraftKind.CART, visit.id)
    (pils,) = await books.find(MenuItem, name="Pils")
    put = SetQuantity(cart.id, ANN, pils.id, 2)
    version = await books.once("put", set_quantity, put)
    place = PlaceOrder(ANN, "EUR", cart.id, version, timedelta(minutes=15))
    assert await carry_out(books, order_goods, place) == 1
    assert await carry_out(books, order_goods, place) == 1, "a second tap gives the first order"
    purse = await books.standing(wallet(ANN, "EUR"))
    assert (purse.balance.minor, purse.available.minor) == (1000, 360)


async def serve_them(books: Books) -> None:
    for version, action in enumerate((Action.ACCEPT, Action.READY, Action.DELIVER), start=1):
        await books.once(f"serve:{version}", serve_order, ServeOrder(1, version, action, None, BEA, "Bea"))


async def check_out_and_refund_the_rest(books: Books) -> None:
    visit = await books.get(Visit, 1)
    assert visit is not None
    ask = AskCheckOut(ANN, 1, "EUR", visit.id, visit.version, pay_coming=False, refund_rest=True)
    number = await books.once("check-out", check_out, ask)
    receipt = await books.get(CheckOut, number)
    assert receipt is not None
    assert (str(receipt.paid), str(receipt.left), receipt.refund_id) == ("6.40 EUR", "3.60 EUR", 1)


async def hear_from_the_gateway(books: Books) -> None:
    (part,) = await books.find(RefundPart)
    await books.once("settle", settle_part, SettlePart.of(part, Outcome(Verdict.DONE, "re_1")))


async def balances(books: Books) -> dict[str, int]:
    accounts = {
        "wallet": wallet(ANN, "EUR"),
        "refunding": refunding(ANN, "EUR"),
        "payable": payable(1, "EUR"),
        "clearing": clearing("sandbox", "EUR"),
    }
    return {name: (await books.standing(account)).balance.minor for name, account in accounts.items()}
