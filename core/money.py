"""What an amount of money is: a whole number of minor units with its currency."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

LARGEST_MINOR = 10**12 - 1
"""The most that one amount may be: Telegram's invoices take at most twelve digits."""

EXPONENTS: dict[str, int] = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("AED", "AMD", "ARS", "AUD", "AZN", "BAM", "BDT", "BGN", "BND", "BOB", "BRL", "BYN"), 2),
    **dict.fromkeys(("CAD", "CHF", "CNY", "COP", "CRC", "CZK", "DKK", "DOP", "DZD", "EGP", "ETB", "EUR"), 2),
    **dict.fromkeys(("GBP", "GEL", "GTQ", "HKD", "HNL", "HUF", "IDR", "ILS", "INR", "JMD", "KES", "KGS"), 2),
    **dict.fromkeys(("KZT", "LBP", "LKR", "MAD", "MDL", "MKD", "MMK", "MNT", "MOP", "MUR", "MVR", "MXN"), 2),
    **dict.fromkeys(("MYR", "MZN", "NGN", "NIO", "NOK", "NPR", "NZD", "PAB", "PEN", "PHP", "PKR", "PLN"), 2),
    **dict.fromkeys(("QAR", "RON", "RSD", "RUB", "SAR", "SEK", "SGD", "THB", "TJS", "TRY", "TTD", "TWD"), 2),
    **dict.fromkeys(("TZS", "UAH", "USD", "UYU", "UZS", "YER", "ZAR"), 2),
}
"""Decimal places of each currency that can be kept here (ISO 4217)."""


@dataclass(frozen=True, slots=True)
class Money:
    """A whole number of minor units, so that nothing is ever rounded.

    >>> str(Money(1250, "EUR") - Money(50, "EUR"))
    '12.00 EUR'
    >>> str(Money(500, "JPY") * 3)
    '1500 JPY'
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        assert isinstance(self.minor, int), self.minor
        assert self.currency in EXPONENTS, self.currency

    @classmethod
    def zero(cls, currency: str) -> Money:
        return cls(0, currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._like(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._like(other), self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * times, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: Money) -> bool:  # not order=True: that would rank 1 EUR below 2 USD
        return self.minor < self._like(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._like(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._like(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._like(other)

    def __str__(self) -> str:
        places = EXPONENTS[self.currency]
        sign = "-" if self.minor < 0 else ""
        whole, part = divmod(abs(self.minor), 10**places)
        return f"{sign}{whole}{f'.{part:0{places}d}' if places else ''} {self.currency}"

    def _like(self, other: Money) -> int:
        assert other.currency == self.currency, f"{self} beside {other}"
        return other.minor


def total(amounts: Iterable[Money], currency: str) -> Money:
    """Return the sum of *amounts*, all of them in *currency*; zero for none."""
    zero = Money.zero(currency)
    return Money(sum(map(zero._like, amounts)), currency)
