"""A shared table in the chat: who sits at it, who had what, and what may be ordered on its host."""

from __future__ import annotations

from functools import partial

from bot.buttons import (
    AskHost,
    CloseTable,
    InviteToTable,
    LeaveTable,
    LimitOnHost,
    OpenLimit,
    OpenTable,
    PlaceCartOnHost,
    SetCompanion,
    StartTable,
)
from bot.cart import cart_page
from bot.desk import DRAW_PARTY, Desk
from bot.home import back_key, home
from bot.locales import Locale, Markup
from bot.order_goods import require_reader
from bot.pages import Key, Keyboard, Look, Page
from core.amounts import read_amount
from core.errors import AmountUnreadable, NotInParty, NotYours, OutOfDate
from core.merchant import find_merchant
from core.money import EXPONENTS, Money, total
from core.open_account import customer_of
from core.order_goods import GoodsOrder, Line
from core.party import (
    AskToJoin,
    CloseParty,
    Companion,
    CompanionState,
    DecideCompanion,
    JoinParty,
    LeaveParty,
    Party,
    PlaceOnHost,
    SetLimit,
    StartParty,
    ask_to_join,
    close_party,
    companions_of,
    decide_companion,
    join_party,
    leave_party,
    lines_for,
    order_on_host,
    parties_at_seat,
    party_hosted,
    party_joined,
    room_of,
    set_limit,
    start_party,
)
from core.ports import Books
from core.visit import Visit

PARTY = "party"

HOSTS_SHOWN = 3

_REFUSED = (CompanionState.ASKED, CompanionState.REMOVED)


async def on_open_table(desk: Desk, tap: OpenTable) -> None:
    """Show the table that the person sits at, or how to begin one."""
    await desk.expect("")
    await desk.show(await party_page(desk))


async def on_start_table(desk: Desk, tap: StartTable) -> None:
    visit, merchant = await desk.here()
    desk.go_on = partial(party_page, desk)
    await desk.run(start_party, StartParty(desk.peer.id, merchant.currency, visit.id))
    await desk.show(await party_page(desk))


async def on_invite_to_table(desk: Desk, tap: InviteToTable) -> None:
    """Send the link to pass on, and a picture for those who sit here to scan."""
    party = await _hosted(desk, tap.party)
    key = Key(desk.locale.plain("button-join-table"), url=desk.house.party_link(party.code))
    await desk.say(Page(desk.locale.say("party-invite", host=desk.peer.name), [[key]]))
    await desk.ask_outside(DRAW_PARTY, party.id)
    await desk.show(await party_page(desk))


async def on_ask_host(desk: Desk, tap: AskHost) -> None:
    """Ask the host at the same seat to be let in."""
    await desk.here()
    desk.go_on = partial(party_page, desk)
    await desk.run(ask_to_join, AskToJoin(desk.peer.id, tap.party))
    await desk.show(await party_page(desk))


async def on_set_companion(desk: Desk, tap: SetCompanion) -> None:
    """Let somebody in, or out."""
    await desk.here()
    desk.go_on = partial(party_page, desk)
    await desk.run(decide_companion, DecideCompanion(desk.peer.id, tap.companion, bool(tap.welcome)))
    await desk.show(await party_page(desk))


async def on_leave_table(desk: Desk, tap: LeaveTable) -> None:
    await desk.here()
    desk.go_on = partial(party_page, desk)
    await desk.run(leave_party, LeaveParty(desk.peer.id, tap.party))
    await desk.show(await home(desk))


async def on_close_table(desk: Desk, tap: CloseTable) -> None:
    await desk.here()
    desk.go_on = partial(party_page, desk)
    await desk.run(close_party, CloseParty(desk.peer.id, tap.party))
    await desk.show(await home(desk, desk.locale.say("party-closed-here")))


async def on_open_limit(desk: Desk, tap: OpenLimit) -> None:
    """Offer sums, and take one that is typed."""
    party = await _hosted(desk, tap.party)
    await desk.expect(f"limit:{party.id}")
    await desk.show(await limit_page(desk, party.id))


async def on_limit_on_host(desk: Desk, tap: LimitOnHost) -> None:
    """Take the sum that was tapped: one of the presets, or nothing for nobody."""
    party = await _hosted(desk, tap.party)
    sums = limits(desk, party)
    if tap.place >= len(sums):
        raise OutOfDate
    await _set_limit(desk, party, tap.version, sums[tap.place])


async def on_typed_limit(desk: Desk, party_id: int, text: str) -> None:
    """Take the sum that was typed; a wrong one can be typed again."""
    party = await _hosted(desk, party_id)
    desk.go_on = partial(limit_page, desk, party.id)
    currency = party.limit.currency
    minor = read_amount(text, EXPONENTS[currency], currency)
    if not isinstance(minor, int):
        raise AmountUnreadable(minor.value, Money(2000, currency))
    await _set_limit(desk, party, party.version, Money(minor, currency))


