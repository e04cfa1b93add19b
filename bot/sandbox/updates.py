"""What the bot has not yet confirmed: the queue of updates and the long poll that empties it."""

from __future__ import annotations

import asyncio
import copy
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bot.sandbox.errors import Refused, conflict

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.world import Json, World

_NOT_BY_DEFAULT = ("chat_member", "message_reaction", "message_reaction_count")
_SHORT_LIVED = ("callback_query", "pre_checkout_query", "shipping_query")


@dataclass(slots=True)
class Waiting:
    """One update in its queue; `order` is where it stands, `update_id` what confirms it."""

    order: int
    update_id: int
    queue: str
    body: Any
    dies_at: float


@dataclass(slots=True)
class Webhook:
    """Where updates are sent; an empty address means that the bot polls."""

    url: str = ""
    secret_token: str = ""
    max_connections: int = 40
    last_error_date: int = 0
    last_error_message: str = ""


@dataclass(slots=True)
class Updates:
    """Updates in order, kept until confirmed, whatever happens to bot or sandbox."""

    world: World
    waiting: dict[int, Waiting] = field(default_factory=dict)
    webhook: Webhook = field(default_factory=Webhook)
    allowed: list[str] | None = None
    wake: Callable[[], None] = lambda: None
    next_fault: Callable[[], str | None] = lambda: None
    _poller: asyncio.Future[None] | None = None
    _held_back: Waiting | None = None

    def load(self) -> None:
        """Take up what the file remembers."""
        found = [Waiting(**body) for _, body in self.world.file.all("update")]
        self.waiting = {each.order: each for each in sorted(found, key=lambda each: each.order)}
        for _, body in self.world.file.all("webhook"):
            self.webhook = Webhook(**body)
        for _, body in self.world.file.all("allowed_updates"):
            self.allowed = body

    def add(self, kind: str, payload: Json, queue: str) -> None:
        """Queue an update of that kind for the bot, if it wants such."""
        if not self._is_wanted(kind):
            return
        update_id = self._next_id()
        body = {"update_id": update_id, kind: copy.deepcopy(payload)}
        self.world.observe("update", kind, body)
        self._queue(body, update_id, queue, self._life_seconds(kind))

    def inject(self, body: Any, queue: str = "raw") -> int:
        """Queue any JSON as it is; return the id that confirms it."""
        named = body.get("update_id") if isinstance(body, dict) else None
        update_id = named if isinstance(named, int) else self._next_id()
        self._append(self._made(body, update_id, queue, self._life_seconds("")))
        return update_id

    def drop(self, each: Waiting) -> None:
        """Forget an update that the bot has confirmed."""
        self.waiting.pop(each.order, None)
        self.world.file.drop("update", each.order)

    def drop_all(self) -> None:
        """Forget every update."""
        for each in list(self.waiting.values()):
            self.drop(each)

    def drop_expired(self) -> None:
        """Forget what is too old to be delivered."""
        now = self.world.now()
        for each in [each for each in self.waiting.values() if each.dies_at <= now]:
            self.drop(each)

    def allow(self, kinds: list[str] | None) -> None:
        """Deliver only these kinds from now on; None keeps the setting, empty means the default."""
        if kinds is not None:
            self.allowed = kinds
            self.world.file.put("allowed_updates", "", kinds)

    def save_webhook(self) -> None:
        """Store the webhook's settings."""
        self.world.file.put("webhook", "", asdict(self.webhook))

    async def poll(self, offset: int, limit: int, timeout_seconds: float) -> list[Any]:
        """Confirm what lies below *offset*, then return up to *limit* updates, waiting for the first."""
        self._refuse_beside_webhook()
        self.end_poll(
            "terminated by other getUpdates request; make sure that only one bot instance is running"
        )
        self._confirm(offset)
        if timeout_seconds > 0 and not self._batch(limit):
            await self._wait(timeout_seconds)
        return self._batch(limit)

    def end_poll(self, why: str) -> None:
        """End the long poll that is open, if one is, with a conflict."""
        if self._poller is not None and not self._poller.done():
            self._poller.set_exception(conflict(why))

    def close(self) -> None:
        """Let the open long poll return empty."""
        self._answer_poll()

    def _is_wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in _NOT_BY_DEFAULT

    def _life_seconds(self, kind: str) -> float:
        settings = self.world.settings
        short = kind in _SHORT_LIVED
        return settings.query_update_life_seconds if short else settings.message_update_life_seconds

    def _next_id(self) -> int:
        return self.world.file.count("update", self.world.settings.first_update_id)

    def _made(self, body: Any, update_id: int, queue: str, life_seconds: float) -> Waiting:
        dies_at = self.world.now() + self.world.settings.real(life_seconds)
        return Waiting(0, update_id, queue, body, dies_at)

    def _queue(self, body: Json, update_id: int, queue: str, life_seconds: float) -> None:
        each = self._made(body, update_id, queue, life_seconds)
        held, self._held_back = self._held_back, None
        match self.next_fault() if held is None else None:
            case "swap":
                self._held_back = each
                return
            case "repeat":
                self._append(each)
        self._append(each)
        if held is not None:
            self._append(held)

    def _append(self, made: Waiting) -> None:
        each = replace(made, order=self.world.file.count("order"))
        self.waiting[each.order] = each
        self.world.file.put("update", each.order, asdict(each))
        self._answer_poll()
        self.wake()

    def _refuse_beside_webhook(self) -> None:
        if self.webhook.url:
            raise conflict(
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first"
            )

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            kept = {each.order for each in list(self.waiting.values())[offset:]}
            confirmed = [each for each in self.waiting.values() if each.order not in kept]
        else:
            confirmed = [each for each in self.waiting.values() if each.update_id < offset]
        for each in confirmed:
            self.drop(each)

    def _batch(self, limit: int) -> list[Any]:
        self.drop_expired()
        return [each.body for each in list(self.waiting.values())[:limit]]

    async def _wait(self, timeout_seconds: float) -> None:
        poller: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._poller = poller
        try:
            async with asyncio.timeout(timeout_seconds):
                await poller
        except TimeoutError:
            return
        finally:
            if self._poller is poller:
                self._poller = None

    def _answer_poll(self) -> None:
        if self._poller is not None and not self._poller.done():
            self._poller.set_result(None)


def checked_kinds(kinds: object) -> list[str] | None:
    """Return allowed_updates as a list of names, or refuse."""
    if kinds is None or (isinstance(kinds, list) and all(isinstance(each, str) for each in kinds)):
        return kinds
    raise Refused(400, "Bad Request: can't parse allowed_updates JSON object")
