"""Drives the people of a sandbox from Python: for the tour, the transcripts and the tests."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Self

import aiohttp

from bot.sandbox.seen import (
    Event,
    NeverHappened,
    Payment,
    Person,
    SandboxRefused,
    event_of,
    payment_of,
    person_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

Json = dict[str, Any]

__all__ = ["Event", "NeverHappened", "Payment", "Person", "SandboxClient", "SandboxRefused"]

_WAIT_SECONDS = 60.0


class SandboxClient:
    """Acts for people and watches what happens.

    Each act notes where the event stream stood before it, so that `wait` finds what the act caused.
    """

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self.after = 0
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    # People and groups

    async def person(self, first_name: str, language_code: str = "en", **more: Any) -> Person:
        """Add a person; *more* may name id, last_name and username."""
        body = {"first_name": first_name, "language_code": language_code, **more}
        return person_of(await self._act("POST", "people", body))

    async def people(self) -> list[Person]:
        """Return everybody."""
        return [person_of(body) for body in await self._get("people")]

    async def group(
        self,
        title: str,
        *members: Person | int,
        bot: str | None = "member",
        type: str = "group",  # noqa: A002
        id: int | None = None,  # noqa: A002
    ) -> int:
        """Make a group; return its chat id. The first member owns it."""
        named = [_id(each) for each in members]
        body = {"title": title, "members": named, "bot": bot, "type": type, "id": id}
        made = await self._act("POST", "groups", body)
        return int(made["id"])

    async def upgrade(self, group: int) -> int:
        """Make a supergroup of a group; return its new id."""
        made = await self._act("POST", f"groups/{group}/upgrade", {})
        return int(made["id"])

    async def topic(self, group: int, name: str, by: Person | int | None = None) -> int:
        """Make a topic of a supergroup; return its number."""
        body = {"name": name, "by": None if by is None else _id(by)}
        made = await self._act("POST", f"groups/{group}/topics", body)
        return int(made["message_thread_id"])

    async def set_topic(self, group: int, thread_id: int, state: str) -> None:
        """Make a topic open, closed or deleted."""
        await self._act("POST", f"groups/{group}/topics/{thread_id}", {"state": state})

    async def set_bot(self, group: int, status: str, by: Person | int | None = None) -> None:
        """Make the bot member, administrator, restricted, left or kicked in a group."""
        await self._act(
            "POST", f"groups/{group}/bot", {"status": status, "by": None if by is None else _id(by)}
        )

    async def join(self, person: Person | int, group: int) -> None:
        """Let somebody join a group."""
        await self._act("POST", f"groups/{group}/members", {"person": _id(person), "present": True})

    async def leave(self, person: Person | int, group: int) -> None:
        """Let somebody leave a group."""
        await self._act("POST", f"groups/{group}/members", {"person": _id(person), "present": False})

    async def block(self, person: Person | int) -> None:
        """Let somebody block the bot."""
        await self._act("POST", f"people/{_id(person)}/block", {})

    async def unblock(self, person: Person | int) -> None:
        """Let somebody unblock the bot."""
        await self._act("POST", f"people/{_id(person)}/unblock", {})

    async def chat(self, chat: Person | int) -> Json:
        """Return a chat: members, the bot's status, pinned messages."""
        found: Json = await self._get(f"chats/{_id(chat)}")
        return found

    # Acts in a chat; without a chat, in the private chat with the bot

    async def send(
        self,
        person: Person | int,
        text: str,
        chat: Person | int | None = None,
        reply_to: int | None = None,
        thread_id: int = 0,
    ) -> Json:
        """Write a text, in a topic if one is named; return the Message."""
        body = {"from": _id(person), "text": text, "reply_to": reply_to, "thread_id": thread_id}
        return await self._act_json("POST", f"chats/{_in(chat, person)}/messages", body)

    async def send_sticker(
        self, person: Person | int, emoji: str = "🙂", chat: Person | int | None = None
    ) -> Json:
        """Send a sticker; return the Message."""
        body = {"from": _id(person), "sticker": emoji}
        return await self._act_json("POST", f"chats/{_in(chat, person)}/messages", body)

    async def send_document(
        self,
        person: Person | int,
        name: str,
        content: bytes,
        chat: Person | int | None = None,
        *,
        mime_type: str = "application/octet-stream",
        caption: str = "",
    ) -> Json:
        """Send a file; return the Message."""
        encoded = base64.b64encode(content).decode()
        body = {
            "from": _id(person),
            "name": name,
            "base64": encoded,
            "mime_type": mime_type,
            "caption": caption,
        }
        return await self._act_json("POST", f"chats/{_in(chat, person)}/documents", body)

    async def send_photo(
        self, person: Person | int, content: bytes, chat: Person | int | None = None, caption: str = ""
    ) -> Json:
        """Send a PNG or JPEG picture; return the Message."""
        encoded = base64.b64encode(content).decode()
        body = {"from": _id(person), "name": "photo", "base64": encoded, "caption": caption}
        return await self._act_json("POST", f"chats/{_in(chat, person)}/photos", body)

    async def edit(self, person: Person | int, message: Json, text: str) -> Json:
        """Edit one's own text; return the Message."""
        path = f"chats/{message['chat']['id']}/messages/{message['message_id']}"
        return await self._act_json("PATCH", path, {"from": _id(person), "text": text})

    async def start(self, person: Person | int, payload: str = "") -> Json:
        """Open a deep link; return the /start Message."""
        return await self._act_json("POST", "start", {"from": _id(person), "payload": payload})

    async def tap(
        self,
        person: Person | int,
        label: str | None = None,
        chat: Person | int | None = None,
        *,
        data: str | None = None,
        message_id: int | None = None,
        thread_id: int | None = None,
    ) -> Json:
        """Tap the newest button with that label or data; see the README for what comes back."""
        body = {"from": _id(person), "label": label, "data": data, "message_id": message_id}
        if thread_id is not None:
            body["thread_id"] = thread_id
        return await self._act_json("POST", f"chats/{_in(chat, person)}/tap", body)

    async def forge(
        self, person: Person | int, data: str, message_id: int, chat: Person | int | None = None
    ) -> Json:
        """Send a tap with data that need not be on any button."""
        body = {"from": _id(person), "data": data, "message_id": message_id, "forged": True}
        return await self._act_json("POST", f"chats/{_in(chat, person)}/tap", body)

    async def pay(
        self,
        person: Person | int,
        chat: Person | int | None = None,
        message_id: int | None = None,
        **wishes: Any,
    ) -> Payment:
        """Pay the newest invoice of the chat, or that of a message, and wait for the outcome.

        Wishes: amount_minor, charged_minor, hold, declined.
        """
        body = {"from": _id(person), "message_id": message_id, **wishes}
        return payment_of(await self._act("POST", f"chats/{_in(chat, person)}/pay", body))

    async def release(self, payment: Payment | str) -> Payment:
        """Let the bot hear of a payment that was held."""
        name = payment if isinstance(payment, str) else payment.id
        return payment_of(await self._act("POST", f"payments/{name}/release", {}))

    # What is there to see

    async def info(self) -> Json:
        """Return the bot, its commands and the base of deep links."""
        found: Json = await self._get("info")
        return found

    async def messages(self, chat: Person | int) -> list[Json]:
        """Return the Messages of a chat, oldest first."""
        found: list[Json] = await self._get(f"chats/{_id(chat)}/messages")
        return found

    async def last(self, chat: Person | int) -> Json:
        """Return the newest Message of a chat."""
        return (await self.messages(chat))[-1]

    async def buttons(self, chat: Person | int, message_id: int | None = None) -> list[list[str]]:
        """Return the labels, row by row, under a message or under the newest one that has buttons."""
        for message in reversed(await self.messages(chat)):
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            if rows and message_id in (None, message["message_id"]):
                return [[button["text"] for button in row] for row in rows]
        return []

    async def toasts(self, person: Person | int | None = None) -> list[Json]:
        """Return the callback answers that somebody, or anybody, saw."""
        found: list[Json] = await self._get(f"toasts?person={0 if person is None else _id(person)}")
        return found

    async def invoices(self, chat: Person | int) -> list[Json]:
        """Return the invoices of a chat with payload and prices."""
        found: list[Json] = await self._get(f"chats/{_id(chat)}/invoices")
        return found

    async def payments(self) -> list[Payment]:
        """Return every payment that was tried."""
        return [payment_of(body) for body in await self._get("payments")]

    async def download(self, file_id: str) -> bytes:
        """Return the bytes of a file."""
        async with self._request("GET", f"files/{file_id}") as answer:
            await _check(answer)
            return await answer.read()

    async def charges(self) -> list[Json]:
        """Return the provider's charges."""
        found: list[Json] = await self._get("charges")
        return found

    async def refunds(self) -> list[Json]:
        """Return the provider's refunds."""
        found: list[Json] = await self._get("refunds")
        return found

    async def pending_updates(self) -> list[Any]:
        """Return the updates that the bot has not confirmed."""
        found: Json = await self._get("updates")
        return list(found["pending"])

    # Events

    async def mark(self) -> int:
        """Let the next `wait` begin here; return the number of the last event."""
        self.after = (await self.info())["seq"]
        return self.after

    async def events(self, after: int, timeout_seconds: float = 0.0) -> list[Event]:
        """Return the events after a number, waiting for the first of them."""
        found: Json = await self._get(f"events?after={after}&timeout={timeout_seconds}")
        return [event_of(body) for body in found["events"]]

    async def wait(
        self,
        wanted: Callable[[Event], bool],
        *,
        after: int | None = None,
        timeout_seconds: float = _WAIT_SECONDS,
    ) -> Event:
        """Return the first event that is wanted, since the latest act or the event found last.

        Waiting ends when the stream has been still for *timeout_seconds*.
        """
        at = self.after if after is None else after
        seen: list[Event] = []
        while found := await self.events(at, timeout_seconds):
            for event in found:
                at = event.seq
                if wanted(event):
                    self.after = at
                    return event
            seen += found
        raise NeverHappened(
            "\n".join(f"{event.seq} {event.kind} {event.fields}" for event in seen) or "nothing did"
        )

    async def wait_text(self, chat: Person | int, part: str = "", **how: Any) -> Event:
        """Return the next message or edit by the bot in a chat that contains *part*."""
        chat_id = _id(chat)

        def wanted(event: Event) -> bool:
            return event.from_bot and event.chat_id == chat_id and part in event.text

        return await self.wait(wanted, **how)

    async def wait_toast(self, tapped: Json, **how: Any) -> Event:
        """Return the bot's answer to a tap."""
        query_id = tapped["callback_query_id"]
        return await self.wait(
            lambda event: event.fields.get("callback_query_id") == query_id and event.kind == "toast", **how
        )

    # Trouble

    async def fault(self, on: str, kind: str, **more: Any) -> None:
        """Let something go wrong: see the README."""
        await self._act("POST", "faults", {"on": on, "kind": kind, **more})

    async def clear_faults(self) -> None:
        """Let nothing more go wrong."""
        await self._act("DELETE", "faults", {})

    async def inject(self, update: Any) -> int:
        """Put any JSON, or any text, into the bot's queue; return the id that confirms it."""
        body = update if isinstance(update, str) else json.dumps(update)
        async with self._request("POST", "updates", data=body.encode()) as answer:
            await _check(answer)
            return int((await answer.json())["update_id"])

    async def pages(self) -> list[Json]:
        """Return the provider's pages: links and QR codes to pay, and bindings."""
        found: list[Json] = await self._get("pages")
        return found

    async def use_page(self, person: Person | int, page_id: str, **wishes: Any) -> Json:
        """Let somebody pay on a page of the provider, or name their card on it."""
        return await self._act_json("POST", f"pages/{page_id}/use", {"person": _id(person), **wishes})

    async def release_notices(self) -> None:
        """Let the notices go that were held back, the newest first."""
        await self._act("POST", "notices/release", {})

    async def settle_refund(self, refund_id: str, status: str, failure_code: str | None = None) -> Json:
        """End a pending refund."""
        body = {"status": status, "failure_code": failure_code}
        return await self._act_json("POST", f"refunds/{refund_id}/settle", body)

    async def dispute(self, charge_id: str, amount_minor: int | None = None) -> Json:
        """Let a cardholder dispute a charge."""
        return await self._act_json("POST", "disputes", {"charge": charge_id, "amount": amount_minor})

    async def close_dispute(self, dispute_id: str, won: bool) -> Json:
        """Let the bank decide a dispute."""
        return await self._act_json("POST", f"disputes/{dispute_id}/close", {"won": won})

    def _request(self, method: str, path: str, **how: Any) -> aiohttp.client._RequestContextManager:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session.request(method, f"{self.base_url}/sandbox/{path}", **how)

    async def _get(self, path: str) -> Any:
        async with self._request("GET", path) as answer:
            await _check(answer)
            return await answer.json()

    async def _act(self, method: str, path: str, body: Json) -> Any:
        async with self._request(method, path, json=body) as answer:
            await _check(answer)
            self.after = max(self.after, int(answer.headers["Sandbox-Seq"]))
            return await answer.json()

    async def _act_json(self, method: str, path: str, body: Json) -> Json:
        answer: Json = await self._act(method, path, body)
        return answer


async def _check(answer: aiohttp.ClientResponse) -> None:
    if not answer.ok:
        raise SandboxRefused(f"{answer.status} {await answer.text()}")


def _id(who: Person | int) -> int:
    return who if isinstance(who, int) else who.id


def _in(chat: Person | int | None, person: Person | int) -> int:
    return _id(person if chat is None else chat)
