"""What is not right about a checkout: the customer says so, those in charge answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from bot.buttons import AnswerCase, Complain, MakeLineGood, NotRight, SayMoreOf, TypeAnswer
from bot.counter.cards import order_deed_row
from bot.desk import Desk
from bot.home import back_key, home
from bot.locales import Locale
from bot.order_goods import marked_row
from bot.pages import Key, Keyboard, Look, Page
from core.case import (
    SAYING_LENGTH,
    CaseAct,
    CaseAnswer,
    CaseDeed,
    CaseState,
    CloseCase,
    NoteMadeGood,
    OpenCase,
    SayMore,
    VisitCase,
    Wrong,
    can_be_made_good,
    case_deeds,
    case_with,
    close_case,
    lines_of_case,
    note_made_good,
    open_case,
    open_case_about,
    orders_of_case,
    reason_behind,
    say_more,
    steps_to_make_good,
)
from core.check_out import CheckOut
from core.errors import CaseClosed, NotAllowed, NotYours
from core.make_good import make_good
from core.merchant import find_merchant
from core.order_goods import GoodsOrder, Line, lines_of
from core.ports import Books
from core.seat import Seat
from core.serve import AMENDED, Deed, ServeOrder, deeds_of, serve_order
from core.staff import Right, require, staff_of


@dataclass(frozen=True, slots=True)
class File:
    """All that is known about a case."""

    case: VisitCase
    merchant: str
    customer: str
    seat: str
    lines: Sequence[Line]
    orders: dict[int, GoodsOrder]
    served: Sequence[Deed]
    acts: Sequence[CaseDeed]


# The customer's side


async def on_not_right(desk: Desk, tap: NotRight) -> None:
    """Ask what is not right; where that was said already, ask for more."""
    receipt = await desk.books.get(CheckOut, tap.receipt)
    if receipt is None or receipt.customer_id != desk.peer.id:
        raise NotYours
    if known := await open_case_about(desk.books, receipt.id):
        await _ask_for_more(desk, known.id)
        return
    keys = Keyboard()
    for wrong in Wrong:
        keys.row(Key(desk.locale.plain(f"wrong-{wrong}"), Complain(receipt.id, wrong)))
    text = desk.locale.say("case-what", number=f"C-{receipt.id}")
    await desk.expect("")
    await desk.show(Page(text, keys.row(back_key(desk)).rows))


async def on_complain(desk: Desk, tap: Complain) -> None:
    """Open a case for those in charge, and ask for a sentence about it."""
    ask = OpenCase(tap.receipt, desk.peer.id, desk.peer.name, tap.wrong)
    case_id = await desk.run(open_case, ask)
    desk.toast = desk.locale.plain("case-opened-toast", number=f"N-{case_id}")
    await _ask_for_more(desk, case_id)


async def on_say_more_of(desk: Desk, tap: SayMoreOf) -> None:
    case = await case_with(desk.books, tap.case)
    if case.customer_id != desk.peer.id:
        raise NotYours
    if case.state is CaseState.CLOSED:
        raise CaseClosed(case.id, case.closed_name)
    await _ask_for_more(desk, case.id)


async def on_typed_saying(desk: Desk, case_id: int, text: str) -> None:
    """Add what the customer typed to their case; what is too long can be typed again."""
    desk.go_on = partial(_more_page, desk, case_id)
    await desk.run(say_more, SayMore(case_id, desk.peer.id, desk.peer.name, text.strip()))
    await desk.expect("")
    await desk.show(await home(desk, desk.locale.say("case-said", number=f"N-{case_id}")))


def customers_page(locale: Locale, file: File) -> Page:
    """Return a case as its customer sees it: one message, edited as it goes on."""
    case, say = file.case, locale.say
    rows: list[str] = [
        say("case-title", number=f"N-{case.id}", receipt=f"C-{case.check_out_id}"),
        say(f"wrong-{case.wrong}"),
        *_said_rows(locale, file.acts),
        *(say("case-given-back", item=act.about) for act in file.acts if act.action is CaseAct.MAKE_GOOD),
        "",
    ]
    keys = Keyboard()
    if case.state is CaseState.OPEN:
        rows.append(say("case-waits", merchant=file.merchant))
        keys.row(Key(locale.plain("button-say-more"), SayMoreOf(case.id)))
    else:
        rows.append(say("case-answered", merchant=file.merchant, answer=_answer(locale, case)))
    return Page("\n".join(rows), keys.rows)


def answer_page(locale: Locale, file: File) -> Page:
    """Return what the customer hears when those in charge have answered."""
    case = file.case
    told = {"number": f"N-{case.id}", "merchant": file.merchant, "answer": _answer(locale, case)}
    key = Key(locale.plain("button-still-not-right"), NotRight(case.check_out_id))
    return Page(locale.say("case-answer", **told), [[key]])


async def _ask_for_more(desk: Desk, case_id: int) -> None:
    await desk.expect(f"case:{case_id}")
    await desk.show(await _more_page(desk, case_id))


async def _more_page(desk: Desk, case_id: int, notice: str = "") -> Page:
    text = desk.locale.say("case-more", number=f"N-{case_id}", most=str(SAYING_LENGTH))
    keys = Keyboard().row(Key(desk.locale.plain("button-that-is-all"), back_key(desk).button))
    return Page(f"{notice}\n\n{text}".strip(), keys.rows)


# The merchant's side


async def on_make_line_good(desk: Desk, tap: MakeLineGood) -> None:
    """Give a line back because of a case, by the same path as from its order's card."""
    case = await _case_here(desk, tap.case)
    if case.state is CaseState.CLOSED:
        raise CaseClosed(case.id, case.closed_name)
    if tap.line not in [line.id for line in await lines_of_case(desk.books, case)]:
        raise NotAllowed
    line = await desk.books.get(Line, tap.line)
    assert line is not None
    for version, action in enumerate(steps_to_make_good(line), tap.version):
        ask = ServeOrder(
            line.order_id, version, action, reason_behind(case.wrong) if action in AMENDED else None,
            desk.peer.id, desk.peer.name, line.id, 0,
            timedelta(seconds=desk.house.settings.order_expiry_seconds), desk.house.settings.timezone.key,
        )  # fmt: skip
        command = make_good if action in AMENDED else serve_order
        await desk.run(command, ask, key=f"case:{case.id}:{line.id}:{version}:{action}:{desk.peer.id}")
    key = f"{case.id}:{line.id}:{tap.version}:{desk.peer.id}"
    await desk.run(note_made_good, NoteMadeGood(case.id, line.id, desk.doer), key=key)
    desk.toast = desk.locale.plain("case-made-good-toast", item=line.name)


