"""Updates are stored before they are acknowledged, and none can keep the others out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TimedOut

from bot.telegram import intake
from bot.telegram.arrivals import Arrival
from bot.telegram.intake import BODY_BYTES, SECRET_HEADER, Inbox, poll, webhook_app
from core.ports import Store
from storage.errors import StorageError
from storage.sqlite import Writer
from tests.conftest import START
from tests.thorough import examples

SECRET = "not-to-be-guessed"
RIGHT = {SECRET_HEADER: SECRET}


class Deaf:
    """A store whose disk is full."""

    async def run(self, work: Any) -> Any:
        raise StorageError("the disk is full")


class Memory:
    """A store, and the books of its transactions, that keep nothing."""

    now = START

    async def run(self, work: Any) -> Any:
        return await work(self)

    async def add_new(self, value: Any, *unique: str) -> Any:
        return value


def update(number: int, chat_id: Any = 7) -> dict[str, Any]:
    return {"update_id": number, "message": {"message_id": 1, "chat": {"id": chat_id}, "text": "hello"}}


@pytest.fixture
def taken() -> list[Arrival]:
    return []


@pytest.fixture
def inbox(store: Writer, taken: list[Arrival]) -> Inbox:
    return Inbox(store, "telegram:1", taken.extend)


@pytest.fixture
async def web(inbox: Inbox) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(webhook_app(SECRET, inbox))) as client:
        yield client


async def stored(store: Store) -> list[int]:
    return [each.uid for each in await store.run(lambda books: books.find(Arrival))]


async def test_an_update_is_stored_before_it_is_acknowledged(
    web: TestClient[Any, Any], store: Writer, taken: list[Arrival]
) -> None:
    answer = await web.post("/telegram", json=update(5), headers=RIGHT)
    assert (answer.status, await stored(store), [each.uid for each in taken]) == (200, [5], [5])


async def test_an_update_that_cannot_be_stored_is_not_acknowledged() -> None:
    app = webhook_app(SECRET, Inbox(Deaf(), "telegram:1", lambda new: None))
    async with TestClient(TestServer(app)) as web:
        answer = await web.post("/telegram", json=update(5), headers=RIGHT)
    assert answer.status == 500


@pytest.mark.parametrize("headers", [{}, {SECRET_HEADER: ""}, {SECRET_HEADER: "wrong"}, {SECRET_HEADER: "é"}])
async def test_a_wrong_secret_is_refused(
    web: TestClient[Any, Any], store: Writer, headers: dict[str, str]
) -> None:
    answer = await web.post("/telegram", json=update(5), headers=headers)
    assert (answer.status, await stored(store)) == (403, [])


async def test_an_oversized_body_is_refused(web: TestClient[Any, Any], store: Writer) -> None:
    answer = await web.post("/telegram", data=b" " * (BODY_BYTES + 1), headers=RIGHT)
    assert (answer.status, await stored(store)) == (413, [])


GARBAGE = (
    b"", b"\xff\xfe", b"{", b"null", b"[]", b'"text"', b"5", b"{}", b"[" * 100_000,
    b'{"update_id": true}', b'{"update_id": "5"}', b'{"update_id": -5}', b'{"update_id": 5.5}',
    b'{"update_id": 99999999999999999999}',
)  # fmt: skip


@pytest.mark.parametrize("body", GARBAGE, ids=lambda body: body[:30].decode("latin-1"))
async def test_garbage_is_acknowledged_and_logged(
    web: TestClient[Any, Any], store: Writer, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    answer = await web.post("/telegram", data=body, headers=RIGHT)
    assert (answer.status, await stored(store)) == (200, [])
    assert len(caplog.records) == 1


async def test_health_needs_no_secret(web: TestClient[Any, Any]) -> None:
    answer = await web.get("/health")
    assert (answer.status, await answer.json()) == (200, {"status": "running"})


async def test_a_repeat_is_stored_and_handed_on_once(
    inbox: Inbox, store: Writer, taken: list[Arrival]
) -> None:
    assert await inbox.take([update(5), update(5)]) == [5, 5]
    await inbox.take([update(5)])
    assert (await stored(store), len(taken)) == ([5], 1)


async def test_another_bots_updates_are_others(inbox: Inbox, store: Writer, taken: list[Arrival]) -> None:
    await inbox.take([update(5)])
    await Inbox(store, "telegram:2", taken.extend).take([update(5)])
    assert len(taken) == 2


@pytest.mark.parametrize("chat_id", [None, [], {}, "7", True, 7.5, 2**70, "\ud800"])
async def test_an_odd_chat_makes_an_odd_lane_and_no_harm(
    inbox: Inbox, taken: list[Arrival], chat_id: Any
) -> None:
    assert await inbox.take([update(5, chat_id), update(6)]) == [5, 6]
    assert [each.lane for each in taken] == ["chat:None", "chat:7"]


async def test_half_a_surrogate_pair_is_kept_as_a_question_mark(inbox: Inbox, taken: list[Arrival]) -> None:
    body = json.loads('{"update_id": 5, "message": {"text": "\\ud83d"}}')
    await inbox.take([body])
    assert json.loads(taken[0].body)["message"]["text"] == "?"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KINDS = st.sampled_from(["message", "callback_query", "pre_checkout_query", "my_chat_member", "odd"])


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(50), deadline=None
)
@given(st.lists(JSON | st.builds(lambda kind, value: {"update_id": 9, kind: value}, KINDS, JSON), max_size=4))
def test_no_update_whatever_breaks_the_intake(bodies: list[Any]) -> None:
    kept: list[Arrival] = []
    asyncio.run(Inbox(Memory(), "telegram:1", kept.extend).take(bodies))
    for each in kept:
        (each.lane + each.body).encode()


class Telegram:
    """Answers getUpdates from a script, then waits for ever; notes the offsets that it was asked with."""

    base_url = "http://telegram/bot1:token"

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.offsets: list[int] = []
        self.silent = asyncio.Event()

    async def post(self, url: str, read_timeout: float) -> Any:
        self.offsets.append(int(parse_qs(urlsplit(url).query)["offset"][0]))
        if not self.answers:
            self.silent.set()
            await asyncio.Event().wait()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


async def poll_all(telegram: Any, inbox: Inbox) -> list[int]:
    """Poll until the script is over; return the offsets that were asked with."""
    polling = asyncio.create_task(poll(telegram, telegram, inbox))
    silent = asyncio.create_task(telegram.silent.wait())
    await asyncio.wait({polling, silent}, return_when=asyncio.FIRST_COMPLETED)
    for task in (polling, silent):
        task.cancel()
    await asyncio.wait({polling, silent})
    if not polling.cancelled():
        polling.result()
    offsets: list[int] = telegram.offsets
    return offsets


async def test_the_offset_moves_behind_what_is_stored(inbox: Inbox, store: Writer) -> None:
    offsets = await poll_all(Telegram([update(5), update(6)], [], [update(7)]), inbox)
    assert (offsets, await stored(store)) == ([0, 7, 7, 8], [5, 6, 7])


async def test_what_cannot_be_stored_is_not_confirmed() -> None:
    telegram = Telegram([update(5)])
    with pytest.raises(StorageError):
        await poll_all(telegram, Inbox(Deaf(), "telegram:1", lambda new: None))
    assert telegram.offsets == [0]


async def test_numbers_that_begin_anew_are_followed(inbox: Inbox) -> None:
    assert await poll_all(Telegram([update(500)], [update(3)]), inbox) == [0, 501, 4]


async def test_an_update_without_a_number_is_confirmed_with_the_next_one(inbox: Inbox, store: Writer) -> None:
    offsets = await poll_all(Telegram([update(5), ["odd"]], [["odd"]], [update(8)]), inbox)
    assert (offsets, await stored(store)) == ([0, 6, 7, 9], [5, 8])


async def test_what_is_lost_on_the_way_is_asked_for_again(
    inbox: Inbox, store: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "SHORTEST_PAUSE_SECONDS", 0.001)
    troubles = [TimedOut(), NetworkError("gone"), RetryAfter(timedelta(milliseconds=1)), "no list"]
    offsets = await poll_all(Telegram([update(5)], *troubles, [update(6)]), inbox)
    assert (offsets, await stored(store)) == ([0, 6, 6, 6, 6, 6, 7], [5, 6])


@pytest.mark.parametrize("error", [InvalidToken(), Conflict("another bot polls")])
async def test_what_no_patience_mends_ends_the_polling(inbox: Inbox, error: Exception) -> None:
    with pytest.raises(type(error)):
        await poll_all(Telegram(error), inbox)
