"""Charges are opened once and asked about until known; refunds keep each gateway's rules."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.errands import WORK
from bot.errands.work import Work
from bot.gateways.sandbox import SandboxGateway
from bot.tell import tell_all
from core.charge import Charge, ChargeState
from core.draft import DraftKind, carry_out, draft_for
from core.errand import ASK_CHARGE, OPEN_CHARGE, SEND_REFUND, Errand, ErrandState
from core.ledger import wallet
from core.lot import Lot
from core.money import Money
from core.ports import Books
from core.refund import AskRefund, PartState, RefundPart, refund
from core.top_up import charge_and_top_up
from tests.stage import Stage, open_stage

DAY = timedelta(days=1)
REASONS = {"window_over": "too long ago", "too_small": "too little to", "too_many": "nothing more can go"}


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Ann has an account, and pays on the provider's page."""
    async with open_stage(tmp_path, GATEWAYS="sandbox-link") as stage:
        await stage.ready_bar()
        await stage.client.start(stage.people["ada"])
        ann = await stage.add_person("Ann")
        await stage.client.start(ann, await stage.seat_token("A1"))
        await stage.settle()
        await tap(stage, "Open my account")
        yield stage


async def tap(stage: Stage, *labels: str) -> None:
    for label in labels:
        await stage.client.tap(stage.people["ann"], label)
        await stage.settle()


async def tell_ada(stage: Stage, label: str) -> None:
    await stage.client.tap(stage.people["ada"], label)
    await stage.settle()


async def pass_time(stage: Stage, by: timedelta) -> None:
    stage.clock.advance(by)
    await asyncio.sleep(0.005)  # whoever waits for the clock has a turn
    await stage.settle()


async def pay(stage: Stage) -> None:
    pages = await stage.client.pages()
    await stage.client.use_page(stage.people["ann"], pages[-1]["id"])
    await stage.settle()


async def bring(stage: Stage, *presets: str) -> None:
    """Top up each amount on a page."""
    for preset in presets:
        await tap(stage, "Top up", preset)
        if preset != presets[0]:
            await tap(stage, "Sandbox Pay")
        await pay(stage)


async def give_back(stage: Stage, minor: int) -> None:
    """Give some of the wallet back."""

    async def work(books: Books) -> None:
        ann = stage.people["ann"].id
        draft = await draft_for(books, ann, DraftKind.REFUND)
        ask = AskRefund(ann, "EUR", draft.id, draft.version, Money(minor, "EUR"))
        await carry_out(books, refund, ask)
        await tell_all(books, stage.service.house)

    await stage.service.store.run(work)
    stage.service.errands.wake()
    await stage.settle()


async def found(stage: Stage, kind: type[Any], /, **where: Any) -> list[Any]:
    return await stage.service.store.run(lambda books: books.find(kind, **where))


async def purse(stage: Stage) -> int:
    ann = stage.people["ann"].id
    return (await stage.service.store.run(lambda books: books.standing(wallet(ann, "EUR")))).balance.minor


async def heard(stage: Stage, who: str) -> str:
    return "\n".join(str(each.get("text", "")) for each in await stage.client.messages(stage.people[who]))


async def restart(stage: Stage) -> None:
    await stage.stop_bot()
    await stage.start_bot()
    await stage.settle()


def play_by(stage: Stage, **rules: Any) -> None:
    """Give the gateway other rules."""
    for gateway in stage.service.house.gateways:
        gateway.capabilities = replace(gateway.capabilities, **rules)


@pytest.mark.parametrize("effect", [True, False])
async def test_a_crash_while_a_charge_is_opened_asks_first_and_makes_one_page(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, effect: bool
) -> None:
    async def start_only(work: Work, errand: Errand) -> None:
        await work.store.run(lambda books: books.save(replace(errand, state=ErrandState.STARTED)))
        if effect:
            (charge,) = await found(stage, Charge)
            _, order = await work.store.run(lambda books: charge_and_top_up(books, charge.id))
            gateway = work.house.gateways.named(order.gateway)
            await gateway.open_charge(order.token, order.amount, title="T", expires_at=order.expires_at)

    with monkeypatch.context() as crash:
        crash.setitem(WORK, OPEN_CHARGE, start_only)
        await tap(stage, "Top up", "€10.00")
    calls: list[str] = []
    ask = SandboxGateway._ask

    async def note(gateway: SandboxGateway, method: str, path: str, **more: Any) -> Any:
        calls.append(f"{method} {path.removeprefix('/provider/')}")
        return await ask(gateway, method, path, **more)

    monkeypatch.setattr(SandboxGateway, "_ask", note)
    await restart(stage)
    assert calls == ["GET account", "GET charges", "POST charges"]
    assert len(await stage.client.pages()) == 1
    assert [charge.state for charge in await found(stage, Charge)] == [ChargeState.OPEN]
    await pay(stage)
    assert await purse(stage) == 1000
    await stage.assert_true_books()


