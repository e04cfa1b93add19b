"""The settings of one bot, as its environment and its file .env give them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from core.gateway import ActionKind
from core.money import EXPONENTS, LARGEST_MINOR, Money
from core.promotion import Tier

T = TypeVar("T")
Read = Callable[[str], T]

TELEGRAM_API_URL = "https://api.telegram.org"


@dataclass(eq=False)
class SettingsError(Exception):
    """A setting is missing or wrong; its text is one line that names the key."""

    key: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.key} is {self.found}; expected {self.expected}"


class Secret:
    """A text that no log, error or repr shows.

    >>> Secret("123:abc")
    •••
    >>> Secret("123:abc").reveal()
    '123:abc'
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text, to be sent to whom it belongs and to be kept nowhere."""
        return self._text

    def __repr__(self) -> str:
        return "•••"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


@dataclass(frozen=True, slots=True)
class Address:
    """Where the web server listens."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A gateway that shall be on, and for whom; None stands for all currencies, or all merchants."""

    name: str
    currencies: frozenset[str] | None = None
    merchants: frozenset[int] | None = None


class OtherPayer(StrEnum):
    """What becomes of a payment of another payer than the one that the account is bound to."""

    ACCEPT = "accept"
    SEND_BACK = "send_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings; a field is the key of the same name in lower case, None stands for "not set"."""

    bot_token: Secret | None
    telegram_api_url: str
    link_base: str | None
    webhook_url: str | None
    webhook_secret: Secret | None
    listen: Address
    database_url: Secret
    admin_ids: tuple[int, ...]
    currency: str
    payment_provider_token: Secret | None
    payment_gateway_url: str | None
    payment_gateway_key: Secret | None
    gateways: tuple[Choice, ...]
    public_url: str | None
    notices_per_second: int
    other_payer: OtherPayer
    stripe_secret_key: Secret | None
    stripe_webhook_secret: Secret | None
    stripe_api_url: str | None
    wechat_mch_id: str | None
    wechat_app_id: str | None
    wechat_api_v3_key: Secret | None
    wechat_cert_serial: str | None
    wechat_private_key_file: Path | None
    wechat_public_key_id: str | None
    wechat_public_key_file: Path | None
    wechat_pays_by: ActionKind
    wechat_api_url: str | None
    alipay_app_id: str | None
    alipay_private_key_file: Path | None
    alipay_public_key_file: Path | None
    alipay_seller_id: str | None
    alipay_api_url: str | None
    top_up_presets: tuple[Money, ...]
    top_up_min: Money
    top_up_max: Money
    top_up_bonus: tuple[Tier, ...]
    top_up_bonus_from: date | None
    top_up_bonus_until: date | None
    terms_url: str | None
    timezone: ZoneInfo
    top_up_expiry_seconds: int
    claim_seconds: int
    order_expiry_seconds: int
    chat_per_second: float
    chat_burst: int
    group_per_minute: int
    bot_per_second: float
    log_level: str

    @classmethod
    def read(cls, environ: Mapping[str, str], env_file: Path | None = None) -> Settings:
        """Return the settings of *environ*, and of *env_file* where *environ* says nothing, or raise.

        A key that is set to nothing counts as not set, so that the environment can clear what the file says.
        """
        given = _Given({**_read_env_file(env_file), **environ})
        currency = given.value("CURRENCY", _read_currency, "EUR")
        amount = _amount_reader(currency)
        settings = cls(
            bot_token=given.secret("BOT_TOKEN", _read_bot_token),
            telegram_api_url=given.value("TELEGRAM_API_URL", _read_url, TELEGRAM_API_URL),
            link_base=given.optional("LINK_BASE", _read_link_base),
            webhook_url=given.optional("WEBHOOK_URL", _read_url),
            webhook_secret=given.secret("WEBHOOK_SECRET", _read_webhook_secret),
            listen=given.value("LISTEN", _read_address, "127.0.0.1:8080"),
            database_url=given.required_secret(
                "DATABASE_URL", _read_database_url, "sqlite:///seatside.sqlite3"
            ),
            admin_ids=given.optional("ADMIN_IDS", _read_person_ids) or (),
            currency=currency,
            payment_provider_token=given.secret("PAYMENT_PROVIDER_TOKEN", _read_visible_text),
            payment_gateway_url=given.optional("PAYMENT_GATEWAY_URL", _read_url),
            payment_gateway_key=given.secret("PAYMENT_GATEWAY_KEY", _read_visible_text),
            gateways=given.optional("GATEWAYS", _read_choices)
            or ((Choice("sandbox"),) if given.has("PAYMENT_GATEWAY_URL") else ()),
            public_url=given.optional("PUBLIC_URL", _read_url),
            notices_per_second=given.value("NOTICES_PER_SECOND", _whole_reader(1, 10_000), "50"),
            other_payer=given.value("OTHER_PAYER", _read_other_payer, OtherPayer.ACCEPT),
            stripe_secret_key=given.secret("STRIPE_SECRET_KEY", _read_visible_text),
            stripe_webhook_secret=given.secret("STRIPE_WEBHOOK_SECRET", _read_visible_text),
            stripe_api_url=given.optional("STRIPE_API_URL", _read_url),
            wechat_mch_id=given.optional("WECHAT_MCH_ID", _read_visible_text),
            wechat_app_id=given.optional("WECHAT_APP_ID", _read_visible_text),
            wechat_api_v3_key=given.secret("WECHAT_API_V3_KEY", _read_visible_text),
            wechat_cert_serial=given.optional("WECHAT_CERT_SERIAL", _read_visible_text),
            wechat_private_key_file=given.optional("WECHAT_PRIVATE_KEY_FILE", Path),
            wechat_public_key_id=given.optional("WECHAT_PUBLIC_KEY_ID", _read_visible_text),
            wechat_public_key_file=given.optional("WECHAT_PUBLIC_KEY_FILE", Path),
            wechat_pays_by=given.value("WECHAT_PAYS_BY", _read_pays_by, ActionKind.QR),
            wechat_api_url=given.optional("WECHAT_API_URL", _read_url),
            alipay_app_id=given.optional("ALIPAY_APP_ID", _read_visible_text),
            alipay_private_key_file=given.optional("ALIPAY_PRIVATE_KEY_FILE", Path),
            alipay_public_key_file=given.optional("ALIPAY_PUBLIC_KEY_FILE", Path),
            alipay_seller_id=given.optional("ALIPAY_SELLER_ID", _read_visible_text),
            alipay_api_url=given.optional("ALIPAY_API_URL", _read_url),
            top_up_presets=given.value("TOP_UP_PRESETS", _presets_reader(amount), "10,20,50"),
            top_up_min=given.value("TOP_UP_MIN", amount, "5"),
            top_up_max=given.value("TOP_UP_MAX", amount, "500"),
            top_up_bonus=given.optional("TOP_UP_BONUS", _tiers_reader(amount)) or (),
            top_up_bonus_from=given.optional("TOP_UP_BONUS_FROM", _read_day),
            top_up_bonus_until=given.optional("TOP_UP_BONUS_UNTIL", _read_day),
            terms_url=given.optional("TERMS_URL", _read_url),
            timezone=given.value("TIMEZONE", _read_timezone, "UTC"),
            top_up_expiry_seconds=given.value("TOP_UP_EXPIRY_SECONDS", _whole_reader(60, 86_400), "1800"),
            claim_seconds=given.value("CLAIM_SECONDS", _whole_reader(15, 3600), "120"),
            order_expiry_seconds=given.value("ORDER_EXPIRY_SECONDS", _whole_reader(30, 86_400), "900"),
            chat_per_second=given.value("CHAT_PER_SECOND", _read_rate, "1"),
            chat_burst=given.value("CHAT_BURST", _whole_reader(1, 100), "3"),
            group_per_minute=given.value("GROUP_PER_MINUTE", _whole_reader(1, 6000), "20"),
            bot_per_second=given.value("BOT_PER_SECOND", _read_rate, "30"),
            log_level=given.value("LOG_LEVEL", _read_log_level, "INFO"),
        )
        _check_together(settings)
        return settings

    def bot_link(self, username: str) -> str:
        """Return the link that opens the chat with the bot of that name."""
        return self.link_base or f"https://t.me/{username}"

    def require_bot_token(self) -> Secret:
        """Return the bot's token, or raise: nothing reaches Telegram without it."""
        if self.bot_token is None:
            raise SettingsError("BOT_TOKEN", "missing", _BOT_TOKEN_EXPECTED)
        return self.bot_token


