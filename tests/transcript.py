"""Chat transcripts: what people do, and what each of them then sees.

    # A comment.
    ann scans A12
        ann< Welcome to Blue Bar, Ann.
             [Open my account]
    ann* Open my account
    bea@bar* Accept
        bar~ G-1 · seat A12

A line at the margin is an act, and what follows it, indented, is what it led to: `<` a new message,
`~` a message that reads differently now, `-` a message that lost its buttons, `x` one that is gone,
`!` the short answer to a tap. An act is `WHO> text`, `WHO* button`, `WHO** button` (tapped twice,
faster than any answer), `WHO^ forged button data`, or words (see `tests/acts.py`). `@bar` makes it
happen in the group, or in the topic, of that name. Running a transcript gives it anew: it passes if
nothing differs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox import Payment, SandboxRefused
from bot.sandbox.topics import thread_of
from tests.acts import WORDS
from tests.stage import Stage

INDENT = "    "


@dataclass(frozen=True, slots=True)
class Drawn:
    """A button as it was drawn once."""

    chat_id: int
    message_id: int
    data: str


@dataclass(slots=True)
class Transcript:
    """One transcript being played on a stage."""

    stage: Stage
    words: dict[str, str] = field(default_factory=dict)
    payments: list[Payment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    drawn: dict[tuple[str, str], list[Drawn]] = field(default_factory=dict)
    """Every button that was ever there, by chat and label, oldest first."""
    _seen: dict[tuple[int, int], tuple[str, str]] = field(default_factory=dict)
    _names: dict[tuple[int, int], str] = field(default_factory=dict)
    _toasts: int = 0
    _codes: set[str] = field(default_factory=set)

    async def play(self, text: str) -> str:
        """Do every act of *text*; return the transcript as it reads now."""
        self.look_away()
        lines: list[str] = []
        for line in _acts(text):
            lines.append(line)
            if line and not line.startswith("#"):
                await self.act(line)
                lines += [f"{INDENT}{each}" for each in self._look()]
        return "\n".join(lines).rstrip() + "\n"

    async def act(self, line: str) -> None:
        """Do one act and wait until everything has come of it."""
        try:
            await self._act(line)
        except (SandboxRefused, KeyError) as reason:
            self.notes.append(self._redact(f"(impossible: {reason})"))
        await self.stage.settle()

    def look_away(self) -> None:
        """Pass over what has changed since the last look."""
        self._look()

    async def _act(self, line: str) -> None:
        if match := re.fullmatch(r"(\w+)(?:@(\w+))?(>|\*\*|\*|\^) ?(.*)", line):
            who, where, how, what = match.groups()
            await self._write(who, where, how, self._fill(what))
            return
        for pattern, act in WORDS.items():
            if match := re.fullmatch(pattern, line):
                await act(self, *match.groups())
                return
        raise AssertionError(f"nobody knows how to play: {line}")

    async def _write(self, who: str, where: str | None, how: str, what: str) -> None:
        client, person = self.stage.client, self.stage.people[who]
        chat, topic = self.stage.where(where) if where else (None, None)
        match how:
            case ">":
                await client.send(person, what.replace("\\n", "\n"), chat, thread_id=topic or 0)
            case "*":
                await client.tap(person, what, chat, thread_id=topic)
            case "**":
                await client.tap(person, what, chat, thread_id=topic)
                await client.tap(person, what, chat, thread_id=topic)
            case _:
                last = await client.last(chat if chat is not None else person)
                await client.forge(person, what, last["message_id"], chat)

    def _fill(self, text: str) -> str:
        """Put in what the bot said before, such as a one-time code."""
        for word, meaning in self.words.items():
            text = text.replace(word, meaning)
        return text

    def _look(self) -> list[str]:
        """Return what has changed in every chat since the last look."""
        found: list[str] = []
        for name, chat_id in self._chats().items():
            there = self.stage.sandbox.world.posts(chat_id)
            for post in there:
                found += self._compare(self._topic_of(chat_id, post.body) or name, post.body)
            found += self._missing(name, chat_id, {post.message_id for post in there})
        return found + self._new_toasts()

    def _chats(self) -> dict[str, int]:
        people = {name: person.id for name, person in self.stage.people.items()}
        return {**people, **self.stage.groups}

    def _topic_of(self, chat_id: int, message: dict[str, Any]) -> str:
        """Return what the topic is called that a message is in, "" for none."""
        there = (chat_id, thread_of(message))
        return next((word for word, place in self.stage.topics.items() if place == there), "")

    def _compare(self, name: str, message: dict[str, Any]) -> Iterator[str]:
        key = (message["chat"]["id"], message["message_id"])
        if not message["from"]["is_bot"]:
            return
        now = (self._redact(_text_of(message)), _labels_of(message))
        before = self._seen.get(key)
        if before == now:
            return
        self._seen[key], self._names[key] = now, name
        self._remember(name, message)
        if before and before[0] == now[0] and not now[1]:
            yield f"{name}- {_first_line(now[0])}"
            return
        lines = [line for line in "\n".join(now).split("\n") if line]
        margin = " " * (len(name) + 2)
        yield f"{name}{'~' if before else '<'} {lines[0]}"
        for line in lines[1:]:
            yield f"{margin}{line}"

    def _missing(self, name: str, chat_id: int, there: set[int]) -> Iterator[str]:
        for key in list(self._seen):
            if key[0] == chat_id and key[1] not in there:
                yield f"{self._names.get(key, name)}x {_first_line(self._seen.pop(key)[0])}"

    def _remember(self, name: str, message: dict[str, Any]) -> None:
        for row in _rows_of(message):
            for key in row:
                if data := key.get("callback_data"):
                    one = Drawn(message["chat"]["id"], message["message_id"], data)
                    self.drawn.setdefault((name, key["text"]), []).append(one)

    def _new_toasts(self) -> list[str]:
        toasts = self.stage.sandbox.parts.toasts.shown
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
        for match in re.finditer(r"/link ([\w-]{10})(?![\w-])", text):
            if match[1] not in self._codes:
                self._codes.add(match[1])
                self.words["CODE"] = match[1]
            text = text.replace(match[1], "CODE")
        for match in re.finditer(r"🔢 [^\d\n]+[:：] ?(\d{4})\b", text):
            self.words["DIGITS"] = match[1]
            text = text.replace(match[1], "DIGITS")
        return re.sub(r"\b(ch|tpc|re|pp)_[0-9a-f]{16,}\b", r"\1_…", text)


def _acts(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if not line.startswith(INDENT):
            yield line.rstrip()


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def _text_of(message: dict[str, Any]) -> str:
    if invoice := message.get("invoice"):
        return f"(invoice) {invoice['title']} · {invoice['total_amount']} {invoice['currency']}"
    if document := message.get("document"):
        return f"(document) {document['file_name']}"
    if message.get("photo"):
        return f"(picture) {message.get('caption', '')}".rstrip()
    return str(message.get("text", ""))


def _rows_of(message: dict[str, Any]) -> list[list[dict[str, Any]]]:
    rows: list[list[dict[str, Any]]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    return rows


def _labels_of(message: dict[str, Any]) -> str:
    return "\n".join(" ".join(f"[{key['text']}]" for key in row) for row in _rows_of(message))
