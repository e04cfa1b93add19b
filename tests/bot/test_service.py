"""The running bot: lanes, failures, answers in time, and what a restart finds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import dispatch
from bot.desk import Desk
from bot.routes import COMMANDS, Who
from bot.sandbox import SandboxSettings
from bot.telegram.arrivals import Arrival, ArrivalState
from bot.telegram.kept import forget_bodies, left_over
from core.lot import Lot
from core.ports import Books
from storage.errors import StorageError
from tests.stage import Stage, open_stage

HELP = (Who.CUSTOMER, "help")
BROKEN = "Something went wrong on our side"


class Broken:
    """A handler that fails so many times, then does what it should."""

    def __init__(self, times: int) -> None:
        self.times, self.tried = times, 0

    async def __call__(self, desk: Desk, *args: Any) -> None:
        self.tried += 1
        await desk.expect("nothing")  # undone with all the rest
        if self.tried <= self.times:
            raise LookupError("a bug")


class Gate:
    """Holds up every transaction until it is opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, stage: Stage) -> None:
        self.opened = asyncio.Event()
        run = type(stage.service.store).run

        async def held_up(store: Any, work: Any) -> Any:
            if getattr(work, "func", None) is dispatch.handle:
                await self.opened.wait()
            return await run(store, work)

        monkeypatch.setattr(type(stage.service.store), "run", held_up)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    settings = SandboxSettings(flood_limits=False, pre_checkout_seconds=60)
    async with open_stage(tmp_path, settings) as stage:
        await stage.ready_bar()
        await stage.add_person("Ann")
        yield stage


async def arrivals(stage: Stage) -> list[Arrival]:
    return await stage.service.store.run(lambda books: books.find(Arrival))


async def heard(stage: Stage, name: str) -> list[str]:
    messages = await stage.client.messages(stage.people[name])
    return [str(each.get("text", "")) for each in messages if each["from"]["is_bot"]]


async def with_an_invoice(stage: Stage) -> None:
    ann = stage.people["ann"]
    await stage.client.start(ann, await stage.seat_token("A1"))
    await stage.settle()
    for label in ("Open my account", "Top up", "€20.00"):
        await stage.client.tap(ann, label)
        await stage.settle()