_SANDBOX = ("PAYMENT_GATEWAY_URL", "PAYMENT_GATEWAY_KEY")
_STRIPE = ("STRIPE_SECRET_KEY",)
NEEDED: Mapping[str, tuple[str, ...]] = {
    "telegram": ("PAYMENT_PROVIDER_TOKEN", *_STRIPE),
    "stripe": (*_STRIPE, "STRIPE_WEBHOOK_SECRET", "PUBLIC_URL"),
    "wechat": (
        "WECHAT_MCH_ID", "WECHAT_APP_ID", "WECHAT_API_V3_KEY", "WECHAT_CERT_SERIAL",
        "WECHAT_PRIVATE_KEY_FILE", "WECHAT_PUBLIC_KEY_ID", "WECHAT_PUBLIC_KEY_FILE", "PUBLIC_URL",
    ),
    "alipay": ("ALIPAY_APP_ID", "ALIPAY_PRIVATE_KEY_FILE", "ALIPAY_PUBLIC_KEY_FILE", "PUBLIC_URL"),
    "sandbox": _SANDBOX,
    "sandbox-link": _SANDBOX,
    "sandbox-qr": _SANDBOX,
}  # fmt: skip
"""The gateways that there are, and the keys that each cannot do without."""

KEYS = tuple(field.name.upper() for field in fields(Settings))
"""Every key that can be set."""


