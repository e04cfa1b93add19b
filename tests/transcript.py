"""Chat transcripts: what people do, and what each of them then sees.

    # A comment.
    ann scans A12
        ann< Welcome to Blue Bar, Ann.
             [Open my account]
    ann* Open my account
    bea@bar* Accept
        bar~ G-1 · seat A12

A line at the margin is an act, and what follows it, indented, is what it led to: `<` a new message,
`~` a message that reads differently now, `-` a message that lost its buttons, `!` the short answer to
a tap. An act is `WHO> text`, `WHO* button`, `WHO^ forged button data`, or words (see `_WORDS`). `@bar`
makes it happen in the group. Running a transcript gives it anew: it passes if nothing differs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.sandbox import Payment
from tests.stage import Stage

INDENT = "    "


@dataclass(slots=True)
class Transcript:
    """One transcript being played on a stage."""

    stage: Stage
    words: dict[str, str] = field(default_factory=dict)
    payments: list[Payment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _seen: dict[tuple[str, int], tuple[str, str]] = field(default_factory=dict)
    _toasts: int = 0

    async def play(self, text: str) -> str:
        """Do every act of *text*; return the transcript as it reads now."""
        await self._look()
        lines: list[str] = []
        for line in _acts(text):
            lines.append(line)
            if line and not line.startswith("#"):
                await self._act(line)
                await self.stage.settle()
                lines += [f"{INDENT}{each}" for each in await self._look()]
        return "\n".join(lines).rstrip() + "\n"

    async def _act(self, line: str) -> None:
        if match := re.fullmatch(r"(\w+)(?:@(\w+))?([>*^]) ?(.*)", line):
            who, where, how, what = match.groups()
            await self._write(who, where, how, self._fill(what))
            return
        for pattern, act in _WORDS.items():
            if match := re.fullmatch(pattern, line):
                await act(self, *match.groups())
                return
        raise AssertionError(f"nobody knows how to play: {line}")

    async def _write(self, who: str, where: str | None, how: str, what: str) -> None:
        client, person = self.stage.client, self.stage.people[who]
        chat = self.stage.groups[where] if where else None
        match how:
            case ">":
                await client.send(person, what.replace("\\n", "\n"), chat)
            case "*":
                await client.tap(person, what, chat)
            case _:
                last = await client.last(chat if chat is not None else person)
                await client.forge(person, what, last["message_id"], chat)

    def _fill(self, text: str) -> str:
        """Put in what the bot said before, such as a one-time code."""
        for word, meaning in self.words.items():
            text = text.replace(word, meaning)
        return text

    async def _look(self) -> list[str]:
        """Return what has changed in every chat since the last look."""
        found: list[str] = []
        for name, chat_id in self._chats().items():
            for message in await self.stage.client.messages(chat_id):
                found += self._compare(name, message)
        return found + await self._new_toasts()

    def _chats(self) -> dict[str, int]:
        people = {name: person.id for name, person in self.stage.people.items()}
        return {**people, **self.stage.groups}

    def _compare(self, name: str, message: dict[str, Any]) -> Iterator[str]:
        key = (name, message["message_id"])
        now = (self._redact(_text_of(message)), _buttons_of(message))
        before = self._seen.get(key)
        self._seen[key] = now
        if before == now or not message["from"]["is_bot"]:
            return
        if before and before[0] == now[0] and not now[1]:
            yield f"{name}- {now[0].partition(chr(10))[0]}"
            return
        lines = [line for line in "\n".join(now).split("\n") if line]
        margin = " " * (len(name) + 2)
        yield f"{name}{'~' if before else '<'} {lines[0]}"
        for line in lines[1:]:
            yield f"{margin}{line}"

    async def _new_toasts(self) -> list[str]:
        toasts = await self.stage.client.toasts()
        new, self._toasts = toasts[self._toasts :], len(toasts)
        names = {person.id: name for name, person in self.stage.people.items()}
        notes, self.notes = self.notes, []
        return notes + [
            f"{names[toast['person_id']]}! {toast['text']}".replace("\n", " / ")
            for toast in new
            if toast["text"]
        ]

    def _redact(self, text: str) -> str:
        """Put a word in the place of what differs from run to run, and remember what it stood for."""
        for match in re.finditer(r"/link ([\w-]{10})", text):
            self.words["CODE"] = match[1]
            text = text.replace(match[1], "CODE")
        return re.sub(r"\b(ch|tpc|re)_[0-9a-f]{16,}\b", r"\1_…", text)


def _acts(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if not line.startswith(INDENT):
            yield line.rstrip()


def _text_of(message: dict[str, Any]) -> str:
    if invoice := message.get("invoice"):
        return f"(invoice) {invoice['title']} · {invoice['total_amount']} {invoice['currency']}"
    if document := message.get("document"):
        return f"(document) {document['file_name']}"
    if message.get("photo"):
        return f"(picture) {message.get('caption', '')}".rstrip()
    return str(message.get("text", ""))


def _buttons_of(message: dict[str, Any]) -> str:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return "\n".join(" ".join(f"[{key['text']}]" for key in row) for row in rows)


async def _scans(play: Transcript, who: str, label: str) -> None:
    """The first code of a seat that was scanned stays on the wall, even if the seat got a new one."""
    token = play.words.get(f"seat {label}") or await play.stage.seat_token(label)
    play.words[f"seat {label}"] = token
    await play.stage.client.start(play.stage.people[who], token)


async def _scans_new(play: Transcript, who: str, label: str) -> None:
    await play.stage.client.start(play.stage.people[who], await play.stage.seat_token(label))


async def _scans_nonsense(play: Transcript, who: str, token: str) -> None:
    await play.stage.client.start(play.stage.people[who], token)


async def _pays(play: Transcript, who: str, whose: str | None, how: str | None) -> None:
    """Pay the newest invoice: one's own, or one that somebody passed on."""
    chat = play.stage.people[whose] if whose else None
    wishes: dict[str, Any] = {"hold": True} if how == ", the news held up" else {}
    if how and how.startswith(", but "):
        wishes = {"charged_minor": int(how.removeprefix(", but ").replace(".", ""))}
    payment = await play.stage.client.pay(play.stage.people[who], chat, **wishes)
    play.payments.append(payment)
    if payment.status not in {"paid", "held"}:
        play.notes.append(f"{who}! {payment.error_message or payment.status}")


