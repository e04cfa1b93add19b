"""Whatever a bot sends, the sandbox answers or refuses; it never breaks."""

from __future__ import annotations

import inspect
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sandbox import Sandbox, SandboxSettings
from bot.sandbox.acts import write
from bot.sandbox.bot_api import METHODS
from bot.sandbox.errors import Refused
from bot.sandbox.wire import Call
from bot.sandbox.world import Person
from tests.thorough import examples

ANN = 5_000_001
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from(["", "x", "HTML", "[]", "{}", "[1]", "<b>"])
)
KEYS = [
    "text",
    "type",
    "offset",
    "length",
    "inline_keyboard",
    "keyboard",
    "message_id",
    "amount",
    "label",
    "chat_id",
]
JUNK = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=6,
)

LIKELY: dict[str, Any] = {
    "chat_id": ANN,
    "message_id": 2,
    "text": "x",
    "title": "x",
    "description": "x",
    "payload": "x",
    "currency": "EUR",
    "provider_token": SandboxSettings().provider_token,
    "prices": [{"label": "x", "amount": 1000}],
    "commands": [{"command": "x", "description": "x"}],
}


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """Return a call that is right but for one or two parameters."""
    method = draw(st.sampled_from([each for each in METHODS.values() if each.name != "getUpdates"]))
    names = sorted(method.parameters)
    given_right = {name: LIKELY[name] for name in names if name in LIKELY}
    junk = draw(st.dictionaries(st.sampled_from(names), JUNK, max_size=2)) if names else {}
    return Call(method.name, given_right | junk)


@settings(max_examples=examples(300), deadline=None)
@given(calls())
def test_nonsense_is_answered_or_refused(call: Call) -> None:
    sandbox = Sandbox(SandboxSettings(flood_limits=False))
    sandbox.world.save_person(Person(ANN, "Ann"))
    write(sandbox.parts, ANN, ANN, "/start")
    sandbox.world.post(ANN, sandbox.settings.bot_id, {"text": "hello"})
    with suppress(Refused):
        assert not inspect.isawaitable(METHODS[call.method.lower()].run(sandbox.parts, call))
    sandbox.world.file.close()
