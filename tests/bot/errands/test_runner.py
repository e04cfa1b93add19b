"""What is done later: refunds that are never sent blind, timers, and what fails for good."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.desk import DRAW_SEAT
from bot.errands import WORK, runner
from bot.errands.menu_file import LONG_MENU
from bot.errands.work import ATTEMPTS, Work
from bot.gateways import Gateways
from bot.gateways.sandbox import SandboxConfig, SandboxGateway
from bot.outbox import Message
from bot.pages import read_wire
from bot.tell import tell_all
from core.draft import DraftKind, carry_out, draft_for
from core.errand import ASK_REFUND, EXPIRE_TOP_UP, SEND_REFUND, Errand, ErrandState, send_on
from core.ports import Books
from core.refund import AskRefund, PartState, RefundPart, refund
from core.top_up import TopUp, TopUpState
from tests.bot.gateways.bench_sandbox import give_up_soon
from tests.stage import PATIENCE_SECONDS, Stage, open_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Ann has topped up 20.00; errands ask a gateway of their own."""
    async with open_stage(tmp_path) as stage:
        await stage.ready_bar()
        await stage.client.start(stage.people["ada"])
        ann = await stage.add_person("Ann")
        config = SandboxConfig(stage.sandbox.url, stage.sandbox.settings.provider_key)
        gateway = SandboxGateway(config)
        house = replace(stage.service.house, gateways=Gateways.only(gateway))
        stage.service.errands.work.house = house
        await stage.client.start(ann, await stage.seat_token("A1"))
        await stage.settle()
        for label in ("Open my account", "Top up", "€20.00"):
            await stage.client.tap(ann, label)
            await stage.settle()
        await stage.client.pay(ann)
        await stage.settle()
        yield stage
        await gateway.close()


async def give_back(stage: Stage) -> None:
    """Refund everything, as Ann would."""

    async def work(books: Books) -> None:
        ann = stage.people["ann"].id
        draft = await draft_for(books, ann, DraftKind.REFUND)
        await carry_out(books, refund, AskRefund(ann, "EUR", draft.id, draft.version, None))
        await tell_all(books, stage.service.house)

    await stage.service.store.run(work)
    stage.service.errands.wake()
    await stage.settle()


async def pass_time(stage: Stage, seconds: float) -> None:
    stage.clock.advance(timedelta(seconds=seconds))
    await asyncio.sleep(0.005)  # whoever waits for the clock has a turn
    await stage.settle()


async def part(stage: Stage) -> RefundPart:
    (found,) = await stage.service.store.run(lambda books: books.find(RefundPart))
    return found


async def errands(stage: Stage, kind: str) -> list[Errand]:
    return await stage.service.store.run(lambda books: books.find(Errand, kind=kind))


