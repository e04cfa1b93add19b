"""What the documents say of the code is so."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from bot.admin.merchants import MENU_BYTES
from core.menu_file import (
    ALLERGENS_LENGTH,
    COLUMNS,
    DESCRIPTION_LENGTH,
    MENU_LENGTH,
    NAME_LENGTH,
    read_menu,
)

ROOT = Path(__file__).parents[1]
HOSTS = {
    "127.0.0.1",
    "api.telegram.org",
    "b.alipay.com",
    "beancount.github.io",
    "core.telegram.org",
    "dashboard.stripe.com",
    "docs.stripe.com",
    "example.org",
    "hledger.org",
    "keepachangelog.com",
    "open.alipay.com",
    "pay.weixin.qq.com",
    "t.me",
}
"""Whom a document may send its readers to."""


@cache
def tracked() -> tuple[Path, ...]:
    """Return every file of the project."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file())


@cache
def read(path: Path) -> str:
    return path.read_text("utf-8")


def doc(name: str) -> str:
    return read(ROOT / name)


DOCUMENTS = [path for path in tracked() if path.suffix == ".md"]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def links(path: Path) -> Iterator[str]:
    """Yield where the links and pictures of a document lead."""
    text = re.sub(r"^```.*?^```", "", read(path), flags=re.DOTALL | re.MULTILINE)
    yield from re.findall(r"\]\(([^)\s]+)\)", text)
    yield from re.findall(r'(?:src|href)="([^"]+)"', text)


def anchors(path: Path) -> set[str]:
    """Return the anchors that a document's headings make."""
    headings = re.findall(r"^#+ (.*)$", read(path), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in links(path):
        parts = urlsplit(link)
        if parts.scheme:
            assert parts.hostname in HOSTS, link
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        assert target.exists(), link
        assert not parts.fragment or parts.fragment in anchors(target), link


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_path_that_is_named_is_there(path: Path) -> None:
    named = re.findall(r"`((?:core|bot|storage|tests|docs)/[\w./-]*\w/?)(?:::\w+)?`", read(path))
    folder = ROOT / "bot" / "sandbox" if path.parent.name == "sandbox" else ROOT
    for each in named:
        assert (ROOT / each).exists() or (folder / each).exists(), each


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_name_behind_a_path_is_there(path: Path) -> None:
    for file, name in re.findall(r"`([\w./-]+\.py)::(\w+)`", read(path)):
        assert re.search(rf"^(?:async )?(?:def|class) {name}\b", doc(file), re.MULTILINE), f"{file}::{name}"


def test_each_step_of_the_patent_has_its_code_and_its_test() -> None:
    rows = re.findall(r"^\| (\d) \|(.*)$", doc("docs/patent.md"), re.MULTILINE)
    steps = ("open_account", "top_up", "order_goods", "check_out", "refund")
    for number, step in enumerate(steps, start=1):
        told = "".join(text for claimed, text in rows if claimed == str(number))
        assert f"`core/{step}.py::" in told
        assert "`tests/" in told


def test_every_setting_is_explained_and_nothing_else_is() -> None:
    there = re.findall(r"^([A-Z][A-Z_]+)=", doc(".env.example"), re.MULTILINE)
    explained = re.findall(r"^\| `([A-Z][A-Z_]+)` \|", doc("docs/operating.md"), re.MULTILINE)
    assert explained == there


def test_the_defaults_that_are_told_are_the_defaults() -> None:
    there = dict(re.findall(r"^([A-Z_]+)=(.+)$", doc(".env.example"), re.MULTILINE))
    told = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \|", doc("docs/operating.md"), re.MULTILINE))
    assert {key: value for key, value in told.items() if key in there} == there


def test_the_menu_that_is_shown_is_read() -> None:
    (example,) = re.findall(r"^```csv\n(.*?)^```", doc("docs/menu-csv.md"), re.DOTALL | re.MULTILINE)
    entries = read_menu(example.encode(), "EUR").entries
    assert [(each.category, each.price.minor) for each in entries] == [
        ("Beer", 320),
        ("Beer", 450),
        ("Food", 250),
        ("Food", 590),
        ("Seat", 300),
    ]
    columns = [f"`{name}`" for name in COLUMNS]
    limits = (
        f"1 to {NAME_LENGTH} ",
        f"At most {MENU_LENGTH:,} items",
        f"{MENU_BYTES:,} bytes",
        f"up to {DESCRIPTION_LENGTH} characters",
        f"up to {ALLERGENS_LENGTH} characters",
    )
    for figure in (*limits, *columns):
        assert figure in doc("docs/menu-csv.md")


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_make_target_that_is_named_is_there(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", doc("Makefile"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z]+)`", read(path))) <= targets


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_command_of_seatside_that_is_named_is_there(path: Path) -> None:
    commands = set(re.findall(r'_add\(commands, "(\w+)"', doc("bot/cli.py")))
    assert set(re.findall(r"(?:`|bin/)seatside (\w+)", read(path))) <= commands


