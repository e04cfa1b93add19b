"""Turns HTML as the Bot API knows it into text and entities, strictly."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.errors import bad_request

Entity = dict[str, Any]

_TYPE_OF_TAG = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
}
_GIVEN_TYPES = [
    *_TYPE_OF_TAG.values(),
    "expandable_blockquote",
    "text_mention",
    "bot_command",
    "url",
    "mention",
]
_ATTRIBUTES = {
    "a": {"href"},
    "code": {"class"},
    "blockquote": {"expandable"},
    "span": {"class"},
    "tg-emoji": {"emoji-id"},
}
_NEEDED = {"a": "href", "span": "class", "tg-emoji": "emoji-id"}
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-zA-Z-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'))?)*)\s*>")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'))?")
_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_AUTOMATIC = (
    ("bot_command", re.compile(r"(?<![\w/@])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/])")),
    ("url", re.compile(r"(?<!\w)https?://[^\s<>\"]*[\w/=&#-]")),
    ("mention", re.compile(r"(?<![\w/@])@[A-Za-z]\w{2,31}")),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d]\w*")),
)


def utf16_length(text: str) -> int:
    """Return the length as Telegram counts it: in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_text(text: str, parse_mode: str, entities: Any = None) -> tuple[str, list[Entity]]:
    """Return what people see of *text* and its entities, trimmed and in Telegram's order."""
    if entities:
        found = _given(text, entities)
    elif not parse_mode:
        found = []
    elif parse_mode.lower() == "html":
        text, found = parse_html(text)
    else:
        raise bad_request("unsupported parse_mode")
    text, found = _trimmed(text, found)
    found += _automatic(text, found)
    return text, sorted(found, key=lambda entity: (entity["offset"], -entity["length"]))


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Return text and entities, or refuse with "can't parse entities: …"."""
    parser = _Html(source)
    return parser.run()


@dataclass(slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    starts_at: int


@dataclass(slots=True)
class _Html:
    source: str
    text: list[str] = field(default_factory=list)
    length: int = 0
    stack: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def run(self) -> tuple[str, list[Entity]]:
        at = 0
        while at < len(self.source):
            at = self._step(at)
        if self.stack:
            raise _cannot(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].tag}"')
        return "".join(self.text), self.entities

    def _step(self, at: int) -> int:
        match self.source[at]:
            case "<":
                return self._tag(at)
            case "&":
                return self._reference(at)
            case character:
                self._say(character)
                return at + 1

    def _say(self, words: str) -> None:
        self.text.append(words)
        self.length += utf16_length(words)

    def _reference(self, at: int) -> int:
        found = _REFERENCE.match(self.source, at)
        if found is None:  # Telegram lets it pass; documented is that it must be escaped
            raise _cannot(f'Unescaped "&" at byte offset {self._offset(at)}')
        self._say(html.unescape(found[0]))
        return found.end()

    def _tag(self, at: int) -> int:
        found = _TAG.match(self.source, at)
        if found is None:
            raise self._broken(at)
        closes, tag = found[1], found[2].lower()
        if closes:
            self._close(tag, at)
        else:
            self._open(tag, found[3], at)
        return found.end()

    def _broken(self, at: int) -> Exception:
        if self.source.find(">", at) < 0:
            return _cannot(f"Unclosed start tag at byte offset {self._offset(at)}")
        name = re.match(r"[^\s>]*", self.source[at + 1 :])
        return self._unsupported(name[0] if name else "", at)

    def _unsupported(self, tag: str, at: int) -> Exception:
        return _cannot(f'Unsupported start tag "{tag}" at byte offset {self._offset(at)}')

    def _open(self, tag: str, raw: str, at: int) -> None:
        if tag not in _TYPE_OF_TAG:
            raise self._unsupported(tag, at)
        attributes = {each[0].lower(): html.unescape(each[1] or each[2]) for each in _ATTRIBUTE.findall(raw)}
        for name in attributes.keys() - _ATTRIBUTES.get(tag, set()):
            raise _cannot(
                f'Unsupported attribute "{name}" in the tag "{tag}" at byte offset {self._offset(at)}'
            )
        if tag in _NEEDED and not attributes.get(_NEEDED[tag]):
            raise _cannot(
                f'Tag "{tag}" must have attribute "{_NEEDED[tag]}" at byte offset {self._offset(at)}'
            )
        if tag == "span" and attributes["class"] != "tg-spoiler":
            raise _cannot(f'Tag "span" must have class "tg-spoiler" at byte offset {self._offset(at)}')
        self.stack.append(_Open(tag, attributes, self.length))

    def _close(self, tag: str, at: int) -> None:
        if not self.stack:
            raise _cannot(f"Unexpected end tag at byte offset {self._offset(at)}")
        opened = self.stack.pop()
        if opened.tag != tag:
            raise _cannot(
                f"Unmatched end tag at byte offset {self._offset(at)}, "
                f'expected "</{opened.tag}>", found "</{tag}>"'
            )
        if self.length > opened.starts_at and not self._names_language(opened):
            self.entities.append(self._entity(opened))

    def _names_language(self, opened: _Open) -> bool:
        """Whether this is the <code class="language-…"> just inside a <pre>, no entity of its own."""
        language = opened.attributes.get("class", "").removeprefix("language-")
        outer = self.stack[-1] if self.stack else None
        if opened.tag != "code" or not language or outer is None or outer.tag != "pre":
            return False
        if outer.starts_at != opened.starts_at:
            return False
        outer.attributes["language"] = language
        return True

    def _entity(self, opened: _Open) -> Entity:
        entity: Entity = {
            "type": _TYPE_OF_TAG[opened.tag],
            "offset": opened.starts_at,
            "length": self.length - opened.starts_at,
        }
        match opened.tag:
            case "a":
                entity["url"] = opened.attributes["href"]
            case "tg-emoji":
                entity["custom_emoji_id"] = opened.attributes["emoji-id"]
            case "pre" if "language" in opened.attributes:
                entity["language"] = opened.attributes["language"]
            case "blockquote" if "expandable" in opened.attributes:
                entity["type"] = "expandable_blockquote"
        return entity

    def _offset(self, at: int) -> int:
        return len(self.source[:at].encode("utf-8", "surrogatepass"))


def _cannot(why: str) -> Exception:
    return bad_request(f"can't parse entities: {why}")


def _given(text: str, entities: Any) -> list[Entity]:
    if not isinstance(entities, list):
        raise bad_request("can't parse entities: expected an Array of message entities")
    for entity in entities:
        if not _is_entity(entity):
            raise bad_request("can't parse MessageEntity: expected an Object with type, offset and length")
        starts, length = entity["offset"], entity["length"]
        if starts < 0 or length <= 0 or starts + length > utf16_length(text):
            raise bad_request("can't parse entities: entity is out of the text")
    return [dict(entity) for entity in entities]


def _is_entity(entity: Any) -> bool:
    return (
        isinstance(entity, dict)
        and entity.get("type") in _GIVEN_TYPES
        and all(type(entity.get(name)) is int for name in ("offset", "length"))
    )


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    cut = utf16_length(text) - utf16_length(text.lstrip())
    text = text.strip()
    kept = [_shifted(entity, cut, utf16_length(text)) for entity in entities]
    return text, [entity for entity in kept if entity["length"] > 0]


def _shifted(entity: Entity, cut: int, length: int) -> Entity:
    starts = max(0, entity["offset"] - cut)
    ends = min(length, entity["offset"] + entity["length"] - cut)
    return {**entity, "offset": starts, "length": ends - starts}


def _automatic(text: str, entities: list[Entity]) -> list[Entity]:
    taken = [entity for entity in entities if entity["type"] in ("code", "pre", "text_link")]
    found: list[Entity] = []
    for kind, pattern in _AUTOMATIC:
        for match in pattern.finditer(text):
            entity = {
                "type": kind,
                "offset": utf16_length(text[: match.start()]),
                "length": utf16_length(match[0]),
            }
            if not any(_overlap(entity, other) for other in taken + found):
                found.append(entity)
    return found


def _overlap(one: Entity, other: Entity) -> bool:
    starts_before: bool = one["offset"] < other["offset"] + other["length"]
    ends_after: bool = other["offset"] < one["offset"] + one["length"]
    return starts_before and ends_after
