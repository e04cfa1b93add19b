"""Menus and photos that come as files, and a menu that goes as one."""

from __future__ import annotations

import json
from typing import Any

from bot.desk import House
from bot.errands.files import fetch, send_files
from bot.errands.work import Work
from bot.outbox import Attachment, say, show
from bot.pages import Page
from bot.people import peer_of
from bot.refusals import sentence
from core.errand import Errand
from core.errors import Refusal
from core.menu import LoadMenu, MenuItem, SetPhoto, load_menu, menu_of, set_photo
from core.menu_file import MenuFile, read_menu, write_menu
from core.merchant import find_merchant
from core.ports import Books

LONG_MENU = 500


async def fetch_menu(work: Work, errand: Errand) -> None:
    content = await fetch(work, errand)
    if content is None:
        return
    lines = content.count(b"\n")
    try:
        menu = await _read_menu(work, errand, content, lines)
    except Refusal as refused:
        refusal = refused
        await work.finish(errand, lambda books: _refuse_menu(books, work.house, errand, refusal))
        return
    await work.finish(errand, lambda books: _load_menu(books, work.house, errand, menu))


async def fetch_photo(work: Work, errand: Errand) -> None:
    """Keep a photo, and show its item with it from now on."""
    content = await fetch(work, errand)
    if content is not None:
        await work.finish(errand, lambda books: _set_photo(books, work.house, errand, content))


async def send_menu(work: Work, errand: Errand) -> None:
    """Write a merchant's menu as a file."""
    items = await work.store.run(lambda books: menu_of(books, errand.subject_id))
    content = await work.artist.do(write_menu, items)
    await work.finish(errand, send_files(errand, (f"menu-{errand.subject_id}.csv", content)))


async def _read_menu(work: Work, errand: Errand, content: bytes, lines: int) -> MenuFile:
    """Read a menu file; a long one takes its time, elsewhere, and how far it has come is shown."""
    merchant = await work.store.run(lambda books: find_merchant(books, errand.subject_id))
    if lines <= LONG_MENU:
        return read_menu(content, merchant.currency)
    await _show_progress(work, errand, "admin-menu-reading", lines)
    file = await work.artist.do(read_menu, content, merchant.currency)
    await _show_progress(work, errand, "admin-menu-read", len(file.entries))
    return file


async def _load_menu(books: Books, house: House, errand: Errand, file: MenuFile) -> None:
    try:
        merchant = await find_merchant(books, errand.subject_id)
        ask = LoadMenu(merchant.id, file.entries, file.fields)
        count = await books.once(f"errand:{errand.id}", load_menu, ask)
    except Refusal as refusal:
        await _refuse_menu(books, house, errand, refusal)
        return
    await _show_menu_file(books, house, errand, "admin-menu-loaded", merchant=merchant.name, count=count)


async def _refuse_menu(books: Books, house: House, errand: Errand, refusal: Refusal) -> None:
    told = json.loads(errand.body)
    locale = house.locale(await peer_of(books, told["reader"]))
    await show(books, told["chat"], f"menu-file:{errand.id}", Page(sentence(locale, refusal)))


async def _show_progress(work: Work, errand: Errand, key: str, count: int) -> None:
    await work.store.run(lambda books: _show_menu_file(books, work.house, errand, key, count=count))
    work.told()


async def _show_menu_file(books: Books, house: House, errand: Errand, key: str, **args: Any) -> None:
    """Say what became of a menu file so far: one message, edited."""
    told = json.loads(errand.body)
    locale = house.locale(await peer_of(books, told["reader"]))
    await show(books, told["chat"], f"menu-file:{errand.id}", Page(locale.say(key, **args)))


async def _set_photo(books: Books, house: House, errand: Errand, content: bytes) -> None:
    item = await books.get(MenuItem, errand.subject_id)
    assert item is not None
    photo = await books.add(Attachment(0, f"{item.id}.jpg", content))
    ask = SetPhoto(item.id, item.merchant_id, photo.id)
    await books.once(f"errand:{errand.id}", set_photo, ask)
    told = json.loads(errand.body)
    locale = house.locale(await peer_of(books, told["reader"]))
    await say(books, told["chat"], Page(locale.say("admin-photo-set", item=item.name)))
