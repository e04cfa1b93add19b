"""What can happen in a transcript besides writing and tapping, and the words for it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aiohttp import ClientSession

from bot.desk import JOIN, PARTY_LINK
from bot.sandbox.payments import Wishes
from bot.sandbox.seen import Payment, payment_of
from bot.sandbox.world import card_of
from core.dispute import DisputeState
from core.ledger import Standing
from core.lot import Lot
from core.money import Money
from core.party import Party
from core.presence import Seating, code_fits
from core.staff import Invite
from tests.surroundings import SURROUNDINGS, Act

if TYPE_CHECKING:
    from tests.transcript import Transcript

FAULTS: dict[str, tuple[str, dict[str, Any]]] = {
    "refuses the next refund": ("fail", {"code": "expired_card"}),
    "does not answer the next refund": ("hang", {"effect": False}),
    "takes the next refund and does not say so": ("drop", {"effect": True}),
    "loses the next refund and does not answer": ("drop", {"effect": False}),
    "takes its time with the next refund": ("pending", {}),
}


async def _arrives(play: Transcript, name: str, language: str) -> None:
    await play.stage.add_person(name, language)


# Short for what other transcripts show in full


async def _sits(play: Transcript, name: str, label: str, money: str) -> None:
    """Arrive, scan, open an account and have topped up; nothing of it is shown."""
    who = name.lower()
    await _arrives(play, name, "en")
    await play.act(f"{who} scans {label}")
    await play.act(f"{who}* Open my account")
    if money != "nothing":
        await play.stage.top_up(who, Money(int(money.replace(".", "")), "EUR"))
    play.look_away()


async def _orders(play: Transcript, who: str, item: str, price: str) -> None:
    """Open the menu, tap an item, order it; only what the last tap leads to is shown."""
    await play.act(f"{who}* 🍺 Order")
    await play.act(f"{who}* {item} · {price}")
    play.look_away()
    await play.act(f"{who}* Order · {price}")


# Seats


async def _scans(play: Transcript, who: str, label: str) -> None:
    """The first code of a seat that was scanned stays on the wall, even if the seat got a new one."""
    token = play.words.get(f"seat {label}") or await play.stage.seat_token(label)
    play.words[f"seat {label}"] = token
    await play.stage.client.start(play.stage.people[who], token)


async def _scans_new(play: Transcript, who: str, label: str) -> None:
    await play.stage.client.start(play.stage.people[who], await play.stage.seat_token(label))


async def _scans_nonsense(play: Transcript, who: str, token: str) -> None:
    await play.stage.client.start(play.stage.people[who], token)


async def _types_wrong_code(play: Transcript, who: str) -> None:
    """Type four digits that are not the code of the moment, nor the one before it, at the first merchant."""
    seating = await play.stage.service.store.run(lambda books: books.get(Seating, 1))
    now = play.stage.clock.now()
    assert seating is not None
    wrong = next(code for code in ("0000", "1111", "2222") if not code_fits(seating.secret, code, now))
    await play.stage.client.send(play.stage.people[who], wrong, None)


# Staff


async def _opens_staff_link(play: Transcript, who: str, which: str) -> None:
    """Open the link by which somebody joins a merchant's staff: the newest, or the first ever made."""
    invites = await play.stage.service.store.run(lambda books: books.find(Invite))
    code = invites[0 if which == "first" else -1].code
    await play.stage.client.start(play.stage.people[who], f"{JOIN}{code}")


# Tables


async def _opens_table_link(play: Transcript, who: str) -> None:
    """Open the newest link to a shared table, as the picture of it holds it."""
    parties = await play.stage.service.store.run(lambda books: books.find(Party))
    await play.stage.client.start(play.stage.people[who], f"{PARTY_LINK}{parties[-1].code}")


# Taps that no honest phone would send, or that come late


async def _taps_old(play: Transcript, who: str, where: str | None, label: str) -> None:
    """Tap a button as it was drawn first, in a message that may have lost it."""
    first = play.drawn[(where or who, label)][0]
    chat = play.stage.where(where)[0] if where else play.stage.people[who].id
    there = {post.message_id for post in play.stage.sandbox.world.posts(chat)}
    message_id = first.message_id if first.message_id in there else max(there)
    await play.stage.client.forge(play.stage.people[who], first.data, message_id, chat)


