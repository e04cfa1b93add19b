"""Taps that wait for the bot's answer, and the answers people saw."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.sandbox.errors import query_is_too_old

if TYPE_CHECKING:
    from bot.sandbox.world import Json, World


@dataclass(slots=True)
class Toasts:
    """Callback queries by id: each can be answered once, and only while it lives."""

    world: World
    shown: list[Json] = field(default_factory=list)
    _open: dict[str, Json] = field(default_factory=dict)

    def load(self) -> None:
        """Take up what the file remembers."""
        self._open = dict(self.world.file.all("callback"))
        self.shown = [body for _, body in sorted(self.world.file.all("toast"), key=lambda each: int(each[0]))]

    def tapped(self, person_id: int, chat_id: int, message_id: int) -> str:
        """Open a callback query; return its id."""
        query_id = str(4_400_000_000_000_000 + self.world.file.count("callback"))
        life_seconds = self.world.settings.real(self.world.settings.callback_life_seconds)
        query = {
            "person_id": person_id,
            "chat_id": chat_id,
            "message_id": message_id,
            "dies_at": self.world.now() + life_seconds,
        }
        self._open[query_id] = query
        self.world.file.put("callback", query_id, query)
        return query_id

    def answer(self, query_id: str, text: str, show_alert: bool, url: str) -> None:
        """Show the bot's answer to who tapped, or refuse a late or second one."""
        query = self._open.pop(query_id, None)
        self.world.file.drop("callback", query_id)
        if query is None or self.world.now() >= query["dies_at"]:
            raise query_is_too_old()
        where = {name: query[name] for name in ("person_id", "chat_id", "message_id")}
        toast = {
            "callback_query_id": query_id,
            **where,
            "text": text or None,
            "show_alert": show_alert,
            "url": url or None,
        }
        self.shown.append(toast)
        self.world.file.put("toast", self.world.file.count("toast"), toast)
        self.world.events.add("toast", **toast)
