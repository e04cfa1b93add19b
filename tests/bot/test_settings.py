"""How settings are read, and how a wrong one is told."""

from __future__ import annotations

import copy
import logging
import re
from dataclasses import asdict
from datetime import date
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import KEYS, Address, Choice, OtherPayer, Secret, Settings, SettingsError
from core.gateway import ActionKind
from core.money import Money
from core.promotion import Tier

EXAMPLE = Path(__file__).parents[2] / ".env.example"
TOKEN = "123456:ABC-DEF_ghi"


def read_file(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / ".env"
    file.write_text(text, "utf-8")
    return Settings.read({}, file)


def refuse(environ: dict[str, str]) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        Settings.read(environ)
    return caught.value


def test_nothing_needs_to_be_set() -> None:
    settings = Settings.read({})
    assert settings.telegram_api_url == "https://api.telegram.org"
    assert settings.listen == Address("127.0.0.1", 8080)
    assert settings.database_url == Secret("sqlite:///seatside.sqlite3")
    assert settings.top_up_presets == (Money(1000, "EUR"), Money(2000, "EUR"), Money(5000, "EUR"))
    assert settings.timezone == ZoneInfo("UTC")
    assert (settings.bot_token, settings.webhook_url, settings.link_base, settings.admin_ids) == (
        None,
        None,
        None,
        (),
    )


def test_the_example_file_is_valid_and_says_what_the_defaults_are() -> None:
    assert Settings.read({}, EXAMPLE) == Settings.read({})


def test_the_example_file_names_each_key_once_behind_a_sentence() -> None:
    lines = EXAMPLE.read_text("utf-8").splitlines()
    keys = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    sentences = [before for before, line in pairwise(lines) if line.partition("=")[0] in keys]
    assert sorted(keys) == sorted(KEYS)
    assert all(re.fullmatch(r"# [A-Z].*\.", sentence) for sentence in sentences)


def test_every_setting_is_read() -> None:
    settings = Settings.read(
        {
            "BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": "http://127.0.0.1:8081/",
            "LINK_BASE": "http://localhost:8090/t/",
            "WEBHOOK_URL": "http://[::1]:8080/telegram",
            "WEBHOOK_SECRET": "s-e_cret",
            "LISTEN": "[::1]:0",
            "DATABASE_URL": "sqlite:////var/lib/sea side.sqlite3",
            "ADMIN_IDS": "7, 8,7",
            "CURRENCY": "KWD",
            "PAYMENT_PROVIDER_TOKEN": "284685063:TEST:abc",
            "PAYMENT_GATEWAY_URL": "https://pay.example",
            "PAYMENT_GATEWAY_KEY": "sk_test_1",
            "GATEWAYS": "telegram, wechat:CNY@2+5",
            "PUBLIC_URL": "https://pay.example.org/",
            "NOTICES_PER_SECOND": "9",
            "OTHER_PAYER": "send_back",
            "STRIPE_SECRET_KEY": "sk_test_2",
            "STRIPE_WEBHOOK_SECRET": "whsec_1",
            "STRIPE_API_URL": "http://127.0.0.1:12111",
            "WECHAT_MCH_ID": "1900000001",
            "WECHAT_APP_ID": "wx1",
            "WECHAT_API_V3_KEY": "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk",
            "WECHAT_CERT_SERIAL": "5157",
            "WECHAT_PUBLIC_KEY_ID": "PUB_1",
            "WECHAT_PAYS_BY": "link",
            "WECHAT_API_URL": "http://127.0.0.1:1",
            "ALIPAY_APP_ID": "2021",
            "ALIPAY_SELLER_ID": "2088",
            "ALIPAY_API_URL": "http://127.0.0.1:2",
            "WECHAT_PRIVATE_KEY_FILE": "wechat.pem",
            "WECHAT_PUBLIC_KEY_FILE": "wechat-pub.pem",
            "ALIPAY_PRIVATE_KEY_FILE": "alipay.pem",
            "ALIPAY_PUBLIC_KEY_FILE": "alipay-pub.pem",
            "TOP_UP_PRESETS": "1, 2.5,10.125",
            "TOP_UP_MIN": "0.5",
            "TOP_UP_MAX": "100",
            "TOP_UP_BONUS": "20:2,50:8.5",
            "TOP_UP_BONUS_FROM": "2026-05-01",
            "TOP_UP_BONUS_UNTIL": "2026-05-31",
            "TERMS_URL": "https://example.org/terms",
            "TIMEZONE": "Asia/Shanghai",
            "TOP_UP_EXPIRY_SECONDS": "600",
            "CLAIM_SECONDS": "60",
            "ORDER_EXPIRY_SECONDS": "300",
            "CHAT_PER_SECOND": "0.5",
            "CHAT_BURST": "5",
            "GROUP_PER_MINUTE": "18",
            "BOT_PER_SECOND": "25",
            "LOG_LEVEL": "debug",
        }
    )
    assert settings == Settings(
        bot_token=Secret(TOKEN),
        telegram_api_url="http://127.0.0.1:8081",
        link_base="http://localhost:8090/t",
        webhook_url="http://[::1]:8080/telegram",
        webhook_secret=Secret("s-e_cret"),
        listen=Address("::1", 0),
        database_url=Secret("sqlite:////var/lib/sea side.sqlite3"),
        admin_ids=(7, 8),
        currency="KWD",
        payment_provider_token=Secret("284685063:TEST:abc"),
        payment_gateway_url="https://pay.example",
        payment_gateway_key=Secret("sk_test_1"),
        gateways=(
            Choice("telegram"),
            Choice("wechat", frozenset({"CNY"}), frozenset({2, 5})),
        ),
        public_url="https://pay.example.org",
        notices_per_second=9,
        other_payer=OtherPayer.SEND_BACK,
        stripe_secret_key=Secret("sk_test_2"),
        stripe_webhook_secret=Secret("whsec_1"),
        stripe_api_url="http://127.0.0.1:12111",
        wechat_mch_id="1900000001",
        wechat_app_id="wx1",
        wechat_api_v3_key=Secret("kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"),
        wechat_cert_serial="5157",
        wechat_public_key_id="PUB_1",
        wechat_pays_by=ActionKind.LINK,
        wechat_api_url="http://127.0.0.1:1",
        alipay_app_id="2021",
        alipay_seller_id="2088",
        alipay_api_url="http://127.0.0.1:2",
        wechat_private_key_file=Path("wechat.pem"),
        wechat_public_key_file=Path("wechat-pub.pem"),
        alipay_private_key_file=Path("alipay.pem"),
        alipay_public_key_file=Path("alipay-pub.pem"),
        top_up_presets=(Money(1000, "KWD"), Money(2500, "KWD"), Money(10125, "KWD")),
        top_up_min=Money(500, "KWD"),
        top_up_max=Money(100_000, "KWD"),
        top_up_bonus=(
            Tier(Money(20_000, "KWD"), Money(2_000, "KWD")),
            Tier(Money(50_000, "KWD"), Money(8_500, "KWD")),
        ),
        top_up_bonus_from=date(2026, 5, 1),
        top_up_bonus_until=date(2026, 5, 31),
        terms_url="https://example.org/terms",
        timezone=ZoneInfo("Asia/Shanghai"),
        top_up_expiry_seconds=600,
        claim_seconds=60,
        order_expiry_seconds=300,
        chat_per_second=0.5,
        chat_burst=5,
        group_per_minute=18,
        bot_per_second=25,
        log_level="DEBUG",
    )


@pytest.mark.parametrize(
    ("key", "text", "told"),
    [
        ("TELEGRAM_API_URL", "ftp://x", "'ftp://x'; expected an address like https://example.org/path"),
        ("TELEGRAM_API_URL", "https://x:99999", "'https://x:99999'; expected an address"),
        ("LINK_BASE", "https://t.me/bot#start", "expected an address"),
        ("LISTEN", "8080", "'8080'; expected host:port, like 127.0.0.1:8080 or [::1]:8080"),
        ("LISTEN", "host:65536", "expected host:port"),
        ("LISTEN", ":8080", "expected host:port"),
        ("ADMIN_IDS", "7,bob", "'7,bob'; expected Telegram user ids"),
        ("ADMIN_IDS", "-100", "expected Telegram user ids"),
        ("ADMIN_IDS", "7,,8", "expected Telegram user ids"),
        ("CURRENCY", "eur", "'eur'; expected the ISO code"),
        ("CURRENCY", "XTR", "expected the ISO code"),
        ("TOP_UP_MIN", "5,50", "'5,50'; expected amounts of EUR above zero, like 10.5"),
        ("TOP_UP_MIN", "1e1", "expected amounts"),
        ("TOP_UP_MIN", "0.001", "expected amounts"),
        ("TOP_UP_MIN", "0", "expected amounts"),
        ("TOP_UP_MAX", "9" * 12, "expected amounts"),
        ("TOP_UP_MAX", "4", "4.00 EUR; expected no less than TOP_UP_MIN, 5.00 EUR"),
        ("TOP_UP_PRESETS", "10,,20", "expected amounts"),
        ("TOP_UP_PRESETS", "10,1000", "offering 1000.00 EUR; expected amounts from 5.00 EUR to 500.00 EUR"),
        ("TOP_UP_BONUS", "20", "expected amounts"),
        ("TOP_UP_BONUS", "5:6", "expected bonuses no larger than what is topped up"),
        ("TOP_UP_BONUS_UNTIL", "31.5.2026", "expected a day like 2026-05-31"),
        ("TIMEZONE", "Mars/Base", "'Mars/Base'; expected a time zone"),
        ("TIMEZONE", "../etc/passwd", "expected a time zone"),
        ("TIMEZONE", "Europe", "expected a time zone"),
        ("GATEWAYS", "paypal", "'paypal'; expected gateways like telegram, stripe:EUR+USD, wechat:CNY@2+5"),
        ("GATEWAYS", "stripe:eur", "expected gateways like"),
        ("GATEWAYS", "sandbox, sandbox", "expected each gateway once"),
        ("OTHER_PAYER", "refuse", "'refuse'; expected accept or send_back"),
        ("WECHAT_PAYS_BY", "page", "'page'; expected qr or link"),
        ("NOTICES_PER_SECOND", "0", "expected a whole number from 1 to 10000"),
        ("CLAIM_SECONDS", "1", "'1'; expected a whole number from 15 to 3600"),
        ("CLAIM_SECONDS", "２０", "expected a whole number"),
        ("CHAT_PER_SECOND", "0", "'0'; expected a number above zero"),
        ("BOT_PER_SECOND", "nan", "expected a number"),
        ("CHAT_BURST", "2.5", "expected a whole number"),
        ("GROUP_PER_MINUTE", "many", "expected a whole number"),
        ("LOG_LEVEL", "loud", "'loud'; expected DEBUG, INFO, WARNING or ERROR"),
        ("TERMS_URL", "a\nb", r"'a\nb'; expected an address"),
        ("TERMS_URL", "x" * 500, "expected an address"),
    ],
)
def test_a_wrong_setting_is_told_in_one_line_that_names_key_finding_and_expectation(
    key: str, text: str, told: str
) -> None:
    line = str(refuse({key: text}))
    assert line.startswith(f"{key} is ")
    assert told in line
    assert "\n" not in line
    assert len(line) < 200


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("BOT_TOKEN", "hunter2"),
        ("BOT_TOKEN", "123456: hunter2"),
        ("WEBHOOK_SECRET", "hunter2!"),
        ("WEBHOOK_SECRET", "hunter2" * 40),
        ("PAYMENT_PROVIDER_TOKEN", "hunter2 hunter2"),
        ("PAYMENT_GATEWAY_KEY", "hunter2\thunter2"),
        ("DATABASE_URL", "postgres://seatside:hunter2@db/seatside"),
        ("DATABASE_URL", "postgresql://seatside:hunter2@db:99999/seatside"),
        ("DATABASE_URL", "postgresql://seatside:hunter2@db/seatside?password=hunter2"),
        ("DATABASE_URL", "sqlite://hunter2"),
        ("TELEGRAM_API_URL", "https://bob:hunter2@example.org"),
        ("LINK_BASE", "123456:hunter2"),
        ("TELEGRAM_API_URL", "https://api.telegram.org/bot123456:hunter2?x"),
    ],
)
def test_no_error_tells_a_secret(key: str, text: str) -> None:
    error = refuse({key: text})
    assert key in str(error)
    assert "hunter2" not in str(error) + repr(error)
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_a_wrong_secret_is_told_by_its_shape() -> None:
    told = str(refuse({"BOT_TOKEN": "two words"}))
    assert told == (
        "BOT_TOKEN is a text of 9 characters with a space among them; "
        "expected the token that @BotFather gave, of the shape 123456:ABC-DEF"
    )


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://relative.db",
        "sqlite:seatside.db",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:///a?mode=ro",
        "/a.db",
    ],
)
def test_only_a_sqlite_file_behind_three_slashes_is_a_database(url: str) -> None:
    assert "expected sqlite:///file" in str(refuse({"DATABASE_URL": url}))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:secret@db.example.org/seatside",
        "postgresql://ann:p%40ss@[::1]:5433/seatside?sslmode=require",
        "postgresql:///seatside?host=/run/postgresql",
        "postgresql://ann@/seatside?host=/run/postgresql&port=5433",
    ],
)
def test_a_postgresql_server_is_reached_by_network_or_socket(url: str) -> None:
    assert Settings.read({"DATABASE_URL": url}).database_url == Secret(url)