async def _taps_somebodys(play: Transcript, who: str, whose: str, label: str) -> None:
    """Send the data of somebody else's button from one's own chat."""
    client, person = play.stage.client, play.stage.people[who]
    last = await client.last(person)
    await client.forge(person, play.drawn[(whose, label)][-1].data, last["message_id"])


async def _press_at_once(
    play: Transcript, one: str, label: str, other: str, other_label: str, place: str, other_place: str | None
) -> None:
    """Two taps reach the bot before either is answered."""
    taps = ((one, label, place), (other, other_label, other_place or place))
    found = [(who, play.drawn[(where, what)][-1]) for who, what, where in taps]
    for who, button in found:
        person = play.stage.people[who]
        await play.stage.client.forge(person, button.data, button.message_id, button.chat_id)


# Money


async def _pays_page(play: Transcript, who: str, whose: str | None, how: str | None) -> None:
    """Pay on the newest page of the provider, as its link or QR code leads there."""
    wishes: dict[str, Any] = {}
    if how and how.startswith(", but "):
        wishes = {"amount": int(how.removeprefix(", but ").replace(".", ""))}
    page = (await play.stage.client.pages())[-1]
    await play.stage.client.use_page(play.stage.people[whose or who], page["id"], **wishes)


async def _notice(play: Transcript, how: str) -> None:
    await play.stage.client.fault("notice", {"lost": "lose", "late": "delay", "told twice": "repeat"}[how])


async def _notices_arrive(play: Transcript) -> None:
    await play.stage.client.release_notices()


async def _forges(play: Transcript) -> None:
    """Tell of a payment that never was, without the provider's key."""
    body = {"id": "nt_1", "type": "charge.paid", "created": 0, "data": {}}
    url = f"{play.stage.settings['PUBLIC_URL']}/notices/sandbox-link"
    async with ClientSession() as session, session.post(url, json=body) as answer:
        play.notes.append(f"notice: {answer.status}")


async def _provider_faults(play: Transcript, what: str, how: str, times: str | None) -> None:
    operation = {"charges": "charge", "questions about charges": "charge_query", "closing": "close"}[what]
    faults: dict[str, tuple[str, dict[str, Any]]] = {
        "is silent to": ("drop", {}),
        "takes and does not answer": ("drop", {"effect": True}),
        "refuses": ("status", {"status": 402, "code": "not_taken"}),
        "fails after": ("status", {"status": 500, "effect": True}),
    }
    kind, more = faults[how]
    await play.stage.client.fault(f"provider.{operation}", kind, times=int(times or 1), **more)


async def _provider_recovers(play: Transcript) -> None:
    await play.stage.client.clear_faults()


async def _pays(play: Transcript, who: str, number: str | None, whose: str | None, how: str | None) -> None:
    """Pay an invoice, the newest if no number is given: one's own, or one that somebody passed on."""
    owner = play.stage.people[whose or who]
    wishes: dict[str, Any] = {"hold": True} if how == ", the news held up" else {}
    if how and how.startswith(", but "):
        wishes = {"charged_minor": int(how.removeprefix(", but ").replace(".", ""))}
    message_id = await _invoice(play, owner.id, number) if number else None
    if whose:
        payment = await _pays_passed_on(play, who, whose)
    else:
        payment = await play.stage.client.pay(owner, None, message_id, **wishes)
    play.payments.append(payment)
    if payment.status not in {"paid", "held"}:
        play.notes.append(f"{who}! {payment.error_message or payment.status}")


async def _pays_passed_on(play: Transcript, who: str, whose: str) -> Payment:
    """Pay an invoice that was forwarded: Telegram asks the bot about it as about any other."""
    parts, owner = play.stage.sandbox.parts, play.stage.people[whose]
    invoices = [post for post in parts.world.posts(owner.id) if "invoice" in post.body]
    made = await parts.payments.pay(play.stage.people[who].id, invoices[-1], Wishes())
    return payment_of(asdict(made))


async def _invoice(play: Transcript, chat_id: int, number: str) -> int:
    invoices = await play.stage.client.invoices(chat_id)
    found = {each["title"].split()[-1]: int(each["message_id"]) for each in invoices}
    return found[number]


async def _news_arrives(play: Transcript, which: str | None) -> None:
    await play.stage.client.release(play.payments[0 if which == "first " else -1])


async def _provider(play: Transcript, how: str) -> None:
    kind, more = FAULTS[how]
    await play.stage.client.fault("provider.refund", kind, **more)


async def _refund_ends(play: Transcript, status: str) -> None:
    pending = [each for each in await play.stage.client.refunds() if each["status"] == "pending"]
    await play.stage.client.settle_refund(pending[-1]["id"], status)


