"""The client API: people, chats and what happens in them, as JSON over HTTP."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.sandbox import acts, groups, topics
from bot.sandbox.api_chats import all_commands
from bot.sandbox.api_updates import get_webhook_info
from bot.sandbox.errors import NotPossible, NotThere
from bot.sandbox.payments import Wishes
from bot.sandbox.wire import Call, Upload
from bot.sandbox.world import FIRST_PERSON, Person

if TYPE_CHECKING:
    from bot.sandbox.parts import Parts
    from bot.sandbox.world import Json, Post

_CHAT = r"/sandbox/chats/{chat:-?\d+}"
_GROUP = r"/sandbox/groups/{chat:-?\d+}"
_PERSON = r"/sandbox/people/{person:\d+}"
_NEW_PERSON = ("id", "first_name", "last_name", "username", "language_code")


class PeopleApi:
    """The face that the chat page, the tour and the tests see."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._paying: set[asyncio.Task[Any]] = set()

    def routes(self) -> list[web.RouteDef]:
        """Return where it answers."""
        return [
            web.get("/sandbox/info", self._info),
            web.get("/sandbox/people", self._people),
            web.post("/sandbox/people", self._add_person),
            web.get(_PERSON, self._person),
            web.post(_PERSON + "/block", self._block),
            web.post(_PERSON + "/unblock", self._unblock),
            web.get("/sandbox/chats", self._chats),
            web.get(_CHAT, self._chat),
            web.post("/sandbox/groups", self._add_group),
            web.post(_GROUP + "/upgrade", self._upgrade),
            web.post(_GROUP + "/bot", self._set_bot),
            web.post(_GROUP + "/members", self._set_member),
            web.post(_GROUP + "/topics", self._add_topic),
            web.post(_GROUP + r"/topics/{topic:\d+}", self._set_topic),
            web.get(_CHAT + "/messages", self._messages),
            web.post(_CHAT + "/messages", self._write),
            web.patch(_CHAT + r"/messages/{message:\d+}", self._edit),
            web.post(_CHAT + "/documents", self._send_document),
            web.post(_CHAT + "/photos", self._send_photo),
            web.post("/sandbox/start", self._start),
            web.post(_CHAT + "/tap", self._tap),
            web.get(_CHAT + "/invoices", self._invoices),
            web.post(_CHAT + "/pay", self._pay),
            web.get("/sandbox/payments", self._payments),
            web.post(r"/sandbox/payments/{payment:\d+}/release", self._release),
            web.get("/sandbox/toasts", self._toasts),
            web.get("/sandbox/files/{file}", self._file),
            web.get("/sandbox/updates", self._updates),
            web.post("/sandbox/updates", self._inject),
        ]

    async def close(self) -> None:
        """Give up payments that still wait for the bot."""
        for task in self._paying:
            task.cancel()
        await asyncio.gather(*self._paying, return_exceptions=True)

    async def _info(self, request: web.Request) -> web.Response:
        parts = self._parts
        return web.json_response(
            {
                "bot": parts.world.bot_user,
                "link_base": parts.link_base,
                "seq": parts.world.events.last,
                "commands": all_commands(parts),
            }
        )

    async def _people(self, request: web.Request) -> web.Response:
        people = self._parts.world.people.values()
        return web.json_response([self._parts.world.person_view(person) for person in people])

    async def _person(self, request: web.Request) -> web.Response:
        return self._shown(self._named(request))

    async def _add_person(self, request: web.Request) -> web.Response:
        given = await json_body(request)
        if given.keys() - set(_NEW_PERSON) or not given.get("first_name"):
            raise NotPossible(f"a person has {', '.join(_NEW_PERSON)}")
        known = {name: value for name, value in given.items() if value is not None}
        person = Person(**({"id": self._new_id()} | known))
        if person.id in self._parts.world.people or person.id <= 0:
            raise NotPossible(f"id {person.id} is taken")
        self._parts.world.save_person(person)
        return self._shown(person)

    async def _block(self, request: web.Request) -> web.Response:
        acts.set_blocked(self._parts, self._named(request), True)
        return self._shown(self._named(request))

    async def _unblock(self, request: web.Request) -> web.Response:
        acts.set_blocked(self._parts, self._named(request), False)
        return self._shown(self._named(request))

    async def _chats(self, request: web.Request) -> web.Response:
        world = self._parts.world
        return web.json_response([world.chat_view(chat_id) for chat_id in [*world.people, *world.groups]])

    async def _chat(self, request: web.Request) -> web.Response:
        return self._chat_shown(_chat_id(request))

    async def _add_group(self, request: web.Request) -> web.Response:
        given = await json_body(request)
        title, members = str(given["title"]), list(given["members"])
        kind, bot = given.get("type", "group"), given.get("bot", "member")
        return self._chat_shown(groups.make_group(self._parts, title, kind, members, bot, given.get("id")).id)

    async def _upgrade(self, request: web.Request) -> web.Response:
        group = self._parts.world.group(_chat_id(request))
        return self._chat_shown(groups.upgrade(self._parts, group).id)

    async def _set_bot(self, request: web.Request) -> web.Response:
        group, given = self._parts.world.group(_chat_id(request)), await json_body(request)
        groups.set_bot_status(self._parts, group, given["status"], given.get("by") or group.members[0])
        return self._chat_shown(group.id)

    async def _set_member(self, request: web.Request) -> web.Response:
        group, given = self._parts.world.group(_chat_id(request)), await json_body(request)
        groups.set_present(self._parts, group, given["person"], bool(given["present"]))
        return self._chat_shown(group.id)

    async def _add_topic(self, request: web.Request) -> web.Response:
        """Make a topic; the first one turns topics on."""
        group, given = self._parts.world.group(_chat_id(request)), await json_body(request)
        if not group.is_forum:
            topics.make_forum(self._parts, group)
        by = given.get("by") or group.members[0]
        thread_id = topics.make_topic(self._parts, group, str(given["name"]), by)
        return web.json_response({"message_thread_id": thread_id, "name": given["name"]})

    async def _set_topic(self, request: web.Request) -> web.Response:
        group, given = self._parts.world.group(_chat_id(request)), await json_body(request)
        thread_id, by = int(request.match_info["topic"]), given.get("by") or group.members[0]
        topics.set_topic(self._parts, group, thread_id, str(given["state"]), by)
        return self._chat_shown(group.id)

    async def _messages(self, request: web.Request) -> web.Response:
        self._parts.world.chat(_chat_id(request))
        after = number(request, "after")
        posts = self._parts.world.posts(_chat_id(request))
        return web.json_response([post.body for post in posts if post.message_id > after])

    async def _write(self, request: web.Request) -> web.Response:
        given, chat_id = await json_body(request), _chat_id(request)
        if "sticker" in given:
            post = acts.send_sticker(self._parts, given["from"], chat_id, str(given["sticker"]))
        else:
            where = given.get("reply_to"), int(given.get("thread_id") or 0)
            post = acts.write(self._parts, given["from"], chat_id, given.get("text", ""), *where)
        return web.json_response(post.body)

    async def _edit(self, request: web.Request) -> web.Response:
        given = await json_body(request)
        post = self._parts.world.the_post(_chat_id(request), int(request.match_info["message"]))
        return web.json_response(acts.edit(self._parts, given["from"], post, given.get("text", "")).body)

    async def _send_document(self, request: web.Request) -> web.Response:
        person_id, upload, caption = await _uploaded(request)
        return web.json_response(
            acts.send_document(self._parts, person_id, _chat_id(request), upload, caption).body
        )

    async def _send_photo(self, request: web.Request) -> web.Response:
        person_id, upload, caption = await _uploaded(request)
        return web.json_response(
            acts.send_photo(self._parts, person_id, _chat_id(request), upload, caption).body
        )

    async def _start(self, request: web.Request) -> web.Response:
        given = await json_body(request)
        return web.json_response(acts.open_link(self._parts, given["from"], given.get("payload") or "").body)

    async def _tap(self, request: web.Request) -> web.Response:
        given = await json_body(request)
        return web.json_response(acts.tap(self._parts, given["from"], _chat_id(request), given))

    async def _invoices(self, request: web.Request) -> web.Response:
        found = [
            {"message_id": post.message_id, **post.body["invoice"], **(post.invoice or {})}
            for post in self._parts.world.posts(_chat_id(request))
            if "invoice" in post.body
        ]
        return web.json_response(found)

    async def _pay(self, request: web.Request) -> web.Response:
        given, chat_id = await json_body(request), _chat_id(request)
        acts.check_present(self._parts, given["from"], chat_id)
        wishes = Wishes(
            given.get("amount_minor"),
            given.get("charged_minor"),
            bool(given.get("hold")),
            bool(given.get("declined")),
        )
        post = self._invoice(chat_id, given.get("message_id"))
        paying = asyncio.create_task(self._parts.payments.pay(given["from"], post, wishes))
        self._paying.add(paying)
        paying.add_done_callback(self._paying.discard)
        return web.json_response(asdict(await asyncio.shield(paying)))

    async def _payments(self, request: web.Request) -> web.Response:
        return web.json_response([asdict(payment) for payment in self._parts.payments.known.values()])

    async def _release(self, request: web.Request) -> web.Response:
        return web.json_response(asdict(self._parts.payments.release(request.match_info["payment"])))

    async def _toasts(self, request: web.Request) -> web.Response:
        person_id = number(request, "person")
        shown = self._parts.toasts.shown
        return web.json_response([toast for toast in shown if person_id in (0, toast["person_id"])])

    async def _file(self, request: web.Request) -> web.Response:
        file_id = request.match_info["file"]
        content, described = (
            self._parts.world.file.bytes_of(file_id),
            self._parts.world.file.get("file", file_id),
        )
        if content is None or described is None:
            raise NotThere(f"no file {file_id}")
        document = self._parts.world.file.get("document", file_id) or {}
        headers = {"Content-Disposition": f'inline; filename="{described["file_name"]}"'}
        mime_type = document.get("mime_type") or _picture_type(content)
        return web.Response(body=content, content_type=mime_type.partition(";")[0], headers=headers)

    async def _updates(self, request: web.Request) -> web.Response:
        pending = [each.body for each in self._parts.updates.waiting.values()]
        return web.json_response({"pending": pending, "webhook": get_webhook_info(self._parts, Call(""))})

    async def _inject(self, request: web.Request) -> web.Response:
        body = await request.text()
        try:
            update_id = self._parts.updates.inject(json.loads(body))
        except ValueError:
            update_id = self._parts.updates.inject(body)
        return web.json_response({"update_id": update_id})

    def _invoice(self, chat_id: int, message_id: int | None) -> Post:
        if message_id is not None:
            return self._parts.world.the_post(chat_id, message_id)
        invoices = [post for post in self._parts.world.posts(chat_id) if "invoice" in post.body]
        if not invoices:
            raise NotThere(f"no invoice in chat {chat_id}")
        return invoices[-1]

    def _new_id(self) -> int:
        return self._parts.world.file.count("person", FIRST_PERSON)

    def _named(self, request: web.Request) -> Person:
        return self._parts.world.person(int(request.match_info["person"]))

    def _shown(self, person: Person) -> web.Response:
        return web.json_response(self._parts.world.person_view(person))

    def _chat_shown(self, chat_id: int) -> web.Response:
        return web.json_response(self._parts.world.chat_view(chat_id))


async def json_body(request: web.Request) -> Json:
    """Return the body, an object in JSON."""
    try:
        body = await request.json()
    except ValueError:
        raise NotPossible("the body is not JSON") from None
    if not isinstance(body, dict):
        raise NotPossible("the body is not a JSON object")
    return body


def number(request: web.Request, name: str) -> int:
    """Return a number from the query, 0 if it was not given."""
    try:
        return int(request.query.get(name, 0))
    except ValueError:
        raise NotPossible(f"{name} is not a number") from None


def _chat_id(request: web.Request) -> int:
    return int(request.match_info["chat"])


async def _uploaded(request: web.Request) -> tuple[int, Upload, str]:
    if request.content_type == "multipart/form-data":
        form = await request.post()
        file = form["file"]
        if not isinstance(file, web.FileField):
            raise NotPossible("the part named file is not a file")
        upload = Upload(file.filename, file.content_type, file.file.read())
        return int(str(form["from"])), upload, str(form.get("caption", ""))
    given = await json_body(request)
    mime_type = given.get("mime_type", "application/octet-stream")
    upload = Upload(given["name"], mime_type, base64.b64decode(given["base64"]))
    return given["from"], upload, given.get("caption", "")


def _picture_type(content: bytes) -> str:
    return "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
