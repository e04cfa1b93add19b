"""The people, chats and messages of the sandbox, as Telegram would keep them."""

from __future__ import annotations

import copy
import secrets
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from bot.sandbox.errors import NotThere
from bot.sandbox.topics import in_topic

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.sandbox.events import EventStream
    from bot.sandbox.file import SandboxFile
    from bot.sandbox.settings import SandboxSettings

Json = dict[str, Any]

FIRST_PERSON = 5_000_001
_CARD_NUMBERS = ("4242", "1881", "0341", "5556", "9010", "7735")


@dataclass(slots=True)
class Person:
    """Somebody with a phone; *started* says whether the bot may write to them."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "en"
    started: bool = False
    blocked: bool = False

    @property
    def user(self) -> Json:
        """The Bot API's User."""
        names = {"last_name": self.last_name, "username": self.username, "language_code": self.language_code}
        given = {name: value for name, value in names.items() if value}
        return {"id": self.id, "is_bot": False, "first_name": self.first_name, **given}

    @property
    def chat(self) -> Json:
        """The Bot API's Chat of the private chat with this person."""
        names = {key: value for key, value in self.user.items() if key in _CHAT_NAMES}
        return {"id": self.id, "type": "private", **names}


_CHAT_NAMES = ("first_name", "last_name", "username")


@dataclass(slots=True)
class Group:
    """A group or supergroup; the first member owns it, *bot* is the bot's status in it.

    *topics* are those of a forum, by their number: name and state.
    """

    id: int
    title: str
    type: str
    members: list[int]
    bot: str = "left"
    migrated_to: int | None = None
    is_forum: bool = False
    topics: dict[str, Json] = field(default_factory=dict)

    @property
    def chat(self) -> Json:
        """The Bot API's Chat."""
        forum = {"is_forum": True} if self.is_forum else {}
        return {"id": self.id, "type": self.type, "title": self.title, **forum}


@dataclass(slots=True)
class Post:
    """A message as it stands now, and what of an invoice only Telegram sees."""

    chat_id: int
    message_id: int
    body: Json
    deleted: bool = False
    pinned: bool = False
    invoice: Json | None = None

    @property
    def sender_id(self) -> int:
        """Who wrote it."""
        return int(self.body["from"]["id"])

    @property
    def is_service(self) -> bool:
        """Whether Telegram itself wrote it: such messages cannot be edited."""
        return not self.body.keys() & {"text", "document", "photo", "sticker", "invoice"}