async def on_answer_case(desk: Desk, tap: AnswerCase) -> None:
    """Close a case with one of the answers that there are."""
    case = await _case_here(desk, tap.case)
    ask = CloseCase(case.id, tap.version, tap.answer, "", desk.doer)
    await desk.run(close_case, ask, key=f"{case.id}:{tap.version}:{tap.answer}:{desk.peer.id}")
    desk.toast = desk.locale.plain("case-closed-toast", number=f"N-{case.id}")


async def on_type_answer(desk: Desk, tap: TypeAnswer) -> None:
    """Take the next text for the answer; in a group nobody's text is read."""
    case = await _case_here(desk, tap.case)
    if not desk.place.is_private:
        raise NotAllowed
    if case.state is CaseState.CLOSED:
        raise CaseClosed(case.id, case.closed_name)
    await desk.expect(f"answer:{case.id}")
    await desk.show(await _answer_page(desk, case.id))


async def on_typed_answer(desk: Desk, case_id: int, text: str) -> None:
    """Close a case with what was typed."""
    case = await _case_here(desk, case_id)
    desk.on_card, desk.go_on = False, partial(_answer_page, desk, case.id)
    await desk.run(close_case, CloseCase(case.id, case.version, CaseAnswer.TYPED, text.strip(), desk.doer))
    await desk.expect("")
    await desk.show(await home(desk, desk.locale.say("case-closed-toast", number=f"N-{case.id}")))


