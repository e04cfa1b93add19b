"""Orders that staff enter: chosen in the group, sent to the customer, and placed when they confirm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from bot.buttons import (
    ConfirmEntered,
    DropEntered,
    EnterCategories,
    EnterCategory,
    EnterChosen,
    EnterFor,
    EnterItem,
    EnterOptions,
    LessEntered,
    RefuseEntered,
    SendEntered,
)
from bot.cart import cart_rows, price_of_cart
from bot.counter.cards import merchant_here
from bot.desk import Desk, seat_of
from bot.home import home
from bot.locales import Locale
from bot.menu_parts import WHOLE_MENU, Part, categories_near, items_near
from bot.option_keys import check_mark, mark_of, option_keys
from bot.order_goods import require_reader
from bot.outbox import show
from bot.pages import Key, Keyboard, Look, Page
from core.draft import Draft, DraftKind, draft_for, own_draft
from core.enter import (
    ConfirmProposal,
    EndProposal,
    Proposal,
    ProposalState,
    SendProposal,
    confirm_proposal,
    end_proposal,
    proposal_of,
    send_proposal,
)
from core.errors import NobodyThere, NotAllowed, OutOfDate, SeatToEnter
from core.menu import MenuItem, groups_of, item_of, plain_price, price_of, shown_menu
from core.merchant import Merchant, find_merchant
from core.open_account import customer_of
from core.options import preset, write_choice
from core.order_goods import CartLine, SetQuantity, cart_of, set_quantity
from core.ports import Books
from core.seat import seat_by_label
from core.staff import Right, require
from core.visit import Visit, VisitState


async def on_enter(desk: Desk, argument: str) -> None:
    """`/enter A12`: enter an order for whoever sits there."""
    merchant = await _merchant(desk)
    if not argument:
        raise SeatToEnter
    seat = await seat_by_label(desk.books, merchant.id, argument)
    visits = await desk.books.find(Visit, seat_id=seat.id, state=VisitState.OPEN)
    if not visits:
        raise NobodyThere(seat.label)
    if len(visits) == 1:
        await _show(desk, merchant, visits[0], anew=True)
        return
    keys = Keyboard()
    for visit in visits:
        keys.row(Key((await customer_of(desk.books, visit.customer_id)).name, EnterFor(visit.id)))
    text = (await desk.readers()).say("enter-whom", seat=seat.label)
    await desk.say(Page(text, keys.rows, quiet=True))


async def on_enter_for(desk: Desk, tap: EnterFor) -> None:
    """Begin, or go on, with what is entered for a visit."""
    merchant = await _merchant(desk)
    visit = await desk.books.get(Visit, tap.visit)
    if visit is None or visit.merchant_id != merchant.id or visit.state is not VisitState.OPEN:
        raise OutOfDate
    await _show(desk, merchant, visit, anew=True)


async def on_enter_categories(desk: Desk, tap: EnterCategories) -> None:
    """Turn to another page of categories."""
    merchant, visit, _ = await _draft(desk, tap.draft)
    await _show(desk, merchant, visit, near=tap.item)


async def on_enter_category(desk: Desk, tap: EnterCategory) -> None:
    """Show what is in a category."""
    merchant, visit, _ = await _draft(desk, tap.draft)
    await _show(desk, merchant, visit, item=await item_of(desk.books, merchant.id, tap.item))


async def on_enter_item(desk: Desk, tap: EnterItem) -> None:
    """Put one more of an item in, or ask for its options."""
    merchant, visit, draft = await _draft(desk, tap.draft)
    item = await item_of(desk.books, merchant.id, tap.item)
    if item.options:
        await _show_options(desk, draft, item, preset(groups_of(item)))
        return
    await _add(desk, draft, item.id, 1)
    await _show(desk, merchant, visit, item=item)


async def on_enter_options(desk: Desk, tap: EnterOptions) -> None:
    """Show an item with other options chosen."""
    merchant, _, draft = await _draft(desk, tap.draft)
    item = await item_of(desk.books, merchant.id, tap.item)
    check_mark(item, tap.mark)
    await _show_options(desk, draft, item, tap.chosen)


async def on_enter_chosen(desk: Desk, tap: EnterChosen) -> None:
    """Put one more of an item with its options in."""
    merchant, visit, draft = await _draft(desk, tap.draft)
    item = await item_of(desk.books, merchant.id, tap.item)
    check_mark(item, tap.mark)
    await _add(desk, draft, item.id, 1, write_choice(groups_of(item), tap.chosen))
    await _show(desk, merchant, visit, item=item)


async def on_less_entered(desk: Desk, tap: LessEntered) -> None:
    """Take one of a line out."""
    merchant, visit, draft = await _draft(desk, tap.draft)
    line = await desk.books.get(CartLine, tap.line)
    if line is None or line.draft_id != draft.id:
        raise OutOfDate
    await _add(desk, draft, line.item_id, -1, line.options)
    await _show(desk, merchant, visit, item=await item_of(desk.books, merchant.id, line.item_id))


async def on_send_entered(desk: Desk, tap: SendEntered) -> None:
    """Send it to the customer; who is to know is told by the event."""
    merchant = await _merchant(desk)
    draft = await desk.books.get(Draft, tap.draft)
    await _visit_of(desk, draft, merchant)
    assert draft is not None
    ask = SendProposal(
        draft.customer_id, merchant.currency, draft.id, tap.version, desk.peer.id, desk.peer.name
    )
    await desk.run(send_proposal, ask, key=f"{draft.id}:{tap.version}:{desk.peer.id}")
    desk.toast = desk.locale.plain("enter-sent-toast")


async def on_drop_entered(desk: Desk, tap: DropEntered) -> None:
    """Drop what was entered, whether or not it was sent."""
    merchant = await _merchant(desk)
    draft = await desk.books.get(Draft, tap.draft)
    visit = await _visit_of(desk, draft, merchant)
    assert draft is not None
    if proposal := await proposal_of(desk.books, draft):
        state = ProposalState.WITHDRAWN
        await desk.run(end_proposal, EndProposal(visit.customer_id, merchant.currency, proposal.id, state))
        return
    for line in await cart_of(desk.books, draft.id):
        await _add(desk, draft, line.item_id, -line.quantity, line.options)
    text = (await desk.readers()).say("enter-dropped", by=desk.peer.name)
    await desk.show_here(subject(draft.id), Page(text, quiet=True))


async def on_confirm_entered(desk: Desk, tap: ConfirmEntered) -> None:
    """Order what staff entered. Who is to know is told by the event."""
    draft = await own_draft(desk.books, tap.draft, desk.peer.id)
    await confirm_entered(desk, await _merchant_of(desk, draft), draft.id, tap.version)
    desk.toast = desk.locale.plain("entered-toast")


async def on_refuse_entered(desk: Desk, tap: RefuseEntered) -> None:
    """Say no to what staff entered."""
    draft = await own_draft(desk.books, tap.draft, desk.peer.id)
    proposal = await proposal_of(desk.books, draft)
    if proposal is None:
        raise OutOfDate
    currency = (await _merchant_of(desk, draft)).currency
    ask = EndProposal(desk.peer.id, currency, proposal.id, ProposalState.REFUSED)
    await desk.run(end_proposal, ask, key=str(proposal.id))


async def confirm_entered(desk: Desk, merchant: Merchant, draft_id: int, version: int) -> None:
    """Order what staff entered; where it cannot be, the question is drawn anew."""
    desk.entered = draft_id
    desk.go_on = partial(_ask_again, desk, draft_id)
    await require_reader(desk.books, merchant)
    zone = desk.house.settings.timezone.key
    ask = ConfirmProposal(desk.peer.id, merchant.currency, draft_id, version, desk.house.patience, zone)
    await desk.carry_out(confirm_proposal, ask)


async def question_page(books: Books, locale: Locale, proposal: Proposal) -> Page:
    """Return what the customer reads about what was entered for them: one message, edited."""
    draft = await books.get(Draft, proposal.draft_id)
    assert draft is not None
    lines = await cart_of(books, draft.id)
    rows: list[str] = [locale.say("entered-title", by=proposal.by_name)]
    rows += [row for line in lines for row in cart_rows(locale, line)]
    keys = Keyboard()
    if proposal.state is ProposalState.SENT and lines:
        label = locale.plain("button-confirm-entered", total=price_of_cart(lines))
        keys.row(Key(label, ConfirmEntered(draft.id, draft.version), look=Look.SUCCESS))
    if proposal.state is ProposalState.SENT:
        keys.row(Key(locale.plain("button-refuse-entered"), RefuseEntered(draft.id)))
    told = locale.say(f"entered-{proposal.state}", number=f"G-{proposal.order_id}")
    return Page("\n".join([*rows, "", told]), keys.rows)


async def answer_page(books: Books, locale: Locale, proposal: Proposal) -> Page:
    """Return what staff read about what was sent: one message, edited."""
    name = (await customer_of(books, proposal.customer_id)).name
    lines = await cart_of(books, proposal.draft_id)
    rows: list[str] = [locale.say("enter-title", name=name, seat=await _label(books, proposal.visit_id))]
    rows += [row for line in lines for row in cart_rows(locale, line)]
    told = {"name": name, "by": proposal.by_name, "number": f"G-{proposal.order_id}"}
    rows += ["", locale.say(f"enter-{proposal.state}", **told)]
    keys = Keyboard()
    if proposal.state is ProposalState.SENT:
        keys.row(Key(locale.plain("button-take-back"), DropEntered(proposal.draft_id)))
    return Page("\n".join(rows), keys.rows)


def subject(draft_id: int) -> str:
    """Return the subject of the message in the group in which an order is entered."""
    return f"enter:{draft_id}"


async def _show(
    desk: Desk,
    merchant: Merchant,
    visit: Visit,
    *,
    near: int = 0,
    item: MenuItem | None = None,
    anew: bool = False,
) -> None:
    """Show what is entered for a visit so far, with the menu near an item or its category below it."""
    locale, books = await desk.readers(), desk.books
    draft = await draft_for(books, visit.customer_id, DraftKind.ENTERED, visit.id)
    if proposal := await proposal_of(books, draft):
        page = await answer_page(books, locale, proposal)
    else:
        lines = await cart_of(books, draft.id)
        name = (await customer_of(books, visit.customer_id)).name
        rows: list[str] = [locale.say("enter-title", name=name, seat=await _label(books, visit.id))]
        rows += [row for line in lines for row in cart_rows(locale, line)]
        keys = await _menu_keys(desk, locale, merchant, draft, lines, near, item)
        for line in lines:
            keys.row(Key(f"− {line.name} ×{line.quantity}", LessEntered(draft.id, line.id)))
        if lines:
            label = locale.plain("button-send-entered", name=name, total=price_of_cart(lines))
            keys.row(Key(label, SendEntered(draft.id, draft.version), look=Look.SUCCESS))
        keys.row(Key(locale.plain("button-drop-entered"), DropEntered(draft.id)))
        page = Page("\n".join(rows), keys.rows, quiet=True)
    await desk.show_here(subject(draft.id), page, follows=anew)


async def _menu_keys(
    desk: Desk,
    locale: Locale,
    merchant: Merchant,
    draft: Draft,
    lines: Sequence[CartLine],
    near: int,
    item: MenuItem | None,
) -> Keyboard:
    """Return the whole of a short menu; of a long one the categories, or what is in the one of *item*."""
    items = await shown_menu(desk.books, merchant.id)
    if item is None and len(items) > WHOLE_MENU:
        return _category_keys(locale, draft, categories_near(items, near))
    part = items_near(items, item) if item else Part(items)
    chosen = Counter[int]()
    for line in lines:
        chosen[line.item_id] += line.quantity
    keys = Keyboard()
    for each in part.items:
        if label := _item_label(desk, locale, each, chosen[each.id]):
            keys.row(Key(label, EnterItem(draft.id, each.id)))
    keys.row(*part.turn_keys(locale, partial(EnterCategory, draft.id)))
    if item and len(items) > WHOLE_MENU:
        keys.row(Key(locale.plain("button-back"), EnterCategories(draft.id, item.id)))
    return keys


def _category_keys(locale: Locale, draft: Draft, part: Part) -> Keyboard:
    names = [Key(item.category, EnterCategory(draft.id, item.id)) for item in part.items]
    keys = Keyboard()
    for place in range(0, len(names), 2):
        keys.row(*names[place : place + 2])
    return keys.row(*part.turn_keys(locale, partial(EnterCategories, draft.id)))


def _item_label(desk: Desk, locale: Locale, item: MenuItem, chosen: int) -> str:
    """Return an item as its button says it, "" if it cannot be had now."""
    price = plain_price(item, desk.wall_clock)
    if price is None:
        return ""
    label = locale.plain("menu-item", item=item.name, price=price) + (" …" if item.options else "")
    return f"{label} ×{chosen}" if chosen else label


async def _show_options(desk: Desk, draft: Draft, item: MenuItem, chosen: int) -> None:
    """Show what can be chosen with an item; one tap more puts it in."""
    locale, groups, mark = await desk.readers(), groups_of(item), mark_of(item)
    keys = option_keys(locale, item, chosen, partial(EnterOptions, draft.id, item.id, mark))
    price = price_of(item, write_choice(groups, chosen), desk.wall_clock)
    if price is not None:
        add = EnterChosen(draft.id, item.id, mark, chosen)
        keys.row(Key(locale.plain("button-add", price=price), add, look=Look.PRIMARY))
    keys.row(Key(locale.plain("button-back"), EnterCategory(draft.id, item.id)))
    page = Page(locale.say("item-title", item=item.name), keys.rows, quiet=True)
    await desk.show_here(subject(draft.id), page)


async def _add(desk: Desk, draft: Draft, item_id: int, by: int, options: str = "") -> None:
    lines = await cart_of(desk.books, draft.id)
    now = sum(line.quantity for line in lines if (line.item_id, line.options) == (item_id, options))
    zone = desk.house.settings.timezone.key
    ask = SetQuantity(
        draft.id, draft.customer_id, item_id, max(0, now + by), options, zone, DraftKind.ENTERED
    )
    await desk.run(set_quantity, ask, key=f"{desk.key}:{item_id}:{options}")


async def _ask_again(desk: Desk, draft_id: int, notice: str) -> Page:
    """Bring the question up to date where it stands, and say on the screen why."""
    proposal = await proposal_of(desk.books, await own_draft(desk.books, draft_id, desk.peer.id))
    if proposal:
        page = await question_page(desk.books, desk.locale, proposal)
        await show(desk.books, desk.peer.id, f"entered:{draft_id}", page, follows=True)
    return await home(desk, notice)


async def _merchant(desk: Desk) -> Merchant:
    """Return the group's merchant to whoever may serve there, or refuse."""
    merchant = await merchant_here(desk)
    await require(desk.books, merchant.id, desk.doer, Right.SERVE)
    return merchant