async def test_a_payment_that_nobody_told_of_is_found_after_a_restart(stage: Stage) -> None:
    await tap(stage, "Top up", "€10.00")
    await stage.client.fault("notice", "lose")
    await pay(stage)
    assert await purse(stage) == 0
    await restart(stage)
    await pass_time(stage, timedelta(minutes=1))
    assert await purse(stage) == 1000
    assert await found(stage, Errand, kind=ASK_CHARGE, state=ErrandState.WAITING) == []
    await stage.assert_true_books()


async def forget_charge(stage: Stage) -> None:
    """Have the charge believed to be over, as if a provider had said so and taken money after all."""

    async def forget(books: Books) -> None:
        for charge in await books.find(Charge):
            await books.save(replace(charge, state=ChargeState.ENDED))

    await stage.service.store.run(forget)


async def test_a_payment_of_a_charge_that_was_believed_to_be_over_is_found_in_the_providers_books(
    stage: Stage,
) -> None:
    await tap(stage, "Top up", "€10.00")
    await forget_charge(stage)
    await stage.client.fault("notice", "lose")
    await pay(stage)
    await pass_time(stage, timedelta(hours=2))
    assert await purse(stage) == 0
    await pass_time(stage, DAY)
    assert await purse(stage) == 1000
    assert "both books agree (1 matched)\nOne payment that nobody had told of was found" in await heard(
        stage, "ada"
    )
    assert "€10.00 received" in await heard(stage, "ann")
    await pass_time(stage, DAY)
    assert await purse(stage) == 1000
    await stage.assert_true_books()


async def test_a_refund_that_is_parked_here_and_paid_there_is_found_in_the_providers_books(
    stage: Stage,
) -> None:
    await bring(stage, "€10.00")
    await stage.client.fault("provider.refund", "fail", code="expired_card")
    await tap(stage, "Wallet", "Get the rest back", "Get €10.00 back")
    assert [part.state for part in await found(stage, RefundPart)] == [PartState.PARKED]
    (refund,) = await stage.client.refunds()
    stage.sandbox.parts.provider.refunds[refund["id"]] |= {"status": "succeeded", "failure_code": None}
    provider = stage.sandbox.parts.provider
    provider.movements = [each for each in provider.movements if each["kind"] != "refund_failed"]
    await pass_time(stage, DAY)
    assert [part.state for part in await found(stage, RefundPart)] == [PartState.DONE]
    await stage.assert_true_books()


async def test_a_charge_of_unknown_fate_is_asked_about_ever_more_slowly_and_never_sent_blind(
    stage: Stage,
) -> None:
    await stage.client.fault("provider.charge", "drop", effect=True)
    await stage.client.fault("provider.charge_query", "status", times=99)
    await tap(stage, "Top up", "€10.00")
    for wait in (60, 120, 300, 900, 3600, 21600, 86400):
        await pass_time(stage, timedelta(seconds=wait))
    assert len(await stage.client.pages()) == 1
    await stage.client.clear_faults()
    await pass_time(stage, DAY)
    assert [charge.state for charge in await found(stage, Charge)] == [ChargeState.ENDED]


async def test_paid_while_it_was_being_closed_is_credited(stage: Stage) -> None:
    await tap(stage, "Top up", "€10.00")
    await stage.client.fault("notice", "lose")
    await stage.client.fault("provider.close", "status", times=9)
    stage.sandbox.parts.pages.known[(await stage.client.pages())[0]["id"]]["expires"] += 9999
    await pass_time(stage, timedelta(minutes=31))
    await pay(stage)
    await pass_time(stage, timedelta(minutes=16))
    assert await purse(stage) == 1000


async def test_two_parts_of_one_payment_are_sent_as_far_apart_as_the_gateway_wants(stage: Stage) -> None:
    play_by(stage, refund_spacing=timedelta(minutes=1))
    await bring(stage, "€10.00")
    for minor in (300, 200):
        await give_back(stage, minor)
    assert [each["amount"] for each in await stage.client.refunds()] == [300]
    await pass_time(stage, timedelta(seconds=59))
    assert len(await stage.client.refunds()) == 1
    await pass_time(stage, timedelta(seconds=1))
    assert [each["amount"] for each in await stage.client.refunds()] == [300, 200]
    assert {part.state for part in await found(stage, RefundPart)} == {PartState.DONE}


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({"refund_window": timedelta(seconds=0)}, "window_over"),
        ({"least_refund_minor": 1001}, "too_small"),
        ({"most_refunds": 0}, "too_many"),
    ],
)
async def test_what_a_gateway_cannot_take_is_parked_at_once_and_admins_are_told_why(
    stage: Stage, rules: dict[str, Any], why: str
) -> None:
    await bring(stage, "€10.00")
    play_by(stage, **rules)
    await tap(stage, "Wallet", "Get the rest back")
    assert REASONS[why] in await heard(stage, "ann")
    assert "Our staff find another way" in await heard(stage, "ann")
    await tap(stage, "Get €10.00 back")
    (part,) = await found(stage, RefundPart)
    assert (part.state, part.reason) == (PartState.PARKED, why)
    assert why in await heard(stage, "ada")
    assert await stage.client.refunds() == []
    await stage.assert_true_books()


