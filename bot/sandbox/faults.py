"""What shall go wrong next, on demand."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from bot.sandbox.errors import NotPossible

if TYPE_CHECKING:
    from collections.abc import Callable

_KINDS = ("status", "hang", "drop")
_PROVIDER = tuple(
    f"provider.{operation}"
    for operation in (
        "account", "binding", "charge", "charge_query", "close", "movements", "refund", "refund_query",
    )
)  # fmt: skip
_UPDATE_KINDS = ("repeat", "swap")
_NOTICE_KINDS = ("lose", "repeat", "delay")


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong, `times` times, when its target is called."""

    id: int
    on: str
    kind: str
    times: int = 1
    chat_id: int | None = None
    effect: bool = False
    status: int = 500
    description: str = ""
    retry_after: int | None = None
    code: str = ""

    def fits(self, target: str, chat_id: int | None) -> bool:
        """Whether a call to *target* meets this fault."""
        others = ("update", "notice", "getupdates")
        is_any_call = self.on == "*" and "." not in target and target.lower() not in others
        here = is_any_call or self.on.lower() == target.lower()
        return here and (self.chat_id is None or self.chat_id == chat_id)


@dataclass(slots=True)
class Faults:
    """The faults still to come, oldest first."""

    tell: Callable[[dict[str, Any]], None] = lambda fault: None
    left: list[Fault] = field(default_factory=list)
    _made: int = 0

    def add(self, wanted: dict[str, Any]) -> Fault:
        """Note a fault, or say why it cannot be."""
        self._made += 1
        try:
            fault = Fault(id=self._made, **wanted)
        except TypeError as error:
            raise NotPossible(f"not a fault: {error}") from None
        if fault.kind not in _kinds_on(fault.on):
            raise NotPossible(f"no fault {fault.kind!r} on {fault.on!r}")
        self.left.append(fault)
        return fault

    def take(self, target: str, chat_id: int | None = None) -> Fault | None:
        """Return the fault that this call meets, one time fewer to come."""
        fault = next((each for each in self.left if each.fits(target, chat_id)), None)
        if fault is None:
            return None
        fault.times -= 1
        if fault.times <= 0:
            self.left.remove(fault)
        self.tell(asdict(fault))
        return fault

    def take_for_update(self) -> str | None:
        """Return what happens to the next update: repeat, swap, or nothing."""
        fault = self.take("update")
        return None if fault is None else fault.kind


def _kinds_on(target: str) -> tuple[str, ...]:
    if target == "update":
        return _UPDATE_KINDS
    if target == "notice":
        return _NOTICE_KINDS
    if target == "provider.refund":
        return (*_KINDS, "pending", "fail")
    return _KINDS if target in _PROVIDER or "." not in target else ()