def card_page(locale: Locale, file: File, *, in_private: bool) -> Page:
    """Return a case as those see it who answer it, with what they can do."""
    case, say = file.case, locale.say
    title = say(
        "case-card-title", number=f"N-{case.id}", merchant=file.merchant, seat=file.seat,
        receipt=f"C-{case.check_out_id}",
    )  # fmt: skip
    names = {line.id: line.name for line in file.lines}
    rows = [
        title,
        say("case-card-wrong", name=file.customer, wrong=locale.plain(f"wrong-{case.wrong}")),
        *_said_rows(locale, file.acts),
        "",
        *(marked_row(locale, line) for line in file.lines),
        *(order_deed_row(locale, deed, names) for deed in file.served),
        "",
        *(_act_row(locale, act) for act in file.acts),
    ]
    if case.state is CaseState.CLOSED:
        rows.append(say("case-card-closed", name=case.closed_name, answer=_answer(locale, case)))
        return Page("\n".join(rows))
    return Page("\n".join(rows), _card_keys(locale, file, in_private=in_private).rows)


async def file_of(books: Books, case_id: int, customer: str) -> File:
    """Return all that is known about a case."""
    case = await case_with(books, case_id)
    receipt = await books.get(CheckOut, case.check_out_id)
    assert receipt is not None
    seat = await books.get(Seat, receipt.seat_id)
    lines = await _all_lines(books, case)
    orders = await orders_of_case(books, lines)
    served = [deed for order_id in sorted(orders) for deed in await deeds_of(books, order_id)]
    merchant = await find_merchant(books, case.merchant_id)
    label, acts = seat.label if seat else "", await case_deeds(books, case.id)
    return File(case, merchant.name, customer, label, lines, orders, served, acts)


async def _all_lines(books: Books, case: VisitCase) -> list[Line]:
    """Return the lines of every order that the checkout paid some of, those not paid for as well."""
    paid = await lines_of_case(books, case)
    return [
        line
        for order_id in sorted({line.order_id for line in paid})
        for line in await lines_of(books, order_id)
    ]


def _card_keys(locale: Locale, file: File, *, in_private: bool) -> Keyboard:
    case, keys = file.case, Keyboard()
    for line in can_be_made_good(file.lines):
        label = locale.plain(
            "button-give-back", quantity=str(line.quantity), item=line.name, amount=line.total
        )
        keys.row(Key(label, MakeLineGood(case.id, line.id, line.version)))
    gave_back = any(act.action is CaseAct.MAKE_GOOD for act in file.acts)
    answers = [CaseAnswer.GIVEN_BACK] if gave_back else [CaseAnswer.WAS_RIGHT, CaseAnswer.TALKED]
    for answer in answers:
        look = Look.SUCCESS if answer is CaseAnswer.GIVEN_BACK else Look.PLAIN
        label = locale.plain(f"button-answer-{answer}")
        keys.row(Key(label, AnswerCase(case.id, case.version, answer), look=look))
    return keys.row(Key(locale.plain("button-type-answer"), TypeAnswer(case.id)) if in_private else None)


def _said_rows(locale: Locale, acts: Sequence[CaseDeed]) -> list[str]:
    return [locale.say("case-quote", text=act.about) for act in acts if act.action is CaseAct.SAY]


def _act_row(locale: Locale, act: CaseDeed) -> str:
    told = {"time": locale.time(act.done_at), "by": act.by_name, "about": act.about}
    return locale.say(f"case-act-{act.action}", **told)


def _answer(locale: Locale, case: VisitCase) -> str:
    return case.said if case.answer == CaseAnswer.TYPED else locale.plain(f"answer-{case.answer}")


async def _answer_page(desk: Desk, case_id: int, notice: str = "") -> Page:
    text = desk.locale.say("case-type-answer", number=f"N-{case_id}", most=str(SAYING_LENGTH))
    return Page(f"{notice}\n\n{text}".strip(), Keyboard().row(back_key(desk)).rows)


async def _case_here(desk: Desk, case_id: int) -> VisitCase:
    """Return the case to whoever may answer it here, or refuse: what is pressed is a card, not a screen.

    In private that is who has the role, or an admin; where there is no staff list, whoever is in the group.
    """
    desk.on_card = True
    case = await case_with(desk.books, case_id)
    merchant = await find_merchant(desk.books, case.merchant_id)
    if desk.place.is_private and desk.is_admin:
        return case
    if desk.place.is_private and not await staff_of(desk.books, merchant.id):
        raise NotAllowed
    if not desk.place.is_private and merchant.group_id != desk.place.chat_id:
        raise NotAllowed
    await require(desk.books, merchant.id, desk.doer, Right.MAKE_GOOD)
    return case
