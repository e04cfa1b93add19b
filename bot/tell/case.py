"""What is told of a case: to its customer, and to those who can answer it."""

from __future__ import annotations

from collections.abc import Iterable

from bot.case import answer_page, customers_page, file_of
from bot.case import card_page as case_card_page
from bot.desk import House
from bot.outbox import say, show
from bot.people import Peer, peer_of
from bot.tell.readers import existing, locale_and_customer
from core.case import CaseAct, CaseMoved, VisitCase
from core.merchant import find_merchant
from core.ports import Books
from core.staff import Right, allows, staff_of


async def case_moved(books: Books, house: House, event: CaseMoved) -> None:
    """Show a case to its customer and to those who can answer it, as it stands now."""
    case = await existing(books, VisitCase, event.case_id)
    locale, customer = await locale_and_customer(books, house, case.customer_id)
    file = await file_of(books, case.id, (await peer_of(books, customer.id)).name)
    heard = event.act in (CaseAct.OPEN, CaseAct.MAKE_GOOD)
    page = customers_page(locale, file)
    await show(books, customer.id, f"case:{case.id}", page, follows=heard)
    if event.act is CaseAct.CLOSE:
        await say(books, customer.id, answer_page(locale, file))
    rings = event.act in (CaseAct.OPEN, CaseAct.SAY, CaseAct.ESCALATE)
    for reader in await _readers_of(books, house, case):
        card = case_card_page(house.locale(reader), file, in_private=reader.id > 0)
        await show(books, reader.id, f"case-card:{case.id}", card, follows=rings)


async def _readers_of(books: Books, house: House, case: VisitCase) -> list[Peer]:
    """Return who answers a case: owners and managers, else the group, else admins; in the end these too."""
    merchant = await find_merchant(books, case.merchant_id)
    members = [each for each in await staff_of(books, merchant.id) if allows(each.role, Right.MAKE_GOOD)]
    readers = await _reachable(books, [member.person_id for member in members])
    if not readers and merchant.group_id is not None:
        readers = await _reachable(books, [merchant.group_id])
    if not readers or case.escalated_at:
        known = {reader.id for reader in readers}
        admins = await _reachable(books, house.settings.admin_ids)
        readers += [admin for admin in admins if admin.id not in known]
    return readers


async def _reachable(books: Books, ids: Iterable[int]) -> list[Peer]:
    peers = [await books.get(Peer, id_) for id_ in ids]
    return [peer for peer in peers if peer and peer.reachable]
