"""What is due at its time: of top-ups, orders, visits, calls and gifts."""

from __future__ import annotations

from datetime import timedelta

from bot.errands.work import Work
from bot.telegram.kept import forget_bodies, last_heard
from bot.tell.ordering import press_about_call, press_about_seat, press_staff
from bot.tell.top_up import warn_window
from core.case import EscalateCase, escalate_case
from core.check_out import Cause
from core.closing import KeepHours, keep_hours
from core.end_visit import EndVisit, GatewayRules, end_visit
from core.endings import Moment
from core.enter import EndProposal, Proposal, ProposalState, end_proposal
from core.errand import Errand, send_on
from core.gift import EndGift, GiftState, end_gift
from core.idle import WatchVisit, watch_visit
from core.merchant import find_merchant
from core.ordering import Step
from core.ports import Books
from core.promotion import SettlePromise, settle_promise
from core.serve import ExpireOrder, expire_order
from core.top_up import ExpireTopUp, expire_top_up
from core.visit import Visit

FORGET_BODIES = "forget_bodies"
FORGET_EVERY = timedelta(hours=1)


async def on_expire_top_up(work: Work, errand: Errand) -> None:
    await work.command(errand, expire_top_up, ExpireTopUp(errand.subject_id))


async def on_settle_promise(work: Work, errand: Errand) -> None:
    await work.command(errand, settle_promise, SettlePromise(errand.subject_id))


async def on_warn_window(work: Work, errand: Errand) -> None:
    """Say daily that money can soon no longer go back to the payment it came from."""
    await work.finish(errand, lambda books: warn_window(books, work.house, errand.subject_id))


async def on_expire_order(work: Work, errand: Errand) -> None:
    """Ping, alert, and in the end release an order that nobody answers."""
    if errand.body == Step.RELEASE:
        await work.command(errand, expire_order, ExpireOrder(errand.subject_id))
    else:
        step = Step(errand.body)
        await work.finish(errand, lambda books: press_staff(books, work.house, errand.subject_id, step))


async def on_lapse_gift(work: Work, errand: Errand) -> None:
    """Release what was offered and nobody has taken."""
    await work.command(errand, end_gift, EndGift(errand.subject_id, GiftState.LAPSED))


async def on_lapse_proposal(work: Work, errand: Errand) -> None:
    """Drop what staff entered and the customer has not confirmed."""

    async def lapse(books: Books) -> None:
        proposal = await books.get(Proposal, errand.subject_id)
        visit = await books.get(Visit, proposal.visit_id) if proposal else None
        assert proposal is not None
        assert visit is not None
        currency = (await find_merchant(books, visit.merchant_id)).currency
        ask = EndProposal(proposal.customer_id, currency, proposal.id, ProposalState.LAPSED)
        await books.once(f"errand:{errand.id}", end_proposal, ask)

    await work.finish(errand, lapse)


async def on_press_call(work: Work, errand: Errand) -> None:
    """Ping, then alert, about a call that nobody takes."""
    step = Step(errand.body)
    await work.finish(errand, lambda books: press_about_call(books, work.house, errand.subject_id, step))


async def on_press_seat(work: Work, errand: Errand) -> None:
    """Ping, then alert, about somebody whom nobody lets in."""
    step = Step(errand.body)
    await work.finish(errand, lambda books: press_about_seat(books, work.house, errand.subject_id, step))


async def on_watch_visit(work: Work, errand: Errand) -> None:
    """See whether anything goes on at a visit; what its customer wrote or tapped counts, too."""

    async def watch(books: Books) -> None:
        visit = await books.get(Visit, errand.subject_id)
        assert visit is not None
        seen_at = await last_heard(books, visit.customer_id)
        ask = WatchVisit(visit.id, int(errand.body), seen_at)
        await books.once(f"errand:{errand.id}", watch_visit, ask)

    await work.finish(errand, watch)


async def on_end_visit(work: Work, errand: Errand) -> None:
    """Check a visit out without its customer; gateways that are off take nothing back."""
    cause, _, version = errand.body.partition(":")
    rules = tuple(GatewayRules(each.name, each.capabilities) for each in work.house.gateways)
    zone = work.house.settings.timezone.key
    ask = EndVisit(errand.subject_id, Cause(cause), int(version or 0), rules, zone)
    await work.command(errand, end_visit, ask)


async def on_keep_hours(work: Work, errand: Errand) -> None:
    version, _, moment = errand.body.partition(":")
    zone = work.house.settings.timezone.key
    ask = KeepHours(errand.subject_id, int(version), Moment(moment), zone)
    await work.command(errand, keep_hours, ask)


async def on_escalate_case(work: Work, errand: Errand) -> None:
    await work.command(errand, escalate_case, EscalateCase(errand.subject_id))


async def on_forget_bodies(work: Work, errand: Errand) -> None:
    await work.finish(errand, lambda books: _forget(books, errand))


async def _forget(books: Books, errand: Errand) -> None:
    """Forget old updates, some at a time: the errand names the last that was looked at."""
    last = await forget_bodies(books, errand.subject_id)
    pause = timedelta(0) if last > errand.subject_id else FORGET_EVERY
    await send_on(books, FORGET_BODIES, last, pause)