def _check_together(settings: Settings) -> None:
    """Raise if settings that are good each for itself do not go together."""
    _check_webhook(settings)
    _check_gateway(settings)
    _check_gateways(settings)
    _check_top_ups(settings)


def _check_webhook(settings: Settings) -> None:
    if settings.webhook_url is None:
        return
    if settings.webhook_secret is None:
        raise SettingsError(
            "WEBHOOK_SECRET", "missing", f"{_WEBHOOK_SECRET_EXPECTED}, since WEBHOOK_URL is set"
        )
    if settings.telegram_api_url == TELEGRAM_API_URL and not settings.webhook_url.startswith("https://"):
        raise SettingsError(
            "WEBHOOK_URL", _quote(settings.webhook_url), "an https:// address: Telegram calls no other"
        )


def _check_gateway(settings: Settings) -> None:
    if settings.payment_gateway_url and not settings.payment_gateway_key:
        raise SettingsError(
            "PAYMENT_GATEWAY_KEY", "missing", "the provider's key, since PAYMENT_GATEWAY_URL is set"
        )
    if settings.payment_gateway_key and not settings.payment_gateway_url:
        raise SettingsError("PAYMENT_GATEWAY_URL", "missing", "an address, since PAYMENT_GATEWAY_KEY is set")


def _check_gateways(settings: Settings) -> None:
    """Raise if a gateway that shall be on lacks what it cannot do without."""
    for choice in settings.gateways:
        for key in NEEDED[choice.name]:
            if getattr(settings, key.lower()) is None:
                raise SettingsError(key, "missing", f"what {choice.name} needs, since GATEWAYS names it")


