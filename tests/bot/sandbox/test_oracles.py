"""The oracle itself: what it lets pass, and what it catches."""

from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import BadRequest

from bot.sandbox import Sandbox
from bot.sandbox.client import Person
from tests.bot.sandbox.oracles import Disagreement, Oracle, check_call, check_result, check_update

pytestmark = pytest.mark.slow

USER = {"id": 1, "is_bot": False, "first_name": "Ann"}
QUERY = {"id": "1", "from": USER, "chat_instance": "7", "data": "x"}


def test_good_traffic_passes() -> None:
    assert check_update({"update_id": 1, "callback_query": QUERY}).callback_query
    assert check_call("sendMessage", {"chat_id": "1", "text": "<b>x</b>", "parse_mode": "HTML"})
    assert check_result("getMe", USER)
    assert check_result("answerCallbackQuery", True)


@pytest.mark.parametrize(
    "query",
    [
        {name: value for name, value in QUERY.items() if name != "chat_instance"},
        QUERY | {"dta": "misspelt"},
        QUERY | {"from": USER | {"first_nam": "misspelt inside"}},
    ],
)
def test_an_update_with_a_missing_or_misspelt_field_is_caught(query: dict[str, object]) -> None:
    with pytest.raises(Disagreement):
        check_update({"update_id": 1, "callback_query": query})


@pytest.mark.parametrize(
    "params",
    [
        {"text": "no chat"},
        {"chat_id": 1, "text": "x", "parsemode": "HTML"},
        {"chat_id": 1, "text": "<b>x", "parse_mode": "HTML"},
        {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x"}]]}},
        {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x", "callback": "y"}]]}},
    ],
)
def test_a_bad_call_is_caught(params: dict[str, object]) -> None:
    with pytest.raises(Disagreement):
        check_call("sendMessage", params)


def test_a_bad_result_is_caught() -> None:
    with pytest.raises(Disagreement):
        check_result("getMe", {"id": 1})


async def test_a_watching_oracle_notes_calls_refusals_and_problems(
    sandbox: Sandbox, bot: Bot, ann: Person
) -> None:
    oracle = Oracle.watch(sandbox, judged=True)
    await bot.send_message(ann.id, "fine")
    oracle.assert_satisfied()
    with pytest.raises(BadRequest):
        await bot.send_message(ann.id, "<b>broken", "HTML")
    assert [method for method, _ in oracle.calls] == ["sendMessage", "sendMessage"]
    assert [method for method, _ in oracle.refusals] == ["sendMessage"]
    with pytest.raises(AssertionError, match="Can't find end tag"):
        oracle.assert_satisfied()
