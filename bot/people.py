"""Whom the bot has met, and in which language they read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.outbox import move_chat
from core.ports import Books


@dataclass(frozen=True, slots=True)
class Peer:
    """A person, or a group: who reads in the chat of that id.

    *visit_id* is the visit whose seat they scanned last, *expects* what a typed text will be taken
    for ("amount:12"), *reachable* false while they block the bot.
    """

    id: int
    name: str
    language: str
    chosen_language: str
    visit_id: int | None
    expects: str
    reachable: bool

    @property
    def reads(self) -> str:
        """The language they chose, else the one of their phone."""
        return self.chosen_language or self.language


@dataclass(frozen=True, slots=True)
class Sender:
    """A person as an update names them."""

    id: int
    name: str
    language: str


async def meet(books: Books, sender: Sender) -> Peer:
    """Return the peer, as they are called today."""
    known = await books.get(Peer, sender.id)
    if known is None:
        return await books.add(Peer(sender.id, sender.name, sender.language, "", None, "", True))
    # A group's update may leave the language out; what the phone said before stays.
    now = replace(known, name=sender.name, language=sender.language or known.language, reachable=True)
    if now != known:
        await books.save(now)
    return now


async def peer_of(books: Books, id_: int) -> Peer:
    """Return somebody whom the bot has met."""
    peer = await books.get(Peer, id_)
    assert peer is not None, id_
    return peer


async def follow_group(books: Books, old_id: int, new_id: int) -> None:
    """Take a group's language and unsaid messages along to its new number."""
    group = await books.get(Peer, old_id)
    if group:
        await books.add_new(replace(group, id=new_id), "id")
    await move_chat(books, old_id, new_id)