@pytest.mark.parametrize(
    "url",
    ["postgresql://db", "postgresql://db/", "postgresql://db/a/b", "postgresql:///a?user=b", "postgres:///a"],
)
def test_what_is_no_address_of_a_postgresql_database_is_told(url: str) -> None:
    assert "expected postgresql://" in str(refuse({"DATABASE_URL": url}))


def test_secrets_show_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings.read(
        {
            "BOT_TOKEN": TOKEN,
            "WEBHOOK_SECRET": TOKEN.replace(":", "-"),
            "PAYMENT_PROVIDER_TOKEN": TOKEN,
            "PAYMENT_GATEWAY_URL": "https://pay.example",
            "PAYMENT_GATEWAY_KEY": TOKEN,
        }
    )
    with caplog.at_level(logging.INFO):
        logging.getLogger("test").info("settings %s %r %s", settings, settings, asdict(settings)["bot_token"])
    shown = repr(settings) + str(settings) + f"{settings.bot_token}" + caplog.text
    assert "ABC" not in shown
    assert "•••" in shown


def test_a_secret_is_revealed_only_when_asked() -> None:
    secret = Secret("hidden")
    assert (str(secret), repr(secret), f"{secret}", secret.reveal()) == ("•••", "•••", "•••", "hidden")
    assert copy.deepcopy(secret) == secret
    assert secret != Secret("other")
    assert len({secret, Secret("hidden")}) == 1