@dataclass(slots=True)
class World:
    """All state of the chats; every change is stored and told to the event stream."""

    settings: SandboxSettings
    file: SandboxFile
    events: EventStream
    now: Callable[[], float]
    people: dict[int, Person] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)
    chats: dict[int, dict[int, Post]] = field(default_factory=dict)
    keyboards: dict[int, Json] = field(default_factory=dict)
    observers: list[Callable[[str, str, Any], None]] = field(default_factory=list)

    def load(self) -> None:
        """Take up what the file remembers."""
        for _, body in self.file.all("person"):
            self.people[body["id"]] = Person(**body)
        for _, body in self.file.all("group"):
            self.groups[body["id"]] = Group(**body)
        posts = [Post(**body) for _, body in self.file.all("post")]
        for post in sorted(posts, key=lambda each: each.message_id):
            self.chats.setdefault(post.chat_id, {})[post.message_id] = post
        self.keyboards = {int(key): body for key, body in self.file.all("keyboard")}

    def observe(self, kind: str, method: str, payload: Any) -> None:
        """Tell the observers of an update, a call, a result or a refusal."""
        for observer in self.observers:
            observer(kind, method, payload)

    @property
    def bot_user(self) -> Json:
        """The bot as a User."""
        names = {"first_name": self.settings.bot_first_name, "username": self.settings.bot_username}
        return {"id": self.settings.bot_id, "is_bot": True, **names}

    def user(self, user_id: int) -> Json:
        """Return the User of a person or of the bot."""
        return self.bot_user if user_id == self.settings.bot_id else self.person(user_id).user

    def person(self, person_id: int) -> Person:
        """Return a person or say that there is none."""
        if person_id not in self.people:
            raise NotThere(f"no person {person_id}")
        return self.people[person_id]

    def group(self, group_id: int) -> Group:
        """Return a group or say that there is none."""
        if group_id not in self.groups:
            raise NotThere(f"no group {group_id}")
        return self.groups[group_id]

    def chat(self, chat_id: int) -> Json:
        """Return the Chat with this id."""
        return self.group(chat_id).chat if chat_id < 0 else self.person(chat_id).chat

    def posts(self, chat_id: int) -> list[Post]:
        """Return what stands in a chat, oldest first."""
        return [post for post in self.chats.get(chat_id, {}).values() if not post.deleted]

    def find_post(self, chat_id: int, message_id: int) -> Post | None:
        """Return a message that is still there."""
        post = self.chats.get(chat_id, {}).get(message_id)
        return None if post is None or post.deleted else post

    def the_post(self, chat_id: int, message_id: int) -> Post:
        """Return a message or say that there is none."""
        post = self.find_post(chat_id, message_id)
        if post is None:
            raise NotThere(f"no message {message_id} in chat {chat_id}")
        return post

    def save_person(self, person: Person) -> None:
        """Store a person who is new or has changed."""
        self.people[person.id] = person
        self.file.put("person", person.id, asdict(person))
        self.events.add("person", person=self.person_view(person))

    def save_group(self, group: Group) -> None:
        """Store a group that is new or has changed."""
        self.groups[group.id] = group
        self.file.put("group", group.id, asdict(group))
        self.events.add("chat", chat=self.chat_view(group.id))

    def save_post(self, post: Post) -> None:
        """Store a message that is new or has changed."""
        self.chats.setdefault(post.chat_id, {})[post.message_id] = post
        self.file.put("post", f"{post.chat_id}:{post.message_id}", asdict(post))

    def post(
        self,
        chat_id: int,
        sender_id: int,
        content: Json,
        *,
        reply_to: Post | None = None,
        invoice: Json | None = None,
        thread_id: int = 0,
    ) -> Post:
        """Add a message to a chat, or to a topic of it, and return it."""
        body: Json = {
            "message_id": self.file.count(f"message:{chat_id}"),
            "from": self.user(sender_id),
            "chat": self.chat(chat_id),
            "date": int(self.now()),
        }
        if thread_id:
            body |= in_topic(self, chat_id, thread_id)
        if reply_to is not None:
            body["reply_to_message"] = _without_reply(reply_to.body)
            if not thread_id and body["chat"]["type"] == "supergroup":  # a thread, and no topic
                body["message_thread_id"] = reply_to.body.get("message_thread_id", reply_to.message_id)
        post = Post(chat_id, body["message_id"], {**body, **content}, invoice=invoice)
        self.save_post(post)
        self.events.add("message", chat_id=chat_id, message=copy.deepcopy(post.body))
        return post

    def edit(self, post: Post, body: Json) -> None:
        """Replace what a message says."""
        post.body = {**body, "edit_date": int(self.now())}
        self.save_post(post)
        self.events.add("edited", chat_id=post.chat_id, message=copy.deepcopy(post.body))

    def delete(self, post: Post) -> None:
        """Take a message away."""
        post.deleted, post.pinned = True, False
        self.save_post(post)
        self.events.add("deleted", chat_id=post.chat_id, message_id=post.message_id)

    def pin(self, post: Post, pinned: bool) -> None:
        """Pin a message or take the pin away."""
        post.pinned = pinned
        self.save_post(post)
        kind = "pinned" if pinned else "unpinned"
        self.events.add(kind, chat_id=post.chat_id, message_id=post.message_id)

    def show_keyboard(self, chat_id: int, markup: Json) -> None:
        """Put a reply keyboard under a chat, or take it away."""
        self.keyboards[chat_id] = markup
        self.file.put("keyboard", chat_id, markup)
        self.events.add("chat", chat=self.chat_view(chat_id))

    def keep_file(self, content: bytes, name: str) -> Json:
        """Store the bytes of a file; return its ids and size."""
        unique_id = secrets.token_urlsafe(9)
        file_id = f"BQACAgIAAxkBAAI{secrets.token_urlsafe(18)}"
        described = {"file_id": file_id, "file_unique_id": unique_id, "file_size": len(content)}
        self.file.put_bytes(file_id, content)
        self.file.put("file", file_id, {**described, "file_name": name})
        return described

    def person_view(self, person: Person) -> Json:
        """Return a person as the client API shows them."""
        return {**asdict(person), "is_bot": False, "card": card_of(person.id)}

    def chat_view(self, chat_id: int) -> Json:
        """Return a chat as the client API shows it."""
        pinned = [post.message_id for post in self.posts(chat_id) if post.pinned]
        keyboard = self.keyboards.get(chat_id, {})
        shown = {"pinned": pinned, "keyboard": keyboard if "keyboard" in keyboard else None}
        if chat_id < 0:
            return {**asdict(self.group(chat_id)), **shown}
        person = self.person(chat_id)
        status = "kicked" if person.blocked else "member" if person.started else "left"
        return {**person.chat, "members": [chat_id], "bot": status, "migrated_to": None, **shown}


def card_of(person_id: int) -> Json:
    """Return the one card that a person pays with."""
    last4 = _CARD_NUMBERS[(person_id - FIRST_PERSON) % len(_CARD_NUMBERS)]
    return {"brand": "Visa", "last4": last4, "fingerprint": f"fp_{person_id:012x}"}


def _without_reply(body: Json) -> Json:
    return {key: copy.deepcopy(value) for key, value in body.items() if key != "reply_to_message"}
