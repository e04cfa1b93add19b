"""Who can pay where; and that wrong keys are named, each gateway by itself."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.cli import main
from bot.doctor import examine
from bot.gateways import Gateways, Till
from bot.gateways.none import NoGateway
from bot.locales import Locale
from bot.settings import NEEDED, Settings, SettingsError
from bot.top_up import gateway_name
from bot.wiring import GatewayRefused, make_gateways, stripe_settings
from tests.stage import HandClock, open_stage


class Anywhere(NoGateway):
    """A gateway that takes everything."""

    currencies: frozenset[str] | None = None


def gateways() -> Gateways:
    euros_at_two = Till(Anywhere("stripe"), frozenset({"EUR"}), frozenset({2}))
    return Gateways((Till(Anywhere("sandbox")), euros_at_two, Till(NoGateway("wechat"))))


@pytest.mark.parametrize(
    ("currency", "merchant", "names"),
    [
        ("EUR", 2, ["sandbox", "stripe"]),
        ("EUR", 1, ["sandbox"]),
        ("EUR", None, ["sandbox"]),
        ("USD", 2, ["sandbox"]),
    ],
)
def test_a_gateway_is_offered_to_whom_it_is_on_for(
    currency: str, merchant: int | None, names: list[str]
) -> None:
    assert [each.name for each in gateways().open_to(currency, merchant)] == names


def test_a_gateway_that_is_off_has_its_name_and_can_do_nothing() -> None:
    assert gateways().named("alipay").name == "alipay"
    assert not gateways().has("alipay")
    assert gateways().first == "sandbox"
    assert Gateways().first == "none"
    assert (gateways().invoices, Gateways().invoices) == ("sandbox", "telegram")


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_customers_know_every_gateway_by_a_name(language: str) -> None:
    locale = Locale.of(language, ZoneInfo("UTC"))
    assert all(gateway_name(locale, name) for name in NEEDED)


async def test_where_nothing_takes_the_currency_the_customer_is_told(tmp_path: Path) -> None:
    async with open_stage(tmp_path, GATEWAYS="sandbox:USD") as stage:
        await stage.ready_bar()
        ann = await stage.add_person("Ann")
        await stage.client.start(ann, await stage.seat_token("A1"))
        await stage.settle()
        for label in ("Open my account", "Top up", "€10.00"):
            await stage.client.tap(ann, label)
            await stage.settle()
        said = (await stage.client.last(ann))["text"]
        assert "Nothing takes EUR here at the moment" in said


async def test_wrong_keys_are_named_and_the_bot_does_not_start(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        stage.settings |= {"PAYMENT_GATEWAY_KEY": "sk_wrong", "STRIPE_SECRET_KEY": "sk_test_1"}
        with pytest.raises(GatewayRefused, match=r"^sandbox: PAYMENT_GATEWAY_KEY is refused"):
            await stage.start_bot()
        findings = [each async for each in examine(stage.house_settings)]
    (finding,) = [each for each in findings if each.what == "gateway sandbox"]
    assert (finding.sound, finding.status) == (False, 2)


async def test_a_provider_that_is_away_keeps_nothing_from_starting(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        stage.settings |= {"PAYMENT_GATEWAY_URL": "http://127.0.0.1:9"}
        await stage.start_bot()


def test_a_gateway_that_lacks_a_setting_is_named_with_status_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GATEWAYS", "wechat")
    monkeypatch.setenv("WECHAT_MCH_ID", "1900000001")
    with pytest.raises(SystemExit) as left:
        main(["run"])
    assert left.value.code == 2
    assert "WECHAT_APP_ID is missing; expected what wechat needs" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("base", "link"),
    [
        ("", "https://t.me/bluebar_bot"),
        ("http://127.0.0.1:8081/chat?start", "http://127.0.0.1:8081/chat?start"),
    ],
)
def test_stripes_page_leads_back_into_the_chat(base: str, link: str) -> None:
    given = dict.fromkeys(NEEDED["stripe"], "text")
    given |= {"GATEWAYS": "stripe", "LINK_BASE": base, "PUBLIC_URL": "https://pay.example.org"}
    assert stripe_settings(Settings.read(given), "bluebar_bot").return_url == link


@pytest.mark.parametrize("name", NEEDED)
async def test_every_gateway_is_made_of_the_settings_that_it_needs(name: str, tmp_path: Path) -> None:
    given = dict.fromkeys(NEEDED[name], "text") | {
        "GATEWAYS": name,
        "PUBLIC_URL": "https://pay.example.org",
        "PAYMENT_GATEWAY_URL": "http://127.0.0.1:9",
        "PAYMENT_GATEWAY_KEY": "key",
    }
    gateways = make_gateways(Settings.read(given), HandClock())
    assert [gateway.name for gateway in gateways] == [name]
    await gateways.close()
    for key in NEEDED[name]:
        with pytest.raises(SettingsError, match=f"{key} is missing"):
            Settings.read({**given, key: ""})
