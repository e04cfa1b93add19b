"""What others' code says of our Bot API traffic: aiogram's models and teremok's rules.

    oracle = Oracle.watch(sandbox)
    ...
    oracle.assert_satisfied()

The `check_…` functions can be used alone; each raises `Disagreement`. Others' code is imported by whoever
judges first, for that takes seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from tests.thorough import THOROUGH

if TYPE_CHECKING:
    from aiogram import Bot
    from aiogram.methods.base import TelegramMethod
    from aiogram.types import Update

    from bot.sandbox import Sandbox

_TOKEN = "42:ORACLE"


class Disagreement(AssertionError):
    """Somebody else's model or rule says no."""


def check_update(update: Mapping[str, Any]) -> Update:
    """Return an update as aiogram's, every field of it known."""
    from aiogram.types import Update

    try:
        found = Update.model_validate(update, context={"bot": None})
    except ValidationError as error:
        raise Disagreement(f"update {update}: {error}") from None
    _check_all_known(found, f"update {update}")
    return found


def check_call(method: str, params: Mapping[str, Any]) -> TelegramMethod[Any]:
    """Return a call as aiogram's, every parameter known and every rule of teremok's kept."""
    try:
        call = _method(method).model_validate(dict(params))
        _check_all_known(call, f"{method} {params}")
    except ValidationError as error:
        raise Disagreement(f"{method} {params}: {error}") from None
    _check_rules(call, f"{method} {params}")
    return call


def check_result(method: str, result: Any) -> Any:
    """Return a method's result as aiogram's type for it, every field known."""
    try:
        found = _returned(method).validate_python(result)
    except ValidationError as error:
        raise Disagreement(f"result of {method} {result}: {error}") from None
    for each in found if isinstance(found, list) else [found]:
        _check_all_known(each, f"result of {method} {result}")
    return found


@dataclass
class Oracle:
    """Watches a sandbox and notes each disagreement, or only the traffic if nothing is `judged`.

    With `refused_too`, calls that the sandbox refused are checked like the others: a bot that is fit to ship
    makes none that the models refuse.
    """

    refused_too: bool = True
    judged: bool = THOROUGH
    problems: list[str] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refusals: list[tuple[str, Any]] = field(default_factory=list)
    _open: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def watch(cls, sandbox: Sandbox, *, refused_too: bool = True, judged: bool = THOROUGH) -> Oracle:
        """Begin to watch."""
        if judged:
            _bot()  # what takes seconds is imported now, while nobody waits for an answer of the sandbox
        oracle = cls(refused_too, judged)
        sandbox.world.observers.append(oracle.see)
        return oracle

    def see(self, kind: str, method: str, payload: Any) -> None:
        """Take one update, call, result or refusal."""
        self._note(kind, method, payload)
        if self.judged:
            try:
                self._judge(kind, method, payload)
            except Disagreement as disagreement:
                self.problems.append(str(disagreement))

    def assert_satisfied(self) -> None:
        """Fail with every disagreement that was noted."""
        assert not self.problems, "\n".join(self.problems)

    def _note(self, kind: str, method: str, payload: Any) -> None:
        match kind:
            case "update":
                self.updates.append(payload)
            case "call":
                self.calls.append((method, payload))
            case "refusal":
                self.refusals.append((method, payload))

    def _judge(self, kind: str, method: str, payload: Any) -> None:
        match kind:
            case "update":
                check_update(payload)
            case "call" if self.refused_too:
                check_call(method, payload)
            case "call":
                self._open[method] = payload
            case "result":
                if not self.refused_too:
                    check_call(method, self._open[method])
                check_result(method, payload)


@cache
def _bot() -> Bot:
    from aiogram import Bot

    return Bot(_TOKEN)


@cache
def _method(name: str) -> type[TelegramMethod[Any]]:
    from aiogram import methods

    found: type[TelegramMethod[Any]] = getattr(methods, name[0].upper() + name[1:])
    return found


@cache
def _returned(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(_method(name).__returning__)


def _check_rules(call: TelegramMethod[Any], what: str) -> None:
    from teremok.validation import ApiRuleViolation, validate_method

    try:
        validate_method(_bot(), call)
    except ApiRuleViolation as violation:
        if "too long" in violation.description:
            return  # it counts before parsing, Telegram and the sandbox after
        raise Disagreement(f"{what}: {violation}") from None


def _check_all_known(model: Any, what: str) -> None:
    for each in _models(model):
        if each.model_extra:
            raise Disagreement(f"{what}: {type(each).__name__} knows no {sorted(each.model_extra)}")


def _models(value: Any) -> Iterator[BaseModel]:
    if isinstance(value, BaseModel):
        yield value
        for name in value.model_fields_set & type(value).model_fields.keys():
            yield from _models(getattr(value, name))
    elif isinstance(value, list):
        for each in value:
            yield from _models(each)
