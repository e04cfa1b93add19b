"""What both catalogues must share, and how things are said to a reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor
from hypothesis import given
from hypothesis import strategies as st

from bot.locales import LANGUAGES, Locale, Markup
from bot.locales.catalogue import Catalogue, load_catalogue
from core.money import EXPONENTS, Money

STEPS = ["open_account", "top_up", "order_goods", "check_out", "refund"]
TELEGRAM_TAGS = {"b", "i", "u", "s", "code", "pre", "blockquote", "tg-spoiler"}
MOMENT = datetime(2026, 11, 23, 18, 5, tzinfo=UTC)
EN, ZH = Locale.of("en"), Locale.of("zh-hans")


def read_file(language: str) -> ast.Resource:
    text = files("bot.locales").joinpath(f"{language}.ftl").read_text("utf-8")
    return FluentParser().parse(text)


def list_keys_by_section(language: str) -> dict[str, set[str]]:
    sections: dict[str, set[str]] = {}
    name = ""
    for entry in read_file(language).body:
        if isinstance(entry, ast.GroupComment):
            name = str(entry.content)
            sections[name] = set()
        elif isinstance(entry, ast.Message):
            sections[name].add(entry.id.name)
    return sections


class Texts(Visitor):
    """Collects the literal text of a message."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def visit_TextElement(self, node: ast.TextElement) -> None:  # noqa: N802 - Fluent's name
        self.texts.append(node.value)


def list_texts() -> Iterator[tuple[str, str]]:
    for language in LANGUAGES:
        for entry in read_file(language).body:
            if isinstance(entry, ast.Message):
                texts = Texts()
                texts.visit(entry)
                yield f"{language}: {entry.id.name}", "".join(texts.texts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_catalogue_is_read_whole(language: str) -> None:
    assert load_catalogue(language).variables


def test_every_catalogue_has_the_same_keys_in_the_same_sections() -> None:
    english, chinese = map(list_keys_by_section, LANGUAGES)
    assert list(english) == list(chinese)
    assert {name: english[name] ^ chinese[name] for name in english if english[name] != chinese[name]} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_steps_are_told_in_their_order(language: str) -> None:
    assert [name for name in list_keys_by_section(language) if name in STEPS] == STEPS


def test_every_sentence_is_filled_with_the_same_things_in_every_language() -> None:
    english, chinese = (load_catalogue(language).variables for language in LANGUAGES)
    assert {key: english[key] ^ chinese[key] for key in english if english[key] != chinese[key]} == {}


def test_every_sentence_is_html_that_telegram_takes() -> None:
    for key, text in list_texts():
        tags = re.findall(r"</?([a-z-]+)>", text)
        assert set(tags) <= TELEGRAM_TAGS, key
        assert not re.search(r"[<>&]", re.sub(r"</?[a-z-]+>", "", text)), key
        assert sorted(re.findall(r"<([a-z-]+)>", text)) == sorted(re.findall(r"</([a-z-]+)>", text)), key


def test_what_a_sentence_wants_is_found_in_select_expressions_and_quoted_sentences_too() -> None:
    catalogue = Catalogue.parse(
        "en",
        """
inner = for { $who }
outer = { $count ->
    [one] { $one }
   *[other] { $rest ->
       *[x] { $deep }
    }
 } { inner }
""",
    )
    assert catalogue.variables["outer"] == {"count", "one", "rest", "deep", "who"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = { $x", "not Fluent"),
        ("no sentence at all", "not Fluent"),
        ("a = x\na = y", "a is there twice"),
        ("a = x\n    .title = y", "a is more or less than one sentence"),
        ("a = { b }", "a quotes b, which is not there"),
    ],
)
def test_a_catalogue_with_a_slip_is_refused(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Catalogue.parse("en", text)


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("zh", "zh-Hans"),
        ("zh-hans", "zh-Hans"),
        ("zh-Hans", "zh-Hans"),
        ("zh-CN", "zh-Hans"),
        ("zh_CN", "zh-Hans"),
        ("zh-hant", "zh-Hans"),
        ("en", "en"),
        ("en-US", "en"),
        ("de", "en"),
        ("", "en"),
        (None, "en"),
        ("zhongwen", "en"),
    ],
)
def test_every_kind_of_chinese_reads_chinese_and_everybody_else_english(
    code: str | None, language: str
) -> None:
    assert Locale.of(code).language == language


def test_a_language_survives_being_stored() -> None:
    assert [Locale.of(language).language for language in LANGUAGES] == list(LANGUAGES)


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put sentences of our own in the place of the English ones."""
    ours = Catalogue.parse(
        "en",
        """
hello = <b>Hello</b> { $name }
told = { $what }
both = { $what } at { $when } for { $long }
things = { $count ->
    [one] one thing
   *[other] { $count } things
 }
state = { $state ->
    [open] We are open
   *[closed] We are closed
 }