@pytest.mark.parametrize("base", ["https://t.me/seatside_bot", "http://127.0.0.1:8090/?chat=customer"])
def test_links_may_begin_with_an_address_that_has_a_query(base: str) -> None:
    assert Settings.read({"LINK_BASE": base}).link_base == base


def test_the_token_is_missed_only_by_who_needs_it() -> None:
    assert Settings.read({"BOT_TOKEN": TOKEN}).require_bot_token().reveal() == TOKEN
    with pytest.raises(
        SettingsError, match=r"^BOT_TOKEN is missing; expected the token that @BotFather gave"
    ):
        Settings.read({}).require_bot_token()


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"WEBHOOK_URL": "https://x.example"}, "WEBHOOK_SECRET is missing"),
        ({"WEBHOOK_URL": "http://x.example", "WEBHOOK_SECRET": "s"}, "WEBHOOK_URL is 'http://x.example'"),
        ({"PAYMENT_GATEWAY_URL": "https://x.example"}, "PAYMENT_GATEWAY_KEY is missing"),
        ({"PAYMENT_GATEWAY_KEY": "k"}, "PAYMENT_GATEWAY_URL is missing"),
    ],
)
def test_settings_that_need_each_other_come_together(environ: dict[str, str], told: str) -> None:
    assert str(refuse(environ)).startswith(told)