async def test_a_handler_that_fails_twice_succeeds_at_last(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Broken(times=2)
    monkeypatch.setitem(COMMANDS, HELP, broken)
    await stage.client.send(stage.people["ann"], "/help")
    await stage.settle()
    assert broken.tried == 3
    assert not [text for text in await heard(stage, "ann") if BROKEN in text]


async def test_a_handler_that_fails_thrice_is_set_aside_and_the_chat_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Broken(times=99)
    monkeypatch.setitem(COMMANDS, HELP, broken)
    await stage.client.send(stage.people["ann"], "/help")
    await stage.client.start(stage.people["ann"], await stage.seat_token("A1"))
    await stage.settle()
    texts = await heard(stage, "ann")
    assert [text for text in texts if BROKEN in text]
    assert [text for text in texts if "Welcome" in text]
    (aside,) = [each for each in await arrivals(stage) if each.state is ArrivalState.SET_ASIDE]
    assert (aside.error, aside.attempts) == ("LookupError", 3)


async def test_a_payment_that_cannot_be_handled_alarms_and_is_tried_again_after_a_restart(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.client.start(stage.people["ada"])
    await with_an_invoice(stage)
    with monkeypatch.context() as broken:
        broken.setattr(dispatch, "on_has_paid", Broken(times=99))
        await stage.client.pay(stage.people["ann"])
        await stage.settle()
    assert [text for text in await heard(stage, "ada") if "could not be handled" in text]
    assert "do not pay again" in (await heard(stage, "ann"))[-1]
    await stage.stop_bot()
    await stage.start_bot()
    await stage.settle()
    (lot,) = await stage.service.store.run(lambda books: books.find(Lot))
    assert lot.brought.minor == 2000
    await stage.assert_true_books()


async def test_a_payer_is_refused_and_not_kept_waiting_when_our_side_fails(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_an_invoice(stage)
    monkeypatch.setattr(dispatch, "on_about_to_pay", Broken(times=99))
    payment = await stage.client.pay(stage.people["ann"])
    assert payment.status == "refused"
    assert BROKEN in str(payment.error_message)


async def test_a_payer_is_refused_in_time_when_our_side_is_slow(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_an_invoice(stage)
    stage.service.answers.payer_seconds = 0.05
    gate = Gate(monkeypatch, stage)
    payment = await stage.client.pay(stage.people["ann"])
    assert payment.status == "refused"
    gate.opened.set()
    await stage.settle()


async def test_a_payer_whose_currency_we_cannot_read_is_refused(stage: Stage) -> None:
    query = {
        "id": "5",
        "from": {"id": 1004, "is_bot": False, "first_name": "Ann"},
        "currency": "XTR",
        "total_amount": 5,
        "invoice_payload": "x",
    }
    calls: list[Any] = []

    def note(kind: str, method: str, told: Any) -> None:
        if (kind, method) == ("call", "answerPreCheckoutQuery"):
            calls.append(told)

    stage.sandbox.world.observers.append(note)
    await stage.client.inject({"update_id": 600_000_000, "pre_checkout_query": query})
    await stage.settle()
    assert [call["ok"] for call in calls] == ["false"]
    stage.oracle.refusals.clear()  # the sandbox knows no such query


async def test_a_payers_answer_is_sent_again_if_it_may_be_lost(stage: Stage) -> None:
    await with_an_invoice(stage)
    await stage.client.fault("answerPreCheckoutQuery", "status", status=502)
    payment = await stage.client.pay(stage.people["ann"])
    assert payment.status == "paid"


async def test_a_payer_who_still_waits_after_a_restart_is_answered(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_an_invoice(stage)
    monkeypatch.setattr(type(stage.service.answers), "give", lambda *args: None)
    paying = asyncio.create_task(stage.client.pay(stage.people["ann"]))
    await stage.client.wait(lambda event: event.kind == "payment")
    await stage.settle()
    monkeypatch.undo()
    await stage.stop_bot()
    await stage.start_bot()
    assert (await paying).status == "paid"


async def test_a_tap_is_answered_once_with_what_the_handler_says(stage: Stage) -> None:
    await with_an_invoice(stage)
    tapped = await stage.client.tap(stage.people["ann"], "‹ Back")
    await stage.settle()
    toasts = await stage.client.toasts(stage.people["ann"])
    assert [each["callback_query_id"] for each in toasts].count(tapped["callback_query_id"]) == 1


async def test_a_tap_that_takes_long_is_answered_with_nothing_and_only_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_an_invoice(stage)
    before = len(await stage.client.toasts(stage.people["ann"]))
    stage.service.answers.tap_seconds = 0.01
    gate = Gate(monkeypatch, stage)
    tapped = await stage.client.tap(stage.people["ann"], "‹ Back")
    assert (await stage.client.wait_toast(tapped)).text == ""
    gate.opened.set()
    await stage.settle()
    assert len(await stage.client.toasts(stage.people["ann"])) == before + 1


async def test_lanes_work_beside_each_other_and_each_in_order(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, str]] = []
    gate = asyncio.Event()
    handle = stage.service._handle

    async def slow(arrival: Arrival) -> None:
        if arrival.lane == "chat:1004":
            await gate.wait()
        await handle(arrival)
        done.append((arrival.lane, json.loads(arrival.body)["message"]["text"]))

    monkeypatch.setattr(type(stage.service), "_handle", lambda service, arrival: slow(arrival))
    for text in ("one", "two"):
        await stage.client.send(stage.people["ann"], text)
    await stage.client.send(stage.people["bea"], "three")
    await stage.client.wait(lambda event: event.from_bot)
    assert done == [("chat:1002", "three")]
    gate.set()
    await stage.settle()
    assert done[1:] == [("chat:1004", "one"), ("chat:1004", "two")]


async def test_what_was_left_over_is_taken_up_at_the_start(stage: Stage) -> None:
    body = {"update_id": 9, "message": {"message_id": 9, "date": 0, "text": "hello"}}
    person = {"id": 1004, "is_bot": False, "first_name": "Ann"}
    body["message"] |= {"from": person, "chat": {"id": 1004, "type": "private"}}  # type: ignore[operator]

    async def leave_over(books: Books) -> None:
        text = json.dumps(body)
        await books.add(Arrival(0, "telegram:1", 9, "chat:1004", text, ArrivalState.NEW, 0, "", books.now))

    await stage.service.store.run(leave_over)
    await stage.stop_bot()
    await stage.client.start(stage.people["ann"])
    await stage.start_bot()
    await stage.settle()
    assert {each.state for each in await arrivals(stage)} == {ArrivalState.DONE}


async def test_a_repeated_update_is_handled_once(stage: Stage) -> None:
    await stage.client.fault("update", "repeat")
    await stage.client.send(stage.people["ann"], "hello")
    await stage.settle()
    assert len(await heard(stage, "ann")) == 1


async def test_a_store_that_fails_ends_the_service(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*args: Any) -> Any:
        raise StorageError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(type(stage.service.store), "run", full)
        await stage.client.send(stage.people["ann"], "hello")
        assert stage._running
        await asyncio.wait({stage._running})
    with pytest.raises(StorageError):
        stage._running.result()
    stage._running = None
    await stage.start_bot()
    await stage.settle()
    assert len(await heard(stage, "ann")) == 1


async def test_bodies_are_forgotten_after_two_days_and_repeats_still_known(stage: Stage) -> None:
    await stage.client.send(stage.people["ann"], "my secret")
    await stage.settle()
    stage.clock.advance(timedelta(hours=47))
    await stage.settle()
    assert [each for each in await arrivals(stage) if "my secret" in each.body]
    for _ in range(3):
        stage.clock.advance(timedelta(hours=1))
        await asyncio.sleep(0.005)  # the errand is a turn or two away
        await stage.settle()
    known = await arrivals(stage)
    assert {each.body for each in known} == {""}
    assert await stage.service.store.run(left_over) == []


async def test_a_payment_set_aside_is_never_forgotten(stage: Stage) -> None:
    async def grow_old(books: Books) -> list[str]:
        payment = '{"message": {"successful_payment": {}}}'
        for number, body in enumerate([payment, "{}"]):
            long_ago = books.now - timedelta(days=9)
            await books.add(
                Arrival(0, "old", number, "chat:7", body, ArrivalState.SET_ASIDE, 3, "", long_ago)
            )
        known = await books.find(Arrival, source="old")
        assert await forget_bodies(books, known[0].id - 1) == known[-1].id
        return [each.body for each in await books.find(Arrival, source="old")]

    assert await stage.service.store.run(grow_old) == ['{"message": {"successful_payment": {}}}', ""]
