"""What happens around the people of a transcript: files, groups, the clock, and trouble."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.sandbox.acts import send_document, send_photo
from bot.sandbox.wire import Upload

if TYPE_CHECKING:
    from tests.transcript import Transcript

ENCODINGS = {"latin": "latin-1", "cp1252": "cp1252", "gb18030": "gb18030", "utf16": "utf-16"}

# Time and trouble


async def _clock_moves(play: Transcript, number: str, unit: str) -> None:
    play.stage.clock.advance(timedelta(**{f"{unit.rstrip('s')}s": int(number)}))


async def _bot_restarts(play: Transcript) -> None:
    await play.stage.stop_bot()
    await play.stage.start_bot()


async def _injected(play: Transcript, update: str) -> None:
    """Something that Telegram would not send: what others' models say of it is no finding."""
    number = await play.stage.client.inject(json.loads(update))
    await play.stage.settle()
    problems = play.stage.oracle.problems
    problems[:] = [each for each in problems if str(number) not in each]


async def _comes_twice(play: Transcript) -> None:
    await play.stage.client.fault("update", "repeat")


async def _blocks(play: Transcript, who: str, un: str) -> None:
    client = play.stage.client
    await (client.unblock if un else client.block)(play.stage.people[who])


# Other things than texts


async def _sends_sticker(play: Transcript, who: str) -> None:
    await play.stage.client.send_sticker(play.stage.people[who])


async def _sends_file(play: Transcript, who: str, name: str, caption: str, content: str) -> None:
    """The content stands behind the caption, its lines parted by ` / `; the name says how it is encoded."""
    body = content.replace(" / ", "\n").encode(ENCODINGS.get(name.partition(".")[0], "utf-8"))
    await play.stage.client.send_document(play.stage.people[who], name, body, caption=caption)


async def _sends_menu(
    play: Transcript, who: str, items: str, categories: str, caption: str, more: str | None
) -> None:
    """A menu of so many items, spread over so many categories, each a cent dearer than the last."""
    per_category = -(-int(items) // int(categories))
    rows = [f"Kind {n // per_category + 1},Item {n + 1},{1 + n / 100:.2f}" for n in range(int(items))]
    if more:
        rows = [f"{row},{'much to know ' * 23}" for row in rows]
    body = "\n".join(["category,item,price,description", *rows]).encode()
    await play.stage.client.send_document(play.stage.people[who], "menu.csv", body, caption=caption)


async def _sends_photo(play: Transcript, who: str, large: str | None, caption: str) -> None:
    """A picture of one pixel, with nothing behind it or far too much."""
    content = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\0\0\1\0\0\0\1" + b"\0" * (5_000_000 if large else 9)
    person = play.stage.people[who]
    send_photo(play.stage.sandbox.parts, person.id, person.id, Upload("photo", "image/png", content), caption)


async def _sends_huge_file(play: Transcript, who: str, caption: str) -> None:
    upload = Upload("huge.csv", "text/csv", b"category,item,price\n" + b" " * 5_000_000)
    person = play.stage.people[who]
    send_document(play.stage.sandbox.parts, person.id, person.id, upload, caption)


# Groups


async def _founded(play: Transcript, name: str, members: str) -> None:
    people = [play.stage.people[who] for who in members.split(", ")]
    play.stage.groups[name] = await play.stage.client.group(name.title(), *people)


async def _bar_opens(play: Transcript, name: str, seats: str, staff: str) -> None:
    """A merchant with a group of that name, made without the talk."""
    labels = tuple(seats.split(", "))
    await play.stage.open_bar(name.lower(), f"{name} Bar", tuple(staff.split(", ")), labels)


async def _gets_group(play: Transcript, station: str, bar: str, members: str, items: str) -> None:
    """A station's place, made and linked without the talk; the items that are named are made there."""
    await _founded(play, station, members)
    await play.stage.settle()
    await play.stage.link_station(bar, station, tuple(items.split(", ")))
    play.look_away()


async def _gets_topic(play: Transcript, station: str, bar: str, items: str) -> None:
    """The same as a topic of the bar's group, which becomes a forum by the first."""
    await _topic_made(play, station, bar)
    await play.stage.settle()
    await play.stage.link_station(bar, station, tuple(items.split(", ")))
    play.look_away()


async def _topic_made(play: Transcript, topic: str, group: str) -> None:
    chat = play.stage.groups[group]
    play.stage.topics[topic] = chat, await play.stage.client.topic(chat, topic.title())


async def _topic_set(play: Transcript, topic: str, how: str) -> None:
    states = {"is closed": "closed", "is opened again": "open", "is deleted": "deleted"}
    await play.stage.client.set_topic(*play.stage.topics[topic], states[how])


async def _upgraded(play: Transcript, group: str) -> None:
    play.stage.groups[group] = await play.stage.client.upgrade(play.stage.groups[group])


async def _bot_thrown_out(play: Transcript, group: str) -> None:
    await play.stage.client.set_bot(play.stage.groups[group], "kicked")


async def _bot_back(play: Transcript, group: str) -> None:
    await play.stage.client.set_bot(play.stage.groups[group], "member")


async def _bot_muted(play: Transcript, group: str) -> None:
    await play.stage.client.set_bot(play.stage.groups[group], "restricted")


Act = Callable[..., Awaitable[None]]
SURROUNDINGS: dict[str, Act] = {
    r"(\d+) (seconds?|minutes?|hours?|days?) pass(?:es)?": _clock_moves,
    r"the bot restarts": _bot_restarts,
    r"this update comes: (.*)": _injected,
    r"the next update comes twice": _comes_twice,
    r"(\w+) (un)?blocks the bot": _blocks,
    r"(\w+) sends a sticker": _sends_sticker,
    r"(\w+) sends a menu of (\d+) items in (\d+) categories captioned \"(.*?)\"(, described)?": _sends_menu,
    r"(\w+) sends a (large )?photo captioned \"(.*?)\"": _sends_photo,
    r"(\w+) sends a huge file captioned \"(.*?)\"": _sends_huge_file,
    r"(\w+) sends (\S+) captioned \"(.*?)\": (.*)": _sends_file,
    r"the group (\w+) is founded by (.*)": _founded,
    r"the (\w+) Bar opens with seats? (.*) and staff (.*)": _bar_opens,
    r"the group (\w+) becomes a supergroup": _upgraded,
    r"(\w+) of (\w+) gets a group of (.*?) and makes (.*)": _gets_group,
    r"(\w+) of (\w+) gets a topic and makes (.*)": _gets_topic,
    r"the topic (\w+) is made in (\w+)": _topic_made,
    r"the topic (\w+) (is closed|is opened again|is deleted)": _topic_set,
    r"the bot is thrown out of (\w+)": _bot_thrown_out,
    r"the bot is muted in (\w+)": _bot_muted,
    r"the bot is back in (\w+)": _bot_back,
}