def test_amounts_are_counted_in_the_currencys_own_units() -> None:
    settings = Settings.read(
        {"CURRENCY": "JPY", "TOP_UP_MIN": "500", "TOP_UP_MAX": "9000", "TOP_UP_PRESETS": "1000"}
    )
    assert settings.top_up_presets == (Money(1000, "JPY"),)
    assert "expected amounts of JPY above zero, like 10" in str(
        refuse({"CURRENCY": "JPY", "TOP_UP_MIN": "5.0"})
    )


def test_the_environment_wins_over_the_file_and_can_clear_it(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("CURRENCY=CNY\nTIMEZONE=Asia/Shanghai\nTERMS_URL=https://x.example\n", "utf-8")
    settings = Settings.read({"CURRENCY": "USD", "TERMS_URL": ""}, file)
    assert (settings.currency, settings.timezone.key, settings.terms_url) == ("USD", "Asia/Shanghai", None)


def test_a_file_that_is_not_there_says_nothing(tmp_path: Path) -> None:
    assert Settings.read({}, tmp_path / ".env") == Settings.read({})


@pytest.mark.parametrize(
    "line",
    [
        "TERMS_URL=https://x.example/#a",
        "  TERMS_URL = https://x.example/#a  ",
        "export TERMS_URL=https://x.example/#a # our terms",
        "TERMS_URL='https://x.example/#a'",
        'TERMS_URL="https://x.example/#a" # our terms',
        "TERMS_URL=https://x.example/#a\r",
        "\ufeffTERMS_URL=https://x.example/#a",
        "# a comment\n\n   # another\nTERMS_URL=https://x.example/#a\nSOMETHING_ELSE=1",
    ],
)
def test_a_line_of_the_file_may_be_quoted_exported_and_commented(tmp_path: Path, line: str) -> None:
    with pytest.raises(
        SettingsError, match=re.escape("TERMS_URL is 'https://x.example/#a'; expected an address")
    ):
        read_file(tmp_path, line)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (r'PAYMENT_PROVIDER_TOKEN="a\"b\\c"', 'a"b\\c'),
        (r"PAYMENT_PROVIDER_TOKEN='a\b'", r"a\b"),
        ("PAYMENT_PROVIDER_TOKEN=it's", "it's"),
        ("PAYMENT_PROVIDER_TOKEN=#1", "#1"),
    ],
)
def test_quotes_and_backslashes_mean_what_they_mean_in_a_shell(tmp_path: Path, text: str, key: str) -> None:
    assert read_file(tmp_path, text).payment_provider_token == Secret(key)