async def asked_of_provider(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that grows with each call to the gateway."""
    calls: list[str] = []
    ask = SandboxGateway._ask

    async def note(gateway: SandboxGateway, method: str, path: str, **more: Any) -> Any:
        calls.append(f"{method} {path}")
        return await ask(gateway, method, path, **more)

    monkeypatch.setattr(SandboxGateway, "_ask", note)
    return calls


async def test_a_refund_is_sent_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = await asked_of_provider(stage, monkeypatch)
    await give_back(stage)
    assert calls == ["POST /provider/refunds"]
    assert [each["amount"] for each in await stage.client.refunds()] == [2000]
    assert (await part(stage)).state is PartState.DONE
    await stage.assert_true_books()


@pytest.mark.parametrize("effect", [True, False])
@pytest.mark.parametrize("kind", ["drop", "hang", "status"])
async def test_a_refund_of_unknown_fate_is_asked_about_and_ends_once(
    stage: Stage, kind: str, effect: bool
) -> None:
    await stage.client.fault("provider.refund", kind, effect=effect)
    if kind == "hang":
        gateway = stage.service.errands.work.house.gateways.named("sandbox")
        assert isinstance(gateway, SandboxGateway)
        await give_up_soon(gateway)
    await give_back(stage)
    if (await part(stage)).state is PartState.PENDING:
        await pass_time(stage, 2)
    assert [each["amount"] for each in await stage.client.refunds()] == [2000]
    assert (await part(stage)).state is PartState.DONE
    await stage.assert_true_books()


async def test_a_silent_gateway_is_asked_again_ever_more_slowly(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.client.fault("provider.refund", "drop", effect=True)
    await stage.client.fault("provider.refund_query", "drop", times=99)
    await give_back(stage)
    calls = await asked_of_provider(stage, monkeypatch)
    for wait in (2, 5, 15, 60, 300, 1800, 1800):
        await pass_time(stage, wait - 1)
        before = len(calls)
        await pass_time(stage, 1)
        assert len(calls) == before + 1
    assert set(calls) == {"GET /provider/refunds"}, "and nothing is sent again"
    await stage.client.clear_faults()
    await pass_time(stage, 1800)
    assert (await part(stage)).state is PartState.DONE
    assert len(await stage.client.refunds()) == 1


async def test_a_crash_between_start_and_answer_asks_first(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def start_only(work: Work, errand: Errand) -> None:
        await work.store.run(lambda books: books.save(replace(errand, state=ErrandState.STARTED)))

    with monkeypatch.context() as crash:
        crash.setitem(WORK, SEND_REFUND, start_only)
        await give_back(stage)
    assert [each.state for each in await errands(stage, SEND_REFUND)] == [ErrandState.STARTED]
    calls = await asked_of_provider(stage, monkeypatch)
    await stage.stop_bot()
    await stage.start_bot()
    await stage.settle()
    calls = [call for call in calls if "refunds" in call]
    assert calls == ["GET /provider/refunds", "POST /provider/refunds"]
    assert (await part(stage)).state is PartState.DONE
    assert await errands(stage, SEND_REFUND) == []


async def test_an_errand_that_fails_for_good_is_seen_and_a_refund_tried_again_after_a_restart(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*args: Any) -> None:
        raise LookupError("a bug")

    with monkeypatch.context() as broken:
        for kind in (SEND_REFUND, ASK_REFUND):
            broken.setitem(WORK, kind, fail)
        await give_back(stage)
        for wait in (2, 10, 60, 300):
            await pass_time(stage, wait)
        (errand,) = await errands(stage, SEND_REFUND)
        assert (errand.state, errand.attempts) == (ErrandState.FAILED, ATTEMPTS)
    told = [str(each.get("text", "")) for each in await stage.client.messages(stage.people["ada"])]
    assert "failed again and again" in told[-1]
    await stage.stop_bot()
    await stage.start_bot()
    await stage.settle()
    assert (await part(stage)).state is PartState.DONE


async def test_timers_that_were_missed_fire_once_after_a_restart(stage: Stage) -> None:
    await stage.stop_bot()
    stage.clock.advance(timedelta(days=1))
    await stage.start_bot()
    await stage.settle()
    assert [each.state for each in await errands(stage, EXPIRE_TOP_UP)] == [ErrandState.DONE]
    (order,) = await stage.service.store.run(lambda books: books.find(TopUp))
    assert order.state is TopUpState.PAID, "it had been paid in time"


async def test_more_errands_than_there_is_room_for_wait_their_turn(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, under_way, most, looked = asyncio.Event(), 0, 0, 0

    async def slow(work: Work, errand: Errand) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await gate.wait()
        under_way -= 1
        await work.finish(errand, nothing)

    async def nothing(books: Books) -> None:
        pass

    async def many(books: Books) -> None:
        for _ in range(20):
            await send_on(books, "slow", 1)

    find = runner._next

    async def look(books: Books, busy: tuple[int, ...], room: dict[str, Any]) -> list[Errand]:
        nonlocal looked
        looked += 1
        return await find(books, busy, room)

    monkeypatch.setitem(WORK, "slow", slow)
    monkeypatch.setattr(runner, "_next", look)
    await stage.service.store.run(many)
    stage.service.errands.wake()
    while under_way < runner.AT_ONCE:  # noqa: ASYNC110
        await asyncio.sleep(0)
    await asyncio.sleep(0.02)  # time enough to spin
    assert (most, looked <= 2) == (runner.AT_ONCE, True)
    gate.set()
    await stage.settle()
    assert {each.state for each in await errands(stage, "slow")} == {ErrandState.DONE}


async def test_silent_providers_hold_up_nothing_that_is_ours_to_do(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, under_way, done = asyncio.Event(), 0, asyncio.Event()

    async def wait(work: Work, errand: Errand) -> None:
        nonlocal under_way
        under_way += 1
        await gate.wait()
        await work.finish(errand, nothing)

    async def note(work: Work, errand: Errand) -> None:
        await work.finish(errand, nothing)
        done.set()

    async def nothing(books: Books) -> None:
        pass

    async def many(books: Books) -> None:
        for _ in range(runner.CALLS_AT_ONCE + 20):
            await send_on(books, ASK_REFUND, 1)
        await send_on(books, "ours", 1)

    monkeypatch.setitem(WORK, ASK_REFUND, wait)
    monkeypatch.setitem(WORK, "ours", note)
    await stage.service.store.run(many)
    stage.service.errands.wake()
    await asyncio.wait_for(done.wait(), PATIENCE_SECONDS)
    assert under_way == runner.CALLS_AT_ONCE
    gate.set()
    await stage.settle()
    assert under_way == runner.CALLS_AT_ONCE + 20


@pytest.mark.slow
async def test_the_drawing_process_is_replaced_when_killed_and_ended_with_the_bot(stage: Stage) -> None:
    errands, ada = stage.service.errands, stage.people["ada"]

    async def draw(books: Books) -> None:
        await send_on(books, DRAW_SEAT, 1, body=f'{{"chat": {ada.id}, "reader": {ada.id}}}')

    async def draw_one() -> Any:
        await stage.service.store.run(draw)
        errands.wake()
        await stage.settle()
        await pass_time(stage, 2)
        assert errands.work.artist._process
        (process,) = errands.work.artist._process._processes.values()
        return process

    first = await draw_one()
    first.kill()
    first.join()
    second = await draw_one()
    assert len([each for each in await stage.client.messages(ada) if "photo" in each]) == 2
    await stage.stop_bot()
    assert second.exitcode == 0
    await stage.start_bot()


async def test_how_far_a_long_menu_file_has_come_is_shown(stage: Stage) -> None:
    lines = "".join(f"Beer,Pils {n},3\n" for n in range(LONG_MENU + 1))
    content = f"category,item,price\n{lines}".encode()
    await stage.client.send_document(stage.people["ada"], "menu.csv", content, caption="1")
    await stage.settle()
    (message,) = [each for each in await messages(stage) if each.subject.startswith("menu-file:")]
    assert message.wanted == 3  # reading, read, loaded
    assert "501" in read_wire(message.body)["text"]


async def messages(stage: Stage) -> list[Message]:
    return await stage.service.store.run(lambda books: books.find(Message))
