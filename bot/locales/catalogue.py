"""What sentences a language has, and what each of them wants to be told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from fluent.runtime import FluentBundle, FluentResource
from fluent.runtime.types import FluentType
from fluent.syntax import ast
from fluent.syntax.visitor import Visitor

LANGUAGES = ("en", "zh-Hans")
"""The languages there are catalogues for; the first is for everybody else."""


@cache
def load_catalogue(language: str) -> Catalogue:
    """Return the catalogue of one of LANGUAGES."""
    return Catalogue.parse(language, files(__package__).joinpath(f"{language}.ftl").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The sentences of one language."""

    bundle: FluentBundle
    variables: Mapping[str, frozenset[str]]
    """For each key the names of what its sentence is filled with, those of sentences it quotes included."""

    @classmethod
    def parse(cls, language: str, text: str) -> Catalogue:
        """Return the catalogue that *text* writes in Fluent; ValueError names what is wrong with it."""
        resource = FluentResource(text)
        messages = dict(_list_messages(resource.body))
        bundle = FluentBundle([language], use_isolating=False)
        bundle.add_resource(resource)
        return cls(bundle, {key: frozenset(_find_variables(key, messages)) for key in messages})

    def fill(self, key: str, args: Mapping[str, object]) -> str:
        """Return the sentence *key* filled with *args*; KeyError if there is no such sentence."""
        pattern = self.bundle.get_message(key).value
        assert pattern is not None, key
        text, errors = self.bundle.format_pattern(pattern, {name: _guard(arg) for name, arg in args.items()})
        if errors:
            raise ValueError(f"{key}: {errors[0]}")
        return str(text)


def _list_messages(body: list[ast.EntryType]) -> Iterator[tuple[str, ast.Message]]:
    """Yield the messages by key, and refuse what Fluent would overlook."""
    seen: set[str] = set()
    for entry in body:
        if isinstance(entry, ast.Junk):
            raise ValueError(f"not Fluent: {entry.content!r}")
        if isinstance(entry, ast.Message):
            _check_message(entry, seen)
            seen.add(entry.id.name)
            yield entry.id.name, entry


def _check_message(message: ast.Message, seen: set[str]) -> None:
    if message.id.name in seen:
        raise ValueError(f"{message.id.name} is there twice")
    if message.attributes or message.value is None:
        raise ValueError(f"{message.id.name} is more or less than one sentence")


def _find_variables(key: str, messages: Mapping[str, ast.Message]) -> Iterator[str]:
    """Yield what the sentence is filled with, in select expressions and quoted sentences too."""
    found = _References()
    found.visit(messages[key].value)
    yield from found.variables
    for quoted in found.messages:
        if quoted not in messages:
            raise ValueError(f"{key} quotes {quoted}, which is not there")
        yield from _find_variables(quoted, messages)


class _References(Visitor):
    """Collects the names of what a sentence refers to."""

    def __init__(self) -> None:
        self.variables: list[str] = []
        self.messages: list[str] = []

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802 - Fluent's name
        self.variables.append(node.id.name)

    def visit_MessageReference(self, node: ast.MessageReference) -> None:  # noqa: N802 - Fluent's name
        self.messages.append(node.id.name)


_FLUENT_TEXT_MAX = 2500


class _LongText(FluentType):
    """A text of any length: a bare str Fluent refuses beyond its limit, and a menu is longer."""

    def __init__(self, text: str) -> None:
        self._text = text

    def format(self, locale: object) -> str:
        return self._text


def _guard(arg: object) -> object:
    return _LongText(arg) if isinstance(arg, str) and len(arg) > _FLUENT_TEXT_MAX else arg