async def _draft(desk: Desk, draft_id: int) -> tuple[Merchant, Visit, Draft]:
    """Return what is being entered in this group and was not sent yet, or refuse."""
    merchant = await _merchant(desk)
    draft = await desk.books.get(Draft, draft_id)
    visit = await _visit_of(desk, draft, merchant)
    assert draft is not None
    if draft.used or visit.state is not VisitState.OPEN:
        raise OutOfDate
    if await proposal_of(desk.books, draft):
        await _show(desk, merchant, visit)
        raise OutOfDate
    return merchant, visit, draft


async def _visit_of(desk: Desk, draft: Draft | None, merchant: Merchant) -> Visit:
    """Return the visit for which staff of this merchant enter something, or refuse."""
    if draft is None or draft.kind is not DraftKind.ENTERED or draft.visit_id is None:
        raise NotAllowed
    visit = await desk.books.get(Visit, draft.visit_id)
    if visit is None or visit.merchant_id != merchant.id:
        raise NotAllowed
    return visit


async def _merchant_of(desk: Desk, draft: Draft) -> Merchant:
    """Return the merchant whose staff have entered a draft, or refuse."""
    visit = await desk.books.get(Visit, draft.visit_id) if draft.visit_id else None
    if visit is None:
        raise OutOfDate
    return await find_merchant(desk.books, visit.merchant_id)


async def _label(books: Books, visit_id: int) -> str:
    visit = await books.get(Visit, visit_id)
    assert visit is not None
    return (await seat_of(books, visit)).label