def test_every_chat_command_that_is_named_is_there() -> None:
    commands = set(re.findall(r'\(Who\.\w+, "(\w+)"\)', doc("bot/routes.py")))
    for name in ("README.md", "docs/operating.md", "docs/menu-csv.md", "docs/glossary.md"):
        for shown in re.findall(r"`/(\w+)(?: [^`/]*)?`", doc(name)):
            assert shown in commands | {"telegram"}, f"{name}: /{shown}"


def test_the_evening_of_the_readme_is_that_of_its_transcript() -> None:
    (shown,) = re.findall(r"^```\n(ann scans.*?)^```", doc("README.md"), re.DOTALL | re.MULTILINE)
    played = iter(doc("tests/chats/one_evening.chat").splitlines())
    for line in shown.splitlines():
        assert any(each.startswith(line) for each in played), f"missing there: {line}"


def names(path: Path) -> Iterator[str]:
    """Yield every name that a module gives or uses, and its own."""
    yield path.stem
    for node in ast.walk(ast.parse(read(path))):
        for field in ("id", "name", "attr", "arg"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                yield name


def test_words_we_do_not_use_are_in_no_name() -> None:
    told = r"^## Words that no name.*?\n\n(.*?)\n\n"
    (listed,) = re.findall(told, doc("docs/glossary.md"), re.DOTALL | re.MULTILINE)
    avoided = set(re.findall(r"`(\w+)`", listed))
    assert avoided
    for path in tracked():
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in {"core", "storage", "bot"}:
            if "sandbox" in path.parts:
                continue
            for name in set(names(path)):
                words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}
                assert not words & avoided, f"{name_of(path)}: {name}"


def test_every_decision_is_listed() -> None:
    pages = {path.name for path in (ROOT / "docs" / "adr").glob("0*.md")}
    assert pages == set(re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", doc("docs/adr/README.md")))
    for page in pages:
        text = doc(f"docs/adr/{page}")
        assert text.startswith(f"# {page[:4]} ")
        parts = re.findall(r"^\*\*(.*?)\.\*\*", text, re.MULTILINE)
        assert parts == ["What", "Why", "What lost", "What follows"], page


ELSEWHERE = re.compile(
    r"/(?:home|root|Users|mnt|work|workspace)/\w|\bissues? #?\d|(?<![\w&])#\d{2,}\b", re.IGNORECASE
)
"""Places on somebody's machine, and numbers that mean nothing outside somebody's tracker."""

TEXTS = {".md", ".py", ".toml", ".ftl", ".sql", ".chat", ".js", ".html", ""}


def test_the_project_speaks_of_itself_only() -> None:
    for path in tracked():
        if path.suffix in TEXTS and path != Path(__file__):
            found = ELSEWHERE.search(read(path))
            assert found is None, f"{name_of(path)}: {found[0]}"


def test_what_is_pinned_names_no_package_index() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert not re.search(r"^--|://", doc(name), re.MULTILINE)