async def test_a_window_about_to_end_is_told_daily_until_nothing_is_left(stage: Stage) -> None:
    play_by(stage, refund_window=timedelta(days=20))
    await bring(stage, "€10.00")
    await tap(stage, "Check out", "Check out, keep the rest here")
    assert "until" not in await heard(stage, "ada")
    for _ in range(8):
        await pass_time(stage, DAY)
    assert (await heard(stage, "ada")).count("can go back until") == 3
    assert "can go back there until" in await heard(stage, "ann")
    await tap(stage, "Wallet", "Get the rest back", "Get €10.00 back")
    await pass_time(stage, DAY)
    assert (await heard(stage, "ada")).count("can go back until") == 3


async def test_a_refund_is_told_by_its_notice_and_one_that_comes_back_is_parked(stage: Stage) -> None:
    await bring(stage, "€10.00")
    await stage.client.fault("provider.refund", "pending")
    await tap(stage, "Wallet", "Get the rest back", "Get €10.00 back")
    (refund,) = await stage.client.refunds()
    await stage.client.settle_refund(refund["id"], "succeeded")
    await stage.settle()
    assert [part.state for part in await found(stage, RefundPart)] == [PartState.DONE]
    provider = stage.sandbox.parts.provider
    provider._end(provider.refunds[refund["id"]], "failed", "account_closed")
    await stage.settle()
    assert [part.state for part in await found(stage, RefundPart)] == [PartState.PARKED]
    await stage.assert_true_books()


@pytest.mark.parametrize("same", [True, False])
async def test_what_was_refused_and_is_not_known_there_goes_again_under_the_key_that_the_gateway_wants(
    stage: Stage, same: bool
) -> None:
    play_by(stage, retries_same_key=same)
    await bring(stage, "€10.00")
    await stage.client.fault("provider.refund", "status", status=402, code="balance_too_low")
    await tap(stage, "Wallet", "Get the rest back", "Get €10.00 back")
    (parked,) = await found(stage, RefundPart)
    assert (parked.state, parked.reason) == (PartState.PARKED, "balance_too_low")
    await tell_ada(stage, "Send it again")
    (part,) = await found(stage, RefundPart)
    (sent,) = await stage.client.refunds()
    assert part.state is PartState.DONE
    assert (part.key == sent["key"], part.key == parked.key) == (True, same)


async def test_what_the_provider_refused_for_good_goes_under_a_new_key_at_every_gateway(stage: Stage) -> None:
    play_by(stage, retries_same_key=True)
    await bring(stage, "€10.00")
    await stage.client.fault("provider.refund", "fail", code="closed")
    await tap(stage, "Wallet", "Get the rest back", "Get €10.00 back")
    await tell_ada(stage, "Send it again")
    first, second = await stage.client.refunds()
    assert (first["status"], second["status"]) == ("failed", "succeeded")
    assert first["key"] != second["key"]


async def test_money_that_the_provider_keeps_is_given_back_by_nobody_else(stage: Stage) -> None:
    await bring(stage, "€10.00")
    await stage.client.fault("provider.refund", "fail", code="abnormal")
    await tap(stage, "Wallet", "Get the rest back", "Get €10.00 back")
    play_by(stage, keeps=frozenset({"abnormal"}))
    await tell_ada(stage, "Put it back into the wallet")  # of a page that did not know it yet
    assert "must not be paid in another way" in await heard(stage, "ada")
    await tell_ada(stage, "Ask again")
    assert [part.state for part in await found(stage, RefundPart)] == [PartState.PARKED]
    assert (await purse(stage), len(await stage.client.refunds())) == (0, 1)
    (refund,) = await stage.client.refunds()
    stage.sandbox.parts.provider.refunds[refund["id"]] |= {"status": "succeeded", "failure_code": None}
    await tell_ada(stage, "Ask again")
    assert [part.state for part in await found(stage, RefundPart)] == [PartState.DONE]
    await stage.assert_true_books()


async def test_a_lot_is_refunded_by_its_own_gateway_whatever_is_on(stage: Stage) -> None:
    await bring(stage, "€10.00")
    stage.settings |= {"GATEWAYS": "sandbox-qr"}
    await restart(stage)
    await tap(stage, "Wallet", "Get the rest back", "Get €10.00 back")
    (part,) = await found(stage, RefundPart)
    assert (part.state, part.reason) == (PartState.PARKED, "no_gateway")
    assert [lot.gateway for lot in await found(stage, Lot)] == ["sandbox-link"]
    stage.settings |= {"GATEWAYS": "sandbox-qr,sandbox-link"}
    await restart(stage)
    await tell_ada(stage, "Send it again")
    assert [part.state for part in await found(stage, RefundPart)] == [PartState.DONE]
    assert await found(stage, Errand, kind=SEND_REFUND, state=ErrandState.FAILED) == []
    await stage.assert_true_books()