""",
    )
    monkeypatch.setattr("bot.locales.load_catalogue", lambda language: ours)


@pytest.mark.usefixtures("catalogue")
def test_texts_are_escaped_where_html_is_read_and_only_there() -> None:
    assert EN.say("hello", name='<i>Bob & "Ann"</i>') == '<b>Hello</b> &lt;i&gt;Bob &amp; "Ann"&lt;/i&gt;'
    assert EN.plain("told", what="Fish & Chips <3") == "Fish & Chips <3"


@pytest.mark.usefixtures("catalogue")
def test_markup_and_what_was_said_before_are_not_escaped_again() -> None:
    inner = EN.say("hello", name="A&B")
    assert isinstance(inner, Markup)
    assert EN.say("told", what=inner) == "<b>Hello</b> A&amp;B"
    assert EN.say("told", what=Markup("<code>1</code>")) == "<code>1</code>"
    with pytest.raises(AssertionError):
        EN.plain("told", what=inner)


@pytest.mark.usefixtures("catalogue")
def test_whole_numbers_choose_plurals_and_texts_choose_variants() -> None:
    assert (EN.say("things", count=1), EN.say("things", count=2)) == ("one thing", "2 things")
    assert (EN.say("state", state="open"), EN.say("state", state="?")) == ("We are open", "We are closed")


@pytest.mark.usefixtures("catalogue")
def test_money_moments_and_durations_are_formatted_for_the_reader() -> None:
    told = EN.at(ZoneInfo("Asia/Shanghai")).say(
        "both", what=Money(1250, "EUR"), when=MOMENT, long=timedelta(minutes=5)
    )
    assert told == "€12.50 at 24 Nov 2026, 02:05 for 5 mins"


@pytest.mark.usefixtures("catalogue")
def test_a_text_longer_than_fluent_takes_is_said_all_the_same() -> None:
    assert EN.say("told", what="x" * 4000) == "x" * 4000


@pytest.mark.usefixtures("catalogue")
def test_what_a_sentence_misses_is_a_bug_that_is_raised() -> None:
    with pytest.raises(KeyError, match="hello wants name"):
        EN.say("hello", nmae="Bob")
    with pytest.raises(KeyError):
        EN.plain("no-such-sentence")


@pytest.mark.usefixtures("catalogue")
def test_what_a_sentence_does_not_mention_is_left_out() -> None:
    assert EN.say("told", what="this", other=object()) == "this"


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("arg", [1.5, True, None, b"x", ["x"]])
def test_what_cannot_be_said_is_a_bug_that_is_raised(arg: object) -> None:
    with pytest.raises(TypeError):
        EN.say("told", what=arg)


@pytest.mark.parametrize(
    ("money", "english", "chinese"),
    [
        (Money(1250, "EUR"), "€12.50", "€12.50"),
        (Money(123456789, "EUR"), "€1,234,567.89", "€1,234,567.89"),
        (Money(-5, "EUR"), "-€0.05", "-€0.05"),
        (Money(500, "JPY"), "JP¥500", "JP¥500"),
        (Money(1200, "CNY"), "CN¥12.00", "¥12.00"),
        (Money(1250, "KWD"), "KWD\u00a01.250", "KWD\u00a01.250"),
        (Money(325, "RSD"), "RSD\u00a03.25", "RSD\u00a03.25"),
    ],
)
def test_money_is_shown_with_all_its_decimals(money: Money, english: str, chinese: str) -> None:
    assert (EN.money(money), ZH.money(money)) == (english, chinese)


@given(minor=st.integers(-(10**12), 10**12), currency=st.sampled_from(sorted(EXPONENTS)))
def test_money_is_never_rounded(minor: int, currency: str) -> None:
    for locale in (EN, ZH):
        shown = locale.money(Money(minor, currency))
        digits = re.sub(r"\D", "", shown)
        assert int(digits) == abs(minor)
        assert ("-" in shown) == (minor < 0)


def test_days_and_times_are_those_of_the_place() -> None:
    at_shanghai = ZoneInfo("Asia/Shanghai")
    assert (EN.time(MOMENT), EN.date(MOMENT)) == ("18:05", "23 Nov 2026")
    assert (EN.at(at_shanghai).time(MOMENT), EN.at(at_shanghai).date(MOMENT)) == ("02:05", "24 Nov 2026")
    assert ZH.at(at_shanghai).moment(MOMENT) == "2026年11月24日 02:05"
    assert EN.moment(MOMENT) == "23 Nov 2026, 18:05"


def test_a_moment_without_a_time_zone_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        EN.time(MOMENT.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("length", "english", "chinese"),
    [
        (timedelta(seconds=0), "0 secs", "0秒"),
        (timedelta(seconds=59), "59 secs", "59秒"),
        (timedelta(seconds=60), "1 min", "1分钟"),
        (timedelta(minutes=59, seconds=59), "59 mins", "59分钟"),
        (timedelta(hours=1), "1 hr", "1小时"),
        (timedelta(hours=26, minutes=1), "26 hrs, 1 min", "26小时1分钟"),
    ],
)
def test_durations_are_told_in_hours_and_minutes(length: timedelta, english: str, chinese: str) -> None:
    assert (EN.duration(length), ZH.duration(length)) == (english, chinese)
