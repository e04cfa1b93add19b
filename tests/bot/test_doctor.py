"""What the doctor says about a bot that is well, and about one that is not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.doctor import examine
from bot.settings import Settings, SettingsError
from tests.stage import Stage, open_stage


async def told(stage: Stage, **changed: str) -> dict[str, tuple[bool, str]]:
    settings = Settings.read({**stage.settings, **changed})
    return {finding.what: (finding.sound, finding.how) async for finding in examine(settings)}


async def test_a_running_bar_is_sound(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.ready_bar()
        findings = await told(stage)
    assert all(sound for sound, _ in findings.values()), findings
    assert findings["token"] == (True, "@seatside_bot")
    assert findings["group of Blue Bar"] == (True, "the bot is member there")


async def test_a_group_that_lost_the_bot_is_named(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.ready_bar()
        await stage.client.set_bot(stage.groups["bar"], "kicked")
        await stage.settle()
        findings = await told(stage)
    assert findings["group of Blue Bar"][0] is False


async def test_a_stations_place_that_lost_the_bot_is_named(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.ready_bar()
        stage.groups["kitchen"] = await stage.client.group("Kitchen", stage.people["carl"], bot="left")
        await stage.link_station("bar", "kitchen", ("Nuts",))
        findings = await told(stage)
    assert findings["group of Blue Bar"][0] is True
    assert findings["group of Blue Bar · kitchen"][0] is False


async def test_a_wrong_token_and_missing_payments_are_named(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.ready_bar()
        findings = await told(stage, BOT_TOKEN="7000000001:" + "A" * 35, PAYMENT_PROVIDER_TOKEN="")
    assert findings["token"][0] is False
    assert "A" * 35 not in findings["token"][1]
    assert findings["payments"] == (False, "PAYMENT_PROVIDER_TOKEN is missing: no invoice can be paid")
    assert findings["gateway sandbox"] == (True, "set up, and its keys are taken")


async def test_a_gateway_that_nobody_answers_for_is_not_said_to_be_sound(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.ready_bar()
        findings = await told(stage, PAYMENT_GATEWAY_URL="http://127.0.0.1:9")
    assert findings["gateway sandbox"] == (False, "nobody answers now, so its keys were not tried")


async def test_without_a_token_the_rest_is_still_looked_at(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.ready_bar()
        findings = await told(stage, BOT_TOKEN="")
    assert findings["token"] == (False, "BOT_TOKEN is missing: nothing reaches Telegram")
    assert findings["database"][0] is True


async def test_a_database_of_a_newer_release_is_named_as_such(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.ready_bar()
        await stage.stop_bot()
        with closing(sqlite3.connect(stage.settings["DATABASE_URL"].removeprefix("sqlite:///"))) as books:
            books.execute("INSERT INTO migration VALUES (9999, 'later', 'now', NULL)")
            books.commit()
        sound, how = (await told(stage))["database"]
    assert not sound
    assert "newer release" in how
    assert "its schema is 9999" in how
    assert "seatside migrate" not in how


async def test_books_in_another_currency_are_refused_by_name(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        await stage.ready_bar()
        await stage.stop_bot()
        stage.settings["CURRENCY"] = "CHF"
        with pytest.raises(SettingsError, match="CURRENCY is CHF; expected EUR"):
            await stage.start_bot()