def _check_top_ups(settings: Settings) -> None:
    least, most = settings.top_up_min, settings.top_up_max
    if least > most:
        raise SettingsError("TOP_UP_MAX", str(most), f"no less than TOP_UP_MIN, {least}")
    for preset in settings.top_up_presets:
        if not least <= preset <= most:
            raise SettingsError("TOP_UP_PRESETS", f"offering {preset}", f"amounts from {least} to {most}")


@dataclass(eq=False)
class _UnfitError(Exception):
    """A value is not what its key takes."""

    expected: str


class _Given:
    """The texts that were given, read key by key."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def has(self, key: str) -> bool:
        """Whether *key* is set to something."""
        return bool(self._text(key))

    def value(self, key: str, read: Read[T], default: str) -> T:
        """Return what *key* says, or what *default* says if it is not set."""
        return _read_or_name(key, self._text(key) or default, read, _quote)

    def optional(self, key: str, read: Read[T]) -> T | None:
        """Return what *key* says, None if it is not set."""
        text = self._text(key)
        return _read_or_name(key, text, read, _quote) if text else None

    def secret(self, key: str, read: Read[str]) -> Secret | None:
        """Return what *key* says, hidden; None if it is not set."""
        return self.required_secret(key, read, "") if self._text(key) else None

    def required_secret(self, key: str, read: Read[str], default: str) -> Secret:
        """Return what *key* or *default* says, hidden; an error tells its shape only."""
        return Secret(_read_or_name(key, self._text(key) or default, read, _tell_shape))

    def _text(self, key: str) -> str:
        return self._texts.get(key, "").strip()


def _read_or_name(key: str, text: str, read: Read[T], show: Callable[[str], str]) -> T:
    try:
        return read(text)
    except _UnfitError as unfit:
        raise SettingsError(key, show(text), unfit.expected) from None


_SHOWN_MAX = 60
_TOKEN_LIKE = re.compile(r"\d{3,}:[\w-]+")
_PASSWORD_LIKE = re.compile(r"//[^/?#\s]*@")


def _quote(text: str) -> str:
    """Return *text* on one line, not too long, without what looks like a token or a password in it."""
    masked = _PASSWORD_LIKE.sub("//•••@", _TOKEN_LIKE.sub("•••", text))
    return repr(masked if len(masked) <= _SHOWN_MAX else masked[:_SHOWN_MAX] + "…")


def _tell_shape(text: str) -> str:
    """Return what can be said of a secret without telling it."""
    spaced = " with a space among them" if re.search(r"\s", text) else ""
    return f"a text of {len(text)} characters{spaced}"


def _match(pattern: str, text: str, expected: str) -> re.Match[str]:
    found = re.fullmatch(pattern, text, re.ASCII)
    if found is None:
        raise _UnfitError(expected)
    return found


_BOT_TOKEN_EXPECTED = "the token that @BotFather gave, of the shape 123456:ABC-DEF"
_WEBHOOK_SECRET_EXPECTED = "1 to 256 characters of A-Z, a-z, 0-9, _ and -"
_SQLITE = "sqlite:///"


def _read_bot_token(text: str) -> str:
    return _match(r"\d+:[\w-]+", text, _BOT_TOKEN_EXPECTED)[0]


def _read_webhook_secret(text: str) -> str:
    return _match(r"[\w-]{1,256}", text, _WEBHOOK_SECRET_EXPECTED)[0]


def _read_visible_text(text: str) -> str:
    return _match(r"[!-~]+", text, "a text without spaces, as the payment provider gave it")[0]


def _read_database_url(text: str) -> str:
    if re.match("postgres", text):
        return _read_postgres_url(text)
    expected = "sqlite:///file for a file in the working directory, sqlite:////folder/file, or postgresql://…"
    return _match(rf"{_SQLITE}(?!:memory:)[^?#]*[^?#/]", text, expected)[0]


def _read_postgres_url(text: str) -> str:
    expected = (
        "postgresql://user:password@host:port/database, or postgresql:///database?host=/folder/of/socket"
    )
    found = _match(
        r"postgresql://(?:[^\s/?#@]+@)?(?:[\w.-]+|\[[0-9a-fA-F:.]+\])?(?::(\d{1,5}))?/[^\s/?#]+"
        r"(?:\?(?:host|port|sslmode)=[^\s?#&]+(?:&(?:host|port|sslmode)=[^\s?#&]+)*)?",
        text,
        expected,
    )
    _check_port(found[1] or "0", expected)
    return text


_PLACE = r"https?://(?:[^\s/?#@:\[\]]+|\[[0-9a-fA-F:.]+\])(?::(\d{1,5}))?(?:/[^\s?#]*)?"


def _read_url(text: str) -> str:
    """Return an address without a trailing slash, so that a path can be put behind it."""
    expected = "an address like https://example.org/path"
    _check_port(_match(_PLACE, text, expected)[1] or "0", expected)
    return text.rstrip("/")


def _read_link_base(text: str) -> str:
    """Return an address that may have a query already, which start= then joins."""
    expected = "an address like https://example.org/chat or https://example.org/?chat=1"
    _check_port(_match(rf"{_PLACE}(?:\?[^\s#]+)?", text, expected)[1] or "0", expected)
    return text.rstrip("/")


def _read_address(text: str) -> Address:
    expected = "host:port, like 127.0.0.1:8080 or [::1]:8080"
    found = _match(r"(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})", text, expected)
    return Address(found[1] or found[2], _check_port(found[3], expected))


def _check_port(digits: str, expected: str) -> int:
    port = int(digits)
    if port > 65_535:
        raise _UnfitError(expected)
    return port


def _read_person_ids(text: str) -> tuple[int, ...]:
    expected = "Telegram user ids, whole numbers above zero parted by commas"
    parts = [_match(r"[1-9]\d{0,15}", part.strip(), expected)[0] for part in text.split(",")]
    return tuple(dict.fromkeys(map(int, parts)))


def _read_currency(text: str) -> str:
    if text not in EXPONENTS:
        raise _UnfitError("the ISO code of a currency in capitals, like EUR")
    return text


def _amount_reader(currency: str) -> Read[Money]:
    exponent = EXPONENTS[currency]
    expected = f"amounts of {currency} above zero, like 10{'.5' if exponent else ''}"
    decimals = rf"(?:\.(\d{{1,{exponent}}}))?" if exponent else "()"

    def read(text: str) -> Money:
        found = _match(rf"(\d{{1,12}}){decimals}", text, expected)
        minor = int(found[1] + (found[2] or "").ljust(exponent, "0"))
        if not 0 < minor <= LARGEST_MINOR:
            raise _UnfitError(expected)
        return Money(minor, currency)

    return read


def _presets_reader(amount: Read[Money]) -> Read[tuple[Money, ...]]:
    def read(text: str) -> tuple[Money, ...]:
        return tuple(amount(part.strip()) for part in text.split(","))

    return read


def _read_other_payer(text: str) -> OtherPayer:
    return OtherPayer(_match("accept|send_back", text, "accept or send_back")[0])


def _read_pays_by(text: str) -> ActionKind:
    return ActionKind(_match("qr|link", text, "qr or link")[0])


def _read_choices(text: str) -> tuple[Choice, ...]:
    """Read gateways as in `telegram, stripe:EUR+USD, wechat:CNY@2+5`.

    >>> _read_choices("wechat:CNY@2")
    (Choice(name='wechat', currencies=frozenset({'CNY'}), merchants=frozenset({2})),)
    """
    choices = tuple(_read_choice(part.strip()) for part in text.split(","))
    if len({choice.name for choice in choices}) < len(choices):
        raise _UnfitError("each gateway once")
    return choices


def _read_choice(text: str) -> Choice:
    known = ", ".join(NEEDED)
    expected = f"gateways like telegram, stripe:EUR+USD, wechat:CNY@2+5, out of {known}"
    found = _match(r"([a-z-]+)(?::([A-Z]{3}(?:\+[A-Z]{3})*))?(?:@(\d{1,9}(?:\+\d{1,9})*))?", text, expected)
    name, currencies, merchants = found.groups()
    if name not in NEEDED or not set((currencies or "EUR").split("+")) <= EXPONENTS.keys():
        raise _UnfitError(expected)
    return Choice(
        name,
        frozenset(currencies.split("+")) if currencies else None,
        frozenset(int(number) for number in merchants.split("+")) if merchants else None,
    )


def _tiers_reader(amount: Read[Money]) -> Read[tuple[Tier, ...]]:
    def read(text: str) -> tuple[Tier, ...]:
        pairs = [part.strip().partition(":") for part in text.split(",")]
        tiers = tuple(Tier(amount(least), amount(bonus)) for least, _, bonus in pairs)
        if any(tier.bonus > tier.least for tier in tiers):
            raise _UnfitError("bonuses no larger than what is topped up for them, like 20:2,50:8")
        return tiers

    return read


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _UnfitError("a day like 2026-05-31") from None


def _read_timezone(text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):  # no such zone, a path that leaves the table, a folder of it
        raise _UnfitError("a time zone of the IANA table, like Europe/Berlin") from None


def _whole_reader(least: int, most: int) -> Read[int]:
    expected = f"a whole number from {least} to {most}"

    def read(text: str) -> int:
        number = int(_match(r"\d{1,9}", text, expected)[0])
        if not least <= number <= most:
            raise _UnfitError(expected)
        return number

    return read


def _read_rate(text: str) -> float:
    expected = "a number above zero and up to 1000, like 1 or 0.5"
    rate = float(_match(r"\d{1,4}(?:\.\d{1,6})?", text, expected)[0])
    if not 0 < rate <= 1000:
        raise _UnfitError(expected)
    return rate


def _read_log_level(text: str) -> str:
    return _match("DEBUG|INFO|WARNING|ERROR", text.upper(), "DEBUG, INFO, WARNING or ERROR")[0]


_ENV_LINE = re.compile(
    r"""\s*(?:export\s+)?(?P<key>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*
    (?:'(?P<literal>[^']*)'|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>(?!['"])(?:[^#]|(?<!\s)\#)*))
    \s*(?:(?<!\S)\#.*)?""",
    re.VERBOSE,
)
_NO_CONTENT = re.compile(r"\s*(?:#.*)?")
_ESCAPED = re.compile(r"\\(.)")