async def _provider_gone(play: Transcript, how: str) -> None:
    """Its books cannot be had until it is back."""
    if how == "gone":
        await play.stage.client.fault("provider.movements", "status", times=50, status=503)
    else:
        await play.stage.client.clear_faults()


async def _untold(play: Transcript, amount: str) -> None:
    provider, minor = play.stage.sandbox.parts.provider, int(amount.replace(".", ""))
    provider.charge(minor, "EUR", card_of(1), "no-token", "no-reference")


async def _provider_lists(play: Transcript) -> None:
    """Note what the provider itself says that it has sent back."""
    for each in await play.stage.client.refunds():
        play.notes.append(f"provider: {each['amount']} {each['currency']} {each['status']}")


async def _bank_asks(play: Transcript, number: str, amount: str | None) -> None:
    """A cardholder goes to the bank over a top-up; the provider tells."""
    lot = (await play.stage.service.store.run(lambda books: books.find(Lot, top_up_id=int(number))))[-1]
    minor = int(amount.replace(".", "")) if amount else None
    await play.stage.client.dispute(lot.source, minor)
    await play.stage.tell_dispute()


async def _bank_decides(play: Transcript, how: str) -> None:
    dispute = [*play.stage.sandbox.parts.provider.disputes.values()][-1]
    await play.stage.client.close_dispute(dispute["id"], how == "won")
    await play.stage.tell_dispute()


async def _tells_again(play: Transcript, state: str) -> None:
    """Late or once more, and perhaps not what it told before."""
    await play.stage.tell_dispute(DisputeState(state))


async def _books_read(play: Transcript) -> None:
    """Note every account that is not empty, people called by their names."""
    names = {str(person.id): name for name, person in play.stage.people.items()}
    for standing in await play.stage.service.errands.work.reports.trial_balance():
        if standing.balance or standing.held:
            play.notes.append(f"books: {_standing(standing, names)}")


def _standing(standing: Standing, names: dict[str, str]) -> str:
    words = [names.get(word, word) for word in standing.account.name.split(":")]
    held = f", {standing.held} of it held" if standing.held else ""
    return f"{':'.join(words)} {standing.balance}{held}"


WORDS: dict[str, Act] = {
    r"(\w+) arrives, reading (\S+)": _arrives,
    r"(\w+) sits at (\w+) with (\S+)": _sits,
    r"(\w+) orders (.*) · (\S+)": _orders,
    r"(\w+) types a wrong code": _types_wrong_code,
    r"(\w+) opens the (first|newest) staff link": _opens_staff_link,
    r"(\w+) opens the table link": _opens_table_link,
    r"(\w+) scans (\w+)": _scans,
    r"(\w+) scans the new code of (\w+)": _scans_new,
    r"(\w+) scans the nonsense (\S+)": _scans_nonsense,
    r"(\w+)(?:@(\w+))? taps the old (.*)": _taps_old,
    r"(\w+) taps (\w+)'s (.*)": _taps_somebodys,
    r"(\w+) presses (.*) while (\w+) presses (.*) in (\w+)(?: and (\w+))?": _press_at_once,
    r"(\w+) pays(?: (T-\d+))?(?: (\w+)'s invoice)?(, .*)?": _pays,
    r"the news of the (first )?payment arrives": _news_arrives,
    r"the bank is asked to take T-(\d+) back(?:, (\S+) of it)?": _bank_asks,
    r"the dispute is (won|lost)": _bank_decides,
    r"the provider tells that the dispute is (open|won|lost)": _tells_again,
    r"the provider is (gone|back)": _provider_gone,
    r"the provider took (\S+) that nobody told of": _untold,
    r"(\w+) pays on the page(?: with (\w+)'s card)?(, .*)?": _pays_page,
    r"(\w+) names a card on the page": lambda play, who: _pays_page(play, who, None, None),
    r"the next notice is (lost|late|told twice)": _notice,
    r"the late notices arrive": _notices_arrive,
    r"a forged notice arrives": _forges,
    r"about (charges|questions about charges|closing) the provider (.*?)(?: (\d+) times)?": _provider_faults,
    r"the provider is well again": _provider_recovers,
    r"the provider lists its refunds": _provider_lists,
    r"the provider (.*)": _provider,
    r"the refund that was pending has (succeeded|failed)": _refund_ends,
    r"the books are read": _books_read,
    **SURROUNDINGS,
}
