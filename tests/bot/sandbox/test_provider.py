"""The payment provider: charges, refunds by key, movements, disputes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientSession

from bot.sandbox import Sandbox, SandboxClient
from bot.sandbox.world import card_of


@dataclass
class Caller:
    """Somebody with the provider's API key."""

    http: ClientSession
    url: str
    key: str

    async def get(self, path: str) -> tuple[int, Any]:
        """Ask; return status and body."""
        async with self.http.get(f"{self.url}/provider/{path}", headers=self._headers()) as answer:
            return answer.status, await answer.json()

    async def refund(self, key: str, charge: str, amount: object) -> tuple[int, Any]:
        """Ask for a refund; return status and body."""
        headers = self._headers() | {"Idempotency-Key": key}
        body = {"charge": charge, "amount": amount}
        async with self.http.post(f"{self.url}/provider/refunds", json=body, headers=headers) as answer:
            return answer.status, await answer.json()

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def code(body: Mapping[str, Any]) -> str:
    """Return the code of a refusal."""
    return str(body["error"]["code"])


@pytest.fixture
def caller(http: ClientSession, sandbox: Sandbox) -> Caller:
    """The cashier's gateway."""
    return Caller(http, sandbox.url, sandbox.settings.provider_key)


@pytest.fixture
def charge(sandbox: Sandbox) -> str:
    """A charge of 10.00 EUR on somebody's card."""
    made = sandbox.parts.provider.charge(1000, "EUR", card_of(1), "tu1:41", "tpc_1")
    return str(made["id"])


async def test_a_charge_can_be_asked_for(caller: Caller, charge: str) -> None:
    status, body = await caller.get(f"charges/{charge}")
    assert (status, body["amount"], body["currency"], body["status"]) == (200, 1000, "EUR", "succeeded")
    assert body["reference"] == "tpc_1"
    status, body = await caller.get("charges/ch_none")
    assert (status, code(body)) == (404, "charge_not_found")


async def test_the_key_of_the_api_is_needed(caller: Caller, charge: str) -> None:
    caller.key = "sk_wrong"
    assert (await caller.get(f"charges/{charge}"))[0] == 401
    assert (await caller.refund("k", charge, 1))[0] == 401


async def test_same_key_and_body_is_the_same_refund(caller: Caller, charge: str) -> None:
    first = await caller.refund("part-1", charge, 400)
    assert first[0] == 200
    assert await caller.refund("part-1", charge, 400) == first
    assert (await caller.get(f"charges/{charge}"))[1]["refunded"] == 400


async def test_same_key_and_another_body_is_refused(caller: Caller, charge: str) -> None:
    await caller.refund("part-1", charge, 400)
    status, body = await caller.refund("part-1", charge, 500)
    assert (status, code(body)) == (409, "idempotency_key_reused")


async def test_more_than_is_left_is_refused(caller: Caller, charge: str) -> None:
    await caller.refund("part-1", charge, 600)
    status, body = await caller.refund("part-2", charge, 401)
    assert (status, code(body)) == (400, "refund_exceeds_charge")
    assert (await caller.refund("part-3", charge, 400))[0] == 200


@pytest.mark.parametrize(
    ("key", "amount", "expected"),
    [
        ("", 1, "idempotency_key_required"),
        ("k", 0, "amount_invalid"),
        ("k", -5, "amount_invalid"),
        ("k", 1.5, "amount_invalid"),
        ("k", "1", "amount_invalid"),
    ],
)
async def test_careless_refunds_are_refused(
    caller: Caller, charge: str, key: str, amount: object, expected: str
) -> None:
    status, body = await caller.refund(key, charge, amount)
    assert (status, code(body)) == (400, expected)


async def test_a_refund_is_found_by_id_and_by_key(caller: Caller, charge: str) -> None:
    _, refund = await caller.refund("part-1", charge, 400)
    assert (await caller.get(f"refunds/{refund['id']}"))[1] == refund
    assert (await caller.get("refunds/part-1"))[1] == refund
    assert (await caller.get("refunds?key=part-1"))[1] == refund
    assert (await caller.get(f"refunds?charge={charge}"))[1] == {"refunds": [refund]}
    status, body = await caller.get("refunds?key=never-sent")
    assert (status, code(body)) == (404, "refund_not_found")


async def test_a_refund_may_pend_and_then_end_either_way(
    caller: Caller, client: SandboxClient, charge: str
) -> None:
    await client.fault("provider.refund", "pending", times=2)
    _, one = await caller.refund("part-1", charge, 400)
    _, two = await caller.refund("part-2", charge, 500)
    assert (one["status"], two["status"]) == ("pending", "pending")
    await client.settle_refund(one["id"], "succeeded")
    await client.settle_refund(two["id"], "failed", "account_closed")
    assert (await caller.get("refunds/part-1"))[1]["status"] == "succeeded"
    failed = (await caller.get("refunds/part-2"))[1]
    assert (failed["status"], failed["failure_code"]) == ("failed", "account_closed")
    assert (await caller.get(f"charges/{charge}"))[1]["refunded"] == 400


async def test_a_refund_may_be_refused_or_fail_at_once(
    caller: Caller, client: SandboxClient, charge: str
) -> None:
    await client.fault("provider.refund", "status", status=402, code="refund_window_over")
    status, body = await caller.refund("part-1", charge, 400)
    assert (status, code(body)) == (402, "refund_window_over")
    await client.fault("provider.refund", "fail", code="account_closed")
    _, failed = await caller.refund("part-2", charge, 400)
    assert (failed["status"], failed["failure_code"]) == ("failed", "account_closed")


@pytest.mark.parametrize("effect", [True, False])
async def test_a_500_says_nothing_of_the_effect(
    caller: Caller, client: SandboxClient, charge: str, effect: bool
) -> None:
    await client.fault("provider.refund", "status", status=500, effect=effect)
    assert (await caller.refund("part-1", charge, 400))[0] == 500
    assert (await caller.get("refunds?key=part-1"))[0] == (200 if effect else 404)


@pytest.mark.parametrize("kind", ["hang", "drop"])
async def test_an_answer_may_never_come(
    caller: Caller, client: SandboxClient, charge: str, kind: str
) -> None:
    await client.fault("provider.refund", kind, effect=True)
    timeout = aiohttp.ClientTimeout(total=0.3)
    async with ClientSession(timeout=timeout) as http:
        with pytest.raises((TimeoutError, aiohttp.ClientError)):
            await Caller(http, caller.url, caller.key).refund("part-1", charge, 400)
    assert (await caller.get("refunds?key=part-1"))[0] == 200


async def test_movements_add_up(caller: Caller, client: SandboxClient, charge: str) -> None:
    await caller.refund("part-1", charge, 400)
    await client.fault("provider.refund", "fail")
    await caller.refund("part-2", charge, 100)
    dispute = await client.dispute(charge, 300)
    await client.close_dispute(dispute["id"], won=True)
    movements = (await caller.get("movements"))[1]["movements"]
    assert [(each["kind"], each["amount"]) for each in movements] == [
        ("charge", 1000),
        ("refund", -400),
        ("refund", -100),
        ("refund_failed", 100),
        ("dispute", -300),
        ("dispute_won", 300),
    ]
    later = (await caller.get("movements?after=4"))[1]["movements"]
    assert [each["seq"] for each in later] == [5, 6]
