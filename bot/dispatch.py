"""How an arrival is handled: once in effect, in one transaction, in order within its lane."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

from telegram import Bot

from bot.admin.merchants import on_sent_file, on_sent_photo
from bot.desk import Desk, House
from bot.home import home
from bot.outbox import note_posted, say, strip_copy
from bot.pages import Page
from bot.people import Peer, follow_group, meet
from bot.refusals import TOAST_LENGTH, plain_text, sentence, show_refusal, show_unexpected
from bot.routes import BUTTONS, COMMANDS, EXPECTED, Who
from bot.telegram.answers import Answer
from bot.telegram.arrivals import (
    AboutToPay,
    Arrival,
    ArrivalState,
    BotMoved,
    Command,
    GroupMoved,
    HasPaid,
    Meaning,
    Nothing,
    Place,
    SentFile,
    SentOther,
    SentPhoto,
    Tapped,
    TopicMoved,
    Typed,
    Unreadable,
    chat_of,
    payment_in,
    read_update,
    sender_of,
)
from bot.telegram.callback_data import unpack
from bot.tell import tell_all
from bot.tell.readers import tell_admins, tell_owners
from bot.tell.station import show_open_cards
from bot.top_up import on_about_to_pay, on_has_paid
from core.errors import NotAllowed, OutOfDate, Refusal
from core.merchant import Merchant
from core.ports import Books
from core.station import MoveGroup, merchant_at, move_group, note_reach

log = logging.getLogger(__name__)

ATTEMPTS = 3


async def handle(books: Books, house: House, bot: Bot, arrival_id: int) -> Answer:
    """Handle one stored update and mark it done, all of it or nothing.

    An update that does not parse is set aside. What a handler raises, other than a refusal, undoes
    everything and is the caller's to count.
    """
    arrival = await books.get(Arrival, arrival_id)
    assert arrival is not None
    if arrival.state is not ArrivalState.NEW and not arrival.waits_to_pay:
        return Answer()
    try:
        meaning = read_update(json.loads(arrival.body), bot)
    except Unreadable as error:
        return await set_aside(books, house, arrival, str(error))
    answer = await _act(books, house, meaning, str(arrival.uid))
    await tell_all(books, house)
    await books.save(replace(arrival, state=ArrivalState.DONE))
    return answer


async def count_failure(books: Books, house: House, arrival_id: int, error: str) -> bool:
    """Count a failed attempt; after the third, set the update aside. Return whether it was."""
    arrival = await books.get(Arrival, arrival_id)
    assert arrival is not None
    tried = replace(arrival, attempts=arrival.attempts + 1, error=error)
    if tried.attempts < ATTEMPTS:
        await books.save(tried)
        return False
    await set_aside(books, house, tried, error)
    return True


async def set_aside(books: Books, house: House, arrival: Arrival, error: str) -> Answer:
    """Give up on an update: say so to the person, and to the admins if it tells of a payment."""
    log.error("arrival_set_aside uid=%s error=%s", arrival.uid, error)
    await books.save(replace(arrival, state=ArrivalState.SET_ASIDE, error=error))
    body = json.loads(arrival.body)
    paid = payment_in(body)
    if paid:
        await tell_admins(books, house, "admin-payment-set-aside", uid=str(arrival.uid))
    sender = sender_of(body)
    if sender is None:
        return Answer()
    locale = house.locale(await meet(books, sender))
    if chat_of(body) == sender.id:  # in a group, only those who tapped are told, by the answer
        await say(books, sender.id, Page(locale.say("payment-set-aside" if paid else "refused-broken")))
    return Answer(locale.plain("refused-broken"), alert=True)


async def _act(books: Books, house: House, meaning: Meaning, key: str) -> Answer:
    match meaning:
        case Nothing():
            return Answer()
        case GroupMoved(old_id, new_id):
            await books.once(f"move_group:{old_id}:{new_id}", move_group, MoveGroup(old_id, new_id))
            await follow_group(books, old_id, new_id)
            return Answer()
        case AboutToPay():
            return await _about_to_pay(books, house, meaning, key)
        case BotMoved():
            await _bot_moved(books, house, meaning)
            return Answer()
        case TopicMoved(place, is_open):
            await note_reach(books, place.chat_id, place.thread_id, reached=is_open)
            return Answer()
    desk = Desk(books, house, await meet(books, meaning.sender), meaning.place, key)
    if meaning.place.message_id and not isinstance(meaning, Tapped):
        await note_posted(books, meaning.place.chat_id, meaning.place.message_id)
    tapped = meaning if isinstance(meaning, Tapped) else None
    try:
        await _handle(desk, meaning)
    except Refusal as refusal:
        await show_refusal(desk, refusal, tapped)
    if tapped:
        await strip_copy(books, tapped.place.chat_id, tapped.place.message_id)
    return Answer(desk.toast, desk.alert)


async def _handle(desk: Desk, meaning: Meaning) -> None:
    match meaning:
        case HasPaid():
            await on_has_paid(desk, meaning)
        case Tapped(data=data):
            await _tap(desk, data)
        case Command(name=name, argument=argument):
            await _command(desk, name, argument)
        case Typed(text=text):
            await _typed(desk, text)
        case SentFile():
            if desk.place.is_private:
                await on_sent_file(desk, meaning)
        case SentPhoto():
            if desk.place.is_private:
                await on_sent_photo(desk, meaning)
        case SentOther():
            await show_unexpected(desk, "refused-not-text")


async def _tap(desk: Desk, data: str) -> None:
    button = unpack(data, BUTTONS)
    if button is None:
        raise OutOfDate
    route = BUTTONS[type(button)]
    if route.who is not Who.PEOPLE and (route.who is Who.STAFF) == desk.place.is_private:
        raise NotAllowed
    await route.handler(desk, button)


async def _command(desk: Desk, name: str, argument: str) -> None:
    """Find the command for this person in this chat; in groups only those meant for us are answered."""
    whos = [Who.STAFF] if not desk.place.is_private else [Who.ADMIN, Who.CUSTOMER]
    if not desk.is_admin and Who.ADMIN in whos:
        whos.remove(Who.ADMIN)
    for who in whos:
        if handler := COMMANDS.get((who, name)):
            await handler(desk, argument)
            return
    known = {each for _, each in COMMANDS}
    if name in known:
        raise NotAllowed
    if desk.place.is_private:
        await desk.expect("")
        await desk.show(await home(desk, desk.locale.say("refused-unknown-command")))


async def _typed(desk: Desk, text: str) -> None:
    what, _, subject = desk.peer.expects.partition(":")
    if expected := EXPECTED.get(what):
        await expected(desk, int(subject), text)
    else:
        await desk.show(await home(desk, desk.locale.say("refused-unexpected-text")))


async def _about_to_pay(books: Books, house: House, meaning: AboutToPay, key: str) -> Answer:
    place = Place(meaning.sender.id, is_private=True)
    desk = Desk(books, house, await meet(books, meaning.sender), place, key)
    try:
        await on_about_to_pay(desk, meaning)
    except Refusal as refusal:
        return Answer(plain_text(sentence(desk.locale, refusal))[:TOAST_LENGTH])
    return Answer(may_pay=True)


async def _bot_moved(books: Books, house: House, moved: BotMoved) -> None:
    """Tell the owners and admins when a merchant's group has lost the bot, muted it, or has it back.

    Of a person who blocks it they hear with the first message that does not arrive.
    """
    person = await meet(books, moved.sender)
    if moved.place.is_private:
        return
    if group := await books.get(Peer, moved.place.chat_id):
        await books.save(replace(group, reachable=moved.present and not moved.muted))
    merchants = await books.find(Merchant, group_id=moved.place.chat_id)
    for merchant in merchants:
        key = "admin-bot-back" if moved.present else "admin-bot-removed"
        if moved.muted:
            key = "admin-bot-muted"
        await tell_admins(books, house, key, merchant=merchant.name)
        await tell_owners(books, house, merchant, key, merchant=merchant.name)
        if moved.present and not moved.muted:
            await show_open_cards(books, house, merchant)
    await note_reach(books, moved.place.chat_id, None, reached=moved.present and not moved.muted)
    if moved.present and not await merchant_at(books, moved.place.chat_id):
        await say(books, moved.place.chat_id, Page(house.locale(person).say("counter-hello")))