async def on_place_cart_on_host(desk: Desk, tap: PlaceCartOnHost) -> None:
    """Order what is in the cart on the host. Both are told by the event."""
    _, merchant = await desk.here()
    desk.go_on = partial(cart_page, desk)
    await require_reader(desk.books, merchant)
    ask = PlaceOnHost(
        desk.peer.id, tap.cart, tap.version, tap.party, desk.house.patience, desk.house.settings.timezone.key
    )
    await desk.carry_out(order_on_host, ask)
    desk.toast = desk.locale.plain("order-placed-toast")


async def join_table(desk: Desk, code: str) -> None:
    """Join the table whose link was opened."""
    await desk.run(join_party, JoinParty(desk.peer.id, code))
    await desk.show(await party_page(desk))


async def party_page(desk: Desk, notice: str = "") -> Page:
    """Return the table that the person sits at: as its host sees it, or as the others do."""
    visit, _ = await desk.here()
    if party := await party_hosted(desk.books, visit.id):
        text, keys = await _hosts_view(desk, party)
    elif party := await party_joined(desk.books, visit.id):
        text, keys = await _companions_view(desk, party, visit)
    else:
        text, keys = await _nobodys_view(desk, visit)
    return Page(f"{notice}\n\n{text}".strip(), keys.row(back_key(desk)).rows, name=PARTY)


async def limit_page(desk: Desk, party_id: int, notice: str = "") -> Page:
    """Return the sums that the others may order on the host."""
    party = await _hosted(desk, party_id)
    keys = Keyboard()
    labels = [desk.locale.plain("button-nobody"), *map(desk.locale.money, limits(desk, party)[1:])]
    found = [Key(label, LimitOnHost(party.id, party.version, n)) for n, label in enumerate(labels)]
    keys.row(*found[1:])
    keys.row(found[0], Key(desk.locale.plain("button-back"), OpenTable()))
    return Page(f"{notice}\n\n{desk.locale.say('party-limit-ask')}".strip(), keys.rows)


def limits(desk: Desk, party: Party) -> list[Money]:
    """Return the sums that can be tapped, first none at all."""
    currency = party.limit.currency
    presets = desk.house.settings.top_up_presets
    return [Money.zero(currency), *(each for each in presets if each.currency == currency)]


async def told_host(
    books: Books, locale: Locale, companion: Companion, before: CompanionState | None
) -> Page:
    """Return what the host reads about somebody who asks, comes or goes: one message, edited."""
    name = (await customer_of(books, companion.customer_id)).name
    if before is CompanionState.REMOVED:
        return Page(locale.say("party-companion-again", name=name))
    if (before, companion.state) == _REFUSED:
        return Page(locale.say("party-companion-refused", name=name))
    if before is CompanionState.ASKED and companion.state is CompanionState.LEFT:
        return Page(locale.say("party-companion-changed", name=name))
    keys = Keyboard()
    if companion.state is CompanionState.ASKED:
        keys.row(
            Key(locale.plain("button-let-join"), SetCompanion(companion.id, 1), look=Look.SUCCESS),
            Key(locale.plain("button-keep-out"), SetCompanion(companion.id, 0)),
        )
    return Page(locale.say(f"party-companion-{companion.state}", name=name), keys.rows)


async def told_companion(
    books: Books, locale: Locale, party: Party, companion: Companion, before: CompanionState | None
) -> Page:
    """Return what somebody reads about the table that they are at, or were: one message, edited."""
    host = (await customer_of(books, party.host_id)).name
    if party.ended_at is not None:
        return Page(locale.say("party-over", host=host))
    if before is CompanionState.REMOVED:
        return Page(locale.say("party-again", host=host))
    if (before, companion.state) == _REFUSED:
        return Page(locale.say("party-you-refused", host=host))
    rows: list[str] = [locale.say(f"party-you-{companion.state}", host=host)]
    if companion.state is CompanionState.JOINED:
        rows.append(_limit_row(locale, party, host))
    return Page("\n".join(rows))


