"""What a merchant sets for itself in its group: an index with a button per section, and the sections."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from bot.buttons import (
    ChooseCalling,
    ChooseProof,
    OpenSettings,
    Section,
    SetEnding,
    SetSilence,
    ShowCode,
)
from bot.counter.cards import merchant_here
from bot.desk import Desk
from bot.locales import Locale
from bot.pages import Key, Keyboard, Look, Page
from core import endings, ordering
from core.call import AGAIN_SECONDS, Calling, SetCalling, calling_of, set_calling
from core.closing import SetHours, SetLimit, set_hours, set_limit
from core.endings import Endings, Limit, endings_of
from core.merchant import Merchant
from core.ordering import Ordering, SetWait, Wait, ordering_of, set_wait
from core.presence import Proof, Seating, SetProof, seating_of, set_proof
from core.staff import Right, note_deed, require

Choice = SetSilence | SetEnding | ChooseProof | ChooseCalling

ALWAYS = ("always", "none", "-")
"""What is typed behind /hours where a merchant has none."""


async def on_settings(desk: Desk, argument: str) -> None:
    """`/settings`: what the merchant can set, by sections."""
    await _show(desk, await _merchant(desk), Section.INDEX, anew=True)


async def on_open_settings(desk: Desk, tap: OpenSettings) -> None:
    await _show(desk, await _merchant(desk), tap.section)


async def on_set_silence(desk: Desk, tap: SetSilence) -> None:
    """Choose a wait; pressing again changes nothing."""
    merchant = await _merchant(desk)
    await desk.run(set_wait, SetWait(merchant.id, tap.wait, tap.value))
    await note_deed(desk.books, merchant.id, "settings", "", desk.doer)
    await _show(desk, merchant, Section.SILENCE)


async def on_set_ending(desk: Desk, tap: SetEnding) -> None:
    """Choose how long to wait before something ends by itself; pressing again changes nothing."""
    merchant = await _merchant(desk)
    before = await endings_of(desk.books, merchant.id)
    zone = desk.house.settings.timezone.key
    await desk.run(set_limit, SetLimit(merchant.id, tap.limit, tap.minutes, zone))
    if await endings_of(desk.books, merchant.id) != before:
        about = _minutes(await desk.readers(), tap.minutes)
        await note_deed(desk.books, merchant.id, f"set-{_word(tap.limit)}", about, desk.doer)
    await _show(desk, merchant, _SECTION_OF[tap.limit])


async def on_hours(desk: Desk, argument: str) -> None:
    """`/hours Mon-Fri 18:00-02:00; Sat 12:00-02:00`, or `/hours always`; without more it shows them."""
    merchant = await _merchant(desk)
    before = await endings_of(desk.books, merchant.id)
    if argument:
        hours = "" if argument.casefold() in ALWAYS else argument
        await desk.run(set_hours, SetHours(merchant.id, hours, desk.house.settings.timezone.key))
    now = await endings_of(desk.books, merchant.id)
    if now != before:
        about = now.hours or (await desk.readers()).plain("hours-always")
        await note_deed(desk.books, merchant.id, "hours", about, desk.doer)
    await _show(desk, merchant, Section.HOURS, anew=True)


async def on_choose_proof(desk: Desk, tap: ChooseProof) -> None:
    """Choose who may order at a seat; pressing again changes nothing."""
    merchant = await _merchant(desk)
    if (await seating_of(desk.books, merchant.id)).proof is not tap.proof:
        await desk.run(set_proof, SetProof(merchant.id, tap.proof))
        await note_deed(desk.books, merchant.id, f"proof-{tap.proof}", "", desk.doer)
    await _show(desk, merchant, Section.SEATS)


async def on_choose_calling(desk: Desk, tap: ChooseCalling) -> None:
    """Choose how soon a customer can call again; pressing again changes nothing."""
    merchant = await _merchant(desk)
    if (await calling_of(desk.books, merchant.id)).again_seconds != tap.again_seconds:
        await desk.run(set_calling, SetCalling(merchant.id, tap.again_seconds))
        await note_deed(desk.books, merchant.id, "calling", "", desk.doer)
    await _show(desk, merchant, Section.SEATS)


def index_page(locale: Locale) -> Page:
    """Return a button for each section."""
    keys = Keyboard()
    for section in SECTIONS:
        keys.row(Key(locale.plain(f"button-settings-{section}"), OpenSettings(section)))
    return Page(locale.say("settings-title"), keys.rows, quiet=True)


def silence_page(locale: Locale, rules: Ordering) -> Page:
    """Return what happens when nobody answers, with a row of choices for each."""
    rows = [locale.say("silence-title")]
    keys = Keyboard()
    for wait in Wait:
        value = getattr(rules, wait.value)
        rows.append(locale.say(f"silence-{_word(wait)}", wait=_wait(locale, wait, value)))
        choices = [(_wait(locale, wait, each), each) for each in ordering.CHOICES[wait]]
        keys.row(*(_choice(label, SetSilence(wait, each), each == value) for label, each in choices))
    return Page("\n".join(rows), keys.rows, quiet=True)


def hours_page(locale: Locale, rules: Endings) -> Page:
    """Return when the merchant is open, and what happens before and after it closes."""
    title = locale.say("hours-title", hours=rules.hours or locale.plain("hours-always"))
    how = locale.say("hours-how")
    return _limits_page(locale, rules, [title, how, ""], (Limit.LAST_ORDERS, Limit.GRACE))


def idle_page(locale: Locale, rules: Endings) -> Page:
    """Return what happens to a visit at which nothing goes on."""
    return _limits_page(locale, rules, [locale.say("idle-title")], (Limit.IDLE, Limit.LEAVE))


def seats_page(locale: Locale, seating: Seating, calling: Calling) -> Page:
    """Return who may order at a seat and how soon one can call again, with a row of choices for each."""
    rows = [
        locale.say("seating-title"),
        locale.say(f"seating-{seating.proof}"),
        locale.say("seating-later"),
        locale.say("seating-again", wait=_again(locale, calling.again_seconds)),
    ]
    proofs = [(locale.plain(f"seating-{proof}-key"), proof) for proof in Proof]
    waits = [(_again(locale, seconds), seconds) for seconds in AGAIN_SECONDS]
    keys = Keyboard()
    keys.row(*(_choice(label, ChooseProof(each), each is seating.proof) for label, each in proofs))
    if seating.proof is Proof.CODE:
        keys.row(Key(locale.plain("button-show-code"), ShowCode()))
    keys.row(*(_choice(label, ChooseCalling(each), each == calling.again_seconds) for label, each in waits))
    return Page("\n".join(rows), keys.rows, quiet=True)


async def _silence_section(desk: Desk, merchant: Merchant) -> Page:
    return silence_page(await desk.readers(), await ordering_of(desk.books, merchant.id))


async def _hours_section(desk: Desk, merchant: Merchant) -> Page:
    return hours_page(await desk.readers(), await endings_of(desk.books, merchant.id))


async def _idle_section(desk: Desk, merchant: Merchant) -> Page:
    return idle_page(await desk.readers(), await endings_of(desk.books, merchant.id))


async def _seats_section(desk: Desk, merchant: Merchant) -> Page:
    seating, calling = await seating_of(desk.books, merchant.id), await calling_of(desk.books, merchant.id)
    return seats_page(await desk.readers(), seating, calling)


SECTIONS: dict[Section, Callable[[Desk, Merchant], Awaitable[Page]]] = {
    Section.SILENCE: _silence_section,
    Section.HOURS: _hours_section,
    Section.IDLE: _idle_section,
    Section.SEATS: _seats_section,
}
"""What `/settings` shows: a section more is a row here, and `button-settings-…` in the catalogues."""

_SECTION_OF = {
    Limit.LAST_ORDERS: Section.HOURS,
    Limit.GRACE: Section.HOURS,
    Limit.IDLE: Section.IDLE,
    Limit.LEAVE: Section.IDLE,
}


def _limits_page(locale: Locale, rules: Endings, rows: list[str], limits: Sequence[Limit]) -> Page:
    keys = Keyboard()
    for limit in limits:
        value = getattr(rules, limit.value)
        rows.append(locale.say(f"ending-{_word(limit)}", minutes=_minutes(locale, value)))
        choices = [(_minutes(locale, each), each) for each in endings.CHOICES[limit]]
        keys.row(*(_choice(label, SetEnding(limit, each), each == value) for label, each in choices))
    return Page("\n".join(rows), keys.rows, quiet=True)


async def _merchant(desk: Desk) -> Merchant:
    """Return the merchant whose group this is, to whoever may set something there, or refuse."""
    merchant = await merchant_here(desk)
    await require(desk.books, merchant.id, desk.doer, Right.SETTINGS)
    return merchant


async def _show(desk: Desk, merchant: Merchant, section: Section, *, anew: bool = False) -> None:
    locale = await desk.readers()
    page = index_page(locale)
    if section is not Section.INDEX:
        page = await SECTIONS[section](desk, merchant)
        back = Key(locale.plain("button-back"), OpenSettings(Section.INDEX))
        page = Page(page.text, [*page.keys, [back]], quiet=True)
    await desk.show_here("settings", page, follows=anew)


def _choice(label: str, button: Choice, is_chosen: bool) -> Key:
    return Key(label, button, look=Look.PRIMARY if is_chosen else Look.PLAIN)


def _word(what: Wait | Limit) -> str:
    return what.name.lower().replace("_", "-")


def _minutes(locale: Locale, minutes: int) -> str:
    return locale.plain("silence-minutes", count=str(minutes)) if minutes else locale.plain("silence-never")


def _wait(locale: Locale, wait: Wait, value: int) -> str:
    """Return a wait as a button says it."""
    if not value:
        return locale.plain("silence-default" if wait is Wait.RELEASE else "silence-never")
    if wait is Wait.PAUSE:
        return locale.plain("silence-orders", count=str(value))
    if value % 60:
        return locale.plain("silence-seconds", count=str(value))
    return locale.plain("silence-minutes", count=str(value // 60))


def _again(locale: Locale, seconds: int) -> str:
    if not seconds:
        return locale.plain("seating-at-once")
    return locale.plain("silence-minutes", count=str(seconds // 60))