@pytest.mark.parametrize(
    "line", ["PAYMENT_PROVIDER_TOKEN= # none", "PAYMENT_PROVIDER_TOKEN=", "PAYMENT_PROVIDER_TOKEN=''"]
)
def test_an_empty_value_is_not_set(tmp_path: Path, line: str) -> None:
    assert read_file(tmp_path, line).payment_provider_token is None


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("BOT_TOKEN hunter2", "line 2 of .env is not understood; expected KEY=value"),
        ("hunter2", "line 2 of .env is not understood"),
        ("BOT_TOKEN='hunter2", "line 2 of .env is not understood"),
        ('BOT_TOKEN="hunter2"2', "line 2 of .env is not understood"),
        ("2KEY=hunter2", "line 2 of .env is not understood"),
        ("CURRENCY=hunter2", "line 2 of .env is a second CURRENCY; expected each key once"),
        ("TOPUP_MIN=1", "line 2 of .env is for TOPUP_MIN, which is no setting; expected TOP_UP_MIN"),
        ("bot_token=hunter2", "line 2 of .env is for bot_token, which is no setting; expected BOT_TOKEN"),
    ],
)
def test_a_bad_line_is_named_by_its_number_and_not_repeated(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_file(tmp_path, f"CURRENCY=EUR\n{line}\n")
    assert str(caught.value).startswith(told)
    assert "hunter2" not in str(caught.value)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match=r"^\.env is unreadable"):
        Settings.read({}, file)


@given(st.dictionaries(st.sampled_from(KEYS), st.text()))
def test_whatever_is_set_is_read_or_refused(environ: dict[str, str]) -> None:
    refused: SettingsError | None = None
    try:
        Settings.read(environ)
    except SettingsError as error:
        refused = error
    assert refused is None or (refused.key in KEYS and "\n" not in str(refused))
