"""HTML in, text and entities out; aiogram's own unparser must lead back to where we came from."""

from __future__ import annotations

import html
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.errors import Refused
from bot.sandbox.markup import parse_html, parse_text, utf16_length

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
TAGS = ("b", "i", "u", "s", "tg-spoiler", "code", "blockquote")
MARKED = st.recursive(
    WORDS.map(html.escape),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(TAGS), inner).map(lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>"),
        st.lists(inner, max_size=3).map("".join),
        inner.map(lambda words: f'<a href="https://example.org/?a=1&amp;b=2">{words}</a>'),
    ),
    max_leaves=8,
)


@given(WORDS)
def test_escaped_words_come_out_as_they_were(words: str) -> None:
    assert parse_html(html.escape(words)) == (words, [])


@pytest.mark.slow
@given(MARKED)
def test_what_we_take_others_take_and_lead_back(source: str) -> None:
    from aiogram.types import MessageEntity
    from aiogram.utils.text_decorations import html_decoration
    from teremok.validation import validate_html

    validate_html(source)
    text, entities = parse_html(source)
    entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    again = html_decoration.unparse(text, [MessageEntity(**entity) for entity in entities])
    assert parse_html(again)[0] == text
    assert spans(parse_html(again)[1]) == spans(entities)


@pytest.mark.slow
@given(st.text("<>/&;ab =\"'", max_size=20))
def test_what_others_refuse_we_refuse_too(source: str) -> None:
    from teremok.validation import ApiRuleViolation, validate_html

    try:
        validate_html(source)
    except ApiRuleViolation:
        with pytest.raises(Refused, match="can't parse entities"):
            parse_html(source)


def spans(entities: list[dict[str, Any]]) -> set[tuple[str, int]]:
    """Return which units are marked how; one bold inside another marks nothing new."""
    return {
        (entity["type"], unit)
        for entity in entities
        for unit in range(entity["offset"], entity["offset"] + entity["length"])
    }


@pytest.mark.parametrize(
    ("source", "text", "kind"),
    [
        ('<span class="tg-spoiler">x</span>', "x", "spoiler"),
        ("<blockquote expandable>x</blockquote>", "x", "expandable_blockquote"),
        ('<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>', "👍", "custom_emoji"),
        ("<pre>&#60;x&#x3e;</pre>", "<x>", "pre"),
    ],
)
def test_rarer_markup(source: str, text: str, kind: str) -> None:
    found, entities = parse_html(source)
    assert (found, [entity["type"] for entity in entities]) == (text, [kind])


def test_a_language_rides_on_the_code_inside_pre() -> None:
    _, entities = parse_html('<pre><code class="language-python">x = 1</code></pre>')
    assert entities == [{"type": "pre", "offset": 0, "length": 5, "language": "python"}]


def test_space_around_a_text_is_cut_and_entities_move_along() -> None:
    text, entities = parse_text("  <b> bold </b>\n", "HTML")
    assert (text, entities) == ("bold", [{"type": "bold", "offset": 0, "length": 4}])


def test_telegram_finds_commands_links_mentions_and_hashtags_by_itself() -> None:
    text = "🙂 /help@seatside_bot https://example.org/a?b=1. @ann_example #tea and/or mail"
    _, entities = parse_text(text, "")
    units = text.encode("utf-16-le")
    found = {
        entity["type"]: units[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode(
            "utf-16-le"
        )
        for entity in entities
    }
    assert found == {
        "bot_command": "/help@seatside_bot",
        "url": "https://example.org/a?b=1",
        "mention": "@ann_example",
        "hashtag": "#tea",
    }


def test_nothing_is_found_inside_code() -> None:
    _, entities = parse_text("<code>/help @ann_example</code>", "HTML")
    assert [entity["type"] for entity in entities] == ["code"]


def test_other_parse_modes_are_not_spoken_here() -> None:
    with pytest.raises(Refused, match="unsupported parse_mode"):
        parse_text("*x*", "MarkdownV2")


def test_length_counts_utf16_units() -> None:
    assert utf16_length("a🙂") == 3