def _read_env_file(path: Path | None) -> dict[str, str]:
    """Return what the file says; a file that is not there says nothing."""
    if path is None or not path.exists():
        return {}
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError):
        raise SettingsError(path.name, "unreadable", "a text file in UTF-8") from None
    return _read_env_lines(path.name, lines)


def _read_env_lines(name: str, lines: list[str]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if _NO_CONTENT.fullmatch(line):
            continue
        where = f"line {number} of {name}"
        key, text = _read_env_line(where, line)
        if key in texts:
            raise SettingsError(where, f"a second {key}", "each key once")
        texts[key] = text
    return texts


def _read_env_line(where: str, line: str) -> tuple[str, str]:
    """Return key and value; the error does not repeat the line, which may hold a secret."""
    found = _ENV_LINE.fullmatch(line)
    if found is None:
        raise SettingsError(where, "not understood", "KEY=value, or a quoted value with both its quotes")
    key = found["key"]
    if key not in KEYS and (meant := get_close_matches(key.upper(), KEYS, n=1, cutoff=0.85)):
        raise SettingsError(where, f"for {key}, which is no setting", meant[0])
    quoted, literal = found["quoted"], found["literal"]
    if quoted is not None:
        return key, _ESCAPED.sub(r"\1", quoted)
    return key, (found["bare"] if literal is None else literal).strip()
