"""Files that go from chat to chat: fetched, answered, sent."""

from __future__ import annotations

import json

from telegram.error import TelegramError

from bot.errands.work import ATTEMPTS, Doing, Work
from bot.outbox import Attachment, say
from bot.pages import Page, Parcel
from bot.people import peer_of
from core.errand import Errand
from core.ports import Books


async def fetch(work: Work, errand: Errand) -> bytes | None:
    """Fetch the file that an errand names; None if it was said that it cannot be had."""
    try:
        file = await work.bot.get_file(json.loads(errand.body)["file_id"])
        return bytes(await file.download_as_bytearray())
    except TelegramError:
        if errand.attempts + 1 < ATTEMPTS:
            raise
        await answer(work, errand, "admin-file-lost")
        return None


async def answer(work: Work, errand: Errand, key: str) -> None:
    async def answer(books: Books) -> None:
        told = json.loads(errand.body)
        locale = work.house.locale(await peer_of(books, told["reader"]))
        await say(books, told["chat"], Page(locale.say(key)))

    await work.finish(errand, answer)


def send_files(errand: Errand, *files: tuple[str, bytes], caption: str = "", picture: bool = False) -> Doing:
    async def send(books: Books) -> None:
        chat_id = json.loads(errand.body)["chat"]
        for name, content in files:
            kept = await books.add(Attachment(0, name, content))
            await say(books, chat_id, Parcel(kept.id, caption, picture=picture))

    return send