async def _news_arrives(play: Transcript) -> None:
    await play.stage.client.release(play.payments[-1])


async def _clock_moves(play: Transcript, number: str, unit: str) -> None:
    play.stage.clock.advance(timedelta(**{f"{unit.rstrip('s')}s": int(number)}))


async def _bot_restarts(play: Transcript) -> None:
    await play.stage.stop_bot()
    await play.stage.start_bot()


async def _sends_sticker(play: Transcript, who: str) -> None:
    await play.stage.client.send_sticker(play.stage.people[who])


async def _sends_file(play: Transcript, who: str, name: str, caption: str, content: str) -> None:
    """The content stands behind the caption, its lines parted by ` / `."""
    body = content.replace(" / ", "\n").encode("latin-1" if name.startswith("latin") else "utf-8")
    await play.stage.client.send_document(play.stage.people[who], name, body, caption=caption)


async def _arrives(play: Transcript, name: str, language: str) -> None:
    await play.stage.add_person(name, language)


async def _provider(play: Transcript, how: str) -> None:
    kind, more = {
        "refuses the next refund": ("fail", {"code": "expired_card"}),
        "does not answer the next refund": ("hang", {"effect": False}),
        "takes the next refund and does not say so": ("drop", {"effect": True}),
        "takes its time with the next refund": ("pending", {}),
    }[how]
    await play.stage.client.fault("provider.refund", kind, **more)


async def _refund_ends(play: Transcript, status: str) -> None:
    pending = [each for each in await play.stage.client.refunds() if each["status"] == "pending"]
    await play.stage.client.settle_refund(pending[-1]["id"], status)


async def _blocks(play: Transcript, who: str, un: str) -> None:
    client = play.stage.client
    await (client.unblock if un else client.block)(play.stage.people[who])


async def _upgraded(play: Transcript, group: str) -> None:
    play.stage.groups[group] = await play.stage.client.upgrade(play.stage.groups[group])


async def _founded(play: Transcript, name: str, members: str) -> None:
    people = [play.stage.people[who] for who in members.split(", ")]
    play.stage.groups[name] = await play.stage.client.group(name.title(), *people)


async def _bot_leaves(play: Transcript, group: str) -> None:
    await play.stage.client.set_bot(play.stage.groups[group], "kicked")


async def _injected(play: Transcript, update: str) -> None:
    await play.stage.client.inject(json.loads(update))


Act = Callable[..., Awaitable[None]]
_WORDS: dict[str, Act] = {
    r"(\w+) scans (\w+)": _scans,
    r"(\w+) scans the new code of (\w+)": _scans_new,
    r"(\w+) scans the nonsense (\S+)": _scans_nonsense,
    r"(\w+) pays(?: (\w+)'s invoice)?(, .*)?": _pays,
    r"the news of the payment arrives": _news_arrives,
    r"(\d+) (seconds?|minutes?|hours?|days?) pass": _clock_moves,
    r"the bot restarts": _bot_restarts,
    r"(\w+) sends a sticker": _sends_sticker,
    r"(\w+) sends (\S+) captioned \"(.*?)\": (.*)": _sends_file,
    r"(\w+) arrives, reading (\S+)": _arrives,
    r"the provider (.*)": _provider,
    r"the refund that was pending has (succeeded|failed)": _refund_ends,
    r"(\w+) (un)?blocks the bot": _blocks,
    r"the group (\w+) becomes a supergroup": _upgraded,
    r"the group (\w+) is founded by (.*)": _founded,
    r"the bot is thrown out of (\w+)": _bot_leaves,
    r"this update comes: (.*)": _injected,
}