async def _hosts_view(desk: Desk, party: Party) -> tuple[str, Keyboard]:
    """Return who had what since they came, and what the host can do about it."""
    merchant = await find_merchant(desk.books, party.merchant_id)
    say, label, keys = desk.locale.say, desk.locale.plain, Keyboard()
    rows: list[str] = [say("party-title", merchant=merchant.name)]
    had = await lines_for(desk.books, party.visit_id, party.began_at)
    rows += _person_rows(desk.locale, party, say("party-host", name=desk.peer.name), had)
    sums = [line.total for _, line in had]
    for companion in await companions_of(desk.books, party):
        name = (await customer_of(desk.books, companion.customer_id)).name
        had = await lines_for(desk.books, companion.visit_id, companion.joined_at)
        here = companion.state is CompanionState.JOINED
        had = [each for each in had if here or each[0].party_id == party.id]
        if here or had:
            word = "party-person" if here else "party-person-gone"
            rows += _person_rows(desk.locale, party, say(word, name=name), had)
            sums += [line.total for _, line in had]
        keys.row(*_companion_keys(desk.locale, companion, name))
    whole = total(sums, party.limit.currency)
    rows += ["", say("party-total", total=whole)]
    if party.limit:
        rows.append(say("party-limit", limit=party.limit, left=await room_of(desk.books, party)))
    else:
        rows.append(say("party-limit-nobody"))
    keys.row(Key(label("button-invite-table"), InviteToTable(party.id), look=Look.PRIMARY))
    keys.row(
        Key(label("button-limit"), OpenLimit(party.id)),
        Key(label("button-close-table"), CloseTable(party.id)),
    )
    return "\n".join(rows), keys


def _companion_keys(locale: Locale, companion: Companion, name: str) -> list[Key]:
    match companion.state:
        case CompanionState.ASKED:
            return [
                Key(locale.plain("button-let-in-name", name=name), SetCompanion(companion.id, 1)),
                Key(locale.plain("button-remove", name=name), SetCompanion(companion.id, 0)),
            ]
        case CompanionState.JOINED:
            return [Key(locale.plain("button-remove", name=name), SetCompanion(companion.id, 0))]
        case CompanionState.REMOVED:
            return [Key(locale.plain("button-let-again", name=name), SetCompanion(companion.id, 1))]
        case _:
            return []


async def _companions_view(desk: Desk, party: Party, visit: Visit) -> tuple[str, Keyboard]:
    """Return who sits there, what oneself had, and what the host allows."""
    host = (await customer_of(desk.books, party.host_id)).name
    others = await companions_of(desk.books, party, CompanionState.JOINED)
    names = [host, *[(await customer_of(desk.books, each.customer_id)).name for each in others]]
    (me,) = [each for each in others if each.visit_id == visit.id]
    had = await lines_for(desk.books, visit.id, me.joined_at)
    name = desk.locale.say("party-person", name=desk.peer.name)
    rows: list[str] = [
        desk.locale.say("party-title-at", host=host, names=desk.locale.listed(names)),
        *_person_rows(desk.locale, party, name, had, "party-row-on-host"),
        "",
        _limit_row(desk.locale, party, host),
    ]
    if party.limit:
        rows.append(desk.locale.say("party-limit-left", left=await room_of(desk.books, party)))
    return "\n".join(rows), Keyboard().row(Key(desk.locale.plain("button-leave-table"), LeaveTable(party.id)))


async def _nobodys_view(desk: Desk, visit: Visit) -> tuple[str, Keyboard]:
    """Return how to begin a table, or to join one at the same seat."""
    rows: list[str] = [desk.locale.say("party-none")]
    keys = Keyboard()
    for party in (await parties_at_seat(desk.books, visit))[:HOSTS_SHOWN]:
        host = (await customer_of(desk.books, party.host_id)).name
        asked = await desk.books.find(
            Companion, party_id=party.id, visit_id=visit.id, state=CompanionState.ASKED
        )
        if asked:
            rows.append(desk.locale.say("party-you-asked", host=host))
        else:
            keys.row(Key(desk.locale.plain("button-ask-host", host=host), AskHost(party.id)))
    keys.row(Key(desk.locale.plain("button-start-table"), StartTable(), look=Look.PRIMARY))
    return "\n".join(rows), keys


def _person_rows(
    locale: Locale,
    party: Party,
    name: Markup,
    had: list[tuple[GoodsOrder, Line]],
    on_host: str = "party-row-on-you",
) -> list[str]:
    """Return somebody's lines below their name and sum; what the host pays for others is marked."""
    whole = total((line.total for _, line in had), party.limit.currency)
    rows: list[str] = [locale.say("party-sum", name=name, total=whole)]
    for order, line in had:
        word = "party-row" if order.party_id is None else on_host
        rows.append(locale.say(word, quantity=str(line.quantity), item=line.name, amount=line.total))
    return rows


def _limit_row(locale: Locale, party: Party, host: str) -> str:
    if not party.limit:
        return locale.say("party-own")
    return locale.say("party-limit-of", host=host, limit=party.limit)


async def _hosted(desk: Desk, party_id: int) -> Party:
    """Return the person's own party, or refuse."""
    party = await desk.books.get(Party, party_id)
    if party is None or party.host_id != desk.peer.id:
        raise NotYours
    await desk.here()
    desk.go_on = partial(party_page, desk)
    if party.ended_at is not None:
        raise NotInParty
    return party


async def _set_limit(desk: Desk, party: Party, version: int, limit: Money) -> None:
    await desk.run(set_limit, SetLimit(desk.peer.id, party.id, version, limit))
    await desk.expect("")
    await desk.show(await party_page(desk))
