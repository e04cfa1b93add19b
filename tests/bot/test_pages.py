"""What can be said is kept as text and read again as it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.buttons import GoHome, TypeTopUp
from bot.pages import Invoice, Key, Keyboard, Look, Page, Parcel, Removal, Said, Strip, read_wire


def test_a_page_keeps_its_text_its_keys_and_how_they_look() -> None:
    keys = [
        [Key("Home", GoHome(), look=Look.PRIMARY), Key("Terms", url="https://example.org")],
        [Key("Type", TypeTopUp(5))],
    ]
    assert read_wire(Page("<b>Hi</b>", keys, quiet=True, name="home").wire()) == {
        "kind": "text",
        "name": "home",
        "text": "<b>Hi</b>",
        "quiet": True,
        "rows": [
            [
                {"label": "Home", "data": "hm1", "look": "primary"},
                {"label": "Terms", "url": "https://example.org"},
            ],
            [{"label": "Type", "data": "tt1:5"}],
        ],
    }


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (Page("text"), "text"),
        (Invoice("title", "text", "token", "label", 500, "EUR"), "invoice"),
        (Parcel(1, "caption"), "document"),
        (Parcel(1, "caption", picture=True), "photo"),
        (Strip(5), "strip"),
        (Removal(5), "removal"),
    ],
)
def test_each_kind_is_known_by_its_name(said: Said, kind: str) -> None:
    assert read_wire(said.wire())["kind"] == kind


@given(st.text(), st.text(min_size=1))
def test_any_text_comes_back_as_it_was(text: str, label: str) -> None:
    told = read_wire(Page(text, [[Key(label, GoHome())]]).wire())
    assert (told["text"], told["rows"][0][0]["label"]) == (text, label)


def test_the_same_page_is_the_same_text_so_that_it_need_not_be_shown_again() -> None:
    assert Page("one", [[Key("Home", GoHome())]]).wire() == Page("one", (((Key("Home", GoHome())),),)).wire()


def test_rows_and_places_without_a_key_vanish() -> None:
    keyboard = Keyboard().row(None, Key("Home", GoHome())).row(None).row()
    rows = json.loads(Page("text", keyboard.rows).wire())["rows"]
    assert [[key["label"] for key in row] for row in rows] == [["Home"]]
