"""What updates mean, from the raw JSON that Telegram sends."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot

from bot.people import Sender
from bot.telegram.arrivals import (
    AboutToPay,
    BotMoved,
    Command,
    GroupMoved,
    HasPaid,
    Nothing,
    Place,
    SentFile,
    SentOther,
    Tapped,
    TopicMoved,
    Typed,
    Unreadable,
    Waiting,
    chat_of,
    lane_of,
    payment_in,
    read_update,
    sender_of,
    who_waits,
)
from core.money import Money

ANN = {"id": 7, "is_bot": False, "first_name": "Ann", "language_code": "en"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Ann"}
GROUP = {"id": -100, "type": "supergroup", "title": "Bar"}
US = {"id": 1, "is_bot": True, "first_name": "Seatside", "username": "seatside_bot"}
PAID = {
    "currency": "EUR",
    "total_amount": 2000,
    "invoice_payload": "token",
    "telegram_payment_charge_id": "tpc",
    "provider_payment_charge_id": "ch",
}
SENDER = Sender(7, "Ann", "en")
HERE, THERE = Place(7, is_private=True, message_id=5), Place(-100, is_private=False, message_id=5)


class NamedBot(Bot):
    """A bot that knows its name without asking Telegram."""

    @property
    def username(self) -> str:
        return "seatside_bot"


BOT = NamedBot("1:token")


def message(chat: dict[str, Any] = PRIVATE, **fields: Any) -> dict[str, Any]:
    return {"message_id": 5, "date": 1777665600, "chat": chat, "from": ANN, **fields}


def member(status: str) -> dict[str, Any]:
    more = {"until_date": 0} if status == "kicked" else {}
    return {"user": US, "status": status, **more}


UPDATES: dict[str, tuple[dict[str, Any], Any]] = {
    "a text": ({"message": message(text="20")}, Typed(SENDER, HERE, "20")),
    "a command": ({"message": message(text="/start seat_1 ")}, Command(SENDER, HERE, "start", "seat_1")),
    "a command for us": (
        {"message": message(GROUP, text="/Link@Seatside_Bot CODE")},
        Command(SENDER, THERE, "link", "CODE"),
    ),
    "a command for another bot": ({"message": message(GROUP, text="/link@other_bot CODE")}, Nothing()),
    "chatter in a group": ({"message": message(GROUP, text="cheers")}, Nothing()),
    "a sticker in a group": ({"message": message(GROUP)}, Nothing()),
    "a sticker": ({"message": message()}, SentOther(SENDER, HERE)),
    "a file": (
        {
            "message": message(
                caption="1", document={"file_id": "f", "file_unique_id": "u", "file_size": 9}
            )
        },
        SentFile(SENDER, HERE, "f", 9, "1"),
    ),
    "a message of a bot": ({"message": {**message(text="hi"), "from": US}}, Nothing()),
    "a payment": (
        {"message": message(successful_payment=PAID)},
        HasPaid(SENDER, HERE, "token", "tpc", "ch", Money(2000, "EUR")),
    ),
    "a group that moved": (
        {"message": message(GROUP, migrate_to_chat_id=-200)},
        GroupMoved(-100, -200),
    ),
    "a tap": (
        {
            "callback_query": {
                "id": "q", "from": ANN, "chat_instance": "c", "data": "hm1", "message": message(text="Home")
            }
        },
        Tapped(SENDER, HERE, "q", "hm1"),
    ),
    "a tap on a message that is too old to be shown": (
        {
            "callback_query": {
                "id": "q", "from": ANN, "chat_instance": "c", "data": "hm1",
                "message": {"chat": PRIVATE, "message_id": 5, "date": 0},
            }
        },
        Tapped(SENDER, HERE, "q", "hm1"),
    ),
    "somebody about to pay": (
        {
            "pre_checkout_query": {
                "id": "p", "from": ANN, "currency": "EUR", "total_amount": 2000, "invoice_payload": "token"
            }
        },
        AboutToPay(SENDER, "p", "token", Money(2000, "EUR")),
    ),
    "the bot thrown out": (
        {
            "my_chat_member": {
                "chat": GROUP, "from": ANN, "date": 1777665600,
                "old_chat_member": member("member"), "new_chat_member": member("kicked"),
            }
        },
        BotMoved(SENDER, Place(-100, is_private=False), "Bar", present=False),
    ),
    "a command in a topic": (
        {"message": message(GROUP, text="/menu", message_thread_id=3, is_topic_message=True)},
        Command(SENDER, replace(THERE, thread_id=3), "menu", ""),
    ),
    "an answer in a group without topics": (
        {"message": message(GROUP, text="/menu", message_thread_id=3)}, Command(SENDER, THERE, "menu", ""),
    ),
    "a tap in a topic": (
        {
            "callback_query": {
                "id": "q", "from": ANN, "chat_instance": "c", "data": "hm1",
                "message": message(GROUP, text="G-1", message_thread_id=3, is_topic_message=True),
            }
        },
        Tapped(SENDER, replace(THERE, thread_id=3), "q", "hm1"),
    ),
    "a topic that was closed, by somebody who hides behind the group": (
        {
            "message": message(
                GROUP, forum_topic_closed={}, message_thread_id=3, is_topic_message=True,
                **{"from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}},
            )
        },
        TopicMoved(replace(THERE, thread_id=3), is_open=False),
    ),
    "a topic that was opened again": (
        {"message": message(GROUP, forum_topic_reopened={}, message_thread_id=3, is_topic_message=True)},
        TopicMoved(replace(THERE, thread_id=3), is_open=True),
    ),
    "a kind that is new": ({"something_new": {"of": "next year"}}, Nothing()),
}  # fmt: skip


@pytest.mark.parametrize("name", UPDATES)
def test_each_kind_is_read(name: str) -> None:
    body, meaning = UPDATES[name]
    assert read_update({"update_id": 1, **body}, BOT) == meaning


@pytest.mark.parametrize(
    "body",
    [
        {"message": message(successful_payment={**PAID, "currency": "XTR"})},
        {"message": {**message(successful_payment=PAID), "from": None}},
        {"message": message({"id": 2**70, "type": "private"}, text="hi")},
        {"message": {**message(text="hi"), "from": {**ANN, "id": "7"}}},
        {"callback_query": []},
        {"message": 5},
    ],
)
def test_what_cannot_be_understood_is_unreadable(body: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        read_update({"update_id": 1, **body}, BOT)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to everything inside a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(each for key, inner in items for each in paths(inner, (*path, key)))]


ODD = st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.floats(), st.just([]), st.just({}))


@given(st.sampled_from([body for body, _ in UPDATES.values()]), st.data())
def test_a_mangled_update_is_read_or_unreadable_and_nothing_else(
    whole: dict[str, Any], data: st.DataObject
) -> None:
    body = copy.deepcopy(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from([path for path in paths(body) if path]))
        inner = body
        for key in way:
            inner = inner[key]
        inner[last] = data.draw(ODD)
    body = {"update_id": 1, **json.loads(json.dumps(body))}
    lane_of(body), chat_of(body), sender_of(body), payment_in(body), who_waits(body)
    with suppress(Unreadable):
        read_update(body, BOT)


def test_lanes_are_chats_and_payers_have_their_own() -> None:
    lanes = {name: lane_of(body) for name, (body, _) in UPDATES.items()}
    assert lanes["a text"] == lanes["a tap"] == lanes["a payment"] == "chat:7"
    assert lanes["the bot thrown out"] == lanes["a group that moved"] == "chat:-100"
    assert lanes["somebody about to pay"] == "pay:7"


def test_those_who_wait_are_known_even_if_the_rest_cannot_be_read() -> None:
    assert who_waits({"callback_query": {"id": "q"}}) == Waiting("q", pays=False, language="")
    assert who_waits({"pre_checkout_query": {"id": "p", "from": ANN}}) == Waiting(
        "p", pays=True, language="en"
    )
    assert who_waits(UPDATES["a text"][0]) is None
