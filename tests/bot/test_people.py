"""People as the bot meets them again and again."""

from __future__ import annotations

from dataclasses import replace

from bot.people import Peer, Sender, meet
from core.ports import Books, Store


async def test_a_newcomer_reads_the_language_of_their_phone(store: Store) -> None:
    ann = await store.run(lambda books: meet(books, Sender(7, "Ann", "zh-hans")))
    assert (ann.name, ann.reads, ann.reachable) == ("Ann", "zh-hans", True)


async def test_a_peer_is_called_as_today_and_keeps_what_they_chose(store: Store) -> None:
    async def meet_again(books: Books) -> Peer:
        ann = await meet(books, Sender(7, "Ann", "en"))
        await books.save(replace(ann, chosen_language="zh-Hans", expects="amount:1", reachable=False))
        return await meet(books, Sender(7, "Anna", ""))

    anna = await store.run(meet_again)
    assert anna == Peer(7, "Anna", "en", "zh-Hans", None, "amount:1", reachable=True)
    assert anna.reads == "zh-Hans"
