"""Notices are verified, kept once and applied; what is forged or too much changes nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from bot import notices
from bot.notices import BODY_BYTES
from bot.sandbox.notices import SIGNATURE_HEADER
from core.ledger import suspense, wallet
from core.notice import KeptNotice, RefusedNotices, ToldFact
from core.top_up import Stray, TopUp
from tests.stage import Stage, open_stage


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Ann wants to pay 10.00 on the provider's page; five notices a second are taken."""
    async with open_stage(tmp_path, GATEWAYS="sandbox-link", NOTICES_PER_SECOND="5") as stage:
        await stage.ready_bar()
        ann = await stage.add_person("Ann")
        await stage.client.start(ann, await stage.seat_token("A1"))
        await stage.settle()
        for label in ("Open my account", "Top up", "€10.00"):
            await stage.client.tap(ann, label)
            await stage.settle()
        yield stage


async def paid(stage: Stage, **other: Any) -> bytes:
    """Return the body of a notice that Ann has paid, or something else."""
    (order,) = await stage.service.store.run(lambda books: books.find(TopUp))
    charge = {
        "id": "ch_1", "reference": "pp_1", "amount": 1000, "currency": "EUR", "created": 0,
        "card": {"brand": "Visa", "last4": "4242", "fingerprint": "fp_1"}, **other,
    }  # fmt: skip
    data = {"key": order.token, "created": 0, "charge": charge}
    return json.dumps({"id": "nt_1", "type": "charge.paid", "created": 0, "data": data}).encode()


async def tell(stage: Stage, body: bytes, gateway: str = "sandbox-link", signature: str = "") -> int:
    """Post a notice, rightly signed unless told otherwise; return the answer's status."""
    headers = {SIGNATURE_HEADER: signature or stage.sandbox.parts.notices.sign(body)}
    url = f"{stage.settings['PUBLIC_URL']}/notices/{gateway}"
    async with ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        status = answer.status
    await stage.settle()
    return status


async def kept(stage: Stage, kind: type[Any]) -> list[Any]:
    return await stage.service.store.run(lambda books: books.find(kind))


async def purse(stage: Stage) -> int:
    ann = stage.people["ann"].id
    return (await stage.service.store.run(lambda books: books.standing(wallet(ann, "EUR")))).balance.minor


async def test_a_notice_is_kept_word_by_word_and_credited_once_however_often_it_comes(stage: Stage) -> None:
    body = await paid(stage)
    assert [await tell(stage, body) for _ in range(3)] == [200, 200, 200]
    (notice,) = await kept(stage, KeptNotice)
    assert (notice.gateway, notice.uid, notice.body) == ("sandbox-link", "nt_1", body)
    assert len(await kept(stage, ToldFact)) == 1
    assert await purse(stage) == 1000


async def test_another_notice_of_the_same_charge_credits_nothing_more(stage: Stage) -> None:
    body = await paid(stage)
    await tell(stage, body)
    await tell(stage, body.replace(b"nt_1", b"nt_2").replace(b'"created": 0', b'"created": 1'))
    assert len(await kept(stage, KeptNotice)) == 2
    assert await purse(stage) == 1000


@pytest.mark.parametrize("other", [{"amount": 999}, {"currency": "USD"}])
async def test_what_does_not_match_waits_in_suspense(stage: Stage, other: dict[str, Any]) -> None:
    assert await tell(stage, await paid(stage, **other)) == 200
    (stray,) = await kept(stage, Stray)
    account = suspense("sandbox-link", stray.amount.currency)
    standing = await stage.service.store.run(lambda books: books.standing(account))
    assert (standing.balance, await purse(stage)) == (stray.amount, 0)


async def test_forged_changed_and_old_notices_change_nothing_and_are_counted(stage: Stage) -> None:
    body = await paid(stage)
    signature = stage.sandbox.parts.notices.sign(body)
    assert await tell(stage, body.replace(b"1000", b"9000"), signature=signature) == 400
    assert await tell(stage, body, signature="t=1,v1=abc") == 400
    assert await tell(stage, b"\x00{") == 400
    stage.clock.advance(timedelta(minutes=6))
    assert await tell(stage, body, signature=signature) == 400
    counted = {each.reason: each.count for each in await kept(stage, RefusedNotices)}
    assert counted == {"signature": 2, "body": 1, "time": 1}
    assert (await kept(stage, KeptNotice), await purse(stage)) == ([], 0)


async def test_an_odd_signature_is_refused(stage: Stage) -> None:
    for signature in ("-", "t=,v1=", "t=x,v1=y", "é", "v1"):
        assert await tell(stage, b"{}", signature=signature) == 400, signature


async def test_a_gateway_that_is_not_on_is_not_there(stage: Stage) -> None:
    assert await tell(stage, await paid(stage), gateway="stripe") == 404
    assert await tell(stage, await paid(stage), gateway="sandbox") == 404


async def test_a_body_that_is_too_long_is_refused(stage: Stage) -> None:
    assert await tell(stage, b" " * (BODY_BYTES + 1)) == 413
    assert [each.reason for each in await kept(stage, RefusedNotices)] == ["size"]


async def test_a_notice_that_does_not_come_to_an_end_holds_nothing_up(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "BODY_SECONDS", 0.05)
    address = stage.house_settings.listen
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(b"POST /notices/sandbox-link HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\n{")
    assert b"408" in await reader.readline()
    writer.close()
    assert await tell(stage, await paid(stage)) == 200


async def test_a_notice_that_was_put_off_counts_when_it_comes_again(stage: Stage) -> None:
    body = await paid(stage)
    for _ in range(5):
        assert await tell(stage, b"{}", signature="t=1,v1=abc") == 400
    assert (await tell(stage, body), await purse(stage)) == (429, 0)
    stage.clock.advance(timedelta(seconds=1))
    assert (await tell(stage, body), await purse(stage)) == (200, 1000)


async def test_more_notices_than_are_allowed_are_put_off(stage: Stage) -> None:
    body = await paid(stage)
    answers = [await tell(stage, body) for _ in range(6)]
    assert answers == [200] * 5 + [429]
    stage.clock.advance(timedelta(seconds=1))
    assert await tell(stage, body) == 200
