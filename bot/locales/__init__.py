"""How things are said to one reader: sentences, money, dates, times and durations.

A person reads English or Simplified Chinese: readers of any Chinese get the latter, all others the former.
Formats follow the language, not the phone's region, so that one screen reads as one piece: English as in
Britain (3 Nov 2026, 14:05), Chinese as in China (2026年11月3日 14:05).

The sentences are in the .ftl files beside this one, in sections named after the steps. Both files have the
same keys in the same sections, filled with the same things. A sentence is HTML: <b>, <i> and the like are
markup, and & is written "and". One for a button, an invoice or a toast, which know no HTML, is read by
`plain`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cache
from html import escape

from babel import Locale as Formats
from babel.dates import format_date, format_time, get_datetime_format
from babel.lists import format_list
from babel.numbers import NumberPattern, get_currency_symbol, parse_pattern
from babel.units import format_unit

from bot.locales.catalogue import LANGUAGES, load_catalogue
from core.money import EXPONENTS, Money

__all__ = ["LANGUAGES", "Locale", "Markup"]

_FORMATS = {"en": "en_GB", "zh-Hans": "zh_Hans_CN"}


class Markup(str):
    """A text that is HTML already, and is not escaped again."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Locale:
    """One reader's language, and the time zone of the place they are at."""

    language: str
    timezone: tzinfo = UTC

    @classmethod
    def of(cls, language_code: str | None, timezone: tzinfo = UTC) -> Locale:
        """Return the locale for a language code as Telegram gives it.

        >>> [Locale.of(code).language for code in ("zh", "zh-hant", "de", None)]
        ['zh-Hans', 'zh-Hans', 'en', 'en']
        """
        primary = re.split("[-_]", (language_code or "").lower())[0]
        return cls("zh-Hans" if primary == "zh" else "en", timezone)

    def at(self, timezone: tzinfo) -> Locale:
        """Return the same language with the clock of another place."""
        return replace(self, timezone=timezone)

    def say(self, key: str, **args: object) -> Markup:
        """Return the sentence *key* as HTML.

        Texts among *args* are escaped, Markup is not; money, datetimes and timedeltas are formatted; whole
        numbers choose plurals. What the sentence does not mention is left out, what it misses is a KeyError.
        """
        return Markup(self._fill(key, args, html=True))

    def plain(self, key: str, **args: object) -> str:
        """Return the sentence *key* as it is, for a place that knows no HTML."""
        return self._fill(key, args, html=False)

    def money(self, money: Money) -> str:
        """Return an amount with all its decimals, however people round that currency in daily life.

        >>> Locale.of("en").money(Money(1250, "EUR")), Locale.of("en").money(Money(-1000, "JPY"))
        ('€12.50', '-JP¥1,000')
        """
        exponent = EXPONENTS[money.currency]
        pattern = _money_pattern(self.language, money.currency)
        amount = Decimal(money.minor).scaleb(-exponent)
        return str(pattern.apply(amount, self._formats, currency=money.currency, currency_digits=False))

    def time(self, moment: datetime) -> str:
        """Return the time of day, as the clock on the wall shows it."""
        return format_time(self._localise(moment), "short", locale=self._formats)

    def date(self, moment: datetime) -> str:
        """Return the day, as the calendar on the wall shows it."""
        return format_date(self._localise(moment), "medium", locale=self._formats)

    def moment(self, moment: datetime) -> str:
        """Return day and time of day."""
        joined = str(get_datetime_format("medium", self._formats))
        return joined.replace("{1}", self.date(moment)).replace("{0}", self.time(moment))

    def duration(self, length: timedelta) -> str:
        """Return a length of time in hours and whole minutes, or in seconds if it is less than a minute.

        >>> Locale.of("en").duration(timedelta(minutes=85)), Locale.of("zh").duration(timedelta(seconds=30))
        ('1 hr, 25 mins', '30秒')
        """
        seconds = int(length.total_seconds())
        hours, minutes = divmod(seconds // 60, 60)
        units = [("hour", hours), ("minute", minutes)] if seconds >= 60 else [("second", seconds)]
        parts = [
            format_unit(count, f"duration-{unit}", "short", locale=self._formats)
            for unit, count in units
            if count or len(units) == 1
        ]
        return format_list(parts, "unit-short", locale=self._formats)

    def listed(self, parts: list[str]) -> str:
        """Return parts as one enumeration.

        >>> Locale.of("en").listed(["a", "b", "c"])
        'a, b and c'
        """
        return format_list(parts, "standard", locale=self._formats)

    @property
    def _formats(self) -> Formats:
        return _load_formats(self.language)

    def _localise(self, moment: datetime) -> datetime:
        assert moment.tzinfo is not None, "a moment without a time zone"
        return moment.astimezone(self.timezone)

    def _fill(self, key: str, args: dict[str, object], *, html: bool) -> str:
        catalogue = load_catalogue(self.language)
        wanted = catalogue.variables[key]
        if missing := wanted - args.keys():
            raise KeyError(f"{key} wants {', '.join(sorted(missing))}")
        return catalogue.fill(key, {name: self._prepare(args[name], html=html) for name in wanted})

    def _prepare(self, arg: object, *, html: bool) -> str | int:
        """Return *arg* as Fluent shall place it."""
        match arg:
            case Markup():
                assert html, "markup where there is no HTML"
                return str(arg)
            case str() | Money() | datetime() | timedelta():
                text = self._format(arg)
                return escape(text, quote=False) if html else text
            case int() if not isinstance(arg, bool):
                return arg
        raise TypeError(f"no way to say {type(arg).__name__}")

    def _format(self, arg: str | Money | datetime | timedelta) -> str:
        match arg:
            case Money():
                return self.money(arg)
            case datetime():
                return self.moment(arg)
            case timedelta():
                return self.duration(arg)
            case str():
                return arg


@cache
def _load_formats(language: str) -> Formats:
    return Formats.parse(_FORMATS[language])


@cache
def _money_pattern(language: str, currency: str) -> NumberPattern:
    # Babel's own pattern rounds to the decimals of daily life (3.25 RSD to 3): a lie about a balance.
    formats = _load_formats(language)
    decimals = "." + "0" * EXPONENTS[currency] if EXPONENTS[currency] else ""
    gap = "\u00a0" if get_currency_symbol(currency, formats)[-1].isalpha() else ""
    standard = str(formats.currency_formats["standard"].pattern)
    return parse_pattern(re.sub(r"¤[\s\u00a0]*", f"¤{gap}", re.sub(r"\.0+", decimals, standard)))
